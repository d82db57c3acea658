/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The message buffers of a link: whether they are ours, taking one, marking it, sending it, giving it back.
 *
 * All of it with rdev->lock held, unless stated otherwise.
 */
#ifndef AMP_RPMSG_BUFFERS_H
#define AMP_RPMSG_BUFFERS_H

#include "link_ring.h"
#include "locked.h"
#include "wire_format.h"

#include <openamp/rpmsg_virtio.h>

#include <metal/utilities.h>

/* rpmsg_hdr.reserved while this side has the buffer: its descriptor, and above that how often it is held. */
#define BUF_HOLD_ONE   0x10000u
#define BUF_INDEX_MASK 0xffffu
/* The same while a held one goes back. Not 0: whoever finds it after this core's end sees that it had been taken. */
#define BUF_RELEASED 1u

static inline struct rpmsg_virtio_device *rpmsg_to_virtio(struct rpmsg_device *rdev)
{
	return metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
}

/** The role of a link that is up, or was. */
static inline bool link_is_driver(const struct rpmsg_virtio_device *rvdev)
{
	return AMP_ONE_ROLE ? AMP_WITH_VIRTIO_DRIVER : rvdev->rdev.carrier == VIRTIO_DEV_DRIVER + 1;
}

static inline struct rpmsg_hdr *payload_to_hdr(const void *payload)
{
	return (struct rpmsg_hdr *)(uintptr_t)payload - 1;
}

/* ------------------------------------------------------------------ whose the ring is */

/** Whether messages move: the link is up, and the driver has not reset the device since. */
AMP_HOT bool link_ok(const struct rpmsg_virtio_device *rvdev)
{
	const uint8_t *status = rvdev->link_ok;

	if (AMP_WITH_DCACHE && rvdev->vdev && status == rvdev->vdev->status_shm)
		vq_buffer_invalidate(rvdev->vdev->status_io, status, 1);
	/* Acquire: behind the DRIVER_OK of a new life the marks of the old one are gone. */
	return amp_likely(AMP_SHARED_LOAD_ACQUIRE(status) & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

/**
 * 0 if this side may write to @p vq and its buffers, as far as can be seen. What it last knew is not enough: while
 * code of the application ran, a driver may have waited for as long as it does, given this device up, and begun a new
 * life on the same memory. The status shows a reset, the mark shows one that came and went.
 *
 * A reset, the wait and the zeroing of the ring may still all fall between this look and the stores that follow it, if
 * this core stands still for so long. Then one used entry is stored into the new ring: see start_device() in
 * virtqueue.c.
 */
AMP_HOT uint32_t ring_lost_inline(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, bool driver)
{
	return amp_unlikely(!link_ok(rvdev)) ? 1 : driver ? 0 : vq_mark_gone(vq);
}

/** The same, where a call costs less than its room. */
uint32_t amp_ring_lost(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq);
#if AMP_FAST
#define ring_ours(rvdev, vq, driver) amp_likely(!ring_lost_inline(rvdev, vq, driver))
#else
#define ring_ours(rvdev, vq, driver) ((void)(driver), !amp_ring_lost(rvdev, vq))
#endif

/* ------------------------------------------------------------------ where a buffer is */

/** vq_buffer_va(), for a region that a subtraction does not translate. */
bool amp_buffer_va(struct metal_io_region *io, uint64_t addr, uint32_t len, char **va);

/* Of an offset that is inside. In 64 bits the sum cannot overflow, since no region comes near their end. */
AMP_HOT bool ends_inside(metal_phys_addr_t offset, uint32_t len, size_t size)
{
	return sizeof(offset) > sizeof(len) ? offset + len <= size : len <= size - offset;
}

/* Kept at hand, or, where room counts and each region is one, looked up. */
AMP_HOT struct amp_window one_window(const struct rpmsg_virtio_device *rvdev)
{
	const struct metal_io_region *io = rvdev->shbuf_io;

	return AMP_FAST ? rvdev->window : (struct amp_window){*io->physmap, io->size, io->virt};
}

/* As vq_buffer_va(); with @p fast, false as well if a subtraction does not translate it. */
AMP_HOT bool buffer_va(const struct rpmsg_virtio_device *rvdev, uint64_t addr, uint32_t len, bool fast, char **va)
{
#if AMP_FAST || !AMP_WITH_PAGE_MAPS
	metal_phys_addr_t offset = (metal_phys_addr_t)addr;
	struct amp_window window;

	if (amp_unlikely(offset != addr))
		return false;
	window = one_window(rvdev);
	offset -= window.phys;
	if (amp_likely(offset < window.size && ends_inside(offset, len, window.size))) {
		*va = window.virt + offset;
		return true;
	}
	return AMP_WITH_PAGE_MAPS && !fast && amp_buffer_va(rvdev->shbuf_io, addr, len, va);
#else
	(void)fast;
	return vq_buffer_va(rvdev->shbuf_io, addr, len, va);
#endif
}

#if !AMP_WITH_PACKED_RINGS
/**
 * Device: the message buffer of a descriptor.
 * @param flags  what its flags must be: 0 or VRING_DESC_F_WRITE. Chains are for other devices
 * @param buf    buf->idx is given, and inside the ring. The address is 4-byte aligned, with room for a header at least
 * @param fast   the caller tries again without, whatever is wrong
 * @return AMP_LINK_OK or a reason
 */
AMP_HOT int device_buffer(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, unsigned int flags,
                          struct amp_buffer *buf, bool fast)
{
	const struct vring_desc *desc = &vq->vq_ring.desc[buf->idx];
	uint32_t size;
	uint16_t is;
	char *va;

	vq_ring_invalidate(vq, desc, sizeof(*desc));
	is = AMP_SHARED_LOAD(&desc->flags);
	if (amp_unlikely(is != flags && !(host_is_lite(vq) && is == VRING_DESC_F_WRITE)))
		return AMP_LINK_BAD_FLAGS;
	size = AMP_SHARED_LOAD(&desc->len);
	if (amp_unlikely(size < sizeof(struct rpmsg_hdr)))
		return AMP_LINK_BAD_LENGTH;
	if (amp_unlikely(!buffer_va(rvdev, amp_shared_load64(&desc->addr), size, fast, &va) ||
	                 ((uintptr_t)va & vq_buffer_align_mask(rvdev->shbuf_io))))
		return AMP_LINK_BAD_ADDRESS;
	buf->size = size;
	buf->hdr = (struct rpmsg_hdr *)(void *)va;
	return AMP_LINK_OK;
}

/** Device: the next buffer that the last look showed, without taking it; there is one. As device_buffer(). */
AMP_HOT int device_next(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, unsigned int flags,
                        struct amp_buffer *buf, bool fast)
{
	int reason = vq_device_next(vq, &buf->idx);

	return amp_unlikely(reason) ? reason : device_buffer(rvdev, vq, flags, buf, fast);
}
#else
AMP_HOT int device_next(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, unsigned int flags,
                        struct amp_buffer *buf, bool fast)
{
	const struct vring_packed_desc *desc = pq_look_at(vq);
	int reason = pq_device_next(vq, &buf->idx);
	uint32_t size;
	char *va;

	if (amp_unlikely(reason))
		return reason;
	(void)flags; /* as they should be: that was looked at */
	size = AMP_SHARED_LOAD(&desc->len);
	if (amp_unlikely(size < sizeof(struct rpmsg_hdr)))
		return AMP_LINK_BAD_LENGTH;
	if (amp_unlikely(!buffer_va(rvdev, amp_shared_load64(&desc->addr), size, fast, &va) || (uintptr_t)va & 3))
		return AMP_LINK_BAD_ADDRESS;
	buf->size = size;
	buf->hdr = (struct rpmsg_hdr *)(void *)va;
	return AMP_LINK_OK;
}
#endif

/** The same, where a call costs less than its room: rvdev->taken. */
int amp_device_next(struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, unsigned int flags);

/**
 * Device: the size of a buffer that was taken before, by its descriptor. Only the driver can have changed it. Of a
 * packed ring's nobody asks: its descriptor may be another's by now.
 */
AMP_HOT uint32_t size_of(const struct virtqueue *vq, uint32_t idx, bool driver)
{
	const uint32_t *len = &vq->vq_ring.desc[idx].len;

	if (driver || AMP_WITH_PACKED_RINGS)
		return 0;
	vq_ring_invalidate(vq, len, sizeof(*len));
	return AMP_SHARED_LOAD(len);
}

/** Whether the buffer behind @p hdr, by its mark that of descriptor @p idx, is with this side. */
AMP_HOT bool is_ours(const struct virtqueue *vq, const struct rpmsg_hdr *hdr, uint32_t idx, bool driver)
{
	if (idx > vq->vq_mask)
		return false;
	if (driver)
		return vq->vq_descx[idx].cookie == hdr && !vq->vq_descx[idx].ndescs;
	return vq->vq_available_idx != vq->vq_used_cons_idx;
}

/** Whether the buffer behind @p hdr is a send buffer that was handed out, and of which descriptor. */
AMP_HOT bool is_handed_out(const struct rpmsg_virtio_device *rvdev, const struct rpmsg_hdr *hdr, uint32_t *idx,
                           bool driver)
{
	*idx = AMP_SHARED_LOAD(&hdr->reserved) - BUF_HOLD_ONE;
	return is_ours(rvdev->out, hdr, *idx, driver);
}

/* ------------------------------------------------------------------ marks */

/** In the driver's role: mark a buffer as the device's, or as ours. */
AMP_HOT void mark_buffer(struct virtqueue *vq, uint32_t idx, bool devices, bool driver)
{
	if (driver)
		vq->vq_descx[idx].ndescs = devices;
}

/**
 * Write rpmsg_hdr.reserved of a buffer that this side has. It goes to memory at once: a driver may begin another life
 * at any time, and a line that this left in the cache would fall on top of a message of that.
 */
AMP_HOT void set_mark(const struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t mark)
{
	AMP_SHARED_STORE(&hdr->reserved, mark);
	vq_buffer_flush(rvdev->shbuf_io, hdr, sizeof(*hdr));
}

/* ------------------------------------------------------------------ over to the other side */

#if AMP_WITH_PACKED_RINGS
/** Physical address of a buffer, for a region that a subtraction does not translate. */
uint64_t amp_buffer_phys(const struct rpmsg_virtio_device *rvdev, const struct rpmsg_hdr *hdr);

/** Driver: describe a buffer that is offered next. @param size  of it */
AMP_HOT void driver_prepare(const struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf,
                            uint32_t size)
{
#if AMP_FAST || !AMP_WITH_PAGE_MAPS
	struct amp_window window = one_window(rvdev);
	metal_phys_addr_t phys = window.phys + (metal_phys_addr_t)((const char *)buf->hdr - window.virt);

	if (AMP_WITH_PAGE_MAPS && amp_unlikely(!window.size))
		phys = amp_buffer_phys(rvdev, buf->hdr);
#else
	uint64_t phys = amp_buffer_phys(rvdev, buf->hdr);
#endif
	pq_driver_prepare(vq, buf->idx, phys, size);
}

/**
 * A message of @p len bytes goes to the other side in this buffer next: what can be written of the descriptor before
 * the message is. Between this and buffer_give() the lock is not released, and nothing else is sent.
 */
AMP_HOT void tx_prepare(const struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf,
                        int len, bool driver)
{
	if (driver)
		driver_prepare(rvdev, vq, buf, rvdev->config.h2r_buf_size);
	else
		pq_device_prepare(vq, buf->idx, (uint32_t)len + (uint32_t)sizeof(*buf->hdr));
}

/** The same of a buffer without a message. */
AMP_HOT void rx_prepare(const struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf,
                        bool driver)
{
	if (driver)
		driver_prepare(rvdev, vq, buf, rvdev->config.r2h_buf_size);
	else
		pq_device_prepare(vq, buf->idx, 0);
}
#else
/* A split ring's descriptors stay as they are, and an entry is written as it is published. */
#define tx_prepare(rvdev, vq, buf, len, driver) ((void)0)
#define rx_prepare(rvdev, vq, buf, driver)      ((void)(rvdev), (void)(buf))
#endif

/**
 * Offer a buffer, as the driver; give it back, as the device. A packed ring's has been prepared. The used length of a
 * device in a split ring is the buffer's own, whatever the message's: there are drivers that offer the buffer again
 * with that as its size.
 */
AMP_HOT struct virtqueue *give_inline(struct virtqueue *vq, uint32_t idx, uint32_t size, bool driver)
{
	if (driver)
		vq_driver_publish(vq, idx);
	else
		vq_device_put_inline(vq, idx, size);
	return vq;
}

/** The same, where a call costs less than its room: the size is read again. @return @p vq, which saves its callers a
 * register */
struct virtqueue *amp_buffer_give(struct virtqueue *vq, uint32_t idx);
#if AMP_FAST
#define buffer_give(vq, buf, driver) give_inline(vq, (buf)->idx, (buf)->size, driver)
#else
#define buffer_give(vq, buf, driver) ((void)(driver), amp_buffer_give(vq, (buf)->idx))
#endif

/* ------------------------------------------------------------------ out */

/** The free send buffer that the last look showed, without taking it. In the driver's role it stays marked as the
 * device's. @return AMP_LINK_OK or a reason */
AMP_HOT int tx_next(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, struct amp_buffer *buf,
                    bool driver, bool fast)
{
	int reason;

	if (!driver)
		return device_next(rvdev, vq, VRING_DESC_F_WRITE, buf, fast);
	reason = vq_driver_next(vq, &buf->idx, NULL);
	if (amp_unlikely(reason))
		return reason;
	buf->hdr = vq->vq_descx[buf->idx].cookie;
	buf->size = rvdev->config.h2r_buf_size;
	return AMP_LINK_OK;
}

/** Take the buffer of tx_next(). */
AMP_HOT void tx_advance(struct virtqueue *vq, bool driver)
{
	if (driver)
		vq_driver_advance(vq);
	else
		vq_device_advance(vq);
}

/**
 * Take a send buffer when the fast way found none: one that came back unsent, or that was used since the last look. It
 * is rvdev->taken as long as the lock is held.
 * @param len   payload that it must have room for
 * @param wait  as a send's: wait for one, in a program that contains waiting
 * @return RPMSG_SUCCESS; SHORT_ERROR() of RPMSG_ERR_NO_BUFF, RPMSG_ERR_BUFF_SIZE, RPMSG_ERR_DEV_STATE; or a negative
 * error
 */
int amp_tx_take(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait);

/** Write the header of a message to be sent. */
AMP_HOT void tx_fill(struct rpmsg_hdr *hdr, uint32_t src, uint32_t dst, int len)
{
	AMP_SHARED_STORE(&hdr->src, src);
	AMP_SHARED_STORE(&hdr->dst, dst);
	AMP_SHARED_STORE(&hdr->reserved, 0);
	AMP_SHARED_STORE(&hdr->len_flags, (uint32_t)len);
}

/**
 * Release the lock, with a full fence between our stores to the ring and the loads that follow: the story of
 * vq_wants_kick(). Where the release is a fence, a second one is saved.
 */
AMP_HOT void unlock_fenced(struct rpmsg_virtio_device *rvdev)
{
#ifndef METAL_MUTEX_RELEASE_IS_FENCE
	AMP_SHARED_FENCE();
#endif
	metal_mutex_release(&rvdev->rdev.lock);
}

/** After a publication: release the lock, and kick if that is wanted. */
AMP_HOT void kick_unlock(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, bool driver)
{
#if AMP_FAST
	unlock_fenced(rvdev);
	if (vq_kick_flag(vq, driver))
		vq->notify(vq);
#else
	(void)driver;
	metal_mutex_release(&rvdev->rdev.lock);
	link_ring_kick(vq);
#endif
}

/**
 * Publish a message, which is complete, kick, and release the lock. In the driver's role the buffer is marked as the
 * device's already. @return @p len
 */
AMP_HOT int tx_send_unlock(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf,
                           int len, bool driver)
{
	vq_buffer_flush(rvdev->shbuf_io, buf->hdr, (uint32_t)len + (uint32_t)sizeof(*buf->hdr));
	vq = buffer_give(vq, buf, driver);
	kick_unlock(rvdev, vq, driver);
	return len;
}

/* ------------------------------------------------------------------ in */

/* An application may have written to a message that it received: such a line must not fall on top of the next one. */
static inline void flush_message(const struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr)
{
	struct metal_io_region *io = rvdev->shbuf_io;
	size_t len = sizeof(*hdr), left;

	if (!AMP_WITH_DCACHE)
		return;
	left = io->size - metal_io_virt_to_offset(io, hdr);
	len += AMP_SHARED_LOAD(&hdr->len);
	vq_buffer_flush(io, hdr, (unsigned int)metal_min(len, left));
}

/** Give a received buffer back to the other side. @return @p vq */
AMP_HOT struct virtqueue *rx_return(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq,
                                    const struct amp_buffer *buf, bool driver)
{
	flush_message(rvdev, buf->hdr);
	mark_buffer(vq, buf->idx, true, driver);
	rx_prepare(rvdev, vq, buf, driver);
	return buffer_give(vq, buf, driver);
}

#endif /* AMP_RPMSG_BUFFERS_H */
