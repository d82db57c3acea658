// SPDX-License-Identifier: GPL-2.0-only
/* Virtio devices: what Linux's remoteproc and virtio_rpmsg_bus will do with them must fit into the regions. */
#include "socgen.h"

#include <inttypes.h>
#include <string.h>

/* virtio_rpmsg_bus takes no more buffers than this in each direction, however long the rings are. */
#define RPMSG_MAX_BUFFERS_EACH_WAY 256

static uint64_t round_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) / alignment * alignment;
}

/* Bytes of a split virtqueue: descriptors, available ring; at the next multiple of `align` the used ring. */
static uint64_t vring_bytes(uint64_t descriptors, uint64_t align)
{
	uint64_t available_end = 16 * descriptors + 2 * (3 + descriptors);

	return round_up(available_end, align) + UINT64_C(2) * 3 + 8 * descriptors;
}

/* Linux takes the buffers as one block from a pool that hands out powers of two of pages. */
static uint64_t pool_block(uint64_t bytes)
{
	uint64_t block = SOC_PAGE;

	while (block < bytes)
		block *= 2;
	return block;
}

static void check_number(struct soc_report *report, int node, unsigned expected, const char *what)
{
	uint64_t number, none;

	if (soc_reg(report->fdt, node, &number, &none) && number != expected)
		soc_error(report, node, "reg", "must be %u: %s are numbered 0, 1 ... in order", expected, what);
}

/* Linux finds the memory of a device's parts by these names alone. */
static bool check_link(struct soc_report *report, int node, const char *property, const struct soc_region *region,
                       const char *expected)
{
	if (!region)
		soc_error(report, node, property, "no such region in the shared memory; it should be \"%s\"", expected);
	else if (strcmp(region->name, expected))
		soc_error(report, node, property, "is \"%s\", but Linux looks for the name \"%s\"", region->name,
		          expected);
	return region;
}

static void check_vring(struct soc_report *report, const struct soc_vring *vring, unsigned vdev_index, unsigned index,
                        unsigned notify_id)
{
	uint64_t needed = round_up(vring_bytes(vring->descriptors, vring->align), SOC_PAGE);
	char name[32];

	check_number(report, vring->node, index, "vrings");
	if (vring->notify_id != notify_id)
		soc_error(report, vring->node, "notify-id",
		          "must be %u: Linux numbers the queues of all vdevs 0, 1 ... in order", notify_id);
	if (vring->descriptors & (vring->descriptors - 1))
		soc_error(report, vring->node, "descriptors", "%" PRIu32 " is not a power of two", vring->descriptors);
	if (vring->align & (vring->align - 1))
		soc_error(report, vring->node, "align", "%" PRIu32 " is not a power of two", vring->align);
	snprintf(name, sizeof(name), "vdev%uvring%u", vdev_index, index);
	if (check_link(report, vring->node, "region", vring->region, name) && vring->region->size < needed)
		soc_error(report, vring->region->node, "reg",
		          "size 0x%" PRIx64 " is too small: %" PRIu32 " descriptors aligned to %" PRIu32
		          " need 0x%" PRIx64,
		          vring->region->size, vring->descriptors, vring->align, needed);
}

/* virtio_rpmsg_bus wants both rings of one length, and as many buffers for each. */
static void check_rpmsg(struct soc_report *report, const struct soc_vdev *vdev)
{
	const struct soc_vring *first = &vdev->vring[0], *second = &vdev->vring[1];
	uint64_t each_way = first->descriptors, needed;

	if (vdev->num_vrings != 2) {
		soc_error(report, vdev->node, NULL, "an RPMsg device has 2 vrings, this one has %u", vdev->num_vrings);
		return;
	}
	if (first->descriptors != second->descriptors)
		soc_error(report, second->node, "descriptors",
		          "must be %" PRIu32 " as in vring@0: RPMsg uses both alike", first->descriptors);
	if (!vdev->buffers)
		return; /* reported by the caller */
	if (each_way > RPMSG_MAX_BUFFERS_EACH_WAY)
		each_way = RPMSG_MAX_BUFFERS_EACH_WAY;
	needed = pool_block(2 * each_way * vdev->buffer_size);
	if (vdev->buffers->size < needed)
		soc_error(report, vdev->buffers->node, "reg",
		          "size 0x%" PRIx64 " is too small: 2 * %" PRIu64 " buffers of %" PRIu32 " need 0x%" PRIx64,
		          vdev->buffers->size, each_way, vdev->buffer_size, needed);
}

static void check_buffers(struct soc_report *report, const struct soc_vdev *vdev, unsigned index)
{
	const char *name = soc_text(report->fdt, vdev->node, "buffers");
	char expected[32];

	if (!name && vdev->virtio_id == VIRTIO_ID_RPMSG)
		soc_error(report, vdev->node, "buffers", "missing");
	if (!vdev->buffer_size && (name || vdev->virtio_id == VIRTIO_ID_RPMSG))
		soc_error(report, vdev->node, "buffer-size", "missing");
	if (!name && vdev->buffer_size)
		soc_error(report, vdev->node, "buffer-size", "has no meaning without \"buffers\"");
	snprintf(expected, sizeof(expected), "vdev%ubuffer", index);
	if (name)
		check_link(report, vdev->node, "buffers", vdev->buffers, expected);
}

void soc_check_vdevs(struct soc_report *report, const struct soc_core *core)
{
	unsigned notify_id = 0;

	for (unsigned i = 0; i < core->num_vdevs; i++) {
		const struct soc_vdev *vdev = &core->vdev[i];

		check_number(report, vdev->node, i, "vdevs");
		for (unsigned j = 0; j < vdev->num_vrings; j++)
			check_vring(report, &vdev->vring[j], i, j, notify_id++);
		check_buffers(report, vdev, i);
		if (vdev->virtio_id == VIRTIO_ID_RPMSG)
			check_rpmsg(report, vdev);
	}
}
