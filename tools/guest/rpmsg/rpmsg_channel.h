/* SPDX-License-Identifier: GPL-2.0-only */
/* RPMsg channels as Linux shows them: find, wait for, open. */
#ifndef AMPRELAY_GUEST_RPMSG_CHANNEL_H
#define AMPRELAY_GUEST_RPMSG_CHANNEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMP_CHANNEL_NAME_LEN 33 /**< RPMSG_NAME_SIZE and a NUL */

struct amp_channel {
	char device[96]; /**< on the rpmsg bus: "virtio0.amp-echo.-1.1026" */
	char core[64];   /**< name of the remoteproc, "-" if it is none of ours */
	char name[AMP_CHANNEL_NAME_LEN];
	uint32_t src, dst; /**< UINT32_MAX: none yet */
	char driver[64];   /**< "" if no driver has it */
	char node[32];     /**< "rpmsg0" or "ttyRPMSG0" if its driver made such a device, else "" */
};

/** Call `visit` for each channel until it returns false; one that vanishes meanwhile is left out. */
void amp_channels_visit(bool (*visit)(const struct amp_channel *channel, void *arg), void *arg);

/**
 * Find a channel by name; of several on one core, the one with the lowest remote address.
 *
 * @param core NULL: any
 * @return 0, -ENOENT, or -ENOTUNIQ if several cores have such a channel and `core` is NULL
 */
int amp_channel_find(const char *core, const char *name, struct amp_channel *channel);

/**
 * The same, and wait for it to be announced.
 *
 * @param events socket of amp_uevent_open() that was opened before anyone looked for the channel
 * @param deadline as of amp_wait()
 * @return as amp_channel_find(); -EINTR after a signal
 */
int amp_channel_wait(int events, const char *core, const char *name, uint64_t deadline, struct amp_channel *channel);

/** Is it still announced? */
bool amp_channel_exists(const struct amp_channel *channel);

/** Is `modalias` (of an event; may be NULL) that of a channel of this name? */
bool amp_channel_modalias(const char *modalias, const char *name);

/** The remoteproc's directory in a resolved sysfs path: its length up to and including "/remoteprocN", 0 if none. */
size_t amp_channel_core_prefix(const char *path);

/**
 * The core that a device belongs to.
 *
 * @param dir of the device in sysfs
 * @param core name of the remoteproc, "-" if it is none of ours
 * @param core_dir its directory, "" if it is none
 */
void amp_channel_core(const char *dir, char *core, size_t size, char core_dir[PATH_MAX]);

#endif
