// SPDX-License-Identifier: GPL-2.0-only
/* Resource tables: every field at its limits, the entries handled, in shared memory and as a copy. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define ANY_ADDR  FW_RSC_U32_ADDR_ANY
#define TABLE_AT  0x100 /* in the memory */
#define VENDOR_ID 200

/* One entry of each kind. */
struct full {
	struct resource_table header;
	uint32_t offset[5];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	uint32_t config[2];
	struct fw_rsc_carveout carveout;
	struct fw_rsc_devmem devmem;
	struct fw_rsc_trace trace;
	struct fw_rsc_vendor vendor;
	uint32_t vendor_data[2];
};

static const struct full full = {
	.header = {.ver = 1, .num = 5},
	.offset = {offsetof(struct full, vdev), offsetof(struct full, carveout), offsetof(struct full, devmem),
                   offsetof(struct full, trace), offsetof(struct full, vendor)},
	.vdev = {.type = RSC_VDEV,
                 .id = VIRTIO_ID_RPMSG,
                 .notifyid = 1,
                 .dfeatures = 1,
                 .config_len = 8,
                 .status = 7,
                 .num_of_vrings = 2,
                 .gfeatures = 1},
	.vring = {{.da = MEM_DA + 0x2000, .align = 16, .num = 4, .notifyid = 2},
                  {.da = MEM_DA + 0x2400, .align = 16, .num = 4, .notifyid = RSC_NOTIFY_ID_ANY}},
	.carveout = {.type = RSC_CARVEOUT, .da = MEM_DA + 0x3000, .len = 0x100, .name = "carveout"},
	.devmem = {.type = RSC_DEVMEM, .da = MEM_DA, .pa = MEM_PA, .len = 0x10, .name = "devmem"},
	.trace = {.type = RSC_TRACE, .da = MEM_DA + 0x3800, .len = 0x100, .name = "trace"},
	.vendor = {.type = VENDOR_ID, .len = sizeof(struct fw_rsc_vendor) + 8},
};

/* A copy of exactly this size, for the sanitizer. */
static int set_copy(const void *table, size_t size)
{
	void *copy = malloc(size + !size);
	int status;

	memcpy(copy, table, size);
	status = remoteproc_set_rsc_table(&rproc, copy, size);
	if (!status) {
		assert_ptr_equal(rproc.rsc_table, copy);
		assert_int_equal(rproc.rsc_len, size);
		assert_null(rproc.rsc_io);
	} else {
		assert_null(rproc.rsc_table);
	}
	rproc.rsc_table = NULL;
	free(copy);
	return status;
}

static struct full *in_memory(void)
{
	return (struct full *)(void *)(memory + TABLE_AT);
}

static int set_shared(const struct full *table, size_t size)
{
	int status;

	memcpy(in_memory(), table, sizeof(*table));
	status = remoteproc_set_rsc_table(&rproc, &in_memory()->header, size);
	assert_ptr_equal(rproc.rsc_table, status ? NULL : in_memory());
	assert_ptr_equal(rproc.rsc_io, status ? NULL : shared_mem.io);
	return status;
}

struct row {
	size_t offset;
	size_t size;
	uint32_t value;
	int error;
};

#define F(field) offsetof(struct full, field), sizeof(full.field)

static void every_field_is_checked_at_its_limits(void **state)
{
	const uint32_t size = sizeof(full),
		       left = sizeof(full) - offsetof(struct full, vdev) - sizeof(struct fw_rsc_vdev) - 40;
	const struct row rows[] = {
		{F(header.ver), 0, -RPROC_ERR_RSC_TAB_VER},
		{F(header.ver), 1, 0},
		{F(header.ver), 2, -RPROC_ERR_RSC_TAB_VER},
		{F(header.num), 0, 0},
		{F(header.num), 4, 0},
		{F(header.num), 6, -RPROC_EINVAL}, /* the first entry lies where an offset should */
		{F(header.num), (sizeof(full) - 16) / 4 + 1, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(header.num), UINT32_MAX, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(header.reserved[0]), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(header.reserved[1]), 0x80000000, -RPROC_ERR_RSC_TAB_RSVD},

		{F(offset[0]), offsetof(struct full, vdev) - 4, -RPROC_EINVAL},
		{F(offset[0]), offsetof(struct full, vdev) + 1, -RPROC_EINVAL},
		{F(offset[0]), 0, -RPROC_EINVAL},
		{F(offset[0]), size - 4, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(offset[0]), size, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(offset[0]), size + 4, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(offset[4]), UINT32_MAX - 3, -RPROC_ERR_RSC_TAB_TRUNC},

		{F(vendor.type), RSC_LAST, 0}, /* unknown: skipped */
		{F(vendor.type), RSC_VENDOR_START - 1, 0},
		{F(vendor.type), RSC_VENDOR_START, 0},
		{F(vendor.type), RSC_VENDOR_END, 0},
		{F(vendor.type), RSC_VENDOR_END + 1, 0},
		{F(vendor.type), UINT32_MAX, 0},
		{F(vendor.len), 0, 0}, /* no length for anybody but the vendor */
		{F(vendor.len), UINT32_MAX, 0},
		{F(offset[4]), size, -RPROC_ERR_RSC_TAB_TRUNC},

		{F(vdev.num_of_vrings), 0, -RPROC_ERR_RSC_TAB_VDEV_NRINGS},
		{F(vdev.num_of_vrings), 1, 0},
		{F(vdev.num_of_vrings), 9, -RPROC_ERR_RSC_TAB_VDEV_NRINGS},
		{F(vdev.num_of_vrings), 255, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(vdev.reserved[0]), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(vdev.reserved[1]), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(vdev.config_len), left, 0},
		{F(vdev.config_len), left + 1, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(vdev.config_len), UINT32_MAX, -RPROC_ERR_RSC_TAB_TRUNC},
		{F(vring[1].num), 0, 0}, /* whoever makes the ring says */
		{F(vring[1].num), 1, 0},
		{F(vring[1].num), 3, -RPROC_EINVAL},
		{F(vring[1].num), 32768, 0},
		{F(vring[1].num), 65536, -RPROC_EINVAL},
		{F(vring[1].align), 0, -RPROC_EINVAL},
		{F(vring[1].align), 2, -RPROC_EINVAL},
		{F(vring[1].align), 4, 0},
		{F(vring[1].align), 12, -RPROC_EINVAL},
		{F(vring[1].align), 0x80000000, -RPROC_EINVAL},
		{F(vring[1].da), MEM_DA + 0x2408, -RPROC_EINVAL},
		{F(vring[1].da), ANY_ADDR, 0},
		{F(vring[1].reserved), UINT32_MAX, 0},

		{F(carveout.reserved), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(carveout.len), 0, -RPROC_EINVAL},
		{F(carveout.len), 0x1000, 0},
		{F(carveout.len), 0x1001, -AMP_RPROC_ERR_RSC_MEMORY},
		{F(carveout.len), UINT32_MAX, -RPROC_EINVAL},
		{F(carveout.da), MEM_DA, 0},
		{F(carveout.da), MEM_DA - 1, -AMP_RPROC_ERR_RSC_MEMORY},
		{F(carveout.da), UINT32_MAX - 0xff, -AMP_RPROC_ERR_RSC_MEMORY},
		{F(carveout.da), UINT32_MAX - 0xfe, -RPROC_EINVAL},
		{F(devmem.reserved), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(devmem.len), 0, -RPROC_EINVAL},
		{F(devmem.len), MEM_SIZE, 0},
		{F(devmem.len), MEM_SIZE + 1, -AMP_RPROC_ERR_RSC_MEMORY},
		{F(devmem.da), ANY_ADDR, 0}, /* by its physical address */
		{F(trace.reserved), 1, -RPROC_ERR_RSC_TAB_RSVD},
		{F(trace.len), 0, 0},
		{F(trace.len), UINT32_MAX, -RPROC_EINVAL},
		{F(trace.da), UINT32_MAX - 0xfe, -RPROC_EINVAL},
	};
	struct full table;
	int copy, shared;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(rows); i++) {
		table = full;
		memcpy((char *)&table + rows[i].offset, &rows[i].value, rows[i].size);
		copy = set_copy(&table, sizeof(table));
		shared = set_shared(&table, sizeof(table));
		if (copy != rows[i].error || shared != rows[i].error)
			fail_msg("row %u, value 0x%x: %d as a copy, %d shared, instead of %d", i, rows[i].value, copy,
			         shared, rows[i].error);
		assert_int_equal(live_allocations(), 0);
		check_canaries();
	}
}

/* Linux takes names of 32 letters too. Whoever gets one gets 31 of them, and an end. */
static void names_without_an_end_lose_their_last_letter(void **state)
{
	static const char letters[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	struct full table = full;
	struct remoteproc_mem mem;
	struct amp_trace trace;

	(void)state;
	memset(table.carveout.name, 'x', 32);
	memset(table.devmem.name, 'x', 32);
	memset(table.trace.name, 'x', 32);
	table.carveout.da = ANY_ADDR;
	remoteproc_init_mem(&mem, letters, MEM_PA + 0x1000, 0x5000, 0x100, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(in_memory()->carveout.da, 0x5000);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	assert_string_equal(trace.name, letters);
	metal_list_del(&mem.node);
}

static void a_trace_without_bytes_does_not_condemn_a_table(void **state)
{
	struct full table = full;
	struct amp_trace trace;

	(void)state;
	table.trace.len = 0;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -AMP_RPROC_ERR_RSC_MEMORY);
	table.trace.da = UINT32_MAX - 1;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
}

/* NuttX' host writes commands there while the firmware runs. */
static void reserved_words_of_the_header_are_the_firmwares_once_the_table_is_adopted(void **state)
{
	struct virtio_device *vdev;
	struct amp_trace trace;

	(void)state;
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
	in_memory()->header.reserved[0] = 0x12345678;
	in_memory()->header.reserved[1] = UINT32_MAX;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(vdev);
	remoteproc_remove_virtio(&rproc, vdev);
	assert_int_equal(in_memory()->header.reserved[0], 0x12345678);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &in_memory()->header, sizeof(full)), -RPROC_ERR_RSC_TAB_RSVD);
}

static void a_table_of_zeroes_is_none(void **state)
{
	static const struct full zeroes;

	(void)state;
	assert_int_equal(set_copy(&zeroes, sizeof(zeroes)), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(set_copy(&zeroes, 1), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(set_copy(&zeroes, 0), -RPROC_ERR_RSC_TAB_TRUNC);
}

static void a_table_cut_off_at_any_byte_is_refused(void **state)
{
	size_t size = 0;

	(void)state;
	for (; size < offsetof(struct full, vendor.len); size++)
		assert_int_equal(set_copy(&full, size), -RPROC_ERR_RSC_TAB_TRUNC);
	/* Where a vendor's entry ends nobody but the vendor knows. */
	for (; size <= sizeof(full); size++) {
		assert_int_equal(set_copy(&full, size), 0);
		assert_int_equal(platform.vendor_len, size - offsetof(struct full, vendor));
	}
}

static void tables_where_there_can_be_none_are_refused(void **state)
{
	struct resource_table *table = &in_memory()->header;

	(void)state;
	memcpy(table, &full, sizeof(full));
	assert_int_equal(remoteproc_set_rsc_table(&rproc, NULL, 16), -RPROC_EINVAL);
	assert_int_equal(remoteproc_set_rsc_table(NULL, table, sizeof(full)), -RPROC_EINVAL);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, (void *)((char *)table + 2), sizeof(full)), -RPROC_EINVAL);
	/* Larger than what is left of the memory; larger than any. */
	assert_int_equal(remoteproc_set_rsc_table(&rproc, table, MEM_SIZE - TABLE_AT), 0);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, table, MEM_SIZE - TABLE_AT + 4), -RPROC_EINVAL);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, table, AMP_RSC_TABLE_MAX + 4), -RPROC_EINVAL);
	assert_null(rproc.rsc_table);
}

static void only_open_addresses_are_filled_and_nothing_else_is_written(void **state)
{
	struct full expected = full;

	(void)state;
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
	expected.carveout.pa = MEM_PA + 0x3000;
	assert_memory_equal(in_memory(), &expected, sizeof(full));
}

static void a_carveout_that_does_not_care_gets_the_memory_with_its_name(void **state)
{
	struct full table = full;
	struct remoteproc_mem mem;

	(void)state;
	remoteproc_init_mem(&mem, "carveout", MEM_PA + 0x1000, 0x5000, 0x100, shared_mem.io);
	remoteproc_add_mem(&rproc, &mem);
	table.carveout.da = ANY_ADDR;
	table.carveout.pa = ANY_ADDR;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(in_memory()->carveout.da, 0x5000);
	assert_int_equal(in_memory()->carveout.pa, MEM_PA + 0x1000);
	table.carveout.len = 0x101;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
	metal_list_del(&mem.node);
}

static void a_carveout_with_a_physical_address_goes_there(void **state)
{
	struct full table = full;

	(void)state;
	table.carveout.da = ANY_ADDR;
	table.carveout.pa = MEM_PA + 0x3100;
	memset(table.carveout.name, 0, sizeof(table.carveout.name));
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(in_memory()->carveout.da, (uint32_t)(MEM_DA + 0x3100));
	assert_int_equal(in_memory()->carveout.pa, MEM_PA + 0x3100);
	/* Up to the last byte of the memory that is there, and one more. */
	table.carveout.pa = MEM_PA + MEM_SIZE - table.carveout.len;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	table.carveout.pa++;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
	assert_int_equal(in_memory()->carveout.da, ANY_ADDR);
}

static void device_memory_that_cannot_be_reached_is_refused(void **state)
{
	struct full table = full;

	(void)state;
	table.devmem.da = MEM_DA + MEM_SIZE;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
	/* By its physical address alone. */
	table.devmem.da = ANY_ADDR;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	table.devmem.len = MEM_SIZE + 1;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
}

static void each_failing_allocation_refuses_the_table_and_leaks_nothing(void **state)
{
	unsigned int n;
	int status;

	(void)state;
	for (n = 1;; n++) {
		fail_allocation(n);
		status = set_shared(&full, sizeof(full));
		assert_int_equal(live_allocations(), 0);
		if (!allocation_failed())
			break;
		assert_int_equal(status, -RPROC_ENOMEM);
		assert_int_equal(rproc.bitmap, 0);
	}
	assert_int_equal(status, 0);
	assert_int_equal(n, 3); /* the copy of the table, and that of the vendor's entry */
}

static metal_phys_addr_t answer_da;

static void *allocate(struct remoteproc *r, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                      unsigned int attribute, struct metal_io_region **io)
{
	(void)r;
	(void)size;
	assert_true(*pa == METAL_BAD_PHYS && *da == METAL_BAD_PHYS);
	assert_int_equal(attribute, 0x33);
	*pa = 0x123456789000;
	*da = answer_da;
	*io = shared_mem.io;
	return memory;
}

static void a_carveout_that_does_not_care_gets_what_the_platform_allocates(void **state)
{
	struct full table = full;

	(void)state;
	table.carveout.da = ANY_ADDR;
	table.carveout.flags = 0x33;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
	platform_ops.mmap = allocate;
	answer_da = 0xfffffffe;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(in_memory()->carveout.da, 0xfffffffe);
	assert_int_equal(in_memory()->carveout.pa, 0); /* does not fit */
	/* An address that the remote cannot have. */
	answer_da = 0xffffffff;
	assert_int_equal(set_shared(&table, sizeof(table)), -AMP_RPROC_ERR_RSC_MEMORY);
}

static void vendor_entries_go_to_the_hook_as_a_copy(void **state)
{
	(void)state;
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
	assert_int_equal(platform.vendor_calls, 1);
	assert_int_equal(platform.vendor_type, VENDOR_ID);
	assert_int_equal(platform.vendor_len, 16);
	assert_memory_equal(&in_memory()->vendor, &full.vendor, 16);

	platform.vendor_answer = -RPROC_ERR_RSC_TAB_NS;
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
	platform.vendor_answer = -123;
	assert_int_equal(set_shared(&full, sizeof(full)), -123);
	platform_ops.handle_rsc = NULL;
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
}

/* Reads what it takes for its own, and answers in the table. */
static int answer_live(struct remoteproc *r, void *rsc, size_t len)
{
	struct fw_rsc_vendor *live = amp_remoteproc_live_entry(r);

	assert_ptr_equal(live, in_memory()->offset[4] + (char *)in_memory());
	assert_memory_equal(rsc, live, len);
	((struct fw_rsc_vendor *)rsc)->len = 1;
	live->len = 4711;
	platform.vendor_len = len;
	return 0;
}

static void a_vendors_hook_gets_all_up_to_the_tables_end_and_the_live_entry(void **state)
{
	static const uint32_t last_and_first[] = {RSC_VENDOR_END, RSC_VENDOR_START};
	struct full table = full;

	(void)state;
	platform_ops.handle_rsc = answer_live;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(platform.vendor_len, 16);
	assert_int_equal(in_memory()->vendor.len, 4711);
	assert_null(amp_remoteproc_live_entry(&rproc));
	/* One in the middle of the table, whose second word is no length. */
	table.offset[4] = offsetof(struct full, carveout);
	table.offset[1] = offsetof(struct full, devmem);
	for (unsigned int i = 0; i < metal_dim(last_and_first); i++) {
		platform.vendor_len = 0;
		table.carveout.type = last_and_first[i];
		assert_int_equal(set_shared(&table, sizeof(table)), 0);
		assert_int_equal(platform.vendor_len, sizeof(full) - offsetof(struct full, carveout));
		assert_int_equal(in_memory()->carveout.da, 4711);
	}
}

static void an_entry_of_an_unknown_type_is_nobodys(void **state)
{
	static const uint32_t unknown[] = {RSC_LAST, 5, RSC_VENDOR_START - 1, RSC_VENDOR_END + 1, UINT32_MAX};
	struct full table = full;
	struct amp_trace trace;

	(void)state;
	table.offset[0] = offsetof(struct full, vendor); /* the others come behind it */
	table.offset[4] = offsetof(struct full, vdev);
	for (unsigned int i = 0; i < metal_dim(unknown); i++) {
		table.vendor.type = unknown[i];
		assert_int_equal(set_shared(&table, sizeof(table)), 0);
		assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	}
	assert_int_equal(platform.vendor_calls, 0);
	assert_memory_equal(&in_memory()->vendor, &table.vendor, 16);
}

static void entries_on_top_of_each_other_do_no_harm(void **state)
{
	struct full table = full;

	(void)state;
	/* Vendor's entry on top of the vdev: the hook overwrites its copy; then the vdev is handled as it was. */
	table.offset[0] = offsetof(struct full, vdev.gfeatures);
	table.offset[4] = offsetof(struct full, vdev);
	table.vdev.gfeatures = VENDOR_ID;
	table.vdev.config_len = 150;
	assert_int_equal(set_copy(&table, sizeof(table)), 0);
	assert_int_equal(platform.vendor_calls, 1);
	/* A carveout whose address lies where a vdev keeps its number of vrings. */
	table = full;
	table.header.num = 2;
	table.offset[0] = offsetof(struct full, vdev.config_len) - 4;
	table.offset[1] = offsetof(struct full, vdev);
	table.vdev.gfeatures = RSC_CARVEOUT; /* type; then da, pa, len … */
	table.vdev.config_len = ANY_ADDR;
	assert_int_not_equal(set_copy(&table, sizeof(table)), 0);
}

static void notify_ids_of_a_table_are_reserved_while_it_is_there(void **state)
{
	struct full table = full;

	(void)state;
	assert_int_equal(remoteproc_allocate_id(&rproc, 0, 0), 0);
	table.vdev.notifyid = 63;
	table.vring[1].notifyid = 64; /* beyond what is managed: nothing to reserve */
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(rproc.bitmap, 1ul << 63 | 1ul << 2 | 1);
	assert_int_equal(remoteproc_allocate_id(&rproc, 1, 0), 1);
	assert_int_equal(remoteproc_allocate_id(&rproc, 1, 0), 3);
	table.vring[0].notifyid = 0; /* somebody else's as well */
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(rproc.bitmap, 1ul << 63 | 1ul << 3 | 1ul << 1 | 1);
	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	assert_int_equal(rproc.bitmap, 1ul << 3 | 1ul << 1 | 1);
	assert_null(rproc.rsc_table);
}

static void a_trace_buffer_is_found_where_the_table_says(void **state)
{
	struct amp_trace trace;
	struct full table = full;

	(void)state;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(set_shared(&full, sizeof(full)), 0);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	assert_string_equal(trace.name, "trace");
	assert_int_equal(trace.da, MEM_DA + 0x3800);
	assert_int_equal(trace.len, 0x100);
	assert_ptr_equal(trace.io, shared_mem.io);
	assert_int_equal(trace.offset, 0x3800);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 1, &trace), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(amp_remoteproc_get_trace(NULL, 0, &trace), -RPROC_EINVAL);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, NULL), -RPROC_EINVAL);
	/* The remote changes its table while it runs. */
	in_memory()->trace.len = 0x801;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -AMP_RPROC_ERR_RSC_MEMORY);
	in_memory()->header.num = 1000;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -RPROC_ERR_RSC_TAB_TRUNC);
	/* A trace buffer in memory of the remote's own is no error, until somebody wants to read it. */
	table.trace.da = 0x1000;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -AMP_RPROC_ERR_RSC_MEMORY);
	fail_allocation(1);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -RPROC_ENOMEM);
}

/* As long as there is one: a table has no room for more than 32 bits. */
static void a_table_means_a_whole_address_before_the_lower_half_of_one(void **state)
{
	struct remoteproc_mem other, over;
	struct full table = full;
	struct amp_trace trace;

	(void)state;
	if (sizeof(metal_phys_addr_t) == sizeof(uint32_t))
		skip();
	remoteproc_init_mem(&other, "other", MEM_PA, (metal_phys_addr_t)0x730000000, 0x1000, shared_mem.io);
	remoteproc_add_mem(&rproc, &other);
	table.trace.da = 0x30000800;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	assert_true(trace.da == 0x730000800);
	assert_int_equal(trace.offset, 0x800);
	/* one byte too many, and one before it */
	in_memory()->trace.da = 0x30000f01;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -AMP_RPROC_ERR_RSC_MEMORY);
	in_memory()->trace.da = 0x2fffffff;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), -AMP_RPROC_ERR_RSC_MEMORY);

	remoteproc_init_mem(&over, "over", MEM_PA, 0x30000000, 0x1000, shared_mem.io);
	remoteproc_add_mem(&rproc, &over);
	in_memory()->trace.da = 0x30000800;
	assert_int_equal(amp_remoteproc_get_trace(&rproc, 0, &trace), 0);
	assert_true(trace.da == 0x30000800);
	metal_list_del(&over.node);
	metal_list_del(&other.node);
}

static void a_loaded_table_starts_without_a_driver(void **state)
{
	struct elf_spec spec = elf_default_spec(false);
	struct elf_image image;
	struct amp_mem_store store;
	struct full *loaded = (struct full *)(void *)(memory + 0x1000);
	struct full table = full;

	(void)state;
	spec.table = &table;
	spec.table_size = sizeof(table);
	image = elf_build(&spec);
	store = (struct amp_mem_store){image.bytes, image.size};
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), 0);
	table.vdev.status = 0;
	table.vdev.gfeatures = 0;
	table.carveout.pa = MEM_PA + 0x3000;
	assert_memory_equal(loaded, &table, sizeof(table));
	assert_ptr_equal(rproc.rsc_table, loaded);
	elf_free(&image);

	/* A bad one ends the load. */
	table.header.ver = 2;
	image = elf_build(&spec);
	store.image = image.bytes;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), -RPROC_ERR_RSC_TAB_VER);
	assert_int_equal(rproc.state, RPROC_CONFIGURED);
	assert_null(rproc.rsc_table);
	elf_free(&image);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void without_the_option_only_devices_at_known_places_and_traces_are_taken(void **state)
{
	struct full table = full;
	int status;

	(void)state;
	if (AMP_WITH_TABLE_MEMORIES)
		skip();
	rproc.state = RPROC_READY;
	table.header.num = 1;
	for (unsigned int i = 0; i < 5; i++) {
		table.offset[0] = full.offset[i];
		status = set_copy(&table, sizeof(table));
		if (i == 0 || full.offset[i] == offsetof(struct full, trace))
			assert_int_equal(status, 0);
		else
			assert_int_equal(status, -RPROC_ERR_RSC_TAB_NS);
	}
	table.offset[0] = offsetof(struct full, vdev);
	table.vring[1].da = ANY_ADDR;
	assert_int_equal(set_shared(&table, sizeof(table)), 0);
	assert_null(remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL));
	assert_null(remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DEVICE, NULL));
}

int main(void)
{
	const struct CMUnitTest devices_only[] = {
		TEST(a_table_of_zeroes_is_none),
		TEST(without_the_option_only_devices_at_known_places_and_traces_are_taken),
	};
	const struct CMUnitTest tests[] = {
		TEST(every_field_is_checked_at_its_limits),
		TEST(names_without_an_end_lose_their_last_letter),
		TEST(a_trace_without_bytes_does_not_condemn_a_table),
		TEST(reserved_words_of_the_header_are_the_firmwares_once_the_table_is_adopted),
		TEST(a_table_of_zeroes_is_none),
		TEST(a_table_cut_off_at_any_byte_is_refused),
		TEST(tables_where_there_can_be_none_are_refused),
		TEST(only_open_addresses_are_filled_and_nothing_else_is_written),
		TEST(a_carveout_that_does_not_care_gets_the_memory_with_its_name),
		TEST(a_carveout_with_a_physical_address_goes_there),
		TEST(device_memory_that_cannot_be_reached_is_refused),
		TEST(each_failing_allocation_refuses_the_table_and_leaks_nothing),
		TEST(a_carveout_that_does_not_care_gets_what_the_platform_allocates),
		TEST(vendor_entries_go_to_the_hook_as_a_copy),
		TEST(a_vendors_hook_gets_all_up_to_the_tables_end_and_the_live_entry),
		TEST(an_entry_of_an_unknown_type_is_nobodys),
		TEST(entries_on_top_of_each_other_do_no_harm),
		TEST(notify_ids_of_a_table_are_reserved_while_it_is_there),
		TEST(a_trace_buffer_is_found_where_the_table_says),
		TEST(a_table_means_a_whole_address_before_the_lower_half_of_one),
		TEST(a_loaded_table_starts_without_a_driver),
	};

	if (!AMP_WITH_TABLE_MEMORIES)
		return cmocka_run_group_tests(devices_only, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
