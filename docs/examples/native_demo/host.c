// SPDX-License-Identifier: GPL-2.0-only
/*
 * make demo-native: a host and a remote core, as two Linux processes, with nothing but the library.
 *
 *     load the firmware → start the core → its services appear → echo, latency, throughput
 *     → the core is killed in the middle of traffic → that is noticed → the core is started again → echo
 *
 * Exit status: 0 if every step held, 1 if one did not, 2 for wrong arguments.
 */
#include "common/platform.h"

#include <amprelay/image_store.h>

#include <metal/time.h>

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_TRIPS 4000
#define MESSAGES    200000

static const char *firmware;
static struct rpmsg_endpoint echo, sink;
static unsigned int answers, wrong;
static char payload[RPMSG_BUFFER_SIZE];
static int payload_len;

static double ms_since(unsigned long long start)
{
	return (double)(metal_get_timestamp() - start) / 1e6;
}

static bool fail(const char *step, const char *why)
{
	fprintf(stderr, "demo-native: %s: %s\n", step, why);
	return false;
}

/* ------------------------------------------------------------------ load, start, services */

static int answer_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len != (size_t)payload_len || memcmp(data, payload, len) != 0)
		wrong++;
	answers++;
	return RPMSG_SUCCESS;
}

static uint32_t sunk;

static int count_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len == sizeof(sunk))
		memcpy(&sunk, data, sizeof(sunk));
	answers++;
	return RPMSG_SUCCESS;
}

static bool load_and_start(struct platform *p)
{
	static struct amp_file_store store;
	unsigned long long start = metal_get_timestamp();
	int status = remoteproc_config(&p->rproc, NULL);

	if (!status)
		status = remoteproc_load(&p->rproc, firmware, &store, &amp_file_store_ops, NULL);
	if (status) {
		fprintf(stderr, "demo-native: %s: %s%s%s\n", firmware, amp_remoteproc_strerror(status),
		        store.error ? ": " : "", store.error ? strerror(store.error) : "");
		return false;
	}
	printf("load       %s, resource table and program, boot address 0x%lx: %.1f ms\n", firmware, p->rproc.bootaddr,
	       ms_since(start));
	start = metal_get_timestamp();
	status = remoteproc_start(&p->rproc);
	if (status)
		return fail("start", amp_remoteproc_strerror(status));
	printf("start      the core is %s, process %d: %.1f ms\n", amp_remoteproc_state_name(p->rproc.state),
	       (int)p->process, ms_since(start));
	return true;
}

static bool find_services(struct platform *p)
{
	unsigned long long start = metal_get_timestamp();
	struct rpmsg_device *rdev = platform_link_up(p, NULL);

	if (!rdev || rpmsg_create_ept(&echo, rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, answer_came, NULL) ||
	    rpmsg_create_ept(&sink, rdev, "sink", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, count_came, NULL))
		return fail("link", "the endpoints cannot be created");
	while (!is_rpmsg_ept_ready(&echo) || !is_rpmsg_ept_ready(&sink)) {
		if (platform_wait(p, PLATFORM_PATIENCE) != 1)
			return fail("announce", "the services did not appear");
	}
	printf("announce   \"%s\" at 0x%x, \"%s\" at 0x%x: %.1f ms\n", echo.name, (unsigned int)echo.dest_addr,
	       sink.name, (unsigned int)sink.dest_addr, ms_since(start));
	return true;
}

/* ------------------------------------------------------------------ messages */

static bool round_trip(struct platform *p, int len)
{
	payload_len = len;
	payload[0]++;
	if (rpmsg_send(&echo, payload, len) != len || !platform_wait_for(p, &answers, answers + 1))
		return fail("echo", "no answer");
	return wrong == 0 || fail("echo", "the answer differs from what was sent");
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool measure_latency(struct platform *p, int len)
{
	static uint32_t ns[ROUND_TRIPS];
	unsigned long long start;
	uint32_t median, most;

	for (unsigned int i = 0; i < ROUND_TRIPS; i++) {
		start = metal_get_timestamp();
		if (!round_trip(p, len))
			return false;
		ns[i] = (uint32_t)(metal_get_timestamp() - start);
	}
	qsort(ns, ROUND_TRIPS, sizeof(ns[0]), by_value);
	median = ns[ROUND_TRIPS / 2];
	most = ns[ROUND_TRIPS * 99 / 100];
	printf("latency    %3d bytes, there and back: median %.1f us, 99 of 100 below %.1f us (%d round trips)\n", len,
	       median / 1e3, most / 1e3, ROUND_TRIPS);
	return true;
}

static bool measure_throughput(struct platform *p, int len)
{
	unsigned long long start = metal_get_timestamp();
	double s;

	for (unsigned int i = 0; i < MESSAGES; i++) {
		if (rpmsg_send(&sink, payload, len) != len)
			return fail("throughput", "a send failed");
	}
	if (rpmsg_send(&sink, payload, 0) != 0 || !platform_wait_for(p, &answers, answers + 1))
		return fail("throughput", "no report");
	s = ms_since(start) / 1e3;
	printf("throughput %3d bytes: %.0f messages a second, %.0f MB/s (%d sent, %u received)\n", len, MESSAGES / s,
	       (double)MESSAGES * len / s / 1e6, MESSAGES, sunk);
	return sunk == MESSAGES || fail("throughput", "messages were lost");
}

/* ------------------------------------------------------------------ crash */

static unsigned long long lost_at;

static void link_lost(struct rpmsg_virtio_device *link, int reason, void *arg)
{
	(void)link;
	(void)reason;
	(void)arg;
	lost_at = metal_get_timestamp();
}

/* Killed while messages are on their way: a send that waits for a buffer ends when the process does. */
static bool crash(struct platform *p)
{
	unsigned long long killed = 0;
	unsigned int sent = 0;
	int status = 0;

	amp_rpmsg_set_link_cb(&p->link, link_lost, NULL);
	while (status >= 0 && sent < MESSAGES) {
		if (++sent == 1000) {
			killed = metal_get_timestamp();
			kill(p->process, SIGKILL);
		}
		status = rpmsg_send(&sink, payload, 16);
	}
	if (status != RPMSG_ERR_DEV_STATE || !lost_at)
		return fail("crash", "the loss of the core was not noticed");
	amp_remoteproc_crashed(&p->rproc);
	printf("crash      core killed after 1000 messages; noticed after %.2f ms: %s\n",
	       (double)(lost_at - killed) / 1e6, amp_link_reason_text(amp_rpmsg_link_reason(&p->link)));
	printf("           a send says \"%s\", the core is in state %s\n", amp_strerror(status),
	       amp_remoteproc_state_name(p->rproc.state));
	return true;
}

static bool run(struct platform *p)
{
	if (!load_and_start(p) || !find_services(p) || !round_trip(p, 16))
		return false;
	printf("echo       16 bytes, the answer is right\n");
	if (!measure_latency(p, 16) || !measure_latency(p, 496) || !measure_throughput(p, 16) ||
	    !measure_throughput(p, 496))
		return false;
	if (!crash(p))
		return false;
	platform_off(p);
	if (!load_and_start(p) || !find_services(p) || !round_trip(p, 16))
		return false;
	printf("recovery   crash to the first echo after it: %.1f ms\n", ms_since(lost_at));
	return true;
}

static int host(struct platform *p)
{
	unsigned long long start = metal_get_timestamp();

	if (!run(p))
		return 1;
	printf("every step held, %.2f s\n", ms_since(start) / 1e3);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FIRMWARE.elf\n", argv[0]);
		return 2;
	}
	firmware = argv[1];
	return platform_main(argc, argv, host, NULL);
}
