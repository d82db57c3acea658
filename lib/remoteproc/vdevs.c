/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file vdevs.c
 * @brief The virtio devices of a remote processor, its notify ids and notifications.
 */
#include "remoteproc_internal.h"

#include <openamp/remoteproc_virtio.h>
#include <openamp/rsc_table_parser.h>

#define NOTIFY_IDS ((unsigned int)METAL_BITS_PER_ULONG)

/* ------------------------------------------------------------------ notify ids */

unsigned int remoteproc_allocate_id(struct remoteproc *rproc, unsigned int start, unsigned int end)
{
	unsigned int id;

	if (!rproc)
		return RSC_NOTIFY_ID_ANY;
	if (end == 0 || end > NOTIFY_IDS)
		end = NOTIFY_IDS;
	id = metal_bitmap_next_clear_bit(&rproc->bitmap, start, end);
	if (id >= end)
		return RSC_NOTIFY_ID_ANY;
	metal_bitmap_set_bit(&rproc->bitmap, (int)id);
	return id;
}

void amp_rproc_reserve_id(struct remoteproc *rproc, uint32_t id)
{
	if (id < NOTIFY_IDS && metal_bitmap_is_bit_clear(&rproc->bitmap, (int)id)) {
		metal_bitmap_set_bit(&rproc->bitmap, (int)id);
		metal_bitmap_set_bit(&rproc->table_ids, (int)id);
	}
}

/* The id in the table at this offset. The driver chooses one that is open, and writes it there. False: none is free. */
static bool resolve_id(struct remoteproc *rproc, struct rsc_view *view, unsigned int role, size_t offset, uint32_t *id)
{
	if (*id != RSC_NOTIFY_ID_ANY || role != VIRTIO_DEV_DRIVER)
		return true;
	*id = remoteproc_allocate_id(rproc, 0, 0);
	if (*id == RSC_NOTIFY_ID_ANY)
		return false;
	metal_bitmap_set_bit(&rproc->table_ids, (int)*id); /* goes when the table goes */
	amp_rsc_put(view, offset, *id);
	return true;
}

static int ring(void *priv, uint32_t id)
{
	struct remoteproc *rproc = priv;

	return rproc->ops->notify ? rproc->ops->notify(rproc, id) : -RPROC_ENODEV;
}

static int wait(struct virtio_device *vdev, unsigned long long deadline)
{
	struct remoteproc *rproc = metal_container_of(vdev, struct remoteproc_virtio, vdev)->priv;

	return rproc->ops->wait(rproc, deadline);
}

/* ------------------------------------------------------------------ devices */

/* A vdev entry: where it is in the table, and the copy of it. */
struct entry {
	struct rsc_view *view;
	size_t offset;
	struct fw_rsc_vdev *copy;
};

static bool find_entry(struct remoteproc *rproc, struct rsc_view *view, struct entry *entry, unsigned int index)
{
	if (!rproc->rsc_table || amp_rsc_open(view, rproc->rsc_table, rproc->rsc_len, rproc->rsc_io))
		return false;
	entry->view = view;
	entry->offset = find_rsc(view->copy, RSC_VDEV, index);
	entry->copy = (struct fw_rsc_vdev *)(void *)((char *)view->copy + entry->offset);
	if (!entry->offset)
		amp_rsc_close(view);
	return entry->offset != 0;
}

static struct virtio_device *find_vdev(struct remoteproc *rproc, const void *rsc)
{
	struct remoteproc_virtio *rpvdev;
	struct metal_list *node;

	metal_list_for_each (&rproc->vdevs, node) {
		rpvdev = metal_container_of(node, struct remoteproc_virtio, node);
		if (rpvdev->vdev_rsc == rsc)
			return &rpvdev->vdev;
	}
	return NULL;
}

static bool has_open_address(const struct fw_rsc_vdev *vdev)
{
	unsigned int i;

	for (i = 0; i < vdev->num_of_vrings; i++) {
		if (vdev->vring[i].da == FW_RSC_U32_ADDR_ANY)
			return true;
	}
	return false;
}

/* Memory for a vring without a place: the memory with its name, or what the platform allocates. *da is set. */
static void *allocate_vring(struct remoteproc *rproc, int vdev_id, unsigned int index, size_t size,
                            metal_phys_addr_t *da, struct metal_io_region **io)
{
	metal_phys_addr_t pa = METAL_BAD_PHYS;
	char name[] = "vdev0vring0";
	struct remoteproc_mem *mem = NULL;

	name[4] = (char)('0' + vdev_id);
	name[10] = (char)('0' + index);
	if (vdev_id < 10)
		mem = amp_rproc_find_name(rproc, name);
	if (mem) {
		*da = mem->da;
		pa = mem->pa;
	}
	return remoteproc_mmap(rproc, &pa, da, size, 0, io);
}

static bool init_vring(struct remoteproc *rproc, struct virtio_device *vdev, int vdev_id, unsigned int index,
                       const struct entry *entry)
{
	size_t offset = entry->offset + offsetof(struct fw_rsc_vdev, vring) + index * sizeof(struct fw_rsc_vdev_vring);
	struct fw_rsc_vdev_vring *vring = &entry->copy->vring[index];
	size_t size = (size_t)vring_size(vring->num, vring->align);
	metal_phys_addr_t da = vring->da;
	uint32_t id = vring->notifyid;
	struct metal_io_region *io = NULL;
	void *va;

	if (vring->da != FW_RSC_U32_ADDR_ANY) {
		va = remoteproc_mmap(rproc, NULL, &da, size, 0, &io);
	} else {
		if (vdev->role != VIRTIO_DEV_DRIVER)
			return false;
		da = METAL_BAD_PHYS;
		va = allocate_vring(rproc, vdev_id, index, size, &da, &io);
		if (!va || da >= FW_RSC_U32_ADDR_ANY || da % vring->align)
			return false;
		amp_rsc_put(entry->view, offset + offsetof(struct fw_rsc_vdev_vring, da), (uint32_t)da);
	}
	if (!va ||
	    !resolve_id(rproc, entry->view, vdev->role, offset + offsetof(struct fw_rsc_vdev_vring, notifyid), &id))
		return false;
	return rproc_virtio_init_vring(vdev, index, id, va, io, vring->num, vring->align) == 0;
}

/* The device on an entry, with its rings; NULL if that is not possible. */
static struct virtio_device *create_vdev(struct remoteproc *rproc, int vdev_id, unsigned int role,
                                         virtio_dev_reset_cb rst_cb, struct entry *entry)
{
	uint32_t id = entry->copy->notifyid;
	struct virtio_device *vdev;
	unsigned int i;

	if (!resolve_id(rproc, entry->view, role, entry->offset + offsetof(struct fw_rsc_vdev, notifyid), &id))
		return NULL;
	vdev = rproc_virtio_create_vdev(role, id, (char *)entry->view->live + entry->offset, entry->view->io, rproc,
	                                ring, rst_cb);
	if (!vdev)
		return NULL;
	vdev->wait = rproc->ops->wait ? wait : NULL;
	vdev->ready_timeout_ms = rproc->ready_timeout_ms;
	/* The device's side cannot choose addresses: the driver, which does, writes them before it is ready. */
	if (role == VIRTIO_DEV_DEVICE && has_open_address(entry->copy)) {
		if (amp_virtio_wait_driver_ok(vdev))
			goto remove;
		amp_rsc_close(entry->view);
		if (!find_entry(rproc, entry->view, entry, (unsigned int)vdev_id))
			goto remove;
	}
	/* The table may have become another one since the device was created. */
	if (vdev->vrings_num != entry->copy->num_of_vrings)
		goto remove;
	for (i = 0; i < vdev->vrings_num; i++) {
		if (!init_vring(rproc, vdev, vdev_id, i, entry))
			goto remove;
	}
	return vdev;
remove:
	rproc_virtio_remove_vdev(vdev);
	return NULL;
}

struct virtio_device *remoteproc_create_virtio(struct remoteproc *rproc, int vdev_id, unsigned int role,
                                               void (*rst_cb)(struct virtio_device *vdev))
{
	struct virtio_device *vdev;
	struct rsc_view view;
	struct entry entry;

	if (!rproc || vdev_id < 0)
		return NULL;
	metal_mutex_acquire(&rproc->lock);
	if (!find_entry(rproc, &view, &entry, (unsigned int)vdev_id)) {
		metal_mutex_release(&rproc->lock);
		return NULL;
	}
	vdev = find_vdev(rproc, (char *)view.live + entry.offset);
	if (!vdev) {
		vdev = create_vdev(rproc, vdev_id, role, rst_cb, &entry);
		if (vdev)
			metal_list_add_tail(&rproc->vdevs,
			                    &metal_container_of(vdev, struct remoteproc_virtio, vdev)->node);
	}
	amp_rsc_close(&view);
	metal_mutex_release(&rproc->lock);
	return vdev;
}

static void remove_vdev(struct remoteproc_virtio *rpvdev)
{
	metal_list_del(&rpvdev->node);
	rproc_virtio_remove_vdev(&rpvdev->vdev);
}

void remoteproc_remove_virtio(struct remoteproc *rproc, struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev;

	if (!rproc || !vdev)
		return;
	rpvdev = metal_container_of(vdev, struct remoteproc_virtio, vdev);
	metal_mutex_acquire(&rproc->lock);
	if (metal_list_find_node(&rproc->vdevs, &rpvdev->node))
		remove_vdev(rpvdev);
	metal_mutex_release(&rproc->lock);
}

void amp_rproc_remove_vdevs(struct remoteproc *rproc)
{
	struct metal_list *node;

	while ((node = metal_list_first(&rproc->vdevs)) != NULL)
		remove_vdev(metal_container_of(node, struct remoteproc_virtio, node));
}

int remoteproc_get_notification(struct remoteproc *rproc, uint32_t notifyid)
{
	struct metal_list *node;

	if (!rproc)
		return -RPROC_EINVAL;
	metal_list_for_each (&rproc->vdevs, node)
		(void)rproc_virtio_notified(&metal_container_of(node, struct remoteproc_virtio, node)->vdev, notifyid);
	return 0;
}
