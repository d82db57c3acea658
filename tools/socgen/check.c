// SPDX-License-Identifier: GPL-2.0-only
/* What must hold between properties: nothing overlaps, everything is inside, times and numbers fit each other. */
#include "socgen.h"

#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#define GIB4 (UINT64_C(1) << 32)

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

/* Ranges here end at 2^64 at most (check_fits), so that the last byte's address never wraps. */
static bool overlap(uint64_t base_a, uint64_t size_a, uint64_t base_b, uint64_t size_b)
{
	return size_a && size_b && base_a <= base_b + (size_b - 1) && base_b <= base_a + (size_a - 1);
}

static const char *node_name(const struct soc_report *report, int node)
{
	return fdt_get_name(report->fdt, node, NULL);
}

/* ------------------------------------------------------------------ the core's address space */

/* @return whether the range is not empty and does not run over the end of a `bits`-bit address space */
static bool check_fits(struct soc_report *report, const struct soc_range *range, unsigned bits)
{
	uint64_t last = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;

	if (!range->size) {
		soc_error(report, range->node, "reg", "is empty");
		return false;
	}
	if (range->base > last || range->size - 1 > last - range->base) {
		soc_error(report, range->node, "reg", "0x%" PRIx64 " + 0x%" PRIx64 " does not fit into %u address bits",
		          range->base, range->size, bits);
		return false;
	}
	return true;
}

static void check_address_space(struct soc_report *report, const struct soc_core *core)
{
	const struct soc_range *const all[] = {&core->rom,          &core->ram,       &core->private[0],
	                                       &core -> private[1], &core -> shared,  &core -> doorbell,
	                                       &core -> console,    &core -> watchdog};
	bool fit = true;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i]->node)
			fit = check_fits(report, all[i], core->isa->address_bits) && fit;
	for (size_t i = 1; fit && i < sizeof(all) / sizeof(*all); i++)
		for (size_t j = 0; j < i; j++)
			if (overlap(all[i]->base, all[i]->size, all[j]->base, all[j]->size))
				soc_error(report, all[i]->node, "reg", "overlaps %s (0x%" PRIx64 "-0x%" PRIx64 ")",
				          node_name(report, all[j]->node), all[j]->base,
				          all[j]->base + (all[j]->size - 1));
}

/* Firmware lies there as it does in shared memory: whole pages. */
static void check_private(struct soc_report *report, const struct soc_core *core)
{
	for (unsigned i = 0; i < core->num_private; i++) {
		const struct soc_range *range = &core->private[i];

		if (range->base % SOC_PAGE || range->size % SOC_PAGE)
			soc_error(report, range->node, "reg",
			          "0x%" PRIx64 " + 0x%" PRIx64 " are not whole pages of 0x%x", range->base, range->size,
			          SOC_PAGE);
		else if (range->size >= GIB4)
			soc_error(report, range->node, "reg",
			          "size 0x%" PRIx64 " is not below 4 GiB; the control block has 32 bits for it",
			          range->size);
		if (i > 0 && range->base < core->private[i - 1].base)
			soc_error(report, range->node, NULL, "stands behind %s, whose address is higher",
			          node_name(report, core->private[i - 1].node));
	}
	if (core->secure && core->num_private == 0)
		soc_error(report, core->node, "amprelay,secure",
		          "signed firmware executes from private memory only, and there is none (compatible "
		          "\"amprelay,private\")");
	if (core->num_regions + core->num_private > AMP_MAX_REGIONS)
		soc_error(report, core->node, NULL,
		          "%u regions and %u of private memory; the control block has room for %d", core->num_regions,
		          core->num_private, AMP_MAX_REGIONS);
}

static void check_console(struct soc_report *report, const struct soc_core *core)
{
	if (core->console.node && core->console_serial == core->doorbell_serial)
		soc_error(report, core->console.node, "serial", "%" PRIu32 " is the serial port of %s",
		          core->console_serial, node_name(report, core->doorbell.node));
}

static void check_shared(struct soc_report *report, const struct soc_core *core)
{
	const struct soc_range *shared = &core->shared;

	if (shared->base % SOC_PAGE)
		soc_error(report, shared->node, "reg", "address 0x%" PRIx64 " is not a multiple of 0x%x", shared->base,
		          SOC_PAGE);
	if (!is_power_of_two(shared->size) || shared->size < SOC_PAGE)
		soc_error(report, shared->node, "reg",
		          "size 0x%" PRIx64 " is not a power of two of at least 0x%x; Linux sees it as a PCI BAR",
		          shared->size, SOC_PAGE);
	else if (shared->size >= GIB4 || shared->base / GIB4 != (shared->base + (shared->size - 1)) / GIB4)
		soc_error(report, shared->node, "reg",
		          "0x%" PRIx64 " + 0x%" PRIx64
		          " crosses a multiple of 4 GiB; resource tables have the lower half of an address only",
		          shared->base, shared->size);
}

/* ------------------------------------------------------------------ parts of the shared memory */

static void check_region(struct soc_report *report, const struct soc_core *core, const struct soc_region *region)
{
	uint64_t end = core->shared.size;

	if (region->offset % SOC_PAGE)
		soc_error(report, region->node, "reg", "offset 0x%" PRIx64 " is not a multiple of 0x%x", region->offset,
		          SOC_PAGE);
	if (!region->size || region->size % SOC_PAGE)
		soc_error(report, region->node, "reg", "size 0x%" PRIx64 " is not a multiple of 0x%x above 0",
		          region->size, SOC_PAGE);
	if (region->offset > end || region->size > end - region->offset)
		soc_error(report, region->node, "reg",
		          "0x%" PRIx64 " + 0x%" PRIx64 " runs over the end of %s (size 0x%" PRIx64 ")", region->offset,
		          region->size, node_name(report, core->shared.node), end);
	if (region->kind == AMP_REGION_CONTROL && (region->offset != AMP_CTRL_OFFSET || region->size != AMP_CTRL_SIZE))
		soc_error(report, region->node, "reg",
		          "must be <0x%x 0x%x>, where everyone looks for the control block", AMP_CTRL_OFFSET,
		          AMP_CTRL_SIZE);
	if ((region->kind == AMP_REGION_VRING || region->kind == AMP_REGION_BUFFERS) && !region->used)
		soc_error(report, region->node, "label", "no vdev uses \"%s\"", region->name);
}

static bool wraps(const struct soc_region *region)
{
	return !region->size || region->offset > UINT64_MAX - (region->size - 1);
}

static void check_region_pair(struct soc_report *report, const struct soc_region *a, const struct soc_region *b)
{
	if (!wraps(a) && !wraps(b) && overlap(a->offset, a->size, b->offset, b->size))
		soc_error(report, a->node, "reg", "overlaps %s (0x%" PRIx64 "-0x%" PRIx64 ")",
		          node_name(report, b->node), b->offset, b->offset + (b->size - 1));
	if (strcmp(a->name, b->name) == 0)
		soc_error(report, a->node, "label", "\"%s\" is the name of %s already", a->name,
		          node_name(report, b->node));
}

static void check_regions(struct soc_report *report, const struct soc_core *core)
{
	for (unsigned i = 0; i < core->num_regions; i++) {
		check_region(report, core, &core->region[i]);
		for (unsigned j = 0; j < i; j++)
			check_region_pair(report, &core->region[i], &core->region[j]);
	}
}

/* ------------------------------------------------------------------ times */

/* Each sense must be slower than the one that it backs up, else the crude one speaks first. */
static void check_times(struct soc_report *report, const struct soc_core *core)
{
	uint64_t ticks = (uint64_t)core->watchdog_clock_hz * core->watchdog_ms / 1000;

	if (core->heartbeat_timeout_ms < 3 * core->heartbeat_ms)
		soc_error(report, core->heartbeat_node, "timeout-ms",
		          "%" PRIu32 " ms is less than 3 periods of %" PRIu32 " ms; one late beat would count as death",
		          core->heartbeat_timeout_ms, core->heartbeat_ms);
	if (!core->watchdog_ms)
		return;
	if (core->watchdog.node && core->relay_watchdog_node)
		soc_error(report, core->relay_watchdog_node, NULL, "there is %s already; the main loop feeds one",
		          node_name(report, core->watchdog.node));
	if (core->watchdog_ms <= core->heartbeat_timeout_ms)
		soc_error(report, core->relay_watchdog_node ? core->relay_watchdog_node : core->watchdog.node,
		          "timeout-ms", "%" PRIu32 " ms is not longer than the heartbeat's timeout of %" PRIu32 " ms",
		          core->watchdog_ms, core->heartbeat_timeout_ms);
	if (core->watchdog.node && (ticks > UINT32_MAX || !ticks))
		soc_error(report, core->watchdog.node, "timeout-ms",
		          "%" PRIu32 " ms are %" PRIu64 " ticks at %" PRIu32 " Hz; the counter has 32 bits",
		          core->watchdog_ms, ticks, core->watchdog_clock_hz);
}

/* ------------------------------------------------------------------ cores */

static void check_core_identity(struct soc_report *report, const struct soc *soc, unsigned index)
{
	const struct soc_core *core = &soc->core[index];
	uint64_t number, none;

	if (soc_reg(report->fdt, core->node, &number, &none) && number != index)
		soc_error(report, core->node, "reg", "must be %u: cores are numbered 0, 1 ... in order", index);
	for (unsigned i = 0; i < index; i++)
		if (strcmp(core->name, soc->core[i].name) == 0)
			soc_error(report, core->node, "label", "\"%s\" is the name of %s already", core->name,
			          node_name(report, soc->core[i].node));
	if (strcmp(core->name, "linux") == 0 || strcmp(core->name, "kernel") == 0 || strcmp(core->name, "relay") == 0)
		soc_error(report, core->node, "label", "\"%s\" is the name of another log: a core's is CORE.log",
		          core->name);
}

/* ------------------------------------------------------------------ who may do what */

/* Linux loads what it starts, and stops what it started: a core has one owner. */
static void check_policy(struct soc_report *report, const struct soc_core *core)
{
	uint32_t refused = core->denied_linux & AMP_VERBS_OF_OWNER;

	if (refused && refused != AMP_VERBS_OF_OWNER)
		soc_error(report, core->policy_node, NULL,
		          "\"linux\" belongs in all three of start, stop and load, or in none: a core has one owner");
}

void soc_check(struct soc_report *report, const struct soc *soc)
{
	for (unsigned i = 0; i < soc->num_cores; i++) {
		const struct soc_core *core = &soc->core[i];

		check_core_identity(report, soc, i);
		check_address_space(report, core);
		check_private(report, core);
		check_console(report, core);
		check_shared(report, core);
		check_regions(report, core);
		check_times(report, core);
		soc_check_vdevs(report, core);
		check_policy(report, core);
	}
}
