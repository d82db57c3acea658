// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow control in both roles: credits, stop, shares, urgent messages ahead of others; while the peer rewrites rings and
 * buffers, and says to flow control what it likes. Input: a list of moves; as long as none was the peer's, both sides
 * are honest, and more holds.
 */
#include "link.h"
#include "peer.h"

#include <amprelay/flow_control.h>

#include <string.h>

#define BUF_SIZE 64u
#define HELD     8u
#define FEATURE  (1u << AMP_RPMSG_F_FLOW)

/* An endpoint, and what it holds. */
struct user {
	struct amp_flow_endpoint fept;
	struct side *side;
	uint32_t sent, received; /* numbers of messages: each carries its own */
	void *held[HELD];
	bool hold_next, later_next;
};

/* Beside `both`: user 0 is urgent. */
static struct side {
	struct link_side *link;
	struct amp_flow flow;
	struct user user[2];
	struct rpmsg_endpoint plain;
} sides[2];

static struct link both;
static bool honest;
static bool untouched; /* nobody has written over the marks of held buffers, by which they are counted */

static const struct amp_flow_config configs[2] = {
	{.window = 2, .hold = 1, .flags = AMP_FLOW_URGENT},
	{.window = 3, .hold = 2},
};

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct user *user = priv;
	uint32_t number;
	bool later = user->later_next;

	(void)src;
	fuzz_check(ept == &user->fept.ept);
	fuzz_check(link_holds(data, len) && len <= LINK_BUF_SIZE * 2 * LINK_NUM);
	if (honest) {
		fuzz_check(len == sizeof(number));
		memcpy(&number, data, sizeof(number));
		fuzz_check((int32_t)(number - user->received) > 0); /* in order, each once */
		user->received = number;
	}
	for (unsigned int i = 0; user->hold_next && i < HELD; i++) {
		if (user->held[i])
			continue;
		user->hold_next = false;
		if (amp_flow_hold(&user->fept, data) == RPMSG_SUCCESS)
			user->held[i] = data;
		else
			fuzz_check(user->fept.held == user->fept.config.hold);
	}
	user->later_next = false;
	return later ? AMP_FLOW_LATER : RPMSG_SUCCESS;
}

static int receive_plain(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)src, (void)priv;
	fuzz_check(link_holds(data, len));
	return RPMSG_SUCCESS;
}

static void open_user(struct side *side, unsigned int i)
{
	struct user *user = &side->user[i];
	uint32_t base = side == sides ? 10 : 20;
	int status;

	user->fept.ept.priv = user;
	user->side = side;
	status = amp_flow_create_ept(&side->flow, &user->fept, NULL, base + i, 30 - base + i, receive, NULL,
	                             &configs[i]);
	fuzz_check(status == RPMSG_SUCCESS || status == RPMSG_ERR_NO_BUFF || side->link->reason ||
	           amp_rpmsg_link_state(&side->link->rvdev) != AMP_LINK_UP);
}

static void release(struct user *user, unsigned int i)
{
	if (user->held[i])
		amp_flow_release(&user->fept, user->held[i]);
	user->held[i] = NULL;
}

static void begin_anew(struct user *user)
{
	for (unsigned int i = 0; i < HELD; i++)
		release(user, i);
	amp_flow_destroy_ept(&user->fept);
	user->received = 0;
	/* The other side's numbers go on, and its messages under way may still come. */
	open_user(user->side, (unsigned int)(user - user->side->user));
}

static void send(struct user *user, bool wait)
{
	uint32_t credit = amp_flow_credit(&user->fept), number = user->sent + 1;
	int status = amp_flow_send_raw(&user->fept, &number, sizeof(number), wait);

	fuzz_check(status == sizeof(number) || status < 0);
	if (status > 0)
		user->sent = number;
	/* Received while it waited, it may have got some. */
	if (!wait && !credit)
		fuzz_check(status < 0);
	if (user->side->link->reason)
		fuzz_check(status == RPMSG_ERR_DEV_STATE);
}

/* The peer says something to flow control: often nearly what could be. */
static void say(struct side *from, struct fuzz_input *in)
{
	static const int lengths[] = {12, 20, 20, 20, 20, 20, 20, 11, 13, 19, 21, 0};
	uint8_t how = fuzz_u8(in);
	const struct side *to = &sides[from == sides];
	const struct user *user = &to->user[how & 1];
	uint32_t msg[6] = {user->fept.peer, user->fept.ept.addr, fuzz_u8(in), user->fept.received, user->fept.sent, 0};

	honest = false;
	if (how & 2)
		msg[fuzz_u8(in) % 5] = fuzz_u32(in);
	else
		msg[4] += (uint32_t)(int8_t)fuzz_u8(in) * (how & 4 ? 4096u : 1u);
	(void)rpmsg_trysend_offchannel(&from->plain, 1, AMP_FLOW_EPT_ADDR, msg, lengths[(how >> 3) % 12]);
}

static void check_user(const struct user *user)
{
	const struct amp_flow_endpoint *fept = &user->fept;
	uint32_t credit = amp_flow_credit(&user->side->user[user - user->side->user].fept);

	fuzz_check(credit <= AMP_FLOW_WINDOW_MAX || credit == UINT32_MAX);
	fuzz_check(fept->held <= configs[user - user->side->user].hold);
}

static void check(void)
{
	link_check(&both);
	for (unsigned int i = 0; i < 2; i++) {
		struct amp_flow *flow = &sides[i].flow;

		check_user(&sides[i].user[0]);
		check_user(&sides[i].user[1]);
		fuzz_check(flow->num_ahead <= AMP_FLOW_AHEAD && flow->first_ahead < AMP_FLOW_AHEAD);
		fuzz_check(flow->shared_out <= flow->to_share);
		fuzz_check(flow->stash <= flow->reserve);
		if (!sides[i].link->reason && untouched)
			fuzz_check(amp_rpmsg_held_buffers(&sides[i].link->rvdev) ==
			           (uint32_t)sides[i].user[0].fept.held + sides[i].user[1].fept.held);
		if (honest) {
			fuzz_check(!amp_flow_refused(flow));
			fuzz_check(!sides[i].link->reason);
		}
	}
}

static void move(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in);
	struct side *side = &sides[what >> 7];
	struct user *user = &side->user[what >> 6 & 1];

	switch ((what & 63) % 13) {
	case 0:
		honest = untouched = false;
		fuzz_peer_write(in);
		break;
	case 1:
		honest = untouched = false;
		fuzz_peer_arm(in);
		break;
	case 2:
	case 3:
		send(user, false);
		break;
	case 4:
	case 5:
		link_poll(side->link);
		break;
	case 6:
		say(side, in);
		break;
	case 7:
		amp_flow_done(&user->fept, fuzz_u8(in));
		break;
	case 8:
		user->hold_next = true;
		break;
	case 9:
		release(user, fuzz_u8(in) % HELD);
		break;
	case 10:
		(void)rpmsg_set_flow_control(&user->fept.ept, fuzz_u8(in) & 1, user->fept.peer);
		break;
	case 11:
		if (fuzz_u8(in) & 1)
			begin_anew(user);
		else
			user->later_next = true;
		break;
	default:
		if (fuzz_u8(in) & 1)
			send(user, true);
		else
			(void)rpmsg_trysend(&side->plain, "plain", 5);
	}
	check();
}

/* Between honest sides nothing is left over: all buffers come back. */
static void check_buffers(void)
{
	unsigned int sent;

	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < HELD; k++) {
			release(&sides[i].user[0], k);
			release(&sides[i].user[1], k);
		}
		amp_flow_destroy_ept(&sides[i].user[0].fept);
		amp_flow_destroy_ept(&sides[i].user[1].fept);
		fuzz_check(!sides[i].flow.shared_out);
	}
	for (unsigned int i = 0; i < 8; i++)
		link_poll(sides[i & 1].link);
	for (unsigned int i = 0; i < 2; i++) {
		fuzz_check(!sides[i].flow.num_ahead);
		for (sent = 0; rpmsg_trysend(&sides[i].plain, "plain", 5) > 0; sent++)
			;
		fuzz_check(sent == LINK_NUM - 1); /* one is for urgent ones */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in);

	honest = untouched = true;
	memset(sides, 0, sizeof(sides));
	link_up(&both, BUF_SIZE, NULL, how & 1 ? 0 : FEATURE);
	sides[0].link = &both.host;
	sides[1].link = &both.remote;
	for (unsigned int i = 0; i < 2; i++) {
		fuzz_check(amp_flow_open(&sides[i].flow, &sides[i].link->rvdev, 1) == RPMSG_SUCCESS);
		fuzz_check(amp_flow_prioritise(&sides[i].flow, 1) == RPMSG_SUCCESS);
		amp_rpmsg_bound_reception(&sides[i].link->rvdev, how & 2);
		fuzz_check(rpmsg_create_ept(&sides[i].plain, &sides[i].link->rvdev.rdev, NULL, 40, 40, receive_plain,
		                            NULL) == RPMSG_SUCCESS);
		open_user(&sides[i], 0);
		open_user(&sides[i], 1);
	}
	while (in.left)
		move(&in);
	if (honest)
		check_buffers();
	link_down(&both);
	return 0;
}
