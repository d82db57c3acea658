/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of lib/rpmsg share: the wire format, the endpoint table, buffers of a link. */
#ifndef AMP_RPMSG_INTERNAL_H
#define AMP_RPMSG_INTERNAL_H

#include <amprelay/link.h>
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_virtio.h>

#include "../virtio/virtqueue_internal.h"

#include <metal/utilities.h>

#include <limits.h>

/* ------------------------------------------------------------------ wire format, see WIRE.md */

/** Starts every message. */
struct rpmsg_hdr {
	uint32_t src;
	uint32_t dst;
	uint32_t reserved; /**< sent as 0; the holder of the buffer keeps BUF_… values here */
	union {
		struct {
			uint16_t len;   /**< bytes of payload behind the header */
			uint16_t flags; /**< 0 */
		};
		uint32_t len_flags; /**< both, to be written as one word */
	};
};

/** What is sent to RPMSG_NS_EPT_ADDR. */
struct rpmsg_ns_msg {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;  /**< of the endpoint that it is about */
	uint32_t flags; /**< enum rpmsg_ns_flags */
};

/**
 * An acknowledgement, with AMP_RPMSG_F_NS_ACK: from the endpoint that answers an announcement, and about itself. Who
 * accepted the bit without knowing it drops a message of this length, or takes it for the announcement of an endpoint
 * that it can talk to.
 */
struct rpmsg_ns_ack {
	struct rpmsg_ns_msg ns;
	uint32_t answered; /**< the announced address */
};

enum rpmsg_ns_flags {
	RPMSG_NS_CREATE = 0,
	RPMSG_NS_DESTROY = 1, /**< bit 0 */
	RPMSG_NS_ACK = 2,     /**< in struct rpmsg_ns_ack */
};

_Static_assert(sizeof(struct rpmsg_hdr) == 16, "RPMsg header is 16 bytes");
_Static_assert(sizeof(struct rpmsg_ns_msg) == 40, "name service message is 40 bytes");
_Static_assert(sizeof(struct rpmsg_ns_ack) == 44, "an acknowledgement is longer");

/* ------------------------------------------------------------------ endpoints: endpoint_table.c */

/** The endpoint with this local address, or NULL. With rdev->lock held. */
static inline struct rpmsg_endpoint *rpmsg_find_ept(const struct rpmsg_device *rdev, uint32_t addr)
{
	struct rpmsg_endpoint *ept = rdev->by_addr;
	uint32_t bits = addr;

	/* Each step uses up two bits, and two addresses differ in one at least: 17 steps at most. */
	while (ept && ept->addr != addr) {
		ept = ept->child[bits & 3];
		bits >>= 2;
	}
	return ept;
}

/** Enter @p ept under ept->addr; false if that is taken. With rdev->lock held. */
bool amp_ept_insert(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept);

/** Take @p ept out. With rdev->lock held. */
void amp_ept_remove(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept);

/** Enter an endpoint without announcing it; as rpmsg_create_ept(). */
int amp_ept_register(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb);

/*
 * An endpoint's device and counterpart change with rdev->lock held, and are read without it: a thread may ask whether
 * an endpoint is ready, or send, while another destroys it. Whoever sees the device sees the endpoint that was created
 * on it.
 */
static inline struct rpmsg_device *ept_device(const struct rpmsg_endpoint *ept)
{
	return __atomic_load_n(&ept->rdev, __ATOMIC_RELAXED);
}

static inline void ept_set_device(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev)
{
	__atomic_store_n(&ept->rdev, rdev, __ATOMIC_RELEASE);
}

static inline void ept_set_addr(struct rpmsg_endpoint *ept, uint32_t addr)
{
	__atomic_store_n(&ept->addr, addr, __ATOMIC_RELAXED);
}

static inline void ept_set_dest(struct rpmsg_endpoint *ept, uint32_t dest)
{
	__atomic_store_n(&ept->dest_addr, dest, __ATOMIC_RELAXED);
}

/** The device that buffers of @p ept go back to; the endpoint may be gone. NULL: there is none, or it goes down. */
static inline struct rpmsg_device *ept_home(const struct rpmsg_endpoint *ept)
{
	return ept && ept->home && !ept->home->closed ? ept->home : NULL;
}

/** With a reference, without rdev->lock: @p ept has learnt of its counterpart. */
static inline void ept_ready(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	if (rdev->ready_cb)
		rdev->ready_cb(ept, rdev->ready_arg);
}

/** Give a reference back; the last one releases the endpoint. Without rdev->lock. */
void amp_ept_put(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept);

/** As `wait` of a send: AMP_RPMSG_DESTROY_TIMEOUT_MS at most. */
#define AMP_WAIT_BRIEFLY INT_MIN

/** The largest payload there is, whatever the buffer: the length in its header has 16 bits. */
#define MAX_PAYLOAD UINT16_MAX

/** What every send checks before its device sees it. @return RPMSG_SUCCESS, and the device; or an error */
static inline int check_send(const struct rpmsg_endpoint *ept, struct rpmsg_device **rdev, uint32_t src, uint32_t dst,
                             const void *data, int len)
{
	if (amp_unlikely(!ept) || amp_unlikely(!data))
		return RPMSG_ERR_PARAM;
	if (amp_unlikely((uint32_t)len > MAX_PAYLOAD))
		return len < 0 ? RPMSG_ERR_PARAM : RPMSG_ERR_BUFF_SIZE;
	*rdev = ept_device(ept);
	if (amp_unlikely(!*rdev))
		return RPMSG_ERR_DEV_STATE;
	if (amp_unlikely(src == RPMSG_ADDR_ANY) || amp_unlikely(dst == RPMSG_ADDR_ANY))
		return RPMSG_ERR_ADDR;
	return RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ name service: name_service.c */

/** Tell the other side about @p ept, with RPMSG_NS_ACK its counterpart too, which it answers. @return as a send */
int amp_ns_announce(struct rpmsg_endpoint *ept, uint32_t flags, int wait);

/** Receives what the other side tells. */
int amp_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/* ------------------------------------------------------------------ buffers of a link: rpmsg_virtio.c */

/* rpmsg_hdr.reserved while this side has the buffer: its descriptor, and above that how often it is held. */
#define BUF_HOLD_ONE   0x10000u
#define BUF_INDEX_MASK 0xffffu

static inline struct rpmsg_virtio_device *rpmsg_to_virtio(struct rpmsg_device *rdev)
{
	return metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
}

static inline struct rpmsg_hdr *payload_to_hdr(const void *payload)
{
	return (struct rpmsg_hdr *)(uintptr_t)payload - 1;
}

/** Each role's functions of rpmsg_device::ops, and its callback of the receiving queue. */
extern const struct rpmsg_device_ops amp_rpmsg_driver_ops, amp_rpmsg_device_ops;
void amp_rpmsg_driver_receive(struct virtqueue *vq);
void amp_rpmsg_device_receive(struct virtqueue *vq);

/* A build for one role must not name the other's. */
#if !AMP_WITH_VIRTIO_DEVICE
#define rpmsg_ops(driver)      (&amp_rpmsg_driver_ops)
#define rpmsg_receiver(driver) amp_rpmsg_driver_receive
#elif !AMP_WITH_VIRTIO_DRIVER
#define rpmsg_ops(driver)      (&amp_rpmsg_device_ops)
#define rpmsg_receiver(driver) amp_rpmsg_device_receive
#else
#define rpmsg_ops(driver)      ((driver) ? &amp_rpmsg_driver_ops : &amp_rpmsg_device_ops)
#define rpmsg_receiver(driver) ((driver) ? amp_rpmsg_driver_receive : amp_rpmsg_device_receive)
#endif

/** Callback of the sending queue: there may be room for waiting senders. */
void amp_rpmsg_sent(struct virtqueue *vq);

/* All of the following with rdev->lock held. */

/** Whether messages move: the link is up, and the driver has not reset the device since. */
AMP_HOT bool link_ok(const struct rpmsg_virtio_device *rvdev)
{
	if (AMP_WITH_DCACHE && rvdev->vdev && rvdev->link_ok == rvdev->vdev->status_shm)
		vq_buffer_invalidate(rvdev->vdev->status_io, rvdev->link_ok, 1);
	/* Acquire: behind the DRIVER_OK of a new life the marks of the old one are gone. */
	return amp_likely(AMP_SHARED_LOAD_ACQUIRE(rvdev->link_ok) & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

/**
 * Whether this side may write to @p vq and its buffers, as far as can be seen. What it last knew is not enough: while
 * code of the application ran, a driver may have waited for as long as it does, given this device up, and begun a new
 * life on the same memory. The status shows a reset, the mark shows one that came and went.
 *
 * A reset, the wait and the zeroing of the ring may still all fall between this look and the stores that follow it, if
 * this core stands still for so long. Then one used entry is stored into the new ring: see start_device() in
 * virtqueue.c.
 */
AMP_HOT bool ring_ours_inline(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, bool driver)
{
	return link_ok(rvdev) && (driver || amp_likely(vq_mark_stands(vq)));
}

/** The same, where a call costs less than its room. */
bool amp_ring_ours(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq);
#if AMP_FAST
#define ring_ours(rvdev, vq, driver) ring_ours_inline(rvdev, vq, driver)
#else
#define ring_ours(rvdev, vq, driver) amp_ring_ours(rvdev, vq)
#endif

/**
 * Take a send buffer when the fast way found none: one that came back unsent, or that was used since the last look.
 * @param len  payload that it must have room for
 * @return RPMSG_SUCCESS, and it is in rvdev->taken; RPMSG_ERR_NO_BUFF, RPMSG_ERR_BUFF_SIZE, RPMSG_ERR_DEV_STATE
 */
int amp_tx_take(struct rpmsg_virtio_device *rvdev, uint32_t len);

/**
 * The same, and wait for one.
 * @param wait  AMP_WAIT_BRIEFLY, or any other value
 * @return as amp_tx_take(), or what the application's wait callback said
 */
int amp_tx_wait(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait);

/** One of the two. A link that goes down waits for nobody. */
static inline int tx_take(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait)
{
	int status = amp_tx_take(rvdev, len);

	return wait && status == RPMSG_ERR_NO_BUFF && !rvdev->rdev.closed ? amp_tx_wait(rvdev, len, wait) : status;
}

/*
 * Send buffers that this side has and nobody uses: rpmsg_reclaim.c, which only programs contain that put some there,
 * since rpmsg_virtio.c refers to it weakly.
 */

/** Put a send buffer that was taken back, unsent. With rdev->lock, as the next. */
void amp_tx_untake(struct rpmsg_virtio_device *rvdev, struct rpmsg_hdr *hdr, uint32_t idx);

/**
 * Take the first of them; there is one.
 * @return 0: it is in rvdev->taken; RPMSG_ERR_BUFF_SIZE: @p len bytes do not fit, nothing was
 * taken; enum amp_link_reason
 */
int amp_tx_retake(struct rpmsg_virtio_device *rvdev, uint32_t len);

#if AMP_FAST
/** vq_buffer_va(), for a region that a subtraction does not translate. */
bool amp_buffer_va(struct metal_io_region *io, uint64_t addr, uint32_t len, char **va);
#endif

/* As vq_buffer_va(); with @p fast, false as well if a subtraction does not translate it. */
AMP_HOT bool buffer_va(const struct rpmsg_virtio_device *rvdev, uint64_t addr, uint32_t len, bool fast, char **va)
{
#if AMP_FAST
	const struct amp_window *window = &rvdev->window;
	metal_phys_addr_t offset = (metal_phys_addr_t)addr - window->phys;

	/* The sum cannot overflow, since no region comes near the end of 64 bits. */
	if (amp_likely(offset < window->size && (uint64_t)offset + len <= window->size &&
	               (metal_phys_addr_t)addr == addr)) {
		*va = window->virt + offset;
		return true;
	}
	return !fast && amp_buffer_va(rvdev->shbuf_io, addr, len, va);
#else
	(void)fast;
	return vq_buffer_va(rvdev->shbuf_io, addr, len, va);
#endif
}

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
	struct vring_desc desc;
	char *va;

	vq_read_desc(vq, buf->idx, &desc);
	if (amp_unlikely(!buffer_va(rvdev, desc.addr, desc.len, fast, &va)))
		return AMP_LINK_BAD_ADDRESS;
	if (amp_unlikely(desc.flags != flags && !(host_is_lite(vq) && desc.flags == VRING_DESC_F_WRITE)))
		return AMP_LINK_BAD_FLAGS;
	if (amp_unlikely(desc.len < sizeof(struct rpmsg_hdr)))
		return AMP_LINK_BAD_LENGTH;
	if (amp_unlikely((uintptr_t)va & vq_buffer_align_mask(rvdev->shbuf_io)))
		return AMP_LINK_BAD_ADDRESS;
	buf->hdr = (struct rpmsg_hdr *)(void *)va;
	buf->size = desc.len;
	return AMP_LINK_OK;
}

/** The free send buffer that the last look showed, without taking it. In the driver's role it stays marked as the
 * device's. @return AMP_LINK_OK or a reason */
AMP_HOT int tx_next(const struct rpmsg_virtio_device *rvdev, const struct virtqueue *vq, struct amp_buffer *buf,
                    bool driver, bool fast)
{
	int reason = driver ? vq_driver_next(vq, &buf->idx, NULL) : vq_device_next(vq, &buf->idx);

	if (amp_unlikely(reason))
		return reason;
	if (!driver)
		return device_buffer(rvdev, vq, VRING_DESC_F_WRITE, buf, fast);
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

/** Write the header of a message to be sent. */
AMP_HOT void tx_fill(struct rpmsg_hdr *hdr, uint32_t src, uint32_t dst, int len)
{
	AMP_SHARED_STORE(&hdr->src, src);
	AMP_SHARED_STORE(&hdr->dst, dst);
	AMP_SHARED_STORE(&hdr->reserved, 0);
	AMP_SHARED_STORE(&hdr->len_flags, (uint32_t)len);
}

/**
 * Publish a message, which is complete, release rdev->lock, and kick if that is wanted. In the driver's role the buffer
 * is marked as the device's already. Where the release is a fence, it stands between our index and the other side's
 * flag (see vq_wants_kick()), and a second one is saved. The used length of a device is the buffer's own, whatever the
 * message's, here and in rx_return(): there are drivers that offer the buffer again with that as its size.
 * @return @p len
 */
AMP_HOT int tx_send(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf, int len,
                    bool driver)
{
	bool kick;

	vq_buffer_flush(rvdev->shbuf_io, buf->hdr, (uint32_t)len + (uint32_t)sizeof(*buf->hdr));
	if (driver)
		vq_driver_publish(vq, buf->idx);
	else
		vq_device_put(vq, buf->idx, buf->size);
#ifdef METAL_MUTEX_RELEASE_IS_FENCE
	metal_mutex_release(&rvdev->rdev.lock);
	kick = vq_kick_flag(vq, driver);
#else
	kick = vq_wants_kick(vq, driver);
	metal_mutex_release(&rvdev->rdev.lock);
#endif
	if (kick)
		vq->notify(vq);
	return len;
}

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

/** Give a received buffer back to the other side. */
AMP_HOT void rx_return(struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, const struct amp_buffer *buf,
                       bool driver)
{
	flush_message(rvdev, buf->hdr);
	mark_buffer(vq, buf->idx, true, driver);
	if (driver)
		vq_driver_publish(vq, buf->idx);
	else
		vq_device_put(vq, buf->idx, buf->size);
}

/* ------------------------------------------------------------------ operations that are linked on demand:
 * rpmsg_nocopy.c, rpmsg_hold.c, rpmsg_release_tx.c */

/* Device: the length of a buffer that was taken before, by its descriptor. Only the driver can have changed it. */
AMP_HOT uint32_t size_of(const struct virtqueue *vq, uint32_t idx, bool driver)
{
	const uint32_t *len = &vq->vq_ring.desc[idx].len;

	if (driver)
		return 0;
	vq_ring_invalidate(vq, len, sizeof(*len));
	return AMP_SHARED_LOAD(len);
}

/* Whether the buffer behind @p hdr, by its mark that of descriptor @p idx, is with this side. */
AMP_HOT bool is_ours(const struct virtqueue *vq, const struct rpmsg_hdr *hdr, uint32_t idx, bool driver)
{
	if (idx > vq->vq_mask)
		return false;
	if (driver)
		return vq->vq_descx[idx].cookie == hdr && !vq->vq_descx[idx].ndescs;
	return vq->vq_available_idx != vq->vq_used_cons_idx;
}

/* Whether the buffer behind @p hdr is a send buffer that was handed out, and of which descriptor. */
AMP_HOT bool is_handed_out(const struct rpmsg_virtio_device *rvdev, const struct rpmsg_hdr *hdr, uint32_t *idx,
                           bool driver)
{
	*idx = AMP_SHARED_LOAD(&hdr->reserved) - BUF_HOLD_ONE;
	return is_ours(rvdev->svq, hdr, *idx, driver);
}

void amp_rpmsg_hold_rx(struct rpmsg_device *rdev, void *rxbuf);
void amp_rpmsg_driver_release_rx(struct rpmsg_device *rdev, void *rxbuf);
void amp_rpmsg_device_release_rx(struct rpmsg_device *rdev, void *rxbuf);
void *amp_rpmsg_driver_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait);
void *amp_rpmsg_device_get_tx(struct rpmsg_device *rdev, uint32_t *len, int wait);
int amp_rpmsg_driver_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len);
int amp_rpmsg_device_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data, int len);
int amp_rpmsg_release_tx(struct rpmsg_device *rdev, void *txbuf);
void amp_rpmsg_report_held(const struct rpmsg_virtio_device *rvdev);

/* ------------------------------------------------------------------ state of a link: link.c */

/** For rpmsg_virtio_device::link_ok: without a status that can be loaded, and after a loss. */
extern const uint8_t amp_link_ok_always;
extern const uint8_t amp_link_ok_never;

/**
 * A reception finds that the link ends, unless @p reason (enum amp_link_reason) is AMP_LINK_OK. With rdev->lock held;
 * told by amp_link_unlock().
 * @return whether messages wait that the other side had published before it left: deliver one, and call this again. The
 * loss is told after the last
 */
bool amp_link_ends(struct rpmsg_virtio_device *rvdev, int reason);

/** The same in other places: such messages are left to the reception, since a kick is due for them. */
void amp_link_lost(struct rpmsg_virtio_device *rvdev, int reason);

/** The same, those messages delivered and the loss told. Without the lock, in a context that receives. */
void amp_link_end(struct rpmsg_virtio_device *rvdev, int reason);

/** The application takes the link down: nothing moves any more. With rdev->lock held. */
void amp_link_down(struct rpmsg_virtio_device *rvdev);

/**
 * Release rdev->lock, and tell the application of a loss; or, after a callback has taken the link down, end the lock
 * when nobody needs it any more.
 */
void amp_link_tell(struct rpmsg_virtio_device *rvdev);

/** Release rdev->lock, and report a loss that was noticed under it. */
static inline void amp_link_unlock(struct rpmsg_virtio_device *rvdev)
{
	if (amp_unlikely(rvdev->link_untold))
		amp_link_tell(rvdev);
	else
		metal_mutex_release(&rvdev->rdev.lock);
}

#endif /* AMP_RPMSG_INTERNAL_H */
