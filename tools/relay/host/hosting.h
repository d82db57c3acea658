/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The relay as the host of a core, in place of Linux: `amprelay start CORE --loader relay`.
 *
 * Glue only. The image, the resource table, the virtio device and RPMsg are the library's business (lib/remoteproc,
 * lib/rpmsg in the driver's role), as in any MCU that hosts another. This brings what a platform brings: memory, power
 * and kicks. hosting.c is the life of the core, hosting_link.c the conversation with it, with flow control if the core
 * offers that.
 *
 * Linux owns its cores. The relay takes one over only while it is off, and refuses Linux's requests for it until it is
 * off again.
 *
 * Context: the event loop. Nothing here waits: sends do not wait for buffers, and power-on and -off are awaited by the
 * life cycle in core.c, which tells us what becomes of it (struct core_host).
 */
#ifndef AMPRELAY_RELAY_HOSTING_H
#define AMPRELAY_RELAY_HOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amprelay/flow_control.h>
#include <amprelay/image_store.h>
#include <amprelay/wire.h>
#include <openamp/remoteproc.h>
#include <openamp/rpmsg_virtio.h>

#include "relay/base/log.h"
#include "relay/base/soc_config.h"

struct core;
struct host_talk;
struct shared_memory;
struct staged_image;

#define HOST_CHANNELS 16 /**< announced channels that are remembered */

/** A region of shared memory, as the library wants to know it. */
struct host_memory {
	struct remoteproc_mem mem;
	struct metal_io_region io;
	metal_phys_addr_t pa; /**< of its first byte */
};

/** A channel that the core announced. */
struct host_channel {
	char name[RPMSG_NAME_SIZE]; /**< printable ASCII */
	uint32_t addr;
};

/** What exists only while the relay is the host. */
struct hosting {
	struct core *core;
	struct shared_memory *shm; /**< where the image goes: the core's, or that of a staged image */
	bool powered;              /**< remoteproc_start() succeeded */
	uint64_t linux_mem_pa;     /**< amp_host.mem_pa as it was, to be put back */
	struct remoteproc rproc;
	struct host_memory memory[AMP_MAX_REGIONS];
	uint32_t memories;
	void *private[SOC_MAX_PRIVATE]; /**< a copy of what private memory begins with; NULL: none */
	/* hosting_link.c */
	struct virtio_device *vdev; /**< NULL: no link */
	struct rpmsg_virtio_device link;
	struct rpmsg_virtio_shm_pool pool;
	struct amp_flow flow; /**< of use only with a core that offers it */
	struct host_channel channel[HOST_CHANNELS];
	uint32_t channels;
	struct host_talk *talks;
	struct ratelimit announcements; /**< of records that the core can cause */
};

/* hosting.c */

/**
 * Loads the default firmware of a core that is off, and powers it on.
 *
 * @param error  on failure: one line for people
 * @return AMP_EXIT_OK: it starts, which amp_relay_changed() tells. AMP_EXIT_REFUSED: it is not off, or the image is no
 * good. AMP_EXIT_FAILED: no memory, or QEMU cannot be started
 */
int amp_hosting_start(struct core *core, char *error, size_t error_size);
/**
 * Loads a firmware file into a core that is off, and powers it on, without being its host: it runs by itself until
 * Linux attaches to it.
 *
 * @param why  for the flight record
 * @param path, error  as in amp_hosting_start()
 * @return as amp_hosting_start(); AMP_EXIT_OK too if QEMU cannot be started, which the core's phase tells then
 */
int amp_hosting_boot(struct core *core, const char *path, const char *why, char *error, size_t error_size);
/**
 * Takes a firmware that the driver has staged in shared memory, checks it if the core asks for that, loads it, and
 * powers the core on for the driver. The core is off.
 *
 * @param size, signature_size  bytes at the start of the firmware region, checked
 * @param firmware              AMP_FIRMWARE_LEN bytes, a checked name, may be empty
 * @param error                 unless it returns AMP_OK: why, for people
 * @return enum amp_status; AMP_OK: it starts, and the request is answered when it has
 */
uint32_t amp_hosting_start_staged(struct core *core, uint32_t size, uint32_t signature_size, const char *firmware,
                                  char *error, size_t error_size);
/**
 * Loads a firmware file, as the core would have it, without touching the core.
 *
 * @param image  on success to be given to amp_core_swap()
 * @return as amp_hosting_start()
 */
int amp_hosting_stage(struct core *core, const char *path, struct staged_image *image, char *error, size_t error_size);
/** Takes the link down and powers the core off. Only while the relay is the host. */
void amp_hosting_stop(struct core *core, const char *why);

/* hosting_link.c */

/**
 * The core is loaded, and still off: brings the link up, if the resource table has a device for it.
 *
 * @param buffers  NULL: the core has no memory for them
 */
void amp_hosting_link_up(struct hosting *role, struct host_memory *buffers);
/** The boot ROM has been heard: kicks, for a firmware that sleeps until then. */
void amp_hosting_link_booted(struct core *core);
/** The core kicked. @param notify  bit n: notify id n */
void amp_hosting_link_notified(struct core *core, uint64_t notify);
/** Ends the link and all that is said on it. @param why  for those who wait for an answer */
void amp_hosting_link_down(struct hosting *role, const char *why);

/** What became of a message: `error`, one line; or `len` bytes of shared memory, valid during the call. */
typedef void (*host_talk_done)(void *userdata, const char *error, const void *answer, size_t len);

/**
 * Sends one message to a channel as soon as the core has announced it, and waits for one answer.
 *
 * @param done  called once, unless amp_hosting_talk_end() comes first; possibly before this returns
 * @return NULL if that has been called already, or will not be: the handle for amp_hosting_talk_end()
 */
struct host_talk *amp_hosting_talk(struct core *core, const char *channel, const void *data, size_t len,
                                   host_talk_done done, void *userdata);
/** Nobody waits for the answer any more. */
void amp_hosting_talk_end(struct host_talk *talk);

#endif /* AMPRELAY_RELAY_HOSTING_H */
