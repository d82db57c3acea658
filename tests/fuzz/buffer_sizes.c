// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes of buffers, and where they are to lie, as a device offers them, while the peer rewrites table and configuration
 * space. Input: how (1), feature bits (1), length of the configuration space (1), peer's move, the configuration space.
 */
#include "allocations.h"
#include "peer.h"
#include "target.h"

#include <amprelay/buffer_sizes.h>
#include <openamp/remoteproc_virtio.h>

#include <string.h>

#define NUM_DESCS 4u

struct entry {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	uint8_t space[255];
};

static int ring(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

static struct virtio_device *make_device(struct target *target, struct fuzz_input *in, uint8_t features, uint8_t len)
{
	struct entry *entry = (void *)target->memory;
	struct virtio_device *vdev;

	memset(entry, 0, sizeof(*entry));
	entry->vdev.type = RSC_VDEV;
	entry->vdev.id = VIRTIO_ID_RPMSG;
	entry->vdev.dfeatures = features;
	entry->vdev.config_len = len;
	entry->vdev.num_of_vrings = 2;
	fuzz_bytes(in, entry->space, len);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 0, entry, &target->io, NULL, ring, NULL);
	for (unsigned int i = 0; vdev && i < 2 && i < vdev->vrings_num; i++)
		fuzz_check(!rproc_virtio_init_vring(vdev, i, i, target->memory + 0x400 + i * 0x400, &target->io,
		                                    NUM_DESCS, 64));
	return vdev;
}

static bool size_ok(uint32_t size)
{
	return size >= 64 && size <= 65536 && size % 4 == 0;
}

static void check_area(struct target *target, const struct rpmsg_virtio_shm_pool *area, uint32_t buffer_size)
{
	size_t at = (size_t)((uint8_t *)area->base - target->memory);

	fuzz_check(area->size == NUM_DESCS * (size_t)buffer_size && area->avail == area->size);
	fuzz_check(at % 4 == 0 && at < TARGET_SIZE && area->size <= TARGET_SIZE - at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rpmsg_virtio_config before = {128, 256, false};
	static const struct rpmsg_virtio_shm_pool no_areas[2];
	static struct rpmsg_virtio_device link;
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in), features = fuzz_u8(&in), len = fuzz_u8(&in);
	struct rpmsg_virtio_shm_pool areas[2] = {{NULL, 0, 0}, {NULL, 0, 0}}, pool;
	struct rpmsg_virtio_config config = before;
	struct virtio_device *vdev;
	struct target target;
	const char *wrong;

	target_up(&target);
	if (how & 1) {
		fuzz_peer_begin(target.memory, TARGET_SIZE);
		fuzz_peer_arm(&in);
	}
	vdev = make_device(&target, &in, features, len);
	fuzz_check(vdev || how & 1);
	if (!vdev) { /* its entry was no device's any more when it was read */
		fuzz_peer_end();
		target_check(&target);
		target_down(&target);
		return 0;
	}
	wrong = amp_rpmsg_negotiate_buffers(vdev, &config, how & 2 ? areas : NULL, how & 2 ? &target.io : NULL);
	if (wrong) {
		fuzz_check(*wrong && !vdev->rpmsg_accepts);
	} else if (vdev->rpmsg_accepts) {
		fuzz_check(size_ok(config.h2r_buf_size) && size_ok(config.r2h_buf_size));
		/* one dialect, or the other */
		fuzz_check(vdev->rpmsg_accepts == 2 || vdev->rpmsg_accepts == 4 ||
		           (vdev->rpmsg_accepts == 20 && how & 2));
		fuzz_check(config.split_shpool == (vdev->rpmsg_accepts == 20));
	}
	if (!vdev->rpmsg_accepts)
		fuzz_check(config.h2r_buf_size == before.h2r_buf_size && config.r2h_buf_size == before.r2h_buf_size &&
		           !config.split_shpool);
	if (config.split_shpool) {
		check_area(&target, &areas[0], config.h2r_buf_size);
		check_area(&target, &areas[1], config.r2h_buf_size);
		fuzz_check((char *)areas[0].base + areas[0].size <= (char *)areas[1].base ||
		           (char *)areas[1].base + areas[1].size <= (char *)areas[0].base);
	} else {
		fuzz_check(memcmp(areas, no_areas, sizeof(areas)) == 0);
	}
	/* The link comes up with that, or says why not. */
	rpmsg_virtio_init_shm_pool(&pool, target.memory + 0x1000, 0x3000);
	(void)rpmsg_init_vdev_with_config(&link, vdev, NULL, &target.io, config.split_shpool ? areas : &pool, &config);
	target_check(&target);
	rpmsg_deinit_vdev(&link);
	rproc_virtio_remove_vdev(vdev);
	fuzz_peer_end();
	target_down(&target);
	return 0;
}
