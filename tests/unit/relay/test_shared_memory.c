// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/core/shared_memory.h"

#define SIZE 0x1000000

static struct shared_memory shm;

static int create(void **state)
{
	(void)state;
	return amp_shm_create(&shm, "test", SIZE, 0x6000);
}

static int destroy(void **state)
{
	(void)state;
	amp_shm_destroy(&shm);
	return 0;
}

static void nobody_can_change_its_size(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(shm.fd, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(shm.fd, 2 * SIZE), -1);
	assert_true(fcntl(shm.fd, F_GETFD) & FD_CLOEXEC);
}

static void what_the_relay_touches_is_allocated_and_the_rest_is_not(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(fstat(shm.fd, &st), 0);
	assert_int_equal(st.st_blocks * 512, 0x6000);
}

static void a_copy_does_not_follow_the_original(void **state)
{
	struct amp_host *original = (struct amp_host *)(shm.base + AMP_HOST_OFFSET);
	struct amp_host copy;

	(void)state;
	original->req_seq = 5;
	amp_shm_read_host(&shm, &copy);
	original->req_seq = 6;
	assert_int_equal(copy.req_seq, 5);
}

static void each_write_tells_its_part_only(void **state)
{
	const struct amp_relay *out = (const struct amp_relay *)(shm.base + AMP_RELAY_OFFSET);
	struct amp_relay truth = {.resp_seq = 3,
	                          .resp_status = AMP_EIO,
	                          .state = AMP_CORE_RUNNING,
	                          .epoch = 9,
	                          .boot_addr = 0x123456789abcdef0,
	                          .table_da = 0x23456789abcdef01,
	                          .table_size = 5,
	                          .report_pc = 0x3456789abcdef012,
	                          .report_lr = 0x456789abcdef0123,
	                          .inject = 2,
	                          .report_seq = 4,
	                          .report_type = AMP_REPORT_FATAL};

	(void)state;
	strcpy(truth.resp_text, "why");
	strcpy(truth.report_text, "what");
	amp_shm_write_power(&shm, &truth);
	assert_int_equal(out->state, AMP_CORE_RUNNING);
	assert_int_equal(out->epoch, 9);
	assert_int_equal(out->resp_seq, 0);
	assert_int_equal(out->report_seq, 0);
	amp_shm_write_answer(&shm, &truth);
	assert_int_equal(out->resp_seq, 3);
	assert_string_equal(out->resp_text, "why");
	assert_int_equal(out->report_seq, 0);
	amp_shm_write_report(&shm, &truth);
	assert_memory_equal(out, &truth, sizeof(truth));
}

static void telling_where_the_memory_is_leaves_the_rest_of_the_hosts_section_alone(void **state)
{
	struct amp_host host;

	(void)state;
	memset(shm.base + AMP_HOST_OFFSET, 0x5a, sizeof(host));
	amp_shm_write_mem_pa(&shm, 0x21000000);
	amp_shm_read_host(&shm, &host);
	assert_int_equal(host.mem_pa, 0x21000000);
	assert_int_equal(host.state, 0x5a5a5a5a);
	assert_int_equal(host.req_seq, 0x5a5a5a5a);
}

/*
 * Version 2 has addresses of 64 bits at places of their own. A firmware of version 1 works with it, since all that it
 * reads and writes is where it was; and who refuses another version finds it, and is heard.
 */
static void what_a_firmware_of_version_1_uses_is_where_it_was(void **state)
{
	const struct {
		size_t is, was;
	} places[] = {
#define PLACE(base, type, member) ((base) + offsetof(struct type, member))
		{PLACE(AMP_SOC_OFFSET, amp_soc, magic), 0x0},
		{PLACE(AMP_SOC_OFFSET, amp_soc, version), 0x4},
		{PLACE(AMP_SOC_OFFSET, amp_soc, core), 0x8},
		{PLACE(AMP_HOST_OFFSET, amp_host, mem_pa), 0x400},
		{PLACE(AMP_RELAY_OFFSET, amp_relay, epoch), 0x80c},
		{PLACE(AMP_RELAY_OFFSET, amp_relay, inject), 0x814},
		{PLACE(AMP_RELAY_OFFSET, amp_relay, clock_asked), 0x9e0},
		{PLACE(AMP_RELAY_OFFSET, amp_relay, journal_taken), 0x9e8},
		{PLACE(AMP_RELAY_OFFSET, amp_relay, takeover), 0xa00},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, state), 0x1000},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, epoch), 0x1004},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, heartbeat), 0x1008},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, trace_head), 0x100c},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, build_id_len), 0x1010},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, build_id), 0x1014},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, watchdog), 0x1028},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, usage), 0x102c},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, clock), 0x1050},
		{PLACE(AMP_REMOTE_OFFSET, amp_remote, crash), 0x1080},
		{PLACE(0x1080, amp_crash, magic), 0x1080},
		{PLACE(0x1080, amp_crash, epoch), 0x1084},
		{PLACE(0x1080, amp_crash, cause), 0x1088},
		{PLACE(0x1080, amp_crash, arch), 0x108c},
		{PLACE(0x1080, amp_crash, reg), 0x1090},
		{PLACE(0x1080, amp_crash, status), 0x11d0},
		{PLACE(0x1080, amp_crash, stack_da), 0x1210},
		{PLACE(0x1080, amp_crash, stack_words), 0x1214},
		{PLACE(0x1080, amp_crash, stack), 0x1218},
		{PLACE(0x1080, amp_crash, text), 0x12a0},
	};
	const struct amp_crash old = {.stack_da = 0x21100000}, high = {.stack_da = 0x41100000, .stack_da_high = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		assert_int_equal(places[i].is, places[i].was);
	assert_true(amp_crash_stack_da(&old) == 0x21100000);
	assert_true(amp_crash_stack_da(&high) == 0x141100000);
}

/* Nothing has more than 32 bits of an address there. */
static void a_table_means_an_address_beside_the_shared_memory(void **state)
{
	(void)state;
	assert_true(amp_table_da(0x21000000, 0x21008000) == 0x21008000);
	assert_true(amp_table_da(0x141000000, 0x41008000) == 0x141008000);
	assert_true(amp_table_da(0xffffffff00000000, 0xfffffffe) == 0xfffffffffffffffe);
	assert_true(amp_table_da(0xffffffff, 0) == 0);
}

static void a_new_life_finds_nothing_of_the_last_ones_crash(void **state)
{
	struct amp_remote *remote = (struct amp_remote *)(shm.base + AMP_REMOTE_OFFSET), copy;

	(void)state;
	remote->crash.magic = AMP_CRASH_MAGIC;
	remote->heartbeat = 77;
	remote->trace_head = 78;
	assert_int_equal(amp_shm_heartbeat(&shm), 77);
	assert_int_equal(amp_shm_trace_head(&shm), 78);
	amp_shm_clear_remote(&shm);
	amp_shm_read_remote(&shm, &copy);
	assert_int_equal(copy.crash.magic, 0);
	assert_int_equal(copy.heartbeat, 0);
	assert_int_equal(copy.trace_head, 0);
}

static void a_snapshot_is_a_private_copy_and_fills_no_holes(void **state)
{
	struct stat before, after;
	uint8_t *snapshot;

	(void)state;
	shm.base[0] = 1;
	shm.base[0x100000] = 2;
	shm.base[SIZE - 1] = 3;
	assert_int_equal(fstat(shm.fd, &before), 0);
	snapshot = amp_shm_snapshot(&shm);
	assert_non_null(snapshot);
	assert_int_equal(fstat(shm.fd, &after), 0);
	assert_int_equal(before.st_blocks, after.st_blocks);
	shm.base[0x100000] = 99;
	assert_int_equal(snapshot[0], 1);
	assert_int_equal(snapshot[0x100000], 2);
	assert_int_equal(snapshot[SIZE - 1], 3);
	assert_int_equal(snapshot[0x500000], 0);
	amp_shm_snapshot_free(&shm, snapshot);
	amp_shm_snapshot_free(&shm, NULL);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(nobody_can_change_its_size),
		TEST(what_the_relay_touches_is_allocated_and_the_rest_is_not),
		TEST(a_copy_does_not_follow_the_original),
		TEST(each_write_tells_its_part_only),
		TEST(telling_where_the_memory_is_leaves_the_rest_of_the_hosts_section_alone),
		TEST(what_a_firmware_of_version_1_uses_is_where_it_was),
		TEST(a_table_means_an_address_beside_the_shared_memory),
		TEST(a_new_life_finds_nothing_of_the_last_ones_crash),
		TEST(a_snapshot_is_a_private_copy_and_fills_no_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
