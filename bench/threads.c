// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host and remote as two threads on two CPUs, polling; and in the same run what bounds them: a cache line that goes to
 * and fro, a ring between the same threads, memcpy. See undisturbed() for what a figure is. "key value" lines.
 */
#include "limits.h"
#include "pair.h"
#include "samples.h"

#include <metal/cpu.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define BATCHES        401
#define TRIPS          256 /* round trips in a batch */
#define STREAM_BATCHES 401
#define STREAM         1024 /* messages in a batch */

static struct pair_end host, remote;
static struct ring there, back;
static struct {
	_Alignas(64) atomic_uint value;
} line;
static char message[PAIR_PAYLOAD];
static atomic_bool stop;
static int remote_cpu;
static unsigned long came;                     /* the receiving thread's own */
static _Alignas(64) atomic_ulong came_streams; /* told once per poll that received something */
static volatile unsigned char touched;

/* ------------------------------------------------------------------ the remote's thread */

static void *answer_line(void *arg)
{
	unsigned int next = 1;

	pin_to(remote_cpu);
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		if (atomic_load_explicit(&line.value, memory_order_acquire) == next) {
			atomic_store_explicit(&line.value, next + 1, memory_order_release);
			next += 2;
		}
	}
	return arg;
}

static void *answer_ring(void *arg)
{
	const struct slot *slot;

	pin_to(remote_cpu);
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		slot = ring_first(&there);
		if (!slot)
			continue;
		while (!ring_put(&back, slot->data, slot->len))
			metal_cpu_yield();
		ring_drop(&there);
	}
	return arg;
}

static void *drain_ring(void *arg)
{
	const struct slot *slot;
	unsigned long count = 0;

	pin_to(remote_cpu);
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		while ((slot = ring_first(&there)) != NULL) {
			touched = slot->data[slot->len - 1];
			ring_drop(&there);
			count++;
		}
		atomic_store_explicit(&came_streams, count, memory_order_release);
	}
	return arg;
}

static void *poll_remote(void *arg)
{
	pin_to(remote_cpu);
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		pair_poll(&remote);
		if (came != atomic_load_explicit(&came_streams, memory_order_relaxed))
			atomic_store_explicit(&came_streams, came, memory_order_release);
	}
	return arg;
}

static int echo(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	return rpmsg_sendto(ept, data, (int)len, src);
}

static int count_here(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)src, (void)priv;
	touched = ((unsigned char *)data)[len - 1];
	came++;
	return RPMSG_SUCCESS;
}

static unsigned long answers; /* the host's own */

static int count_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	answers++;
	return RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ the host's thread */

static void line_trip(size_t len)
{
	unsigned int value = atomic_load_explicit(&line.value, memory_order_relaxed);

	(void)len;
	atomic_store_explicit(&line.value, value + 1, memory_order_release);
	while (atomic_load_explicit(&line.value, memory_order_acquire) != value + 2)
		;
}

static void ring_trip(size_t len)
{
	while (!ring_put(&there, message, len))
		metal_cpu_yield();
	while (!ring_first(&back))
		;
	ring_drop(&back);
}

static void rpmsg_trip(size_t len)
{
	unsigned long before = answers;

	if (rpmsg_send(&host.ept, message, (int)len) < 0)
		die("send", -1);
	while (answers == before)
		pair_poll(&host);
}

static void ring_message(size_t len)
{
	while (!ring_put(&there, message, len))
		metal_cpu_yield();
}

static void rpmsg_message(size_t len)
{
	int status;

	while ((status = rpmsg_trysend(&host.ept, message, (int)len)) == RPMSG_ERR_NO_BUFF)
		metal_cpu_yield();
	if (status < 0)
		die("send", status);
}

typedef void (*work)(size_t len);

/* Nanoseconds of a round trip. */
static double round_trip(work trip, size_t len, void *(*answering)(void *))
{
	static double samples[BATCHES];
	pthread_t thread;
	uint64_t start;

	atomic_store(&stop, false);
	if (pthread_create(&thread, NULL, answering, NULL))
		die("no thread", -1);
	for (unsigned int batch = 0; batch < BATCHES; batch++) {
		start = now_ns();
		for (unsigned int i = 0; i < TRIPS; i++)
			trip(len);
		samples[batch] = (double)(now_ns() - start) / TRIPS;
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	return undisturbed(samples, BATCHES);
}

/* Nanoseconds from one message to the next, of messages that have arrived. */
static double stream(work send, size_t len, void *(*draining)(void *))
{
	static double samples[STREAM_BATCHES];
	unsigned long goal = atomic_load(&came_streams);
	pthread_t thread;
	uint64_t start;

	atomic_store(&stop, false);
	if (pthread_create(&thread, NULL, draining, NULL))
		die("no thread", -1);
	for (unsigned int batch = 0; batch < STREAM_BATCHES; batch++) {
		goal += STREAM;
		start = now_ns();
		for (unsigned int i = 0; i < STREAM; i++)
			send(len);
		while (atomic_load_explicit(&came_streams, memory_order_acquire) != goal)
			metal_cpu_yield();
		samples[batch] = (double)(now_ns() - start) / STREAM;
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	return undisturbed(samples, STREAM_BATCHES);
}

static void report_stream(const char *who, size_t len, double ns)
{
	char key[64];

	snprintf(key, sizeof(key), "threads.%s_stream_%zu.mmsg_s", who, len);
	report(key, 1e3 / ns);
	snprintf(key, sizeof(key), "threads.%s_stream_%zu.mb_s", who, len);
	report(key, (double)len * 1e3 / ns);
}

int main(void)
{
	static const size_t sizes[] = {16, 64, 128, 256, 496};
	void *memory = pair_memory(PAIR_DESCRIPTORS, 512);
	char key[64];

	if (allowed_cpu(0) == allowed_cpu(1)) {
		fprintf(stderr, "bench: two pinned threads need two CPUs\n");
		return 77;
	}
	remote_cpu = allowed_cpu(1); /* before this thread gives it up */
	pin_to(allowed_cpu(0));
	pair_end_open(&host, VIRTIO_DEV_DRIVER, memory, NULL, NULL);
	pair_end_open(&remote, VIRTIO_DEV_DEVICE, memory, NULL, NULL);
	pair_endpoint(&host, &host.ept, HOST_ADDR, count_answer);
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, echo);

	report("threads.line_round_trip_ns", round_trip(line_trip, 16, answer_line));
	report("threads.ring_round_trip_ns", round_trip(ring_trip, 16, answer_ring));
	report("threads.rpmsg_round_trip_ns", round_trip(rpmsg_trip, 16, poll_remote));

	rpmsg_destroy_ept(&remote.ept);
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, count_here);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(&there, 0, sizeof(there));
		atomic_store(&came_streams, 0);
		report_stream("ring", sizes[i], stream(ring_message, sizes[i], drain_ring));
		came = 0;
		atomic_store(&came_streams, 0);
		report_stream("rpmsg", sizes[i], stream(rpmsg_message, sizes[i], poll_remote));
		snprintf(key, sizeof(key), "threads.memcpy_%zu.mb_s", sizes[i]);
		report(key, memcpy_bandwidth(sizes[i]) * 1e3);
	}
	return 0;
}
