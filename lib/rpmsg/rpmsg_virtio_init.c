// SPDX-License-Identifier: BSD-3-Clause
/* RPMsg over virtio: bringing a link up and taking it down. */
#include "carrier.h"
#include "endpoints.h"
#include "link.h"
#include "name_service.h"
#include "on_demand.h"
#include "short_error.h"

#define HOST_FEATURES (1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_NS_ACK)

/* Queue 0 carries messages to the driver, queue 1 to the device:
 * what both roles call the same is not the same queue. */
enum {
	QUEUE_TO_DRIVER = 0,
	QUEUE_TO_DEVICE = 1,
	NUM_QUEUES = 2,
};

/* ------------------------------------------------------------------ pool */

void rpmsg_virtio_init_shm_pool(struct rpmsg_virtio_shm_pool *shpool, void *shbuf, size_t size)
{
	if (!shpool || !shbuf)
		return;
	shpool->base = shbuf;
	shpool->size = size;
	shpool->avail = size;
}

metal_weak void *rpmsg_virtio_shm_pool_get_buffer(struct rpmsg_virtio_shm_pool *shpool, size_t size)
{
	void *buf;

	if (!shpool || size == 0 || shpool->avail < size)
		return NULL;
	buf = shpool->base;
	shpool->base = (char *)shpool->base + size;
	shpool->avail -= size;
	return buf;
}

/* ------------------------------------------------------------------ driver */

static bool buffer_size_ok(uint32_t size)
{
	return size > sizeof(struct rpmsg_hdr) && size <= UINT16_MAX + 1u && size % 4 == 0;
}

/*
 * Cut a buffer from a pool, and tie it to a descriptor for good. Some that the other side could not see, for instance
 * since they lie across pages that are not adjacent there, are left out.
 * @return the descriptor; -1: there is none of the two
 */
static AMP_COLD int add_buffer(struct virtqueue *vq, struct rpmsg_virtio_shm_pool *pool, uint32_t size, bool writable)
{
	uint32_t tries = vq->vq_free_cnt ? vq->vq_nentries : 0;
	int desc = -1;
	void *mem;

	while (desc < 0 && tries--) {
		mem = rpmsg_virtio_shm_pool_get_buffer(pool, size);
		if (!mem)
			break;
		desc = link_ring_attach(vq, mem, size, writable);
	}
	return desc;
}

/* The first offer of a buffer that add_buffer() has tied to a descriptor. */
static void offer_empty(const struct rpmsg_virtio_device *rvdev, struct virtqueue *vq, uint32_t desc)
{
	struct amp_buffer buf = {.hdr = vq->vq_descx[desc].cookie, .idx = desc};

	rx_prepare(rvdev, vq, &buf, true);
	vq_driver_publish(vq, desc);
}

/* All buffers of both rings. Alternately, so that a pool that is too small for both serves both directions. */
static int add_buffers(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_shm_pool *to_remote = rvdev->shpool;
	struct rpmsg_virtio_shm_pool *to_host = rvdev->config.split_shpool ? rvdev->shpool + 1 : rvdev->shpool;
	struct virtqueue *rvq = rvdev->in, *svq = rvdev->out;
	int rx = 0, tx = 0;

	while (rx >= 0 || tx >= 0) {
		if (rx >= 0)
			rx = add_buffer(rvq, to_host, rvdev->config.r2h_buf_size, true);
		if (rx >= 0) {
			rvq->vq_descx[rx].ndescs = 1;
			offer_empty(rvdev, rvq, (uint32_t)rx);
		}
		if (tx >= 0)
			tx = add_buffer(svq, to_remote, rvdev->config.h2r_buf_size, false);
		if (tx >= 0)
			amp_tx_untake(rvdev, svq->vq_descx[tx].cookie, (uint32_t)tx);
	}
	return rvq->vq_available_idx && rvdev->reclaimed ? RPMSG_SUCCESS : SHORT_ERROR(RPMSG_ERR_NO_BUFF);
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	if (vdev->func->set_status)
		vdev->func->set_status(vdev, status);
}

/* Reset and features: what comes before the queues. A transport without a status or features goes on without. */
static uint32_t start_driver(struct virtio_device *vdev)
{
	const struct virtio_dispatch *func = vdev->func;

	if (func->reset_device)
		func->reset_device(vdev);
	else
		set_status(vdev, VIRTIO_CONFIG_STATUS_RESET);
	set_status(vdev, VIRTIO_CONFIG_STATUS_ACK);
	set_status(vdev, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	if (func->negotiate_features)
		return func->negotiate_features(vdev, HOST_FEATURES | vdev->rpmsg_accepts);
	return func->get_features ? func->get_features(vdev) : 0;
}

static void finish_driver(struct rpmsg_virtio_device *rvdev)
{
	set_status(rvdev->vdev,
	           VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER | VIRTIO_CONFIG_STATUS_DRIVER_OK);
	/*
	 * The device may be waiting for DRIVER_OK. Whether its flag asks for kicks does not matter: that may be the
	 * last word of its life before, and no other kick would follow. The fence keeps the kick behind the status.
	 */
	AMP_SHARED_FENCE();
	rvdev->in->notify(rvdev->in);
}

/* ------------------------------------------------------------------ both */

/* The transport saw a reset. */
static void lost(struct virtio_device *vdev)
{
	amp_link_end(vdev->priv, AMP_LINK_PEER_RESET);
}

/* The transport's way, in its numbers. @return 0 or VQ_START() of an error */
static int let_transport_create(struct virtio_device *vdev)
{
	vq_callback callbacks[NUM_QUEUES];
	bool driver = role_is_driver(vdev);
	int status;

	callbacks[QUEUE_TO_DRIVER] = driver ? rpmsg_receiver(true) : amp_rpmsg_sent;
	callbacks[QUEUE_TO_DEVICE] = driver ? amp_rpmsg_sent : rpmsg_receiver(false);
	status = vdev->func->create_virtqueues(vdev, 0, NUM_QUEUES, NULL, callbacks, NULL);
	return status ? VQ_START(status) : 0;
}

/* Kicks are ignored until the link is up, which sets the callbacks; a transport that creates queues has them here. */
static int create_queues(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev)
{
	unsigned int in = role_is_driver(vdev) ? QUEUE_TO_DRIVER : QUEUE_TO_DEVICE;
	int status;

	if (AMP_WITH_PACKED_RINGS) /* this build has no others */
		vdev->features |= 1ULL << VIRTIO_F_RING_PACKED;
	if (AMP_WITH_TRANSPORT_HOOKS && vdev->func->create_virtqueues) {
		status = let_transport_create(vdev);
	} else {
		amp_virtio_limit_let_go(vdev, true);
		status = amp_virtio_create_queue(vdev, QUEUE_TO_DRIVER);
		if (!status)
			status = amp_virtio_create_queue(vdev, QUEUE_TO_DEVICE);
		amp_virtio_limit_let_go(vdev, false);
	}
	if (status)
		return status == VQ_START(ERROR_EMPTY_RING) ? SHORT_ERROR(RPMSG_ERR_DEV_STATE)
		                                            : SHORT_ERROR(RPMSG_ERR_INIT);
	vdev->up = true;
	rvdev->in = rvdev->rvq = vdev->vrings_info[in].vq;
	rvdev->out = rvdev->svq = vdev->vrings_info[!in].vq;
	/* A transport with queues of its own kind makes split ones. */
	if (AMP_WITH_PACKED_RINGS) {
		if (!rvdev->in->vq_flags || !rvdev->out->vq_flags)
			return SHORT_ERROR(RPMSG_ERR_INIT);
		pq_one_way(vdev->vrings_info[QUEUE_TO_DRIVER].vq, VRING_DESC_F_WRITE);
	}
	if (!rvdev->in->notify)
		return SHORT_ERROR(RPMSG_ERR_INIT);
	rvdev->in->shm_io = rvdev->out->shm_io = rvdev->shbuf_io;
	/* Senders look for used buffers by themselves, and ask for a kick only while they wait. */
	vq_set_no_notify(rvdev->out, true, role_is_driver(vdev));
	return RPMSG_SUCCESS;
}

/*
 * Device: queues of a driver that is ready. Once more when the driver has reset and is ready again meanwhile: its kick
 * for that may be over, and nobody would call this again. Each turn is a reset of the driver's.
 */
static int start_device(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev)
{
	int status;

	/* A driver that resets while the link is taken over is waited for by nobody: there is no link any more. */
	if (AMP_WITH_WAIT_FOR_DRIVER && !vdev->take_over ? amp_virtio_wait_driver_ok(vdev) != 0
	                                                 : !amp_virtio_driver_ok(vdev))
		return SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	for (;;) {
		status = create_queues(rvdev, vdev);
		if (status)
			return status;
		/*
		 * The rings are marked as ours now. If the driver has reset meanwhile it may not have seen the marks,
		 * or have zeroed them; if it has not, it will see them before it zeroes anything. So only what is read
		 * from here on is this life's.
		 */
		AMP_SHARED_FENCE();
		if (!amp_virtio_driver_ok(vdev))
			return SHORT_ERROR(RPMSG_ERR_DEV_STATE);
		if (vq_mark_stands(rvdev->in) && vq_mark_stands(rvdev->out))
			return RPMSG_SUCCESS;
		if (AMP_WITH_TRANSPORT_HOOKS)
			virtio_delete_virtqueues(vdev);
	}
}

/* What both sides can. */
static void set_features(struct rpmsg_device *rdev, uint32_t features)
{
	rdev->support_ns = (features >> VIRTIO_RPMSG_F_NS) & 1;
#if AMP_WITH_NS_RECEPTION
	rdev->support_ns_ack = (features >> AMP_RPMSG_F_NS_ACK) & 1;
	if (rdev->support_ns) {
		rdev->ns_ept.cb = amp_ns_callback;
		rdev->ns_ept.refcnt = 1;
		rdev->ns_ept.addr = rdev->ns_ept.dest_addr = RPMSG_NS_EPT_ADDR;
		metal_mutex_acquire(&rdev->lock);
		(void)amp_ept_enter(rdev, &rdev->ns_ept); /* the first endpoint: its address is free */
		metal_mutex_release(&rdev->lock);
	}
#endif
}

/* @return RPMSG_SUCCESS or SHORT_ERROR() */
static int bring_up(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev)
{
	uint32_t features;
	int status;

	if (role_is_driver(vdev)) {
		features = start_driver(vdev);
		status = create_queues(rvdev, vdev);
		if (!status)
			status = add_buffers(rvdev);
		if (status)
			return status;
		set_features(&rvdev->rdev, features);
	} else {
		status = start_device(rvdev, vdev);
		if (status)
			return status;
		if (vdev->func->get_features)
			set_features(&rvdev->rdev, vdev->func->get_features(vdev));
		if (vdev->status_shm)
			rvdev->link_ok = vdev->status_shm;
	}
	rvdev->link_state = AMP_LINK_UP;
	rvdev->in->callback = rpmsg_receiver(role_is_driver(vdev));
	rvdev->out->callback = amp_rpmsg_sent;
	if (role_is_driver(vdev))
		finish_driver(rvdev);
	return RPMSG_SUCCESS;
}

/* Undo what rpmsg_init_vdev_with_config() did; the endpoints are gone. */
static void release(struct rpmsg_virtio_device *rvdev)
{
	struct virtio_device *vdev = rvdev->vdev;
	bool was_up = rvdev->link_state == AMP_LINK_UP;

	metal_mutex_acquire(&rvdev->rdev.lock);
	rvdev->rdev.closed = true;
	amp_link_over(rvdev, AMP_LINK_DOWN);
	/* In a callback: whoever is inside of the link leaves after this, and the last one ends the lock. */
	if (HAS_LOCKS)
		rvdev->link_untold = vdev->users;
	metal_mutex_release(&rvdev->rdev.lock);
	if (role_is_driver(vdev)) {
		if (vdev->func->reset_device)
			vdev->func->reset_device(vdev);
		/* So that a device that only listens learns of it now, and not when the driver comes back. */
		AMP_SHARED_FENCE();
		if (was_up && rvdev->in->notify)
			rvdev->in->notify(rvdev->in);
	}
	virtio_delete_virtqueues(vdev);
	vdev->lost = NULL;
	vdev->priv = NULL;
	if (!rvdev->link_untold)
		metal_mutex_deinit(&rvdev->rdev.lock);
}

/* Whether a subtraction translates its addresses. */
static bool is_one_window(const struct metal_io_region *io)
{
	return io->physmap && io->page_shift >= METAL_BITS_PER_ULONG && !io->ops.phys_to_offset;
}

/* Whether there can be a link, whatever the role. @return RPMSG_SUCCESS or SHORT_ERROR() */
static __attribute__((__noinline__)) int check(const struct rpmsg_virtio_device *rvdev,
                                               const struct virtio_device *vdev, const struct metal_io_region *shm_io)
{
	if (!rvdev || !vdev || !shm_io || !vdev->func || (!AMP_WITH_PAGE_MAPS && !is_one_window(shm_io)) ||
	    (!AMP_WITH_VIRTIO_DRIVER && vdev->role == VIRTIO_DEV_DRIVER) ||
	    (!AMP_WITH_VIRTIO_DEVICE && vdev->role != VIRTIO_DEV_DRIVER))
		return SHORT_ERROR(RPMSG_ERR_PARAM);
	return amp_virtio_in_use(vdev) ? SHORT_ERROR(RPMSG_ERR_DEV_STATE) : RPMSG_SUCCESS;
}

/* A link that is not up yet, with nothing in it. */
static void prepare(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev, struct metal_io_region *shm_io)
{
	memset(rvdev, 0, sizeof(*rvdev));
	metal_list_init(&rvdev->rdev.endpoints);
	metal_mutex_init(&rvdev->rdev.lock);
	rvdev->sent = (struct metal_condition)METAL_CONDITION_INIT;
#if !AMP_ONE_ROLE
	rvdev->rdev.carrier = role_is_driver(vdev) ? VIRTIO_DEV_DRIVER + 1 : VIRTIO_DEV_DEVICE + 1;
	rvdev->rdev.ops.send_offchannel_raw = role_is_driver(vdev) ? amp_rpmsg_driver_send : amp_rpmsg_device_send;
#endif
	rvdev->link_ok = &rvdev->link_state;
	rvdev->vdev = vdev;
	rvdev->shbuf_io = shm_io;
	rvdev->send_timeout_ms = AMP_RPMSG_SEND_TIMEOUT_MS;
	if (AMP_FAST && is_one_window(shm_io)) {
		rvdev->window.phys = shm_io->physmap[0];
		rvdev->window.size = shm_io->size;
		rvdev->window.virt = shm_io->virt;
	}
	vdev->priv = rvdev;
	vdev->lost = lost;
}

/* Inlined: a program calls one of the two functions below, and a device needs no more than the first four arguments. */
static inline __attribute__((__always_inline__)) int init(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
                                                          rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
                                                          struct rpmsg_virtio_shm_pool *shpool,
                                                          const struct rpmsg_virtio_config *config)
{
	int status = check(rvdev, vdev, shm_io);

	if (!status && role_is_driver(vdev) &&
	    (!shpool || !config || !buffer_size_ok(config->h2r_buf_size) || !buffer_size_ok(config->r2h_buf_size)))
		status = SHORT_ERROR(RPMSG_ERR_PARAM);
	if (!status) {
		prepare(rvdev, vdev, shm_io);
		if (AMP_WITH_NS_RECEPTION)
			rvdev->rdev.ns_bind_cb = ns_bind_cb;
		if (role_is_driver(vdev)) {
			rvdev->config = *config;
			rvdev->shpool = shpool;
		}
		status = bring_up(rvdev, vdev);
		if (status)
			release(rvdev);
	}
	return full_own_error(status);
}

int rpmsg_init_vdev_with_config(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev,
                                rpmsg_ns_bind_cb ns_bind_cb, struct metal_io_region *shm_io,
                                struct rpmsg_virtio_shm_pool *shpool, const struct rpmsg_virtio_config *config)
{
	/* A device has no use for the sizes: in a build without drivers init() is there once. */
	return AMP_WITH_VIRTIO_DRIVER ? init(rvdev, vdev, ns_bind_cb, shm_io, shpool, config)
	                              : rpmsg_init_vdev(rvdev, vdev, ns_bind_cb, shm_io, shpool);
}

int rpmsg_init_vdev(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev, rpmsg_ns_bind_cb ns_bind_cb,
                    struct metal_io_region *shm_io, struct rpmsg_virtio_shm_pool *shpool)
{
	static const struct rpmsg_virtio_config config = {RPMSG_BUFFER_SIZE, RPMSG_BUFFER_SIZE, false};

	return init(rvdev, vdev, ns_bind_cb, shm_io, shpool, &config);
}

/* Only programs that hold buffers contain this, and count them: see on_demand/. */
#pragma weak amp_rpmsg_report_held

void rpmsg_deinit_vdev(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_endpoint *ept;
	struct rpmsg_device *rdev;
	struct metal_list *node;

	if (!rvdev || rvdev->link_state == AMP_LINK_DOWN || rvdev->rdev.closed)
		return;
	rdev = &rvdev->rdev;
	metal_mutex_acquire(&rdev->lock);
	rdev->closed = true;
	rdev->ns_unbind_cb = NULL;
	rvdev->vdev->users++; /* release_cb may try to take it down as well */
	metal_mutex_release(&rdev->lock);
	while ((node = metal_list_first(&rdev->endpoints)) != NULL) {
		ept = metal_container_of(node, struct rpmsg_endpoint, node);
		/* An entry that is not ours, cleared or created elsewhere while it was here:
		 * nobody knows what follows. */
		if (ept->rdev != rdev)
			break;
		ept->home = NULL;
		rpmsg_destroy_ept(ept);
	}
	metal_mutex_acquire(&rdev->lock);
	rvdev->vdev->users--;
	metal_mutex_release(&rdev->lock);
	if (rvdev->held)
		amp_rpmsg_report_held(rvdev);
	release(rvdev);
}

/* ------------------------------------------------------------------ small things */

/* The application waits, in place of the port. With the lock, which is free meanwhile. */
static int wait_in_application(struct rpmsg_virtio_device *rvdev)
{
	uint32_t id = rvdev->vdev->vrings_info[rvdev->out->vq_queue_index].notifyid;
	int status;

	metal_mutex_release(&rvdev->rdev.lock);
	status = rvdev->notify_wait_cb(&rvdev->rdev, id);
	metal_mutex_acquire(&rvdev->rdev.lock);
	return status;
}

void rpmsg_virtio_set_wait_cb(struct rpmsg_virtio_device *rvdev, rpmsg_virtio_notify_wait_cb notify_wait_cb)
{
	if (!rvdev)
		return;
	rvdev->notify_wait_cb = notify_wait_cb;
	rvdev->wait = notify_wait_cb ? wait_in_application : NULL;
}

unsigned int rpmsg_virtio_get_role(struct rpmsg_virtio_device *rvdev)
{
	/* Not the device's: that may be gone after rpmsg_deinit_vdev(). */
	return link_is_driver(rvdev) ? RPMSG_HOST : RPMSG_REMOTE;
}

struct rpmsg_device *rpmsg_virtio_get_rpmsg_device(struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? &rvdev->rdev : NULL;
}
