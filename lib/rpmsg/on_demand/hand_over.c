// SPDX-License-Identifier: BSD-3-Clause
/* A link goes from one firmware to the next: the record of it, and taking it over. */
#include "../../rpmsg/buffers.h"
#include "../../rpmsg/endpoints.h"
#include "flow_control.h"

#include <amprelay/hand_over.h>
#include <amprelay/link.h>

#include <string.h>

_Static_assert(sizeof(struct amp_hand_over) == 36 + 40 * AMP_HAND_OVER_ENDPOINTS + AMP_HAND_OVER_STATE,
               "the record has no holes");

/* ------------------------------------------------------------------ the record */

/* An item of the state; its bytes follow, filled up to a multiple of 4. */
struct item {
	char name[AMP_HAND_OVER_ITEM_NAME];
	uint32_t size;
};

static size_t filled_up(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* CRC-32 as in Ethernet. Once in a swap, so it needs no table. */
static uint32_t sum_of(const struct amp_hand_over *record)
{
	const uint8_t *byte = (const uint8_t *)&record->epoch, *end = (const uint8_t *)(record + 1);
	uint32_t crc = UINT32_MAX;

	for (; byte < end; byte++) {
		crc ^= *byte;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

int amp_hand_over_put(struct amp_hand_over *record, const char *name, const void *data, size_t size)
{
	uint8_t *at = record->state + record->state_size;
	struct item item = {.size = (uint32_t)size};
	size_t room = sizeof(record->state) - record->state_size;

	if (room < sizeof(item) || size > room - sizeof(item))
		return RPMSG_ERR_NO_MEM;
	for (size_t i = 0; i < sizeof(item.name) - 1 && name[i]; i++)
		item.name[i] = name[i];
	memcpy(at, &item, sizeof(item));
	memcpy(at + sizeof(item), data, size);
	record->state_size += (uint32_t)(sizeof(item) + filled_up(size));
	return RPMSG_SUCCESS;
}

void amp_hand_over_seal(struct amp_hand_over *record, uint32_t epoch)
{
	record->magic = AMP_HAND_OVER_MAGIC;
	record->version = AMP_HAND_OVER_VERSION;
	record->epoch = epoch;
	record->sum = sum_of(record);
}

/* @return whether an item begins at `at`; then `at` moves behind it */
static bool next_item(const struct amp_hand_over *record, size_t *at, struct item *item)
{
	size_t room = record->state_size - *at;

	if (room < sizeof(*item))
		return false;
	memcpy(item, record->state + *at, sizeof(*item));
	room -= sizeof(*item);
	if (item->size > room || filled_up(item->size) > room || item->name[sizeof(item->name) - 1] != '\0')
		return false;
	*at += sizeof(*item) + filled_up(item->size);
	return true;
}

static bool state_is_whole(const struct amp_hand_over *record)
{
	struct item item;
	size_t at = 0;

	while (next_item(record, &at, &item))
		;
	return at == record->state_size;
}

static const char *wrong_endpoint(const struct amp_hand_over *record, uint32_t i)
{
	const struct amp_hand_over_endpoint *ept = &record->endpoint[i];

	if (!memchr(ept->name, '\0', sizeof(ept->name)))
		return "the name of an endpoint has no end";
	if (ept->addr == RPMSG_ADDR_ANY)
		return "an endpoint has no address";
	for (uint32_t k = 0; k < i; k++) {
		if (record->endpoint[k].addr == ept->addr)
			return "two endpoints have one address";
	}
	return NULL;
}

const char *amp_hand_over_wrong(const struct amp_hand_over *record, uint32_t epoch)
{
	const char *wrong = NULL;

	if (record->magic != AMP_HAND_OVER_MAGIC)
		return "there is no hand-over record";
	if (record->version != AMP_HAND_OVER_VERSION)
		return "the hand-over record is of another version";
	if (record->sum != sum_of(record))
		return "the hand-over record is damaged";
	if (record->epoch != epoch)
		return "the hand-over record is of another life";
	if (record->link > 1 || record->endpoints > AMP_HAND_OVER_ENDPOINTS || (!record->link && record->endpoints) ||
	    record->index[0] > UINT16_MAX || record->index[1] > UINT16_MAX)
		return "the hand-over record has a number that cannot be";
	if (record->state_size > sizeof(record->state) || record->state_size % 4 || !state_is_whole(record))
		return "the state in the hand-over record is not whole";
	for (uint32_t i = 0; !wrong && i < record->endpoints; i++)
		wrong = wrong_endpoint(record, i);
	return wrong;
}

const void *amp_hand_over_get(const struct amp_hand_over *record, const char *name, size_t size)
{
	struct item item;
	size_t at = 0;

	while (next_item(record, &at, &item)) {
		if (strncmp(item.name, name, sizeof(item.name) - 1) == 0)
			return item.size == size ? record->state + at - filled_up(size) : NULL;
	}
	return NULL;
}

const struct amp_hand_over_endpoint *amp_hand_over_find(const struct amp_hand_over *record, const char *name)
{
	for (uint32_t i = 0; i < record->endpoints; i++) {
		if (strncmp(record->endpoint[i].name, name, sizeof(record->endpoint[i].name)) == 0)
			return &record->endpoint[i];
	}
	return NULL;
}

/* ------------------------------------------------------------------ the old firmware */

static int write_endpoints(struct rpmsg_device *rdev, struct amp_hand_over *record)
{
	struct metal_list *node;

	metal_list_for_each (&rdev->endpoints, node) {
		struct rpmsg_endpoint *ept = metal_container_of(node, struct rpmsg_endpoint, node);
		struct amp_hand_over_endpoint *to = &record->endpoint[record->endpoints];

		if (ept == &rdev->ns_ept)
			continue;
		if (record->endpoints == AMP_HAND_OVER_ENDPOINTS)
			return RPMSG_ERR_NO_MEM;
		memcpy(to->name, ept->name, sizeof(to->name));
		to->addr = ept->addr;
		to->dest_addr = ept->dest_addr;
		record->endpoints++;
	}
	return RPMSG_SUCCESS;
}

int amp_rpmsg_hand_over(struct rpmsg_virtio_device *rvdev, struct amp_hand_over *record)
{
	const struct amp_flow *flow;
	struct virtqueue *vq;
	int status;

	memset(record, 0, sizeof(*record));
	if (amp_rpmsg_link_state(rvdev) != AMP_LINK_UP)
		return RPMSG_SUCCESS;
	if (link_is_driver(rvdev))
		return RPMSG_ERR_PARAM;
	metal_mutex_acquire(&rvdev->rdev.lock);
	status = write_endpoints(&rvdev->rdev, record);
	for (unsigned int i = 0; i < 2 && !status; i++) {
		vq = rvdev->vdev->vrings_info[i].vq;
		record->index[i] = vq->vq_used_cons_idx;
		/* Whoever has it knows it by its place in memory, and the next firmware does not. */
		if (vq->vq_available_idx != vq->vq_used_cons_idx)
			status = RPMSG_ERR_NO_BUFF;
	}
	/* Nor does it know which messages were handed out before their turn. */
	flow = amp_flow_of(rvdev);
	if (flow && flow->num_ahead && !status)
		status = RPMSG_ERR_NO_BUFF;
	record->link = 1;
	metal_mutex_release(&rvdev->rdev.lock);
	return status;
}

/* ------------------------------------------------------------------ the new firmware */

/* @return RPMSG_SUCCESS if queue @p i is in use, and as far as the record says */
static int check_ring(const struct virtio_vring_info *info, uint16_t index)
{
	struct virtqueue vq = {.vq_noncoherent = info->io && (info->io->mem_flags & AMP_IO_NONCOHERENT)};
	uint16_t used, mark, ahead;

	if (!info->vq || !info->info.vaddr || !info->info.num_descs)
		return RPMSG_ERR_PARAM;
	vring_init(&vq.vq_ring, info->info.num_descs, info->info.vaddr, info->info.align);
	if (AMP_WITH_PACKED_RINGS) {
		if (AMP_SHARED_LOAD(pq_mark(&vq.vq_ring)) != VQ_IN_USE)
			return RPMSG_ERR_DEV_STATE;
		return pq_given_back(&vq.vq_ring, (uint16_t)(index - 1)) && !pq_given_back(&vq.vq_ring, index)
		               ? RPMSG_SUCCESS
		               : RPMSG_ERR_PARAM;
	}
	vq_ring_invalidate(&vq, vq.vq_ring.used, sizeof(*vq.vq_ring.used));
	vq_ring_invalidate(&vq, vring_mark(&vq.vq_ring), sizeof(mark));
	mark = AMP_SHARED_LOAD(vring_mark(&vq.vq_ring));
	used = AMP_SHARED_LOAD(&vq.vq_ring.used->idx);
	ahead = (uint16_t)(vq_peer_idx_now(&vq, false) - used);
	if (mark != VQ_IN_USE)
		return RPMSG_ERR_DEV_STATE;
	return used == index && ahead <= info->info.num_descs ? RPMSG_SUCCESS : RPMSG_ERR_PARAM;
}

int amp_rpmsg_take_over(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev, rpmsg_ns_bind_cb ns_bind_cb,
                        struct metal_io_region *shm_io, const struct amp_hand_over *record)
{
	struct virtqueue *vq;
	int status = RPMSG_SUCCESS;

	if (!vdev || !record || !record->link || role_is_driver(vdev) || vdev->rpmsg_lite_host || vdev->vrings_num < 2)
		return RPMSG_ERR_PARAM;
	if (!amp_virtio_driver_ok(vdev))
		return RPMSG_ERR_DEV_STATE;
	for (unsigned int i = 0; i < 2 && !status; i++)
		status = check_ring(&vdev->vrings_info[i], (uint16_t)record->index[i]);
	if (status)
		return status;
	vdev->take_over = true;
	status = rpmsg_init_vdev(rvdev, vdev, ns_bind_cb, shm_io, NULL);
	vdev->take_over = false;
	if (status)
		return status;
	for (unsigned int i = 0; i < 2; i++) {
		vq = vdev->vrings_info[i].vq;
		vq->vq_used_cons_idx = vq->vq_available_idx = vq->vq_peer_idx = (uint16_t)record->index[i];
		if (AMP_WITH_PACKED_RINGS)
			pq_begin(vq, vq->vq_ring.desc, false, i ? 0 : VRING_DESC_F_WRITE);
	}
	vq_set_no_notify(rvdev->rvq, false, false);
	return RPMSG_SUCCESS;
}

int amp_rpmsg_take_over_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev,
                            const struct amp_hand_over_endpoint *from, rpmsg_ept_cb cb, rpmsg_ns_unbind_cb ns_unbind_cb)
{
	bool known = from->dest_addr != RPMSG_ADDR_ANY;
	/* One that has a counterpart is not announced. */
	int status = rpmsg_create_ept(ept, rdev, from->name, from->addr, known ? from->dest_addr : from->addr, cb,
	                              ns_unbind_cb);

	if (status || known)
		return status;
	metal_mutex_acquire(&rdev->lock);
	ept_set_dest(ept, RPMSG_ADDR_ANY);
	metal_mutex_release(&rdev->lock);
	return status;
}
