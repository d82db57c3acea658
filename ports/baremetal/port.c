// SPDX-License-Identifier: BSD-3-Clause
/* Start and end of the bare-metal port: all is static, and boards describe what they share. */
#include <metal/errno.h>

#include "metal/port.h"

int amp_port_init(void)
{
	return 0;
}

void amp_port_finish(void)
{
}

int amp_port_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	metal_unused(name);
	metal_unused(size);
	metal_unused(io);
	return -ENOENT;
}
