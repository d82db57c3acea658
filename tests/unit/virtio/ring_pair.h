/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver's and a device's queue over one block of memory, for rings with features: what their tests share. */
#ifndef AMP_RING_PAIR_H
#define AMP_RING_PAIR_H

#include <amprelay/link_reason.h>
#include <amprelay/ring_features.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAIR_NUM   8u
#define PAIR_ALIGN 64u
#define PAIR_PHYS  0x1000ul
#define PAIR_PART  64u /* bytes of a part */
#define PAIR_DATA  2048u

#define WITH_INDIRECT (1ull << VIRTIO_RING_F_INDIRECT_DESC)
#define WITH_EVENTS   (1ull << VIRTIO_RING_F_EVENT_IDX)

struct ring_pair {
	struct virtio_device driver_dev, device_dev;
	struct virtqueue *driver, *device;
	struct metal_io_region io;
	metal_phys_addr_t phys;
	unsigned int kicks[2]; /* by the role of who rang */
	struct {
		uint8_t ring[512] __attribute__((__aligned__(64)));
		uint8_t data[PAIR_DATA];
	} shm;
	uint8_t after[64];
};

static struct ring_pair *pair;

static void pair_kick(struct virtqueue *vq)
{
	pair->kicks[vq->vq_dev->role]++;
}

static inline void pair_set_features(uint64_t features)
{
	pair->driver_dev.features = pair->device_dev.features = features;
}

static inline struct vring_alloc_info pair_ring(unsigned int num)
{
	return (struct vring_alloc_info){.vaddr = pair->shm.ring, .align = PAIR_ALIGN, .num_descs = (uint16_t)num};
}

static inline void pair_alloc(void)
{
	pair = aligned_alloc(64, (sizeof(*pair) + 63) / 64 * 64);
	assert_non_null(pair);
	memset(pair, 0, sizeof(*pair));
	memset(&pair->shm, 0x55, sizeof(pair->shm));
	memset(pair->after, 0xa5, sizeof(pair->after));
	pair->phys = PAIR_PHYS;
	metal_io_init(&pair->io, &pair->shm, &pair->phys, sizeof(pair->shm), (unsigned int)-1, 0, NULL);
	pair->driver_dev.role = VIRTIO_DEV_DRIVER;
	pair->device_dev.role = VIRTIO_DEV_DEVICE;
}

static inline void pair_free(void)
{
	for (unsigned int i = 0; i < sizeof(pair->after); i++)
		assert_int_equal(pair->after[i], 0xa5);
	virtqueue_free(pair->driver);
	virtqueue_free(pair->device);
	free(pair);
}

/* Parts 0, 1, … of the data, one behind the other. */
static inline void pair_list(struct virtqueue_buf *list, unsigned int parts)
{
	for (unsigned int i = 0; i < parts; i++)
		list[i] = (struct virtqueue_buf){pair->shm.data + (PAIR_PART * i) % PAIR_DATA, PAIR_PART};
}

static inline uint64_t pair_addr(const void *place)
{
	return PAIR_PHYS + (uint64_t)((const uint8_t *)place - (const uint8_t *)&pair->shm);
}

#endif
