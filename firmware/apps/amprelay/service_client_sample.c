// SPDX-License-Identifier: BSD-3-Clause
/*
 * The other end of Linux's samples/rpmsg/rpmsg_client_sample.c, which sends a hundred messages, or as many as it is
 * told, each when the one before has been answered. After the last answer the channel is closed.
 */
#include "journal.h"
#include "services.h"

static uint32_t expected = 100, answered, received;
static bool journaled;

void service_client_sample_expect(uint32_t messages)
{
	expected = messages;
	journaled = true;
}

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	received++;
	if (journaled)
		amp_journal("message %u of Linux's sample", (unsigned)received);
	if (!service_send(ept, data, len, src))
		answered++;
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	/* Closing sends a message to Linux. If there is no buffer for it, try in a later turn. */
	if (answered >= expected && rpmsg_get_tx_buffer_size(ept) > 0)
		service_close(ept);
}

static void link_down(void)
{
	answered = received = 0;
}

static void keep(struct amp_hand_over *record)
{
	(void)amp_hand_over_put(record, service_client_sample.name, &answered, sizeof(answered));
}

static void resume(struct rpmsg_device *rdev, const struct amp_hand_over *record)
{
	const unsigned *kept = amp_hand_over_get(record, service_client_sample.name, sizeof(*kept));

	(void)rdev;
	answered = kept ? *kept : 0;
}

const struct service service_client_sample = {
	.name = "rpmsg-client-sample",
	.addr = 0x400,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
	.keep = keep,
	.resume = resume,
};
