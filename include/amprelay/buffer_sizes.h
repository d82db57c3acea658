/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file buffer_sizes.h
 * @brief Sizes of message buffers that the device asks for and the driver takes, for each direction.
 *
 * A device offers them with a feature bit and in its configuration space, which follows the vrings in its entry of the
 * resource table. There are two dialects, Linux's and NuttX's, which use bit 1 for different things; WIRE.md says how
 * they are told apart. A driver that knows neither leaves the bit unaccepted, and has buffers of its own choice.
 *
 *     device:  .vdev = {…, .dfeatures = 1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_BUFSZ,
 *                       .config_len = sizeof(struct amp_rpmsg_space)},
 *              .vring = {…},
 *              .space = AMP_RPMSG_SPACE(1024, 512), (11 bytes: the table's next entry needs one more before it)
 *     driver:  struct rpmsg_virtio_config config = {RPMSG_BUFFER_SIZE, RPMSG_BUFFER_SIZE, false};
 *
 *              wrong = amp_rpmsg_negotiate_buffers(vdev, &config, NULL, NULL);
 *              if (wrong) …
 *              rpmsg_init_vdev_with_config(&rvdev, vdev, …, &pool, &config);
 *
 * A device needs no call: once its link is up, virtio_has_feature(vdev, AMP_RPMSG_F_BUFSZ) tells whether the driver has
 * accepted, and each buffer has the size that the driver gave it; see rpmsg_virtio_get_tx_buffer_size(). That some
 * drivers accept whatever is offered, and know nothing of it, does no harm therefore.
 */
#ifndef AMPRELAY_BUFFER_SIZES_H
#define AMPRELAY_BUFFER_SIZES_H

#include <openamp/rpmsg_virtio.h>

#include <metal/compiler.h>
#include <metal/io.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a buffer, header included, that a driver takes from a device; a multiple of 4. */
#define AMP_RPMSG_BUFFER_MIN 64u
#define AMP_RPMSG_BUFFER_MAX 65536u

/** Feature bit of Linux's dialect: the configuration space is a struct amp_rpmsg_space. */
#define AMP_RPMSG_F_BUFSZ 1

/** Configuration space of Linux's dialect; little-endian. */
METAL_PACKED_BEGIN
struct amp_rpmsg_space {
	uint8_t version;     /**< AMP_RPMSG_SPACE_VERSION */
	uint16_t size;       /**< bytes of this structure */
	uint32_t txbuf_size; /**< bytes of a buffer that the device sends in */
	uint32_t rxbuf_size; /**< … and receives in */
} METAL_PACKED_END AMP_MAY_ALIAS;

#define AMP_RPMSG_SPACE_VERSION 1

/** Initialiser of struct amp_rpmsg_space, seen from the device: what it sends in, and what it receives in. */
#define AMP_RPMSG_SPACE(txbuf_size, rxbuf_size)                                                 \
	{                                                                                       \
		AMP_RPMSG_SPACE_VERSION, sizeof(struct amp_rpmsg_space), txbuf_size, rxbuf_size \
	}

/** Feature bits of NuttX's dialect: the configuration space is a struct amp_rpmsg_nuttx_space. */
enum amp_rpmsg_nuttx_feature {
	AMP_RPMSG_F_NUTTX_ACK = 1,     /**< announcements are acknowledged; not used here */
	AMP_RPMSG_F_NUTTX_BUFSZ = 2,   /**< the sizes hold */
	AMP_RPMSG_F_NUTTX_CPUNAME = 3, /**< the names hold; not used here */
	AMP_RPMSG_F_NUTTX_BUFADDR = 4, /**< the addresses hold */
};

/** Configuration space of NuttX's dialect; little-endian. What follows is not looked at. */
METAL_PACKED_BEGIN
struct amp_rpmsg_nuttx_space {
	uint32_t h2r_size;      /**< bytes of a buffer from host to remote */
	uint32_t r2h_size;      /**< … from remote to host */
	uint64_t h2r_addr;      /**< of the first buffer from host to remote, as in descriptors */
	uint64_t r2h_addr;      /**< … from remote to host */
	char host_cpuname[8];   /**< NUL-terminated */
	char remote_cpuname[8]; /**< NUL-terminated */
} METAL_PACKED_END AMP_MAY_ALIAS;

/**
 * @brief Driver: take the sizes that the device offers. Call before each rpmsg_init_vdev_with_config().
 * @param vdev    device, not in use. If it offers sizes, the driver accepts that feature when the link is brought up
 * @param config  the sizes for a device that offers none. Those that the device offers are stored here
 * @param areas   NULL, or pools for `split_shpool`: if the device says where its buffers are to lie (NuttX's dialect
 * only), they are set up there, for as many buffers as the rings have descriptors, and config->split_shpool is set.
 * Otherwise neither is changed
 * @param shm_io  with @p areas: the region to be given to rpmsg_init_vdev_with_config(), in which they must lie; the
 * other side chooses where, so there must be nothing in it but what is shared with it
 * @return NULL: done, also if nothing is offered. Otherwise what is wrong, for people; then nothing was changed, and
 * nothing will be accepted: bring the link up without, or not at all
 *
 * The configuration space is written by the other side: it is read once, and the copy checked. Sizes that the driver
 * gives itself may be smaller than AMP_RPMSG_BUFFER_MIN. Context: task
 */
const char *amp_rpmsg_negotiate_buffers(struct virtio_device *vdev, struct rpmsg_virtio_config *config,
                                        struct rpmsg_virtio_shm_pool *areas, struct metal_io_region *shm_io);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_BUFFER_SIZES_H */
