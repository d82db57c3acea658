// SPDX-License-Identifier: GPL-2.0-only
/* Identity, status, features and configuration space of a device made of register hooks. */
#include "fixture.h"

#include <metal/errno.h>
#include <metal/utilities.h>

#include <string.h>

/* ------------------------------------------------------------------ identity */

static void the_device_is_identified_reset_and_told_of_a_driver(void **state)
{
	(void)state;
	fake.status = VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER | VIRTIO_CONFIG_STATUS_DRIVER_OK;
	fake.resets_late = 5;
	assert_int_equal(init(), 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	assert_int_equal(virtio_get_devid(&vmdev.vdev), VIRTIO_ID_CONSOLE);
	assert_int_equal(vmdev.vdev.id.vendor, 0x1234);
	assert_int_equal(vmdev.vdev.id.version, fake.version);
	assert_ptr_equal(vmdev.user_data, &vmdev);
}

static void what_is_no_device_is_refused_by_name(void **state)
{
	uint32_t version = fake.version;

	(void)state;
	fake.magic ^= 1;
	assert_int_equal(init(), -ENODEV);
	fake.magic ^= 1;
	for (fake.version = 0; fake.version < 5; fake.version += 3)
		assert_int_equal(init(), -EOPNOTSUPP);
	fake.version = version;
	fake.id = 0;
	assert_int_equal(init(), -ENODEV);
	fake.id = UINT32_MAX;
	assert_int_equal(init(), -ENODEV);
	fake.id = 3;
	fake_registers.size = 0xff;
	assert_int_equal(init(), -EINVAL);
	fake_registers.size = 0x100;
	assert_int_equal(init(), 0);
}

static void a_modern_device_without_version_1_is_refused(void **state)
{
	(void)state;
	fake.offered[1] = 0;
	assert_int_equal(init(), -EOPNOTSUPP);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
}

static void a_device_that_does_not_get_reset_is_given_up_in_time(void **state)
{
	(void)state;
	fake.ignores_reset = true;
	assert_int_equal(init(), -ETIMEDOUT);
	assert_int_equal(logged, 1);
	fake.ignores_reset = false;
	assert_int_equal(init(), 0);
}

static void arguments_that_make_no_sense_are_refused(void **state)
{
	struct virtio_mmio_device other;

	(void)state;
	memset(&other, 0, sizeof(other));
	assert_int_equal(virtio_mmio_device_init(NULL, 1, 1, NULL), -EINVAL);
	assert_int_equal(virtio_mmio_device_init(&other, 0, 1, NULL), -EINVAL);
	assert_int_equal(virtio_mmio_device_init(&other, 1, 0, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(NULL, &fake_registers, &fake_shm, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(&other, NULL, &fake_shm, NULL), -EINVAL);
	assert_int_equal(amp_virtio_mmio_init_regions(&other, &fake_registers, NULL, NULL), -EINVAL);
	other.device_mode = VIRTIO_DEV_DEVICE;
	assert_int_equal(amp_virtio_mmio_init_regions(&other, &fake_registers, &fake_shm, NULL), -EINVAL);
	assert_null(virtio_mmio_setup_virtqueue(NULL, 0, vqs[0], on_queue, NULL, "q"));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 0, NULL, on_queue, NULL, "q"));
	assert_null(virtio_mmio_setup_virtqueue(&vmdev.vdev, 65536, vqs[0], on_queue, NULL, "q"));
	virtio_mmio_register_device(NULL, 1, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 0, vqs);
	virtio_mmio_register_device(&vmdev.vdev, -1, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 32769, vqs);
	virtio_mmio_register_device(&vmdev.vdev, 1, NULL);
	assert_int_equal(vmdev.vdev.vrings_num, 0);
	virtio_mmio_isr(NULL);
	amp_virtio_mmio_release(NULL);
}

static void registers_in_plain_memory_work_too(void **state)
{
	static uint32_t registers[64 + 4];
	struct virtio_mmio_device plain;

	(void)state;
	memset(&plain, 0, sizeof(plain));
	registers[0] = 0x74726976;
	registers[1] = 1;
	registers[2] = VIRTIO_ID_ENTROPY;
	plain.device_mode = VIRTIO_DEV_DRIVER;
	plain.cfg_mem.base = registers;
	plain.cfg_mem.size = sizeof(registers);
	plain.shm_mem.base = (void *)(uintptr_t)SHM_PHYS;
	plain.shm_mem.size = SHM_SIZE;
	assert_int_equal(virtio_mmio_device_init(&plain, (uintptr_t)shm, (uintptr_t)registers, NULL), 0);
	assert_int_equal(registers[0x70 / 4], VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	assert_int_equal(metal_io_virt_to_phys(&plain.shm_io, shm + 16), SHM_PHYS + 16);
	amp_virtio_mmio_release(&plain);
}

/* ------------------------------------------------------------------ status and features */

static void features_are_those_that_both_have(void **state)
{
	uint32_t features;

	(void)state;
	assert_int_equal(virtio_get_features(&vmdev.vdev, &features), 0);
	assert_int_equal(features, 0x30000003);
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 0x30000006, &features), 0);
	assert_int_equal(features, 2);
	assert_int_equal(fake.accepted[0], 2);
	assert_int_equal(fake.accepted[1], fake.version == 2);
	assert_true(virtio_has_feature(&vmdev.vdev, 1));
	assert_false(virtio_has_feature(&vmdev.vdev, 0));
	/* once only */
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 1, &features), 0);
	assert_int_equal(features, 2);
	assert_int_equal(virtio_reset_device(&vmdev.vdev), 0);
	assert_int_equal(virtio_set_features(&vmdev.vdev, 1), 0);
	assert_int_equal(fake.accepted[0], 1);
}

static void status_bits_add_up_until_the_reset(void **state)
{
	uint8_t status;

	(void)state;
	assert_int_equal(virtio_set_status(&vmdev.vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status & ~VIRTIO_CONFIG_FEATURES_OK, 7);
	assert_int_equal(!!(status & VIRTIO_CONFIG_FEATURES_OK), fake.version == 2);
	assert_int_equal(virtio_set_status(&vmdev.vdev, 0), 0);
	assert_int_equal(fake.status, 0);
}

/* Bit 33 is offered and asked for, 35 and 63 are not both; 34 and 38 change what rings and kicks are. */
static void features_above_bit_31_are_those_that_both_have(void **state)
{
	const uint64_t asked = 2 | 1ull << 33 | 1ull << 34 | 1ull << 38 | 1ull << 63;
	const bool modern = fake.version == 2;
	uint64_t features;

	(void)state;
	fake.offered[1] |= 1u << (33 - 32) | 1u << (34 - 32) | 1u << (35 - 32) | 1u << (38 - 32);
	assert_int_equal(init(), 0);
	assert_false(virtio_has_feature(&vmdev.vdev, 33));
	assert_int_equal(amp_virtio_negotiate_features(&vmdev.vdev, asked, &features), 0);
	assert_true(features == (modern ? 2 | 1ull << 33 | 1ull << VIRTIO_F_VERSION_1 : 2));
	assert_true(vmdev.vdev.features == features);
	assert_int_equal(fake.accepted[0], 2);
	assert_int_equal(fake.accepted[1], features >> 32);
	assert_true(virtio_has_feature(&vmdev.vdev, 1));
	for (unsigned int bit = 32; bit < 70; bit++)
		assert_int_equal(virtio_has_feature(&vmdev.vdev, bit), bit < 64 && features >> bit & 1);
	/* until the next reset there is no second time */
	assert_int_equal(amp_virtio_negotiate_features(&vmdev.vdev, 1, NULL), 0);
	assert_true(vmdev.vdev.features == features);
	assert_int_equal(amp_virtio_negotiate_features(NULL, 1, NULL), -EINVAL);
}

static void a_device_that_refuses_its_own_features_is_out_of_use(void **state)
{
	uint32_t features = 1;
	uint8_t status;

	(void)state;
	fake.refuses_features = true;
	assert_int_equal(virtio_negotiate_features(&vmdev.vdev, 1, &features), 0);
	assert_int_equal(features, 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
	assert_int_equal(virtio_get_features(&vmdev.vdev, &features), 0);
	assert_int_equal(features, 0);
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_FAILED);
	assert_null(setup(0));
	assert_int_equal(logged, 2);
}

static void a_status_that_is_no_byte_puts_the_device_out_of_use(void **state)
{
	uint8_t status;

	(void)state;
	fake.status_bits = 0x100;
	assert_int_equal(virtio_get_status(&vmdev.vdev, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_FAILED);
	fake.status_bits = 0;
	/* a reset leads on */
	virtio_reset_device(&vmdev.vdev);
	assert_non_null(setup(0));
}

/* ------------------------------------------------------------------ configuration space */

static void configuration_is_read_and_written_in_pieces_of_its_fields(void **state)
{
	uint8_t buf[FAKE_CONFIG] = {0};
	static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	static const struct {
		uint32_t offset;
		int len, width;
	} piece[] = {{0, 4, 4}, {2, 4, 1}, {8, 8, 4}, {6, 2, 2}, {5, 2, 1}, {15, 1, 1}, {0, 16, 1}};

	(void)state;
	for (unsigned int i = 0; i < metal_dim(piece); i++) {
		memset(buf, 0, sizeof(buf));
		assert_int_equal(virtio_read_config(&vmdev.vdev, piece[i].offset, buf, piece[i].len), 0);
		assert_memory_equal(buf, expected + piece[i].offset, (size_t)piece[i].len);
		assert_int_equal(fake.config_width, piece[i].width);
	}
	assert_int_equal(virtio_write_config(&vmdev.vdev, 4, "abcd", 4), 0);
	assert_memory_equal(fake.config + 4, "abcd", 4);
	assert_int_equal(fake.config_width, 4);
}

static void nothing_outside_the_configuration_is_touched(void **state)
{
	static const uint8_t zero[FAKE_CONFIG + 1];
	uint8_t buf[FAKE_CONFIG + 1];

	(void)state;
	fake.config_width = 0;
	memset(buf, 'x', sizeof(buf));
	assert_int_equal(virtio_read_config(&vmdev.vdev, 0, buf, FAKE_CONFIG + 1), 0);
	assert_memory_equal(buf, zero, sizeof(buf));
	virtio_read_config(&vmdev.vdev, FAKE_CONFIG, buf, 1);
	virtio_read_config(&vmdev.vdev, UINT32_MAX, buf, 4);
	virtio_write_config(&vmdev.vdev, FAKE_CONFIG - 3, buf, 4);
	virtio_write_config(&vmdev.vdev, UINT32_MAX - 3, buf, 4);
	assert_int_equal(fake.config_width, 0);
	assert_int_equal(logged, 5);
	virtio_read_config(&vmdev.vdev, FAKE_CONFIG, buf, 0);
	assert_int_equal(logged, 5);
}

static void a_configuration_that_never_rests_ends_in_an_error(void **state)
{
	uint8_t buf[4] = {9, 9, 9, 9};

	(void)state;
	fake.changes_config = true;
	assert_int_equal(virtio_read_config(&vmdev.vdev, 0, buf, 4), 0);
	assert_int_equal(buf[0], 0);
	assert_int_equal(fake.status, VIRTIO_CONFIG_STATUS_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(the_device_is_identified_reset_and_told_of_a_driver),
		BOTH(what_is_no_device_is_refused_by_name),
		MODERN(a_modern_device_without_version_1_is_refused),
		MODERN(a_device_that_does_not_get_reset_is_given_up_in_time),
		BOTH(arguments_that_make_no_sense_are_refused),
		BOTH(registers_in_plain_memory_work_too),
		BOTH(features_are_those_that_both_have),
		BOTH(features_above_bit_31_are_those_that_both_have),
		BOTH(status_bits_add_up_until_the_reset),
		MODERN(a_device_that_refuses_its_own_features_is_out_of_use),
		BOTH(a_status_that_is_no_byte_puts_the_device_out_of_use),
		BOTH(configuration_is_read_and_written_in_pieces_of_its_fields),
		BOTH(nothing_outside_the_configuration_is_touched),
		MODERN(a_configuration_that_never_rests_ends_in_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
