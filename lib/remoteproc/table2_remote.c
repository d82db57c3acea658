// SPDX-License-Identifier: BSD-3-Clause
/* The remote's part of version 2 of the resource table: its own, to which the host may write at any time. */
#include "../virtio/shared_access.h"

#include <amprelay/resource_table2.h>

#include <string.h>

/* The parameter with that key, if it is whole. Its size is read once. */
static const char *find_value(const struct amp_table2 *table, size_t size, const char *key, size_t *room)
{
	size_t at = sizeof(*table), len = strlen(key) + 1, entry_size;
	const struct amp_rsc2_param *param;

	while (size >= sizeof(*param) && at <= size - sizeof(*param)) {
		param = (const void *)((const char *)table + at);
		entry_size = AMP_SHARED_LOAD(&param->head.size);
		if (entry_size < sizeof(param->head) || entry_size % 4 || entry_size > size - at)
			return NULL;
		if (AMP_SHARED_LOAD(&param->head.type) == AMP_RSC2_PARAM && entry_size > sizeof(*param) &&
		    len <= sizeof(param->key) && strncmp(param->key, key, sizeof(param->key)) == 0) {
			*room = entry_size - sizeof(*param);
			return (const char *)(param + 1);
		}
		at += entry_size;
	}
	return NULL;
}

int amp_table2_get_param(const struct amp_table2 *table, size_t size, const char *key, char *value, size_t room)
{
	size_t there = 0, len = 0;
	const char *from = find_value(table, size, key, &there);
	char letter;

	value[0] = '\0';
	while (from && len < there) {
		letter = AMP_SHARED_LOAD(&from[len]);
		if (letter == '\0')
			break;
		if (len < room - 1) {
			value[len] = letter;
			value[len + 1] = '\0';
		}
		len++;
	}
	if (from && len < there)
		return (int)len;
	value[0] = '\0';
	return from ? -RPROC_EINVAL : -RPROC_ERR_RSC_TAB_NP;
}

void amp_rsc2_set_state(struct amp_rsc2_state *entry, unsigned int state, uint32_t cause)
{
	AMP_SHARED_STORE(&entry->cause, cause);
	AMP_SHARED_STORE_RELEASE(&entry->remote, state);
}

unsigned int amp_rsc2_host_state(const struct amp_rsc2_state *entry)
{
	uint32_t state = AMP_SHARED_LOAD(&entry->host);

	return state < AMP_RSC2_STATES ? state : (unsigned int)AMP_RSC2_STATE_OFF;
}

bool amp_table2_is_taken(const struct amp_table2 *table)
{
	return AMP_SHARED_LOAD(&table->taken) == AMP_TABLE2_VERSION;
}
