// SPDX-License-Identifier: BSD-3-Clause
/* Lists of what the program registers under a name: buses, devices, shared memory. */
#include <metal/errno.h>
#include <metal/mutex.h>
#include <string.h>

#include "port.h"

static metal_mutex_t lock = METAL_MUTEX_INIT(lock); /* of all of them */

/* The lock is held. */
static void *find(const struct amp_named *named, const char *name)
{
	struct metal_list *node;
	void *thing;

	metal_list_for_each (named->list, node) {
		thing = (char *)node - named->node;
		if (strcmp(*(const char **)thing, name) == 0)
			return thing;
	}
	return NULL;
}

void *amp_named_find(const struct amp_named *named, const char *name)
{
	void *thing;

	metal_mutex_acquire(&lock);
	thing = find(named, name);
	metal_mutex_release(&lock);
	return thing;
}

int amp_named_add(const struct amp_named *named, void *thing)
{
	const char *name = *(const char **)thing;
	int ret = -EEXIST;

	if (!name || !name[0])
		return -EINVAL;
	metal_mutex_acquire(&lock);
	if (!find(named, name)) {
		metal_list_add_tail(named->list, (struct metal_list *)(void *)((char *)thing + named->node));
		ret = 0;
	}
	metal_mutex_release(&lock);
	return ret;
}

bool amp_named_remove(const struct amp_named *named, struct metal_list *node)
{
	bool found;

	metal_mutex_acquire(&lock);
	found = metal_list_find_node(named->list, node);
	if (found)
		metal_list_del(node);
	metal_mutex_release(&lock);
	return found;
}

void amp_named_forget(const struct amp_named *named)
{
	struct metal_list *node;

	while ((node = metal_list_first(named->list)) != NULL)
		(void)amp_named_remove(named, node);
}
