/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core's control device (/dev/rpmsg_ctrlN), which makes and removes endpoints and channels, and the device
 * nodes (/dev/rpmsgN) of endpoints.
 *
 * Linux 6.1 does not guard these against the core's end: an endpoint that is made while its core goes outlives it, and
 * one that is removed by both sides at once brings the kernel down. So each operation looks, as its last step before
 * the kernel is asked, whether the core is still there: what remains is a few microseconds.
 */
#ifndef AMPRELAY_GUEST_RPMSG_CTRL_H
#define AMPRELAY_GUEST_RPMSG_CTRL_H

#include <limits.h>
#include <linux/rpmsg.h>

#include "guest/base/sysfs.h"
#include "rpmsg_channel.h"

/** Endpoints that one core may have by this program. Linux has no limit but its memory. */
#define AMP_ENDPOINTS_MAX 128

/** Highest local address: Linux keeps them as int. */
#define AMP_SRC_MAX 0x7ffffffeu

struct amp_ctrl {
	char core[64];
	char core_dir[PATH_MAX]; /**< of the remoteproc, "" if it is none */
	char device[96];         /**< on the rpmsg bus: "virtio0.rpmsg_ctrl.0.0" */
	char link[AMP_PATH_LEN]; /**< its link there: the first thing that vanishes when the core goes */
	char dir[PATH_MAX];      /**< …/rpmsg_ctrlN: its endpoints are directories in there */
	char node[AMP_PATH_LEN]; /**< /dev/rpmsg_ctrlN */
};

/** The device node of an endpoint. */
struct amp_node {
	char path[AMP_PATH_LEN]; /**< /dev/rpmsgN */
	char dir[PATH_MAX];      /**< in sysfs */
	char core[64];           /**< "-" if unknown */
	char name[AMP_CHANNEL_NAME_LEN];
	uint32_t src, dst;
	bool exported; /**< made by a control device; else it belongs to a channel */
};

/* All @return 0, -ENOSYS: kernel modules are missing; -ENODEV: gone meanwhile; other -errno. */

/** The control device of the core that has announced `channel`. */
int amp_ctrl_of_channel(const struct amp_channel *channel, struct amp_ctrl *control);
/** That of a core; -ENOENT: none; -ENOTUNIQ: `core` is NULL and several have one. */
int amp_ctrl_of_core(const char *core, struct amp_ctrl *control);
/** That with this device node; -ENOTTY: it is no control device. */
int amp_ctrl_of_node(const char *path, struct amp_ctrl *control);

/** Is its core there, and not on its way out? */
bool amp_ctrl_is_there(const struct amp_ctrl *control);

/** Call `visit` for each endpoint that it has made until that returns false. */
void amp_ctrl_visit(const struct amp_ctrl *control, bool (*visit)(const struct amp_node *node, void *arg), void *arg);

/** Fill in what the ioctls take. @return 0; -EINVAL: empty name; -ENAMETOOLONG: it has more than 31 bytes */
int amp_endpoint_info(const char *name, uint32_t src, uint32_t dst, struct rpmsg_endpoint_info *info);

/** Make an endpoint. Several may do so at once: `node` is the caller's own. @return also -ENOSPC: AMP_ENDPOINTS_MAX */
int amp_ctrl_create_endpoint(const struct amp_ctrl *control, const struct rpmsg_endpoint_info *info,
                             struct amp_node *node);

/** Make (RPMSG_CREATE_DEV_IOCTL) or remove (RPMSG_RELEASE_DEV_IOCTL) a channel; the core is told of it. */
int amp_ctrl_channel(const struct amp_ctrl *control, unsigned long request, const struct rpmsg_endpoint_info *info);

/** Look at a device node. @return -ENOTTY: it is no endpoint's */
int amp_node_load(const char *path, struct amp_node *node);

/**
 * Remove an endpoint that a control device has made.
 * @return -EBUSY: a program has it open; -EPERM: it belongs to a channel, and goes with it
 */
int amp_node_destroy(const struct amp_node *node);

#endif
