/* SPDX-License-Identifier: GPL-2.0-only */
/* A channel is opened, most often through an endpoint of our own, made by the control device (/dev/rpmsg_ctrlN). */
#ifndef AMPRELAY_GUEST_RPMSG_ENDPOINT_H
#define AMPRELAY_GUEST_RPMSG_ENDPOINT_H

#include "rpmsg_channel.h"

/** Name of the endpoints that this program makes for itself, so that it takes nobody else's. */
#define AMP_ENDPOINT_NAME "rpmsg-tool"

/**
 * Open a channel for reading and writing messages.
 *
 * A channel that no driver has is reached through an endpoint of our own, made by the control device. (Binding the
 * channel to rpmsg_chrdev would do too, but then one program at a time could use it, the kernel would keep all messages
 * without a limit for a program that was killed, and after an unbind two channels can want the same local address.) A
 * channel that rpmsg_chrdev has is opened as it is.
 *
 * @param why receives a sentence for people when it fails
 * @return descriptor (blocking, close-on-exec); -ENODEV: the channel has gone meanwhile;
 *         -EBUSY: another program or driver has it; -ENOSYS: kernel modules are missing; other -errno
 */
int amp_endpoint_open(const struct amp_channel *channel, char *why, size_t size);

#endif
