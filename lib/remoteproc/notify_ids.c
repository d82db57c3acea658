// SPDX-License-Identifier: BSD-3-Clause
/* The numbers that say which queue of a remote processor was kicked. */
#include "remoteproc_internal.h"

#define NOTIFY_IDS ((unsigned int)METAL_BITS_PER_ULONG)

unsigned int remoteproc_allocate_id(struct remoteproc *rproc, unsigned int start, unsigned int end)
{
	unsigned long free;
	unsigned int id;

	if (end == 0 || end > NOTIFY_IDS)
		end = NOTIFY_IDS;
	if (!rproc || start >= end)
		return RSC_NOTIFY_ID_ANY;
	free = ~rproc->bitmap >> start << start;
	if (!free)
		return RSC_NOTIFY_ID_ANY;
	id = (unsigned int)__builtin_ctzl(free);
	if (id >= end)
		return RSC_NOTIFY_ID_ANY;
	rproc->bitmap |= 1UL << id;
	return id;
}

void amp_rproc_reserve_ids(struct remoteproc *rproc, const struct fw_rsc_vdev *vdev)
{
	uint32_t id = vdev->notifyid;
	unsigned long bit;

	for (unsigned int i = 0; i <= vdev->num_of_vrings; i++) {
		bit = id < NOTIFY_IDS ? 1UL << id : 0;
		rproc->table_ids |= bit & ~rproc->bitmap;
		rproc->bitmap |= bit;
		if (i < vdev->num_of_vrings)
			id = vdev->vring[i].notifyid;
	}
}

void amp_rproc_forget_ids(struct remoteproc *rproc)
{
	rproc->bitmap &= ~rproc->table_ids;
	rproc->table_ids = 0;
}
