// SPDX-License-Identifier: GPL-2.0-only
/*
 * work WORK SIZE COUNT ENDPOINTS: both sides in one thread, for counting instructions. Callgrind collects between the
 * two marks only, so that what is counted is the messages and nothing else.
 *
 *   w1   the host sends, the remote's callback sends back, the host receives        one round trip
 *   w1n  the same without copying
 *   w1h  … and each side holds what it receives beyond its callback
 *   w2   bursts of 32 from the host, then the remote drains them                    one message
 *   w2r  the other direction
 *   w3   w2, round-robin over ENDPOINTS                                             one message
 */
#include "pair.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#define BURST         32
#define ENDPOINTS_MAX 1024

static struct pair_end host, remote;
static struct rpmsg_endpoint endpoints[ENDPOINTS_MAX];
static unsigned long at_host, at_remote;
static _Alignas(64) char message[PAIR_PAYLOAD];

static int host_receives(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	at_host++;
	return RPMSG_SUCCESS;
}

static int remote_receives(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	at_remote++;
	return RPMSG_SUCCESS;
}

static int remote_echoes(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	return rpmsg_sendto(ept, data, (int)len, src);
}

static int remote_echoes_nocopy(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t room;
	void *buf = rpmsg_get_tx_payload_buffer(ept, &room, 0);

	(void)data, (void)priv;
	return rpmsg_sendto_nocopy(ept, buf, (int)len, src);
}

/* Both keep what they receive beyond the callback. */
static void *host_kept, *remote_kept;

static int host_holds(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)len, (void)src, (void)priv;
	at_host++;
	rpmsg_hold_rx_buffer(ept, data);
	host_kept = data;
	return RPMSG_SUCCESS;
}

static int remote_holds(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	rpmsg_hold_rx_buffer(ept, data);
	remote_kept = data;
	return remote_echoes_nocopy(ept, data, len, src, priv);
}

static void w1(int size, unsigned long count)
{
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, remote_echoes);
	CALLGRIND_TOGGLE_COLLECT;
	for (unsigned long i = 0; i < count; i++) {
		rpmsg_send(&host.ept, message, size);
		pair_poll(&remote);
		pair_poll(&host);
	}
	CALLGRIND_TOGGLE_COLLECT;
}

static void w1n(int size, unsigned long count)
{
	uint32_t room;

	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, remote_echoes_nocopy);
	CALLGRIND_TOGGLE_COLLECT;
	for (unsigned long i = 0; i < count; i++) {
		rpmsg_send_nocopy(&host.ept, rpmsg_get_tx_payload_buffer(&host.ept, &room, 0), size);
		pair_poll(&remote);
		pair_poll(&host);
	}
	CALLGRIND_TOGGLE_COLLECT;
}

static void w1h(int size, unsigned long count)
{
	uint32_t room;

	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, remote_holds);
	host.ept.cb = host_holds;
	CALLGRIND_TOGGLE_COLLECT;
	for (unsigned long i = 0; i < count; i++) {
		rpmsg_send_nocopy(&host.ept, rpmsg_get_tx_payload_buffer(&host.ept, &room, 0), size);
		pair_poll(&remote);
		rpmsg_release_rx_buffer(&remote.ept, remote_kept);
		pair_poll(&host);
		rpmsg_release_rx_buffer(&host.ept, host_kept);
	}
	CALLGRIND_TOGGLE_COLLECT;
}

static void w2(struct pair_end *from, struct pair_end *to, rpmsg_ept_cb cb, int size, unsigned long count)
{
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, cb);
	CALLGRIND_TOGGLE_COLLECT;
	for (unsigned long i = 0; i < count; i += BURST) {
		for (unsigned long k = 0; k < BURST; k++)
			rpmsg_send(&from->ept, message, size);
		pair_poll(to);
	}
	CALLGRIND_TOGGLE_COLLECT;
}

static void w3(int size, unsigned long count, unsigned int number)
{
	unsigned int to = 0;

	for (unsigned long i = 0; i < number; i++)
		pair_endpoint(&remote, &endpoints[i], REMOTE_ADDR + (uint32_t)i, remote_receives);
	CALLGRIND_TOGGLE_COLLECT;
	for (unsigned long i = 0; i < count; i += BURST) {
		for (unsigned long k = 0; k < BURST; k++) {
			rpmsg_sendto(&host.ept, message, size, REMOTE_ADDR + to);
			if (++to == number)
				to = 0;
		}
		pair_poll(&remote);
	}
	CALLGRIND_TOGGLE_COLLECT;
}

/* The C library leaves locked instructions out while there is one thread only; the figures are for programs that have
 * several. */
static void *sleep_for_ever(void *arg)
{
	pause();
	return arg;
}

int main(int argc, char **argv)
{
	int size = argc > 2 ? atoi(argv[2]) : 0;
	unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	unsigned int number = argc > 4 ? (unsigned int)atoi(argv[4]) : 1;
	void *memory = pair_memory(PAIR_DESCRIPTORS, 512);
	const char *work;
	pthread_t thread;
	bool round_trip;

	if (size < 1 || size > PAIR_PAYLOAD || !count || count % BURST || number < 1 || number > ENDPOINTS_MAX) {
		fprintf(stderr,
		        "usage: work w1|w1n|w1h|w2|w2r|w3 SIZE(1-%d) COUNT(a multiple of %d) [ENDPOINTS(1-%d)]\n",
		        PAIR_PAYLOAD, BURST, ENDPOINTS_MAX);
		return 2;
	}
	work = argv[1];
	if (pthread_create(&thread, NULL, sleep_for_ever, NULL))
		die("no second thread", -1);
	pair_end_open(&host, VIRTIO_DEV_DRIVER, memory, NULL, NULL);
	pair_end_open(&remote, VIRTIO_DEV_DEVICE, memory, NULL, NULL);
	pair_endpoint(&host, &host.ept, HOST_ADDR, host_receives);
	round_trip = strncmp(work, "w1", 2) == 0 || strcmp(work, "w2r") == 0;
	if (strcmp(work, "w1") == 0)
		w1(size, count);
	else if (strcmp(work, "w1n") == 0)
		w1n(size, count);
	else if (strcmp(work, "w1h") == 0)
		w1h(size, count);
	else if (strcmp(work, "w2") == 0)
		w2(&host, &remote, remote_receives, size, count);
	else if (strcmp(work, "w2r") == 0)
		w2(&remote, &host, remote_receives, size, count);
	else
		w3(size, count, number);
	/* A count of instructions that did something else than this work is worth nothing. */
	if ((round_trip ? at_host : at_remote) != count)
		die("messages that arrived", (int)(round_trip ? at_host : at_remote));
	return 0;
}
