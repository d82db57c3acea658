// SPDX-License-Identifier: GPL-2.0-only
#include "fake_device.h"

#include <stdlib.h>
#include <string.h>

struct fake_device fake;
uint8_t *shm;
struct metal_io_region fake_registers, fake_shm;
unsigned int fake_allocated, fake_freed;

static const metal_phys_addr_t shm_phys = SHM_PHYS;
static size_t shm_used;

static struct fake_queue none;

static struct fake_queue *selected(void)
{
	return fake.queue_sel < FAKE_QUEUES ? &fake.queue[fake.queue_sel] : &none;
}

static uint32_t status_now(void)
{
	if (fake.resets_late && --fake.resets_late == 0)
		fake.status = 0;
	return fake.status | fake.status_bits;
}

static uint32_t read_register(unsigned long reg)
{
	switch (reg) {
	case 0x000:
		return fake.magic;
	case 0x004:
		return fake.version;
	case 0x008:
		return fake.id;
	case 0x00c:
		return fake.vendor;
	case 0x010:
		return fake.features_sel < 2 ? fake.offered[fake.features_sel] : 0;
	case 0x034:
		return selected()->num_max;
	case 0x040:
		assert_int_equal(fake.version, 1);
		return selected()->pfn;
	case 0x044:
		assert_int_equal(fake.version, 2);
		return selected()->ready;
	case 0x060:
		return fake.interrupt;
	case 0x070:
		return status_now();
	case 0x0fc:
		assert_int_equal(fake.version, 2);
		return fake.changes_config ? ++fake.generation : fake.generation;
	default:
		fail_msg("read of register 0x%lx, which cannot be read", reg);
		return 0;
	}
}

static uint64_t fake_read(struct metal_io_region *io, unsigned long offset, memory_order order, int width)
{
	uint64_t value = 0;

	(void)io;
	(void)order;
	if (offset >= 0x100) {
		fake.config_width = width;
		memcpy(&value, fake.config + offset - 0x100, (size_t)width);
		return value;
	}
	assert_int_equal(width, 4);
	return read_register(offset);
}

static void write_status(uint32_t value)
{
	if (value == 0) {
		memset(fake.accepted, 0, sizeof(fake.accepted));
		for (int i = 0; i < FAKE_QUEUES; i++) {
			uint32_t max = fake.queue[i].num_max;

			memset(&fake.queue[i], 0, sizeof(fake.queue[i]));
			fake.queue[i].num_max = max;
		}
		if (!fake.resets_late && !fake.ignores_reset)
			fake.status = 0;
		return;
	}
	/* A driver does not take bits back. */
	if (!(value & VIRTIO_CONFIG_STATUS_FAILED))
		assert_int_equal(fake.status & ~value, 0);
	if ((value & VIRTIO_CONFIG_STATUS_DRIVER_OK) && fake.version == 2)
		assert_true(value & VIRTIO_CONFIG_FEATURES_OK);
	if (fake.refuses_features)
		value &= ~VIRTIO_CONFIG_FEATURES_OK;
	fake.status = value;
}

static uint64_t half(uint64_t old, uint32_t value, bool high)
{
	return high ? (old & UINT32_MAX) | (uint64_t)value << 32 : (old & ~(uint64_t)UINT32_MAX) | value;
}

static void write_queue_register(unsigned long reg, uint32_t value)
{
	struct fake_queue *queue = selected();

	switch (reg) {
	case 0x038:
		queue->num = value;
		break;
	case 0x03c:
		assert_int_equal(fake.version, 1);
		queue->align = value;
		break;
	case 0x040:
		assert_int_equal(fake.version, 1);
		if (value ? !fake.refuses_rings : !fake.keeps_rings)
			queue->pfn = value;
		break;
	case 0x044:
		assert_int_equal(fake.version, 2);
		if (value ? !fake.refuses_rings : !fake.keeps_rings)
			queue->ready = value;
		break;
	case 0x080:
	case 0x084:
		queue->desc = half(queue->desc, value, reg & 4);
		break;
	case 0x090:
	case 0x094:
		queue->avail = half(queue->avail, value, reg & 4);
		break;
	case 0x0a0:
	case 0x0a4:
		queue->used = half(queue->used, value, reg & 4);
		break;
	default:
		fail_msg("write of register 0x%lx, which cannot be written", reg);
	}
}

static void fake_write(struct metal_io_region *io, unsigned long offset, uint64_t wide, memory_order order, int width)
{
	uint32_t value = (uint32_t)wide;

	(void)io;
	(void)order;
	if (offset >= 0x100) {
		fake.config_width = width;
		memcpy(fake.config + offset - 0x100, &wide, (size_t)width);
		return;
	}
	assert_int_equal(width, 4);
	switch (offset) {
	case 0x014:
		fake.features_sel = value;
		break;
	case 0x020:
		assert_in_range(fake.accepted_sel, 0, 1);
		assert_int_equal(value & ~fake.offered[fake.accepted_sel], 0);
		assert_false(fake.status & VIRTIO_CONFIG_FEATURES_OK);
		fake.accepted[fake.accepted_sel] = value;
		break;
	case 0x024:
		fake.accepted_sel = value;
		break;
	case 0x028:
		assert_int_equal(fake.version, 1);
		fake.page_size = value;
		break;
	case 0x030:
		fake.queue_sel = value;
		break;
	case 0x050:
		assert_in_range(value, 0, FAKE_QUEUES - 1);
		fake.queue[value].notified++;
		break;
	case 0x064:
		fake.acked |= value;
		fake.interrupt &= ~value;
		break;
	case 0x070:
		write_status(value);
		break;
	default:
		write_queue_register(offset, value);
	}
}

static void *fake_alloc(struct virtio_device *dev, size_t size, size_t align)
{
	(void)dev;
	shm_used = (shm_used + align - 1) / align * align;
	if (size > SHM_SIZE - shm_used)
		return NULL;
	fake_allocated++;
	shm_used += size;
	return shm + shm_used - size;
}

static void fake_free(struct virtio_device *dev, void *buf)
{
	(void)dev;
	assert_in_range((uintptr_t)buf, (uintptr_t)shm, (uintptr_t)shm + SHM_SIZE - 1);
	fake_freed++;
}

const struct virtio_memory_ops fake_mmops = {fake_alloc, fake_free};

void fake_reset(uint32_t version)
{
	static const struct metal_io_ops hooks = {.read = fake_read, .write = fake_write};

	memset(&fake, 0, sizeof(fake));
	memset(&none, 0, sizeof(none));
	fake.magic = 0x74726976;
	fake.version = version;
	fake.id = VIRTIO_ID_CONSOLE;
	fake.vendor = 0x1234;
	fake.offered[0] = 0x30000003; /* two of the device's, and both ring features */
	fake.offered[1] = version == 2;
	for (int i = 0; i < FAKE_QUEUES; i++)
		fake.queue[i].num_max = 8;
	for (int i = 0; i < FAKE_CONFIG; i++)
		fake.config[i] = (uint8_t)(i + 1);
	shm_used = 0;
	fake_allocated = 0;
	fake_freed = 0;
	metal_io_init(&fake_registers, METAL_BAD_VA, NULL, 0x100 + FAKE_CONFIG, (unsigned int)-1, 0, &hooks);
	metal_io_init(&fake_shm, shm, &shm_phys, SHM_SIZE, (unsigned int)-1, 0, NULL);
}

void fake_echo(unsigned int index, char answer)
{
	struct fake_queue *queue = &fake.queue[index];
	struct virtio_device device = {.role = VIRTIO_DEV_DEVICE};
	struct vring_alloc_info ring = {.align = 4096, .num_descs = (uint16_t)queue->num};
	static struct virtqueue *vq[FAKE_QUEUES];
	static uint64_t at[FAKE_QUEUES];
	uint64_t desc = fake.version == 1 ? (uint64_t)queue->pfn * fake.page_size : queue->desc;
	uint32_t len;
	uint16_t idx;
	char *buf;

	/* Both layouts must lead to the same ring. */
	if (fake.version == 2) {
		assert_int_equal(queue->avail, desc + 16 * queue->num);
		assert_int_equal(queue->used, (queue->avail + 4 + 2 * queue->num + 2 + 4095) & ~4095ul);
	}
	ring.vaddr = shm + (desc - SHM_PHYS);
	if (!vq[index] || at[index] != desc || *(uint16_t *)(void *)(shm + (desc - SHM_PHYS) + 4096 + 2) == 0) {
		free(vq[index]);
		vq[index] = calloc(1, sizeof(*vq[index]));
		assert_int_equal(virtqueue_create(&device, (unsigned short)index, "fake", &ring, NULL, NULL, vq[index]),
		                 0);
		virtqueue_set_shmem_io(vq[index], &fake_shm);
		at[index] = desc;
	}
	vq[index]->vq_dev = &device;
	buf = virtqueue_get_first_avail_buffer(vq[index], &idx, &len);
	assert_non_null(buf);
	memset(buf, answer, len);
	assert_int_equal(virtqueue_add_consumed_buffer(vq[index], idx, len), 0);
	fake.interrupt |= VIRTIO_MMIO_INT_VRING;
}
