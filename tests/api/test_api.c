// SPDX-License-Identifier: GPL-2.0-only
/* Every function of the public interface is in the library, under its name. What the compiler can check, it has
 * checked: check.h. */
#include "api.h"

#include <openamp/open_amp.h>
#include <openamp/version.h>

#include <metal/atomic.h>
#include <metal/cpu.h>
#include <metal/device.h>
#include <metal/irq_controller.h>
#include <metal/shmem.h>
#include <metal/spinlock.h>
#include <metal/sys.h>
#include <metal/version.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "not true: %s\n", what);
	exit(1);
}

#define CHECK(condition) check(condition, #condition)

/* Addresses from a volatile place, so that the compiler does not know the answer. */
static unsigned int count_functions(const char *group, const struct api_function *table, unsigned int count,
                                    unsigned int expected)
{
	for (unsigned int i = 0; i < count; i++) {
		void (*volatile address)(void) = table[i].address;

		if (!address) {
			fprintf(stderr, "%s: %s has no address\n", group, table[i].name);
			exit(1);
		}
	}
	printf("%-10s %3u functions\n", group, count);
	if (count != expected) {
		fprintf(stderr, "%s: the interface has %u functions\n", group, expected);
		exit(1);
	}
	return count;
}

static int on_irq(int irq, void *arg)
{
	(void)irq;
	(void)arg;
	return METAL_IRQ_HANDLED;
}

/* Initialisers, in the places where applications have them. */
static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
static struct metal_condition condition = METAL_CONDITION_INIT;
static METAL_DECLARE_LIST(list);
static METAL_MUTEX_DEFINE(defined_mutex);

static void initialisers_do_what_the_functions_do(void)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	metal_irq_handler handler = on_irq;
	atomic_int number;
	atomic_flag flag;

	CHECK(metal_mutex_try_acquire(&mutex));
	metal_mutex_release(&mutex);
	CHECK(metal_mutex_try_acquire(&defined_mutex));
	metal_mutex_release(&defined_mutex);
	metal_spinlock_acquire(&spinlock);
	metal_spinlock_release(&spinlock);
	CHECK(metal_condition_signal(&condition) == 0);
	CHECK(metal_list_is_empty(&list));
	CHECK(params.log_handler == metal_default_log_handler);
	CHECK(handler(1, NULL) == 1);
	metal_cpu_yield();
	metal_yield();
	metal_asm volatile("");
	atomic_init(&number, 3);
	CHECK(atomic_load_explicit(&number, memory_order_acquire) == 3);
	atomic_thread_fence(memory_order_seq_cst);
	atomic_flag_clear(&flag);
	CHECK(!atomic_flag_test_and_set(&flag));
	CHECK(METAL_INVALID_VADDR == NULL);
	CHECK(METAL_BAD_OFFSET == (unsigned long)-1);
	CHECK(METAL_BAD_PHYS == (metal_phys_addr_t)-1);
	CHECK(METAL_BAD_VA == (void *)-1);
	CHECK(METAL_BAD_IRQ == (metal_irq_t)-1);
	CHECK(RPMSG_BUFFER_SIZE >= 32);
	CHECK(RPROC_EPTR == (void *)-1 && RPROC_EOF == (void *)-1);
}

/* VIRTIO_ENABLED() in expressions and in #if, of options that are 1, 0, and not there. */
#define OPTION_ON  1
#define OPTION_OFF 0
#if !VIRTIO_ENABLED(OPTION_ON) || VIRTIO_ENABLED(OPTION_OFF) || VIRTIO_ENABLED(OPTION_THAT_NOBODY_DEFINES)
#error "VIRTIO_ENABLED"
#endif

static void helpers_over_virtio_devices_and_queues(void)
{
	static const char *const names[] = {METAL_SYSTEM, METAL_PROCESSOR, METAL_MACHINE};
	static uint8_t memory[4096];
	struct virtio_device vdev;
	struct virtqueue vq;
	struct vring ring;
	int status = VQUEUE_SUCCESS;

	for (unsigned int i = 0; i < metal_dim(names); i++)
		CHECK(names[i][0]);
	CHECK(VIRTIO_ENABLED(OPTION_ON) && !VIRTIO_ENABLED(OPTION_OFF) && !VIRTIO_ENABLED(OPTION_THAT_NOBODY_DEFINES));
	vdev.role = VIRTIO_DEV_DEVICE;
	CHECK(VIRTIO_ROLE_IS_DEVICE(&vdev) && !VIRTIO_ROLE_IS_DRIVER(&vdev));
	vdev.role = VIRTIO_DEV_DRIVER;
	CHECK(VIRTIO_ROLE_IS_DRIVER(&vdev) && !VIRTIO_ROLE_IS_DEVICE(&vdev));
	memset(&vq, 0, sizeof(vq));
	vq.vq_inuse = true;
	vq.vq_nentries = 8;
	VQUEUE_BUSY(&vq);
	VQ_RING_ASSERT_VALID_IDX(&vq, 7);
	VQ_RING_ASSERT_CHAIN_TERM(&vq);
	VQASSERT(&vq, vq.vq_nentries == 8, "a message");
	VIRTIO_ASSERT(vq.vq_nentries == 8, "a message");
	VQUEUE_IDLE(&vq);
	VQ_PARAM_CHK(vq.vq_nentries == 0, status, ERROR_VQUEUE_INVLD_PARAM);
	CHECK(status == VQUEUE_SUCCESS);
	VQ_PARAM_CHK(vq.vq_nentries == 8, status, ERROR_VRING_ALIGN);
	VQ_PARAM_CHK(vq.vq_nentries == 8, status, ERROR_VRING_FULL);
	CHECK(status == ERROR_VRING_ALIGN);
	vring_init(&ring, 8, memory, 64);
	CHECK((uint8_t *)&vring_used_event(&ring) == (uint8_t *)ring.avail + 4 + 8 * 2);
	CHECK((uint8_t *)&vring_avail_event(&ring) == (uint8_t *)ring.used + 4 + 8 * 8);
}

static void state_is_that_of_the_functions(void)
{
	const enum metal_log_level before = metal_get_log_level();
	struct metal_generic_shmem shmem;

	memset(&shmem, 0, sizeof(shmem));
	shmem.name = "described";
	CHECK(metal_init(NULL) == 0);
	metal_set_log_level(METAL_LOG_ERROR);
	CHECK(_metal.common.log_level == METAL_LOG_ERROR);
	CHECK(_metal.common.log_handler == metal_get_log_handler());
	CHECK(metal_bus_find("generic", NULL) == 0);
	CHECK(strcmp(metal_container_of(_metal.common.bus_list.next, struct metal_bus, node)->name, "generic") == 0);
	CHECK(metal_shmem_register_generic(&shmem) == 0);
	CHECK(_metal.common.generic_shmem_list.next == &shmem.node);
	CHECK(metal_list_is_empty(&_metal.common.generic_device_list));
#ifdef __linux__
	CHECK(_metal.page_size == 1UL << _metal.page_shift && _metal.page_size == (unsigned long)sysconf(_SC_PAGESIZE));
	CHECK(_metal.pagemap_fd >= 0 && _metal.tmp_path[0]);
#endif
	metal_finish();
	metal_set_log_level(before);
}

static void versions_agree(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%d.%d.%d", openamp_version_major(), openamp_version_minor(),
	         openamp_version_patch());
	CHECK(openamp_version_major() == 1 && metal_ver_major() == 1);
	CHECK(strcmp(text, openamp_version()) == 0);
	snprintf(text, sizeof(text), "%d.%d.%d", metal_ver_major(), metal_ver_minor(), metal_ver_patch());
	CHECK(strcmp(text, metal_ver()) == 0);
	CHECK(strcmp(text, METAL_VER) == 0);
}

int main(void)
{
	unsigned int all = 0;

	all += count_functions("rpmsg", api_rpmsg, api_rpmsg_count, 34);
	all += count_functions("virtio", api_virtio, api_virtio_count, 40);
	all += count_functions("remoteproc", api_remoteproc, api_remoteproc_count, 33);
	all += count_functions("rpc", api_rpc, api_rpc_count, 5);
	all += count_functions("retarget", api_retarget, api_retarget_count, 4);
	all += count_functions("metal", api_metal, api_metal_count, 83);
	CHECK(all == 199);
	initialisers_do_what_the_functions_do();
	helpers_over_virtio_devices_and_queues();
	state_is_that_of_the_functions();
	versions_agree();
	return 0;
}
