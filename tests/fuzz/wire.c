// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings that others wrote to: as the relay looks at them while they are in use, and in dumps. Input: what there is (1),
 * then changes of a sound memory or file, 3 bytes each: where (16 bits), what.
 */
#include "fuzz.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/sniffed.h"
#include "common/vdevs.h"
#include "postmortem/autopsy.h"
#include "relay/lab.h"

#define DA      0x21000000u
#define SIZE    0x8000u
#define TABLE   0x2000u
#define RING0   0x3000u
#define RING1   0x3800u
#define BUFFERS 0x4000u
#define NUM     8u
#define ALIGN   256u
#define HEAD    0x100u /* of the file */
#define MOVES   64

static struct {
	uint8_t head[HEAD]; /* ELF header, segment */
	_Alignas(8) uint8_t memory[SIZE];
} file;

static void put(uint32_t at, const void *data, size_t size)
{
	memcpy(file.memory + at, data, size);
}

/* 8 buffers in each direction, all of them announcements that wait to be read. */
static void make_sound(void)
{
	const struct {
		struct resource_table head;
		uint32_t offset[1];
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring ring[2];
	} table = {
		.head = {.ver = 1, .num = 1},
		.offset = {sizeof(struct resource_table) + 4},
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .status = 7, .num_of_vrings = 2},
		.ring = {{.da = DA + RING0, .align = ALIGN, .num = NUM},
	                 {.da = DA + RING1, .align = ALIGN, .num = NUM}},
	};
	const Elf32_Ehdr elf = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
	                        .e_type = ET_CORE,
	                        .e_machine = EM_ARM,
	                        .e_version = EV_CURRENT,
	                        .e_phoff = sizeof(elf),
	                        .e_ehsize = sizeof(elf),
	                        .e_phentsize = sizeof(Elf32_Phdr),
	                        .e_phnum = 1};
	const Elf32_Phdr segment = {
		.p_type = PT_LOAD, .p_offset = HEAD, .p_vaddr = DA, .p_paddr = DA, .p_filesz = SIZE, .p_memsz = SIZE};

	memset(&file, 0, sizeof(file));
	memcpy(file.head, &elf, sizeof(elf));
	memcpy(file.head + sizeof(elf), &segment, sizeof(segment));
	put(TABLE, &table, sizeof(table));
	for (uint32_t i = 0; i < 2 * NUM; i++) {
		uint32_t ring = i < NUM ? RING0 : RING1, id = i % NUM, buffer = BUFFERS + 512 * i;
		struct vring_desc desc = {.addr = DA + buffer, .len = 512, .flags = i < NUM ? VRING_DESC_F_WRITE : 0};
		struct amp_rpmsg head = {.src = i, .dst = RPMSG_NS_EPT_ADDR, .len = AMP_NS_SIZE};

		put(ring + id * (uint32_t)sizeof(desc), &desc, sizeof(desc));
		put(ring + 128 + 4 + 2 * id, &id, 2);
		put(ring + 256 + 4 + 8 * id, &(uint32_t[]){id, 512}, 8);
		put(buffer, &head, sizeof(head));
		put(buffer + sizeof(head), "name", 4);
	}
	put(RING0 + 128 + 2, &(uint16_t){NUM}, 2);
	put(RING0 + 256 + 2, &(uint16_t){NUM}, 2);
	put(RING1 + 128 + 2, &(uint16_t){NUM}, 2);
}

/* ------------------------------------------------------------------ a dump */

static void check_text(const struct amp_autopsy *autopsy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fuzz_check(out);
	amp_autopsy_print(autopsy, out);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		fuzz_check(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
	free(text);
}

static void explain(size_t size)
{
	struct amp_autopsy *autopsy = calloc(1, sizeof(*autopsy));
	int fd = memfd_create("dump", MFD_CLOEXEC);
	char error[AMP_DUMPFILE_TEXT] = "", path[32];

	fuzz_check(autopsy && fd >= 0 && write(fd, &file, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!amp_dumpfile_add_elf(&autopsy->dump, path, error)) {
		fuzz_check(error[0]);
	} else {
		fuzz_check(amp_autopsy_examine(autopsy));
		for (uint32_t i = 0; i < autopsy->devices; i++) {
			for (int queue = 0; queue < 2; queue++) {
				const struct amp_ringstate *state = &autopsy->device[i].queue[queue];

				fuzz_check(!state->readable ||
				           state->of_device + state->of_driver + state->unused == state->ring.num);
				fuzz_check(!state->fault.problem == !state->field[0]);
			}
		}
		check_text(autopsy);
	}
	amp_autopsy_free(autopsy);
	free(autopsy);
	close(fd);
}

/* ------------------------------------------------------------------ a link in use */

static uint32_t records;

static void listen_to_it(struct client *client, const struct core *core, const uint8_t *data, size_t len)
{
	struct amp_sniffed head;

	(void)client;
	(void)core;
	for (size_t at = 0; at < len; at += head.size) {
		fuzz_check(len - at >= sizeof(head));
		memcpy(&head, data + at, sizeof(head));
		fuzz_check(head.size >= sizeof(head) + head.len && head.size <= len - at && head.size % 8 == 0);
		fuzz_check(head.len <= AMP_SNIFFED_MAX && head.len <= head.whole);
		records++;
	}
}

static void look(struct fuzz_input *in)
{
	static const struct client_ops ops = {.on_sniffed = listen_to_it};
	struct lab *lab = calloc(1, sizeof(*lab));
	struct core *core = lab ? &lab->core[0] : NULL;
	struct core_config *config = lab ? &lab->soc.core[0] : NULL;
	uint8_t known[4096];

	fuzz_check(lab);
	*config = (struct core_config){.name = "m3", .mem_da = DA, .mem_size = SIZE, .num_regions = 1};
	config->region[0] = (struct amp_region){.kind = AMP_REGION_BUFFERS, .offset = BUFFERS, .size = SIZE - BUFFERS};
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		lab->control.client[i].fd = -1;
	lab->control.client[0] = (struct client){.fd = 0, .ops = &ops};
	*core = (struct core){
		.lab = lab, .config = config, .phase = PHASE_RUNNING, .shm = {.base = file.memory, .size = SIZE}};
	core->link.found = true;
	core->link.table = TABLE;
	core->link.table_size = 256;
	for (int i = 0; i < MOVES; i++) {
		records = 0;
		amp_core_sniff_look(core);
		fuzz_check(records <=
		           2 * 2 * 1024 + 2); /* a look takes so many entries at most, whatever the index says */
		fuzz_check(amp_core_sniff_known(core, known, sizeof(known)) <= sizeof(known));
		file.memory[fuzz_u16(in) % SIZE] = fuzz_u8(in);
	}
	free(lab);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t what = fuzz_u8(&in);
	size_t whole = sizeof(file);

	make_sound();
	if (what & 1) {
		put(AMP_HOST_OFFSET, &(uint64_t){DA}, sizeof(uint64_t));
		look(&in);
		return 0;
	}
	if (what & 2)
		whole = fuzz_u16(&in) % (sizeof(file) + 1);
	while (in.left > 0) {
		uint16_t at = fuzz_u16(&in);
		uint8_t *bytes = (uint8_t *)&file;

		bytes[at % sizeof(file)] = fuzz_u8(&in);
	}
	explain(whole);
	return 0;
}
