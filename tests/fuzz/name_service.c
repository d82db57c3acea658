// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announcements of any content, to endpoints that wait and to an application that makes endpoints for what it hears.
 * Input: a list of moves; small names and addresses come often, so that they meet.
 */
#include "link.h"
#include "peer.h"

#include <string.h>

#define ENDPOINTS 6u

struct announcement {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr, flags;
	uint8_t surplus[4];
};

static struct link both;
static struct rpmsg_device *listener; /* of the side that hears the announcements */
static struct rpmsg_endpoint speaker, ept[ENDPOINTS];
static bool in_use[ENDPOINTS];
static unsigned int bound;

static int receive(struct rpmsg_endpoint *to, void *data, size_t len, uint32_t src, void *priv)
{
	(void)to;
	(void)src;
	(void)priv;
	fuzz_check(link_holds(data, len));
	return RPMSG_SUCCESS;
}

static void unbind(struct rpmsg_endpoint *gone)
{
	fuzz_check(gone >= ept && gone < ept + ENDPOINTS);
	fuzz_check(gone->dest_addr == RPMSG_ADDR_ANY);
	if (bound & 1)
		rpmsg_destroy_ept(gone); /* allowed here */
}

static void check_name(const char *name)
{
	size_t len = strnlen(name, RPMSG_NAME_SIZE);

	fuzz_check(len > 0 && len < RPMSG_NAME_SIZE);
}

static void bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	check_name(name);
	fuzz_check(dest != RPMSG_ADDR_ANY);
	fuzz_check(!link_holds(name, 1)); /* a copy: the peer cannot change what was checked */
	bound++;
	for (unsigned int i = 0; i < ENDPOINTS; i++) {
		if (in_use[i])
			continue;
		memset(&ept[i], 0, sizeof(ept[i]));
		in_use[i] = true; /* before: more can arrive inside */
		in_use[i] = rpmsg_create_ept(&ept[i], rdev, name, RPMSG_ADDR_ANY, dest, receive, unbind) == 0;
		fuzz_check(!in_use[i] || (ept[i].dest_addr == dest && strcmp(ept[i].name, name) == 0));
		return;
	}
}

static void gone(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev;
	check_name(name);
	fuzz_check(dest != RPMSG_ADDR_ANY);
}

static void announce(struct fuzz_input *in)
{
	struct announcement msg;
	uint8_t how = fuzz_u8(in);
	int len = RPMSG_NAME_SIZE + 8;

	memset(&msg, 0, sizeof(msg));
	if (how & 1)
		fuzz_bytes(in, msg.name, sizeof(msg.name));
	else
		msg.name[0] = (char)('a' + (how >> 1) % 4);
	msg.addr = how & 8 ? fuzz_u32(in) : fuzz_u8(in) % 4u;
	msg.flags = how & 16 ? fuzz_u32(in) : how >> 7;
	if (how & 32)
		len = fuzz_u8(in) % (int)(sizeof(msg) + 1);
	(void)rpmsg_trysend_offchannel(&speaker, speaker.addr, RPMSG_NS_EPT_ADDR, &msg, len);
}

static void open_endpoint(struct fuzz_input *in)
{
	unsigned int i = fuzz_u8(in) % ENDPOINTS;
	char name[2] = {(char)('a' + fuzz_u8(in) % 4), 0};

	if (in_use[i]) {
		rpmsg_destroy_ept(&ept[i]);
		in_use[i] = false;
		return;
	}
	memset(&ept[i], 0, sizeof(ept[i]));
	in_use[i] = true;
	in_use[i] = rpmsg_create_ept(&ept[i], listener, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, receive, unbind) == 0;
}

static void move(struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 6) {
	case 0:
		fuzz_peer_arm(in);
		break;
	case 1:
		open_endpoint(in);
		break;
	case 2:
		link_poll(&both.host);
		break;
	case 3:
		link_poll(&both.remote);
		break;
	default:
		announce(in);
	}
	link_check(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct link_side *from;

	memset(in_use, 0, sizeof(in_use));
	bound = 0;
	link_up(&both, 64, bind, 0);
	from = fuzz_u8(&in) & 1 ? &both.host : &both.remote;
	listener = from == &both.host ? &both.remote.rvdev.rdev : &both.host.rvdev.rdev;
	both.host.rvdev.rdev.ns_unbind_cb = gone;
	both.remote.rvdev.rdev.ns_unbind_cb = gone;
	memset(&speaker, 0, sizeof(speaker));
	fuzz_check(rpmsg_create_ept(&speaker, &from->rvdev.rdev, NULL, 2000, 2001, receive, NULL) == RPMSG_SUCCESS);
	while (in.left)
		move(&in);
	link_down(&both);
	return 0;
}
