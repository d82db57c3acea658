// SPDX-License-Identifier: GPL-2.0-only
/* Apply the tables of schema.c to a tree. */
#include "schema.h"
#include "socgen.h"

#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

/* ------------------------------------------------------------------ values */

static uint32_t cell(const void *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return fdt32_to_cpu(value);
}

static void check_u32(struct soc_report *report, int node, const struct property_schema *p, const void *value, int len)
{
	uint32_t number;

	if (len != 4) {
		soc_error(report, node, p->name, "must be one number (4 bytes), is %d bytes long", len);
		return;
	}
	number = cell(value);
	if (number < p->min || number > p->max)
		soc_error(report, node, p->name, "%" PRIu32 " is outside %" PRIu32 " ... %" PRIu32, number, p->min,
		          p->max);
}

static bool has_only(const char *text, const char *allowed)
{
	return text[strspn(text, allowed)] == '\0';
}

static void check_isa(struct soc_report *report, int node, const char *property, const char *text)
{
	const char *names[SCHEMA_MAX_LISTED] = {NULL};
	const char *nearest;

	for (size_t i = 0; soc_isas[i].name; i++) {
		if (strcmp(soc_isas[i].name, text) == 0)
			return;
		names[i] = soc_isas[i].name;
	}
	nearest = soc_nearest(text, names);
	soc_error(report, node, property, "unknown \"%s\"; did you mean \"%s\"?", text, nearest ? nearest : names[0]);
}

static void check_text(struct soc_report *report, int node, const struct property_schema *p, const char *text, int len)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	static const char file[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (len < 2 || memchr(text, '\0', len) != text + len - 1) {
		soc_error(report, node, p->name, "must be one string, not empty");
		return;
	}
	if ((uint32_t)len - 1 > p->max) {
		soc_error(report, node, p->name, "\"%s\" has %d characters; %" PRIu32 " is the limit", text, len - 1,
		          p->max);
		return;
	}
	for (const char *c = text; *c; c++) {
		if (*c < ' ' || *c > '~') {
			soc_error(report, node, p->name, "byte 0x%02x is not printable ASCII", (unsigned char)*c);
			return;
		}
	}
	if (p->type == VALUE_NAME && (!has_only(text, lower) || *text == '-'))
		soc_error(report, node, p->name, "\"%s\" may only have a-z, 0-9, '_', '-', and no '-' first", text);
	if (p->type == VALUE_FILE && (!has_only(text, file) || *text == '.' || *text == '-'))
		soc_error(report, node, p->name,
		          "\"%s\" must be a file name of letters, digits, '.', '_', '-' without "
		          "directory, and start with a letter, digit or '_'",
		          text);
	if (p->type == VALUE_ISA)
		check_isa(report, node, p->name, text);
}

static void check_who(struct soc_report *report, int node, const char *property)
{
	int count = fdt_stringlist_count(report->fdt, node, property);

	if (count < 1)
		soc_error(report, node, property, "must be one or more names, such as \"owner\", \"linux\"");
	for (int i = 0; i < count; i++) {
		const char *name = fdt_stringlist_get(report->fdt, node, property, i, NULL);
		const char *nearest = soc_nearest(name, soc_actors);

		if (fdt_stringlist_search(report->fdt, node, property, name) != i)
			soc_error(report, node, property, "\"%s\" is there twice", name);
		else if (!nearest)
			soc_error(report, node, property, "unknown \"%s\"; known are owner, linux, tools", name);
		else if (strcmp(nearest, name))
			soc_error(report, node, property, "unknown \"%s\"; did you mean \"%s\"?", name, nearest);
	}
}

/* `reg`, and the copy of its address in the node's name, which people read first. */
static void check_reg(struct soc_report *report, int node, const char *property, int len)
{
	const char *name = fdt_get_name(report->fdt, node, NULL);
	int parent = fdt_parent_offset(report->fdt, node);
	int address_cells = fdt_address_cells(report->fdt, parent), size_cells = fdt_size_cells(report->fdt, parent);
	const char *at = strchr(name, '@');
	uint64_t base, size;
	char expected[24];

	if (address_cells < 1 || address_cells > 2 || size_cells < 0 || size_cells > 2)
		return; /* reported at the parent */
	if (!soc_reg(report->fdt, node, &base, &size)) {
		soc_error(report, node, property, "must have %d cells (%d address, %d size), is %d bytes long",
		          address_cells + size_cells, address_cells, size_cells, len);
		return;
	}
	snprintf(expected, sizeof(expected), "%" PRIx64, base);
	if (!at || strcmp(at + 1, expected))
		soc_error(report, node, property, "is at 0x%s, so the node's name must end in @%s", expected, expected);
}

static void check_value(struct soc_report *report, int node, const struct property_schema *p, const void *value,
                        int len)
{
	switch (p->type) {
	case VALUE_U32:
		check_u32(report, node, p, value, len);
		break;
	case VALUE_TEXT:
	case VALUE_NAME:
	case VALUE_FILE:
	case VALUE_ISA:
		check_text(report, node, p, value, len);
		break;
	case VALUE_WHO:
		check_who(report, node, p->name);
		break;
	case VALUE_REG:
		check_reg(report, node, p->name, len);
		break;
	case VALUE_COMPATIBLE:
		break; /* the node would not have been recognised */
	}
}

/* ------------------------------------------------------------------ properties of a node */

static void check_known(struct soc_report *report, int node, const struct node_schema *schema, const char *name)
{
	const char *names[SCHEMA_MAX_LISTED] = {NULL};
	const char *nearest;

	for (size_t i = 0; schema->properties[i].name; i++) {
		if (strcmp(schema->properties[i].name, name) == 0)
			return;
		names[i] = schema->properties[i].name;
	}
	nearest = soc_nearest(name, names);
	if (nearest)
		soc_error(report, node, name, "unknown property; did you mean \"%s\"?", nearest);
	else
		soc_error(report, node, name, "unknown property of %s nodes", schema->name);
}

static void check_properties(struct soc_report *report, int node, const struct node_schema *schema)
{
	int offset;

	fdt_for_each_property_offset(offset, report->fdt, node)
	{
		const char *name;

		if (fdt_getprop_by_offset(report->fdt, offset, &name, NULL))
			check_known(report, node, schema, name);
	}
	for (const struct property_schema *p = schema->properties; p->name; p++) {
		int len;
		const void *value = fdt_getprop(report->fdt, node, p->name, &len);

		if (value)
			check_value(report, node, p, value, len);
		else if (!p->optional)
			soc_error(report, node, p->name, "missing");
	}
}

/* ------------------------------------------------------------------ which type a node is */

/* The device that plays the node's part, after "amprelay,...". */
static void check_device(struct soc_report *report, int node, const struct node_schema *schema)
{
	int count = fdt_stringlist_count(report->fdt, node, "compatible");
	const char *device, *nearest;

	if (!schema->devices) {
		if (count != 1)
			soc_error(report, node, "compatible", "must be just \"%s\"", schema->compatible);
		return;
	}
	if (count != 2) {
		soc_error(report, node, "compatible", "must be \"%s\" and the device, such as \"%s\"",
		          schema->compatible, schema->devices[0]);
		return;
	}
	device = fdt_stringlist_get(report->fdt, node, "compatible", 1, NULL);
	for (const char *const *known = schema->devices; *known; known++)
		if (strcmp(*known, device) == 0)
			return;
	nearest = soc_nearest(device, schema->devices);
	soc_error(report, node, "compatible", "unknown device \"%s\"; did you mean \"%s\"?", device,
	          nearest ? nearest : schema->devices[0]);
}

static void complain_of_stranger(struct soc_report *report, int node, const char *property, const char *name,
                                 const struct node_schema *const *types)
{
	const char *known[SCHEMA_MAX_LISTED] = {NULL};
	const char *nearest;
	size_t n = 0;

	for (; *types; types++) {
		const char *listed = property ? (*types)->compatible : (*types)->name;

		if (listed)
			known[n++] = listed;
	}
	nearest = soc_nearest(name, known);
	if (nearest && property)
		soc_error(report, node, property, "unknown \"%s\"; did you mean \"%s\"?", name, nearest);
	else if (nearest && strcmp(nearest, name))
		soc_error(report, node, property, "unknown node; did you mean \"%s\"?", nearest);
	else if (nearest)
		soc_error(report, node, "compatible", "missing");
	else if (property)
		soc_error(report, node, property, "unknown \"%s\" at this place", name);
	else
		soc_error(report, node, property, "unknown node, without a compatible property");
}

/**
 * @param types  those possible at this place, NULL-terminated
 * @return index into `types`, or -1 after a complaint
 */
static int identify(struct soc_report *report, int node, const struct node_schema *const *types)
{
	const char *compatible = fdt_stringlist_get(report->fdt, node, "compatible", 0, NULL);
	char name[64];

	if (!compatible && fdt_getprop(report->fdt, node, "compatible", NULL)) {
		soc_error(report, node, "compatible", "must be a string");
		return -1;
	}
	soc_base_name(report->fdt, node, name, sizeof(name));
	for (int i = 0; types[i]; i++) {
		if (compatible ? types[i]->compatible && strcmp(types[i]->compatible, compatible) == 0
		               : !types[i]->compatible && strcmp(types[i]->name, name) == 0)
			return i;
	}
	if (compatible)
		complain_of_stranger(report, node, "compatible", compatible, types);
	else
		complain_of_stranger(report, node, NULL, name, types);
	return -1;
}

/* ------------------------------------------------------------------ the tree */

static void validate_node(struct soc_report *report, int node, const struct node_schema *schema);

static void validate_children(struct soc_report *report, int node, const struct node_schema *schema)
{
	unsigned counts[SCHEMA_MAX_LISTED] = {0};
	bool strangers = false;
	int child;

	fdt_for_each_subnode (child, report->fdt, node) {
		int type = identify(report, child, schema->children);

		if (type < 0) {
			strangers = true;
			continue;
		}
		counts[type]++;
		if (counts[type] == schema->children[type]->max + 1)
			soc_error(report, child, NULL, "one %s too many; the limit is %u", schema->children[type]->name,
			          schema->children[type]->max);
		validate_node(report, child, schema->children[type]);
	}
	for (int i = 0; schema->children[i]; i++) {
		const struct node_schema *type = schema->children[i];

		/* A misspelt node has been reported; that it is also missing would only confuse. */
		if (counts[i] >= type->min || strangers)
			continue;
		if (type->compatible)
			soc_error(report, node, NULL, "has no %s node (compatible \"%s\")", type->name,
			          type->compatible);
		else
			soc_error(report, node, NULL, "has no %s node", type->name);
	}
}

/* Recursion ends with the tables, which are no deeper than the root, cores, core, memories, shared, region. */
static void validate_node(struct soc_report *report, int node, const struct node_schema *schema)
{
	if (schema->compatible)
		check_device(report, node, schema);
	check_properties(report, node, schema);
	validate_children(report, node, schema);
}

void soc_validate(struct soc_report *report)
{
	const struct node_schema *const types[] = {&soc_root_schema, NULL};
	int root = fdt_path_offset(report->fdt, "/");

	if (!fdt_getprop(report->fdt, root, "compatible", NULL))
		soc_error(report, root, "compatible", "missing");
	else if (identify(report, root, types) == 0)
		validate_node(report, root, &soc_root_schema);
}
