// SPDX-License-Identifier: GPL-2.0-only
#include "base.h"

#include <elf.h>
#include <string.h>

struct image base_image(void)
{
	static const uint32_t table[] = {
		1,
		3,
		0,
		0,
		4 * W_CARVEOUT,
		4 * W_TRACE,
		4 * W_VDEV,
		/* carveout: da, pa, len, flags, reserved, name */
		0,
		0x21180000,
		ANY,
		0x1000,
		0,
		0,
		0x6d6873,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		/* trace: da, len, reserved, name */
		2,
		0x2110a000,
		0x400,
		0,
		0x6c,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		/* vdev: id, notify id, features, accepted, space, state; rings */
		3,
		7,
		0,
		1,
		0,
		0,
		0x200,
		RINGS,
		4096,
		256,
		0,
		0,
		RINGS + 0x4000,
		4096,
		256,
		1,
		0,
	};
	struct image image = {
		.type = ET_EXEC,
		.machine = EM_ARM,
		.entry = CODE | 0x101,
		.segments = 2,
		.segment = {{PT_LOAD, PF_R | PF_X, CODE, CODE, 0x1000, 0x1000},
	                    {PT_LOAD, PF_R | PF_W, DATA, DATA, 0x400, 0x9000}},
		.code = {TOP, CODE | 0x101},
		.words = W_END,
		.table_segment = 1,
		.table_name = ".resource_table",
		.table_type = SHT_PROGBITS,
		.m_profile = true,
		.symbols = 5,
		.symbol = {[VECTOR] = {"__vectors", CODE},
	                   [LOW] = {"__main_stack", STACK},
	                   [HIGH] = {"__main_stack_top", TOP},
	                   [START] = {"__heap_start", HEAP},
	                   [END] = {"__heap_end", HEAP + 0x1000}},
	};

	memcpy(image.table, table, sizeof(table));
	return image;
}

void base_core(struct base_core *base)
{
	static const struct amp_lint_memory memory[BASE_MEMORIES] = {
		{"control", AMP_LINT_SHARED, 0x21000000, 0x2000},
		{"trace", AMP_LINT_SHARED, 0x21002000, 0x4000},
		{"vdev0vring0", AMP_LINT_VRING, RINGS, 0x4000},
		{"vdev0vring1", AMP_LINT_VRING, RINGS + 0x4000, 0x4000},
		{"vdev0buffer", AMP_LINT_BUFFERS, 0x21040000, 0x40000},
		{"firmware", AMP_LINT_FIRMWARE, CODE, 0x700000},
		{"heap", AMP_LINT_OWN, HEAP, 0x800000},
		{"private", AMP_LINT_PRIVATE, 0x200000, 0x200000},
		{"ram", AMP_LINT_OWN, 0x20000000, 0x200000},
	};

	memcpy(base->memory, memory, sizeof(memory));
	base->core = (struct amp_lint_core){.name = "m3",
	                                    .elf_machine = EM_ARM,
	                                    .elf_class = ELFCLASS32,
	                                    .notify_ids = 2,
	                                    .memories = base->memory,
	                                    .num_memories = BASE_MEMORIES};
}
