/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for descriptors until a point in time. */
#ifndef AMPRELAY_GUEST_WAITING_H
#define AMPRELAY_GUEST_WAITING_H

#include <poll.h>
#include <stdint.h>

#include "common/clock.h"

#define AMP_FOREVER UINT64_MAX

/**
 * poll() until `deadline` (now_ns(), or AMP_FOREVER). Signals that the program keeps blocked are let in while it
 * waits, and only then: so none comes between a look at what a handler has set and the wait. SIGALRM is not let in:
 * this wait has an end of its own.
 *
 * @return number of descriptors with something in `revents`; 0: time is over; -EINTR: a signal; other -errno
 */
int amp_wait(struct pollfd *fds, unsigned int count, uint64_t deadline);

#endif
