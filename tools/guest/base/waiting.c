// SPDX-License-Identifier: GPL-2.0-only
#include "waiting.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

int amp_wait(struct pollfd *fds, unsigned int count, uint64_t deadline)
{
	uint64_t now = deadline == AMP_FOREVER ? 0 : now_ns(), left = deadline > now ? deadline - now : 0;
	struct timespec ts = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
	sigset_t alarms;
	int n;

	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	n = ppoll(fds, count, deadline == AMP_FOREVER ? NULL : &ts, &alarms);
	return n < 0 ? -errno : n;
}
