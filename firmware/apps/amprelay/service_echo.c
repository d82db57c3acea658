// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sends every message back, in order, and loses none: when there is no buffer for an answer, the message stays where it
 * is, in Linux's own buffer, until there is one. Linux cannot send more messages than it has buffers, so the queue is
 * bounded.
 */
#include "services.h"

#include "app.h"

#include <soc.h>

struct waiting {
	void *data;
	size_t len;
	uint32_t src;
};

/* As many as Linux has buffers for sending. */
#define MAX_WAITING SOC_VDEV0_VRING1_NUM

static struct waiting queue[MAX_WAITING];
static unsigned first, count;

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	if (count == 0 && service_try_send(ept, data, len, src) != RPMSG_ERR_NO_BUFF)
		return;
	if (count == MAX_WAITING) {
		app_stats.dropped++;
		return;
	}
	rpmsg_hold_rx_buffer(ept, data);
	queue[(first + count) % MAX_WAITING] = (struct waiting){data, len, src};
	count++;
}

static bool send_first(struct rpmsg_endpoint *ept)
{
	const struct waiting *next = &queue[first];

	if (service_try_send(ept, next->data, next->len, next->src) == RPMSG_ERR_NO_BUFF)
		return false;
	rpmsg_release_rx_buffer(ept, next->data);
	first = (first + 1) % MAX_WAITING;
	count--;
	return true;
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	if (count == 0)
		return;
	while (count) {
		if (!send_first(ept) && !app_link_want_buffers())
			return;
	}
	app_link_need_no_buffers();
}

/* The buffers went with the link. */
static void link_down(void)
{
	count = 0;
}

const struct service service_echo = {
	.name = "amp-echo",
	.addr = 0x100,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
};
