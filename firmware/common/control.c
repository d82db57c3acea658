// SPDX-License-Identifier: BSD-3-Clause
#include "control.h"

#include "board.h"
#include "stack.h"

#include <stddef.h>

/* An ELF note, as `ld --build-id` makes it; the linker script puts these symbols around the section. */
struct elf_note {
	uint32_t name_size; /* with its NUL, before padding to a multiple of 4 */
	uint32_t desc_size;
	uint32_t type;
	char name[4]; /* "GNU"; desc follows */
};

#define NT_GNU_BUILD_ID 3

extern const uint8_t __build_id_start[], __build_id_end[];

/** Find the build id in the note. @return its length, 0 if there is none */
static uint32_t find_build_id(const uint8_t **id)
{
	const struct elf_note *note = (const struct elf_note *)(const void *)__build_id_start;
	size_t size = (size_t)(__build_id_end - __build_id_start);

	if (size < sizeof(*note) || note->type != NT_GNU_BUILD_ID || note->name_size != sizeof(note->name) ||
	    note->desc_size > AMP_BUILD_ID_LEN || note->desc_size > size - sizeof(*note))
		return 0;
	*id = __build_id_start + sizeof(*note);
	return note->desc_size;
}

uint32_t amp_control_build_id(uint8_t id[AMP_BUILD_ID_LEN])
{
	const uint8_t *found = NULL;
	uint32_t length = find_build_id(&found);

	for (uint32_t i = 0; i < length; i++)
		id[i] = found[i];
	return length;
}

void amp_control_set_build_id(void)
{
	uint8_t id[AMP_BUILD_ID_LEN];
	uint32_t length = amp_control_build_id(id);

	for (uint32_t i = 0; i < length; i++)
		amp_remote_block->build_id[i] = id[i];
	amp_remote_block->build_id_len = length;
}

void amp_control_set_state(uint32_t state, uint32_t cause)
{
	amp_remote_block->state = state;
	amp_state_told(state, cause);
	amp_control_publish();
}

void amp_control_set_usage(uint32_t load_permille)
{
	volatile struct amp_usage *usage = &amp_remote_block->usage;
	uint32_t size, used = amp_stack_used(&size);

	usage->load_permille = load_permille;
	usage->stack_size = size;
	usage->stack_used = used;
	usage->memory_used = (uint32_t)((uintptr_t)__memory_used - (uintptr_t)__text_start);
	amp_control_publish();
	usage->told++;
}

void amp_control_set_clock(void)
{
	volatile struct amp_clock *clock = &amp_remote_block->clock;
	uint32_t asked = amp_relay_block->clock_asked;

	clock->ns = amp_clock_ns();
	/* A relay that saw the number before the time would take an old one for the answer. */
	amp_control_publish();
	clock->asked = asked;
	amp_control_publish();
}

uint32_t amp_control_heartbeat(void)
{
	return amp_remote_block->heartbeat;
}

const char *amp_control_core_name(void)
{
	static char name[AMP_NAME_LEN];

	/* Copy it and terminate the copy: the other side may change it at any time. */
	for (uint32_t i = 0; i < AMP_NAME_LEN - 1; i++)
		name[i] = amp_soc_block->core[i];
	return name;
}
