// SPDX-License-Identifier: GPL-2.0-only
/* Firmware in private memory: the relay fills files that nobody else has, and QEMU copies them at power-on. */
#include <unistd.h>

#include "core.h"

void amp_core_image_forget(struct core *core)
{
	for (uint32_t i = 0; i < SOC_MAX_PRIVATE; i++) {
		if (core->loaded.private_fd[i] >= 0)
			close(core->loaded.private_fd[i]);
	}
	core->loaded = (struct loaded){.private_fd = {-1, -1}};
	core->image[0] = '\0';
}

size_t amp_core_image_arguments(const struct core *core, struct arguments *args, int fds[SOC_MAX_PRIVATE])
{
	size_t n = 0;

	for (uint32_t i = 0; i < core->config->num_private; i++) {
		int fd = core->loaded.private_fd[i];

		if (fd < 0)
			continue;
		amp_argument(args, "-device");
		amp_argument(args, "loader,file=/proc/self/fd/%d,addr=0x%llx,force-raw=on", fd,
		             (unsigned long long)core->config->private[i].da);
		fds[n++] = fd;
	}
	return n;
}
