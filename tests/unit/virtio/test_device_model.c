// SPDX-License-Identifier: GPL-2.0-only
/* The calls of the virtio device model: what reaches a transport, and what is refused without one. */
#include <openamp/virtio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NUM 4u

static uint8_t ring[2][512] __attribute__((__aligned__(64)));
static uint8_t config[8], status_byte;
static uint32_t features;
static unsigned int resets, lost_calls, reset_calls, deleted;
static bool out_of_memory;
static uint8_t buffer[16];

static uint8_t get_status(struct virtio_device *vdev)
{
	(void)vdev;
	return status_byte;
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	(void)vdev;
	status_byte = status;
}

static uint32_t get_features(struct virtio_device *vdev)
{
	(void)vdev;
	return features;
}

static void set_features(struct virtio_device *vdev, uint32_t value)
{
	(void)vdev;
	features = value;
}

static uint32_t negotiate_features(struct virtio_device *vdev, uint32_t wanted)
{
	(void)vdev;
	return features & wanted;
}

static void read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int len)
{
	(void)vdev;
	memcpy(dst, config + offset, (size_t)len);
}

static void write_config(struct virtio_device *vdev, uint32_t offset, void *src, int len)
{
	(void)vdev;
	memcpy(config + offset, src, (size_t)len);
}

static void reset_device(struct virtio_device *vdev)
{
	(void)vdev;
	resets++;
}

static void delete_virtqueues(struct virtio_device *vdev)
{
	(void)vdev;
	deleted++;
}

static void *alloc_buffer(struct virtio_device *vdev, size_t size, size_t align)
{
	(void)vdev;
	(void)align;
	return out_of_memory || size > sizeof(buffer) ? NULL : buffer;
}

static void free_buffer(struct virtio_device *vdev, void *buf)
{
	(void)vdev;
	assert_ptr_equal(buf, buffer);
	deleted++;
}

static void on_lost(struct virtio_device *vdev)
{
	(void)vdev;
	lost_calls++;
}

static void on_reset(struct virtio_device *vdev)
{
	(void)vdev;
	reset_calls++;
}

static void on_queue(struct virtqueue *vq)
{
	(void)vq;
}

static const struct virtio_dispatch full = {
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.negotiate_features = negotiate_features,
	.read_config = read_config,
	.write_config = write_config,
	.reset_device = reset_device,
};

static const struct virtio_dispatch empty;
static const struct virtio_memory_ops memory = {.alloc = alloc_buffer, .free = free_buffer};
static const struct virtio_memory_ops no_memory;

static void calls_reach_the_transport(void **state)
{
	struct virtio_device vdev = {.func = &full, .mmops = &memory, .id = {.device = VIRTIO_ID_BLOCK}};
	uint8_t status, bytes[2] = {7, 8};
	uint32_t value;
	void *buf;

	(void)state;
	assert_int_equal(virtio_get_devid(&vdev), VIRTIO_ID_BLOCK);
	assert_int_equal(virtio_set_status(&vdev, 3), 0);
	assert_int_equal(virtio_get_status(&vdev, &status), 0);
	assert_int_equal(status, 3);
	assert_int_equal(virtio_set_features(&vdev, 0x80000005), 0);
	assert_int_equal(virtio_get_features(&vdev, &value), 0);
	assert_int_equal(value, 0x80000005);
	assert_int_equal(virtio_negotiate_features(&vdev, 6, &value), 0);
	assert_int_equal(value, 4);
	assert_int_equal(virtio_negotiate_features(&vdev, 6, NULL), 0);
	assert_true(virtio_has_feature(&vdev, 0));
	assert_false(virtio_has_feature(&vdev, 1));
	assert_true(virtio_has_feature(&vdev, 31));
	assert_false(virtio_has_feature(&vdev, 32));
	assert_int_equal(virtio_write_config(&vdev, 3, bytes, 2), 0);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(virtio_read_config(&vdev, 3, bytes, 2), 0);
	assert_int_equal(bytes[0], 7);
	assert_int_equal(bytes[1], 8);
	resets = 0;
	assert_int_equal(virtio_reset_device(&vdev), 0);
	assert_int_equal(resets, 1);
	assert_int_equal(virtio_alloc_buf(&vdev, &buf, 16, 4), 0);
	assert_ptr_equal(buf, buffer);
	deleted = 0;
	assert_int_equal(virtio_free_buf(&vdev, buf), 0);
	assert_int_equal(deleted, 1);
	assert_int_equal(virtio_alloc_buf(&vdev, &buf, 17, 4), -ENOMEM);
}

static void missing_arguments_are_refused(void **state)
{
	struct virtio_device vdev = {.func = &full, .mmops = &memory};
	vq_callback callbacks[1] = {on_queue};
	uint8_t byte;
	uint32_t value;
	void *buf;

	(void)state;
	assert_int_equal(virtio_get_status(NULL, &byte), -EINVAL);
	assert_int_equal(virtio_get_status(&vdev, NULL), -EINVAL);
	assert_int_equal(virtio_set_status(NULL, 0), -EINVAL);
	assert_int_equal(virtio_get_features(NULL, &value), -EINVAL);
	assert_int_equal(virtio_get_features(&vdev, NULL), -EINVAL);
	assert_int_equal(virtio_set_features(NULL, 0), -EINVAL);
	assert_int_equal(virtio_negotiate_features(NULL, 0, &value), -EINVAL);
	assert_false(virtio_has_feature(NULL, 0));
	assert_int_equal(virtio_get_devid(NULL), 0);
	assert_int_equal(virtio_read_config(NULL, 0, &byte, 1), -EINVAL);
	assert_int_equal(virtio_read_config(&vdev, 0, NULL, 1), -EINVAL);
	assert_int_equal(virtio_read_config(&vdev, 0, &byte, -1), -EINVAL);
	assert_int_equal(virtio_write_config(NULL, 0, &byte, 1), -EINVAL);
	assert_int_equal(virtio_write_config(&vdev, 0, NULL, 1), -EINVAL);
	assert_int_equal(virtio_write_config(&vdev, 0, &byte, -1), -EINVAL);
	assert_int_equal(virtio_reset_device(NULL), -EINVAL);
	assert_int_equal(virtio_create_virtqueues(NULL, 0, 1, NULL, callbacks, NULL), -EINVAL);
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 1, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(virtio_alloc_buf(NULL, &buf, 1, 1), -EINVAL);
	assert_int_equal(virtio_alloc_buf(&vdev, NULL, 1, 1), -EINVAL);
	assert_int_equal(virtio_free_buf(NULL, buffer), -EINVAL);
	assert_int_equal(virtio_free_buf(&vdev, NULL), -EINVAL);
	virtio_delete_virtqueues(NULL);
}

static void what_the_transport_does_not_have_is_said(void **state)
{
	struct virtio_device without[2] = {{.func = NULL}, {.func = &empty, .mmops = &no_memory}};
	vq_callback callbacks[1] = {on_queue};
	uint32_t value;
	uint8_t byte;
	void *buf;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(virtio_get_status(&without[i], &byte), -ENXIO);
		assert_int_equal(virtio_set_status(&without[i], 0), -ENXIO);
		assert_int_equal(virtio_get_features(&without[i], &value), -ENXIO);
		assert_int_equal(virtio_set_features(&without[i], 0), -ENXIO);
		assert_int_equal(virtio_negotiate_features(&without[i], 0, &value), -ENXIO);
		assert_false(virtio_has_feature(&without[i], 0));
		assert_int_equal(virtio_read_config(&without[i], 0, &byte, 1), -ENXIO);
		assert_int_equal(virtio_write_config(&without[i], 0, &byte, 1), -ENXIO);
		assert_int_equal(virtio_reset_device(&without[i]), -ENXIO);
		assert_int_equal(virtio_alloc_buf(&without[i], &buf, 1, 1), -ENXIO);
		assert_int_equal(virtio_free_buf(&without[i], buffer), -ENXIO);
		virtio_delete_virtqueues(&without[i]);
	}
	assert_int_equal(virtio_create_virtqueues(&without[0], 0, 1, NULL, callbacks, NULL), -EINVAL);
}

static void queues_stand_on_the_rings_of_their_device_or_are_refused(void **state)
{
	struct virtio_vring_info vrings[2] = {{.info = {ring[0], 64, NUM, 0}}, {.info = {ring[1], 64, NUM, 0}}};
	struct virtio_device vdev = {.func = &full, .vrings_num = 2, .vrings_info = vrings};
	vq_callback callbacks[3] = {on_queue, on_queue, on_queue};
	void *args[2] = {&vrings[0], &vrings[1]};
	const char *names[2] = {"a", "b"};

	(void)state;
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 3, NULL, callbacks, NULL), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, NULL, callbacks, NULL), ERROR_VQUEUE_INVLD_PARAM);
	assert_false(vdev.up);
	vrings[0].vq = virtqueue_allocate(NUM);
	vrings[1].vq = virtqueue_allocate(NUM);
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, names, callbacks, args), 0);
	assert_true(vdev.up);
	assert_string_equal(vrings[1].vq->vq_name, "b");
	assert_ptr_equal(vrings[1].vq->priv, &vrings[1]);
	virtio_delete_virtqueues(&vdev);
	assert_false(vdev.up);
	virtqueue_notification(vrings[0].vq); /* a late kick finds nobody */
	vrings[1].info.num_descs = 3;
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, names, callbacks, args), ERROR_VRING_MAX_DESC);
	vrings[1].info.vaddr = NULL;
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, names, callbacks, args), ERROR_VQUEUE_INVLD_PARAM);
	vdev.vrings_info = NULL;
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, names, callbacks, args), ERROR_VQUEUE_INVLD_PARAM);
	virtqueue_free(vrings[0].vq);
	virtqueue_free(vrings[1].vq);
}

static int create_anything(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                           vq_callback callbacks[], void *callback_args[])
{
	(void)vdev;
	(void)flags;
	(void)names;
	(void)callbacks;
	(void)callback_args;
	return nvqs == 1 ? 0 : -ENOMEM;
}

static void a_transport_may_make_its_queues_by_itself(void **state)
{
	static const struct virtio_dispatch own = {.create_virtqueues = create_anything,
	                                           .delete_virtqueues = delete_virtqueues};
	struct virtio_device vdev = {.func = &own};
	vq_callback callbacks[1] = {on_queue};

	(void)state;
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 2, NULL, callbacks, NULL), -ENOMEM);
	assert_false(vdev.up);
	assert_int_equal(virtio_create_virtqueues(&vdev, 0, 1, NULL, callbacks, NULL), 0);
	assert_true(vdev.up);
	deleted = 0;
	virtio_delete_virtqueues(&vdev);
	assert_int_equal(deleted, 1);
	assert_false(vdev.up);
}

static void a_loss_is_told_once_to_the_device_type_and_to_the_application(void **state)
{
	struct virtio_device vdev = {.up = true, .lost = on_lost, .reset_cb = on_reset};

	(void)state;
	lost_calls = 0;
	reset_calls = 0;
	virtio_device_lost(&vdev);
	virtio_device_lost(&vdev);
	assert_int_equal(lost_calls, 1);
	assert_int_equal(reset_calls, 1);
	vdev = (struct virtio_device){.up = true};
	virtio_device_lost(&vdev);
	assert_false(vdev.up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_reach_the_transport),
		cmocka_unit_test(missing_arguments_are_refused),
		cmocka_unit_test(what_the_transport_does_not_have_is_said),
		cmocka_unit_test(queues_stand_on_the_rings_of_their_device_or_are_refused),
		cmocka_unit_test(a_transport_may_make_its_queues_by_itself),
		cmocka_unit_test(a_loss_is_told_once_to_the_device_type_and_to_the_application),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
