/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the bindings are written down: which nodes may stand where, which properties they have, how long each is
 * and in which range. schema.c holds the tables, validate.c applies them.
 */
#ifndef SOCGEN_SCHEMA_H
#define SOCGEN_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEMA_MAX_LISTED 16 /**< longest table of properties or of children */

enum value_type {
	VALUE_U32,        /* one cell, min … max */
	VALUE_TEXT,       /* one printable string, 1 … max characters */
	VALUE_NAME,       /* VALUE_TEXT of [a-z0-9_-]: becomes part of file names, macros and carveout names */
	VALUE_FILE,       /* VALUE_TEXT of [A-Za-z0-9._-], not starting with '.': a file name without a directory */
	VALUE_ISA,        /* one of soc_isas */
	VALUE_WHO,        /* one or more of soc_actors, each once */
	VALUE_REG,        /* address (and size) as the parent's cells say, the address repeated in the node's name */
	VALUE_COMPATIBLE, /* checked with the node's identity */
};

struct property_schema {
	const char *name;
	enum value_type type;
	bool optional;
	uint32_t min, max;
};

struct node_schema {
	const char *compatible;     /* first compatible string; NULL: the node is known by `name` */
	const char *name;           /* node name without unit address; also how messages call the type */
	unsigned min, max;          /* how many of them their parent has */
	const char *const *devices; /* second compatible string, which QEMU device it is; NULL: there is none */
	const struct property_schema *properties;
	const struct node_schema *const *children;
};

extern const struct node_schema soc_root_schema;

#endif
