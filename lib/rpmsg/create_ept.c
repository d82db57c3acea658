// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints come and go, and the other side hears of it. */
#include "endpoints.h"
#include "name_service.h"

/* As strncpy(), terminated; NULL is no name, and @p name may be the endpoint's own, of its life before. */
static void set_name(struct rpmsg_endpoint *ept, const char *name)
{
	char *end = &ept->name[sizeof(ept->name) - 1], letter;

	*end = '\0';
	if (!name)
		name = end;
	for (char *to = ept->name; to < end; to++) {
		letter = *name;
		*to = letter;
		if (letter)
			name++;
	}
}

/*
 * Both of the following have a reference of their own: an announcement may wait for a buffer and receives meanwhile,
 * and a callback may then destroy that very endpoint.
 */

int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	bool unknown = dest == RPMSG_ADDR_ANY;
	int status;

	if (!ept || !rdev || !cb)
		return RPMSG_ERR_PARAM;
	if (rdev->closed) /* a link that is down has no lock */
		return RPMSG_ERR_DEV_STATE;
	metal_mutex_acquire(&rdev->lock);
	/* One that lives is left as it is: a second time in the list, it would have no end. */
	status = SHORT_ERROR(RPMSG_ERR_PARAM);
	if (!metal_list_find_node(&rdev->endpoints, &ept->node)) {
		__atomic_store_n(&ept->rdev, NULL, __ATOMIC_RELAXED);
		ept_set_addr(ept, src);
		ept_set_dest(ept, dest);
		ept->refcnt = 2;
		ept->cb = cb;
		ept->ns_unbind_cb = ns_unbind_cb;
		ept->home = rdev;
		set_name(ept, name);
		status = amp_ept_enter(rdev, ept);
	}
	metal_mutex_release(&rdev->lock);
	if (status)
		return full_own_error(status);
	if (ept->name[0] && rdev->support_ns && (unknown || acknowledges(rdev))) {
		/* An answer does not wait: most are given where messages are received. Without it they learn of us
		 * later. */
		status = amp_ns_announce(ept, unknown ? RPMSG_NS_CREATE : RPMSG_NS_ACK, unknown);
		if (status >= 0 || !unknown)
			status = ept_device(ept) == rdev ? RPMSG_SUCCESS : RPMSG_ERR_DEV_STATE;
	}
	/* One that could not be announced leaves; one that has gone meanwhile has left. */
	amp_ept_put(rdev, ept, status);
	return status;
}

void rpmsg_destroy_ept(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;

	if (!rdev || !amp_ept_get(rdev, ept))
		return;
	/* If the announcement cannot be sent, the other side has more to worry about than this endpoint. */
	if (ept->name[0] && rdev->support_ns)
		(void)amp_ns_announce(ept, RPMSG_NS_DESTROY, AMP_WAIT_BRIEFLY);
	amp_ept_put(rdev, ept, true);
}

unsigned int is_rpmsg_ept_ready(struct rpmsg_endpoint *ept)
{
	/* Acquire: whoever is told that it is ready uses what stands in it. */
	return ept && __atomic_load_n(&ept->rdev, __ATOMIC_ACQUIRE) && amp_ept_dest(ept) != RPMSG_ADDR_ANY;
}
