// SPDX-License-Identifier: BSD-3-Clause
/* Shared memory by name: what the program described, else the port's. */
#include <metal/errno.h>
#include <metal/shmem.h>

#include "port.h"

static const struct amp_named described = {&_metal.common.generic_shmem_list,
                                           offsetof(struct metal_generic_shmem, node)};

int metal_shmem_register_generic(struct metal_generic_shmem *shmem)
{
	return shmem ? amp_named_add(&described, shmem) : -EINVAL;
}

int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	struct metal_generic_shmem *shmem;

	if (!name || !name[0] || !size || !io)
		return -EINVAL;
	shmem = amp_named_find(&described, name);
	if (!shmem)
		return amp_port_shmem_open(name, size, io);
	if (size > metal_io_region_size(&shmem->io))
		return -EINVAL;
	*io = &shmem->io;
	return 0;
}

void amp_shmem_finish(void)
{
	amp_named_forget(&described);
}
