// SPDX-License-Identifier: GPL-2.0-only
#include "soc_file.h"

#include "fuzz.h"

#include "common/text.h"
#include "relay/base/soc_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char error[512];

static void check_region(const struct core_config *core, uint32_t index)
{
	const struct amp_region *region = &core->region[index];

	fuzz_check(region->kind > AMP_REGION_NONE && region->kind <= AMP_REGION_HEAP);
	fuzz_check(memchr(region->name, '\0', sizeof(region->name)) && region->name[0]);
	fuzz_check(region->offset % 4096 == 0 && region->size % 4096 == 0 && region->size > 0);
	fuzz_check(region->offset < core->mem_size && region->size <= core->mem_size - region->offset);
	fuzz_check(region->kind != AMP_REGION_VRING || region->arg < core->notify_ids);
	for (uint32_t i = 0; i < index; i++)
		fuzz_check(region->offset >= core->region[i].offset + core->region[i].size ||
		           core->region[i].offset >= region->offset + region->size);
}

static void check_core(const struct core_config *core)
{
	const struct amp_region *control = amp_soc_region(core, AMP_REGION_CONTROL);
	struct amp_soc wire;

	fuzz_check(amp_text_is_file_name(core->name, sizeof(core->name)));
	fuzz_check(amp_text_is_file_name(core->firmware, sizeof(core->firmware)));
	fuzz_check(amp_text_is_file_name(core->bootrom, sizeof(core->bootrom)));
	fuzz_check(!strchr(core->machine, ' ') && core->machine[0]);
	fuzz_check(core->mem_size >= AMP_CTRL_SIZE && !(core->mem_size & (core->mem_size - 1)));
	fuzz_check((core->mem_da & UINT32_MAX) + core->mem_size <= (uint64_t)UINT32_MAX + 1);
	fuzz_check(core->elf_class == 2 || core->mem_da <= UINT32_MAX);
	for (uint32_t i = 0; i < core->num_private; i++)
		fuzz_check(core->private[i].size > 0 &&
		           core->private[i].size - 1 <=
		                   (core->elf_class == 2 ? UINT64_MAX : UINT32_MAX) - core->private[i].da);
	fuzz_check(core->heartbeat_ms > 0 && core->heartbeat_timeout_ms > core->heartbeat_ms);
	fuzz_check(core->notify_ids >= 1 && core->notify_ids <= AMP_DB_NOTIFY_MAX);
	fuzz_check(core->num_regions <= AMP_MAX_REGIONS && core->doorbell_serial <= 7 && core->console_serial <= 7);
	fuzz_check(control && control->offset == AMP_CTRL_OFFSET && control->size >= AMP_CTRL_SIZE);
	fuzz_check(amp_soc_region(core, AMP_REGION_FIRMWARE));
	for (uint32_t i = 0; i < core->num_regions; i++)
		check_region(core, i);
	amp_soc_describe(core, &wire);
	fuzz_check(wire.num_regions == core->num_regions + core->num_private && wire.mem_size == core->mem_size);
}

static int file_of(const void *json, size_t size)
{
	int fd = memfd_create("soc.json", MFD_CLOEXEC);

	if (fd < 0 || write(fd, json, size) != (ssize_t)size) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

bool soc_file_loads(const void *json, size_t size)
{
	static struct soc_config soc;
	char path[32];
	int fd = file_of(json, size), status;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	error[0] = '\0';
	status = amp_soc_load(&soc, path, error, sizeof(error));
	close(fd);
	if (status) {
		fuzz_check(status == -1 && error[0] && memchr(error, '\0', sizeof(error)));
		return false;
	}
	fuzz_check(soc.num_cores >= 1 && soc.num_cores <= SOC_MAX_CORES);
	for (uint32_t i = 0; i < soc.num_cores; i++)
		check_core(&soc.core[i]);
	return true;
}

const char *soc_file_error(void)
{
	return error;
}
