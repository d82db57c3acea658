// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resource tables of version 2, in memory that the other side rewrites, on both sides: found and checked as a copy,
 * taken by the host, used by the host, read by the remote. Input: how (1), allocation that fails (1), peer's move, then
 * a whole table; or, with 4 in how, changes to a good one: offset (2), value (4), until the end.
 */
#include "allocations.h"
#include "peer.h"
#include "target.h"

#include "../unit/remoteproc/table2.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_AT   0x100u
#define CHANGES    16u
#define LENGTH_MAX 4096u

static const struct both good = BOTH(TARGET_DA);

/* As long as the input says, on the heap, and aligned. */
static uint8_t *make_table(struct fuzz_input *in, bool changed, size_t *size)
{
	uint8_t *table, *block;
	size_t at;
	uint32_t value;

	if (!changed) {
		block = fuzz_block(in, LENGTH_MAX, size);
		table = malloc(*size + 1);
		if (!table)
			abort();
		memcpy(table, block, *size);
		free(block);
		return table;
	}
	*size = sizeof(good);
	table = malloc(*size);
	if (!table)
		abort();
	memcpy(table, &good, *size);
	for (unsigned int i = 0; i < CHANGES && in->left >= 2; i++) {
		at = fuzz_u16(in) % (*size - 3);
		value = fuzz_u32(in);
		memcpy(table + at, &value, at % 4 ? 1 : 4);
	}
	return table;
}

static bool ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* What is known of an entry is inside it, and its texts end. */
static void check_entry(const struct amp_rsc2 *entry)
{
	const struct amp_rsc2_vdev *vdev = (const void *)entry;
	const struct fw_rsc_vdev *device = (const void *)(vdev + 1);
	const struct amp_rsc2_param *param = (const void *)entry;

	if (entry->type == AMP_RSC2_PARAM) {
		fuzz_check(entry->size >= sizeof(*param) + 4 && ends(param->key, sizeof(param->key)) && param->key[0]);
		fuzz_check(ends(amp_rsc2_param_value(param), entry->size - sizeof(*param)));
	} else if (entry->type == AMP_RSC2_VDEV) {
		fuzz_check(entry->size >= sizeof(*vdev) && vdev->buffers[0].size % 4 == 0);
		if (vdev->twin == AMP_RSC2_NO_TWIN)
			fuzz_check(sizeof(*vdev) + sizeof(*device) +
			                   device->num_of_vrings * sizeof(struct fw_rsc_vdev_vring) +
			                   (uint64_t)device->config_len <=
			           entry->size);
	} else if (entry->type <= AMP_RSC2_DEVMEM) {
		fuzz_check(ends(((const struct amp_rsc2_memory *)entry)->name, AMP_RSC2_NAME_LEN));
		fuzz_check(amp_rsc_u64_get(&((const struct amp_rsc2_memory *)entry)->len) > 0);
	} else if (entry->type == AMP_RSC2_TRACE) {
		fuzz_check(ends(((const struct amp_rsc2_trace *)entry)->name, AMP_RSC2_NAME_LEN));
	}
}

static void check_entries(const struct amp_table2 *table)
{
	const struct amp_rsc2 *entry = NULL;
	unsigned int entries = 0;
	size_t at = sizeof(*table);

	while ((entry = amp_table2_next(table, entry)) != NULL) {
		fuzz_check((const char *)entry == (const char *)table + at);
		fuzz_check(entry->size >= sizeof(*entry) && entry->size % 4 == 0 && entry->size <= table->size - at);
		if (amp_rsc2_is_known(entry))
			check_entry(entry);
		else
			fuzz_check(entry->priority == AMP_RSC2_OPTIONAL);
		at += entry->size;
		entries++;
	}
	fuzz_check(at == table->size && entries == table->num && entries <= AMP_TABLE2_ENTRIES_MAX);
}

static void check_copy(const uint8_t *bytes, size_t size)
{
	const struct resource_table *table = (const void *)bytes;
	struct amp_rsc_fault fault = {0};
	size_t at;

	if (amp_rsc_table_check(bytes, size, NULL))
		return;
	if (amp_table2_find(table, size, &at, &fault)) {
		fuzz_check(at == 0 && fault.entry < table->num && fault.offset < size);
		return;
	}
	if (!at)
		return;
	fuzz_check(at % 4 == 0 && at <= size - 16);
	if (amp_table2_check((const void *)(bytes + at), size - at, 1, &fault) == 0)
		check_entries((const void *)(bytes + at));
	else
		fuzz_check(fault.offset <= size - at);
}

static void check_buffers(struct target *target)
{
	struct amp_buffers buffers;

	for (unsigned int i = 0; i < 6; i++) {
		if (amp_remoteproc_get_buffers(&target->rproc, i / 2, i % 2, &buffers))
			continue;
		fuzz_check(buffers.size % 4 == 0);
		if (buffers.da == METAL_BAD_PHYS) {
			fuzz_check(!buffers.io);
			continue;
		}
		fuzz_check(buffers.io == &target->io && buffers.len >= buffers.size && buffers.len > 0);
		fuzz_check(buffers.offset < TARGET_SIZE && buffers.len <= TARGET_SIZE - buffers.offset);
	}
}

static void check_trace(struct target *target)
{
	struct amp_trace trace;
	uint32_t method, id;

	if (amp_remoteproc_get_trace2(&target->rproc, 0, &trace, &method, &id))
		return;
	fuzz_check(ends(trace.name, sizeof(trace.name)) && method <= AMP_RSC2_TRACE_JOURNAL);
	fuzz_check(trace.io == &target->io && trace.len > 0);
	fuzz_check(trace.offset < TARGET_SIZE && trace.len <= TARGET_SIZE - trace.offset);
}

static void use(struct target *target)
{
	struct virtio_device *vdev[3];
	unsigned int state;

	check_buffers(target);
	check_trace(target);
	(void)amp_remoteproc_set_param(&target->rproc, "greeting", "0123456");
	(void)amp_remoteproc_set_dtree(&target->rproc, TARGET_DA + 0x3c00, 0x100);
	(void)amp_remoteproc_set_host_state(&target->rproc, AMP_RSC2_STATE_RUNNING);
	if (amp_remoteproc_get_remote_state(&target->rproc, &state, NULL) == 0)
		fuzz_check(state < AMP_RSC2_STATES);
	for (int i = 0; i < 3; i++) {
		vdev[i] = remoteproc_create_virtio(&target->rproc, i, VIRTIO_DEV_DRIVER, NULL);
		fuzz_check(!vdev[i] || (vdev[i]->vrings_num >= 1 && vdev[i]->vrings_num <= 8));
	}
	for (int i = 0; i < 3; i++)
		remoteproc_remove_virtio(&target->rproc, vdev[i]);
}

static void read_as_remote(const uint8_t *table, size_t size)
{
	char value[9];
	int len;

	len = amp_table2_get_param((const void *)table, size, "greeting", value, sizeof(value));
	fuzz_check(ends(value, sizeof(value)) && (len >= 0 || !value[0]) && len < (int)LENGTH_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in), fails = fuzz_u8(&in);
	struct target target;
	size_t table_size, at = TABLE2_AT;
	uint8_t *table;
	int status;

	target_up(&target);
	fuzz_peer_begin(target.memory, TARGET_SIZE);
	if (how & 1)
		fuzz_peer_arm(&in);
	table = make_table(&in, how & 4, &table_size);
	check_copy(table, table_size);
	if (table_size > at)
		read_as_remote(table + at, table_size - at);
	memcpy(target.memory + TABLE_AT, table, table_size);
	amp_remoteproc_use_table2(&target.rproc);
	fuzz_fail_allocation(fails);
	status = remoteproc_set_rsc_table(&target.rproc, (void *)(target.memory + TABLE_AT), table_size);
	fuzz_check((status == 0) == (target.rproc.rsc_table != NULL));
	fuzz_check(!status || !target.rproc.table2_taken);
	if (!status && how & 2)
		remoteproc_start(&target.rproc);
	use(&target);
	read_as_remote(target.memory + TABLE_AT + at, table_size > at ? table_size - at : 0);
	fuzz_fail_allocation(0);
	if (target.rproc.state == RPROC_RUNNING)
		fuzz_check(remoteproc_stop(&target.rproc) == 0);
	fuzz_peer_end();
	free(table);
	target_down(&target);
	return 0;
}
