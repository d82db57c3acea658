/* SPDX-License-Identifier: GPL-2.0-only */
/* clang-format off */
/* The public interface: openamp/virtio.h, openamp/virtqueue.h, openamp/virtio_ring.h, openamp/virtio_mmio.h. No include guard: read once for each meaning of the macros. */

/* openamp/virtio.h */
FUNCTION(int, virtio_alloc_buf, (struct virtio_device *vdev, void **buf, size_t size, size_t align))
FUNCTION(int, virtio_create_virtqueues, (struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[], vq_callback callbacks[], void *callback_args[]))
FUNCTION(void, virtio_delete_virtqueues, (struct virtio_device *vdev))
FUNCTION(int, virtio_free_buf, (struct virtio_device *vdev, void *buf))
FUNCTION(uint32_t, virtio_get_devid, (const struct virtio_device *vdev))
FUNCTION(int, virtio_get_features, (struct virtio_device *vdev, uint32_t *features))
FUNCTION(int, virtio_get_status, (struct virtio_device *vdev, uint8_t *status))
FUNCTION(bool, virtio_has_feature, (struct virtio_device *vdev, unsigned int feature_bit))
FUNCTION(int, virtio_negotiate_features, (struct virtio_device *vdev, uint32_t features, uint32_t *final_features))
FUNCTION(int, virtio_read_config, (struct virtio_device *vdev, uint32_t offset, void *dst, int len))
FUNCTION(int, virtio_reset_device, (struct virtio_device *vdev))
FUNCTION(int, virtio_set_features, (struct virtio_device *vdev, uint32_t features))
FUNCTION(int, virtio_set_status, (struct virtio_device *vdev, uint8_t status))
FUNCTION(int, virtio_write_config, (struct virtio_device *vdev, uint32_t offset, void *src, int len))

/* openamp/virtqueue.h */
FUNCTION(int, virtqueue_add_buffer, (struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable, int writable, void *cookie))
FUNCTION(int, virtqueue_add_consumed_buffer, (struct virtqueue *vq, uint16_t head_idx, uint32_t len))
FUNCTION(struct virtqueue *, virtqueue_allocate, (unsigned int num_desc_extra))
FUNCTION(int, virtqueue_create, (struct virtio_device *device, unsigned short id, const char *name, struct vring_alloc_info *ring, void (*callback)(struct virtqueue *vq), void (*notify)(struct virtqueue *vq), struct virtqueue *vq))
FUNCTION(void, virtqueue_disable_cb, (struct virtqueue *vq))
FUNCTION(void, virtqueue_dump, (struct virtqueue *vq))
FUNCTION(int, virtqueue_empty, (struct virtqueue *vq))
FUNCTION(int, virtqueue_enable_cb, (struct virtqueue *vq))
FUNCTION(void, virtqueue_free, (struct virtqueue *vq))
FUNCTION(int, virtqueue_full, (struct virtqueue *vq))
FUNCTION(void *, virtqueue_get_buffer_addr, (struct virtqueue *vq, uint16_t idx))
FUNCTION(uint32_t, virtqueue_get_buffer_length, (struct virtqueue *vq, uint16_t idx))
FUNCTION(void *, virtqueue_get_buffer, (struct virtqueue *vq, uint32_t *len, uint16_t *idx))
FUNCTION(uint32_t, virtqueue_get_desc_size, (struct virtqueue *vq))
FUNCTION(void *, virtqueue_get_first_avail_buffer, (struct virtqueue *vq, uint16_t *avail_idx, uint32_t *len))
FUNCTION(void *, virtqueue_get_next_avail_buffer, (struct virtqueue *vq, uint16_t idx, uint16_t *next_idx, uint32_t *next_len))
FUNCTION(void, virtqueue_kick, (struct virtqueue *vq))
FUNCTION(void, virtqueue_notification, (struct virtqueue *vq))
FUNCTION(void, virtqueue_set_shmem_io, (struct virtqueue *vq, struct metal_io_region *io))

/* openamp/virtio_ring.h */
FUNCTION(void, vring_init, (struct vring *vr, unsigned int num, uint8_t *p, unsigned long align))
FUNCTION(int, vring_need_event, (uint16_t event_idx, uint16_t new_idx, uint16_t old))
FUNCTION(int, vring_size, (unsigned int num, unsigned long align))

/* openamp/virtio_mmio.h */
FUNCTION(int, virtio_mmio_device_init, (struct virtio_mmio_device *vmdev, uintptr_t virt_mem_ptr, uintptr_t cfg_mem_ptr, void *user_data))
FUNCTION(void, virtio_mmio_isr, (struct virtio_device *vdev))
FUNCTION(void, virtio_mmio_register_device, (struct virtio_device *vdev, int vq_num, struct virtqueue **vqs))
FUNCTION(struct virtqueue *, virtio_mmio_setup_virtqueue, (struct virtio_device *vdev, unsigned int idx, struct virtqueue *vq, void (*cb)(void *), void *cb_arg, const char *vq_name))

STRUCT(virtio_device_id, device, uint32_t)
MEMBER(virtio_device_id, device, vendor, uint32_t)
MEMBER(virtio_device_id, vendor, version, uint32_t)

STRUCT(virtio_vring_info, vq, struct virtqueue *)
MEMBER(virtio_vring_info, vq, info, struct vring_alloc_info)
MEMBER(virtio_vring_info, info, notifyid, uint32_t)
MEMBER(virtio_vring_info, notifyid, io, struct metal_io_region *)

STRUCT(virtio_device, notifyid, uint32_t)
MEMBER(virtio_device, notifyid, id, struct virtio_device_id)
MEMBER(virtio_device, id, features, uint64_t)
MEMBER(virtio_device, features, role, unsigned int)
MEMBER(virtio_device, role, reset_cb, virtio_dev_reset_cb)
MEMBER(virtio_device, reset_cb, func, const struct virtio_dispatch *)
MEMBER(virtio_device, func, mmops, const struct virtio_memory_ops *)
MEMBER(virtio_device, mmops, priv, void *)
MEMBER(virtio_device, priv, vrings_num, unsigned int)
MEMBER(virtio_device, vrings_num, vrings_info, struct virtio_vring_info *)

STRUCT(virtio_dispatch, create_virtqueues, int (*)(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs, const char *names[], vq_callback callbacks[], void *callback_args[]))
MEMBER(virtio_dispatch, create_virtqueues, delete_virtqueues, void (*)(struct virtio_device *vdev))
MEMBER(virtio_dispatch, delete_virtqueues, get_status, uint8_t (*)(struct virtio_device *dev))
MEMBER(virtio_dispatch, get_status, set_status, void (*)(struct virtio_device *dev, uint8_t status))
MEMBER(virtio_dispatch, set_status, get_features, uint32_t (*)(struct virtio_device *dev))
MEMBER(virtio_dispatch, get_features, set_features, void (*)(struct virtio_device *dev, uint32_t feature))
MEMBER(virtio_dispatch, set_features, negotiate_features, uint32_t (*)(struct virtio_device *dev, uint32_t features))
MEMBER(virtio_dispatch, negotiate_features, read_config, void (*)(struct virtio_device *dev, uint32_t offset, void *dst, int length))
MEMBER(virtio_dispatch, read_config, write_config, void (*)(struct virtio_device *dev, uint32_t offset, void *src, int length))
MEMBER(virtio_dispatch, write_config, reset_device, void (*)(struct virtio_device *dev))
MEMBER(virtio_dispatch, reset_device, notify, void (*)(struct virtqueue *vq))

STRUCT(virtio_memory_ops, alloc, void *(*)(struct virtio_device *dev, size_t size, size_t align))
MEMBER(virtio_memory_ops, alloc, free, void (*)(struct virtio_device *dev, void *buf))

STRUCT(virtqueue_buf, buf, void *)
MEMBER(virtqueue_buf, buf, len, int)

STRUCT(vq_desc_extra, cookie, void *)
MEMBER(vq_desc_extra, cookie, ndescs, uint16_t)

STRUCT(virtqueue, vq_dev, struct virtio_device *)
MEMBER(virtqueue, vq_dev, vq_name, const char *)
MEMBER(virtqueue, vq_name, vq_queue_index, uint16_t)
MEMBER(virtqueue, vq_queue_index, vq_nentries, uint16_t)
MEMBER(virtqueue, vq_nentries, callback, void (*)(struct virtqueue *vq))
MEMBER(virtqueue, callback, priv, void *)
MEMBER(virtqueue, priv, notify, void (*)(struct virtqueue *vq))
MEMBER(virtqueue, notify, vq_ring, struct vring)
MEMBER(virtqueue, vq_ring, vq_free_cnt, uint16_t)
MEMBER(virtqueue, vq_free_cnt, vq_queued_cnt, uint16_t)
MEMBER(virtqueue, vq_queued_cnt, shm_io, struct metal_io_region *)
MEMBER(virtqueue, shm_io, vq_desc_head_idx, uint16_t)
MEMBER(virtqueue, vq_desc_head_idx, vq_used_cons_idx, uint16_t)
MEMBER(virtqueue, vq_used_cons_idx, vq_available_idx, uint16_t)
MEMBER(virtqueue, vq_available_idx, vq_inuse, bool)
MEMBER(virtqueue, vq_inuse, vq_descx, struct vq_desc_extra[0])

STRUCT(vring_alloc_info, vaddr, void *)
MEMBER(vring_alloc_info, vaddr, align, uint32_t)
MEMBER(vring_alloc_info, align, num_descs, uint16_t)
MEMBER(vring_alloc_info, num_descs, pad, uint16_t)

STRUCT(vring_desc, addr, uint64_t)
MEMBER(vring_desc, addr, len, uint32_t)
MEMBER(vring_desc, len, flags, uint16_t)
MEMBER(vring_desc, flags, next, uint16_t)

STRUCT(vring_avail, flags, uint16_t)
MEMBER(vring_avail, flags, idx, uint16_t)
MEMBER(vring_avail, idx, ring, uint16_t[0])

STRUCT(vring_used_elem, len, uint32_t)

STRUCT(vring_used, flags, uint16_t)
MEMBER(vring_used, flags, idx, uint16_t)
MEMBER(vring_used, idx, ring, struct vring_used_elem[0])

STRUCT(vring, num, unsigned int)
MEMBER(vring, num, desc, struct vring_desc *)
MEMBER(vring, desc, avail, struct vring_avail *)
MEMBER(vring, avail, used, struct vring_used *)

STRUCT(virtio_mmio_dev_mem, base, void *)
MEMBER(virtio_mmio_dev_mem, base, size, size_t)

STRUCT(virtio_mmio_device, vdev, struct virtio_device)
MEMBER(virtio_mmio_device, vdev, cfg_io, struct metal_io_region)
MEMBER(virtio_mmio_device, cfg_io, shm_io, struct metal_io_region)
MEMBER(virtio_mmio_device, shm_io, cfg_mem, struct virtio_mmio_dev_mem)
MEMBER(virtio_mmio_device, cfg_mem, shm_mem, struct virtio_mmio_dev_mem)
MEMBER(virtio_mmio_device, shm_mem, device_mode, unsigned int)
MEMBER(virtio_mmio_device, device_mode, irq, unsigned int)
MEMBER(virtio_mmio_device, irq, user_data, void *)

CONSTANT(VQUEUE_SUCCESS, 0)
CONSTANT(VQ_ERROR_BASE, -3000)
CONSTANT(ERROR_VRING_FULL, -3000 - 1)
CONSTANT(ERROR_INVLD_DESC_IDX, -3000 - 2)
CONSTANT(ERROR_EMPTY_RING, -3000 - 3)
CONSTANT(ERROR_NO_MEM, -3000 - 4)
CONSTANT(ERROR_VRING_MAX_DESC, -3000 - 5)
CONSTANT(ERROR_VRING_ALIGN, -3000 - 6)
CONSTANT(ERROR_VRING_NO_BUFF, -3000 - 7)
CONSTANT(ERROR_VQUEUE_INVLD_PARAM, -3000 - 8)
CONSTANT(VIRTIO_CONFIG_STATUS_RESET, 0)
CONSTANT(VIRTIO_CONFIG_STATUS_ACK, 1)
CONSTANT(VIRTIO_CONFIG_STATUS_DRIVER, 2)
CONSTANT(VIRTIO_CONFIG_STATUS_DRIVER_OK, 4)
CONSTANT(VIRTIO_CONFIG_STATUS_NEEDS_RESET, 0x40)
CONSTANT(VIRTIO_CONFIG_STATUS_FAILED, 0x80)
CONSTANT(VIRTIO_CONFIG_FEATURES_OK, 8)
CONSTANT(VIRTIO_ID_NETWORK, 1)
CONSTANT(VIRTIO_ID_BLOCK, 2)
CONSTANT(VIRTIO_ID_CONSOLE, 3)
CONSTANT(VIRTIO_ID_RPMSG, 7)
TYPE(vq_notify, void (*)(struct virtqueue *vq))
CONSTANT(VIRTIO_F_NOTIFY_ON_EMPTY, 1 << 24)
CONSTANT(VIRTIO_F_ANY_LAYOUT, 1 << 27)
CONSTANT(VIRTIO_F_BAD_FEATURE, 1 << 30)
CONSTANT(VIRTIO_TRANSPORT_F_START, 28)
CONSTANT(VIRTIO_TRANSPORT_F_END, 32)
CONSTANT(VIRTIO_ID_IOMEMORY, 6)
CONSTANT(VIRTIO_ID_RDMA, 42)
CONSTANT(VIRTIO_DEV_ANY_ID, -1UL)
CONSTANT(VQ_RING_DESC_CHAIN_END, 32768)
CONSTANT(VIRTIO_MMIO_SHM_SEL, 0x0ac)
CONSTANT(VIRTIO_MMIO_SHM_LEN_LOW, 0x0b0)
CONSTANT(VIRTIO_MMIO_SHM_LEN_HIGH, 0x0b4)
CONSTANT(VIRTIO_MMIO_SHM_BASE_LOW, 0x0b8)
CONSTANT(VIRTIO_MMIO_SHM_BASE_HIGH, 0x0bc)
CONSTANT(VIRTIO_MMIO_MAX_DATA_SIZE, 128)
CONSTANT(VIRTIO_MMIO_MAGIC_VALUE_STRING, ('v' | 'i' << 8 | 'r' << 16 | 't' << 24))
#ifndef VIRTIO_ROLE_IS_DRIVER
#error "VIRTIO_ROLE_IS_DRIVER is missing"
#endif
#ifndef VIRTIO_ROLE_IS_DEVICE
#error "VIRTIO_ROLE_IS_DEVICE is missing"
#endif
#ifndef VIRTIO_ENABLED
#error "VIRTIO_ENABLED is missing"
#endif
#ifndef VIRTIO_ASSERT
#error "VIRTIO_ASSERT is missing"
#endif
#ifndef VQASSERT
#error "VQASSERT is missing"
#endif
#ifndef VQ_PARAM_CHK
#error "VQ_PARAM_CHK is missing"
#endif
#ifndef VQUEUE_BUSY
#error "VQUEUE_BUSY is missing"
#endif
#ifndef VQUEUE_IDLE
#error "VQUEUE_IDLE is missing"
#endif
#ifndef VQ_RING_ASSERT_VALID_IDX
#error "VQ_RING_ASSERT_VALID_IDX is missing"
#endif
#ifndef VQ_RING_ASSERT_CHAIN_TERM
#error "VQ_RING_ASSERT_CHAIN_TERM is missing"
#endif
#ifndef vring_used_event
#error "vring_used_event is missing"
#endif
#ifndef vring_avail_event
#error "vring_avail_event is missing"
#endif
