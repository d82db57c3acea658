// SPDX-License-Identifier: GPL-2.0-only
/* The names of before are there once they are asked for, and do what their replacements do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openamp/compat.h>

static uint8_t status;
static uint32_t features;
static uint8_t config[8];

static uint8_t get_status(struct virtio_device *vdev)
{
	(void)vdev;
	return status;
}

static void set_status(struct virtio_device *vdev, uint8_t value)
{
	(void)vdev;
	status = value;
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

static void read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int length)
{
	(void)vdev;
	memcpy(dst, config + offset, (size_t)length);
}

static void write_config(struct virtio_device *vdev, uint32_t offset, void *src, int length)
{
	(void)vdev;
	memcpy(config + offset, src, (size_t)length);
}

static unsigned int created;

static int create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                             vq_callback callbacks[], void *callback_args[])
{
	(void)vdev;
	(void)flags;
	(void)names;
	(void)callbacks;
	(void)callback_args;
	created = nvqs;
	return 0;
}

static const struct virtio_dispatch dispatch = {
	.create_virtqueues = create_virtqueues,
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.read_config = read_config,
	.write_config = write_config,
};

static void roles_are_those_of_today(void **state)
{
	(void)state;
	assert_int_equal(RPMSG_MASTER, RPMSG_HOST);
	assert_int_equal(RPMSG_SLAVE, RPMSG_REMOTE);
	assert_int_equal(VIRTIO_DEV_MASTER, VIRTIO_DEV_DRIVER);
	assert_int_equal(VIRTIO_DEV_SLAVE, VIRTIO_DEV_DEVICE);
}

static void a_link_reaches_the_functions_of_its_device(void **state)
{
	struct virtio_device vdev = {.role = VIRTIO_DEV_MASTER, .func = &dispatch};
	struct rpmsg_virtio_device rvdev = {.vdev = &vdev};
	const char *names[] = {"rx", "tx"};
	vq_callback callbacks[] = {NULL, NULL};
	uint16_t word = 0;

	(void)state;
	rpmsg_virtio_set_status(&rvdev, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(rpmsg_virtio_get_status(&rvdev), VIRTIO_CONFIG_STATUS_DRIVER_OK);
	rpmsg_virtio_set_features(&rvdev, 5);
	assert_int_equal(rpmsg_virtio_get_features(&rvdev), 5);
	word = 0x1234;
	rpmsg_virtio_write_config(&rvdev, 2, &word, 2);
	word = 0;
	rpmsg_virtio_read_config(&rvdev, 2, &word, 2);
	assert_int_equal(word, 0x1234);
	assert_int_equal(rpmsg_virtio_create_virtqueues(&rvdev, 0, 2, names, callbacks), 0);
	assert_int_equal(created, 2);
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	return 0;
}

static void gone(struct rpmsg_endpoint *ept)
{
	(void)ept;
}

static void an_endpoint_is_filled_in(void **state)
{
	struct rpmsg_endpoint ept = {.addr = 0};

	(void)state;
	rpmsg_init_ept(&ept, "a name that is longer than names may be", 1, 2, receive, gone);
	assert_string_equal(ept.name, "a name that is longer than name");
	assert_int_equal(ept.addr, 1);
	assert_int_equal(ept.dest_addr, 2);
	assert_true(ept.cb == receive);
	assert_true(ept.ns_unbind_cb == gone);
	rpmsg_init_ept(&ept, NULL, 1, 2, receive, NULL);
	assert_string_equal(ept.name, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_are_those_of_today),
		cmocka_unit_test(a_link_reaches_the_functions_of_its_device),
		cmocka_unit_test(an_endpoint_is_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
