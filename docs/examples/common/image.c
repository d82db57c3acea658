// SPDX-License-Identifier: GPL-2.0-only
/*
 * A firmware image: an ELF file with a resource table, as a linker makes one for any core. Only its "machine code" is
 * unusual: a whole Linux program, PROGRAM, behind a 64-bit word with its size. That is what this core executes
 * (platform_host.c).
 */
#include "resources.h"

extern const struct core_resources core_resources;
const struct core_resources core_resources __attribute__((section(".resource_table"), used)) = CORE_RESOURCES;

__asm__(".pushsection .program, \"a\"\n"
        ".balign 8\n"
        ".global boot\n"
        "boot: .quad 2f - 1f\n"
        "1: .incbin \"" PROGRAM "\"\n"
        "2:\n"
        ".popsection\n");
