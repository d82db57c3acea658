// SPDX-License-Identifier: GPL-2.0-only
/* Resource tables laid out as in public firmware of vendors: adopted, their devices made, their words left alone. */
#include "fixture.h"

#include <string.h>

#define ANY FW_RSC_U32_ADDR_ANY

struct sample {
	const char *whose;
	uint32_t words[48];
	unsigned int count; /* of the words */
	int status;         /* of the adoption */
	int devices;
	unsigned int vendors;
	size_t vendor_len;
};

#define WORDS(...)                .words = {__VA_ARGS__}, .count = sizeof((uint32_t[]){__VA_ARGS__}) / 4
#define VRING(da, align, num, id) (da), (align), (num), (id), 0
#define VDEV(config_len)          3, 7, 0, 1, 0, (config_len), 0x200

static const struct sample samples[] = {
	{"LPC54114, Nordic, old Zephyr: type 4 in front, and one behind",
         WORDS(1, 2, 0, 0, 0x18, 0x2c, /**/ 4, MEM_DA + 0x400, MEM_DA + 0x400, 0x7c00, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 4, 32, 1), VRING(MEM_DA + 0x2400, 4, 32, 2)),
         0, 1, 0, 0},
	{"TI's PRU: type 5, an interrupt map",
         WORDS(1, 2, 0, 0, 0x18, 0x5c, /**/ VDEV(0), VRING(MEM_DA + 0x2000, 16, 16, 0),
               VRING(MEM_DA + 0x2400, 16, 16, 0),
               /**/ 5, 1, 0x14, 0xff00ff00, 0xffffff03, 0xffffffff, 2, 0x3a4),
         0, 1, 0, 0},
	{"NXP's i.MX DSP: a length without the type",
         WORDS(1, 2, 0, 0, 0x18, 0x2c, /**/ 128, 16, 0x6e787073, 0, 1, /**/ VDEV(0), VRING(MEM_DA + 0x2000, 16, 8, 0),
               VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 1, 20 + 28 + 40},
	{"openEuler: no length at all",
         WORDS(1, 2, 0, 0, 0x18, 0x40, /**/ 129, 0, 0, 0, 0, 0, 0x2000, 0, 0, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 16, 8, 0), VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 1, 40 + 28 + 40},
	{"NuttX: a configuration space, and a trace",
         WORDS(1, 2, 0, 0, 0x18, 0x74, /**/ VDEV(24), VRING(MEM_DA + 0x2000, 16, 8, 0),
               VRING(MEM_DA + 0x2400, 16, 8, 1), 0, 0, 0, 0, 0, 0, /**/ 2, MEM_DA + 0x1000, 0x400, 0, 0, 0, 0, 0, 0, 0,
               0, 0),
         0, 1, 0, 0},
	{"Cortex-M4 of STM32MP1 without a console: a trace of no bytes",
         WORDS(1, 2, 0, 0, 0x18, 0x48, /**/ 2, 0, 0, 0, 0x5f346d63, 0x00676f6c, 0, 0, 0, 0, 0, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 16, 8, 0), VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 0, 0},
	{"an alignment of 1 MiB",
         WORDS(1, 1, 0, 0, 0x14, /**/ VDEV(0), VRING(ANY, 0x100000, 256, 0), VRING(ANY, 0x100000, 256, 1)),
         -RPROC_EINVAL, 0, 0, 0},
	{"a vendor's entry that ends the table with its type", WORDS(1, 1, 0, 0, 0x14, /**/ 200), 0, 0, 1, 4},
	{"an unknown entry beyond the table", WORDS(1, 1, 0, 0, 0x18, 5), -RPROC_ERR_RSC_TAB_TRUNC, 0, 0, 0},
	{"an unknown entry on top of the header", WORDS(1, 1, 0, 0, 0x10, 5), -RPROC_EINVAL, 0, 0, 0},
};

static uint32_t *in_memory(void)
{
	return (uint32_t *)(void *)(memory + 0x100);
}

static void try_sample(const struct sample *sample)
{
	struct virtio_device *vdev;
	size_t size = sample->count * 4;
	uint32_t words[48];
	int status;

	memset(&platform, 0, sizeof(platform));
	memcpy(in_memory(), sample->words, size);
	status = remoteproc_set_rsc_table(&rproc, (struct resource_table *)(void *)in_memory(), size);
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	if (status != sample->status || !vdev != !sample->devices)
		fail_msg("%s: %d (%s), %s device", sample->whose, status, amp_remoteproc_strerror(status),
		         vdev ? "a" : "no");
	assert_int_equal(platform.vendor_calls, sample->vendors);
	assert_int_equal(platform.vendor_len, sample->vendor_len);
	remoteproc_remove_virtio(&rproc, vdev);
	/* Nothing was written but what the driver fills, which these tables leave it nothing of. */
	memcpy(words, in_memory(), size);
	assert_memory_equal(words, sample->words, size);
	assert_int_equal(live_allocations(), 0);
}

static void tables_of_vendors_are_taken_and_left_as_they_are(void **state)
{
	(void)state;
	if (!AMP_WITH_TABLE_MEMORIES)
		skip();
	for (unsigned int i = 0; i < metal_dim(samples); i++)
		try_sample(&samples[i]);
}

/* The size is the ring's, wherever that comes from. */
static void a_vring_of_0_descriptors_is_left_to_the_caller(void **state)
{
	static const uint32_t words[] = {
		1, 1, 0, 0, 0x14, VDEV(0), VRING(MEM_DA + 0x2000, 16, 0, 0), VRING(ANY, 16, 0, 1)};
	vq_callback callbacks[2] = {NULL, NULL};
	struct virtio_device *vdev;

	(void)state;
	for (unsigned int role = VIRTIO_DEV_DRIVER; role <= VIRTIO_DEV_DEVICE; role++) {
		memset(memory, 0, MEM_SIZE);
		memcpy(in_memory(), words, sizeof(words));
		assert_int_equal(
			remoteproc_set_rsc_table(&rproc, (struct resource_table *)(void *)in_memory(), sizeof(words)),
			0);
		vdev = remoteproc_create_virtio(&rproc, 0, role, NULL);
		assert_non_null(vdev);
		/* not usable until the caller has said where they are */
		assert_int_not_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks, NULL), 0);
		assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, memory + 0x2000, shared_mem.io, 16, 16), 0);
		assert_int_equal(rproc_virtio_init_vring(vdev, 1, 1, memory + 0x2400, shared_mem.io, 32, 16), 0);
		assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks, NULL), 0);
		remoteproc_remove_virtio(&rproc, vdev);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tables_of_vendors_are_taken_and_left_as_they_are),
		TEST(a_vring_of_0_descriptors_is_left_to_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
