// SPDX-License-Identifier: BSD-3-Clause
/* The virtio device model: calls of a transport, checked. */
#include "packed_ring.h"

#include <metal/cpu.h>
#include <metal/time.h>

#include <limits.h>

/* The arguments make sense, and the transport has the operation; else the caller ends with an error. */
#define NEED(vdev, arguments_ok, table, op)               \
	do {                                              \
		if (!(vdev) || !(arguments_ok))           \
			return -EINVAL;                   \
		if (!(vdev)->table || !(vdev)->table->op) \
			return -ENXIO;                    \
	} while (0)

int virtio_get_status(struct virtio_device *vdev, uint8_t *status)
{
	NEED(vdev, status, func, get_status);
	*status = vdev->func->get_status(vdev);
	return 0;
}

int virtio_set_status(struct virtio_device *vdev, uint8_t status)
{
	NEED(vdev, true, func, set_status);
	vdev->func->set_status(vdev, status);
	return 0;
}

int virtio_get_features(struct virtio_device *vdev, uint32_t *features)
{
	NEED(vdev, features, func, get_features);
	*features = vdev->func->get_features(vdev);
	return 0;
}

int virtio_set_features(struct virtio_device *vdev, uint32_t features)
{
	NEED(vdev, true, func, set_features);
	vdev->func->set_features(vdev, features);
	return 0;
}

int virtio_negotiate_features(struct virtio_device *vdev, uint32_t features, uint32_t *final_features)
{
	NEED(vdev, true, func, negotiate_features);
	features = vdev->func->negotiate_features(vdev, features);
	if (final_features)
		*final_features = features;
	return 0;
}

int amp_virtio_negotiate_features(struct virtio_device *vdev, uint64_t features, uint64_t *final_features)
{
	NEED(vdev, true, func, negotiate_features);
	if (vdev->func->negotiate_all)
		features = vdev->func->negotiate_all(vdev, features);
	else
		features = vdev->func->negotiate_features(vdev, (uint32_t)features);
	if (final_features)
		*final_features = features;
	return 0;
}

bool virtio_has_feature(struct virtio_device *vdev, unsigned int feature_bit)
{
	uint32_t features;

	if (feature_bit >= 32)
		return feature_bit < 64 && vdev && vdev->features >> feature_bit & 1;
	return virtio_get_features(vdev, &features) == 0 && ((features >> feature_bit) & 1);
}

uint32_t virtio_get_devid(const struct virtio_device *vdev)
{
	return vdev ? vdev->id.device : 0;
}

int virtio_read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int len)
{
	NEED(vdev, dst && len >= 0, func, read_config);
	vdev->func->read_config(vdev, offset, dst, len);
	return 0;
}

int virtio_write_config(struct virtio_device *vdev, uint32_t offset, void *src, int len)
{
	NEED(vdev, src && len >= 0, func, write_config);
	vdev->func->write_config(vdev, offset, src, len);
	return 0;
}

int virtio_reset_device(struct virtio_device *vdev)
{
	NEED(vdev, true, func, reset_device);
	vdev->func->reset_device(vdev);
	return 0;
}

int amp_virtio_create_queue(struct virtio_device *vdev, unsigned int id)
{
	struct virtio_vring_info *vring = vdev->vrings_info;
	struct virtqueue *vq;

	if (id >= vdev->vrings_num || !vring || !vring[id].vq)
		return VQ_START(ERROR_VQUEUE_INVLD_PARAM);
	vq = vring[id].vq;
	vq->vq_name = NULL;
	vq->callback = NULL;
	vq->notify = vdev->func->notify;
	return amp_virtio_is_packed(vdev) ? amp_packed_start(vq, vdev, id, &vring[id].info)
	                                  : amp_vq_start(vq, vdev, id, &vring[id].info);
}

int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                             vq_callback callbacks[], void *callback_args[])
{
	struct virtqueue *vq;
	int status = 0;

	if (!vdev || !vdev->func || !callbacks)
		return -EINVAL;
	if (AMP_WITH_TRANSPORT_HOOKS && vdev->func->create_virtqueues) {
		status = vdev->func->create_virtqueues(vdev, flags, nvqs, names, callbacks, callback_args);
		vdev->up = status == 0;
		return status;
	}
	if (nvqs > vdev->vrings_num)
		return ERROR_VQUEUE_INVLD_PARAM;
	amp_virtio_limit_let_go(vdev, true);
	for (unsigned int i = 0; i < nvqs; i++) {
		status = amp_virtio_create_queue(vdev, i);
		if (status)
			break;
		vq = vdev->vrings_info[i].vq;
		vq->callback = callbacks[i];
		if (names)
			vq->vq_name = names[i];
		if (callback_args)
			vq->priv = callback_args[i];
	}
	amp_virtio_limit_let_go(vdev, false);
	vdev->up = status == 0;
	return VQ_START_ERROR(status);
}

void virtio_delete_virtqueues(struct virtio_device *vdev)
{
	struct virtio_vring_info *vring, *end;
	struct virtqueue *vq;

	if (!vdev)
		return;
	vdev->up = false;
	if (AMP_WITH_TRANSPORT_HOOKS && vdev->func && vdev->func->delete_virtqueues) {
		vdev->func->delete_virtqueues(vdev);
		return;
	}
	vring = vdev->vrings_info;
	end = vring + vdev->vrings_num;
	for (; vring < end; vring++) {
		vq = vring->vq;
		if (vq) {
			if (vq->vq_inuse && amp_virtio_is_packed(vdev))
				amp_packed_stop(vq, AMP_LINK_PEER_RESET);
			else if (vq->vq_inuse)
				amp_vq_stop(vq, AMP_LINK_PEER_RESET);
			/* A kick that comes late finds nobody. */
			vq->callback = NULL;
			vq->notify = NULL;
			vq->vq_inuse = false;
		}
	}
}

int virtio_alloc_buf(struct virtio_device *vdev, void **buf, size_t size, size_t align)
{
	NEED(vdev, buf, mmops, alloc);
	*buf = vdev->mmops->alloc(vdev, size, align);
	return *buf ? 0 : -ENOMEM;
}

int virtio_free_buf(struct virtio_device *vdev, void *buf)
{
	NEED(vdev, buf, mmops, free);
	vdev->mmops->free(vdev, buf);
	return 0;
}

static void release_mark(const struct virtio_vring_info *info, uint16_t *mark)
{
	vq_buffer_invalidate(info->io, mark, sizeof(*mark));
	if (AMP_SHARED_LOAD(mark) != VQ_IN_USE)
		return; /* not in use, or by a device that has no marks */
	AMP_SHARED_STORE(mark, VQ_LET_GO);
	vq_buffer_flush(info->io, mark, sizeof(*mark));
}

void amp_virtio_peer_off(struct virtio_device *vdev)
{
	struct virtio_vring_info *info = vdev->vrings_info;
	struct vring ring;

	for (; role_is_driver(vdev) && info < vdev->vrings_info + vdev->vrings_num; info++) {
		if (!info->info.vaddr)
			continue;
		vring_init(&ring, info->info.num_descs, info->info.vaddr, info->info.align);
		release_mark(info, vring_mark(&ring));
		if (AMP_WITH_PACKED_RINGS) /* nobody may have said yet which kind it is */
			release_mark(info, pq_mark(&ring));
	}
}

__attribute__((__noinline__)) bool amp_virtio_driver_ok(struct virtio_device *vdev)
{
	return !vdev->func || !vdev->func->get_status ||
	       (vdev->func->get_status(vdev) & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

static unsigned long long deadline_of(const struct virtio_device *vdev)
{
	uint32_t ms = vdev->ready_timeout_ms ? vdev->ready_timeout_ms : AMP_VIRTIO_READY_TIMEOUT_MS;

	return ms == AMP_VIRTIO_READY_NO_TIMEOUT ? ULLONG_MAX : metal_get_timestamp() + ms * 1000000ULL;
}

int amp_virtio_wait_driver_ok(struct virtio_device *vdev)
{
	unsigned long long deadline = deadline_of(vdev);
	int error = 0;

	while (!error && !amp_virtio_driver_ok(vdev)) {
		if (metal_get_timestamp() >= deadline)
			return -ETIMEDOUT;
		if (vdev->wait)
			error = vdev->wait(vdev, deadline);
		else
			metal_cpu_yield();
	}
	return error;
}

void virtio_device_lost(struct virtio_device *vdev)
{
	if (!vdev->up)
		return;
	vdev->up = false;
	vdev->telling = true;
	if (vdev->lost)
		vdev->lost(vdev);
	if (vdev->reset_cb)
		vdev->reset_cb(vdev);
	vdev->telling = false;
}
