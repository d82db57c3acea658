// SPDX-License-Identifier: GPL-2.0-only
/* Resource tables of version 2: each wrong field is found, named, and nothing behind the table is read. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "table2.h"

#define BASE 0x20000000ull

static const struct both good = BOTH(BASE);

/* On the heap and exactly as long as it says, so that the address sanitizer sees each byte too many. */
static int check(const struct both *both, size_t size, struct amp_rsc_fault *fault)
{
	void *copy = malloc(size ? size : 1);
	int status;

	assert_non_null(copy);
	memcpy(copy, &both->table2, size);
	status = amp_table2_check(copy, size, 1, fault);
	free(copy);
	return status;
}

static int find(const struct both *both, size_t size, size_t *at, struct amp_rsc_fault *fault)
{
	void *copy = malloc(size);
	int status;

	assert_non_null(copy);
	memcpy(copy, both, size);
	status = amp_table2_find(copy, size, at, fault);
	free(copy);
	return status;
}

static void a_good_table_passes_and_its_entries_are_found(void **state)
{
	const struct amp_table2 *table = &good.table2;
	const struct amp_rsc2 *entry = NULL;
	unsigned int entries = 0;

	(void)state;
	assert_int_equal(check(&good, TABLE2_SIZE, NULL), 0);
	while ((entry = amp_table2_next(table, entry)) != NULL)
		entries++;
	assert_int_equal(entries, TABLE2_ENTRIES);
	assert_ptr_equal(amp_table2_entry(table, AMP_RSC2_CARVEOUT, 0), &good.carveout);
	assert_ptr_equal(amp_table2_entry(table, AMP_RSC2_VDEV, 1), &good.alone);
	assert_null(amp_table2_entry(table, AMP_RSC2_VDEV, 2));
	assert_ptr_equal(amp_table2_param(table, "rate"), &good.rate);
	assert_string_equal(amp_rsc2_param_value(amp_table2_param(table, "greeting")), "hello");
	assert_null(amp_table2_param(table, "greetin"));
	assert_null(amp_table2_param(table, ""));
}

static void version_1_is_as_it_was_for_who_knows_only_that(void **state)
{
	struct both both = good;

	(void)state;
	assert_int_equal(amp_rsc_table_check(&both, sizeof(both), NULL), 0);
	assert_int_equal(find_rsc(&both, RSC_VDEV, 0), offsetof(struct both, vdev));
	assert_int_equal(find_rsc(&both, RSC_VDEV, 1), 0);
	assert_true(AMP_RSC_TABLE2 >= RSC_VENDOR_START && AMP_RSC_TABLE2 <= RSC_VENDOR_END);
}

static void a_table_cut_at_any_byte_is_refused_as_truncated(void **state)
{
	struct amp_rsc_fault fault;
	size_t size, at;

	(void)state;
	for (size = 0; size < TABLE2_SIZE; size++)
		assert_int_equal(check(&good, size, &fault), -RPROC_ERR_RSC_TAB_TRUNC);
	for (size = TABLE2_AT + 8; size < sizeof(good); size++) {
		assert_int_equal(find(&good, size, &at, &fault), -RPROC_ERR_RSC_TAB_TRUNC);
		assert_int_equal(fault.entry, 1);
		assert_int_equal(at, 0);
	}
	assert_int_equal(find(&good, sizeof(good), &at, NULL), 0);
	assert_int_equal(at, TABLE2_AT);
}

/* The smallest value that is wrong, above or below, and what a field must not be at all. */
#define EACH_FIELD(X)                                                         \
	X(table2.type, AMP_RSC_TABLE2 + 1, RPROC_EINVAL, UINT_MAX)            \
	X(table2.type, AMP_RSC_TABLE2 - 1, RPROC_EINVAL, UINT_MAX)            \
	X(table2.magic, AMP_TABLE2_MAGIC + 1, RPROC_EINVAL, UINT_MAX)         \
	X(table2.size, TABLE2_SIZE + 4, RPROC_ERR_RSC_TAB_TRUNC, UINT_MAX)    \
	X(table2.size, TABLE2_SIZE - 1, RPROC_EINVAL, UINT_MAX)               \
	X(table2.size, sizeof(struct amp_table2) - 4, RPROC_EINVAL, UINT_MAX) \
	X(table2.size, 0, RPROC_EINVAL, UINT_MAX)                             \
	X(table2.size, UINT32_MAX, RPROC_ERR_RSC_TAB_TRUNC, UINT_MAX)         \
	X(table2.version, 1, RPROC_ERR_RSC_TAB_VER, UINT_MAX)                 \
	X(table2.version, 3, RPROC_ERR_RSC_TAB_VER, UINT_MAX)                 \
	X(table2.num, TABLE2_ENTRIES - 1, RPROC_EINVAL, UINT_MAX)             \
	X(table2.num, AMP_TABLE2_ENTRIES_MAX + 1, RPROC_EINVAL, UINT_MAX)     \
	X(table2.owner, 2, RPROC_EINVAL, UINT_MAX)                            \
	X(carveout.head.priority, 2, RPROC_EINVAL, 0)                         \
	X(carveout.head.size, 0, RPROC_EINVAL, 0)                             \
	X(carveout.head.size, 4, RPROC_EINVAL, 0)                             \
	X(carveout.head.size, 54, RPROC_EINVAL, 0)                            \
	X(carveout.head.size, 52, RPROC_ERR_RSC_TAB_TRUNC, 0)                 \
	X(carveout.head.size, TABLE2_SIZE - 12, RPROC_ERR_RSC_TAB_TRUNC, 0)   \
	X(carveout.head.size, UINT32_MAX - 3, RPROC_ERR_RSC_TAB_TRUNC, 0)     \
	X(carveout.reserved, 1, RPROC_ERR_RSC_TAB_RSVD, 0)                    \
	X(trace.head.size, 44, RPROC_ERR_RSC_TAB_TRUNC, 2)                    \
	X(more.head.size, 56, RPROC_ERR_RSC_TAB_TRUNC, 3)                     \
	X(more.twin, 1, RPROC_EINVAL, 3)                                      \
	X(more.buffers[0].size, 1, RPROC_EINVAL, 3)                           \
	X(more.buffers[1].size, 130, RPROC_EINVAL, 3)                         \
	X(alone.more.twin, 1, RPROC_EINVAL, 4)                                \
	X(alone.more.twin, 0, RPROC_EINVAL, 4)                                \
	X(alone.vdev.type, RSC_TRACE, RPROC_EINVAL, 4)                        \
	X(alone.vdev.config_len, 9, RPROC_ERR_RSC_TAB_TRUNC, 4)               \
	X(alone.vdev.config_len, UINT32_MAX, RPROC_ERR_RSC_TAB_TRUNC, 4)      \
	X(alone.vdev.num_of_vrings, 0, RPROC_ERR_RSC_TAB_VDEV_NRINGS, 4)      \
	X(alone.vdev.num_of_vrings, 3, RPROC_ERR_RSC_TAB_TRUNC, 4)            \
	X(alone.vdev.num_of_vrings, 9, RPROC_ERR_RSC_TAB_VDEV_NRINGS, 4)      \
	X(alone.vring[0].num, 3, RPROC_EINVAL, 4)                             \
	X(alone.vring[0].num, 65536, RPROC_EINVAL, 4)                         \
	X(alone.vring[0].align, 2, RPROC_EINVAL, 4)                           \
	X(alone.vring[0].align, 12, RPROC_EINVAL, 4)                          \
	X(alone.vring[1].align, 131072, RPROC_EINVAL, 4)                      \
	X(alone.vring[0].da, BASE + 0x2801, RPROC_EINVAL, 4)                  \
	X(greeting.head.head.size, 24, RPROC_ERR_RSC_TAB_TRUNC, 5)            \
	X(greeting.head.key[0], '\0', RPROC_EINVAL, 5)                        \
	X(greeting.head.key[0], ' ', RPROC_EINVAL, 5)                         \
	X(greeting.head.key[0], '=', RPROC_EINVAL, 5)                         \
	X(greeting.head.key[0], '\x7f', RPROC_EINVAL, 5)                      \
	X(dtree.head.size, 20, RPROC_ERR_RSC_TAB_TRUNC, 7)                    \
	X(state.head.size, 16, RPROC_ERR_RSC_TAB_TRUNC, 8)                    \
	X(state.remote, AMP_RSC2_STATES, RPROC_EINVAL, 8)                     \
	X(state.host, AMP_RSC2_STATES, RPROC_EINVAL, 8)                       \
	X(vendor.head.head.size, 8, RPROC_ERR_RSC_TAB_TRUNC, 9)               \
	X(vendor.head.type, RSC_VENDOR_START - 1, RPROC_EINVAL, 9)            \
	X(vendor.head.type, RSC_VENDOR_END + 1, RPROC_EINVAL, 9)              \
	X(vendor.head.type, AMP_RSC_TABLE2, RPROC_EINVAL, 9)

/* The place named is another one than that of the field. */
#define OTHERS(X)                                                                                           \
	X(table2.num, TABLE2_ENTRIES + 1, RPROC_ERR_RSC_TAB_TRUNC, TABLE2_ENTRIES, sizeof(struct both))     \
	X(table2.num, AMP_TABLE2_ENTRIES_MAX, RPROC_ERR_RSC_TAB_TRUNC, TABLE2_ENTRIES, sizeof(struct both)) \
	X(alone.vdev.reserved[1], 1, RPROC_ERR_RSC_TAB_RSVD, 4, offsetof(struct both, alone.vdev.reserved)) \
	X(alone.vring[1].reserved, 0, RPROC_EINVAL, 4, offsetof(struct both, alone.vring[1].da))

static void expect(const struct both *both, int error, unsigned int number, size_t at)
{
	struct amp_rsc_fault fault = {0};

	assert_int_equal(check(both, TABLE2_SIZE, &fault), -error);
	assert_int_equal(fault.entry, number);
	assert_int_equal(fault.offset + TABLE2_AT, at);
}

static void each_wrong_field_is_refused_and_its_place_named(void **state)
{
	struct both both;

	(void)state;
#define CHECK_AT(field, value, error, number, at) \
	both = good;                              \
	both.field = (value);                     \
	expect(&both, error, number, at);
#define CHECK(field, value, error, number) CHECK_AT(field, value, error, number, offsetof(struct both, field))
	EACH_FIELD(CHECK)
	OTHERS(CHECK_AT)
	assert_int_equal(amp_table2_check(NULL, 16, 0, NULL), -RPROC_EINVAL);
	assert_int_equal(amp_table2_check((const void *)((const char *)&good.table2 + 2), 16, 0, NULL), -RPROC_EINVAL);
}

/* Of 64 bits: the last value that is right, the next one, and the largest. */
#define EACH_WIDE(X)                                                 \
	X(carveout.len, UINT64_MAX - BASE - 0x3000, carveout.len, 0) \
	X(carveout.da, UINT64_MAX - 0x100, carveout.len, 0)          \
	X(devmem.pa, UINT64_MAX - 0x10, devmem.pa, 1)                \
	X(trace.len, UINT64_MAX - BASE - 0x3800, trace.len, 2)       \
	X(more.buffers[0].len, UINT64_MAX - BASE - 0x1000, more.buffers[0].len, 3)

static void ranges_end_before_the_numbers_do(void **state)
{
	struct both both;

	(void)state;
#define WIDE(field, last, place, number)                           \
	both = good;                                               \
	both.field = (struct amp_rsc_u64)AMP_RSC2_U64(last);       \
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);      \
	both.field = (struct amp_rsc_u64)AMP_RSC2_U64((last) + 1); \
	expect(&both, RPROC_EINVAL, number, offsetof(struct both, place));
	EACH_WIDE(WIDE)
#define ALL_ONES(field, number)                 \
	both = good;                            \
	both.field = (struct amp_rsc_u64)ANY64; \
	expect(&both, RPROC_EINVAL, number, offsetof(struct both, field));
	ALL_ONES(carveout.len, 0)
	ALL_ONES(devmem.pa, 1)
	ALL_ONES(trace.da, 2)
	ALL_ONES(trace.len, 2)
}

static void places_of_buffers_make_sense(void **state)
{
	struct both both = good;

	(void)state;
	both.carveout.len = (struct amp_rsc_u64)AMP_RSC2_U64(0);
	expect(&both, RPROC_EINVAL, 0, offsetof(struct both, carveout.len));
	both = good;
	both.more.buffers[0].len.low = 252; /* less than one buffer */
	expect(&both, RPROC_EINVAL, 3, offsetof(struct both, more.buffers[0].len));
	both.more.buffers[0].len.low = 256;
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);
	both.more.buffers[0].len.low = 0; /* an address without a length */
	both.more.buffers[0].size = 0;
	expect(&both, RPROC_EINVAL, 3, offsetof(struct both, more.buffers[0].da));
	both = good;
	both.more.buffers[1].da.low += 2;
	expect(&both, RPROC_EINVAL, 3, offsetof(struct both, more.buffers[1].da));
	both = good;
	both.dtree.da = (struct amp_rsc_u64)AMP_RSC2_U64(BASE + 4);
	expect(&both, RPROC_EINVAL, 7, offsetof(struct both, dtree.da));
	both.dtree.da = (struct amp_rsc_u64)AMP_RSC2_U64(BASE + 8);
	both.dtree.len = (struct amp_rsc_u64)AMP_RSC2_U64(UINT64_MAX - BASE - 8);
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);
	both.dtree.len = (struct amp_rsc_u64)AMP_RSC2_U64(UINT64_MAX - BASE - 7);
	expect(&both, RPROC_EINVAL, 7, offsetof(struct both, dtree.len));
}

static void names_keys_and_values_end(void **state)
{
	struct both both = good;

	(void)state;
#define FULL(field, number)                                   \
	both = good;                                          \
	memset(both.field, 'x', sizeof(both.field) - 1);      \
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0); \
	memset(both.field, 'x', sizeof(both.field));          \
	expect(&both, RPROC_EINVAL, number, offsetof(struct both, field));
	FULL(carveout.name, 0)
	FULL(trace.name, 2)
	FULL(greeting.head.key, 5)
	FULL(greeting.value, 5)
	FULL(rate.value, 6)
}

static void a_key_and_a_twin_stand_there_once(void **state)
{
	struct both both = good;

	(void)state;
	memcpy(both.rate.head.key, both.greeting.head.key, sizeof(both.rate.head.key));
	expect(&both, RPROC_EINVAL, 6, offsetof(struct both, rate.head.key));
}

static void who_owns_a_table_itself_leaves_nothing_open(void **state)
{
	struct both both = good;

	(void)state;
	both.table2.owner = AMP_TABLE2_OWNER_REMOTE;
	expect(&both, RPROC_EINVAL, 4, offsetof(struct both, alone.more.buffers[1].da));
	both.alone.more.buffers[1].len.low = 0;
	both.alone.more.buffers[1].size = 0;
	expect(&both, RPROC_EINVAL, 4, offsetof(struct both, alone.vring[1].da));
	both.alone.vring[1].da = BASE + 0x2c00;
	both.alone.vring[1].reserved = 0;
	expect(&both, RPROC_EINVAL, 4, offsetof(struct both, alone.vring[1].notifyid));
	both.alone.vring[1].notifyid = 6;
	expect(&both, RPROC_EINVAL, 7, offsetof(struct both, dtree.da));
	both.dtree.da.high = 0;
	both.dtree.da.low = BASE;
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);
	both.alone.vdev.notifyid = RSC_NOTIFY_ID_ANY;
	expect(&both, RPROC_EINVAL, 4, offsetof(struct both, alone.vdev.notifyid));
	both.alone.vdev.notifyid = 4;
	both.carveout.da = (struct amp_rsc_u64)ANY64;
	expect(&both, RPROC_EINVAL, 0, offsetof(struct both, carveout.da));
}

static void what_is_unknown_is_refused_if_it_is_required(void **state)
{
	struct both both;

	(void)state;
#define UNKNOWN(entry_, field, value, number)                 \
	both = good;                                          \
	both.entry_.head.priority = AMP_RSC2_OPTIONAL;        \
	both.field = (value);                                 \
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0); \
	assert_false(amp_rsc2_is_known(&both.entry_.head));   \
	both.entry_.head.priority = AMP_RSC2_REQUIRED;        \
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), -RPROC_ERR_RSC_TAB_NS);
	UNKNOWN(carveout, carveout.head.type, 4, 0)
	UNKNOWN(carveout, carveout.head.type, 15, 0)
	UNKNOWN(carveout, carveout.head.type, 20, 0)
	UNKNOWN(carveout, carveout.head.type, UINT16_MAX, 0)
	UNKNOWN(carveout, carveout.head.version, 0, 0)
	UNKNOWN(carveout, carveout.head.version, 2, 0)
	UNKNOWN(trace, trace.method, AMP_RSC2_TRACE_JOURNAL + 1, 2)
	UNKNOWN(trace, trace.method, UINT32_MAX, 2)
	/* Nothing of what is in such an entry is looked at. */
	both.trace.head.priority = AMP_RSC2_OPTIONAL;
	memset(both.trace.name, 'x', sizeof(both.trace.name));
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);
	assert_null(amp_table2_entry(&both.table2, AMP_RSC2_TRACE, 0));
}

static void an_entry_may_be_longer_than_what_is_known_of_it(void **state)
{
	struct both both = good;

	(void)state;
	both.state.head.size += sizeof(both.vendor);
	both.table2.num--;
	memset(&both.vendor, 0xff, sizeof(both.vendor));
	assert_int_equal(check(&both, TABLE2_SIZE, NULL), 0);
}

static void the_best_table_that_is_known_is_found(void **state)
{
	struct {
		struct resource_table header;
		uint32_t offset[3];
		struct amp_table2 table[3];
	} many = {.header = {.ver = 1, .num = 3},
	          .offset = {28, 48, 68},
	          .table = {{AMP_RSC_TABLE2, AMP_TABLE2_MAGIC, 20, 3, 0, 0, 0},
	                    {AMP_RSC_TABLE2, AMP_TABLE2_MAGIC, 20, 2, 0, 0, 0},
	                    {AMP_RSC_TABLE2, AMP_TABLE2_MAGIC, 16, 4, 0, 0, 0}}};
	struct amp_rsc_fault fault;
	size_t at;

	(void)state;
	assert_int_equal(amp_table2_find(&many.header, sizeof(many), &at, &fault), -RPROC_EINVAL); /* too short */
	assert_int_equal(fault.entry, 2);
	assert_int_equal(fault.offset, 68 + 8);
	many.table[2].size = 20;
	assert_int_equal(amp_table2_find(&many.header, sizeof(many), &at, NULL), 0);
	assert_int_equal(at, 48);
	many.table[1].version = 1;
	assert_int_equal(amp_table2_find(&many.header, sizeof(many), &at, NULL), 0);
	assert_int_equal(at, 0);
	many.table[0].version = many.table[2].version = 2;
	assert_int_equal(amp_table2_find(&many.header, sizeof(many), &at, &fault), -RPROC_EINVAL); /* twice */
	assert_int_equal(fault.entry, 2);
	assert_int_equal(fault.offset, 68 + 12);
	many.table[2].magic--; /* somebody else's */
	assert_int_equal(amp_table2_find(&many.header, sizeof(many), &at, NULL), 0);
	assert_int_equal(at, 28);
}

/* ------------------------------------------------------------------ the remote, whose table anybody may write to */

static int get(const struct both *both, size_t size, const char *key, char *value, size_t room)
{
	void *copy = malloc(size ? size : 1);
	int length;

	assert_non_null(copy);
	memcpy(copy, &both->table2, size);
	length = amp_table2_get_param(copy, size, key, value, room);
	free(copy);
	return length;
}

static void a_remote_reads_its_parameters(void **state)
{
	struct both both = good;
	char value[8];

	(void)state;
	assert_int_equal(get(&good, TABLE2_SIZE, "greeting", value, sizeof(value)), 5);
	assert_string_equal(value, "hello");
	assert_int_equal(get(&good, TABLE2_SIZE, "rate", value, sizeof(value)), 2);
	assert_string_equal(value, "10");
	assert_int_equal(get(&good, TABLE2_SIZE, "greeting", value, 4), 5);
	assert_string_equal(value, "hel");
	assert_int_equal(get(&good, TABLE2_SIZE, "greeting", value, 1), 5);
	assert_string_equal(value, "");
	assert_int_equal(get(&good, TABLE2_SIZE, "nothing", value, sizeof(value)), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(get(&good, TABLE2_SIZE, "a key of sixteen", value, sizeof(value)), -RPROC_ERR_RSC_TAB_NP);
	memset(both.greeting.value, 'x', sizeof(both.greeting.value));
	assert_int_equal(get(&both, TABLE2_SIZE, "greeting", value, sizeof(value)), -RPROC_EINVAL);
	assert_string_equal(value, "");
}

static void a_remote_reads_nothing_behind_its_table(void **state)
{
	struct both both = good;
	char value[8];

	(void)state;
	for (size_t size = 0; size < TABLE2_SIZE; size++)
		(void)get(&good, size, "rate", value, sizeof(value));
#define DAMAGED(number)                     \
	both.carveout.head.size = (number); \
	assert_int_equal(get(&both, TABLE2_SIZE, "rate", value, sizeof(value)), -RPROC_ERR_RSC_TAB_NP);
	DAMAGED(0)
	DAMAGED(4)
	DAMAGED(57)
	DAMAGED(TABLE2_SIZE)
	DAMAGED(UINT32_MAX - 3)
	both.carveout.head.size = sizeof(both.carveout);
	both.rate.head.head.size = 24; /* no room for a value */
	assert_true(get(&both, TABLE2_SIZE, "rate", value, sizeof(value)) < 0);
}

static void each_side_tells_its_state(void **state)
{
	struct both both = good;

	(void)state;
	amp_rsc2_set_state(&both.state, AMP_RSC2_STATE_CRASHED, 3);
	assert_int_equal(both.state.remote, AMP_RSC2_STATE_CRASHED);
	assert_int_equal(both.state.cause, 3);
	assert_int_equal(amp_rsc2_host_state(&both.state), AMP_RSC2_STATE_OFF);
	both.state.host = AMP_RSC2_STATE_SUSPENDED;
	assert_int_equal(amp_rsc2_host_state(&both.state), AMP_RSC2_STATE_SUSPENDED);
	both.state.host = AMP_RSC2_STATES;
	assert_int_equal(amp_rsc2_host_state(&both.state), AMP_RSC2_STATE_OFF);
	assert_false(amp_table2_is_taken(&both.table2));
	both.table2.taken = 2;
	assert_true(amp_table2_is_taken(&both.table2));
	both.table2.taken = 3;
	assert_false(amp_table2_is_taken(&both.table2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_table_passes_and_its_entries_are_found),
		cmocka_unit_test(version_1_is_as_it_was_for_who_knows_only_that),
		cmocka_unit_test(a_table_cut_at_any_byte_is_refused_as_truncated),
		cmocka_unit_test(each_wrong_field_is_refused_and_its_place_named),
		cmocka_unit_test(ranges_end_before_the_numbers_do),
		cmocka_unit_test(places_of_buffers_make_sense),
		cmocka_unit_test(names_keys_and_values_end),
		cmocka_unit_test(a_key_and_a_twin_stand_there_once),
		cmocka_unit_test(who_owns_a_table_itself_leaves_nothing_open),
		cmocka_unit_test(what_is_unknown_is_refused_if_it_is_required),
		cmocka_unit_test(an_entry_may_be_longer_than_what_is_known_of_it),
		cmocka_unit_test(the_best_table_that_is_known_is_found),
		cmocka_unit_test(a_remote_reads_its_parameters),
		cmocka_unit_test(a_remote_reads_nothing_behind_its_table),
		cmocka_unit_test(each_side_tells_its_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
