// SPDX-License-Identifier: GPL-2.0-only
/* From a tree that fits the schema to struct soc. Nothing is missing here, nothing has a wrong length. */
#include "socgen.h"

#include <libfdt.h>
#include <string.h>

static uint64_t read_cells(const uint8_t *bytes, int cells)
{
	uint64_t value = 0;

	for (int i = 0; i < 4 * cells; i++)
		value = value << 8 | bytes[i];
	return value;
}

bool soc_reg(const void *fdt, int node, uint64_t *base, uint64_t *size)
{
	int parent = fdt_parent_offset(fdt, node), len;
	int address_cells = fdt_address_cells(fdt, parent), size_cells = fdt_size_cells(fdt, parent);
	const uint8_t *reg = fdt_getprop(fdt, node, "reg", &len);

	if (!reg || address_cells < 1 || address_cells > 2 || size_cells < 0 || size_cells > 2 ||
	    len != 4 * (address_cells + size_cells))
		return false;
	*base = read_cells(reg, address_cells);
	*size = read_cells(reg + (ptrdiff_t)4 * address_cells, size_cells);
	return true;
}

/* 0 if the node has no such property */
static uint32_t u32(const void *fdt, int node, const char *property)
{
	int len;
	const uint8_t *value = fdt_getprop(fdt, node, property, &len);

	return value && len == 4 ? (uint32_t)read_cells(value, 1) : 0;
}

const char *soc_text(const void *fdt, int node, const char *property)
{
	return fdt_getprop(fdt, node, property, NULL);
}

static struct soc_range range(const void *fdt, int node)
{
	struct soc_range r = {.node = node};

	soc_reg(fdt, node, &r.base, &r.size);
	return r;
}

/* A register block has one address and, to keep others away from it, the page around it. */
static struct soc_range device(const void *fdt, int node)
{
	struct soc_range r = range(fdt, node);

	r.size = SOC_PAGE;
	return r;
}

static bool is(const void *fdt, int node, const char *compatible)
{
	return fdt_node_check_compatible(fdt, node, compatible) == 0;
}

/* ------------------------------------------------------------------ memories */

static void read_region(struct soc_report *report, struct soc_core *core, int node)
{
	const void *fdt = report->fdt;
	struct soc_region *region = &core->region[core->num_regions];
	const char *label = soc_text(fdt, node, "label");

	if (core->num_regions == AMP_MAX_REGIONS) {
		soc_error(report, node, NULL, "one region too many; the control block has room for %d",
		          AMP_MAX_REGIONS);
		return;
	}
	region->node = node;
	region->kind = soc_region_kind(soc_text(fdt, node, "compatible"));
	soc_reg(fdt, node, &region->offset, &region->size);
	snprintf(region->name, sizeof(region->name), "%s", label ? label : soc_region_kind_name(region->kind));
	core->num_regions++;
}

static void read_memories(struct soc_report *report, struct soc_core *core, int memories)
{
	const void *fdt = report->fdt;
	int node;

	fdt_for_each_subnode (node, fdt, memories) {
		if (is(fdt, node, "amprelay,private-rom")) {
			core->rom = range(fdt, node);
		} else if (is(fdt, node, "amprelay,private-ram")) {
			core->ram = range(fdt, node);
		} else if (is(fdt, node, "amprelay,private")) {
			core->private[core->num_private++] = range(fdt, node);
		} else {
			int region;

			core->shared = range(fdt, node);
			fdt_for_each_subnode (region, fdt, node)
				read_region(report, core, region);
		}
	}
}

/* ------------------------------------------------------------------ virtio devices */

/* The region of this name and kind, marked as used; NULL if there is none. */
static struct soc_region *use_region(struct soc_core *core, const char *name, enum amp_region_kind kind)
{
	for (unsigned i = 0; i < core->num_regions; i++) {
		struct soc_region *region = &core->region[i];

		if (region->kind == kind && strcmp(region->name, name) == 0) {
			region->used = true;
			return region;
		}
	}
	return NULL;
}

static void read_vring(const void *fdt, struct soc_core *core, struct soc_vring *vring, int node)
{
	struct soc_region *region = use_region(core, soc_text(fdt, node, "region"), AMP_REGION_VRING);

	vring->node = node;
	vring->notify_id = u32(fdt, node, "notify-id");
	vring->descriptors = u32(fdt, node, "descriptors");
	vring->align = u32(fdt, node, "align");
	vring->region = region;
	if (region)
		region->arg = vring->notify_id;
	core->notify_ids++;
}

static void read_vdev(const void *fdt, struct soc_core *core, int node)
{
	struct soc_vdev *vdev = &core->vdev[core->num_vdevs++];
	const char *buffers = soc_text(fdt, node, "buffers");
	int child;

	vdev->node = node;
	vdev->virtio_id = u32(fdt, node, "virtio-id");
	vdev->features = u32(fdt, node, "features");
	vdev->buffer_size = u32(fdt, node, "buffer-size");
	vdev->buffers = buffers ? use_region(core, buffers, AMP_REGION_BUFFERS) : NULL;
	fdt_for_each_subnode (child, fdt, node)
		read_vring(fdt, core, &vdev->vring[vdev->num_vrings++], child);
}

/* ------------------------------------------------------------------ who may do what */

/* What is not said is allowed to everybody. */
static uint32_t denied(const void *fdt, int node, const char *actor)
{
	uint32_t verbs = 0;

	for (unsigned i = 0; soc_verbs[i]; i++)
		if (fdt_getprop(fdt, node, soc_verbs[i], NULL) &&
		    fdt_stringlist_search(fdt, node, soc_verbs[i], actor) < 0)
			verbs |= 1u << i;
	return verbs;
}

/* ------------------------------------------------------------------ cores and host */

static const struct soc_isa *find_isa(const char *name)
{
	const struct soc_isa *isa = soc_isas;

	while (strcmp(isa->name, name))
		isa++;
	return isa;
}

static void read_core(struct soc_report *report, struct soc_core *core, int node)
{
	const void *fdt = report->fdt;
	int child;

	core->node = node;
	core->name = soc_text(fdt, node, "label");
	core->machine = soc_text(fdt, node, "machine");
	core->cpu = soc_text(fdt, node, "cpu");
	core->isa = find_isa(soc_text(fdt, node, "isa"));
	core->firmware = soc_text(fdt, node, "firmware");
	core->bootrom = soc_text(fdt, node, "bootrom");
	core->clock_hz = u32(fdt, node, "clock-frequency");
	core->boot_timeout_ms = u32(fdt, node, "boot-timeout-ms");
	core->secure = soc_text(fdt, node, "amprelay,secure");
	read_memories(report, core, fdt_subnode_offset(fdt, node, "memories"));
	fdt_for_each_subnode (child, fdt, node) {
		if (is(fdt, child, "amprelay,doorbell")) {
			core->doorbell = device(fdt, child);
			core->doorbell_irq = u32(fdt, child, "interrupt");
			core->doorbell_serial = u32(fdt, child, "serial");
		} else if (is(fdt, child, "amprelay,console")) {
			core->console = device(fdt, child);
			core->console_irq = u32(fdt, child, "interrupt");
			core->console_serial = u32(fdt, child, "serial");
		} else if (is(fdt, child, "amprelay,watchdog")) {
			core->watchdog = device(fdt, child);
			core->watchdog_clock_hz = u32(fdt, child, "clock-frequency");
			core->watchdog_ms = u32(fdt, child, "timeout-ms");
		} else if (is(fdt, child, "amprelay,relay-watchdog")) {
			core->relay_watchdog_node = child;
			core->watchdog_ms = u32(fdt, child, "timeout-ms");
		} else if (is(fdt, child, "amprelay,heartbeat")) {
			core->heartbeat_node = child;
			core->heartbeat_ms = u32(fdt, child, "period-ms");
			core->heartbeat_timeout_ms = u32(fdt, child, "timeout-ms");
		} else if (is(fdt, child, "amprelay,vdev")) {
			read_vdev(fdt, core, child);
		} else if (strcmp(fdt_get_name(fdt, child, NULL), "policy") == 0) {
			core->policy_node = child;
			core->denied_linux = denied(fdt, child, "linux");
			core->denied_tools = denied(fdt, child, "tools");
		}
	}
}

static void read_host(const void *fdt, struct soc *soc, int node)
{
	soc->host_compatible = soc_text(fdt, node, "compatible");
	soc->host_machine = soc_text(fdt, node, "machine");
	soc->host_cpu = soc_text(fdt, node, "cpu");
	soc->host_cpus = u32(fdt, node, "cpus");
	soc->host_memory_mib = u32(fdt, node, "memory-mib");
}

void soc_read(struct soc_report *report, struct soc *soc)
{
	const void *fdt = report->fdt;
	int root = fdt_path_offset(fdt, "/"), child;

	memset(soc, 0, sizeof(*soc));
	soc->name = soc_text(fdt, root, "model");
	fdt_for_each_subnode (child, fdt, root) {
		int node;

		if (soc_text(fdt, child, "compatible")) {
			read_host(fdt, soc, child);
			continue;
		}
		fdt_for_each_subnode (node, fdt, child)
			read_core(report, &soc->core[soc->num_cores++], node);
	}
}
