// SPDX-License-Identifier: GPL-2.0-only
/* The older life-cycle calls, as the flow charts of the time have them: a host's program and a remote's, over one
 * memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "elf_builder.h"
#include "life.h"

#include <amprelay/link.h>

static uint8_t memory[MEM_SIZE] __attribute__((__aligned__(4096)));
uint8_t *const life_memory = memory;
struct metal_io_region life_io, life_buffers_io[2];
int life_rings[2];

static const metal_phys_addr_t pa = MEM_PA, buffers_pa = MEM_PA + BUFFERS;
static struct elf_spec spec;
static struct elf_image image;

static const struct {
	struct resource_table header;
	uint32_t offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
} table = {
	.header = {.ver = 1, .num = 1},
	.offset = {sizeof(struct resource_table) + 4},
	.vdev = {.type = RSC_VDEV,
                 .id = VIRTIO_ID_RPMSG,
                 .dfeatures = 1 | 1u << AMP_RPMSG_F_NS_ACK,
                 .num_of_vrings = 2},
	.vring = {{.da = MEM_DA + 0x2000, .align = 16, .num = 4, .notifyid = 0},
                  {.da = MEM_DA + 0x2400, .align = 16, .num = 4, .notifyid = 1}},
};

static struct resource_table *loaded_table(void)
{
	return (struct resource_table *)(void *)(memory + (spec.segment[1].da - MEM_DA));
}

static int setup(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	metal_io_init(&life_io, memory, &pa, BUFFERS, (unsigned int)-1, AMP_IO_NORMAL, NULL);
	for (int i = 0; i < 2; i++)
		metal_io_init(&life_buffers_io[i], memory + BUFFERS, &buffers_pa, BUFFERS_SZ, (unsigned int)-1,
		              AMP_IO_NORMAL, NULL);
	spec = elf_default_spec(false);
	spec.table = &table;
	spec.table_size = sizeof(table);
	image = elf_build(&spec);
	return metal_init(NULL);
}

static int teardown(void **state)
{
	(void)state;
	metal_finish();
	elf_free(&image);
	return 0;
}

/* Until nobody has rung. */
static void talk(void)
{
	for (int turns = 0; life_rings[0] || life_rings[1]; turns++) {
		assert_true(turns < 100);
		if (life_rings[1])
			remote_hear();
		if (life_rings[0])
			host_hear();
	}
}

static void begin(void)
{
	assert_int_equal(host_begin(image.bytes, image.size), 0);
	assert_int_equal(host_boot(), 0);
	assert_int_equal(remote_main(loaded_table(), sizeof(table)), 0);
	talk();
}

static void channels_are_created_on_both_sides_and_carry_messages(void **state)
{
	(void)state;
	begin();
	assert_int_equal(host_seen.created, 1);
	assert_int_equal(remote_seen.created, 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(host_send("hello"), 5);
		talk();
	}
	assert_int_equal(remote_seen.messages, 20);
	assert_int_equal(host_seen.messages, 20);
	assert_string_equal(host_seen.last, "hello");
	assert_int_equal(remote_end(), 0);
	talk();
	assert_int_equal(host_end(), 0);
}

static void a_remote_that_ends_deletes_the_channels_of_both(void **state)
{
	(void)state;
	begin();
	assert_int_equal(remote_end(), 0);
	assert_int_equal(remote_seen.deleted, 1);
	assert_int_equal(host_seen.deleted, 0);
	host_hear();
	assert_int_equal(host_seen.deleted, 1);
	assert_null(host_channel()->rdev); /* it is free for the next */
	assert_int_equal(host_end(), 0);
	assert_int_equal(host_seen.deleted, 1);
}

static void a_remote_keeps_its_channel_for_the_next_of_its_host(void **state)
{
	struct rpmsg_device *rdev;
	uint32_t dest;

	(void)state;
	begin();
	rdev = host_channel()->rdev;
	dest = remote_channel()->addr;
	rpmsg_destroy_ept(host_channel());
	talk();
	assert_int_equal(remote_seen.deleted, 1);
	assert_non_null(remote_channel()->rdev);
	assert_int_equal(remote_channel()->addr, dest);
	assert_int_equal(rpmsg_create_ept(host_channel(), rdev, "echo", RPMSG_ADDR_ANY, dest, host_channel()->cb, NULL),
	                 0);
	assert_int_equal(host_send("back"), 4);
	talk();
	assert_int_equal(remote_seen.messages, 1);
	assert_string_equal(host_seen.last, "back");
	assert_int_equal(remote_end(), 0);
	assert_int_equal(host_end(), 0);
}

static void a_shutdown_deletes_the_channels_of_the_host(void **state)
{
	(void)state;
	begin();
	assert_int_equal(host_end(), 0);
	assert_int_equal(host_seen.deleted, 1);
	assert_int_equal(remote_end(), 0);
}

static void a_remote_boots_again_after_a_shutdown(void **state)
{
	(void)state;
	begin();
	assert_int_equal(host_seen.started, 1);
	assert_int_equal(host_boot(), -RPROC_EINVAL); /* it runs */
	assert_int_equal(host_shutdown_only(), 0);
	assert_int_equal(host_seen.stopped, 1);
	assert_int_equal(remote_end(), 0);
	memset(memory, 0, BUFFERS);
	assert_int_equal(host_boot(), 0);
	assert_int_equal(host_seen.started, 2);
	assert_int_equal(remote_main(loaded_table(), sizeof(table)), 0);
	talk();
	assert_int_equal(host_send("again"), 5);
	talk();
	assert_string_equal(host_seen.last, "again");
	assert_int_equal(remote_end(), 0);
	assert_int_equal(host_end(), 0);
	assert_int_equal(host_seen.removed, 1);
}

static void an_image_that_is_none_leaves_nothing(void **state)
{
	(void)state;
	assert_true(host_begin(image.bytes, 40) < 0);
	assert_int_equal(host_seen.removed, 1);
	begin();
	assert_int_equal(remote_end(), 0);
	assert_int_equal(host_end(), 0);
}

#define life_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		life_test(channels_are_created_on_both_sides_and_carry_messages),
		life_test(a_remote_that_ends_deletes_the_channels_of_both),
		life_test(a_remote_keeps_its_channel_for_the_next_of_its_host),
		life_test(a_shutdown_deletes_the_channels_of_the_host),
		life_test(a_remote_boots_again_after_a_shutdown),
		life_test(an_image_that_is_none_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
