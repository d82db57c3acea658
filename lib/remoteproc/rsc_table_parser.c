/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rsc_table_parser.c
 * @brief Reading resource tables: every number in them comes from a firmware image, and is checked before it is used.
 */
#include <openamp/rsc_table_parser.h>

#include <limits.h>
#include <string.h>

/* A checker's view of the table: what is being looked at, for the report. */
struct cursor {
	const char *table;
	size_t size;
	struct amp_rsc_fault at;
};

static int fail(struct cursor *c, int error, const char *text)
{
	c->at.text = text;
	return -error;
}

static bool power_of_two(uint32_t value)
{
	return value && !(value & (value - 1));
}

static int check_name(struct cursor *c, const uint8_t *name)
{
	return memchr(name, '\0', RPROC_MAX_NAME_LEN)
	               ? 0
	               : fail(c, RPROC_EINVAL, "the name has no end within its 32 bytes");
}

/* A length of memory behind an address of 32 bits. */
static int check_range(struct cursor *c, uint32_t da, uint32_t len)
{
	if (len == 0)
		return fail(c, RPROC_EINVAL, "the length is 0");
	if (da != FW_RSC_U32_ADDR_ANY && len - 1 > UINT32_MAX - da)
		return fail(c, RPROC_EINVAL, "the memory goes beyond the 32-bit address space");
	return 0;
}

static int check_memory(struct cursor *c, size_t left)
{
	struct fw_rsc_carveout entry; /* struct fw_rsc_devmem has the same fields */
	int status;

	if (left < sizeof(entry))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside a carveout or devmem entry");
	memcpy(&entry, c->table + c->at.offset, sizeof(entry));
	if (entry.reserved)
		return fail(c, RPROC_ERR_RSC_TAB_RSVD, "the reserved field of a carveout or devmem entry is not 0");
	status = check_range(c, entry.da, entry.len);
	return status ? status : check_name(c, entry.name);
}

static int check_trace(struct cursor *c, size_t left)
{
	struct fw_rsc_trace entry;
	int status;

	if (left < sizeof(entry))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside a trace entry");
	memcpy(&entry, c->table + c->at.offset, sizeof(entry));
	if (entry.reserved)
		return fail(c, RPROC_ERR_RSC_TAB_RSVD, "the reserved field of a trace entry is not 0");
	status = check_range(c, entry.da, entry.len);
	return status ? status : check_name(c, entry.name);
}

static int check_vring(struct cursor *c, const struct fw_rsc_vdev_vring *vring)
{
	if (vring->reserved)
		return fail(c, RPROC_ERR_RSC_TAB_RSVD, "the reserved field of a vring is not 0");
	if (!power_of_two(vring->num) || vring->num > VIRTQUEUE_MAX_DESC)
		return fail(c, RPROC_EINVAL, "the number of descriptors of a vring is not a power of two up to 32768");
	if (!power_of_two(vring->align) || vring->align < 4 || vring->align > 65536)
		return fail(c, RPROC_EINVAL, "the alignment of a vring is not a power of two from 4 to 65536");
	if (vring->da != FW_RSC_U32_ADDR_ANY && vring->da % vring->align)
		return fail(c, RPROC_EINVAL, "the address of a vring is not aligned");
	return 0;
}

static int check_vdev(struct cursor *c, size_t left)
{
	const char *vrings = c->table + c->at.offset + sizeof(struct fw_rsc_vdev);
	struct fw_rsc_vdev_vring vring;
	struct fw_rsc_vdev entry;
	unsigned int i;
	int status;

	if (left < sizeof(entry))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside a vdev entry");
	memcpy(&entry, c->table + c->at.offset, sizeof(entry));
	left -= sizeof(entry);
	if (entry.reserved[0] || entry.reserved[1])
		return fail(c, RPROC_ERR_RSC_TAB_RSVD, "a reserved field of a vdev is not 0");
	if (left / sizeof(vring) < entry.num_of_vrings)
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside the vrings of a vdev");
	left -= entry.num_of_vrings * sizeof(vring);
	if (left < entry.config_len)
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside the configuration space of a vdev");
	if (entry.num_of_vrings == 0 || entry.num_of_vrings > 8)
		return fail(c, RPROC_ERR_RSC_TAB_VDEV_NRINGS, "a vdev has no vring, or more than 8");
	for (i = 0; i < entry.num_of_vrings; i++) {
		memcpy(&vring, vrings + i * sizeof(vring), sizeof(vring));
		status = check_vring(c, &vring);
		if (status)
			return status;
	}
	return 0;
}

static int check_vendor(struct cursor *c, size_t left)
{
	struct fw_rsc_vendor entry;

	if (left < sizeof(entry))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside a vendor's entry");
	memcpy(&entry, c->table + c->at.offset, sizeof(entry));
	if (entry.len < sizeof(entry))
		return fail(c, RPROC_EINVAL, "the length of a vendor's entry does not cover its header");
	if (entry.len > left)
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends inside a vendor's entry");
	return 0;
}

static int check_entry(struct cursor *c)
{
	size_t left = c->size - c->at.offset;
	uint32_t type;

	if (left < sizeof(type))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends before the type of an entry");
	memcpy(&type, c->table + c->at.offset, sizeof(type));
	switch (type) {
	case RSC_CARVEOUT:
	case RSC_DEVMEM:
		return check_memory(c, left);
	case RSC_TRACE:
		return check_trace(c, left);
	case RSC_VDEV:
		return check_vdev(c, left);
	default:
		if (type >= RSC_VENDOR_START && type <= RSC_VENDOR_END)
			return check_vendor(c, left);
		return fail(c, RPROC_ERR_RSC_TAB_NS, "the type of an entry is not known");
	}
}

static int check_table(struct cursor *c)
{
	struct resource_table header;
	size_t entries;
	uint32_t offset, i;
	int status;

	c->at.entry = UINT_MAX;
	if (!c->table || ((uintptr_t)c->table & 3))
		return fail(c, RPROC_EINVAL, "there is no table, or it is not 4-byte aligned");
	if (c->size < sizeof(header))
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table is shorter than its header");
	memcpy(&header, c->table, sizeof(header));
	if (header.ver != 1)
		return fail(c, RPROC_ERR_RSC_TAB_VER, "the version of the table is not 1");
	if (header.reserved[0] || header.reserved[1])
		return fail(c, RPROC_ERR_RSC_TAB_RSVD, "a reserved field of the table is not 0");
	if ((c->size - sizeof(header)) / sizeof(offset) < header.num)
		return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "the table ends before the last offset");

	entries = sizeof(header) + header.num * sizeof(offset);
	for (i = 0; i < header.num; i++) {
		memcpy(&offset, c->table + sizeof(header) + i * sizeof(offset), sizeof(offset));
		c->at.entry = i;
		c->at.offset = offset;
		if (offset < entries || offset % 4)
			return fail(c, RPROC_EINVAL, "an offset points into the header, or is not a multiple of 4");
		if (offset > c->size)
			return fail(c, RPROC_ERR_RSC_TAB_TRUNC, "an offset points behind the table");
		status = check_entry(c);
		if (status)
			return status;
	}
	return 0;
}

int amp_rsc_table_check(const void *table, size_t size, struct amp_rsc_fault *fault)
{
	struct cursor c = {.table = table, .size = size};
	int status = check_table(&c);

	if (status && fault)
		*fault = c.at;
	return status;
}

size_t find_rsc(void *rsc_table, unsigned int type, unsigned int index)
{
	const struct resource_table *table = rsc_table;
	const struct fw_rsc_hdr *entry;
	uint32_t i;

	if (!table)
		return 0;
	for (i = 0; i < table->num; i++) {
		entry = (const struct fw_rsc_hdr *)(const void *)((const char *)table + table->offset[i]);
		if (entry->type == type && index-- == 0)
			return table->offset[i];
	}
	return 0;
}

size_t amp_rsc_size(const void *rsc)
{
	const struct fw_rsc_hdr *header = rsc;
	const struct fw_rsc_vendor *vendor = rsc;
	const struct fw_rsc_vdev *vdev = rsc;

	switch (header->type) {
	case RSC_CARVEOUT:
		return sizeof(struct fw_rsc_carveout);
	case RSC_DEVMEM:
		return sizeof(struct fw_rsc_devmem);
	case RSC_TRACE:
		return sizeof(struct fw_rsc_trace);
	case RSC_VDEV:
		return sizeof(*vdev) + vdev->num_of_vrings * sizeof(vdev->vring[0]) + vdev->config_len;
	default:
		return header->type >= RSC_VENDOR_START && header->type <= RSC_VENDOR_END ? vendor->len : 0;
	}
}
