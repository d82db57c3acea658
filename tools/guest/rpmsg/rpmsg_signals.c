// SPDX-License-Identifier: GPL-2.0-only
/* Being interrupted, and the tick. */
#include <stdio.h>
#include <sys/time.h>

#include "rpmsg.h"

volatile sig_atomic_t interrupted;
static volatile sig_atomic_t ticked;

static void on_signal(int number)
{
	if (number == SIGALRM)
		ticked = 1;
	else
		interrupted = 1;
}

int ended_early(void)
{
	return ferror(stdout) ? RPMSG_FAILED : RPMSG_INTERRUPTED;
}

bool stop_wanted(void)
{
	if (ticked) {
		ticked = 0;
		amp_wait(NULL, 0, 0);
	}
	return interrupted;
}

void tick(bool on)
{
	struct itimerval period = {.it_interval.tv_usec = 100000, .it_value.tv_usec = 100000};
	static const struct itimerval off;

	setitimer(ITIMER_REAL, on ? &period : &off, NULL);
}

void set_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t set;

	sigaction(SIGALRM, &action, NULL); /* not blocked */
	sigemptyset(&set);
	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&set, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}
