// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints: their life, and the checks of a send before it goes to the device that carries it. */
#include "rpmsg_internal.h"

/* ------------------------------------------------------------------ addresses and references */

/* Enter an endpoint under an address that nobody has. Continues after the last one, so that a late message finds
 * nobody. */
static bool insert_anywhere(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	for (unsigned int tries = 0; tries < RPMSG_ADDR_BMP_SIZE; tries++) {
		ept_set_addr(ept, RPMSG_RESERVED_ADDRESSES + rdev->bitnext);
		rdev->bitnext = (rdev->bitnext + 1) % RPMSG_ADDR_BMP_SIZE;
		if (amp_ept_insert(rdev, ept))
			return true;
	}
	return false;
}

/* Whether it is still there; then it is held. */
static bool hold_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	bool there;

	metal_mutex_acquire(&rdev->lock);
	there = ept->rdev == rdev;
	if (there)
		ept->refcnt++;
	metal_mutex_release(&rdev->lock);
	return there;
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

/* As strncpy(), terminated; and @p name may be the endpoint's own, of its life before. */
static void set_name(struct rpmsg_endpoint *ept, const char *name)
{
	size_t len = 0;

	for (; name && len < sizeof(ept->name) - 1 && name[len]; len++)
		ept->name[len] = name[len];
	memset(ept->name + len, 0, sizeof(ept->name) - len);
}

int amp_ept_register(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	bool any = src == RPMSG_ADDR_ANY;
	int status = RPMSG_ERR_PARAM;

	metal_mutex_acquire(&rdev->lock);
	/* One that lives is left as it is: a second time in the list, it would have no end. */
	if (!metal_list_find_node(&rdev->endpoints, &ept->node)) {
		set_name(ept, name);
		ept_set_device(ept, NULL);
		ept_set_dest(ept, dest);
		ept->home = rdev;
		ept->refcnt = 1;
		ept->cb = cb;
		ept->ns_unbind_cb = ns_unbind_cb;
		ept_set_addr(ept, src);
		status = any ? RPMSG_ERR_NO_MEM : RPMSG_ERR_ADDR;
		if (any ? insert_anywhere(rdev, ept) : amp_ept_insert(rdev, ept)) {
			metal_list_add_tail(&rdev->endpoints, &ept->node);
			ept_set_device(ept, rdev);
			status = RPMSG_SUCCESS;
		}
	}
	metal_mutex_release(&rdev->lock);
	return status;
}

static void unregister_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	bool there;

	metal_mutex_acquire(&rdev->lock);
	there = ept->rdev == rdev;
	if (there) {
		amp_ept_remove(rdev, ept);
		metal_list_del(&ept->node);
		ept_set_device(ept, NULL);
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
	if (rdev->closed)
		return RPMSG_ERR_DEV_STATE;
	status = amp_ept_register(ept, rdev, name, src, dest, cb, ns_unbind_cb);
	if (status || !ept->name[0] || !rdev->support_ns || (known && !rdev->support_ns_ack))
		return status;
	if (!hold_ept(rdev, ept))
		return RPMSG_ERR_DEV_STATE;
	/* An answer does not wait: most are given where messages are received. Without it they learn of us later. */
	status = amp_ns_announce(ept, known ? RPMSG_NS_ACK : RPMSG_NS_CREATE, !known);
	if (status < 0 && !known)
		unregister_ept(rdev, ept);
	else
		status = ept_device(ept) == rdev ? RPMSG_SUCCESS : RPMSG_ERR_DEV_STATE;
	amp_ept_put(rdev, ept);
	return status;
}

void rpmsg_destroy_ept(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;

	if (!rdev || !hold_ept(rdev, ept))
		return;
	/* If the announcement cannot be sent, the other side has more to worry about than this endpoint. */
	if (ept->name[0] && rdev->support_ns)
		(void)amp_ns_announce(ept, RPMSG_NS_DESTROY, AMP_WAIT_BRIEFLY);
	unregister_ept(rdev, ept);
	amp_ept_put(rdev, ept);
}

unsigned int is_rpmsg_ept_ready(struct rpmsg_endpoint *ept)
{
	/* Acquire: whoever is told that it is ready uses what stands in it. */
	return ept && __atomic_load_n(&ept->rdev, __ATOMIC_ACQUIRE) && amp_ept_dest(ept) != RPMSG_ADDR_ANY;
}

/* ------------------------------------------------------------------ messages */

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len,
                              int wait)
{
	struct rpmsg_device *rdev;
	int status = check_send(ept, &rdev, src, dst, data, len);

	return status ? status : rdev->ops.send_offchannel_raw(rdev, src, dst, data, len, wait);
}
