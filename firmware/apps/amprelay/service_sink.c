// SPDX-License-Identifier: BSD-3-Clause
/*
 * Takes messages, reads all of each, and from time to time tells the sender what has come. It is there to measure how
 * fast messages get here, with a sender that never has more of them under way than there are buffers.
 */
#include "services.h"

#include "format.h"

#include <string.h>

#define MESSAGE_MAX 496u

/* Messages to a report. */
#define REPORT_EVERY 32u

static struct {
	uint32_t messages, bytes;
	uint32_t gaps; /* messages whose number is not that of the one before and one more */
	uint32_t next; /* number that the next message should have */
	uint32_t sum;  /* of all 32-bit words */
} seen;

static uint32_t report_to = RPMSG_ADDR_ANY; /* where a report is due; RPMSG_ADDR_ANY: none is */
static bool start_over;                     /* clear the figures after the report */

static void count(const void *data, size_t len)
{
	uint32_t words[MESSAGE_MAX / sizeof(uint32_t)];
	size_t n = (len + sizeof(words[0]) - 1) / sizeof(words[0]);

	words[n - 1] = 0;
	memcpy(words, data, len);
	seen.messages++;
	seen.bytes += (uint32_t)len;
	if (words[0] != seen.next)
		seen.gaps++;
	seen.next = words[0] + 1;
	for (size_t i = 0; i < n; i++)
		seen.sum += words[i];
}

static void report(struct rpmsg_endpoint *ept)
{
	char text[80];
	size_t len = amp_format(text, sizeof(text), "messages=%u bytes=%u gaps=%u sum=0x%08x\n",
	                        (unsigned)seen.messages, (unsigned)seen.bytes, (unsigned)seen.gaps, (unsigned)seen.sum);

	if (service_try_send(ept, text, len, report_to) == RPMSG_ERR_NO_BUFF)
		return;
	report_to = RPMSG_ADDR_ANY;
	if (start_over)
		memset(&seen, 0, sizeof(seen));
	start_over = false;
}

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	if (len > MESSAGE_MAX)
		return;
	if (len)
		count(data, len);
	else
		start_over = true;
	if (len && seen.messages % REPORT_EVERY != 0)
		return;
	report_to = src;
	report(ept);
}

/* Sends a report for which there was no buffer before. */
static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	if (report_to != RPMSG_ADDR_ANY)
		report(ept);
}

static void link_down(void)
{
	report_to = RPMSG_ADDR_ANY;
	start_over = false;
	memset(&seen, 0, sizeof(seen));
}

static void keep(struct amp_hand_over *record)
{
	(void)amp_hand_over_put(record, service_sink.name, &seen, sizeof(seen));
	(void)amp_hand_over_put(record, "amp-sink report", &report_to, sizeof(report_to));
}

static void resume(struct rpmsg_device *rdev, const struct amp_hand_over *record)
{
	const void *kept = amp_hand_over_get(record, service_sink.name, sizeof(seen));
	const uint32_t *to = amp_hand_over_get(record, "amp-sink report", sizeof(*to));

	(void)rdev;
	if (kept)
		memcpy(&seen, kept, sizeof(seen));
	if (to)
		report_to = *to;
}

const struct service service_sink = {
	.name = "amp-sink",
	.addr = 0x103,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
	.keep = keep,
	.resume = resume,
};
