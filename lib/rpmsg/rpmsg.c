/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg.c
 * @brief Endpoints: their life, and the checks of a send before it goes to the device that carries it.
 */
#include "rpmsg_internal.h"

/* ------------------------------------------------------------------ addresses and references */

/* An address that nobody has, or RPMSG_ADDR_ANY. Continues after the last one, so that a late message finds nobody. */
static uint32_t free_address(struct rpmsg_device *rdev)
{
	unsigned int bit = metal_bitmap_next_clear_bit(rdev->bitmap, rdev->bitnext, RPMSG_ADDR_BMP_SIZE);

	if (bit == RPMSG_ADDR_BMP_SIZE)
		bit = metal_bitmap_next_clear_bit(rdev->bitmap, 0, RPMSG_ADDR_BMP_SIZE);
	if (bit == RPMSG_ADDR_BMP_SIZE)
		return RPMSG_ADDR_ANY;
	rdev->bitnext = (bit + 1) % RPMSG_ADDR_BMP_SIZE;
	return RPMSG_RESERVED_ADDRESSES + bit;
}

/* Number of an assignable address in the bitmap; RPMSG_ADDR_BMP_SIZE or more for others. */
static uint32_t address_bit(uint32_t addr)
{
	return addr - RPMSG_RESERVED_ADDRESSES;
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

static void copy_name(char dst[RPMSG_NAME_SIZE], const char *src)
{
	size_t i = 0;

	if (src)
		for (; i < RPMSG_NAME_SIZE - 1 && src[i]; i++)
			dst[i] = src[i];
	for (; i < RPMSG_NAME_SIZE; i++)
		dst[i] = '\0';
}

int amp_ept_register(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	int i, status = RPMSG_SUCCESS;

	ept->rdev = NULL;
	copy_name(ept->name, name);
	ept->dest_addr = dest;
	ept->refcnt = 1;
	ept->cb = cb;
	ept->ns_unbind_cb = ns_unbind_cb;
	for (i = 0; i < 4; i++)
		ept->child[i] = NULL;

	metal_mutex_acquire(&rdev->lock);
	ept->addr = src == RPMSG_ADDR_ANY ? free_address(rdev) : src;
	if (ept->addr == RPMSG_ADDR_ANY) {
		status = RPMSG_ERR_NO_MEM;
	} else if (!amp_ept_insert(rdev, ept)) {
		status = RPMSG_ERR_ADDR;
	} else {
		if (address_bit(ept->addr) < RPMSG_ADDR_BMP_SIZE)
			metal_bitmap_set_bit(rdev->bitmap, (int)address_bit(ept->addr));
		metal_list_add_tail(&rdev->endpoints, &ept->node);
		ept->rdev = rdev;
	}
	metal_mutex_release(&rdev->lock);
	return status;
}

/* An announcement may wait for a buffer and receives meanwhile: a callback may then destroy the very endpoint. */
static void hold_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	metal_mutex_acquire(&rdev->lock);
	ept->refcnt++;
	metal_mutex_release(&rdev->lock);
}

static void unregister_ept(struct rpmsg_device *rdev, struct rpmsg_endpoint *ept)
{
	metal_mutex_acquire(&rdev->lock);
	if (ept->rdev != rdev) {
		metal_mutex_release(&rdev->lock);
		return;
	}
	amp_ept_remove(rdev, ept);
	if (address_bit(ept->addr) < RPMSG_ADDR_BMP_SIZE)
		metal_bitmap_clear_bit(rdev->bitmap, (int)address_bit(ept->addr));
	metal_list_del(&ept->node);
	ept->rdev = NULL;
	metal_mutex_release(&rdev->lock);
	amp_ept_put(rdev, ept);
}

int rpmsg_create_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const char *name, uint32_t src,
                     uint32_t dest, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	int status;

	if (!ept || !rdev || !cb)
		return RPMSG_ERR_PARAM;
	status = amp_ept_register(ept, rdev, name, src, dest, cb, ns_unbind_cb);
	if (!status && ept->name[0] && rdev->support_ns && (dest == RPMSG_ADDR_ANY || rdev->support_ns_ack)) {
		hold_ept(rdev, ept);
		status = amp_ns_announce(ept, dest == RPMSG_ADDR_ANY ? RPMSG_NS_CREATE : RPMSG_NS_ACK, true);
		if (status < 0)
			unregister_ept(rdev, ept);
		else if (ept->rdev != rdev)
			status = RPMSG_ERR_DEV_STATE;
		amp_ept_put(rdev, ept);
	}
	return status < 0 ? status : RPMSG_SUCCESS;
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
	struct rpmsg_device *rdev;

	if (!ept || !data || len < 0)
		return RPMSG_ERR_PARAM;
	rdev = ept->rdev;
	if (!rdev)
		return RPMSG_ERR_DEV_STATE;
	if (src == RPMSG_ADDR_ANY || dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_ADDR;
	return rdev->ops.send_offchannel_raw(rdev, src, dst, data, len, wait);
}
