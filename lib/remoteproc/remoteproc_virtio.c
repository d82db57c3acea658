// SPDX-License-Identifier: BSD-3-Clause
/* The virtio transport of remoteproc: an entry of a resource table, and notify ids. */
#include "remoteproc_internal.h"

#include "../virtio/hot_path.h"
#include "../virtio/ring.h"

#include <metal/alloc.h>
#include <metal/errno.h>
#include <metal/utilities.h>

#include <stddef.h>
#include <string.h>

static struct remoteproc_virtio *to_rpvdev(struct virtio_device *vdev)
{
	return metal_container_of(vdev, struct remoteproc_virtio, vdev);
}

/* ------------------------------------------------------------------ fields of the entry, which the other side can
 * write */

static uint32_t read32(struct remoteproc_virtio *rpvdev, size_t offset)
{
	uint32_t *word = (uint32_t *)(void *)((char *)rpvdev->vdev_rsc + offset);

	vq_buffer_invalidate(rpvdev->vdev_rsc_io, word, sizeof(*word));
	return AMP_SHARED_LOAD(word);
}

/*
 * The rest of a cache line goes to memory with what is written, so it must be as it is there. What the other side
 * writes between that and the flush is lost all the same: one side at a time may write to an entry.
 */
static void look_before_write(struct remoteproc_virtio *rpvdev, const void *place, unsigned int len)
{
	vq_buffer_invalidate(rpvdev->vdev_rsc_io, place, len);
}

static void write32(struct remoteproc_virtio *rpvdev, size_t offset, uint32_t value)
{
	uint32_t *word = (uint32_t *)(void *)((char *)rpvdev->vdev_rsc + offset);

	look_before_write(rpvdev, word, sizeof(*word));
	AMP_SHARED_STORE(word, value);
	vq_buffer_flush(rpvdev->vdev_rsc_io, word, sizeof(*word));
}

#define OFFERED  offsetof(struct fw_rsc_vdev, dfeatures)
#define ACCEPTED offsetof(struct fw_rsc_vdev, gfeatures)

static uint8_t *status_byte(struct remoteproc_virtio *rpvdev)
{
	return (uint8_t *)rpvdev->vdev_rsc + offsetof(struct fw_rsc_vdev, status);
}

/* What no bring-up of a driver writes: a request to reset, as 0 is. The answer is 0, when nothing is in use any more
 * (WIRE.md, section 10). */
#define STATUS_REQUEST 0x30u

static AMP_COLD uint8_t answer_request(struct remoteproc_virtio *rpvdev)
{
	struct virtio_device *vdev = &rpvdev->vdev;

	if (!vdev->up && !vdev->lost) {
		AMP_SHARED_STORE_RELEASE(status_byte(rpvdev), VIRTIO_CONFIG_STATUS_RESET);
		vq_buffer_flush(rpvdev->vdev_rsc_io, status_byte(rpvdev), 1);
		AMP_SHARED_FENCE();
		(void)rpvdev->notify(rpvdev->priv, vdev->vrings_info[0].notifyid);
	}
	return VIRTIO_CONFIG_STATUS_RESET;
}

static uint8_t get_status(struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);
	uint8_t status;

	vq_buffer_invalidate(rpvdev->vdev_rsc_io, status_byte(rpvdev), 1);
	/* Acquire: behind DRIVER_OK stand the rings and the features that the driver has set up before. */
	status = AMP_SHARED_LOAD_ACQUIRE(status_byte(rpvdev));
	return !role_is_driver(vdev) && status & STATUS_REQUEST ? answer_request(rpvdev) : status;
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);

	if (!role_is_driver(vdev))
		return;
	look_before_write(rpvdev, status_byte(rpvdev), 1);
	/* Release: a device that sees DRIVER_OK sees the rings and the features, not what was there before. */
	AMP_SHARED_STORE_RELEASE(status_byte(rpvdev), status);
	vq_buffer_flush(rpvdev->vdev_rsc_io, status_byte(rpvdev), 1);
}

static void reset_device(struct virtio_device *vdev)
{
	set_status(vdev, VIRTIO_CONFIG_STATUS_RESET);
}

static uint32_t get_features(struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);
	uint32_t offered = read32(rpvdev, OFFERED);

	return role_is_driver(vdev) ? offered : offered & read32(rpvdev, ACCEPTED);
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	write32(to_rpvdev(vdev), role_is_driver(vdev) ? ACCEPTED : OFFERED, features);
}

static uint32_t negotiate_features(struct virtio_device *vdev, uint32_t features)
{
	features &= read32(to_rpvdev(vdev), OFFERED);
	if (role_is_driver(vdev))
		set_features(vdev, features);
	vdev->features = features;
	return features;
}

/* The configuration space behind the vrings, if the access is inside it. */
static void *config_space(struct virtio_device *vdev, uint32_t offset, int length)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vdev);
	size_t start = sizeof(struct fw_rsc_vdev) + vdev->vrings_num * sizeof(struct fw_rsc_vdev_vring);

	if (length < 0 || offset > rpvdev->config_len || (uint32_t)length > rpvdev->config_len - offset)
		return NULL;
	return (char *)rpvdev->vdev_rsc + start + offset;
}

static void read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int length)
{
	void *src = config_space(vdev, offset, length);

	if (!src)
		return;
	vq_buffer_invalidate(to_rpvdev(vdev)->vdev_rsc_io, src, (unsigned int)length);
	AMP_SHARED_COPY_OUT(dst, src, (size_t)length);
}

static void write_config(struct virtio_device *vdev, uint32_t offset, void *src, int length)
{
	void *dst = config_space(vdev, offset, length);

	if (!dst)
		return;
	look_before_write(to_rpvdev(vdev), dst, (unsigned int)length);
	AMP_SHARED_COPY_IN(dst, src, (size_t)length);
	vq_buffer_flush(to_rpvdev(vdev)->vdev_rsc_io, dst, (unsigned int)length);
}

static void notify(struct virtqueue *vq)
{
	struct remoteproc_virtio *rpvdev = to_rpvdev(vq->vq_dev);

	(void)rpvdev->notify(rpvdev->priv, vq->vq_dev->vrings_info[vq->vq_queue_index].notifyid);
}

static const struct virtio_dispatch rproc_virtio_dispatch = {
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.negotiate_features = negotiate_features,
	.read_config = read_config,
	.write_config = write_config,
	.reset_device = reset_device,
	.notify = notify,
};

/* ------------------------------------------------------------------ life */

static bool ring_size_ok(uint32_t num)
{
	return num && num <= VIRTQUEUE_MAX_DESC && !(num & (num - 1));
}

/* An entry, with as many vrings as there can be. */
struct whole_entry {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[RPROC_MAX_VRINGS];
};

/* Copy bytes of an entry, if they are inside its region. */
static bool read_entry(void *copy, void *rsc, struct metal_io_region *rsc_io, size_t size)
{
	if (rsc_io && !amp_io_holds(rsc_io, rsc, size))
		return false;
	vq_buffer_invalidate(rsc_io, rsc, (unsigned int)size);
	AMP_SHARED_COPY_OUT(copy, rsc, size);
	return true;
}

/* Copy and check an entry. */
static bool read_whole_entry(struct whole_entry *entry, void *rsc, struct metal_io_region *rsc_io)
{
	struct fw_rsc_vdev *vdev = &entry->vdev;
	size_t vrings;

	if ((uintptr_t)rsc & 3 || !read_entry(vdev, rsc, rsc_io, sizeof(*vdev)) || vdev->type != RSC_VDEV ||
	    vdev->num_of_vrings == 0 || vdev->num_of_vrings > RPROC_MAX_VRINGS)
		return false;
	vrings = vdev->num_of_vrings * sizeof(entry->vring[0]);
	if (!read_entry(entry->vring, (char *)rsc + sizeof(*vdev), rsc_io, vrings) ||
	    (rsc_io && (vdev->config_len > SIZE_MAX - sizeof(*vdev) - vrings ||
	                !amp_io_holds(rsc_io, rsc, sizeof(*vdev) + vrings + vdev->config_len))))
		return false;
	for (unsigned int i = 0; i < vdev->num_of_vrings; i++) {
		if (entry->vring[i].num && !ring_size_ok(entry->vring[i].num))
			return false;
	}
	return true;
}

struct remoteproc_virtio *amp_rpvdev_create(unsigned int role, const struct fw_rsc_vdev *entry, void *rsc,
                                            struct metal_io_region *rsc_io)
{
	unsigned int size = sizeof(struct remoteproc_virtio) + entry->num_of_vrings * sizeof(struct virtio_vring_info);
	struct remoteproc_virtio *rpvdev;
	struct virtio_device *vdev;

	if (!(role == VIRTIO_DEV_DRIVER && AMP_WITH_VIRTIO_DRIVER) &&
	    !(role == VIRTIO_DEV_DEVICE && AMP_WITH_VIRTIO_DEVICE))
		return NULL;
	rpvdev = metal_allocate_memory(size);
	if (!rpvdev)
		return NULL;
	memset(rpvdev, 0, size);
	rpvdev->vdev_rsc = rsc;
	rpvdev->vdev_rsc_io = rsc_io;
	rpvdev->config_len = entry->config_len;
	vdev = &rpvdev->vdev;
	vdev->id.device = entry->id;
	vdev->role = role;
	vdev->func = &rproc_virtio_dispatch;
	vdev->vrings_num = entry->num_of_vrings;
	vdev->vrings_info = (struct virtio_vring_info *)(void *)(rpvdev + 1);
	if (!role_is_driver(vdev)) {
		vdev->status_shm = status_byte(rpvdev);
		vdev->status_io = rsc_io;
	}
	return rpvdev;
}

struct virtio_device *rproc_virtio_create_vdev(unsigned int role, unsigned int notifyid, void *rsc,
                                               struct metal_io_region *rsc_io, void *priv,
                                               rpvdev_notify_func notify_func, virtio_dev_reset_cb rst_cb)
{
	struct remoteproc_virtio *rpvdev;
	struct virtio_device *vdev;
	struct whole_entry entry;

	if (!rsc || !notify_func || !read_whole_entry(&entry, rsc, rsc_io))
		return NULL;
	rpvdev = amp_rpvdev_create(role, &entry.vdev, rsc, rsc_io);
	if (!rpvdev)
		return NULL;
	rpvdev->priv = priv;
	rpvdev->notify = notify_func;
	vdev = &rpvdev->vdev;
	vdev->notifyid = notifyid;
	vdev->reset_cb = rst_cb;
	for (unsigned int i = 0; i < vdev->vrings_num; i++) {
		if (!amp_rpvdev_add_queue(vdev, &vdev->vrings_info[i], &entry.vring[i])) {
			rproc_virtio_remove_vdev(vdev);
			return NULL;
		}
	}
	return vdev;
}

void rproc_virtio_remove_vdev(struct virtio_device *vdev)
{
	if (!vdev || amp_virtio_in_use(vdev))
		return;
	reset_device(vdev);
	for (unsigned int i = 0; i < vdev->vrings_num; i++)
		virtqueue_free(vdev->vrings_info[i].vq);
	metal_free_memory(to_rpvdev(vdev));
}

/* The driver's queue has room for as many descriptors as the table said when it was created, or as it was used with. */
static int make_room(struct virtio_device *vdev, struct virtio_vring_info *vring, unsigned int num_descs)
{
	struct virtqueue *vq = vring->vq;

	if (!role_is_driver(vdev) || num_descs <= (vq->vq_nentries ? vq->vq_nentries : vq->vq_free_cnt))
		return 0;
	if (vq->vq_inuse)
		return -RPROC_EINVAL;
	vring->vq = virtqueue_allocate(num_descs);
	if (!vring->vq) {
		vring->vq = vq;
		return -RPROC_ENOMEM;
	}
	virtqueue_free(vq);
	return 0;
}

int rproc_virtio_init_vring(struct virtio_device *vdev, unsigned int index, unsigned int notifyid, void *va,
                            struct metal_io_region *io, unsigned int num_descs, unsigned int align)
{
	struct virtio_vring_info *vring;
	size_t size;
	int status;

	if (!vdev || index >= vdev->vrings_num || !va || !ring_size_ok(num_descs) || align < 4 ||
	    (align & (align - 1)) || ((uintptr_t)va & (metal_max(align, 8u) - 1)))
		return -RPROC_EINVAL;
	/* A region that holds the table and is too small for a ring says nothing of where rings may lie. */
	size = (size_t)vring_size(num_descs, align);
	if (io && (io != to_rpvdev(vdev)->vdev_rsc_io || size <= io->size) && !amp_io_holds(io, va, size))
		return -RPROC_EINVAL;
	vring = &vdev->vrings_info[index];
	status = make_room(vdev, vring, num_descs);
	if (status)
		return status;
	vring->io = io;
	vring->notifyid = notifyid;
	vring->info.vaddr = va;
	vring->info.num_descs = (uint16_t)num_descs;
	vring->info.align = align;
	return 0;
}

/* ------------------------------------------------------------------ kicks */

int rproc_virtio_notified(struct virtio_device *vdev, uint32_t notifyid)
{
	struct virtio_vring_info *vring;

	if (!vdev)
		return -RPROC_EINVAL;
	if (!role_is_driver(vdev) && !(get_status(vdev) & VIRTIO_CONFIG_STATUS_DRIVER_OK)) {
		virtio_device_lost(vdev);
		return 0;
	}
	for (unsigned int i = 0; i < vdev->vrings_num; i++) {
		vring = &vdev->vrings_info[i];
		if (vring->notifyid == notifyid || notifyid == RSC_NOTIFY_ID_ANY)
			virtqueue_notification(vring->vq);
	}
	return 0;
}

void rproc_virtio_wait_remote_ready(struct virtio_device *vdev)
{
	if (!vdev || role_is_driver(vdev))
		return;
	while (amp_virtio_wait_driver_ok(vdev) == -ETIMEDOUT)
		;
}
