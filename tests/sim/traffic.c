// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the programs: sent in every way that the library has, checked when they arrive. */
#include "application.h"

#include <string.h>

/* ------------------------------------------------------------------ messages */

uint32_t payload_max(enum sim_side_id receiver)
{
	return buffer_size(plan, receiver) - 16;
}

/* Of any length that there is room for. */
static struct message draw_message(void)
{
	uint32_t most = payload_max(!sim_self());

	return (struct message){
		.len = (uint16_t)(sizeof(struct message) + sim_random(most - sizeof(struct message) + 1))};
}

static void fill(const struct message *message, uint8_t *payload)
{
	memcpy(payload, message, sizeof(*message));
	for (uint32_t i = sizeof(*message); i < message->len; i++)
		payload[i] = (uint8_t)(message->number * 31 + message->session * 7 + message->stream + i);
}

static void check_payload(const struct message *message, const void *shared, const char *when)
{
	uint8_t is[PAYLOAD_MAX], should[PAYLOAD_MAX];

	sim_copy_out(is, shared, message->len);
	fill(message, should);
	if (oracle_trusts() && memcmp(is, should, message->len))
		sim_fail("the payload of message %u of session %u is not what was sent, %s", message->number,
		         message->session, when);
}

/* The values that a call of the library may return, other than a count. */
void check_error(int status, const char *call)
{
	bool honest = oracle_trusts();
	/* Nobody may be there to give a buffer back. */
	bool alone = plan->class == CLASS_RESTART || plan->class == CLASS_SLOW || plan->class == CLASS_EVERY;

	if (status == RPMSG_ERR_NO_BUFF && (alone || !honest || application_self()->patient == false))
		return;
	if (status == RPMSG_ERR_ADDR && alone) /* it has said that it goes */
		return;
	/* lost, told or not */
	if (status == RPMSG_ERR_DEV_STATE &&
	    (application_self()->lost || amp_rpmsg_link_state(&application_self()->rvdev) != AMP_LINK_UP || !honest))
		return;
	if (!honest && (status >= 0 || status == RPMSG_ERR_BUFF_SIZE || status == RPMSG_ERR_PARAM))
		return;
	sim_fail("%s returned %d, %s", call, status, amp_strerror(status));
}

/* ------------------------------------------------------------------ receipts */

static uint32_t sequence_of(enum stream stream, uint32_t number)
{
	return (uint32_t)stream << 16 | number;
}

/* With a receipt or without. */
static int try_send(struct rpmsg_endpoint *ept, enum stream stream, const struct message *message,
                    const uint8_t *payload, bool wait)
{
	struct application *app = application_self();

	if (sim_chance(plan->receipt_odds)) {
		oracle_has_receipt(sim_self(), stream);
		return amp_receipts_send(&app->receipts, ept, sequence_of(stream, message->number), payload,
		                         message->len, wait);
	}
	return wait ? rpmsg_send(ept, payload, message->len) : rpmsg_trysend(ept, payload, message->len);
}

void look_at_receipts(struct application *app)
{
	struct amp_receipt lost[RING_MAX];
	unsigned int flags;
	bool exact = false;
	int count;

	if (!plan->receipt_odds)
		return;
	if (sim_self() == SIM_HOST) {
		flags = sim_irq_save(); /* a reception */
		amp_rpmsg_peer_lost(&app->rvdev);
		sim_irq_restore(flags);
		exact = controller_remote_is_off();
		if (exact)
			amp_virtio_peer_off(app->vdev);
	}
	count = amp_receipts_collect(&app->receipts, lost, RING_MAX);
	if (count == RPMSG_ERR_PERM && sim_self() == SIM_REMOTE)
		return; /* it leaves, and the host goes on taking */
	if (count < 0 || count > (int)RING_MAX) {
		sim_fail("amp_receipts_collect() returned %d, %s", count, amp_strerror(count));
		return;
	}
	for (int i = 0; i < count; i++)
		oracle_receipt(sim_self(), (enum stream)(lost[i].sequence >> 16), lost[i].sequence & 0xffff,
		               lost[i].state, exact);
	oracle_receipts_end(sim_self());
}

/* ------------------------------------------------------------------ receiving */

static void answer(struct rpmsg_endpoint *ept)
{
	uint8_t payload[PAYLOAD_MAX];
	struct message message = draw_message();
	bool patient = application_self()->patient;
	unsigned int flags;
	int status;

	/* Callbacks of two contexts may answer at the same time:
	 * their numbers must be in the order of their messages. */
	flags = sim_irq_save();
	oracle_sending(sim_self(), STREAM_ECHO, &message);
	fill(&message, payload);
	status = try_send(ept, STREAM_ECHO, &message, payload, false);
	oracle_sent(sim_self(), STREAM_ECHO, status >= 0);
	sim_irq_restore(flags);
	application_self()->patient = false;
	if (status != message.len)
		check_error(status, "rpmsg_trysend() in a callback");
	application_self()->patient = patient;
}

/* This callback has other things to do, which take their time. */
static void linger(void)
{
	uint64_t end = sim_now() + SLOW_NS;

	if (plan->slow_odds && sim_chance(plan->slow_odds))
		while (sim_now() < end)
			sim_yield();
	sim_fence(); /* no processor does loads so much too early */
}

int receive_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct application *app = application_self();
	struct message message = {0};
	unsigned int flags;

	(void)src;
	(void)priv;
	/* A hostile peer may have asked for other sizes. */
	if (len > payload_max(sim_self()) && (oracle_trusts() || !plan->asked[SIM_HOST]))
		sim_fail("a message of %zu bytes in a buffer for %u", len, payload_max(sim_self()));
	if (len > PAYLOAD_MAX)
		return RPMSG_SUCCESS;
	if (len < sizeof(message)) {
		if (oracle_trusts())
			sim_fail("a message of %zu bytes", len);
		return RPMSG_SUCCESS;
	}
	/* Another message may come in an interrupt from the first step on: what is first is noted before. */
	flags = sim_irq_save();
	sim_copy_out(&message, data, sizeof(message));
	oracle_received(sim_self(), &message);
	sim_irq_restore(flags);
	if (oracle_trusts() && message.len != len)
		sim_fail("a message of %u bytes arrives with %zu", message.len, len);
	message.len = (uint16_t)len;
	check_payload(&message, data, "when it arrives");
	linger();
	flags = sim_irq_save();
	if (!app->held && sim_chance(plan->hold_odds)) {
		rpmsg_hold_rx_buffer(ept, data);
		app->held = data;
		app->held_message = message;
	}
	sim_irq_restore(flags);
	if (message.stream == STREAM_MAIN && sim_chance(plan->echo_odds))
		answer(ept);
	linger();
	oracle_handled(sim_self(), &message);
	return RPMSG_SUCCESS;
}

void release_held(struct application *app)
{
	void *held = app->held;

	if (!held || (!app->lost && sim_random(2)))
		return;
	if (!app->lost && app->rvdev.link_state == AMP_LINK_UP)
		check_payload(&app->held_message, held, "when it is released");
	rpmsg_release_rx_buffer(&app->ept, held);
	app->held = NULL;
}

/* ------------------------------------------------------------------ sending */

static int send_in_place(struct application *app, const struct message *message, const uint8_t *payload, bool wait)
{
	int len = message->len;
	void *buffer;
	uint32_t room;
	int status;

	buffer = rpmsg_get_tx_payload_buffer(&app->ept, &room, wait);
	if (!buffer)
		return app->rvdev.link_state == AMP_LINK_UP ? RPMSG_ERR_NO_BUFF : RPMSG_ERR_DEV_STATE;
	if (room < (uint32_t)len && !oracle_trusts()) {
		rpmsg_release_tx_buffer(&app->ept, buffer);
		return RPMSG_ERR_BUFF_SIZE;
	}
	if (room != payload_max(!sim_self()) && oracle_trusts())
		sim_fail("room for %u bytes in a buffer for %u", room, payload_max(!sim_self()));
	sim_copy_in(buffer, payload, (size_t)len);
	if (sim_random(8) == 0) {
		status = rpmsg_release_tx_buffer(&app->ept, buffer); /* changed its mind */
		return status ? status : RPMSG_ERR_NO_BUFF;
	}
	if (sim_chance(plan->receipt_odds)) {
		oracle_has_receipt(sim_self(), STREAM_MAIN);
		return amp_receipts_send_nocopy(&app->receipts, &app->ept, sequence_of(STREAM_MAIN, message->number),
		                                buffer, len);
	}
	return rpmsg_send_nocopy(&app->ept, buffer, len);
}

bool send_message(struct application *app)
{
	uint8_t payload[PAYLOAD_MAX + 1] = {0};
	struct message message = draw_message();
	uint32_t most = payload_max(!sim_self());
	bool wait = plan->waits[sim_self()], in_place = sim_chance(plan->nocopy_odds);
	int status;

	if (sim_random(16) == 0) {
		/* More than fits: refused, and the buffer that was taken for it comes back. */
		status = rpmsg_trysend(&app->ept, payload, (int)most + 1);
		if (status != RPMSG_ERR_BUFF_SIZE)
			check_error(status, "rpmsg_trysend() of too much");
		return true;
	}
	oracle_sending(sim_self(), STREAM_MAIN, &message);
	fill(&message, payload);
	app->patient = wait && !in_place;
	if (in_place)
		status = send_in_place(app, &message, payload, wait);
	else
		status = try_send(&app->ept, STREAM_MAIN, &message, payload, wait);
	oracle_sent(sim_self(), STREAM_MAIN, status >= 0);
	if (status == message.len)
		app->to_send--;
	else
		check_error(status, "a send");
	app->patient = false;
	return status == message.len;
}
