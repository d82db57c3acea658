// SPDX-License-Identifier: BSD-3-Clause
/* Virtio over memory-mapped registers: queues, and telling the device where their rings are. */
#include "mmio_internal.h"

#include <metal/alloc.h>
#include <metal/errno.h>
#include <metal/log.h>

#include <string.h>

#define PAGE_SIZE VIRTIO_MMIO_VRING_ALIGNMENT

static struct amp_mmio_queue *find_queue(struct virtio_mmio_device *vmdev, unsigned int idx)
{
	struct amp_mmio_queue *queue = vmdev->queues;

	while (queue && queue->idx != idx)
		queue = queue->next;
	return queue;
}

/* The record of a queue, a new one if need be; NULL: no memory. */
static struct amp_mmio_queue *get_queue(struct virtio_mmio_device *vmdev, unsigned int idx)
{
	struct amp_mmio_queue *queue = find_queue(vmdev, idx);

	if (!queue) {
		queue = metal_allocate_memory(sizeof(*queue));
		if (!queue)
			return NULL;
		memset(queue, 0, sizeof(*queue));
		queue->idx = idx;
		queue->next = vmdev->queues;
		vmdev->queues = queue;
	}
	return queue;
}

static void run_cb(struct virtqueue *vq)
{
	struct amp_mmio_queue *queue = find_queue(to_vmdev(vq->vq_dev), vq->vq_queue_index);

	if (queue && queue->cb)
		queue->cb(queue->cb_arg);
}

void amp_mmio_notify(struct virtqueue *vq)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vq->vq_dev);

	if (!vmdev->failed)
		mmio_write(vmdev, VIRTIO_MMIO_QUEUE_NOTIFY, vq->vq_queue_index);
}

/* ------------------------------------------------------------------ rings */

static void free_ring(struct virtio_mmio_device *vmdev, struct amp_mmio_queue *queue)
{
	if (queue->own_ring)
		(void)virtio_free_buf(&vmdev->vdev, queue->ring.vaddr);
	queue->own_ring = false;
	queue->ring.vaddr = NULL;
	queue->ring_size = 0;
}

/*
 * Remember what the application says about its queue, since virtqueue_create() clears it. A queue that was created
 * before says nothing: what is known of it holds, or, if it was another one of this device then, its size.
 */
static void use_vq(struct virtio_mmio_device *vmdev, struct amp_mmio_queue *queue, struct virtqueue *vq)
{
	bool created = vq->vq_dev == &vmdev->vdev;

	if (created && queue->vq == vq)
		return;
	free_ring(vmdev, queue);
	queue->vq = vq;
	queue->room = vq->vq_nentries ? vq->vq_nentries : vq->vq_free_cnt;
	if (!created && vq->vq_nentries && vq->vq_free_cnt == vq->vq_nentries && vq->vq_ring.desc) {
		queue->ring.vaddr = vq->vq_ring.desc;
		queue->ring_size = (size_t)vring_size(vq->vq_nentries, PAGE_SIZE);
	}
}

/* Memory for @p num descriptors; its physical address, or METAL_BAD_PHYS. */
static metal_phys_addr_t place_ring(struct virtio_mmio_device *vmdev, struct amp_mmio_queue *queue, uint16_t num)
{
	size_t size = (size_t)vring_size(num, PAGE_SIZE);
	metal_phys_addr_t phys;
	unsigned long offset;

	if (queue->ring_size < size) {
		free_ring(vmdev, queue);
		if (virtio_alloc_buf(&vmdev->vdev, &queue->ring.vaddr, size, PAGE_SIZE))
			return METAL_BAD_PHYS;
		queue->own_ring = true;
		queue->ring_size = size;
	}
	queue->ring.num_descs = num;
	queue->ring.align = PAGE_SIZE;
	offset = metal_io_virt_to_offset(&vmdev->shm_io, queue->ring.vaddr);
	phys = metal_io_phys(&vmdev->shm_io, offset);
	return phys % PAGE_SIZE == 0 && amp_io_in_one_piece(&vmdev->shm_io, offset, phys, size) ? phys : METAL_BAD_PHYS;
}

/* ------------------------------------------------------------------ registers; the queue is selected */

static bool device_uses_queue(struct virtio_mmio_device *vmdev)
{
	return mmio_read(vmdev, vmdev->version == MMIO_LEGACY ? VIRTIO_MMIO_QUEUE_PFN : VIRTIO_MMIO_QUEUE_READY) != 0;
}

static void write_address(struct virtio_mmio_device *vmdev, unsigned long low_reg, uint64_t address)
{
	mmio_write(vmdev, low_reg, (uint32_t)address);
	mmio_write(vmdev, low_reg + 4, (uint32_t)(address >> 32));
}

/* Whether the device took it. */
static bool hand_over(struct virtio_mmio_device *vmdev, const struct vring *ring, uint64_t phys)
{
	const uint8_t *start = (const uint8_t *)ring->desc;

	mmio_write(vmdev, VIRTIO_MMIO_QUEUE_NUM, ring->num);
	if (vmdev->version == MMIO_LEGACY) {
		if (phys / PAGE_SIZE > UINT32_MAX)
			return false;
		mmio_write(vmdev, VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE_SIZE);
		mmio_write(vmdev, VIRTIO_MMIO_QUEUE_ALIGN, PAGE_SIZE);
		mmio_write(vmdev, VIRTIO_MMIO_QUEUE_PFN, (uint32_t)(phys / PAGE_SIZE));
		return mmio_read(vmdev, VIRTIO_MMIO_QUEUE_PFN) == phys / PAGE_SIZE;
	}
	write_address(vmdev, VIRTIO_MMIO_QUEUE_DESC_LOW, phys);
	write_address(vmdev, VIRTIO_MMIO_QUEUE_AVAIL_LOW, phys + (uint64_t)((const uint8_t *)ring->avail - start));
	write_address(vmdev, VIRTIO_MMIO_QUEUE_USED_LOW, phys + (uint64_t)((const uint8_t *)ring->used - start));
	mmio_write(vmdev, VIRTIO_MMIO_QUEUE_READY, 1);
	return mmio_read(vmdev, VIRTIO_MMIO_QUEUE_READY) == 1;
}

/* Descriptors: what both sides have room for, a power of two; 0: there is no such queue. */
static uint16_t choose_num(struct virtio_mmio_device *vmdev, const struct amp_mmio_queue *queue)
{
	uint32_t max = mmio_read(vmdev, VIRTIO_MMIO_QUEUE_NUM_MAX);

	if (max > VIRTQUEUE_MAX_DESC) {
		amp_mmio_fail(vmdev, "a queue of it is larger than queues can be:", max);
		return 0;
	}
	max = metal_min(max, (uint32_t)queue->room);
	return max ? (uint16_t)(1u << metal_log2(max)) : 0;
}

/* ------------------------------------------------------------------ start and stop */

/* Start a queue that was just looked up (NULL: no memory for that). @return NULL, or why it did not work */
static const char *start_queue(struct virtio_mmio_device *vmdev, struct amp_mmio_queue *queue, struct virtqueue *vq,
                               const char *name, vq_callback callback, void *priv)
{
	metal_phys_addr_t phys;
	uint16_t num;

	if (!queue)
		return "no memory";
	if (queue->started)
		return "it is in use already";
	use_vq(vmdev, queue, vq);
	if (vmdev->failed)
		return "the device is out of use";
	if (queue->room == 0)
		return "its structure has no room for descriptors";
	mmio_write(vmdev, VIRTIO_MMIO_QUEUE_SEL, queue->idx);
	if (device_uses_queue(vmdev))
		return "the device uses it already";
	num = choose_num(vmdev, queue);
	if (num == 0)
		return "the device has no such queue";
	phys = place_ring(vmdev, queue, num);
	if (phys == METAL_BAD_PHYS)
		return "there is no ring memory, or it is misaligned, or outside the shared memory";
	if (virtqueue_create(&vmdev->vdev, (unsigned short)queue->idx, name, &queue->ring, callback, amp_mmio_notify,
	                     vq))
		return "its ring is misaligned";
	vq->priv = priv;
	virtqueue_set_shmem_io(vq, &vmdev->shm_io);
	if (!hand_over(vmdev, &vq->vq_ring, phys))
		return "the device did not take the ring";
	queue->started = true;
	if (queue->idx < vmdev->vdev.vrings_num)
		vmdev->vdev.vrings_info[queue->idx].info = queue->ring;
	return NULL;
}

/* The queue, started; or NULL, and it was logged. */
static struct amp_mmio_queue *try_start(struct virtio_mmio_device *vmdev, unsigned int idx, struct virtqueue *vq,
                                        const char *name, vq_callback callback, void *priv)
{
	struct amp_mmio_queue *queue = get_queue(vmdev, idx);
	const char *wrong = start_queue(vmdev, queue, vq, name, callback, priv);

	if (wrong)
		metal_log(METAL_LOG_ERROR, "virtio-mmio: device %lu, queue %u (%s) was not started: %s\n",
		          (unsigned long)vmdev->vdev.id.device, idx, name ? name : "no name", wrong);
	return wrong ? NULL : queue;
}

static void forget(struct amp_mmio_queue *queue)
{
	if (!queue->started)
		return;
	queue->started = false;
	/* An interrupt that comes late finds nobody, and a kick rings nowhere. */
	queue->vq->callback = NULL;
	queue->vq->notify = NULL;
	queue->vq->vq_inuse = false;
}

static void stop_queue(struct virtio_mmio_device *vmdev, struct amp_mmio_queue *queue)
{
	if (queue->started && !vmdev->failed) {
		mmio_write(vmdev, VIRTIO_MMIO_QUEUE_SEL, queue->idx);
		mmio_write(vmdev, vmdev->version == MMIO_LEGACY ? VIRTIO_MMIO_QUEUE_PFN : VIRTIO_MMIO_QUEUE_READY, 0);
		/* The read comes back when the device has seen the write. */
		if (device_uses_queue(vmdev))
			amp_mmio_fail(vmdev, "it goes on with a queue that was stopped:", queue->idx);
	}
	forget(queue);
}

void amp_mmio_forget_rings(struct virtio_mmio_device *vmdev)
{
	for (struct amp_mmio_queue *queue = vmdev->queues; queue; queue = queue->next)
		forget(queue);
}

/* ------------------------------------------------------------------ interface */

struct virtqueue *virtio_mmio_setup_virtqueue(struct virtio_device *vdev, unsigned int idx, struct virtqueue *vq,
                                              void (*cb)(void *), void *cb_arg, const char *vq_name)
{
	struct amp_mmio_queue *queue;

	if (!vdev || !vq || idx > UINT16_MAX)
		return NULL;
	queue = try_start(to_vmdev(vdev), idx, vq, vq_name, run_cb, cb_arg);
	if (!queue)
		return NULL;
	queue->cb = cb;
	queue->cb_arg = cb_arg;
	return vq;
}

void virtio_mmio_register_device(struct virtio_device *vdev, int vq_num, struct virtqueue **vqs)
{
	struct virtio_mmio_device *vmdev;
	struct virtio_vring_info *infos;
	struct amp_mmio_queue *queue;
	unsigned int size;

	if (!vdev || !vqs || vq_num <= 0 || vq_num > 32768)
		return;
	vmdev = to_vmdev(vdev);
	size = (unsigned int)vq_num * (unsigned int)sizeof(*infos);
	infos = metal_allocate_memory(size);
	if (!infos) {
		metal_log(METAL_LOG_ERROR, "virtio-mmio: no memory to register %d queues\n", vq_num);
		return;
	}
	memset(infos, 0, size);
	for (int i = 0; i < vq_num; i++) {
		infos[i].vq = vqs[i];
		infos[i].notifyid = (uint32_t)i;
		infos[i].io = &vmdev->shm_io;
		queue = find_queue(vmdev, (unsigned int)i);
		if (queue && queue->vq == vqs[i])
			infos[i].info = queue->ring;
	}
	metal_free_memory(vdev->vrings_info);
	vdev->vrings_info = infos;
	vdev->vrings_num = (unsigned int)vq_num;
}

int amp_mmio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[],
                               vq_callback callbacks[], void *callback_args[])
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	struct virtqueue *vq;
	unsigned int started;

	(void)flags;
	if (nvqs > vdev->vrings_num)
		return ERROR_VQUEUE_INVLD_PARAM;
	for (started = 0; started < nvqs; started++) {
		vq = vdev->vrings_info[started].vq;
		if (!vq || !try_start(vmdev, started, vq, names ? names[started] : NULL, callbacks[started],
		                      callback_args ? callback_args[started] : NULL))
			break;
	}
	if (started == nvqs)
		return 0;
	while (started-- > 0)
		stop_queue(vmdev, find_queue(vmdev, started));
	return ERROR_VQUEUE_INVLD_PARAM;
}

void amp_mmio_delete_virtqueues(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);

	for (struct amp_mmio_queue *queue = vmdev->queues; queue; queue = queue->next)
		stop_queue(vmdev, queue);
}

void amp_mmio_free_queues(struct virtio_mmio_device *vmdev)
{
	struct amp_mmio_queue *queue;

	while ((queue = vmdev->queues) != NULL) {
		vmdev->queues = queue->next;
		free_ring(vmdev, queue);
		metal_free_memory(queue);
	}
	metal_free_memory(vmdev->vdev.vrings_info);
	vmdev->vdev.vrings_info = NULL;
	vmdev->vdev.vrings_num = 0;
}
