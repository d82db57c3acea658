// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell PROGRAM: the doorbell of the lab alone. Starts the emulated Cortex-M3 as the relay does, with
 * footprint/bell.c in it, and sends one byte after the other: until the core's interrupt handler has answered. No
 * message of the lab's can be quicker. "key value" lines, microseconds.
 */
#include "samples.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WARM_UP  2000
#define TRIPS    10000
#define PATIENCE 10000 /* ms */

static double samples[TRIPS];

static void __attribute__((__noreturn__)) fail(const char *what)
{
	fprintf(stderr, "bench: doorbell: %s\n", what);
	exit(1);
}

static void __attribute__((__noreturn__)) run_core(const char *program, int uart)
{
	char chardev[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(chardev, sizeof(chardev), "socket,id=doorbell,fd=%d", uart);
	execlp("qemu-system-arm", "qemu-system-arm", "-M", "mps2-an385", "-kernel", program, "-nodefaults", "-display",
	       "none", "-serial", "null", "-chardev", chardev, "-serial", "chardev:doorbell", (char *)NULL);
	_exit(127);
}

static void await_byte(int bell)
{
	struct pollfd pollfd = {.fd = bell, .events = POLLIN};
	char byte;

	if (poll(&pollfd, 1, PATIENCE) != 1 || read(bell, &byte, 1) != 1)
		fail("the core does not answer");
}

static void trip(int bell)
{
	if (send(bell, "x", 1, MSG_NOSIGNAL) != 1)
		fail("the core is gone");
	await_byte(bell);
}

int main(int argc, char **argv)
{
	int ends[2], i;
	uint64_t start;
	pid_t core;

	if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		fail("usage: doorbell PROGRAM");
	core = fork();
	if (core < 0)
		fail("no process");
	if (core == 0) {
		close(ends[0]);
		run_core(argv[1], ends[1]);
	}
	close(ends[1]);
	await_byte(ends[0]);
	for (i = 0; i < WARM_UP; i++)
		trip(ends[0]);
	for (i = 0; i < TRIPS; i++) {
		start = now_ns();
		trip(ends[0]);
		samples[i] = (double)(now_ns() - start) / 1e3;
	}
	kill(core, SIGKILL);
	waitpid(core, NULL, 0);
	report("lab.doorbell.undisturbed_us", undisturbed(samples, TRIPS)); /* sorts */
	report("lab.doorbell.median_us", samples[TRIPS / 2]);
	report("lab.doorbell.p99_us", samples[TRIPS / 100 * 99]);
	return 0;
}
