// SPDX-License-Identifier: GPL-2.0-only
/* Messages in both roles, copying and not, while the peer rewrites rings, buffers and table. Input: a list of moves. */
#include "link.h"
#include "peer.h"

#include <string.h>

#define BUF_SIZE 64u
#define HELD     8u

static struct link both;
static struct rpmsg_endpoint host_ept, remote_ept;

/* Buffers that the application has, of each kind. */
static struct {
	struct rpmsg_endpoint *ept;
	void *buf;
} held[HELD], sending[HELD];
static bool hold_next;

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	fuzz_check(priv == ept);
	fuzz_check(link_holds(data, len) && len <= LINK_BUF_SIZE * 2 * LINK_NUM);
	for (size_t i = 0; i < len; i++)
		(void)((volatile uint8_t *)data)[i];
	for (unsigned int i = 0; hold_next && i < HELD; i++) {
		if (held[i].ept)
			continue;
		rpmsg_hold_rx_buffer(ept, data);
		held[i].ept = ept;
		held[i].buf = data;
		hold_next = false;
	}
	return RPMSG_SUCCESS;
}

static void open_endpoint(struct rpmsg_endpoint *ept, struct link_side *side, uint32_t src, uint32_t dst)
{
	memset(ept, 0, sizeof(*ept));
	ept->priv = ept;
	fuzz_check(rpmsg_create_ept(ept, &side->rvdev.rdev, NULL, src, dst, receive, NULL) == RPMSG_SUCCESS);
}

static struct link_side *side_of(const struct rpmsg_endpoint *ept)
{
	return ept == &host_ept ? &both.host : &both.remote;
}

/* A lost link takes nothing; a link that is up says how much it took, or why not. */
static void check_sent(const struct rpmsg_endpoint *ept, int len, int status)
{
	if (side_of(ept)->reason)
		fuzz_check(status == RPMSG_ERR_DEV_STATE);
	else
		fuzz_check(status == len || status < 0);
}

static void send(struct rpmsg_endpoint *ept, struct fuzz_input *in)
{
	uint8_t data[BUF_SIZE];
	int len = fuzz_u8(in) % (int)sizeof(data);

	memset(data, 0x11, sizeof(data));
	check_sent(ept, len, fuzz_u8(in) & 1 ? rpmsg_send(ept, data, len) : rpmsg_trysend(ept, data, len));
}

static void get_buffer(struct rpmsg_endpoint *ept, struct fuzz_input *in)
{
	unsigned int slot = fuzz_u8(in) % HELD;
	uint32_t room = 0;
	void *buf;

	if (sending[slot].ept)
		return;
	buf = rpmsg_get_tx_payload_buffer(ept, &room, false);
	if (!buf)
		return;
	fuzz_check(!side_of(ept)->reason);
	fuzz_check(link_holds(buf, room));
	memset(buf, 0x22, room);
	sending[slot].ept = ept;
	sending[slot].buf = buf;
}

static void use_buffer(struct fuzz_input *in)
{
	unsigned int slot = fuzz_u8(in) % HELD;
	struct rpmsg_endpoint *ept = sending[slot].ept;
	int len = fuzz_u8(in) % (int)BUF_SIZE, status;

	if (!ept)
		return;
	if (fuzz_u8(in) & 1) {
		(void)rpmsg_release_tx_buffer(ept, sending[slot].buf);
	} else {
		status = rpmsg_send_nocopy(ept, sending[slot].buf, len);
		check_sent(ept, len, status);
		if (status < 0 && !side_of(ept)->reason) /* still ours */
			(void)rpmsg_release_tx_buffer(ept, sending[slot].buf);
	}
	sending[slot].ept = NULL;
}

static void release(struct fuzz_input *in)
{
	unsigned int slot = fuzz_u8(in) % HELD;

	if (held[slot].ept)
		rpmsg_release_rx_buffer(held[slot].ept, held[slot].buf);
	held[slot].ept = NULL;
}

static void move(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in);
	struct rpmsg_endpoint *ept = what & 0x80 ? &host_ept : &remote_ept;

	switch (what % 9) {
	case 0:
		fuzz_peer_write(in);
		break;
	case 1:
		fuzz_peer_arm(in);
		break;
	case 2:
		send(ept, in);
		break;
	case 3:
		link_poll(side_of(ept));
		break;
	case 4:
		get_buffer(ept, in);
		break;
	case 5:
		use_buffer(in);
		break;
	case 6:
		hold_next = true;
		break;
	case 7:
		release(in);
		break;
	default:
		(void)rpmsg_get_tx_buffer_size(ept);
		(void)rpmsg_get_rx_buffer_size(ept);
	}
	link_check(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	memset(held, 0, sizeof(held));
	memset(sending, 0, sizeof(sending));
	hold_next = false;
	link_up(&both, BUF_SIZE, NULL, 0);
	open_endpoint(&host_ept, &both.host, 10, 20);
	open_endpoint(&remote_ept, &both.remote, 20, 10);
	while (in.left)
		move(&in);
	link_down(&both);
	return 0;
}
