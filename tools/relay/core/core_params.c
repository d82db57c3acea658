// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters of the application (WIRE.md, W-TABLE2). They are kept from one `amprelay start` to the next, and written
 * into the firmware's resource table before each start, whoever has loaded it: the core is off then, and Linux has put
 * the table there.
 */
#include <string.h>

#include <amprelay/resource_table2.h>

#include "common/text.h"
#include "core.h"

/* ------------------------------------------------------------------ from who asks */

static bool take(struct core_param *param, const char *key, const json_t *value, char *error, size_t error_size)
{
	const char *text = json_string_value(value);

	if (!text || !key[0] || strlen(key) >= sizeof(param->key) || strlen(text) >= sizeof(param->value) ||
	    json_string_length(value) != strlen(text)) {
		amp_text(error, error_size, "parameter %.*s: a key has 1 to %zu bytes, a value at most %zu",
		         AMP_RSC2_NAME_LEN, key, sizeof(param->key) - 1, sizeof(param->value) - 1);
		return false;
	}
	amp_text(param->key, sizeof(param->key), "%s", key);
	amp_text(param->value, sizeof(param->value), "%s", text);
	return true;
}

bool amp_core_params_take(struct core *core, const json_t *params, char *error, size_t error_size)
{
	struct core_params taken = {0};
	const char *key;
	json_t *value;

	if (json_object_size(params) > CORE_PARAMS_MAX) {
		amp_text(error, error_size, "more than %u parameters", CORE_PARAMS_MAX);
		return false;
	}
	json_object_foreach ((json_t *)params, key, value) {
		if (!take(&taken.param[taken.num++], key, value, error, error_size))
			return false;
	}
	if (taken.num && core->phase != PHASE_OFF) {
		amp_text(error, error_size,
		         "core %s is %s: parameters are set when it is started; 'amprelay stop %s' first",
		         core->config->name, amp_core_state_name(core), core->config->name);
		return false;
	}
	core->params = taken;
	return true;
}

/* ------------------------------------------------------------------ into the table */

/* The checked copy of version 2, and where it is in shared memory. @return NULL: there is none, as `text` says */
static const struct amp_table2 *find(struct core *core, uint32_t *copy, uint32_t *at, char *text, size_t text_size)
{
	struct amp_rsc_fault fault;
	const void *table2;
	size_t offset, size;
	unsigned int vdevs = 0;
	int status;

	amp_text(text, text_size, "it takes no parameters: there is no resource table of version 2 in it");
	if (!amp_core_link_table(core) || core->wire.table_size > CORE_TABLE_MAX)
		return NULL;
	size = core->link.table_size;
	amp_shm_read(&core->shm, core->link.table, copy, size);
	status = amp_rsc_table_check(copy, size, &fault);
	if (!status)
		status = amp_table2_find((const void *)copy, size, &offset, &fault);
	if (!status && offset) {
		while (find_rsc(copy, RSC_VDEV, vdevs))
			vdevs++;
		table2 = (const char *)copy + offset;
		status = amp_table2_check(table2, size - offset, vdevs, &fault);
		fault.offset += offset;
		*at = core->link.table + (uint32_t)offset;
		if (!status)
			return table2;
	}
	if (status)
		amp_text(text, text_size, "its resource table is wrong at offset 0x%zx: %s", fault.offset,
		         amp_remoteproc_strerror(status));
	return NULL;
}

static void list_keys(const struct amp_table2 *table, char *text, size_t text_size)
{
	const struct amp_rsc2 *entry;
	size_t len;

	for (unsigned int i = 0; (entry = amp_table2_entry(table, AMP_RSC2_PARAM, i)) != NULL; i++) {
		len = strlen(text);
		amp_text(text + len, text_size - len, "%s %s", i ? "," : "; it has",
		         ((const struct amp_rsc2_param *)(const void *)entry)->key);
	}
}

static bool put(struct core *core, const struct amp_table2 *table, uint32_t at, const struct core_param *param,
                char *text, size_t text_size)
{
	const struct amp_rsc2_param *entry = amp_table2_param(table, param->key);
	uint8_t value[sizeof(param->value)] = {0};
	size_t room, place;

	if (!entry) {
		amp_text(text, text_size, "it has no parameter %s", param->key);
		list_keys(table, text, text_size);
		return false;
	}
	room = entry->head.size - sizeof(*entry);
	if (strlen(param->value) >= room) {
		amp_text(text, text_size, "its parameter %s has room for %zu bytes, and %zu were given", param->key,
		         room - 1, strlen(param->value));
		return false;
	}
	memcpy(value, param->value, strlen(param->value));
	place = at + (size_t)(amp_rsc2_param_value(entry) - (const char *)table);
	for (size_t i = 0; i < room; i++)
		amp_shm_write_byte(&core->shm, (uint32_t)(place + i), i < sizeof(value) ? value[i] : 0);
	return true;
}

bool amp_core_params_put(struct core *core, char *text, size_t text_size)
{
	static uint32_t copy[CORE_TABLE_MAX / sizeof(uint32_t)];
	const struct amp_table2 *table;
	uint32_t at;

	if (!core->params.num)
		return true;
	table = find(core, copy, &at, text, text_size);
	for (uint32_t i = 0; table && i < core->params.num; i++) {
		if (!put(core, table, at, &core->params.param[i], text, text_size))
			table = NULL;
	}
	return table != NULL;
}
