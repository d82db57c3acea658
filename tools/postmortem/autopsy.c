// SPDX-License-Identifier: GPL-2.0-only
#include "autopsy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "arch.h"
#include "common/text.h"

#define PAGE      4096u
#define IMAGE_MAX (256u << 20)
#define TABLE_MAX 65536u

/* ------------------------------------------------------------------ the resource table */

static bool find_section(Elf *elf, size_t file_size, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		const char *name = gelf_getshdr(section, header) ? elf_strptr(elf, names, header->sh_name) : NULL;

		if (name && strcmp(name, ".resource_table") == 0 && header->sh_type != SHT_NOBITS &&
		    header->sh_offset <= file_size && header->sh_size <= file_size - header->sh_offset)
			return true;
	}
	return false;
}

bool amp_autopsy_read_table(struct amp_autopsy *autopsy, const char *path, char *error)
{
	size_t size;
	const uint8_t *bytes = amp_dumpfile_read_file(&autopsy->dump, path, &size, error);
	GElf_Shdr header;
	Elf *elf;

	if (!bytes)
		return false;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, size);
	if (find_section(elf, size, &header)) {
		bytes += header.sh_offset;
		size = header.sh_size;
	}
	elf_end(elf);
	if (!amp_vdev_is_table(bytes, size)) {
		amp_text(error, AMP_DUMPFILE_TEXT, "%s: no resource table of version 1, nor an ELF file with one",
		         path);
		return false;
	}
	autopsy->table = bytes;
	autopsy->table_size = size;
	return true;
}

uint64_t amp_autopsy_address(const struct amp_autopsy *autopsy, uint32_t da)
{
	uint64_t whole = amp_table_da(autopsy->near, da);
	uint8_t byte;

	return amp_dumpfile_read((void *)&autopsy->dump, whole, &byte, sizeof(byte)) ? whole : da;
}

static bool lay_out(const struct amp_autopsy *autopsy, const struct fw_rsc_vdev_vring *place, struct amp_ring *ring,
                    struct amp_ring_fault *fault)
{
	return amp_ring_lay_out(ring, amp_autopsy_address(autopsy, place->da), place->num, place->align, fault);
}

static bool rings_are_there(struct amp_autopsy *autopsy, const struct amp_vdev *vdev)
{
	const struct amp_memory memory = {.read = amp_dumpfile_read, .context = &autopsy->dump};
	uint16_t flags, index;

	for (int i = 0; i < 2; i++) {
		struct amp_ring_fault fault;
		struct amp_ring ring;

		if (!lay_out(autopsy, &vdev->ring[i], &ring, &fault) ||
		    !amp_ring_read_index(&memory, &ring, true, &flags, &index))
			return false;
	}
	return true;
}

/* Anything may look like a table: the one with an RPMsg device whose rings are there, and that is in use, is it. */
static int weigh_table(struct amp_autopsy *autopsy, const uint8_t *table, size_t size)
{
	struct amp_vdev vdev;

	if (!amp_vdev_is_table(table, size) || !amp_vdev_find_rpmsg(table, size, &vdev))
		return 0;
	return 1 + 2 * rings_are_there(autopsy, &vdev) + (vdev.head.status & VIRTIO_CONFIG_STATUS_DRIVER_OK ? 1 : 0);
}

static void find_table(struct amp_autopsy *autopsy)
{
	static const uint8_t one[4] = {1};
	int best = 0;

	for (uint32_t i = 0; i < autopsy->dump.pieces; i++) {
		const struct amp_dumpfile_piece *piece = &autopsy->dump.piece[i];

		autopsy->near = piece->da;
		for (uint64_t at = 0; at + sizeof(struct resource_table) <= piece->filled; at += sizeof(one)) {
			size_t size = piece->filled - at < TABLE_MAX ? piece->filled - at : TABLE_MAX;
			int weight;

			if (memcmp(piece->bytes + at, one, sizeof(one)) != 0)
				continue;
			weight = weigh_table(autopsy, piece->bytes + at, size);
			if (weight <= best)
				continue;
			best = weight;
			autopsy->table = piece->bytes + at;
			autopsy->table_size = size;
			autopsy->table_at = piece->da + at;
		}
	}
}

/* ------------------------------------------------------------------ control block, crash record */

static void find_control(struct amp_autopsy *autopsy)
{
	for (uint32_t i = 0; i < autopsy->dump.pieces && !autopsy->has_control; i++) {
		const struct amp_dumpfile_piece *piece = &autopsy->dump.piece[i];

		for (uint64_t at = 0; at + sizeof(autopsy->soc) <= piece->filled; at += PAGE) {
			memcpy(&autopsy->soc, piece->bytes + at, sizeof(autopsy->soc));
			autopsy->control = piece->da + at;
			autopsy->has_control =
				autopsy->soc.magic == AMP_CTRL_MAGIC && autopsy->soc.version == AMP_CTRL_VERSION;
			if (autopsy->has_control)
				break;
		}
	}
	if (autopsy->has_control)
		autopsy->has_remote = amp_dumpfile_read(&autopsy->dump, autopsy->control + AMP_REMOTE_OFFSET,
		                                        &autopsy->remote, sizeof(autopsy->remote));
}

/* Without a control block: a crash record stands somewhere by itself, as in a dump of Linux. */
static void find_record(struct amp_autopsy *autopsy)
{
	const uint32_t magic = AMP_CRASH_MAGIC;

	for (uint32_t i = 0; i < autopsy->dump.pieces; i++) {
		const struct amp_dumpfile_piece *piece = &autopsy->dump.piece[i];

		for (uint64_t at = 0; at + sizeof(struct amp_crash) <= piece->filled; at += sizeof(magic)) {
			uint64_t remote = piece->da + at - offsetof(struct amp_remote, crash);

			if (memcmp(piece->bytes + at, &magic, sizeof(magic)) != 0 ||
			    !amp_dumpfile_read(&autopsy->dump, remote, &autopsy->remote, sizeof(autopsy->remote)) ||
			    autopsy->remote.crash.cause >= AMP_CRASH_COUNT ||
			    !amp_arch_find((uint16_t)autopsy->remote.crash.arch))
				continue;
			autopsy->has_remote = true;
			return;
		}
	}
}

/* The registers of the dump's own note, as text like QEMU's: the one form that the post-mortem reads. */
static void take_registers(struct amp_autopsy *autopsy)
{
	const struct amp_arch *arch = amp_arch_find(autopsy->dump.elf_machine);
	const struct amp_arch_prstatus *layout = arch ? arch->prstatus : NULL;
	size_t size = (size_t)32 * AMP_MAX_REGISTERS, fill = 0;

	if (!layout || autopsy->dump.prstatus_size != layout->size)
		return;
	autopsy->registers = calloc(1, size);
	for (uint32_t i = 0; autopsy->registers && i < layout->num_regs; i++) {
		uint32_t reg = i == 0 && layout->pc_first ? arch->pc : i;
		uint64_t value = 0; /* as this machine, the core has the lowest byte first */

		memcpy(&value, autopsy->dump.prstatus + layout->reg_offset + (size_t)arch->word * i, arch->word);
		if (arch->reg[reg].qemu && fill < size)
			fill += (size_t)snprintf(autopsy->registers + fill, size - fill, "%s=%0*" PRIx64 "\n",
			                         arch->reg[reg].qemu, 2 * arch->word, value);
	}
}

/* The shared memory in one piece, for those who look at it as the relay does. */
static void make_image(struct amp_autopsy *autopsy)
{
	uint32_t size = autopsy->soc.mem_size;

	autopsy->image = size && size <= IMAGE_MAX ? calloc(1, size) : NULL;
	for (uint32_t i = 0; autopsy->image && i < autopsy->dump.pieces; i++) {
		const struct amp_dumpfile_piece *piece = &autopsy->dump.piece[i];
		uint64_t at = piece->da - autopsy->control;

		if (piece->da >= autopsy->control && at < size)
			memcpy(autopsy->image + at, piece->bytes,
			       piece->filled < size - at ? piece->filled : size - at);
	}
}

static const struct amp_region *find_region(const struct amp_autopsy *autopsy, enum amp_region_kind kind)
{
	for (uint32_t i = 0; autopsy->has_control && i < autopsy->soc.num_regions && i < AMP_MAX_REGIONS; i++) {
		if (autopsy->soc.region[i].kind == kind)
			return &autopsy->soc.region[i];
	}
	return NULL;
}

/* A wrong one does no harm: its build id differs. */
static void find_firmware(struct amp_autopsy *autopsy)
{
	if (autopsy->firmware || !autopsy->firmware_dir || !autopsy->has_control ||
	    !amp_text_is_file_name(autopsy->soc.firmware, sizeof(autopsy->soc.firmware)))
		return;
	amp_text(autopsy->named, sizeof(autopsy->named), "%s/%s", autopsy->firmware_dir, autopsy->soc.firmware);
	autopsy->firmware = autopsy->named;
}

static void examine_crash(struct amp_autopsy *autopsy)
{
	const struct amp_region *trace = find_region(autopsy, AMP_REGION_TRACE);

	amp_text_clean(autopsy->core, sizeof(autopsy->core), autopsy->has_control ? autopsy->soc.core : "unknown",
	               AMP_NAME_LEN);
	if (autopsy->dump.elf_machine == 0 && autopsy->has_control)
		autopsy->dump.elf_machine = (uint16_t)autopsy->soc.elf_machine;
	if (autopsy->dump.elf_machine == 0 && autopsy->has_remote)
		autopsy->dump.elf_machine = (uint16_t)autopsy->remote.crash.arch;
	take_registers(autopsy);
	find_firmware(autopsy);
	if (autopsy->has_control)
		make_image(autopsy);
	autopsy->pm = (struct amp_postmortem){
		.core = autopsy->core,
		.epoch = autopsy->has_remote ? autopsy->remote.epoch : 0,
		.elf_machine = autopsy->dump.elf_machine,
		.remote = autopsy->has_remote ? &autopsy->remote : NULL,
		.registers = autopsy->registers,
		.memory = autopsy->image,
		.memory_size = autopsy->image ? autopsy->soc.mem_size : 0,
		.memory_da = autopsy->control,
		.trace_offset = trace ? trace->offset : 0,
		.trace_size = trace ? trace->size : 0,
		.firmware = autopsy->firmware,
		.symbols = amp_symbols_create(),
	};
	amp_postmortem_summarise(&autopsy->pm, &autopsy->summary);
}

/* ------------------------------------------------------------------ rings */

/* How much of the buffers there are if host addresses are shifted so; the best is kept. */
struct shifts {
	struct amp_autopsy *autopsy;
	uint32_t best;
};

static void try_shift(struct shifts *shifts, const struct amp_vdev *vdev, uint64_t shift)
{
	struct amp_autopsy *autopsy = shifts->autopsy;
	const struct amp_memory memory = {.read = amp_dumpfile_read, .context = &autopsy->dump, .shift = shift};
	uint32_t there = 0, named = 0;

	for (int i = 0; i < 2; i++) {
		struct amp_ring_fault fault;
		struct amp_ring ring;

		if (lay_out(autopsy, &vdev->ring[i], &ring, &fault))
			amp_ringstate_count_buffers(&memory, &ring, &there, &named);
	}
	/* some may be wrong: that is what is looked for */
	if (there <= shifts->best || there * 2 < named)
		return;
	shifts->best = there;
	autopsy->shift = shift;
	autopsy->has_buffers = true;
}

static void try_carveouts(struct shifts *shifts, const struct amp_vdev *vdev)
{
	const struct amp_autopsy *autopsy = shifts->autopsy;
	struct fw_rsc_carveout carveout;
	struct resource_table head;
	uint32_t at;

	memcpy(&head, autopsy->table, sizeof(head)); /* amp_vdev_is_table() has looked */
	for (uint32_t i = 0; i < head.num; i++) {
		memcpy(&at, autopsy->table + sizeof(head) + (size_t)4 * i, sizeof(at));
		if (at > autopsy->table_size || autopsy->table_size - at < sizeof(carveout))
			continue;
		memcpy(&carveout, autopsy->table + at, sizeof(carveout));
		if (carveout.type == RSC_CARVEOUT && carveout.pa != 0 && carveout.pa != UINT32_MAX)
			try_shift(shifts, vdev, amp_table_da(autopsy->near, carveout.da) - carveout.pa);
	}
}

/* A descriptor has the address that the host uses. Where that is in the dump, several may know. */
static void find_buffers(struct amp_autopsy *autopsy, const struct amp_vdev *vdev)
{
	struct shifts shifts = {autopsy, 0};
	struct amp_host host;

	if (autopsy->mapped) {
		try_shift(&shifts, vdev, autopsy->shift);
		return;
	}
	try_shift(&shifts, vdev, 0);
	if (autopsy->has_control &&
	    amp_dumpfile_read(&autopsy->dump, autopsy->control + AMP_HOST_OFFSET, &host, sizeof(host)))
		try_shift(&shifts, vdev, autopsy->control - host.mem_pa);
	try_carveouts(&shifts, vdev);
}

static bool examine_queue(struct amp_autopsy *autopsy, struct amp_autopsy_device *device, enum amp_direction direction)
{
	const struct fw_rsc_vdev_vring *place = &device->vdev.ring[direction];
	const struct amp_region *buffers = find_region(autopsy, AMP_REGION_BUFFERS);
	struct amp_ringstate *state = &device->queue[direction];
	struct amp_memory memory = {.read = amp_dumpfile_read, .context = &autopsy->dump, .shift = autopsy->shift};
	struct amp_ring_fault fault;
	struct amp_ring ring;

	if (buffers) {
		memory.buffers_at = autopsy->control + buffers->offset;
		memory.buffers_size = buffers->size;
	}
	if (lay_out(autopsy, place, &ring, &fault))
		return amp_ringstate_read(state, &memory, &ring, direction, autopsy->has_buffers);
	*state = (struct amp_ringstate){.direction = direction, .fault = fault};
	amp_text(state->field, sizeof(state->field), "vring.%s", fault.problem == AMP_RING_NUM ? "num" : "align");
	return true;
}

/* Who makes a dump chooses what is in it: rings that are both missing have been left out. */
static void forgive_absence(struct amp_autopsy_device *device)
{
	for (int i = 0; i < 2; i++) {
		if (device->queue[i].fault.problem != AMP_RING_ABSENT)
			return;
	}
	for (int i = 0; i < 2; i++) {
		device->queue[i].fault = (struct amp_ring_fault){0};
		device->queue[i].field[0] = '\0';
	}
}

static bool examine_devices(struct amp_autopsy *autopsy)
{
	uint32_t entry = 0;
	struct amp_vdev vdev;

	while (autopsy->devices < AMP_AUTOPSY_DEVICES &&
	       amp_vdev_next(autopsy->table, autopsy->table_size, &entry, &vdev)) {
		struct amp_autopsy_device *device = &autopsy->device[autopsy->devices];

		if (vdev.head.id != VIRTIO_ID_RPMSG || vdev.rings < 2)
			continue;
		device->vdev = vdev;
		if (!autopsy->has_buffers)
			find_buffers(autopsy, &vdev);
		autopsy->devices++;
		if (!examine_queue(autopsy, device, AMP_TO_HOST) || !examine_queue(autopsy, device, AMP_TO_REMOTE))
			return false;
		forgive_absence(device);
	}
	return true;
}

/* ------------------------------------------------------------------ all of it */

bool amp_autopsy_examine(struct amp_autopsy *autopsy)
{
	find_control(autopsy);
	if (!autopsy->has_remote)
		find_record(autopsy);
	examine_crash(autopsy);
	if (!autopsy->table)
		find_table(autopsy);
	if (autopsy->has_control || autopsy->table_at)
		autopsy->near = autopsy->has_control ? autopsy->control : autopsy->table_at;
	else if (autopsy->dump.pieces)
		autopsy->near = autopsy->dump.piece[0].da;
	return !autopsy->table || examine_devices(autopsy);
}

const struct amp_ringstate *amp_autopsy_first_fault(const struct amp_autopsy *autopsy)
{
	for (uint32_t i = 0; i < autopsy->devices; i++) {
		for (int queue = 0; queue < 2; queue++) {
			if (autopsy->device[i].queue[queue].fault.problem != AMP_RING_SOUND)
				return &autopsy->device[i].queue[queue];
		}
	}
	return NULL;
}

void amp_autopsy_free(struct amp_autopsy *autopsy)
{
	for (uint32_t i = 0; i < autopsy->devices; i++) {
		amp_ringstate_free(&autopsy->device[i].queue[0]);
		amp_ringstate_free(&autopsy->device[i].queue[1]);
	}
	amp_symbols_destroy(autopsy->pm.symbols);
	free(autopsy->image);
	free(autopsy->registers);
	amp_dumpfile_free(&autopsy->dump);
}
