// SPDX-License-Identifier: GPL-2.0-only
/* A fault of the rings hits what will be read next for certain, and whoever stands still for it goes on. No QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/vdevs.h"
#include "relay/lab.h"

#ifndef MEM_DA /* above 4 GiB, too */
#define MEM_DA 0x21000000u
#endif
#define MEM_PA   0x10000000u /* where Linux sees it */
#define MEM_SIZE 0x20000u
#define TABLE    0x8000u
#define RING0    0xa000u
#define RING1    0xb000u
#define BUFFERS  0x10000u
#define NUM      16u
#define ALIGN    256u
#define AVAIL    256u /* of a ring of 16 … */
#define USED     512u
#define SERVICE  0x400u
#define PAYLOAD  40u

static struct lab *lab;
static struct core *core;

static pid_t start_process(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void write_table(void)
{
	struct {
		struct resource_table head;
		uint32_t offset[1];
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring ring[2];
	} table = {
		.head = {.ver = 1, .num = 1},
		.offset = {sizeof(struct resource_table) + 4},
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .num_of_vrings = 2, .status = 7},
		.ring = {{.da = MEM_DA + RING0, .align = ALIGN, .num = NUM},
	                 {.da = MEM_DA + RING1, .align = ALIGN, .num = NUM}},
	};

	memcpy(core->shm.base + TABLE, &table, sizeof(table));
	core->link.found = true;
	core->link.table = TABLE;
	core->link.table_size = sizeof(table);
}

static int set_up(void **state)
{
	struct core_config *config;

	(void)state;
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0)
		return -1;
	lab->record.fd = -1;
	lab->soc.num_cores = 1;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		lab->control.client[i].fd = -1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	config->region[config->num_regions++] = (struct amp_region){.kind = AMP_REGION_CONTROL, .size = AMP_CTRL_SIZE};
	config->region[config->num_regions++] =
		(struct amp_region){.kind = AMP_REGION_BUFFERS, .offset = BUFFERS, .size = 2 * NUM * 512};
	core = &lab->core[0];
	core->lab = lab;
	core->config = config;
	if (amp_shm_create(&core->shm, "ring-test", MEM_SIZE, MEM_SIZE) < 0)
		return -1;
	amp_shm_write_mem_pa(&core->shm, MEM_PA);
	write_table();
	core->phase = PHASE_RUNNING;
	core->process.pid = start_process();
	lab->vm.process.pid = start_process();
	amp_core_sniff_look(core);
	return core->sniff.attached ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	amp_core_fault_end(core);
	end_process(core->process.pid);
	end_process(lab->vm.process.pid);
	amp_shm_destroy(&core->shm);
	sd_event_unref(lab->loop);
	free(lab);
	return 0;
}

/* ------------------------------------------------------------------ the two sides */

static uint16_t word(uint32_t at)
{
	uint16_t value;

	memcpy(&value, core->shm.base + at, sizeof(value));
	return value;
}

static void set_word(uint32_t at, uint32_t value)
{
	memcpy(core->shm.base + at, &(uint16_t){(uint16_t)value}, 2);
}

static uint32_t buffer_of(enum amp_direction direction, uint16_t index)
{
	return BUFFERS + (direction * NUM + index % NUM) * 512u;
}

static const char payload[PAYLOAD] = "each byte of it is compared";

/* A message in that direction, in the buffer whose turn it is. @return its number */
static uint16_t send_message(enum amp_direction direction)
{
	bool to_host = direction == AMP_TO_HOST;
	uint32_t ring = to_host ? RING0 : RING1, part = to_host ? USED : AVAIL;
	uint16_t index = word(ring + part + 2), id = index % NUM;
	uint32_t used[2] = {id, 512};
	struct amp_rpmsg head = {.src = to_host ? SERVICE : 0x401, .dst = to_host ? 0x401 : SERVICE, .len = PAYLOAD};
	struct vring_desc desc = {
		.addr = MEM_PA + buffer_of(direction, index), .len = 512, .flags = to_host ? VRING_DESC_F_WRITE : 0};

	memcpy(core->shm.base + ring + id * sizeof(desc), &desc, sizeof(desc));
	memcpy(core->shm.base + buffer_of(direction, index), &head, sizeof(head));
	memcpy(core->shm.base + buffer_of(direction, index) + sizeof(head), payload, PAYLOAD);
	if (to_host)
		memcpy(core->shm.base + ring + USED + 4 + id * sizeof(used), used, sizeof(used));
	else
		set_word(ring + AVAIL + 4 + id * 2u, id);
	set_word(ring + part + 2, index + 1u);
	return index;
}

static uint16_t request(void)
{
	uint16_t index = send_message(AMP_TO_REMOTE);

	amp_core_ring_fault_look(core, AMP_TO_REMOTE); /* the kick */
	return index;
}

static uint16_t answer(void)
{
	uint16_t index = send_message(AMP_TO_HOST);

	amp_core_ring_fault_look(core, AMP_TO_HOST);
	return index;
}

static void commit(const char *name)
{
	const struct core_fault *fault = amp_core_faults;

	while (strcmp(fault->name, name) != 0)
		fault++;
	assert_true(amp_core_commit(core, fault));
}

static unsigned int bits_that_differ(enum amp_direction direction, uint16_t index)
{
	const uint8_t *bytes = core->shm.base + buffer_of(direction, index) + AMP_RPMSG_HEADER;
	unsigned int bits = 0;

	for (uint32_t i = 0; i < PAYLOAD; i++)
		bits += (unsigned int)__builtin_popcount(bytes[i] ^ (uint8_t)payload[i]);
	return bits;
}

/* ------------------------------------------------------------------ who runs */

static bool stands_still(pid_t pid)
{
	char path[64], text[128] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	return strrchr(text, ')')[2] == 'T';
}

/* A signal to go on takes effect soon. */
static void until_it_runs(pid_t pid)
{
	while (stands_still(pid))
		sd_event_run(lab->loop, 1000);
}

static void until_it_is_done(void)
{
	while (core->trouble.ring)
		sd_event_run(lab->loop, UINT64_MAX);
	until_it_runs(core->process.pid);
	until_it_runs(lab->vm.process.pid);
}

/* ------------------------------------------------------------------ claims */

static void what_the_core_reads_is_hit_before_it_can(void **state)
{
	uint16_t first, second;

	(void)state;
	commit("core-payload-flip");
	first = request(); /* perhaps the core has begun to read it */
	assert_true(stands_still(core->process.pid));
	assert_false(stands_still(lab->vm.process.pid));
	second = request();
	assert_true(stands_still(lab->vm.process.pid));
	until_it_runs(core->process.pid);
	assert_int_equal(bits_that_differ(AMP_TO_REMOTE, first), 0);
	assert_int_equal(bits_that_differ(AMP_TO_REMOTE, second), 1);
	assert_null(core->trouble.kind); /* the fault is over; the host waits until it has been read */
	assert_int_not_equal(core->trouble.ring, 0);
	set_word(RING1 + USED + 2, second + 1u);
	until_it_is_done();
}

static void what_the_host_reads_is_hit_in_the_answer(void **state)
{
	uint16_t index;

	(void)state;
	commit("host-payload-flip");
	request();
	index = request();
	until_it_runs(core->process.pid);
	assert_int_equal(bits_that_differ(AMP_TO_REMOTE, index), 0);
	index = answer();
	assert_true(stands_still(core->process.pid));
	until_it_runs(lab->vm.process.pid);
	assert_int_equal(bits_that_differ(AMP_TO_HOST, index), 1);
	set_word(RING0 + AVAIL + 2, word(RING0 + AVAIL + 2) + 1u); /* the buffer is given back */
	until_it_is_done();
}

static void what_is_no_answer_of_the_service_is_left_alone(void **state)
{
	uint16_t index;

	(void)state;
	commit("host-payload-overwrite");
	request();
	request();
	index = send_message(AMP_TO_HOST);
	core->shm.base[buffer_of(AMP_TO_HOST, index)] ^= 1; /* of another one */
	amp_core_ring_fault_look(core, AMP_TO_HOST);
	assert_int_equal(bits_that_differ(AMP_TO_HOST, index), 0);
	assert_true(bits_that_differ(AMP_TO_HOST, answer()) > 8);
	set_word(RING0 + AVAIL + 2, word(RING0 + AVAIL + 2) + 1u);
	until_it_is_done();
}

/* Unmodified Linux would follow them in a circle. */
static void overwritten_descriptors_are_no_chain(void **state)
{
	static const char *const names[] = {"core-descriptors-overwrite", "host-descriptors-overwrite"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		uint32_t ring = i == 0 ? RING1 : RING0;
		struct vring_desc desc[NUM];

		commit(names[i]);
		request();
		request();
		memcpy(desc, core->shm.base + ring, sizeof(desc));
		for (uint32_t n = 0; n < NUM; n++) {
			assert_int_equal(desc[n].flags & VRING_DESC_F_NEXT, 0);
			assert_int_not_equal(desc[n].flags & ~(VRING_DESC_F_NEXT | VRING_DESC_F_WRITE), 0);
		}
		set_word(RING1 + USED + 2, word(RING1 + AVAIL + 2));
		until_it_is_done();
	}
}

static void nobody_waits_for_a_request_that_does_not_come(void **state)
{
	(void)state;
	commit("core-header-overwrite");
	request();
	assert_true(stands_still(core->process.pid));
	until_it_runs(core->process.pid);
	assert_int_not_equal(core->trouble.ring, 0); /* it is still to come */
	request();
	assert_true(stands_still(core->process.pid));
	request();
	set_word(RING1 + USED + 2, word(RING1 + AVAIL + 2));
	until_it_is_done();
}

static void the_end_of_a_life_lets_both_go(void **state)
{
	(void)state;
	commit("core-avail-index");
	request();
	request();
	assert_true(stands_still(lab->vm.process.pid));
	amp_core_fault_end(core);
	until_it_runs(core->process.pid);
	until_it_runs(lab->vm.process.pid);
	assert_int_equal(core->trouble.ring, 0);
}

/* Linux has no need of its used buffers before. */
static void used_entries_are_hit_when_all_buffers_have_been_used_once(void **state)
{
	(void)state;
	commit("core-used-entries");
	request();
	assert_false(stands_still(core->process.pid));
	set_word(RING1 + USED + 2, NUM);
	set_word(RING1 + AVAIL + 2, NUM);
	request();
	assert_true(stands_still(core->process.pid));
}

int main(void)
{
#define LINK(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		LINK(what_the_core_reads_is_hit_before_it_can),
		LINK(what_the_host_reads_is_hit_in_the_answer),
		LINK(what_is_no_answer_of_the_service_is_left_alone),
		LINK(overwritten_descriptors_are_no_chain),
		LINK(nobody_waits_for_a_request_that_does_not_come),
		LINK(the_end_of_a_life_lets_both_go),
		LINK(used_entries_are_hit_when_all_buffers_have_been_used_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
