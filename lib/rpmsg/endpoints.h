/* SPDX-License-Identifier: BSD-3-Clause */
/* The endpoints of a device: finding them, entering and leaving, and who still uses one. */
#ifndef AMP_RPMSG_ENDPOINTS_H
#define AMP_RPMSG_ENDPOINTS_H

#include "locked.h"
#include "short_error.h"
#include "wire_format.h"

#include <amprelay/config.h>
#include <openamp/rpmsg.h>

#include <metal/utilities.h>

/** The endpoint with this local address, or NULL. With rdev->lock held. */
#if AMP_WITH_ENDPOINT_TREE
static inline struct rpmsg_endpoint *rpmsg_find_ept(struct rpmsg_device *rdev, uint32_t addr)
{
	struct rpmsg_endpoint *ept = rdev->by_addr;
	uint32_t bits = addr;

	AMP_ASSERT_LOCKED(&rdev->lock);
	/* Each step uses up two bits, and two addresses differ in one at least: 17 steps at most. */
	while (ept && ept->addr != addr) {
		ept = ept->child[bits & 3];
		bits >>= 2;
	}
	return ept;
}
#else
struct rpmsg_endpoint *rpmsg_find_ept(struct rpmsg_device *rdev, uint32_t addr);
#endif

/**
 * Enter an endpoint under ept->addr, or under an address that nobody has; its other members are filled in, `rdev` with
 * NULL. With rdev->lock. @return RPMSG_SUCCESS; SHORT_ERROR() of RPMSG_ERR_ADDR, RPMSG_ERR_NO_MEM
 */
int amp_ept_enter(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept);

/** Whether it is still there; then it has one more reference. Without rdev->lock. */
bool amp_ept_get(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept);

/**
 * Give a reference back; the last one releases the endpoint. Without rdev->lock.
 * @param leave  take it out, too, with its own reference; nothing if another context did
 */
void amp_ept_put(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept, bool leave);

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
	__atomic_store_n(&ept->rdev, rdev, HAS_LOCKS ? __ATOMIC_RELEASE : __ATOMIC_RELAXED);
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

/** Whether announcements are acknowledged. Who does not hear them does not. */
static inline bool acknowledges(const struct rpmsg_device *rdev)
{
	return AMP_WITH_NS_RECEPTION && rdev->support_ns_ack;
}

/** With a reference, without rdev->lock: @p ept has learnt of its counterpart. */
static inline void ept_ready(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	if (AMP_WITH_NS_RECEPTION && rdev->ready_cb)
		rdev->ready_cb(ept, rdev->ready_arg);
}

/** What every send checks before its device sees it. @return RPMSG_SUCCESS, and the device; or SHORT_ERROR() */
static inline int check_send(const struct rpmsg_endpoint *ept, struct rpmsg_device **rdev, uint32_t src, uint32_t dst,
                             const void *data, int len)
{
	if (!ept || !data)
		return SHORT_ERROR(RPMSG_ERR_PARAM);
	if ((uint32_t)len > MAX_PAYLOAD)
		return len < 0 ? SHORT_ERROR(RPMSG_ERR_PARAM) : SHORT_ERROR(RPMSG_ERR_BUFF_SIZE);
	*rdev = ept_device(ept);
	if (!*rdev)
		return SHORT_ERROR(RPMSG_ERR_DEV_STATE);
	return src == RPMSG_ADDR_ANY || dst == RPMSG_ADDR_ANY ? SHORT_ERROR(RPMSG_ERR_ADDR) : RPMSG_SUCCESS;
}

#endif /* AMP_RPMSG_ENDPOINTS_H */
