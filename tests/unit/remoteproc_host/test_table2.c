// SPDX-License-Identifier: GPL-2.0-only
/* Version 2 of the resource table at its host: what is taken, refused, passed over, written and told. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include <amprelay/config.h>

#include "../remoteproc/table2.h"

#define TABLE_AT 0x100 /* in the memory */

static const struct both good = BOTH(MEM_DA);

static struct both *in_memory(void)
{
	return (struct both *)(void *)(memory + TABLE_AT);
}

/* The image of a firmware that has this table. */
static int set(const struct both *table)
{
	memcpy(in_memory(), table, sizeof(*table));
	return remoteproc_set_rsc_table(&rproc, &in_memory()->header, sizeof(*table));
}

static int setup2(void **state)
{
	int status = setup(state);

	amp_remoteproc_use_table2(&rproc);
	return status;
}

static void a_host_of_version_1_takes_version_1(void **state)
{
	struct both table = good;
	struct amp_buffers buffers;

	(void)state;
	table.table2.owner = 0xffff; /* nobody looks at it */
	assert_int_equal(set(&table), 0);
	assert_memory_equal(in_memory(), &table, sizeof(table));
	assert_int_equal(platform.vendor_calls, 1);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 0, &buffers), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", "1"), -RPROC_ERR_RSC_TAB_NP);
}

static void what_the_host_fills_in_is_written_and_nothing_else(void **state)
{
	struct both expected = good;

	(void)state;
	assert_int_equal(set(&good), 0);
	expected.table2.taken = AMP_TABLE2_VERSION;
	expected.carveout.pa = (struct amp_rsc_u64)AMP_RSC2_U64(MEM_PA + 0x3000);
	assert_memory_equal(in_memory(), &expected, sizeof(expected));
}

static void what_a_driver_accepted_before_is_forgotten(void **state)
{
	struct both table = good;

	(void)state;
	table.more.gfeatures_high = 1;
	assert_int_equal(set(&table), 0);
	assert_int_equal(in_memory()->more.gfeatures_high, 0);
}

static void a_malformed_table_is_refused_though_version_1_is_good(void **state)
{
	struct both table = good;

	(void)state;
	table.table2.owner = 2;
	assert_int_equal(set(&table), -RPROC_EINVAL);
	assert_null(rproc.rsc_table);
	table = good;
	table.table2.size += 4;
	assert_int_equal(set(&table), -RPROC_ERR_RSC_TAB_TRUNC);
	table = good;
	table.table2.version = 3; /* not known: version 1 is the best */
	assert_int_equal(set(&table), 0);
	assert_int_equal(in_memory()->table2.taken, 0);
	table = good;
	table.table2.type = RSC_LAST; /* there is none */
	assert_int_equal(set(&table), 0);
}

static void buffers_of_each_direction_are_found(void **state)
{
	struct amp_buffers buffers;

	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, AMP_RSC2_TO_HOST, &buffers), 0);
	assert_int_equal(buffers.da, MEM_DA + 0x1000);
	assert_int_equal(buffers.len, 0x400);
	assert_int_equal(buffers.size, 256);
	assert_ptr_equal(buffers.io, shared_mem.io);
	assert_int_equal(buffers.offset, 0x1000);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, AMP_RSC2_FROM_HOST, &buffers), 0);
	assert_int_equal(buffers.offset, 0x1400);
	assert_int_equal(buffers.size, 128);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 1, AMP_RSC2_FROM_HOST, &buffers), 0);
	assert_int_equal(buffers.da, METAL_BAD_PHYS);
	assert_int_equal(buffers.len, 0x800);
	assert_null(buffers.io);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 2, 0, &buffers), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 2, &buffers), -RPROC_EINVAL);
}

/* Whether it is required or not, the table is sound: only this host has no such memory. */
static void expect_required(struct both *table, struct amp_rsc2 *head, int error)
{
	head->priority = AMP_RSC2_REQUIRED;
	assert_int_equal(set(table), error);
	assert_null(rproc.rsc_table);
	head->priority = AMP_RSC2_OPTIONAL;
	assert_int_equal(set(table), 0);
	assert_int_equal(in_memory()->table2.taken, AMP_TABLE2_VERSION);
}

#define EACH_MEMORY(X)                                             \
	X(carveout, carveout.da.low, MEM_DA + MEM_SIZE - 0xff)     \
	X(carveout, carveout.da.high, 1)                           \
	X(carveout, carveout.len.low, MEM_SIZE - 0x3000 + 1)       \
	X(carveout, carveout.len.high, 1)                          \
	X(devmem, devmem.da.low, MEM_DA - 1)                       \
	X(devmem, devmem.len.low, MEM_SIZE + 1)                    \
	X(trace, trace.da.low, MEM_DA + MEM_SIZE - 0xff)           \
	X(trace, trace.len.low, MEM_SIZE - 0x3800 + 1)             \
	X(more, more.buffers[0].da.low, MEM_DA - 4)                \
	X(more, more.buffers[0].len.low, MEM_SIZE - 0x1000 + 1)    \
	X(more, more.buffers[1].da.low, MEM_DA + MEM_SIZE - 0x1fc) \
	X(more, more.buffers[1].da.high, 0x80000000)

static void memory_that_does_not_exist_counts_if_it_is_required(void **state)
{
	struct both table;

	(void)state;
#define MEMORY(entry, field, value) \
	table = good;               \
	table.field = (value);      \
	expect_required(&table, &table.entry.head, -AMP_RPROC_ERR_RSC_MEMORY);
	EACH_MEMORY(MEMORY)
	table = good;
	table.dtree.da = (struct amp_rsc_u64)AMP_RSC2_U64(MEM_DA + MEM_SIZE - 32); /* less than a header */
	expect_required(&table, &table.dtree.head, -AMP_RPROC_ERR_RSC_MEMORY);
	table.dtree.da.low -= 8;
	table.dtree.head.priority = AMP_RSC2_REQUIRED;
	assert_int_equal(set(&table), 0);
}

static void what_is_unknown_counts_if_it_is_required(void **state)
{
	struct both table = good;

	(void)state;
	table.carveout.head.type = 20;
	expect_required(&table, &table.carveout.head, -RPROC_ERR_RSC_TAB_NS);
	table = good;
	table.trace.method = 2;
	expect_required(&table, &table.trace.head, -RPROC_ERR_RSC_TAB_NS);
	table = good;
	table.state.head.version = 2;
	expect_required(&table, &table.state.head, -RPROC_ERR_RSC_TAB_NS);
}

static void a_carveout_that_does_not_care_gets_the_memory_with_its_name(void **state)
{
	struct remoteproc_mem mem;
	struct both table = good;

	(void)state;
	remoteproc_init_mem(&mem, "carveout", MEM_PA + 0x1000, 0x5000, 0x100, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	table.carveout.da = (struct amp_rsc_u64)ANY64;
	assert_int_equal(set(&table), 0);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->carveout.da), 0x5000);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->carveout.pa), MEM_PA + 0x1000);
	metal_list_del(&mem.node);
}

static void addresses_above_4_gib_are_taken_and_given(void **state)
{
	const metal_phys_addr_t high = (metal_phys_addr_t)0x1200000000u;
	struct both table = good;
	struct virtio_device *vdev;
	struct remoteproc_mem mem;

	(void)state;
	if (sizeof(metal_phys_addr_t) < 8)
		skip();
	remoteproc_init_mem(&mem, "vdev1vring1", MEM_PA, high, MEM_SIZE, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	table.alone.vring[0].da = 0x2800;
	table.alone.vring[0].reserved = 0x12;
	table.carveout.da = (struct amp_rsc_u64)AMP_RSC2_U64(high + 0x3000);
	assert_int_equal(set(&table), 0);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->carveout.pa), MEM_PA + 0x3000);
	vdev = remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(vdev);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, memory + 0x2800);
	assert_int_equal(in_memory()->alone.vring[1].da, 0);
	assert_int_equal(in_memory()->alone.vring[1].reserved, 0x12);
	assert_int_equal(vdev->id.device, 3);
	remoteproc_remove_virtio(&rproc, vdev);
	metal_list_del(&mem.node);
}

static void a_device_of_version_2_is_one_like_any_other(void **state)
{
	struct remoteproc_mem mem;
	struct virtio_device *vdev, *twin;
	uint8_t status = 0;

	(void)state;
	remoteproc_init_mem(&mem, "vdev1vring1", MEM_PA + 0x2c00, MEM_DA + 0x2c00, 0x400, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	assert_int_equal(set(&good), 0);
	twin = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	vdev = remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(twin);
	assert_non_null(vdev);
	assert_null(remoteproc_create_virtio(&rproc, 2, VIRTIO_DEV_DRIVER, NULL));
	assert_ptr_equal(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL), vdev);
	assert_int_equal(in_memory()->alone.vring[1].da, MEM_DA + 0x2c00);
	assert_int_equal(in_memory()->alone.vring[1].reserved, 0);
	/* Those of the table are taken: 1 to 5. */
	assert_int_equal(in_memory()->alone.vring[1].notifyid, 0);
	virtio_set_status(vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(in_memory()->alone.vdev.status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	virtio_get_status(twin, &status);
	assert_int_equal(status, 0);
	remoteproc_remove_virtio(&rproc, vdev);
	remoteproc_remove_virtio(&rproc, twin);
	metal_list_del(&mem.node);
}

static void traces_tell_how_they_are_read(void **state)
{
	struct both table = good;
	struct amp_trace trace;
	uint32_t method, id;

	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(amp_remoteproc_get_trace2(&rproc, 0, &trace, &method, &id), 0);
	assert_string_equal(trace.name, "trace");
	assert_int_equal(trace.offset, 0x3800);
	assert_int_equal(trace.len, 0x100);
	assert_int_equal(method, AMP_RSC2_TRACE_JOURNAL);
	assert_int_equal(id, 9);
	assert_int_equal(amp_remoteproc_get_trace2(&rproc, 1, &trace, NULL, NULL), -RPROC_ERR_RSC_TAB_NP);
	table.trace.len = (struct amp_rsc_u64)AMP_RSC2_U64(0);
	assert_int_equal(set(&table), 0);
	assert_int_equal(amp_remoteproc_get_trace2(&rproc, 0, &trace, NULL, NULL), -AMP_RPROC_ERR_RSC_MEMORY);
}

static void parameters_are_set_before_the_start(void **state)
{
	static const char zeroes[8];

	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "greeting", "abcdefg"), 0);
	assert_string_equal(in_memory()->greeting.value, "abcdefg");
	assert_int_equal(amp_remoteproc_set_param(&rproc, "greeting", "abcdefgh"), -RPROC_EINVAL);
	assert_string_equal(in_memory()->greeting.value, "abcdefg");
	assert_int_equal(amp_remoteproc_set_param(&rproc, "greeting", "x"), 0);
	assert_memory_equal(in_memory()->greeting.value + 1, zeroes, 7);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "greeting", ""), 0);
	assert_memory_equal(in_memory()->greeting.value, zeroes, 8);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", "9"), 0);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "unknown", "9"), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_start(&rproc), 0);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", "8"), -RPROC_EINVAL);
	assert_string_equal(in_memory()->rate.value, "9");
}

static void a_host_says_where_the_device_tree_is(void **state)
{
	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(amp_remoteproc_set_dtree(&rproc, MEM_DA + 0x3c00, 0x401), -AMP_RPROC_ERR_RSC_MEMORY);
	assert_int_equal(amp_remoteproc_set_dtree(&rproc, MEM_DA + 0x3c04, 0x100), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_set_dtree(&rproc, MEM_DA + 0x3c00, 0), -AMP_RPROC_ERR_RSC_MEMORY);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.da), AMP_RSC2_ADDR_ANY);
	assert_int_equal(amp_remoteproc_set_dtree(&rproc, MEM_DA + 0x3c00, 0x400), 0);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.da), MEM_DA + 0x3c00);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.len), 0x400);
	assert_int_equal(remoteproc_start(&rproc), 0);
	assert_int_equal(amp_remoteproc_set_dtree(&rproc, MEM_DA + 0x3800, 0x100), -RPROC_EINVAL);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.da), MEM_DA + 0x3c00); /* as the core has found it */
}

static void a_tree_of_the_firmware_stays_where_it_is(void **state)
{
	struct both table = good;

	(void)state;
	table.dtree.da = (struct amp_rsc_u64)AMP_RSC2_U64(MEM_DA + 0x3c00);
	table.dtree.len = (struct amp_rsc_u64)AMP_RSC2_U64(0x100);
	assert_int_equal(set(&table), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.da), MEM_DA + 0x3c00);
	assert_int_equal(amp_rsc_u64_get(&in_memory()->dtree.len), 0x100);
}

static void each_side_tells_its_state(void **state)
{
	unsigned int remote;
	uint32_t cause;

	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);
	amp_rsc2_set_state(&in_memory()->state, AMP_RSC2_STATE_CRASHED, 7);
	assert_int_equal(amp_remoteproc_get_remote_state(&rproc, &remote, &cause), 0);
	assert_int_equal(remote, AMP_RSC2_STATE_CRASHED);
	assert_int_equal(cause, 7);
	amp_rsc2_set_state(&in_memory()->state, AMP_RSC2_STATE_RUNNING, 7);
	assert_int_equal(amp_remoteproc_get_remote_state(&rproc, &remote, &cause), 0);
	assert_int_equal(cause, 0);
	amp_rsc2_set_state(&in_memory()->state, AMP_RSC2_STATES, 0);
	assert_int_equal(amp_remoteproc_get_remote_state(&rproc, &remote, NULL), -RPROC_EINVAL);
	amp_rsc2_set_state(&in_memory()->state, AMP_RSC2_STATE_RUNNING, 0);
	assert_int_equal(amp_remoteproc_set_host_state(&rproc, AMP_RSC2_STATES), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_set_host_state(&rproc, AMP_RSC2_STATE_SUSPENDED), 0);
	assert_int_equal(amp_rsc2_host_state(&in_memory()->state), AMP_RSC2_STATE_SUSPENDED);
}

static void vendors_entries_go_to_the_hook_with_their_own_length(void **state)
{
	struct both table = good;

	(void)state;
	assert_int_equal(set(&good), 0);
	assert_int_equal(platform.vendor_calls, 2); /* one is version 2 itself, as it stands in version 1 */
	assert_int_equal(platform.vendor_type, RSC_VENDOR_START);
	assert_int_equal(platform.vendor_len, sizeof(struct vendor2) - sizeof(struct amp_rsc2));
	assert_int_equal(in_memory()->vendor.data[1], 2); /* the hook has written to a copy */
	platform.vendor_answer = -RPROC_ERR_RSC_TAB_NS;
	expect_required(&table, &table.vendor.head.head, -RPROC_ERR_RSC_TAB_NS);
	platform_ops.handle_rsc = NULL;
	expect_required(&table, &table.vendor.head.head, -RPROC_ERR_RSC_TAB_NS);
}

/* AMD's: type 128, then bytes: version, whether it has crashed, why, and a text. The driver looks at it later. */
static const volatile uint8_t *crash_state;

static int find_crash_state(struct remoteproc *r, void *rsc, size_t len)
{
	const struct fw_rsc_hdr *entry = rsc;

	if (entry->type != 128)
		return -RPROC_ERR_RSC_TAB_NS;
	if (len < sizeof(*entry) + 3 || entry->data[0] != 1)
		return -RPROC_EINVAL;
	crash_state = (const uint8_t *)amp_remoteproc_live_entry(r) + sizeof(*entry);
	return 0;
}

static void a_vendors_crash_state_is_found_and_read_later(void **state)
{
	struct both table = good;

	(void)state;
	platform_ops.handle_rsc = find_crash_state;
	table.vendor.head.head.priority = AMP_RSC2_REQUIRED;
	table.vendor.head.type = 128;
	table.vendor.data[0] = 1;
	assert_int_equal(set(&table), 0);
	assert_ptr_equal(crash_state, (const uint8_t *)in_memory()->vendor.data);
	assert_int_equal(remoteproc_start(&rproc), 0);
	assert_int_equal(crash_state[1], 0);
	in_memory()->vendor.data[0] |= 1 << 8 | 3 << 16; /* it crashes, for reason 3 */
	assert_int_equal(crash_state[1], 1);
	assert_int_equal(crash_state[2], 3);
	assert_int_equal(amp_remoteproc_crashed(&rproc), 0);
	assert_int_equal(remoteproc_stop(&rproc), 0);
	/* What the hook refuses is refused, also if the entry is optional. */
	table.vendor.head.head.priority = AMP_RSC2_OPTIONAL;
	table.vendor.data[0] = 2;
	assert_int_equal(set(&table), -RPROC_EINVAL);
}

/* TI's and ST's, as a driver of theirs would take them: each knows its own type. */
static void an_entry_of_another_vendor_is_passed_over(void **state)
{
	static const uint32_t theirs[] = {129, 200, 256, 512};
	struct both table = good;

	(void)state;
	platform_ops.handle_rsc = find_crash_state;
	for (unsigned int i = 0; i < metal_dim(theirs); i++) {
		table.vendor.head.type = theirs[i];
		expect_required(&table, &table.vendor.head.head, -RPROC_ERR_RSC_TAB_NS);
	}
}

static void a_table_that_is_damaged_later_is_not_used(void **state)
{
	struct amp_buffers buffers;
	struct amp_trace trace;

	(void)state;
	assert_int_equal(set(&good), 0);
	in_memory()->more.buffers[0].size = 1;
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 0, &buffers), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_get_trace2(&rproc, 0, &trace, NULL, NULL), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", "1"), -RPROC_EINVAL);
	assert_null(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL));
	in_memory()->table2.type = RSC_LAST;
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 0, &buffers), -RPROC_ERR_RSC_TAB_NP);
	in_memory()->header.ver = 2;
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 0, &buffers), -RPROC_ERR_RSC_TAB_VER);
}

static void without_memory_nothing_is_left(void **state)
{
	struct amp_buffers buffers;
	int status = -1;

	(void)state;
	for (unsigned int n = 1; status; n++) {
		fail_allocation(n);
		status = set(&good);
		assert_true(status == 0 || status == -RPROC_ENOMEM);
		assert_int_equal(live_allocations(), 0);
	}
	fail_allocation(1);
	assert_int_equal(amp_remoteproc_get_buffers(&rproc, 0, 0, &buffers), -RPROC_ENOMEM);
	fail_allocation(1);
	assert_int_equal(amp_remoteproc_set_param(&rproc, "rate", "1"), -RPROC_ENOMEM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup2, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_host_of_version_1_takes_version_1, setup, teardown),
		TEST(what_the_host_fills_in_is_written_and_nothing_else),
		TEST(what_a_driver_accepted_before_is_forgotten),
		TEST(a_malformed_table_is_refused_though_version_1_is_good),
		TEST(buffers_of_each_direction_are_found),
		TEST(memory_that_does_not_exist_counts_if_it_is_required),
		TEST(what_is_unknown_counts_if_it_is_required),
		TEST(a_carveout_that_does_not_care_gets_the_memory_with_its_name),
		TEST(addresses_above_4_gib_are_taken_and_given),
		TEST(a_device_of_version_2_is_one_like_any_other),
		TEST(traces_tell_how_they_are_read),
		TEST(parameters_are_set_before_the_start),
		TEST(a_host_says_where_the_device_tree_is),
		TEST(a_tree_of_the_firmware_stays_where_it_is),
		TEST(each_side_tells_its_state),
		TEST(vendors_entries_go_to_the_hook_with_their_own_length),
		TEST(a_vendors_crash_state_is_found_and_read_later),
		TEST(an_entry_of_another_vendor_is_passed_over),
		TEST(a_table_that_is_damaged_later_is_not_used),
		TEST(without_memory_nothing_is_left),
	};

	return AMP_WITH_TABLE_MEMORIES ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
