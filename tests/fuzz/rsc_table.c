// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resource tables, in memory that the other side rewrites, on both sides: checked as a copy, adopted by the host, and
 * devices made of their entries in both roles. Input: how (1), allocation that fails (1), peer's move, the table.
 */
#include "allocations.h"
#include "peer.h"
#include "target.h"

#include <openamp/remoteproc_virtio.h>
#include <openamp/rsc_table_parser.h>

#include <stdlib.h>
#include <string.h>

#define TABLE_AT 0x100u

/* What surely belongs to an entry. */
static size_t whole_entry(const uint8_t *entry)
{
	struct fw_rsc_vdev vdev;
	uint32_t type;

	memcpy(&type, entry, sizeof(type));
	if (type == RSC_CARVEOUT || type == RSC_DEVMEM)
		return sizeof(struct fw_rsc_carveout);
	if (type == RSC_TRACE)
		return sizeof(struct fw_rsc_trace);
	if (type == RSC_VDEV) {
		memcpy(&vdev, entry, sizeof(vdev));
		return sizeof(vdev) + vdev.num_of_vrings * sizeof(struct fw_rsc_vdev_vring) + vdev.config_len;
	}
	return sizeof(type); /* a vendor's, or of an unknown type */
}

/* Each entry of a table that passed is whole, and inside. */
static void check_copy(const uint8_t *bytes, size_t size)
{
	uint32_t *copy = malloc(size + 4); /* aligned */
	const struct resource_table *table = (const void *)copy;
	struct amp_rsc_fault fault = {0};
	int status;

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	status = amp_rsc_table_check(copy, size, &fault);
	if (status) {
		fuzz_check(status < 0 && fault.offset <= size + sizeof(struct fw_rsc_vdev));
		fuzz_check(fault.entry == UINT32_MAX || fault.entry < 65536);
		free(copy);
		return;
	}
	for (uint32_t i = 0; i < table->num; i++) {
		size_t at = table->offset[i], whole = whole_entry((const uint8_t *)copy + at);

		fuzz_check(at % 4 == 0 && at >= sizeof(*table) + table->num * 4u);
		fuzz_check(at <= size && whole >= 4 && whole <= size - at);
	}
	for (unsigned int type = 0; type < RSC_LAST; type++)
		fuzz_check(find_rsc(copy, type, 0) <= size);
	free(copy);
}

static void check_trace(struct target *target)
{
	struct amp_trace trace;

	for (unsigned int i = 0; i < 3; i++) {
		if (amp_remoteproc_get_trace(&target->rproc, i, &trace))
			continue;
		fuzz_check(memchr(trace.name, '\0', sizeof(trace.name)));
		fuzz_check(trace.io == &target->io && trace.len > 0);
		fuzz_check(trace.offset < TARGET_SIZE && trace.len <= TARGET_SIZE - trace.offset);
	}
}

static uint8_t ring_memory[4096] __attribute__((__aligned__(64)));

/* The host's side. The device's role of this function waits for the driver: it is not called here. */
static void make_devices(struct target *target)
{
	struct virtio_device *vdev[2];
	uint8_t config[16];

	for (int i = 0; i < 2; i++) {
		vdev[i] = remoteproc_create_virtio(&target->rproc, i, VIRTIO_DEV_DRIVER, NULL);
		if (!vdev[i])
			continue;
		fuzz_check(vdev[i]->vrings_num >= 1 && vdev[i]->vrings_num <= 8);
		/* Its own ring, larger than the table says. */
		fuzz_check(rproc_virtio_init_vring(vdev[i], 0, 0, ring_memory, NULL, 64, 64) != -RPROC_EINVAL);
		(void)virtio_read_config(vdev[i], 0, config, sizeof(config));
		(void)virtio_read_config(vdev[i], UINT32_MAX - 4, config, sizeof(config));
		(void)virtio_write_config(vdev[i], 4, config, 8);
		(void)remoteproc_get_notification(&target->rproc, RSC_NOTIFY_ID_ANY);
	}
	for (int i = 0; i < 2; i++)
		remoteproc_remove_virtio(&target->rproc, vdev[i]);
}

static int ring(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

/* The remote's side: an entry at any place of its memory. */
static void make_remote_device(struct target *target, size_t at)
{
	struct virtio_device *vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, target->memory + at % TARGET_SIZE,
	                                                      &target->io, NULL, ring, NULL);
	uint8_t config[16];

	if (!vdev)
		return;
	for (unsigned int i = 0; i < vdev->vrings_num; i++)
		(void)rproc_virtio_init_vring(vdev, i, i, target->memory + 0x2000, &target->io, 8, 64);
	fuzz_check(rproc_virtio_init_vring(vdev, 0, 0, target->memory + TARGET_SIZE - 64, &target->io, 32, 64) < 0);
	(void)virtio_read_config(vdev, 0, config, sizeof(config));
	(void)virtio_read_config(vdev, UINT32_MAX - 4, config, sizeof(config));
	(void)rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
	rproc_virtio_remove_vdev(vdev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in), fails = fuzz_u8(&in);
	struct target target;
	size_t table_size;
	uint8_t *table;
	int status;

	target_up(&target);
	fuzz_peer_begin(target.memory, TARGET_SIZE);
	if (how & 1)
		fuzz_peer_arm(&in);
	table = fuzz_block(&in, 4096, &table_size);
	check_copy(table, table_size);
	memcpy(target.memory + TABLE_AT, table, table_size);
	fuzz_fail_allocation(fails);
	status = remoteproc_set_rsc_table(&target.rproc, (void *)(target.memory + TABLE_AT), table_size);
	fuzz_check((status == 0) == (target.rproc.rsc_table != NULL));
	fuzz_check(!target.rproc.rsc_entry);
	if (!status && how & 2)
		remoteproc_start(&target.rproc);
	check_trace(&target);
	make_devices(&target);
	make_remote_device(&target, TABLE_AT + 16u + (how & 0xf0));
	fuzz_fail_allocation(0);
	if (target.rproc.state == RPROC_RUNNING)
		fuzz_check(remoteproc_stop(&target.rproc) == 0);
	fuzz_peer_end();
	free(table);
	target_down(&target);
	return 0;
}
