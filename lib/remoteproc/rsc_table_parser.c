// SPDX-License-Identifier: BSD-3-Clause
/* Reading resource tables: every number in them comes from a firmware image, and is checked before it is used. */
#include "remoteproc_internal.h"

#include <openamp/rsc_table_parser.h>

#include <limits.h>
#include <string.h>

/* What is being looked at: an entry, the bytes from there to the end of the table, and the field that is wrong. */
struct cursor {
	const uint32_t *entry;
	size_t left;
	const void *wrong;
};

static int fail(struct cursor *c, const void *field, int error)
{
	c->wrong = field;
	return error;
}

/* Carveouts, devmems and traces: words, of which the second is an address, that in the middle the length, and the last
 * is reserved; then a name, which may have no end. Only a trace may be empty. */
static int check_memory(struct cursor *c, unsigned int words)
{
	const uint32_t *entry = c->entry, *len = &entry[words / 2];

	if (c->left < words * sizeof(*entry) + RPROC_MAX_NAME_LEN)
		return fail(c, entry, RPROC_ERR_RSC_TAB_TRUNC);
	if (entry[words - 1])
		return fail(c, &entry[words - 1], RPROC_ERR_RSC_TAB_RSVD);
	/* Not beyond the 32-bit address space. */
	if (*len ? entry[1] != FW_RSC_U32_ADDR_ANY && *len - 1 > UINT32_MAX - entry[1] : *entry != RSC_TRACE)
		return fail(c, len, RPROC_EINVAL);
	return 0;
}

/* Linux keeps an address in the word that is reserved here, and nobody relies on what is there. */
static bool vring_ok(struct cursor *c, const struct fw_rsc_vdev_vring *vring)
{
	c->wrong = &vring->num;
	if (vring->num > VIRTQUEUE_MAX_DESC || (vring->num & (vring->num - 1)))
		return false;
	c->wrong = &vring->align;
	if (vring->align < 4 || vring->align > 65536 || (vring->align & (vring->align - 1)))
		return false;
	c->wrong = &vring->da;
	return vring->da == FW_RSC_U32_ADDR_ANY || !(vring->da & (vring->align - 1));
}

static int check_vdev(struct cursor *c)
{
	const struct fw_rsc_vdev *vdev = (const void *)c->entry;
	size_t vrings;

	if (c->left < sizeof(*vdev))
		return fail(c, vdev, RPROC_ERR_RSC_TAB_TRUNC);
	if (vdev->reserved[0] || vdev->reserved[1])
		return fail(c, vdev->reserved, RPROC_ERR_RSC_TAB_RSVD);
	vrings = vdev->num_of_vrings * sizeof(vdev->vring[0]);
	if (c->left - sizeof(*vdev) < vrings)
		return fail(c, &vdev->num_of_vrings, RPROC_ERR_RSC_TAB_TRUNC);
	if (c->left - sizeof(*vdev) - vrings < vdev->config_len)
		return fail(c, &vdev->config_len, RPROC_ERR_RSC_TAB_TRUNC);
	if (vdev->num_of_vrings == 0 || vdev->num_of_vrings > RPROC_MAX_VRINGS)
		return fail(c, &vdev->num_of_vrings, RPROC_ERR_RSC_TAB_VDEV_NRINGS);
	for (unsigned int i = 0; i < vdev->num_of_vrings; i++) {
		if (!vring_ok(c, &vdev->vring[i]))
			return RPROC_EINVAL;
	}
	return 0;
}

static SMALLER_APART int check_entry(struct cursor *c)
{
	if (c->left < sizeof(*c->entry))
		return fail(c, c->entry, RPROC_ERR_RSC_TAB_TRUNC);
	switch (*c->entry) {
	case RSC_CARVEOUT:
	case RSC_DEVMEM:
	case RSC_TRACE:
		return check_memory(c, *c->entry == RSC_TRACE ? 4 : 6);
	case RSC_VDEV:
		return check_vdev(c);
	default:
		return 0; /* a vendor's, who alone knows its length; or of a kind that is unknown, and left alone */
	}
}

static int check_header(struct cursor *c, const struct resource_table *table, size_t size)
{
	if (!table || (uintptr_t)table % 4)
		return fail(c, table, RPROC_EINVAL);
	if (size < sizeof(*table))
		return fail(c, table, RPROC_ERR_RSC_TAB_TRUNC);
	if (table->ver != 1)
		return fail(c, &table->ver, RPROC_ERR_RSC_TAB_VER);
	if (table->reserved[0] || table->reserved[1])
		return fail(c, table->reserved, RPROC_ERR_RSC_TAB_RSVD);
	if ((size - sizeof(*table)) / sizeof(table->offset[0]) < table->num)
		return fail(c, &table->num, RPROC_ERR_RSC_TAB_TRUNC);
	return 0;
}

int amp_rsc_table_check(const void *table, size_t size, struct amp_rsc_fault *fault)
{
	const struct resource_table *header = table;
	struct cursor c;
	unsigned int i = UINT_MAX;
	int status = check_header(&c, header, size);
	uint32_t offset;

	while (!status && ++i < header->num) {
		offset = header->offset[i];
		if (offset < sizeof(*header) + header->num * sizeof(offset) || offset % 4) {
			status = fail(&c, &header->offset[i], RPROC_EINVAL);
		} else if (offset > size) {
			status = fail(&c, &header->offset[i], RPROC_ERR_RSC_TAB_TRUNC);
		} else {
			c.entry = (const void *)((const char *)table + offset);
			c.left = size - offset;
			status = check_entry(&c);
		}
	}
	if (status && fault) {
		fault->entry = i;
		fault->offset = (size_t)((const char *)c.wrong - (const char *)table);
	}
	return -status;
}

size_t find_rsc(void *rsc_table, unsigned int type, unsigned int index)
{
	const struct resource_table *table = rsc_table;
	const struct fw_rsc_hdr *entry;

	for (uint32_t i = 0; table && i < table->num; i++) {
		entry = (const void *)((const char *)table + table->offset[i]);
		if (entry->type == type && index-- == 0)
			return table->offset[i];
	}
	return 0;
}
