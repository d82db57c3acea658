// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the RPMsg link between a core and its host is up. A core whose main loop runs is not yet one that can be
 * talked to: only that is a recovery.
 *
 * The evidence is in shared memory. The firmware file says where the resource table is, the live table says whether the
 * driver has brought the device up (DRIVER_OK) and where its rings are, and the rings say whether the core has used a
 * buffer. We look when the core kicks, and once more when time is over. All of it can be written by the core: it can
 * claim a link that it does not serve, as it can take messages and drop them.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>
#include <libelf.h>

#include <openamp/remoteproc.h>
#include <openamp/rpmsg_virtio.h>

#include "common/clock.h"
#include "common/text.h"
#include "common/vdevs.h"
#include "core.h"
#include "relay/lab.h"

#define LIMIT_MS 5000    /* from READY; it takes some 20 ms on an idle machine */
#define LET_GO   0xa302u /* WIRE.md, section 10 */

/* ------------------------------------------------------------------ the table's place */

/* @return true if the file has such a section with something in it */
static bool find_section(Elf *elf, uint64_t *addr, uint64_t *size)
{
	Elf_Scn *section = NULL;
	size_t names;
	GElf_Shdr header;
	const char *name;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strcmp(name, ".resource_table") != 0)
			continue;
		*addr = header.sh_addr;
		*size = header.sh_size;
		return header.sh_type != SHT_NOBITS && header.sh_size >= sizeof(struct resource_table);
	}
	return false;
}

static void take_table(struct core *core, uint32_t offset, uint32_t size)
{
	core->wire.table_da = core->config->mem_da + offset;
	core->wire.table_size = size;
	amp_shm_write_power(&core->shm, &core->wire);
	core->link.table = offset;
	core->link.table_size = size < CORE_TABLE_MAX ? size : CORE_TABLE_MAX;
}

/* It is known of what the relay has loaded. Else it is in the firmware file that the host says to have loaded. */
static enum core_link find_table(struct core *core)
{
	const struct amp_region *region = amp_soc_region(core->config, AMP_REGION_FIRMWARE);
	uint64_t addr, size, base = core->config->mem_da + region->offset;
	char path[PATH_MAX];
	bool found;
	Elf *elf;
	int fd;

	if (core->loaded.by_relay) {
		if (core->loaded.table_size)
			take_table(core, core->loaded.table, core->loaded.table_size);
		return core->loaded.table_size ? LINK_DOWN : LINK_NONE;
	}
	amp_core_firmware_path(core, path, sizeof(path));
	fd = path[0] ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	core->link.why = "its firmware file cannot be read, so that its resource table cannot be found";
	if (fd < 0)
		return LINK_UNKNOWN;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	found = elf && elf_kind(elf) == ELF_K_ELF && find_section(elf, &addr, &size);
	elf_end(elf);
	close(fd);
	if (!found)
		return LINK_NONE;
	core->link.why = "its resource table is outside its firmware memory, its firmware file says";
	if (addr < base || size > region->size || addr - base > region->size - size)
		return LINK_UNKNOWN;
	take_table(core, (uint32_t)(addr - core->config->mem_da), (uint32_t)size);
	return LINK_DOWN;
}

/* ------------------------------------------------------------------ what memory says */

/* Copies from shared memory, once: what is looked at is the copy. @return false if it is not all inside */
static bool take(const struct core *core, uint64_t offset, void *copy, size_t size)
{
	if (offset > core->shm.size || size > core->shm.size - offset)
		return false;
	amp_shm_read(&core->shm, (uint32_t)offset, copy, size);
	return true;
}

bool amp_core_lay_out(const struct core *core, const struct fw_rsc_vdev_vring *place, struct amp_ring *ring,
                      struct amp_ring_fault *fault)
{
	uint64_t da = amp_table_da(core->config->mem_da, place->da);

	return da >= core->config->mem_da &&
	       amp_ring_lay_out(ring, da - core->config->mem_da, place->num, place->align, fault);
}

/* The used ring's index, and the device's mark behind the ring (WIRE.md, section 10); 0 if there is no such ring. */
static void look_at_ring(const struct core *core, const struct fw_rsc_vdev_vring *place, uint16_t *index,
                         uint16_t *mark)
{
	struct amp_ring_fault fault;
	struct amp_ring ring;

	*index = *mark = 0;
	if (!amp_core_lay_out(core, place, &ring, &fault))
		return;
	take(core, ring.used + 2, index, sizeof(*index));
	take(core, ring.used + 4 + 8 * (uint64_t)ring.num, mark, sizeof(*mark));
}

static enum core_link look(struct core *core)
{
	uint8_t table[CORE_TABLE_MAX];
	uint16_t index[2], mark[2];
	struct amp_vdev device;

	if (!take(core, core->link.table, table, core->link.table_size))
		return LINK_UNKNOWN;
	if (!amp_vdev_find_rpmsg(table, core->link.table_size, &device))
		return LINK_NONE;
	if (!(device.head.status & VIRTIO_CONFIG_STATUS_DRIVER_OK))
		return LINK_DOWN;
	for (int i = 0; i < 2; i++)
		look_at_ring(core, &device.ring[i], &index[i], &mark[i]);
	if (mark[0] == LET_GO || mark[1] == LET_GO)
		return LINK_LOST;
	if (index[0] || index[1])
		return LINK_UP;
	return device.head.dfeatures & device.head.gfeatures & (1u << VIRTIO_RPMSG_F_NS) ? LINK_SILENT : LINK_QUIET;
}

/* ------------------------------------------------------------------ recovery */

static bool is_final(enum core_link state)
{
	return state == LINK_UP || state == LINK_NONE || state == LINK_UNKNOWN;
}

static void recovered(struct core *core)
{
	if (core->crashed_at == 0)
		return;
	core->recoveries++;
	amp_record(&core->lab->record, "core.recovered", core->config->name, "{s:I, s:s, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "link", amp_core_link_name(core), "ms",
	           ms_between(core->crashed_at, now_ns()));
	core->crashed_at = 0;
}

static void settle(struct core *core)
{
	core->link.limit = sd_event_source_disable_unref(core->link.limit);
	core->link.settled = true;
	if (core->ready)
		recovered(core);
	amp_relay_changed(core->lab);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	if (core->link.found)
		core->link.state = look(core);
	if (amp_core_link_is_bad(core))
		amp_core_warn(core, "it runs, but %s", amp_core_link_text(core));
	settle(core);
	return 0;
}

void amp_core_link_begin(struct core *core)
{
	core->link.limit = sd_event_source_disable_unref(core->link.limit);
	core->link = (struct link){.state = LINK_DOWN};
}

void amp_core_link_wait(struct core *core)
{
	if (core->link.settled) {
		recovered(core);
		return;
	}
	if (core->wire.host == AMP_CORE_HOST_NONE) /* it has nobody to have a link to */
		return;
	core->link.limit = sd_event_source_disable_unref(core->link.limit);
	sd_event_add_time_relative(core->lab->loop, &core->link.limit, CLOCK_MONOTONIC, LIMIT_MS * UINT64_C(1000), 1000,
	                           on_limit, core);
}

bool amp_core_link_table(struct core *core)
{
	return find_table(core) == LINK_DOWN;
}

void amp_core_link_find(struct core *core)
{
	if (core->link.found)
		return;
	core->link.state = find_table(core);
	core->link.found = core->link.state == LINK_DOWN;
	if (core->link.found)
		amp_core_link_look(core);
	else
		settle(core);
}

void amp_core_link_look(struct core *core)
{
	struct link *link = &core->link;

	if (!link->found || link->state == LINK_UP || core->phase != PHASE_RUNNING)
		return;
	link->state = look(core);
	if (!is_final(link->state))
		return;
	if (link->settled) { /* it had been given up */
		amp_record(&core->lab->record, "core.link", core->config->name, "{s:I, s:s, s:f}", "epoch",
		           (json_int_t)core->wire.epoch, "link", amp_core_link_name(core), "ms",
		           ms_between(core->started, now_ns()));
		amp_relay_changed(core->lab);
	} else {
		settle(core);
	}
}

void amp_core_link_down(struct core *core)
{
	core->link.limit = sd_event_source_disable_unref(core->link.limit);
	if (!core->link.found)
		return;
	core->link.state = LINK_DOWN;
	core->link.settled = false;
}

void amp_core_link_end(struct core *core)
{
	core->link.limit = sd_event_source_disable_unref(core->link.limit);
	core->link.state = LINK_DOWN;
	core->link.found = false;
}

const char *amp_core_link_name(const struct core *core)
{
	static const char *const names[] = {
		[LINK_DOWN] = "down", [LINK_LOST] = "lost", [LINK_SILENT] = "silent",   [LINK_QUIET] = "quiet",
		[LINK_UP] = "up",     [LINK_NONE] = "none", [LINK_UNKNOWN] = "unknown",
	};

	return names[core->link.state];
}

bool amp_core_link_is_bad(const struct core *core)
{
	return core->link.state == LINK_DOWN || core->link.state == LINK_LOST || core->link.state == LINK_SILENT;
}

const char *amp_core_link_text(const struct core *core)
{
	switch (core->link.state) {
	case LINK_LOST:
		return "it has lost its RPMsg link (see its log)";
	case LINK_SILENT:
		return "it has announced nothing on its RPMsg link (see its log)";
	default:
		return "its host has not brought its RPMsg device up";
	}
}
