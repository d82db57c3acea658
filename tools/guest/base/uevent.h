/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel events (device added, removed …) from the netlink socket, without a udev daemon. */
#ifndef AMPRELAY_GUEST_UEVENT_H
#define AMPRELAY_GUEST_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

#define AMP_UEVENT_MAX 8192

struct amp_uevent {
	const char *action;    /**< "add", "remove", "change" … */
	const char *devpath;   /**< below /sys, starts with '/' */
	const char *subsystem; /**< "rpmsg" … */
	const char *modalias;  /**< "rpmsg:NAME" …, or NULL */
};

/**
 * Parse a kernel event: NUL-terminated strings, the first "ACTION@DEVPATH", then "KEY=VALUE".
 *
 * @param data `len` bytes; the results point into it.
 * @return false if it is none: action, devpath or subsystem missing, or the last string not terminated.
 */
bool amp_uevent_parse(const char *data, size_t len, struct amp_uevent *event);

/** Socket that receives the kernel's events from now on; non-blocking. @return descriptor or -errno. */
int amp_uevent_open(void);

/**
 * Receive the next event; messages that do not come from the kernel are dropped.
 *
 * @param data AMP_UEVENT_MAX bytes that `event` will point into.
 * @return 1 with an event, 0 if there is none at present, -ENOBUFS if events were lost (look at sysfs afresh), -errno.
 */
int amp_uevent_read(int fd, char *data, struct amp_uevent *event);

#endif
