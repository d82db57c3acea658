// SPDX-License-Identifier: BSD-3-Clause
/* The virtio devices of a remote processor and their notifications. */
#include "remoteproc_internal.h"

#include "../virtio/ring.h"

#include <amprelay/config.h>

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

/* The driver chooses what the table leaves open, and writes it there. False: no notify id is free. */
static bool choose_id(struct remoteproc *rproc, const void *word, uint32_t *id)
{
	if (*id != RSC_NOTIFY_ID_ANY)
		return true;
	*id = remoteproc_allocate_id(rproc, 0, 0);
	if (*id == RSC_NOTIFY_ID_ANY)
		return false;
	rproc->table_ids |= 1UL << *id; /* goes when the table goes */
	amp_rsc_put(rproc, word, *id);
	return true;
}

/* The entry of a device. */
struct opened {
	const struct fw_rsc_vdev *entry;
	bool wide; /* of version 2: the word behind a vring's notify id is the upper half of its address */
};

/* A build without memories in the table knows the answer. */
static inline bool is_wide(const struct opened *opened)
{
	return AMP_WITH_TABLE_MEMORIES && opened->wide;
}

/* Whatever the upper half is: no address that is aligned ends so. */
static bool is_open(const struct fw_rsc_vdev_vring *vring)
{
	return vring->da == FW_RSC_U32_ADDR_ANY;
}

static bool has_open_address(const struct fw_rsc_vdev *entry)
{
	for (const struct fw_rsc_vdev_vring *vring = entry->vring; vring < &entry->vring[entry->num_of_vrings];
	     vring++) {
		if (vring->num && is_open(vring))
			return true;
	}
	return false;
}

/* Where addresses have 32 bits, open_vdev() has seen to it that the upper half is 0. */
static metal_phys_addr_t vring_address(const struct remoteproc *rproc, const struct opened *opened,
                                       const struct fw_rsc_vdev_vring *vring)
{
	metal_phys_addr_t da = vring->da;

	if (is_open(vring) || !is_wide(opened))
		return amp_rsc_address(rproc, vring->da);
	if (sizeof(da) > sizeof(vring->da))
		da |= (metal_phys_addr_t)((uint64_t)vring->reserved << 32);
	return da;
}

static bool put_address(struct remoteproc *rproc, const struct opened *opened, const struct fw_rsc_vdev_vring *vring,
                        metal_phys_addr_t da)
{
	if (!is_wide(opened))
		return amp_rsc_put_address(rproc, &vring->da, da);
	amp_rsc_put(rproc, &vring->reserved, (uint32_t)((uint64_t)da >> 32));
	amp_rsc_put(rproc, &vring->da, (uint32_t)da);
	return true;
}

/* The device's entry, in either version. After 0 end with amp_rsc_close(). */
static int open_vdev(struct remoteproc *rproc, unsigned int vdev_id, struct opened *opened)
{
	void *entry;
	int status = amp_rsc_open(rproc, RSC_VDEV, vdev_id, &entry);

	opened->wide = false;
	if (AMP_WITH_TABLE_MEMORIES && status == -RPROC_ERR_RSC_TAB_NP && rproc->table2) {
		opened->wide = true;
		status = rproc->table2->open_vdev(rproc, vdev_id, &entry);
	}
	opened->entry = status ? NULL : entry;
	return status;
}

/* The driver's: an open address becomes that of the memory with the vring's name, or of what the platform allocates,
 * and is written to the table. */
static bool choose_place(struct remoteproc *rproc, struct mem_range *range, const char *name,
                         const struct opened *opened, const struct fw_rsc_vdev_vring *entry)
{
	return amp_rproc_place(rproc, range, name) && !(range->da & (entry->align - 1)) &&
	       (!is_open(entry) || put_address(rproc, opened, entry, range->da));
}

/* Take a vring over, give it a queue, and find its place. */
static bool init_vring(struct remoteproc *rproc, struct virtio_device *vdev, const char *name,
                       struct virtio_vring_info *vring, const struct opened *opened,
                       const struct fw_rsc_vdev_vring *entry)
{
	bool driver = role_is_driver(vdev);
	struct mem_range range;

	if (!amp_rpvdev_add_queue(vdev, vring, entry))
		return false;
	if (entry->num == 0)
		return true; /* it is the caller's to make */
	range.da = vring_address(rproc, opened, entry);
	range.pa = METAL_BAD_PHYS;
	range.size = (size_t)vring_size(entry->num, entry->align);
	range.attribute = 0;
	if (is_open(entry) && !(AMP_WITH_TABLE_MEMORIES && driver))
		return false;
	if (!(driver ? choose_place(rproc, &range, name, opened, entry) : amp_rproc_map(rproc, &range)) ||
	    ((uintptr_t)range.va & ((entry->align - 1) | 7)))
		return false;
	vring->io = range.io;
	vring->info.vaddr = range.va;
	return !driver || choose_id(rproc, &entry->notifyid, &vring->notifyid);
}

/* The device on an entry, with its rings; NULL if that is not possible. */
static struct remoteproc_virtio *create_vdev(struct remoteproc *rproc, int vdev_id, unsigned int role,
                                             virtio_dev_reset_cb rst_cb, struct opened *opened)
{
	const struct fw_rsc_vdev *entry = opened->entry;
	struct remoteproc_virtio *rpvdev;
	struct virtio_device *vdev;
	const struct fw_rsc_vdev_vring *vring;
	struct virtio_vring_info *info;
	char name[] = "vdev0vring0";
	uint32_t id = entry->notifyid;

	if (AMP_WITH_VIRTIO_DRIVER && role == VIRTIO_DEV_DRIVER && !choose_id(rproc, &entry->notifyid, &id))
		return NULL;
	rpvdev = amp_rpvdev_create(role, entry, amp_rsc_live(rproc, entry), rproc->rsc_io);
	if (!rpvdev)
		return NULL;
	rpvdev->priv = rproc;
	rpvdev->notify = ring;
	vdev = &rpvdev->vdev;
	vdev->notifyid = id;
	vdev->reset_cb = rst_cb;
	vdev->wait = rproc->ops->wait ? wait : NULL;
	vdev->ready_timeout_ms = rproc->ready_timeout_ms;
	/* The device's side cannot choose addresses: the driver, which does, writes them before it is ready. */
	if (AMP_WITH_TABLE_MEMORIES && !role_is_driver(vdev) && has_open_address(entry)) {
		if (amp_virtio_wait_driver_ok(vdev))
			goto remove;
		amp_rsc_close(rproc);
		if (open_vdev(rproc, (unsigned int)vdev_id, opened))
			goto remove;
		/* The table may have become another one since the device was created. */
		entry = opened->entry;
		if (vdev->vrings_num != entry->num_of_vrings)
			goto remove;
	}
	name[4] = (char)('0' + vdev_id);
	if (vdev_id > 9)
		name[0] = '\0';
	vring = entry->vring;
	for (info = vdev->vrings_info; info < &vdev->vrings_info[vdev->vrings_num]; info++, vring++, name[10]++) {
		if (!init_vring(rproc, vdev, name, info, opened, vring))
			goto remove;
	}
	return rpvdev;
remove:
	rproc_virtio_remove_vdev(vdev);
	return NULL;
}

struct virtio_device *remoteproc_create_virtio(struct remoteproc *rproc, int vdev_id, unsigned int role,
                                               void (*rst_cb)(struct virtio_device *vdev))
{
	struct virtio_device *vdev = NULL;
	struct remoteproc_virtio *rpvdev;
	struct opened opened;

	if (!rproc || vdev_id < 0)
		return NULL;
	metal_mutex_acquire(&rproc->lock);
	if (open_vdev(rproc, (unsigned int)vdev_id, &opened) == 0) {
		vdev = find_vdev(rproc, amp_rsc_live(rproc, opened.entry));
		rpvdev = vdev ? NULL : create_vdev(rproc, vdev_id, role, rst_cb, &opened);
		if (rpvdev) {
			vdev = &rpvdev->vdev;
			metal_list_add_tail(&rproc->vdevs, &rpvdev->node);
			if (AMP_WITH_VIRTIO_DRIVER && rproc->was_off)
				amp_virtio_peer_off(vdev);
		}
		amp_rsc_close(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return vdev;
}

void amp_rproc_vdevs_off(struct remoteproc *rproc)
{
	struct metal_list *node;

	rproc->was_off = true;
	metal_list_for_each (&rproc->vdevs, node)
		amp_virtio_peer_off(&metal_container_of(node, struct remoteproc_virtio, node)->vdev);
}

static SMALLER_APART void remove_vdev(struct remoteproc_virtio *rpvdev)
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
	if (metal_list_find_node(&rproc->vdevs, &rpvdev->node) && !amp_virtio_in_use(vdev)) {
		remove_vdev(rpvdev);
		/* A core that runs may have its rings still. */
		if (AMP_WITH_VIRTIO_DRIVER && rproc->state != RPROC_STOPPED && rproc->state != RPROC_OFFLINE)
			rproc->was_off = false;
	}
	metal_mutex_release(&rproc->lock);
}

bool amp_rproc_remove_vdevs(struct remoteproc *rproc)
{
	struct metal_list *node;

	metal_list_for_each (&rproc->vdevs, node) {
		if (amp_virtio_in_use(&metal_container_of(node, struct remoteproc_virtio, node)->vdev))
			return false;
	}
	while ((node = metal_list_first(&rproc->vdevs)) != NULL)
		remove_vdev(metal_container_of(node, struct remoteproc_virtio, node));
	return true;
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
