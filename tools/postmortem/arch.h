/* SPDX-License-Identifier: GPL-2.0-only */
/* What the post-mortem must know about each architecture: data, no code. Internal to tools/postmortem. */
#ifndef AMPRELAY_POSTMORTEM_ARCH_H
#define AMPRELAY_POSTMORTEM_ARCH_H

#include <stdbool.h>
#include <stdint.h>

/** One register: its place in amp_crash.reg is its place in amp_arch.reg. */
struct amp_arch_register {
	const char *name; /**< for people */
	const char *qemu; /**< as QEMU's `info registers` prints it; NULL if it does not */
};

struct amp_arch_bit {
	const char *name;
	const char *meaning;
	uint8_t bit;
};

/** One word of amp_crash.status. */
struct amp_arch_status {
	const char *name;
	const struct amp_arch_bit *bits; /**< ended by a NULL name; NULL if the word is an address */
};

/** Place of the registers in the note NT_PRSTATUS of a Linux core file of this architecture. */
struct amp_arch_prstatus {
	uint32_t size;       /**< bytes of struct elf_prstatus */
	uint32_t pid_offset; /**< debuggers want a thread number that is not 0 */
	uint32_t reg_offset;
	uint32_t num_regs; /**< the first so many entries of amp_arch.reg, in that order */
	bool pc_first;     /**< pc takes the place of the first one, which is always zero */
};

struct amp_arch {
	uint16_t elf_machine;
	uint8_t word; /**< bytes of a register */
	uint8_t num_regs;
	uint8_t sp, lr, pc; /**< indices into reg */
	bool thumb;         /**< bit 0 of a code address is not part of the address */
	const struct amp_arch_register *reg;
	const struct amp_arch_status *status;     /**< AMP_CRASH_STATUS entries, unused ones with NULL names */
	const struct amp_arch_prstatus *prstatus; /**< NULL: no core files for it */
};

/** @return the description for an e_machine, NULL if it is unknown */
const struct amp_arch *amp_arch_find(uint16_t elf_machine);

#endif
