// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h> /* an application may include it itself */
#include <openamp/elf_loader.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>

#define API_LIST  "list/remoteproc.h"
#define API_TABLE api_remoteproc
#include "check.h"
