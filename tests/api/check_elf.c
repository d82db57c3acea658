// SPDX-License-Identifier: GPL-2.0-only
/* The header for compilers without <elf.h> has what <elf.h> has; that one is behind openamp/elf_loader.h here, and
 * checked in check_remoteproc.c. */
#include <openamp/elf_types.h>

#define API_LIST  "list/elf.h"
#define API_TABLE api_elf
#include "check.h"
