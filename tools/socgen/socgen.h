/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The description of a SoC in memory, and the steps that turn a device tree into generated files.
 *
 * The steps, each in its own file and each run only if the one before found nothing wrong:
 *   schema.c, validate.c    known nodes and properties, lengths, ranges, spelling
 *   read.c                  device tree -> struct soc
 *   check.c, check_vdev.c   what the numbers must be for QEMU, Linux and the firmware to agree
 *   emit_*.c                struct soc -> text
 *   output.c                text -> files, all or none
 */
#ifndef SOCGEN_H
#define SOCGEN_H

#include <amprelay/wire.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SOC_MAX_CORES   8
#define SOC_MAX_VDEVS   7 /**< each needs two regions at least, control and firmware one each: AMP_MAX_REGIONS */
#define SOC_MAX_VRINGS  2 /**< per vdev: Linux's RVDEV_NUM_VRINGS */
#define SOC_MAX_PRIVATE 2
#define SOC_PAGE        4096u

#define VIRTIO_ID_RPMSG 7

struct soc_range {
	int node;      /**< where it is described; 0 (the root) = the core has none */
	uint64_t base; /**< address as the remote core sees it */
	uint64_t size; /**< bytes; 0 = the core has none */
};

/** A part of the shared memory. */
struct soc_region {
	int node;
	char name[AMP_NAME_LEN];
	enum amp_region_kind kind;
	uint64_t offset; /**< from the start of the shared memory */
	uint64_t size;   /**< bytes */
	uint32_t arg;    /**< of a vring: its notify id; else 0 */
	bool used;       /**< of a vring or buffers: some vdev names it */
};

struct soc_vring {
	int node;
	const struct soc_region *region; /**< NULL: the node names none that exists */
	uint32_t notify_id;
	uint32_t descriptors;
	uint32_t align; /**< bytes */
};

struct soc_vdev {
	int node;
	uint32_t virtio_id;
	uint32_t features;
	const struct soc_region *buffers; /**< NULL: none named, or none that exists */
	uint32_t buffer_size;             /**< bytes each; 0 = no buffers */
	unsigned num_vrings;
	struct soc_vring vring[SOC_MAX_VRINGS];
};

struct soc_isa {
	const char *name;
	uint32_t elf_machine;
	uint32_t elf_class;
	unsigned address_bits;
};

struct soc_core {
	int node;
	const char *name;
	const char *machine;
	const char *cpu; /**< NULL: the machine's own */
	const struct soc_isa *isa;
	const char *firmware;
	const char *bootrom;
	uint32_t clock_hz;
	uint32_t boot_timeout_ms;
	struct soc_range rom;
	struct soc_range ram; /**< optional */
	unsigned num_private;
	struct soc_range private[SOC_MAX_PRIVATE]; /**< where firmware may lie that Linux cannot reach; by address */
	const char *secure;                        /**< file of the key that its firmware is signed with; NULL: none */
	struct soc_range shared;
	struct soc_range doorbell;
	uint32_t doorbell_irq;
	uint32_t doorbell_serial; /**< QEMU's number of the serial port */
	struct soc_range console; /**< optional */
	uint32_t console_irq;
	uint32_t console_serial;
	struct soc_range watchdog; /**< optional */
	uint32_t watchdog_clock_hz;
	uint32_t watchdog_ms;    /**< 0 = none */
	int relay_watchdog_node; /**< the relay is the watchdog; 0 = it is not */
	int heartbeat_node;
	uint32_t heartbeat_ms;
	uint32_t heartbeat_timeout_ms;
	unsigned num_regions;
	struct soc_region region[AMP_MAX_REGIONS];
	unsigned num_vdevs;
	struct soc_vdev vdev[SOC_MAX_VDEVS];
	uint32_t notify_ids;                 /**< virtqueues of all vdevs */
	int policy_node;                     /**< 0: everybody may do everything */
	uint32_t denied_linux, denied_tools; /**< what they may not do: bits of enum amp_verb */
};

/** Strings point into the device tree, which must live as long as this. */
struct soc {
	const char *name;
	const char *host_compatible;
	const char *host_machine;
	const char *host_cpu;
	uint32_t host_cpus;
	uint32_t host_memory_mib;
	unsigned num_cores;
	struct soc_core core[SOC_MAX_CORES];
};

/* report.c */

/** Where complaints go, and how many there were. */
struct soc_report {
	const void *fdt;
	char source[64]; /**< what to call the description in messages */
	unsigned errors;
};

/**
 * Print "SOURCE: /node/path: property: text" on stderr and count it.
 * @param property  name of the property at fault, or NULL if it is the node itself
 */
void soc_error(struct soc_report *report, int node, const char *property, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * @param known  NULL-terminated
 * @return the entry of `known` that `name` is most likely a misspelling of, or NULL
 */
const char *soc_nearest(const char *name, const char *const *known);

/** Copy the node's name without its unit address. */
void soc_base_name(const void *fdt, int node, char *name, size_t size);

/* schema.c, validate.c */

extern const struct soc_isa soc_isas[]; /**< ends with a NULL name */

/** Check the shape of the whole tree; read.c relies on what this accepts. */
void soc_validate(struct soc_report *report);

/** Kind of a region of the shared memory by its compatible string; AMP_REGION_NONE if it is no region. */
enum amp_region_kind soc_region_kind(const char *compatible);

/** "control", "vring" …; stable, part of soc.json */
const char *soc_region_kind_name(enum amp_region_kind kind);

extern const char *const soc_verbs[];  /**< in the order of enum amp_verb; ends with NULL */
extern const char *const soc_actors[]; /**< who may be allowed something; ends with NULL */

/* read.c */

/** Fill in `soc` from a tree that passed soc_validate(). Limits of the arrays are checked here. */
void soc_read(struct soc_report *report, struct soc *soc);

/** The node's `reg`. @return false if missing, or not as long as the parent's #address-cells and #size-cells say */
bool soc_reg(const void *fdt, int node, uint64_t *base, uint64_t *size);

/** A string property of the node, NULL if it has none; in the tree, which keeps it. */
const char *soc_text(const void *fdt, int node, const char *property);

/* check.c */

/** Check all that takes more than one property to see. */
void soc_check(struct soc_report *report, const struct soc *soc);

/* check_vdev.c */

/** Check the virtio devices of a core against its regions and against what Linux's remoteproc does with them. */
void soc_check_vdevs(struct soc_report *report, const struct soc_core *core);

/* emit_header.c, emit_ld.c, emit_json.c */

void soc_emit_header(FILE *out, const struct soc *soc, const struct soc_core *core);
void soc_emit_ld(FILE *out, const struct soc *soc, const struct soc_core *core);
void soc_emit_json(FILE *out, const struct soc *soc);

/* output.c */

/**
 * Generate all files of `soc` below directory `dir`, which is created if missing (its parent is not). Files appear
 * complete or not at all.
 * @return false after a message on stderr
 */
bool soc_write(const char *dir, const struct soc *soc);

#endif
