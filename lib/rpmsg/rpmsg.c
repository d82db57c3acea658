/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg.c
 * @brief Endpoints: their life, and the checks of a send before it goes to the device that carries it.
 */
#include "rpmsg_internal.h"

/* ------------------------------------------------------------------ addresses and references */

/* Enter an endpoint under an address that nobody has. Continues after the last one, so that a late message finds
 * nobody. */
static bool insert_anywhere(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	unsigned int tries;

	for (tries = 0; tries < RPMSG_ADDR_BMP_SIZE; tries++) {
		ept->addr = RPMSG_RESERVED_ADDRESSES + rdev->bitnext;
		rdev->bitnext = (rdev->bitnext + 1) % RPMSG_ADDR_BMP_SIZE;
		if (amp_ept_insert(rdev, ept))
			return true;
	}
	return false;
}

static void hold_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	metal_mutex_acquire(&rdev->lock);
	ept->refcnt++;
	metal_mutex_release(&rdev->lock);
}

void amp_ept_put(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	bool last;

	metal_mutex_acquire(&rdev->lock);
	last = --ept->refcnt == 0;
	metal_mutex_release(&rdev->lock);
	if (last && ept->release_cb)
		ept->release_cb(ept);
}

/* ------------------------------------------------------------------ life of an endpoint */

int amp_ept_register(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	bool any = src == RPMSG_ADDR_ANY, there;

	strncpy(ept->name, name ? name : "", sizeof(ept->name) - 1);
	ept->name[sizeof(ept->name) - 1] = '\0';
	ept->rdev = NULL;
	ept->dest_addr = dest;
	ept->refcnt = 1;
	ept->cb = cb;
	ept->ns_unbind_cb = ns_unbind_cb;

	metal_mutex_acquire(&rdev->lock);
	ept->addr = src;
	there = any ? insert_anywhere(rdev, ept) : amp_ept_insert(rdev, ept);
	if (there) {
		metal_list_add_tail(&rdev->endpoints, &ept->node);
		ept->rdev = rdev;
	}
	metal_mutex_release(&rdev->lock);
	return there ? RPMSG_SUCCESS : any ? RPMSG_ERR_NO_MEM : RPMSG_ERR_ADDR;
}

static void unregister_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	bool there;

	metal_mutex_acquire(&rdev->lock);
	there = ept->rdev == rdev;
	if (there) {
		amp_ept_remove(rdev, ept);
		metal_list_del(&ept->node);
		ept->rdev = NULL;
	}
	metal_mutex_release(&rdev->lock);
	if (there)
		amp_ept_put(rdev, ept);
}

/*
 * Both of the following hold the endpoint: an announcement may wait for a buffer and receives meanwhile, and a callback
 * may then destroy that very endpoint.
 */

int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	bool known = dest != RPMSG_ADDR_ANY;
	int status;

	if (!ept || !rdev || !cb)
		return RPMSG_ERR_PARAM;
	status = amp_ept_register(ept, rdev, name, src, dest, cb, ns_unbind_cb);
	if (status || !ept->name[0] || !rdev->support_ns || (known && !rdev->support_ns_ack))
		return status;
	hold_ept(rdev, ept);
	/* An answer does not wait: most are given where messages are received. Without it they learn of us later. */
	status = amp_ns_announce(ept, known ? RPMSG_NS_ACK : RPMSG_NS_CREATE, !known);
	if (status < 0 && !known)
		unregister_ept(rdev, ept);
	else
		status = ept->rdev == rdev ? RPMSG_SUCCESS : RPMSG_ERR_DEV_STATE;
	amp_ept_put(rdev, ept);
	return status;
}

void rpmsg_destroy_ept(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept ? ept->rdev : NULL;

	if (!rdev)
		return;
	hold_ept(rdev, ept);
	/* If the announcement cannot be sent, the other side has more to worry about than this endpoint. */
	if (ept->name[0] && rdev->support_ns)
		(void)amp_ns_announce(ept, RPMSG_NS_DESTROY, true);
	unregister_ept(rdev, ept);
	amp_ept_put(rdev, ept);
}

unsigned int is_rpmsg_ept_ready(struct rpmsg_endpoint *ept)
{
	return ept && ept->rdev && ept->dest_addr != RPMSG_ADDR_ANY;
}

/* ------------------------------------------------------------------ messages */

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len,
                              int wait)
{
	int status = check_send(ept, src, dst, data, len);

	return status ? status : ept->rdev->ops.send_offchannel_raw(ept->rdev, src, dst, data, len, wait);
}
