/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file virtio_mmio.h
 * @brief Virtio over memory-mapped registers (virtio 1.2, chapter 4.2), the driver's side; register layouts 1 (legacy)
 * and 2.
 *
 *     static struct virtio_mmio_device vmdev;             zeroed
 *     vmdev.cfg_mem, vmdev.shm_mem, vmdev.device_mode = VIRTIO_DEV_DRIVER, vmdev.vdev.mmops
 *     virtio_mmio_device_init(&vmdev, shm_address, register_address, NULL);
 *     virtio_negotiate_features(&vmdev.vdev, …);
 *     vqs[i] = virtqueue_allocate(n);                     for each queue
 *     virtio_mmio_setup_virtqueue(&vmdev.vdev, i, vqs[i], callback, arg, "name");
 *     virtio_mmio_register_device(&vmdev.vdev, count, vqs);
 *     virtio_set_status(&vmdev.vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK);
 *
 * A device type with queues of its own, such as rpmsg_init_vdev(), needs only virtio_mmio_register_device() of these,
 * since it calls virtio_create_virtqueues() itself.
 *
 * **Trust.** Whatever a register gives is checked. A device that answers nonsense gets the status
 * VIRTIO_CONFIG_STATUS_FAILED, is reported once, and is not used any more.
 *
 * **Context.** Task, except virtio_mmio_isr() and virtqueue_kick(). Nothing blocks, except that a reset waits for the
 * device, for AMP_VIRTIO_MMIO_RESET_MS at most.
 */
#ifndef OPENAMP_VIRTIO_MMIO_H
#define OPENAMP_VIRTIO_MMIO_H

#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

#include <metal/io.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Registers, as offsets. RO: the device's, WO: the driver's. */
#define VIRTIO_MMIO_MAGIC_VALUE         0x000 /**< RO, VIRTIO_MMIO_MAGIC_VALUE_SIGNATURE */
#define VIRTIO_MMIO_VERSION             0x004 /**< RO, 1 (legacy) or 2 */
#define VIRTIO_MMIO_DEVICE_ID           0x008 /**< RO, VIRTIO_ID_*, 0: nothing there */
#define VIRTIO_MMIO_VENDOR_ID           0x00c /**< RO */
#define VIRTIO_MMIO_DEVICE_FEATURES     0x010 /**< RO, 32 bits of what it offers, as selected */
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL 0x014 /**< WO, 0 or 1 */
#define VIRTIO_MMIO_DRIVER_FEATURES     0x020 /**< WO, 32 bits of what is accepted, as selected */
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL 0x024 /**< WO, 0 or 1 */
#define VIRTIO_MMIO_GUEST_PAGE_SIZE     0x028 /**< WO, legacy */
#define VIRTIO_MMIO_QUEUE_SEL           0x030 /**< WO, queue that the other QUEUE registers mean */
#define VIRTIO_MMIO_QUEUE_NUM_MAX       0x034 /**< RO, most descriptors, 0: no such queue */
#define VIRTIO_MMIO_QUEUE_NUM           0x038 /**< WO, descriptors */
#define VIRTIO_MMIO_QUEUE_ALIGN         0x03c /**< WO, legacy: alignment of the used ring */
#define VIRTIO_MMIO_QUEUE_PFN           0x040 /**< RW, legacy: address / page size, 0: not in use */
#define VIRTIO_MMIO_QUEUE_READY         0x044 /**< RW, 1: in use */
#define VIRTIO_MMIO_QUEUE_NOTIFY        0x050 /**< WO, number of a queue: kick */
#define VIRTIO_MMIO_INTERRUPT_STATUS    0x060 /**< RO, VIRTIO_MMIO_INT_* */
#define VIRTIO_MMIO_INTERRUPT_ACK       0x064 /**< WO, VIRTIO_MMIO_INT_* */
#define VIRTIO_MMIO_STATUS              0x070 /**< RW, VIRTIO_CONFIG_STATUS_* */
#define VIRTIO_MMIO_QUEUE_DESC_LOW      0x080 /**< WO */
#define VIRTIO_MMIO_QUEUE_DESC_HIGH     0x084 /**< WO */
#define VIRTIO_MMIO_QUEUE_AVAIL_LOW     0x090 /**< WO */
#define VIRTIO_MMIO_QUEUE_AVAIL_HIGH    0x094 /**< WO */
#define VIRTIO_MMIO_QUEUE_USED_LOW      0x0a0 /**< WO */
#define VIRTIO_MMIO_QUEUE_USED_HIGH     0x0a4 /**< WO */
#define VIRTIO_MMIO_SHM_SEL             0x0ac /**< WO, shared memory that the other SHM registers mean */
#define VIRTIO_MMIO_SHM_LEN_LOW         0x0b0 /**< RO */
#define VIRTIO_MMIO_SHM_LEN_HIGH        0x0b4 /**< RO */
#define VIRTIO_MMIO_SHM_BASE_LOW        0x0b8 /**< RO */
#define VIRTIO_MMIO_SHM_BASE_HIGH       0x0bc /**< RO */
#define VIRTIO_MMIO_CONFIG_GENERATION   0x0fc /**< RO, changes with the configuration space */
#define VIRTIO_MMIO_CONFIG              0x100 /**< configuration space */

#define VIRTIO_MMIO_MAGIC_VALUE_SIGNATURE 0x74726976u /**< "virt" */
#define VIRTIO_MMIO_MAGIC_VALUE_STRING    VIRTIO_MMIO_MAGIC_VALUE_SIGNATURE

#define VIRTIO_MMIO_MAX_DATA_SIZE 128 /**< bytes of configuration space that applications reckon with */

#define VIRTIO_MMIO_INT_VRING  1u /**< a queue has used buffers */
#define VIRTIO_MMIO_INT_CONFIG 2u /**< configuration or status changed */

/** Feature bit: not legacy. A device of layout 2 must offer it. */
#define VIRTIO_F_VERSION_1 32

/** Alignment of rings, and legacy's page size. */
#define VIRTIO_MMIO_VRING_ALIGNMENT 4096u

/** How long a reset may take. Without a clock: a million looks at the status. */
#ifndef AMP_VIRTIO_MMIO_RESET_MS
#define AMP_VIRTIO_MMIO_RESET_MS 1000
#endif

struct amp_mmio_queue;

/** A physical range: `base` is its address as the bus sees it. */
struct virtio_mmio_dev_mem {
	void *base;
	size_t size;
};

/** A device. The memory is the application's, zeroed; it fills the members that say so before
 * virtio_mmio_device_init(). */
struct virtio_mmio_device {
	struct virtio_device
		vdev; /**< application: `mmops` (rings are allocated with it) and `reset_cb`, each or none */
	struct metal_io_region cfg_io;
	struct metal_io_region shm_io;
	struct virtio_mmio_dev_mem cfg_mem;   /**< application: registers */
	struct virtio_mmio_dev_mem shm_mem;   /**< application: memory for rings and buffers */
	unsigned int device_mode;             /**< application: VIRTIO_DEV_DRIVER, the only one there is */
	unsigned int irq;                     /**< application's */
	void *user_data;                      /**< application's */
	metal_phys_addr_t cfg_phys, shm_phys; /**< what the regions' page maps point to */
	struct amp_mmio_queue *queues;        /**< that were ever set up */
	unsigned int version;                 /**< register layout */
	bool features_done;                   /**< accepted, until the next reset */
	bool failed;                          /**< the device is not used any more */
};

/* ------------------------------------------------------------------ device: virtio_mmio.c */

/**
 * @brief Look at the registers, reset the device, and say that there is a driver.
 *
 * @param vmdev        see struct virtio_mmio_device
 * @param virt_mem_ptr address of shm_mem on this side
 * @param cfg_mem_ptr  address of cfg_mem on this side
 * @param user_data    vmdev->user_data
 * @return 0; -EINVAL (NULL, or another role than the driver's, or no room for the registers in cfg_mem); -ENODEV (no
 * virtio device there); -EOPNOTSUPP (a register layout other than 1 and 2, or 2 without VIRTIO_F_VERSION_1); -ETIMEDOUT
 * (the device does not get reset)
 */
int virtio_mmio_device_init(struct virtio_mmio_device *vmdev, uintptr_t virt_mem_ptr, uintptr_t cfg_mem_ptr,
                            void *user_data);

/**
 * @brief virtio_mmio_device_init() for registers and memory that are regions already, with hooks perhaps. Both are
 * copied; cfg_mem and shm_mem do not matter.
 */
int amp_virtio_mmio_init_regions(struct virtio_mmio_device *vmdev, const struct metal_io_region *cfg,
                                 const struct metal_io_region *shm, void *user_data);

/**
 * @brief The opposite: resets the device, and frees what its queues were given. The queues are the application's. In a
 * callback of a link on the device it does nothing: see "In callbacks" in openamp/rpmsg.h.
 */
void amp_virtio_mmio_release(struct virtio_mmio_device *vmdev);

/**
 * @brief The device's interrupt: acknowledges it, and runs the callbacks of all queues.
 *
 * If the device asks to be reset (VIRTIO_CONFIG_STATUS_NEEDS_RESET) or answers nonsense, virtio_device_lost() tells.
 * Context: ISR or task; not while queues are set up or removed.
 */
void virtio_mmio_isr(struct virtio_device *vdev);

/* ------------------------------------------------------------------ queues: virtio_mmio_queue.c */

/**
 * @brief Say which queues the device has, for virtio_create_virtqueues() and for who looks at vdev->vrings_info.
 * @param vq_num  1 … 32768; otherwise, or without memory, nothing happens (logged)
 * @param vqs     queue 0 and up; the array is not kept
 */
void virtio_mmio_register_device(struct virtio_device *vdev, int vq_num, struct virtqueue **vqs);

/**
 * @brief Start a queue.
 *
 * @param idx     its number in the device
 * @param vq      from virtqueue_allocate(), with room for a number of descriptors: the ring gets no more than that,
 * whatever the device offers. For memory of the application's own, vq->vq_nentries is that number; if vq->vq_free_cnt
 * is the same, and vq->vq_ring.desc not NULL, the ring is there, and must be aligned to VIRTIO_MMIO_VRING_ALIGNMENT and
 * lie in the shared memory. Otherwise the ring is allocated with the device's mmops
 * @param cb      called with @p cb_arg when the device has used buffers; may be NULL. Context: virtio_mmio_isr()
 * @param cb_arg  also vq->priv
 * @param vq_name kept
 * @return @p vq; NULL (logged): an argument that makes no sense, no such queue, one in use already, no memory, or a
 * ring outside the shared memory
 */
struct virtqueue *virtio_mmio_setup_virtqueue(struct virtio_device *vdev, unsigned int idx, struct virtqueue *vq,
                                              void (*cb)(void *), void *cb_arg, const char *vq_name);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_VIRTIO_MMIO_H */
