/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of a resource table: every number in it comes from a firmware image, and is checked before it is used.
 * Inlined: who does not ask where the fault is does not pay for the answer.
 */
#ifndef AMP_RSC_CHECK_H
#define AMP_RSC_CHECK_H

#include "remoteproc_internal.h"

#include <openamp/rsc_table_parser.h>

#include <limits.h>

/* Carveouts, devmems and traces: words, of which the second is an address, that in the middle the length, and the last
 * is reserved; then a name, which may have no end. Only a trace may be empty. */
static inline INLINED int rsc_check_memory(const uint32_t *entry, size_t left, const void **wrong)
{
	unsigned int words = *entry == RSC_TRACE ? 4 : 6;
	const uint32_t *len = &entry[words / 2];

	if (left < words * sizeof(*entry) + RPROC_MAX_NAME_LEN)
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = &entry[words - 1];
	if (entry[words - 1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = len;
	/* Not beyond the 32-bit address space. */
	if (*len ? entry[1] != FW_RSC_U32_ADDR_ANY && *len - 1 > UINT32_MAX - entry[1] : *entry != RSC_TRACE)
		return RPROC_EINVAL;
	return 0;
}

/* Linux keeps an address in the word that is reserved here, and nobody relies on what is there. */
static inline INLINED bool rsc_vring_ok(const struct fw_rsc_vdev_vring *vring, const void **wrong)
{
	*wrong = &vring->num;
	if (vring->num > VIRTQUEUE_MAX_DESC || (vring->num & (vring->num - 1)))
		return false;
	*wrong = &vring->align;
	if (vring->align < 4 || vring->align > 65536 || (vring->align & (vring->align - 1)))
		return false;
	*wrong = &vring->da;
	return vring->da == FW_RSC_U32_ADDR_ANY || !(vring->da & (vring->align - 1));
}

static inline INLINED int rsc_check_vdev(const struct fw_rsc_vdev *vdev, size_t left, const void **wrong)
{
	const struct fw_rsc_vdev_vring *vring = vdev->vring;
	size_t size;

	if (left < sizeof(*vdev))
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = vdev->reserved;
	if (vdev->reserved[0] || vdev->reserved[1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = &vdev->num_of_vrings;
	size = sizeof(*vdev) + vdev->num_of_vrings * sizeof(*vring);
	if (left < size)
		return RPROC_ERR_RSC_TAB_TRUNC;
	if (left - size < vdev->config_len) {
		*wrong = &vdev->config_len;
		return RPROC_ERR_RSC_TAB_TRUNC;
	}
	if (vdev->num_of_vrings == 0 || vdev->num_of_vrings > RPROC_MAX_VRINGS)
		return RPROC_ERR_RSC_TAB_VDEV_NRINGS;
	for (; vring < &vdev->vring[vdev->num_of_vrings]; vring++) {
		if (!rsc_vring_ok(vring, wrong))
			return RPROC_EINVAL;
	}
	return 0;
}

static inline INLINED int rsc_check_entry(const uint32_t *entry, size_t left, const void **wrong)
{
	*wrong = entry;
	if (left < sizeof(*entry))
		return RPROC_ERR_RSC_TAB_TRUNC;
	if (*entry < RSC_VDEV)
		return rsc_check_memory(entry, left, wrong);
	if (*entry == RSC_VDEV)
		return rsc_check_vdev((const void *)entry, left, wrong);
	return 0; /* a vendor's, who alone knows its length; or of a kind that is unknown, and left alone */
}

static inline INLINED int rsc_check_header(const struct resource_table *table, size_t size, const void **wrong)
{
	*wrong = table;
	if (size < sizeof(*table))
		return RPROC_ERR_RSC_TAB_TRUNC;
	*wrong = &table->ver;
	if (table->ver != 1)
		return RPROC_ERR_RSC_TAB_VER;
	*wrong = table->reserved;
	if (table->reserved[0] || table->reserved[1])
		return RPROC_ERR_RSC_TAB_RSVD;
	*wrong = &table->num;
	if ((size - sizeof(*table)) / sizeof(table->offset[0]) < table->num)
		return RPROC_ERR_RSC_TAB_TRUNC;
	return 0;
}

/**
 * amp_rsc_table_check() of an aligned table, which finds an entry in the same walk.
 * @param found  its offset; left alone if there is none
 * @return 0 or a positive error
 */
static inline INLINED int rsc_check(const struct resource_table *table, size_t size, struct amp_rsc_fault *fault,
                                    unsigned int type, unsigned int index, size_t *found)
{
	unsigned int i = UINT_MAX;
	const void *wrong;
	int status = rsc_check_header(table, size, &wrong);
	const uint32_t *entry;
	size_t offset;

	while (!status && ++i < table->num) {
		wrong = &table->offset[i];
		offset = table->offset[i];
		entry = (const void *)((const char *)table + offset);
		if (offset < sizeof(*table) + table->num * sizeof(table->offset[0]) || offset % 4)
			status = RPROC_EINVAL;
		else if (offset > size)
			status = RPROC_ERR_RSC_TAB_TRUNC;
		else
			status = rsc_check_entry(entry, size - offset, &wrong);
		if (!status && *entry == type && index-- == 0)
			*found = offset;
	}
	if (status && fault) {
		fault->entry = i;
		fault->offset = (size_t)((const char *)wrong - (const char *)table);
	}
	return status;
}

#endif /* AMP_RSC_CHECK_H */
