// SPDX-License-Identifier: GPL-2.0-only
#include "channel_names.h"

#include <string.h>

#include "text.h"

void amp_names_forget(struct amp_names *names)
{
	memset(names, 0, sizeof(*names));
}

static struct amp_name *find(const struct amp_names *names, enum amp_direction from, uint32_t addr)
{
	for (uint32_t i = 0; i < AMP_NAMES_MAX; i++) {
		const struct amp_name *name = &names->name[i];

		if (name->name[0] && name->addr == addr && name->from == from)
			return (struct amp_name *)name;
	}
	return NULL;
}

void amp_names_set(struct amp_names *names, enum amp_direction from, uint32_t addr, const char *name)
{
	struct amp_name *place = find(names, from, addr);

	if (!place) {
		if (!name[0])
			return;
		place = &names->name[names->count++ % AMP_NAMES_MAX];
	}
	place->addr = addr;
	place->from = from;
	amp_text(place->name, sizeof(place->name), "%s", name);
}

bool amp_names_read(const void *payload, size_t len, char name[AMP_NAME_SIZE], uint32_t *addr, uint32_t *flags)
{
	const char *bytes = payload;

	if (len != AMP_NS_SIZE && len != AMP_NS_SIZE + 4)
		return false;
	amp_text_clean(name, AMP_NAME_SIZE, bytes, RPMSG_NAME_SIZE);
	memcpy(addr, bytes + RPMSG_NAME_SIZE, sizeof(*addr));
	memcpy(flags, bytes + RPMSG_NAME_SIZE + sizeof(*addr), sizeof(*flags));
	return true;
}

void amp_names_learn(struct amp_names *names, enum amp_direction direction, uint32_t dst, const void *payload,
                     size_t len)
{
	char name[AMP_NAME_SIZE];
	uint32_t addr, flags;

	if (dst != RPMSG_NS_EPT_ADDR || !amp_names_read(payload, len, name, &addr, &flags))
		return;
	amp_names_set(names, direction, addr, flags & AMP_NS_DESTROY ? "" : name);
}

const char *amp_names_find(const struct amp_names *names, enum amp_direction direction, uint32_t src, uint32_t dst)
{
	const struct amp_name *name = find(names, AMP_TO_HOST, direction == AMP_TO_HOST ? src : dst);

	if (!name)
		name = find(names, AMP_TO_REMOTE, direction == AMP_TO_HOST ? dst : src);
	return name ? name->name : NULL;
}
