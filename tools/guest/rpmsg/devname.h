/* SPDX-License-Identifier: GPL-2.0-only */
/* Names below /dev/rpmsg/ for the device nodes of endpoints and channels: /dev/rpmsg/CORE/NAME. */
#ifndef AMPRELAY_GUEST_DEVNAME_H
#define AMPRELAY_GUEST_DEVNAME_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "rpmsg_channel.h"

#define AMP_LINK_LEN 160

/** A device node that may have such a name. */
struct amp_device {
	char node[32]; /**< "rpmsg0", "ttyRPMSG0" */
	char core[64];
	char name[AMP_CHANNEL_NAME_LEN]; /**< of the endpoint or channel: a core may have chosen it */
};

/**
 * From its directory in sysfs, or any path that leads there.
 * @return 0; -ENOTTY: it is no endpoint or channel, or has no name to be found by: this program's own endpoints;
 *         -ENODEV: gone
 */
int amp_devname_load(const char *sysfs_dir, struct amp_device *device);

/** The same, from the name of its node. */
int amp_devname_of_node(const char *node, struct amp_device *device);

/**
 * Its name below /dev: "rpmsg/CORE/NAME", or "rpmsg/CORE/NAME.NODE" if another one has that.
 *
 * Only letters, digits and "._+:@-" stay as they are; others become '_', and a leading '.' too. So no name leads out
 * of the directory.
 */
void amp_devname_format(const struct amp_device *device, bool taken, char link[AMP_LINK_LEN]);

/** Has a device with a lower number, or the present owner of `link` below `dev`, the same core and name? */
bool amp_devname_taken(const struct amp_device *device, const char *dev);

#endif
