// SPDX-License-Identifier: GPL-2.0-only
/* Resource tables laid out as in public firmware of vendors: adopted, their devices made, their words left alone. */
#include "fixture.h"
#include "vendor_tables.h"

#include <string.h>

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
