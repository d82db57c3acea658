// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

#include <metal/log.h>

#include <stdlib.h>
#include <string.h>

struct virtio_mmio_device vmdev;
struct virtqueue *vqs[FAKE_QUEUES];
unsigned int called, resets, logged;
void *called_with;

void on_queue(void *arg)
{
	called++;
	called_with = arg;
}

void on_vq(struct virtqueue *vq)
{
	called++;
	called_with = vq->priv;
}

static void on_reset(struct virtio_device *vdev)
{
	assert_ptr_equal(vdev, &vmdev.vdev);
	resets++;
}

static void count_log(enum metal_log_level level, const char *format, ...)
{
	(void)format;
	logged += level <= METAL_LOG_ERROR;
}

int init(void)
{
	memset(&vmdev, 0, sizeof(vmdev));
	vmdev.device_mode = VIRTIO_DEV_DRIVER;
	vmdev.vdev.mmops = &fake_mmops;
	vmdev.vdev.reset_cb = on_reset;
	return amp_virtio_mmio_init_regions(&vmdev, &fake_registers, &fake_shm, &vmdev);
}

static int start(uint32_t version)
{
	metal_set_log_handler(count_log);
	called = 0;
	resets = 0;
	logged = 0;
	shm = aligned_alloc(4096, SHM_SIZE);
	assert_non_null(shm);
	memset(shm, 0xa5, SHM_SIZE);
	fake_reset(version);
	assert_int_equal(init(), 0);
	for (int i = 0; i < FAKE_QUEUES; i++)
		vqs[i] = virtqueue_allocate(8);
	return 0;
}

int start_legacy(void **state)
{
	(void)state;
	return start(1);
}

int start_modern(void **state)
{
	(void)state;
	return start(2);
}

int stop(void **state)
{
	(void)state;
	amp_virtio_mmio_release(&vmdev);
	amp_virtio_mmio_release(&vmdev);
	assert_int_equal(fake_allocated, fake_freed);
	for (int i = 0; i < FAKE_QUEUES; i++)
		virtqueue_free(vqs[i]);
	free(shm);
	return 0;
}

struct virtqueue *setup(unsigned int idx)
{
	return virtio_mmio_setup_virtqueue(&vmdev.vdev, idx, vqs[idx], on_queue, &vqs[idx], "queue");
}
