// SPDX-License-Identifier: BSD-3-Clause
/*
 * Endpoints by address, for a look-up that does not grow with their number and allocates nothing.
 *
 * A tree of the endpoints themselves. An endpoint at depth d has, in its lowest 2d bits, the address bits of the path
 * that leads to it; the next two bits choose the child. Any endpoint of a subtree can stand at its root, so taking one
 * out means putting a leaf of its subtree in its place. Addresses that are assigned in a row differ in their low bits
 * and spread evenly: 1024 of them are five steps deep, and none is ever deeper than 17.
 */
#include "rpmsg_internal.h"

bool amp_ept_insert(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
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

void amp_ept_remove(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
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
