// SPDX-License-Identifier: GPL-2.0-only
#include "vdevs.h"

#include <string.h>

/* Copies a part of the table. @return false if it is not all inside */
static bool take(const void *table, size_t size, size_t at, void *copy, size_t len)
{
	if (at > size || len > size - at)
		return false;
	memcpy(copy, (const char *)table + at, len);
	return true;
}

bool amp_vdev_is_table(const void *table, size_t size)
{
	struct resource_table head;

	return take(table, size, 0, &head, sizeof(head)) && head.ver == 1 && head.reserved[0] == 0 &&
	       head.reserved[1] == 0 && head.num > 0 && head.num <= (size - sizeof(head)) / sizeof(uint32_t);
}

static bool take_vdev(const void *table, size_t size, uint32_t at, struct amp_vdev *vdev)
{
	if (!take(table, size, at, &vdev->head, sizeof(vdev->head)) || vdev->head.type != RSC_VDEV)
		return false;
	vdev->at = at;
	vdev->rings = vdev->head.num_of_vrings < AMP_VDEV_RINGS ? vdev->head.num_of_vrings : AMP_VDEV_RINGS;
	return take(table, size, (size_t)at + sizeof(vdev->head), vdev->ring, vdev->rings * sizeof(vdev->ring[0]));
}

bool amp_vdev_next(const void *table, size_t size, uint32_t *entry, struct amp_vdev *vdev)
{
	struct resource_table head;
	uint32_t at;

	if (!take(table, size, 0, &head, sizeof(head)) || head.ver != 1)
		return false;
	while (*entry < head.num && take(table, size, sizeof(head) + (size_t)*entry * sizeof(at), &at, sizeof(at))) {
		++*entry;
		if (take_vdev(table, size, at, vdev))
			return true;
	}
	return false;
}

bool amp_vdev_find_rpmsg(const void *table, size_t size, struct amp_vdev *vdev)
{
	uint32_t entry = 0;

	while (amp_vdev_next(table, size, &entry, vdev)) {
		if (vdev->head.id == VIRTIO_ID_RPMSG && vdev->rings >= 2)
			return true;
	}
	return false;
}
