// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell CORE-PROGRAM [QEMU ARGUMENT...]: the doorbells of the lab alone, in microseconds, as "key value" lines. No
 * message can be quicker.
 *
 * lab.core_doorbell: a byte to the emulated Cortex-M3, which runs footprint/bell.c, and the answer of its interrupt
 * handler.
 *
 * lab.doorbell: the way of an echo. An interrupt handler of Linux rings; this program, in the relay's place, sends the
 * byte, and interrupts Linux when it is answered. QEMU ARGUMENT... starts that Linux, with kernel/amprelay_bell, and
 * writes its console to standard error.
 */
#define _GNU_SOURCE
#include "bell.h"
#include "relay/linux/ivshmem.h"
#include "samples.h"

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WARM_UP  2000
#define PATIENCE 60000 /* ms; Linux boots in it */

static double samples[BELL_TRIPS];

static void __attribute__((__noreturn__)) fail(const char *what)
{
	fprintf(stderr, "bench: doorbell: %s\n", what);
	exit(1); /* and the emulators with it */
}

/* Starts an emulator with the other end of a socket, its chardev "bell". @param argv  with room for two more */
static int start(char **argv, pid_t *child)
{
	char chardev[64];
	int ends[2], argc = 0;

	while (argv[argc])
		argc++;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		fail("no socket");
	*child = fork();
	if (*child < 0)
		fail("no process");
	if (*child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		fcntl(ends[1], F_SETFD, 0);
		snprintf(chardev, sizeof(chardev), "socket,id=bell,fd=%d", ends[1]);
		argv[argc] = "-chardev";
		argv[argc + 1] = chardev;
		execvp(argv[0], argv);
		fail("QEMU is not installed");
	}
	close(ends[1]);
	return ends[0];
}

static void stop(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void await(int fd, int life, const char *gone)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = life}};

	if (poll(fds, 2, PATIENCE) < 1 || !(fds[0].revents & POLLIN))
		fail(gone);
}

static void await_byte(int uart)
{
	char byte;

	await(uart, uart, "the core does not answer");
	if (read(uart, &byte, 1) != 1)
		fail("the core is gone");
}

static void trip(int uart)
{
	if (send(uart, "x", 1, MSG_NOSIGNAL) != 1)
		fail("the core is gone");
	await_byte(uart);
}

/* Of samples[], without those of code that is translated while it runs. */
static void report_samples(const char *name)
{
	static const unsigned int count = BELL_TRIPS - WARM_UP;
	char key[64];

	snprintf(key, sizeof(key), "%s.undisturbed_us", name);
	report(key, undisturbed(samples + WARM_UP, count)); /* sorts */
	snprintf(key, sizeof(key), "%s.median_us", name);
	report(key, samples[WARM_UP + count / 2]);
	snprintf(key, sizeof(key), "%s.p99_us", name);
	report(key, samples[WARM_UP + count / 100 * 99]);
}

static void measure_core(int uart)
{
	uint64_t begun;

	for (int i = 0; i < BELL_TRIPS; i++) {
		begun = now_ns();
		trip(uart);
		samples[i] = (double)(now_ns() - begun) / 1e3;
	}
	report_samples("lab.core_doorbell");
}

/* Linux has rung. */
static void await_linux(int rung, int life)
{
	uint64_t count;

	await(rung, life, "Linux does not ring; its console is above");
	if (read(rung, &count, sizeof(count)) != sizeof(count))
		fail("no eventfd");
}

static void measure_linux(int uart, char **argv)
{
	struct shared_memory shm = {.fd = memfd_create("bell", MFD_CLOEXEC), .size = BELL_MEMORY};
	struct bells bell = {.from_host = {eventfd(0, EFD_CLOEXEC)}, .to_host = {eventfd(0, EFD_CLOEXEC)}};
	const uint64_t one = 1;
	const uint32_t *took;
	pid_t child;
	int life;

	if (shm.fd < 0 || ftruncate(shm.fd, BELL_MEMORY) || bell.from_host[0] < 0 || bell.to_host[0] < 0)
		fail("no memory");
	took = mmap(NULL, BELL_MEMORY, PROT_READ, MAP_SHARED, shm.fd, 0);
	if (took == MAP_FAILED)
		fail("no memory");
	life = start(argv, &child);
	if (amp_ivshmem_introduce(life, &shm, &bell))
		fail("Linux's machine does not start");
	for (int i = 0; i < BELL_TRIPS; i++) {
		await_linux(bell.from_host[0], life);
		trip(uart);
		if (write(bell.to_host[0], &one, sizeof(one)) != sizeof(one))
			fail("no eventfd");
	}
	await_linux(bell.from_host[0], life);
	for (int i = 0; i < BELL_TRIPS; i++)
		samples[i] = le32toh(took[i]) / 1e3;
	stop(child);
	report_samples("lab.doorbell");
}

int main(int argc, char **argv)
{
	char *core_argv[20] = {"qemu-system-arm", "-M",   "mps2-an385", "-kernel", argv[1],   "-nodefaults",
	                       "-display",        "none", "-serial",    "null",    "-serial", "chardev:bell"};
	char *linux_argv[64] = {0};
	pid_t core;
	int uart;

	if (argc < 2 || argc > 50)
		fail("usage: doorbell CORE-PROGRAM [QEMU ARGUMENT...]");
	uart = start(core_argv, &core);
	await_byte(uart);
	measure_core(uart);
	if (argc > 2) {
		memcpy(linux_argv, argv + 2, (size_t)(argc - 2) * sizeof(*argv));
		linux_argv[argc - 2] = "-device";
		linux_argv[argc - 1] = "ivshmem-doorbell,chardev=bell,vectors=1";
		measure_linux(uart, linux_argv);
	}
	stop(core);
	return 0;
}
