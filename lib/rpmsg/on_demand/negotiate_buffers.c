// SPDX-License-Identifier: BSD-3-Clause
/* The driver takes the sizes of buffers that the device offers, in either dialect. */
#include "../../virtio/device.h"

#include <amprelay/buffer_sizes.h>

#include <stddef.h>
#include <string.h>

#define LINUX_BUFSZ   (1u << AMP_RPMSG_F_BUFSZ)
#define NUTTX_BUFSZ   (1u << AMP_RPMSG_F_NUTTX_BUFSZ)
#define NUTTX_BUFADDR (1u << AMP_RPMSG_F_NUTTX_BUFADDR)
/* Bits that Linux does not have. */
#define NUTTX_ALONE (NUTTX_BUFSZ | 1u << AMP_RPMSG_F_NUTTX_CPUNAME | NUTTX_BUFADDR)

/* What cannot be read is read as this, which is right in neither dialect. */
#define NOT_READ 0xffu

/* Queue 0 carries messages to the driver, queue 1 to the device. */
enum {
	QUEUE_TO_DRIVER = 0,
	QUEUE_TO_DEVICE = 1,
	NUM_QUEUES = 2
};

struct offer {
	uint32_t features; /* to accept; 0: there is no offer */
	uint32_t h2r_size, r2h_size;
	uint64_t h2r_addr, r2h_addr;
};

/* ------------------------------------------------------------------ the configuration space */

/* @return whether all of it is there */
static bool read_space(struct virtio_device *vdev, void *copy, int size)
{
	const uint8_t *bytes = copy;
	bool read = false;

	memset(copy, NOT_READ, (size_t)size);
	(void)virtio_read_config(vdev, 0, copy, size);
	for (int i = 0; i < size; i++)
		read = read || bytes[i] != NOT_READ;
	return read;
}

static const char *read_linux(struct virtio_device *vdev, struct offer *offer)
{
	struct amp_rpmsg_space space;
	uint8_t first;

	if (!read_space(vdev, &space, sizeof(space))) {
		/* Without a configuration space the bit is NuttX's acknowledgements, or says nothing. */
		return read_space(vdev, &first, sizeof(first))
		               ? "feature bit 1 with a configuration space below 11 bytes"
		               : NULL;
	}
	if (space.version != AMP_RPMSG_SPACE_VERSION)
		return "feature bit 1 with a configuration space that is not Linux's version 1, and no bit of NuttX's";
	if (space.size != sizeof(space))
		return "a configuration space of version 1 of Linux's dialect that says a size other than 11";
	offer->features = LINUX_BUFSZ;
	offer->r2h_size = space.txbuf_size;
	offer->h2r_size = space.rxbuf_size;
	return NULL;
}

static const char *read_nuttx(struct virtio_device *vdev, uint32_t offered, struct offer *offer)
{
	struct amp_rpmsg_nuttx_space space = {.h2r_size = 0};
	struct amp_rpmsg_space other;
	bool placed = offered & NUTTX_BUFADDR;
	size_t size = placed ? offsetof(struct amp_rpmsg_nuttx_space, host_cpuname)
	                     : offsetof(struct amp_rpmsg_nuttx_space, h2r_addr);
	bool read = read_space(vdev, &space, (int)size);

	memcpy(&other, &space, sizeof(other));
	if (offered & LINUX_BUFSZ && other.version == AMP_RPMSG_SPACE_VERSION && other.size == sizeof(other))
		return "both dialects at once: the configuration space is Linux's, and there are feature bits of "
		       "NuttX's";
	if (!(offered & NUTTX_BUFSZ))
		return NULL;
	if (!read)
		return placed ? "feature bits 2 and 4 (NuttX) with a configuration space below 24 bytes"
		              : "feature bit 2 (NuttX) with a configuration space below 8 bytes";
	offer->features = offered & (NUTTX_BUFSZ | NUTTX_BUFADDR);
	offer->h2r_size = space.h2r_size;
	offer->r2h_size = space.r2h_size;
	offer->h2r_addr = space.h2r_addr;
	offer->r2h_addr = space.r2h_addr;
	return NULL;
}

static bool size_ok(uint32_t size)
{
	return size >= AMP_RPMSG_BUFFER_MIN && size <= AMP_RPMSG_BUFFER_MAX && size % 4 == 0;
}

static const char *read_offer(struct virtio_device *vdev, struct offer *offer)
{
	const char *wrong = NULL;
	uint32_t offered;

	memset(offer, 0, sizeof(*offer));
	if (virtio_get_features(vdev, &offered))
		return NULL; /* a transport without features */
	if (offered & NUTTX_ALONE)
		wrong = read_nuttx(vdev, offered, offer);
	else if (offered & LINUX_BUFSZ)
		wrong = read_linux(vdev, offer);
	if (wrong || !offer->features)
		return wrong;
	if (!size_ok(offer->h2r_size))
		return "buffers from host to remote of a size that is not a multiple of 4 from 64 to 65536 bytes";
	if (!size_ok(offer->r2h_size))
		return "buffers from remote to host of a size that is not a multiple of 4 from 64 to 65536 bytes";
	return NULL;
}

/* ------------------------------------------------------------------ where buffers are to lie */

struct area {
	unsigned long offset;
	size_t size;
};

static const char *find_area(const struct virtio_device *vdev, unsigned int queue, uint32_t buffer_size,
                             struct metal_io_region *io, uint64_t addr, struct area *area)
{
	uint64_t size = (uint64_t)vdev->vrings_info[queue].info.num_descs * buffer_size;

	if ((metal_phys_addr_t)addr != addr || addr % 4)
		return "an address of buffers that is not a multiple of 4, or beyond this host's addresses";
	area->offset = metal_io_phys_to_offset(io, (metal_phys_addr_t)addr);
	if (area->offset == METAL_BAD_OFFSET || area->offset >= io->size || size > io->size - area->offset)
		return "buffers that are not wholly inside the shared memory";
	area->size = (size_t)size;
	return NULL;
}

static const char *find_areas(const struct virtio_device *vdev, const struct offer *offer, struct metal_io_region *io,
                              struct area area[NUM_QUEUES])
{
	const char *wrong;

	if (vdev->vrings_num < NUM_QUEUES)
		return "fewer than two queues";
	wrong = find_area(vdev, QUEUE_TO_DEVICE, offer->h2r_size, io, offer->h2r_addr, &area[0]);
	if (!wrong)
		wrong = find_area(vdev, QUEUE_TO_DRIVER, offer->r2h_size, io, offer->r2h_addr, &area[1]);
	if (!wrong && area[0].offset < area[1].offset + area[1].size && area[1].offset < area[0].offset + area[0].size)
		wrong = "buffers of both directions at the same place";
	return wrong;
}

/* ------------------------------------------------------------------ both */

const char *amp_rpmsg_negotiate_buffers(struct virtio_device *vdev, struct rpmsg_virtio_config *config,
                                        struct rpmsg_virtio_shm_pool *areas, struct metal_io_region *shm_io)
{
	struct area area[NUM_QUEUES];
	const char *wrong = NULL;
	struct offer offer;
	bool placed;

	if (!vdev || !config || !vdev->func || !role_is_driver(vdev) || (areas && !shm_io))
		return "an argument that makes no sense, or the device's role";
	if (vdev->up || amp_virtio_in_use(vdev))
		return "the device is in use";
	vdev->rpmsg_accepts &= ~(LINUX_BUFSZ | NUTTX_ALONE);
	wrong = read_offer(vdev, &offer);
	if (!areas)
		offer.features &= ~NUTTX_BUFADDR;
	placed = offer.features & NUTTX_BUFADDR;
	if (!wrong && placed)
		wrong = find_areas(vdev, &offer, shm_io, area);
	if (wrong || !offer.features)
		return wrong;
	config->h2r_buf_size = offer.h2r_size;
	config->r2h_buf_size = offer.r2h_size;
	for (unsigned int i = 0; placed && i < NUM_QUEUES; i++)
		rpmsg_virtio_init_shm_pool(&areas[i], metal_io_virt(shm_io, area[i].offset), area[i].size);
	if (placed)
		config->split_shpool = true;
	vdev->rpmsg_accepts |= offer.features;
	return NULL;
}
