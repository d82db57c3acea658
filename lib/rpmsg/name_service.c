/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file name_service.c
 * @brief Name service: telling the other side about endpoints, and hearing about its own.
 */
#include "rpmsg_internal.h"

int amp_ns_announce(struct rpmsg_endpoint *ept, uint32_t flags)
{
	struct rpmsg_ns_msg msg;

	memcpy(msg.name, ept->name, sizeof(msg.name));
	msg.addr = ept->addr;
	msg.flags = flags;
	return rpmsg_send_offchannel_raw(ept, ept->addr, RPMSG_NS_EPT_ADDR, &msg, sizeof(msg), true);
}

static bool same_name(const char *a, const char *b)
{
	int i;

	for (i = 0; i < RPMSG_NAME_SIZE; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			break;
	}
	return true;
}

/* The endpoint of this name with this counterpart, its reference count raised; or NULL. */
static struct rpmsg_endpoint *get_named(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct rpmsg_endpoint *ept, *found = NULL;
	struct metal_list *node;

	metal_mutex_acquire(&rdev->lock);
	metal_list_for_each (&rdev->endpoints, node) {
		ept = metal_container_of(node, struct rpmsg_endpoint, node);
		if (ept->dest_addr == dest && same_name(ept->name, name)) {
			ept->refcnt++;
			found = ept;
			break;
		}
	}
	metal_mutex_release(&rdev->lock);
	return found;
}

/* Their endpoint waits for ours: connect it with one that waits for theirs, or let the application make one. */
static void name_created(struct rpmsg_device *rdev, const struct rpmsg_ns_msg *msg)
{
	struct rpmsg_endpoint *ept = get_named(rdev, msg->name, RPMSG_ADDR_ANY);

	if (ept) {
		ept->dest_addr = msg->addr;
		amp_ept_put(rdev, ept);
	} else if (rdev->ns_bind_cb) {
		rdev->ns_bind_cb(rdev, msg->name, msg->addr);
	}
}

static void name_destroyed(struct rpmsg_device *rdev, const struct rpmsg_ns_msg *msg)
{
	struct rpmsg_endpoint *ept = get_named(rdev, msg->name, msg->addr);

	if (ept) {
		ept->dest_addr = RPMSG_ADDR_ANY;
		if (ept->ns_unbind_cb)
			ept->ns_unbind_cb(ept);
		amp_ept_put(rdev, ept);
	}
	if (rdev->ns_unbind_cb)
		rdev->ns_unbind_cb(rdev, msg->name, msg->addr);
}

int amp_ns_callback(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_device *rdev = priv;
	struct rpmsg_ns_msg msg;

	(void)ept;
	(void)src;
	/* Any program of the other side can send to this address: what is no announcement is dropped, and the link
	 * lives on. */
	if (len != sizeof(msg))
		return RPMSG_SUCCESS;
	AMP_SHARED_COPY_OUT(&msg, data, sizeof(msg));
	msg.name[RPMSG_NAME_SIZE - 1] = '\0'; /* the other side need not have terminated it */
	if (!msg.name[0] || msg.addr == RPMSG_ADDR_ANY)
		return RPMSG_SUCCESS;
	if (msg.flags & RPMSG_NS_DESTROY)
		name_destroyed(rdev, &msg);
	else
		name_created(rdev, &msg);
	return RPMSG_SUCCESS;
}
