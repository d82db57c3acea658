/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtio devices in a resource table (WIRE.md, section 9) that others can write to: each is copied and checked. */
#ifndef AMPRELAY_VDEVS_H
#define AMPRELAY_VDEVS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openamp/remoteproc.h>

#define AMP_VDEV_RINGS 8u /**< that are looked at; an RPMsg device has two */

/** A copy of one entry. */
struct amp_vdev {
	uint32_t at; /**< offset of the entry in the table */
	struct fw_rsc_vdev head;
	uint32_t rings; /**< valid entries of ring */
	struct fw_rsc_vdev_vring ring[AMP_VDEV_RINGS];
};

/** @return whether the bytes begin with a resource table of version 1 that has entries */
bool amp_vdev_is_table(const void *table, size_t size);

/**
 * The next device of the table.
 *
 * @param table  any alignment
 * @param entry  0 for the first; is moved behind the device
 * @return false if there are no more
 */
bool amp_vdev_next(const void *table, size_t size, uint32_t *entry, struct amp_vdev *vdev);

/** The first RPMsg device with two rings. @return false if there is none */
bool amp_vdev_find_rpmsg(const void *table, size_t size, struct amp_vdev *vdev);

#endif /* AMPRELAY_VDEVS_H */
