// SPDX-License-Identifier: GPL-2.0-only
/* Resource tables: each wrong field is found, named, and nothing behind the table is read. */
#include <openamp/rsc_table_parser.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct table {
	struct resource_table header;
	uint32_t offset[5];
	struct fw_rsc_carveout carveout;
	struct fw_rsc_devmem devmem;
	struct fw_rsc_trace trace;
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
		uint8_t config[8];
	} vdev;
	struct {
		struct fw_rsc_vendor header;
		uint32_t data;
	} vendor;
};

static const struct table good = {
	.header = {.ver = 1, .num = 5},
	.offset = {offsetof(struct table, carveout), offsetof(struct table, devmem), offsetof(struct table, trace),
                   offsetof(struct table, vdev), offsetof(struct table, vendor)},
	.carveout = {.type = RSC_CARVEOUT, .da = 0x1000, .len = 0x1000, .name = "memory"},
	.devmem = {.type = RSC_DEVMEM, .da = 0x40000000, .len = 0x100, .name = "uart"},
	.trace = {.type = RSC_TRACE, .da = 0x2000, .len = 0x400, .name = "log"},
	.vdev = {.vdev = {.type = RSC_VDEV, .id = 7, .config_len = 8, .num_of_vrings = 2},
                 .vring = {{.da = FW_RSC_U32_ADDR_ANY, .align = 4096, .num = 256},
                           {.da = 0x8000, .align = 4096, .num = 16}}},
	.vendor = {.header = {.type = RSC_VENDOR_START, .len = 12}},
};

/* On the heap and exactly as long as it says, so that the address sanitizer sees each byte too many. */
static int check(const struct table *table, size_t size, struct amp_rsc_fault *fault)
{
	void *copy = malloc(size ? size : 1);
	int status;

	assert_non_null(copy);
	memcpy(copy, table, size);
	status = amp_rsc_table_check(copy, size, fault);
	free(copy);
	return status;
}

static void a_good_table_passes_and_its_entries_are_found(void **state)
{
	struct table table = good;

	(void)state;
	assert_int_equal(check(&good, sizeof(good), NULL), 0);
	assert_int_equal(find_rsc(&table, RSC_VDEV, 0), offsetof(struct table, vdev));
	assert_int_equal(find_rsc(&table, RSC_VDEV, 1), 0);
	assert_int_equal(find_rsc(&table, RSC_TRACE, 0), offsetof(struct table, trace));
	assert_int_equal(find_rsc(&table, RSC_VENDOR_END, 0), 0);
	assert_int_equal(find_rsc(NULL, RSC_TRACE, 0), 0);
}

static void a_table_cut_at_any_byte_is_refused_as_truncated(void **state)
{
	struct amp_rsc_fault fault;
	size_t size;

	(void)state;
	for (size = 0; size < offsetof(struct table, vendor.header.len); size++)
		assert_int_equal(check(&good, size, &fault), -RPROC_ERR_RSC_TAB_TRUNC);
	for (; size < sizeof(good); size++) /* how long a vendor's entry is, is not for others to know */
		assert_int_equal(check(&good, size, &fault), 0);
}

#define EACH_FIELD(X)                                                                                    \
	X(header.ver, 0, RPROC_ERR_RSC_TAB_VER, UINT_MAX)                                                \
	X(header.ver, 2, RPROC_ERR_RSC_TAB_VER, UINT_MAX)                                                \
	X(header.reserved[0], 1, RPROC_ERR_RSC_TAB_RSVD, UINT_MAX)                                       \
	X(header.num, UINT32_MAX, RPROC_ERR_RSC_TAB_TRUNC, UINT_MAX)                                     \
	X(header.num, 0x40000000, RPROC_ERR_RSC_TAB_TRUNC, UINT_MAX)                                     \
	X(offset[0], 16 + 5 * 4 - 4, RPROC_EINVAL, 0)                                                    \
	X(offset[0], 0, RPROC_EINVAL, 0)                                                                 \
	X(offset[1], offsetof(struct table, devmem) + 2, RPROC_EINVAL, 1)                                \
	X(offset[2], sizeof(struct table) + 4, RPROC_ERR_RSC_TAB_TRUNC, 2)                               \
	X(offset[3], 0xfffffffc, RPROC_ERR_RSC_TAB_TRUNC, 3)                                             \
	X(carveout.len, 0, RPROC_EINVAL, 0)                                                              \
	X(carveout.len, 0xfffff001, RPROC_EINVAL, 0)                                                     \
	X(carveout.reserved, 1, RPROC_ERR_RSC_TAB_RSVD, 0)                                               \
	X(devmem.reserved, 1, RPROC_ERR_RSC_TAB_RSVD, 1)                                                 \
	X(trace.reserved, 1, RPROC_ERR_RSC_TAB_RSVD, 2)                                                  \
	X(trace.len, 0xffffe001, RPROC_EINVAL, 2)                                                        \
	X(vdev.vdev.reserved[0], 1, RPROC_ERR_RSC_TAB_RSVD, 3)                                           \
	X(vdev.vdev.num_of_vrings, 0, RPROC_ERR_RSC_TAB_VDEV_NRINGS, 3)                                  \
	X(vdev.vdev.num_of_vrings, 255, RPROC_ERR_RSC_TAB_TRUNC, 3)                                      \
	X(vdev.vdev.config_len, 8 + sizeof(((struct table *)0)->vendor) + 1, RPROC_ERR_RSC_TAB_TRUNC, 3) \
	X(vdev.vdev.config_len, UINT32_MAX, RPROC_ERR_RSC_TAB_TRUNC, 3)                                  \
	X(vdev.vring[0].num, 3, RPROC_EINVAL, 3)                                                         \
	X(vdev.vring[0].num, 65536, RPROC_EINVAL, 3)                                                     \
	X(vdev.vring[1].align, 0, RPROC_EINVAL, 3)                                                       \
	X(vdev.vring[1].align, 2, RPROC_EINVAL, 3)                                                       \
	X(vdev.vring[1].align, 12, RPROC_EINVAL, 3)                                                      \
	X(vdev.vring[1].align, 131072, RPROC_EINVAL, 3)                                                  \
	X(vdev.vring[1].da, 0x8004, RPROC_EINVAL, 3)

/* The place named is another one than that of the field: the first of an array, or the entry. */
#define OTHERS(X)                                                                                           \
	X(header.reserved[1], 1, RPROC_ERR_RSC_TAB_RSVD, UINT_MAX, offsetof(struct table, header.reserved)) \
	X(offset[2], sizeof(struct table), RPROC_ERR_RSC_TAB_TRUNC, 2, sizeof(struct table))                \
	X(vdev.vdev.reserved[1], 1, RPROC_ERR_RSC_TAB_RSVD, 3, offsetof(struct table, vdev.vdev.reserved))

static void each_wrong_field_is_refused_and_its_place_named(void **state)
{
	struct amp_rsc_fault fault;
	struct table table;

	(void)state;
#define CHECK_AT(field, value, error, number, at)                         \
	table = good;                                                     \
	table.field = (value);                                            \
	assert_int_equal(check(&table, sizeof(table), &fault), -(error)); \
	assert_int_equal(fault.entry, (number));                          \
	assert_int_equal(fault.offset, (at));
#define CHECK(field, value, error, number) CHECK_AT(field, value, error, number, offsetof(struct table, field))
	EACH_FIELD(CHECK)
	OTHERS(CHECK_AT)
	assert_int_equal(amp_rsc_table_check(NULL, 16, &fault), -RPROC_EINVAL);
	assert_int_equal(amp_rsc_table_check((const char *)&good + 1, 16, &fault), -RPROC_EINVAL);
}

static void values_at_the_limits_pass(void **state)
{
	struct table table = good;

	(void)state;
	table.carveout.da = 0xfffff000;
	table.vdev.vring[0].num = 32768;
	table.vdev.vring[1].align = 4;
	table.vdev.vring[1].num = 1;
	table.vdev.vring[0].reserved = 0xffffffff; /* Linux has an address there */
	table.vendor.header.type = RSC_VENDOR_END;
	table.vendor.header.len = 8;
	assert_int_equal(check(&table, sizeof(table), NULL), 0);
	table.vdev.vring[0].num = 0;
	table.trace.len = 0;
	table.trace.da = 0xffffffff;
	memset(table.carveout.name, 'x', sizeof(table.carveout.name));
	memset(table.trace.name, 'x', sizeof(table.trace.name));
	table.vendor.header.len = 0xffffffff;
	assert_int_equal(check(&table, sizeof(table), NULL), 0);
	table.header.num = 0;
	assert_int_equal(check(&table, sizeof(table.header), NULL), 0);
}

static void of_an_entry_of_an_unknown_type_only_the_place_is_checked(void **state)
{
	static const uint32_t unknown[] = {RSC_LAST, RSC_LAST + 1, RSC_VENDOR_START - 1, RSC_VENDOR_END + 1,
	                                   UINT32_MAX};
	struct amp_rsc_fault fault;
	struct table table = good;

	(void)state;
	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		table = good;
		table.vendor.header.type = unknown[i];
		assert_int_equal(check(&table, sizeof(table), NULL), 0);
		assert_int_equal(check(&table, offsetof(struct table, vendor.header.len), NULL), 0);
		table.offset[4] += 2;
		assert_int_equal(check(&table, sizeof(table), &fault), -RPROC_EINVAL);
		table.offset[4] = sizeof(table);
		assert_int_equal(check(&table, sizeof(table), &fault), -RPROC_ERR_RSC_TAB_TRUNC);
		table.offset[4] = sizeof(table) + 4;
		assert_int_equal(check(&table, sizeof(table), &fault), -RPROC_ERR_RSC_TAB_TRUNC);
	}
}

static void as_many_vrings_as_a_device_can_have_pass_and_no_more(void **state)
{
	static struct {
		struct resource_table header;
		uint32_t offset;
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[9];
	} table = {.header = {.ver = 1, .num = 1}, .offset = 20, .vdev = {.type = RSC_VDEV, .num_of_vrings = 8}};
	struct amp_rsc_fault fault;

	(void)state;
	for (unsigned int i = 0; i < 9; i++)
		table.vring[i] = (struct fw_rsc_vdev_vring){.da = FW_RSC_U32_ADDR_ANY, .align = 65536, .num = 1};
	assert_int_equal(amp_rsc_table_check(&table, sizeof(table), NULL), 0);
	table.vdev.num_of_vrings = 9;
	assert_int_equal(amp_rsc_table_check(&table, sizeof(table), &fault), -RPROC_ERR_RSC_TAB_VDEV_NRINGS);
	assert_int_equal(fault.offset, 20 + offsetof(struct fw_rsc_vdev, num_of_vrings));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_table_passes_and_its_entries_are_found),
		cmocka_unit_test(a_table_cut_at_any_byte_is_refused_as_truncated),
		cmocka_unit_test(each_wrong_field_is_refused_and_its_place_named),
		cmocka_unit_test(values_at_the_limits_pass),
		cmocka_unit_test(of_an_entry_of_an_unknown_type_only_the_place_is_checked),
		cmocka_unit_test(as_many_vrings_as_a_device_can_have_pass_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
