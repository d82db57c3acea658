// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host and remote as two processes on one CPU; each waits in read() of an eventfd, the other's kick is a write() to it.
 * Beside it the same to and fro with the eventfds alone. Microseconds of a round trip, as "key value" lines.
 */
#include "pair.h"
#include "samples.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCHES 201
#define TRIPS   128

static int to_remote, to_host;
static struct pair_end host, remote;
static unsigned long answers;

static void ring(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		die("eventfd write", -1);
}

static void wait_for(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) != sizeof(count))
		die("eventfd read", -1);
}

static int kick(void *arg, uint32_t vring)
{
	(void)vring;
	ring(*(int *)arg);
	return 0;
}

static int echo(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	return rpmsg_sendto(ept, data, (int)len, src);
}

static int count_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	answers++;
	return RPMSG_SUCCESS;
}

static void raw_trip(void)
{
	ring(to_remote);
	wait_for(to_host);
}

static void rpmsg_trip(void)
{
	static char message[16];
	unsigned long before = answers;

	if (rpmsg_send(&host.ept, message, sizeof(message)) < 0)
		die("send", -1);
	while (answers == before) {
		wait_for(to_host);
		pair_poll(&host);
	}
}

static void __attribute__((__noreturn__)) raw_remote(void *memory)
{
	(void)memory;
	for (;;) {
		wait_for(to_remote);
		ring(to_host);
	}
}

static void __attribute__((__noreturn__)) rpmsg_remote(void *memory)
{
	pair_end_open(&remote, VIRTIO_DEV_DEVICE, memory, kick, &to_host);
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, echo);
	for (;;) {
		pair_poll(&remote);
		wait_for(to_remote);
	}
}

static double measure(void (*trip)(void))
{
	static double samples[BATCHES];
	uint64_t start;

	for (unsigned int batch = 0; batch < BATCHES; batch++) {
		start = now_ns();
		for (unsigned int i = 0; i < TRIPS; i++)
			trip();
		samples[batch] = (double)(now_ns() - start) / TRIPS / 1e3;
	}
	return undisturbed(samples, BATCHES);
}

static double with_remote(void (*run)(void *memory), void (*trip)(void), void *memory)
{
	pid_t pid;
	double us;

	pid = fork();
	if (pid < 0)
		die("fork", -1);
	if (pid == 0)
		run(memory);
	us = measure(trip);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return us;
}

int main(void)
{
	void *memory = pair_memory(PAIR_DESCRIPTORS, 512);

	to_remote = eventfd(0, 0);
	to_host = eventfd(0, 0);
	if (to_remote < 0 || to_host < 0)
		die("eventfd", -1);
	pin_to(allowed_cpu(0));
	report("processes.eventfd_us", with_remote(raw_remote, raw_trip, NULL));
	pair_end_open(&host, VIRTIO_DEV_DRIVER, memory, kick, &to_remote);
	pair_endpoint(&host, &host.ept, HOST_ADDR, count_answer);
	report("processes.rpmsg_us", with_remote(rpmsg_remote, rpmsg_trip, memory));
	return 0;
}
