// SPDX-License-Identifier: BSD-3-Clause
/*
 * Endpoints by address, their references, entering and leaving. Knows nothing of messages.
 *
 * The look-up does not grow with their number and allocates nothing: a tree of the endpoints themselves. An endpoint at
 * depth d has, in its lowest 2d bits, the address bits of the path that leads to it; the next two bits choose the
 * child. Any endpoint of a subtree can stand at its root, so taking one out means putting a leaf of its subtree in its
 * place. Addresses that are assigned in a row differ in their low bits and spread evenly: 1024 of them are five steps
 * deep, and none is ever deeper than 17. Without WITH_ENDPOINT_TREE the list of endpoints has to do.
 */
#include "endpoints.h"

#include <string.h>

/* ------------------------------------------------------------------ by address */

#if AMP_WITH_ENDPOINT_TREE
/* Enter @p ept under ept->addr; false if that is taken. */
static bool insert(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	struct rpmsg_endpoint **link = &rdev->by_addr;
	uint32_t bits = ept->addr;

	for (; *link; bits >>= 2) {
		if ((*link)->addr == ept->addr)
			return false;
		link = &(*link)->child[bits & 3];
	}
	memset(ept->child, 0, sizeof(ept->child));
	*link = ept;
	return true;
}

/* The link to some child of @p ept; NULL: it is a leaf. */
static struct rpmsg_endpoint **any_child(struct rpmsg_endpoint *ept)
{
	for (int i = 0; i < 4; i++) {
		if (ept->child[i])
			return &ept->child[i];
	}
	return NULL;
}

static void take_out(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	struct rpmsg_endpoint **link = &rdev->by_addr, **leaf, **child, *heir;
	uint32_t bits = ept->addr;

	for (; *link != ept; bits >>= 2)
		link = &(*link)->child[bits & 3];
	/* Down to a leaf, by any way; it may be the endpoint itself. */
	for (leaf = link; (child = any_child(*leaf)) != NULL;)
		leaf = child;
	heir = *leaf;
	*leaf = NULL;
	if (heir != ept) {
		memcpy(heir->child, ept->child, sizeof(heir->child));
		*link = heir;
	}
}
#else
struct rpmsg_endpoint *rpmsg_find_ept(struct rpmsg_device *rdev, uint32_t addr)
{
	struct metal_list *node = &rdev->endpoints;
	struct rpmsg_endpoint *ept;

	AMP_ASSERT_LOCKED(&rdev->lock);
	do {
		node = node->next;
		if (node == &rdev->endpoints)
			return NULL;
		ept = metal_container_of(node, struct rpmsg_endpoint, node);
	} while (ept->addr != addr);
	return ept;
}

static bool insert(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	return !rpmsg_find_ept(rdev, ept->addr);
}

static void take_out(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	(void)rdev, (void)ept;
}
#endif

/* Under its address, or one that nobody has. Continues after the last one, so that a late message finds nobody. */
static int insert_somewhere(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	if (ept->addr != RPMSG_ADDR_ANY)
		return insert(rdev, ept) ? RPMSG_SUCCESS : SHORT_ERROR(RPMSG_ERR_ADDR);
	for (unsigned int tries = RPMSG_ADDR_BMP_SIZE, next; tries; tries--) {
		next = rdev->next_addr;
		rdev->next_addr = (next + 1) % RPMSG_ADDR_BMP_SIZE;
		ept_set_addr(ept, RPMSG_RESERVED_ADDRESSES + next);
		if (insert(rdev, ept))
			return RPMSG_SUCCESS;
	}
	return SHORT_ERROR(RPMSG_ERR_NO_MEM);
}

int amp_ept_enter(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	int status = insert_somewhere(rdev, ept);

	AMP_ASSERT_LOCKED(&rdev->lock);
	if (!status) {
		metal_list_add_tail(&rdev->endpoints, &ept->node);
		ept_set_device(ept, rdev);
	}
	return status;
}

/* ------------------------------------------------------------------ references */

bool amp_ept_get(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	bool there;

	metal_mutex_acquire(&rdev->lock);
	there = ept->rdev == rdev;
	if (there)
		ept->refcnt++;
	metal_mutex_release(&rdev->lock);
	return there;
}

void amp_ept_put(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, bool leave)
{
	bool last;

	metal_mutex_acquire(&rdev->lock);
	if (leave && ept->rdev == rdev) {
		take_out(rdev, ept);
		metal_list_del(&ept->node);
		ept_set_device(ept, NULL);
		ept->refcnt--;
	}
	last = --ept->refcnt == 0;
	metal_mutex_release(&rdev->lock);
	if (last && ept->release_cb)
		ept->release_cb(ept);
}
