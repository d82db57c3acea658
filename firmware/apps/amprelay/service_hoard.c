// SPDX-License-Identifier: BSD-3-Clause
/*
 * Has all buffers of both directions in hand: keeps each message that comes to its address, and on command takes all
 * buffers for sending. This is a service without a channel: it has an address for messages, turns in the main loop, and
 * an endpoint to send from. Nothing of it is given back while the link lasts.
 */
#include "hoard.h"

#include "app.h"
#include "board.h"
#include "services.h"
#include "trace.h"

#include <amprelay/link.h>
#include <openamp/rpmsg_virtio.h>

#include <soc.h>
#include <string.h>

/* A send waits in slices, so that the watchdog is fed between them, and not for ever. */
#define SLICE_MS 100u
#define SLICES   100u

#define LONGEST_NAME 23u

enum kind {
	NOTHING,
	TAKE,     /* take all buffers */
	SEND,     /* … and then send, which waits for one */
	ANNOUNCE, /* take all when the link comes up the next time, in the midst of the announcements */
};

const char hoard_kinds[] = "take, send, announce";

static const char *const kinds[] = {[TAKE] = "take", [SEND] = "send", [ANNOUNCE] = "announce"};

static enum kind asked, doing; /* NOTHING: it is not asked for, or not begun */
static char name[LONGEST_NAME + 1];
static uint32_t held, taken;

bool hoard(const char *text)
{
	for (unsigned i = TAKE; i <= ANNOUNCE; i++) {
		size_t length = strlen(kinds[i]);

		if (strlen(text) <= length || memcmp(text, kinds[i], length) != 0 || text[length] != ' ')
			continue;
		text += length + 1;
		if (!*text || strlen(text) > LONGEST_NAME)
			return false;
		memcpy(name, text, strlen(text) + 1);
		asked = (enum kind)i;
		return true;
	}
	return false;
}

/* Waits for a buffer, of which there is none. */
static void send_one(struct rpmsg_endpoint *ept)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
	int sent = RPMSG_ERR_NO_BUFF;

	amp_trace("hoard %s: waits in a send\n", name);
	amp_rpmsg_set_send_timeout(rvdev, SLICE_MS);
	for (unsigned i = 0; i < SLICES && sent == RPMSG_ERR_NO_BUFF; i++) {
		sent = rpmsg_sendto(ept, name, (int)strlen(name), ept->addr);
		amp_watchdog_feed();
	}
	amp_rpmsg_set_send_timeout(rvdev, 0);
	amp_trace("hoard %s: the send ended: %s\n", name, sent < 0 ? amp_strerror(sent) : "sent");
}

/* Some of them are under way to Linux, and come back: in later turns, or waited for. */
static void take_all(struct rpmsg_endpoint *ept, bool wait)
{
	uint32_t room;

	while (taken < SOC_VDEV0_VRING0_NUM && rpmsg_get_tx_payload_buffer(ept, &room, wait)) {
		taken++;
		if (taken == SOC_VDEV0_VRING0_NUM)
			amp_trace("hoard %s: has all %u buffers for sending\n", name, (unsigned)taken);
	}
	if (taken < SOC_VDEV0_VRING0_NUM || doing != SEND)
		return;
	doing = TAKE;
	send_one(ept);
}

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	(void)len;
	(void)src;
	rpmsg_hold_rx_buffer(ept, data);
	held++;
	if (held == SOC_VDEV0_VRING1_NUM)
		amp_trace("hoard %s: has all %u messages that Linux can send\n", name, (unsigned)held);
}

static void begin(void)
{
	doing = asked;
	asked = NOTHING;
}

/* Waits for those of the announcements so far, or one of them would be for the next. */
static void link_up(struct rpmsg_endpoint *ept)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);

	if (asked != ANNOUNCE)
		return;
	begin();
	amp_rpmsg_set_send_timeout(rvdev, SLICE_MS);
	for (unsigned i = 0; i < SLICES && taken < SOC_VDEV0_VRING0_NUM; i++) {
		take_all(ept, true);
		amp_watchdog_feed();
	}
	amp_rpmsg_set_send_timeout(rvdev, 0);
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	if (asked == TAKE || asked == SEND)
		begin();
	if (doing != NOTHING)
		take_all(ept, false);
}

/* The buffers went with the link. */
static void link_down(void)
{
	held = taken = 0;
	doing = NOTHING;
	if (asked != ANNOUNCE)
		asked = NOTHING;
}

const struct service service_hoard = {
	.addr = 0x3fe,
	.receive = receive,
	.link_up = link_up,
	.turn = turn,
	.link_down = link_down,
};
