// SPDX-License-Identifier: BSD-3-Clause
/* Shared memory by name: what the program described, else the port's. */
#include <metal/errno.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <string.h>

#include "port.h"

static metal_mutex_t lock = METAL_MUTEX_INIT(lock);
static METAL_DECLARE_LIST(described);

/* The lock is held. */
static struct metal_generic_shmem *find(const char *name)
{
	struct metal_generic_shmem *shmem;
	struct metal_list *node;

	metal_list_for_each (&described, node) {
		shmem = metal_container_of(node, struct metal_generic_shmem, node);
		if (strcmp(shmem->name, name) == 0)
			return shmem;
	}
	return NULL;
}

int metal_shmem_register_generic(struct metal_generic_shmem *shmem)
{
	int ret = 0;

	if (!shmem || !shmem->name || !shmem->name[0])
		return -EINVAL;
	metal_mutex_acquire(&lock);
	if (find(shmem->name))
		ret = -EEXIST;
	else
		metal_list_add_tail(&described, &shmem->node);
	metal_mutex_release(&lock);
	return ret;
}

int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	struct metal_generic_shmem *shmem;

	if (!name || !name[0] || !size || !io)
		return -EINVAL;
	metal_mutex_acquire(&lock);
	shmem = find(name);
	metal_mutex_release(&lock);
	if (!shmem)
		return amp_port_shmem_open(name, size, io);
	if (size > metal_io_region_size(&shmem->io))
		return -EINVAL;
	*io = &shmem->io;
	return 0;
}

void amp_shmem_finish(void)
{
	struct metal_list *node, *next;

	metal_mutex_acquire(&lock);
	metal_list_for_each_safe (&described, next, node)
		metal_list_del(node);
	metal_mutex_release(&lock);
}
