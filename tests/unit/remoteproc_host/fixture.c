// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include <metal/atomic.h>
#include <metal/sys.h>

void *__real_metal_allocate_memory(unsigned int size);
void __real_metal_free_memory(void *ptr);
void *__wrap_metal_allocate_memory(unsigned int size);
void __wrap_metal_free_memory(void *ptr);

struct remoteproc rproc;
struct platform platform;
struct remoteproc_mem shared_mem;

static struct {
	uint8_t before[256];
	uint8_t memory[MEM_SIZE] __attribute__((aligned(4096)));
	uint8_t after[256];
} block;
uint8_t *const memory = block.memory;

static const metal_phys_addr_t physmap[] = {MEM_PA};
static struct metal_io_region io;
static atomic_uint countdown;
static atomic_int failed, live;
static atomic_uint act_countdown;
static void (*action)(void);

const struct table good_table = {
	.header = {.ver = 1, .num = 2},
	.offset = {offsetof(struct table, vdev), offsetof(struct table, trace)},
	.vdev = {.type = RSC_VDEV,
                 .id = VIRTIO_ID_RPMSG,
                 .notifyid = RSC_NOTIFY_ID_ANY,
                 .dfeatures = 1,
                 .config_len = sizeof(uint32_t) * 2,
                 .num_of_vrings = 2},
	.vring = {{.da = MEM_DA + 0x2000, .align = 16, .num = 4, .notifyid = 5},
                  {.da = MEM_DA + 0x2400, .align = 16, .num = 4, .notifyid = RSC_NOTIFY_ID_ANY}},
	.trace = {.type = RSC_TRACE, .da = MEM_DA + 0x3800, .len = 0x100, .name = "trace"},
};

void *__wrap_metal_allocate_memory(unsigned int size)
{
	void *ptr;

	if (act_countdown && --act_countdown == 0)
		action();
	if (countdown && --countdown == 0) {
		failed = 1;
		return NULL;
	}
	ptr = __real_metal_allocate_memory(size);
	live += ptr != NULL;
	return ptr;
}

void __wrap_metal_free_memory(void *ptr)
{
	live -= ptr != NULL;
	__real_metal_free_memory(ptr);
}

void fail_allocation(unsigned int n)
{
	countdown = n;
	failed = 0;
}

void at_allocation(unsigned int n, void (*act)(void))
{
	action = act;
	act_countdown = n;
}

int allocation_acted(void)
{
	return act_countdown == 0;
}

int allocation_failed(void)
{
	return failed;
}

int live_allocations(void)
{
	return live;
}

static int do_config(struct remoteproc *r, void *data)
{
	(void)r;
	(void)data;
	platform.config++;
	return platform.answer;
}

#define OPERATION(name)                            \
	static int do_##name(struct remoteproc *r) \
	{                                          \
		assert_ptr_equal(r, &rproc);       \
		platform.name++;                   \
		return platform.answer;            \
	}

OPERATION(start)
OPERATION(stop)
OPERATION(shutdown)
OPERATION(suspend)
OPERATION(resume)

static void do_remove(struct remoteproc *r)
{
	(void)r;
	platform.remove++;
}

static int do_notify(struct remoteproc *r, uint32_t id)
{
	(void)r;
	platform.rings++;
	platform.rung = id;
	return 0;
}

static int do_handle_rsc(struct remoteproc *r, void *rsc, size_t len)
{
	(void)r;
	platform.vendor_calls++;
	platform.vendor_type = ((struct fw_rsc_vendor *)rsc)->type;
	platform.vendor_len = len;
	memset(rsc, 0xff, len); /* may do that with its copy */
	return platform.vendor_answer;
}

static const struct remoteproc_ops all_ops = {
	.remove = do_remove,
	.config = do_config,
	.start = do_start,
	.stop = do_stop,
	.shutdown = do_shutdown,
	.suspend = do_suspend,
	.resume = do_resume,
	.notify = do_notify,
	.handle_rsc = do_handle_rsc,
};
struct remoteproc_ops platform_ops;

int setup(void **state)
{
	(void)state;
	metal_init(&(struct metal_init_params){.log_handler = NULL});
	memset(&platform, 0, sizeof(platform));
	memset(&block, CANARY, sizeof(block));
	memset(memory, FRESH, MEM_SIZE);
	fail_allocation(0);
	at_allocation(0, NULL);
	platform_ops = all_ops;
	metal_io_init(&io, memory, physmap, MEM_SIZE, (unsigned int)-1, AMP_IO_NORMAL, NULL);
	remoteproc_init_mem(&shared_mem, "shared", MEM_PA, MEM_DA, MEM_SIZE, &io);
	if (remoteproc_init(&rproc, &platform_ops, NULL) != &rproc)
		return -1;
	remoteproc_add_mem(&rproc, &shared_mem);
	return remoteproc_config(&rproc, NULL);
}

int teardown(void **state)
{
	(void)state;
	platform.answer = 0;
	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	assert_int_equal(remoteproc_remove(&rproc), 0);
	assert_int_equal(live, 0);
	check_canaries();
	metal_finish();
	return 0;
}

void check_canaries(void)
{
	for (size_t i = 0; i < sizeof(block.before); i++) {
		assert_int_equal(block.before[i], CANARY);
		assert_int_equal(block.after[i], CANARY);
	}
}

static void expect_byte(size_t at, uint8_t value)
{
	if (memory[at] != value)
		fail_msg("memory offset 0x%zx holds 0x%02x, not 0x%02x", at, memory[at], value);
}

void check_loaded(const struct elf_spec *spec, const struct elf_image *image)
{
	uint8_t expected[MEM_SIZE];
	struct table *table;
	size_t at;

	memset(expected, FRESH, sizeof(expected));
	for (unsigned int n = 0; n < ELF_SEGMENTS; n++) {
		at = spec->segment[n].da - MEM_DA;
		memcpy(expected + at, image->bytes + image->segment_offset[n], spec->segment[n].filesz);
		memset(expected + at + spec->segment[n].filesz, 0, spec->segment[n].memsz - spec->segment[n].filesz);
	}
	if (spec->table_size == sizeof(struct table)) {
		table = (struct table *)(void *)(expected + (spec->segment[1].da - MEM_DA));
		table->vdev.status = 0;
		table->vdev.gfeatures = 0;
	}
	for (size_t i = 0; i < MEM_SIZE; i++)
		expect_byte(i, expected[i]);
}
