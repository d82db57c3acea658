// SPDX-License-Identifier: BSD-3-Clause
/* Name service: telling the other side about endpoints, and hearing about its own. */
#include "name_service.h"

#include "../virtio/shared_access.h"
#include "endpoints.h"

#include <string.h>

int amp_ns_announce(struct rpmsg_endpoint *ept, uint32_t flags, int wait)
{
	struct rpmsg_ns_ack msg;

	memcpy(msg.ns.name, ept->name, sizeof(msg.ns.name));
	msg.ns.addr = ept->addr;
	msg.ns.flags = flags;
	if (AMP_WITH_NS_RECEPTION)
		msg.answered = ept->dest_addr;
	return amp_rpmsg_send(ept, ept->addr, RPMSG_NS_EPT_ADDR, &msg,
	                      AMP_WITH_NS_RECEPTION && flags == RPMSG_NS_ACK ? sizeof(msg) : sizeof(msg.ns), wait);
}

#if AMP_WITH_NS_RECEPTION
/**
 * The endpoint that a message of theirs is about: of this name, with the counterpart @p dest, which becomes
 * @p new_dest, and with the local address that is answered, if one is. Its reference count is raised.
 */
static struct rpmsg_endpoint *get_named(struct rpmsg_device *rdev, const struct rpmsg_ns_ack *msg, uint32_t dest,
                                        uint32_t new_dest)
{
	struct rpmsg_endpoint *ept, *found = NULL;
	struct metal_list *node;

	metal_mutex_acquire(&rdev->lock);
	metal_list_for_each (&rdev->endpoints, node) {
		ept = metal_container_of(node, struct rpmsg_endpoint, node);
		if (ept->dest_addr == dest && (msg->answered == RPMSG_ADDR_ANY || msg->answered == ept->addr) &&
		    strncmp(ept->name, msg->ns.name, sizeof(ept->name)) == 0) {
			ept_set_dest(ept, new_dest);
			ept->refcnt++;
			found = ept;
			break;
		}
	}
	metal_mutex_release(&rdev->lock);
	return found;
}

/* An endpoint of theirs has gone. */
static void name_destroyed(struct rpmsg_device *rdev, const struct rpmsg_ns_ack *msg)
{
	struct rpmsg_endpoint *ept = get_named(rdev, msg, msg->ns.addr, RPMSG_ADDR_ANY);

	if (ept) {
		if (ept->ns_unbind_cb)
			ept->ns_unbind_cb(ept);
		amp_ept_put(rdev, ept, false);
	}
	if (rdev->ns_unbind_cb)
		rdev->ns_unbind_cb(rdev, msg->ns.name, msg->ns.addr);
}

/*
 * Their endpoint waits for ours: connect it with one that waits for theirs, or let the application make one. If one of
 * ours has it as its counterpart, nothing changes; it answers again, since the first answer may not have found a
 * buffer. Or, an acknowledgement: it answers our announcement of an address which may have gone, or know its
 * counterpart.
 */
static void name_created(struct rpmsg_device *rdev, const struct rpmsg_ns_ack *msg)
{
	bool ack = msg->answered != RPMSG_ADDR_ANY;
	uint32_t dest = ack ? RPMSG_ADDR_ANY : msg->ns.addr;
	struct rpmsg_endpoint *ept;

	while (!(ept = get_named(rdev, msg, dest, msg->ns.addr)) && dest != RPMSG_ADDR_ANY)
		dest = RPMSG_ADDR_ANY;
	if (ept) {
		/* Does not wait, since it would in whatever context receives. Without it they learn of us later. */
		if (rdev->support_ns_ack && !ack)
			(void)amp_ns_announce(ept, RPMSG_NS_ACK, false);
		if (dest == RPMSG_ADDR_ANY)
			ept_ready(rdev, ept);
		amp_ept_put(rdev, ept, false);
	} else if (!ack && rdev->ns_bind_cb) {
		rdev->ns_bind_cb(rdev, msg->ns.name, msg->ns.addr);
	}
}

int amp_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_device *rdev = metal_container_of(ept, struct rpmsg_device, ns_ept);
	struct rpmsg_ns_ack msg;

	(void)src, (void)priv;
	/* Any program of the other side can send to this address: what is no announcement is dropped, and the link
	 * lives on. */
	if (len != sizeof(msg.ns) && (len != sizeof(msg) || !rdev->support_ns_ack))
		return RPMSG_SUCCESS;
	AMP_SHARED_COPY_OUT(&msg, data, len);
	msg.ns.name[RPMSG_NAME_SIZE - 1] = '\0'; /* the other side need not have terminated it */
	if (!msg.ns.name[0] || msg.ns.addr == RPMSG_ADDR_ANY)
		return RPMSG_SUCCESS;
	if (len == sizeof(msg.ns))
		msg.answered = RPMSG_ADDR_ANY;
	else if (msg.ns.flags != RPMSG_NS_ACK || msg.answered == RPMSG_ADDR_ANY)
		return RPMSG_SUCCESS;
	if (msg.ns.flags & RPMSG_NS_DESTROY)
		name_destroyed(rdev, &msg);
	else
		name_created(rdev, &msg);
	return RPMSG_SUCCESS;
}
#endif
