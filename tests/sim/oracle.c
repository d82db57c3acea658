// SPDX-License-Identifier: GPL-2.0-only
/* Bookkeeping of sessions and messages. */
#include "oracle.h"

#include "schedule.h"

#include <stdio.h>
#include <string.h>

#define SESSIONS_MAX 64u

struct session {
	uint32_t peer; /* the session of the other side that it belongs to; 0: not known yet */
	uint32_t sent[STREAMS], received[STREAMS];
	uint64_t seen[STREAMS]; /* bit n: message n came */
	bool sending[STREAMS];  /* the next message may arrive before the send returns */
	/* Of messages of this session, bit n for message n: it has a receipt; the receipt says that it was not taken,
	 * or that it did not come back; its callback was called; and returned. */
	uint64_t receipt[STREAMS], not_taken[STREAMS], listed[STREAMS], begun[STREAMS], handled[STREAMS];
	uint32_t peer_deaths; /* when this session began */
	uint32_t between;     /* messages that a receiver had marked, and not begun with */
	bool open, lost, died;
};

static struct {
	struct session session[SIM_SIDES][SESSIONS_MAX];
	uint32_t current[SIM_SIDES]; /* the latest of each side */
	uint32_t deaths[SIM_SIDES];
	bool trust;
	bool weak;
	bool unordered[SIM_SIDES];
} oracle;

static const char *const names[] = {"host", "remote"};

static struct session *latest(enum sim_side_id id)
{
	return &oracle.session[id][oracle.current[id]];
}

void oracle_begin(void)
{
	memset(&oracle, 0, sizeof(oracle));
	oracle.trust = true;
}

void oracle_unordered(enum sim_side_id id)
{
	oracle.unordered[id] = true;
}

void oracle_trust(bool trust)
{
	oracle.trust = trust;
}

bool oracle_trusts(void)
{
	return oracle.trust;
}

uint32_t oracle_open(enum sim_side_id id)
{
	if (oracle.current[id] + 1 == SESSIONS_MAX)
		sim_fail("the %s has brought its link up %u times: the sides do not find together", names[id],
		         SESSIONS_MAX);
	oracle.current[id]++;
	latest(id)->open = true;
	latest(id)->peer_deaths = oracle.deaths[!id];
	sim_note("session %u begins", oracle.current[id]);
	return oracle.current[id];
}

uint32_t oracle_session(enum sim_side_id id)
{
	return oracle.current[id];
}

void oracle_close(enum sim_side_id id, bool died)
{
	struct session *session = latest(id);

	session->open = false;
	session->died = died;
	oracle.deaths[id] += died;
}

/* Session @p mine of @p id and @p theirs of the other side met. */
static void pair(enum sim_side_id id, uint32_t mine, uint32_t theirs)
{
	enum sim_side_id peer = id == SIM_HOST ? SIM_REMOTE : SIM_HOST;
	struct session *session = &oracle.session[id][mine], *other = &oracle.session[peer][theirs];

	if (session->peer == theirs && other->peer == mine)
		return;
	/*
	 * A remote that died before it gave anything back leaves the rings as they were: its next life goes on from
	 * there, and gets again what the dead one had.
	 */
	if (peer == SIM_HOST && !session->peer && other->peer && oracle.session[id][other->peer].died &&
	    !other->received[STREAM_MAIN] && !other->received[STREAM_ECHO])
		other->peer = 0;
	if (session->peer || other->peer)
		sim_fail("session %u of the %s hears from session %u of the %s, but belongs to %u, and that one to %u: "
		         "an old life leaks "
		         "into a new one",
		         mine, names[id], theirs, names[peer], session->peer, other->peer);
	session->peer = theirs;
	other->peer = mine;
}

void oracle_sending(enum sim_side_id id, enum stream stream, struct message *message)
{
	struct session *session = latest(id);

	message->from = (uint8_t)id;
	message->stream = (uint8_t)stream;
	message->session = oracle.current[id];
	message->number = session->sent[stream];
	session->sending[stream] = true;
	sim_note("sends %s %u of session %u, %u bytes", stream ? "echo" : "message", message->number, message->session,
	         message->len);
}

void oracle_sent(enum sim_side_id id, enum stream stream, bool accepted)
{
	struct session *session = latest(id);

	session->sending[stream] = false;
	if (accepted)
		session->sent[stream]++;
	else
		session->receipt[stream] &= ~(1ull << session->sent[stream] % 64);
}

static void check_number(enum sim_side_id id, const struct message *message, const struct session *from,
                         struct session *session)
{
	uint32_t expected = session->received[message->stream];
	uint64_t bit = 1ull << message->number % 64;

	if (session->seen[message->stream] & bit)
		sim_fail("the %s receives %s %u of session %u a second time", names[id],
		         message->stream ? "echo" : "message", message->number, message->session);
	session->seen[message->stream] |= bit;
	if (message->number != expected && !oracle.unordered[id])
		sim_fail("the %s receives %s %u of session %u, but %u is next: %s", names[id],
		         message->stream ? "echo" : "message", message->number, message->session, expected,
		         message->number < expected ? "out of order" : "lost, or out of order");
	if (message->number >= from->sent[message->stream] + from->sending[message->stream])
		sim_fail("the %s receives %s %u of session %u, which was never sent", names[id],
		         message->stream ? "echo" : "message", message->number, message->session);
}

/* A receipt that says "not taken" is true for ever. */
static void note_begun(enum sim_side_id from, const struct message *message)
{
	struct session *session = &oracle.session[from][message->session];
	uint64_t bit = 1ull << message->number % 64;

	if (session->not_taken[message->stream] & bit)
		sim_fail("%s %u of session %u comes, of which a receipt said that it was not taken",
		         message->stream ? "echo" : "message", message->number, message->session);
	session->begun[message->stream] |= bit;
}

void oracle_received(enum sim_side_id id, const struct message *message)
{
	enum sim_side_id peer = id == SIM_HOST ? SIM_REMOTE : SIM_HOST;
	struct session *session = latest(id);

	if (!oracle.trust)
		return;
	sim_note("receives %s %u of session %u", message->stream ? "echo" : "message", message->number,
	         message->session);
	if (!session->open || (session->lost && !oracle.unordered[id]))
		sim_fail("the %s receives a message although its link is %s", names[id],
		         session->open ? "lost" : "down");
	if (message->from != peer || message->stream >= STREAMS || !message->session ||
	    message->session > oracle.current[peer])
		sim_fail("the %s receives a message that nobody sent", names[id]);
	pair(id, oracle.current[id], message->session);
	check_number(id, message, &oracle.session[peer][message->session], session);
	session->received[message->stream]++;
	note_begun(peer, message);
}

void oracle_handled(enum sim_side_id id, const struct message *message)
{
	enum sim_side_id peer = id == SIM_HOST ? SIM_REMOTE : SIM_HOST;

	if (oracle.trust)
		oracle.session[peer][message->session].handled[message->stream] |= 1ull << message->number % 64;
}

/* ------------------------------------------------------------------ receipts */

void oracle_weak(bool weak)
{
	oracle.weak = weak;
}

void oracle_has_receipt(enum sim_side_id id, enum stream stream)
{
	struct session *session = latest(id);

	session->receipt[stream] |= 1ull << session->sent[stream] % 64;
}

void oracle_receipt(enum sim_side_id id, enum stream stream, uint32_t number, enum amp_receipt_state state, bool exact)
{
	struct session *session = latest(id);
	const char *what = stream ? "echo" : "message";
	uint64_t bit = 1ull << number % 64;

	if (!oracle.trust)
		return;
	sim_note("receipt: %s %u was %s", what, number, state == AMP_RECEIPT_UNKNOWN ? "begun, perhaps" : "not taken");
	if (number >= session->sent[stream] || !(session->receipt[stream] & bit))
		sim_fail("the %s has a receipt for %s %u, which was not sent with one", names[id], what, number);
	if (session->listed[stream] & bit)
		sim_fail("the %s has two receipts for %s %u", names[id], what, number);
	session->listed[stream] |= bit;
	if (state == AMP_RECEIPT_UNKNOWN) {
		if (exact && !(session->begun[stream] & bit) && session->between++)
			sim_fail("a receipt of the %s does not know of %s %u, which nobody can have begun with",
			         names[id], what, number);
		return;
	}
	if (session->begun[stream] & bit && !(oracle.weak && oracle.deaths[!id] != session->peer_deaths))
		sim_fail("a receipt of the %s says that %s %u was not taken, but its callback was called", names[id],
		         what, number);
	session->not_taken[stream] |= bit;
}

void oracle_receipts_end(enum sim_side_id id)
{
	const struct session *session = latest(id);
	uint64_t lie;

	for (int stream = 0; oracle.trust && stream < STREAMS; stream++) {
		lie = session->receipt[stream] & ~session->listed[stream] & ~session->handled[stream];
		if (lie)
			sim_fail("no receipt of the %s names a message of stream %d (mask %#llx) that was not taken",
			         names[id], stream, (unsigned long long)lie);
	}
}

void oracle_announced(enum sim_side_id id, uint32_t peer_session)
{
	enum sim_side_id peer = id == SIM_HOST ? SIM_REMOTE : SIM_HOST;

	if (!oracle.trust)
		return;
	if (!peer_session || peer_session > oracle.current[peer])
		sim_fail("the %s hears a name that nobody announced", names[id]);
	pair(id, oracle.current[id], peer_session);
}

/* A host that resets the device in order has its last messages delivered, if it has not zeroed the ring meanwhile. */
static void check_last_words(const struct session *session)
{
	const struct session *host = &oracle.session[SIM_HOST][session->peer];

	if (!session->peer || host->died || oracle.unordered[SIM_REMOTE] || !controller_ring_stands())
		return;
	for (int stream = 0; stream < STREAMS; stream++)
		if (host->sent[stream] != session->received[stream])
			sim_fail("the host reset the device after %u %s of session %u, but only %u came",
			         host->sent[stream], stream ? "echoes" : "messages", session->peer,
			         session->received[stream]);
}

void oracle_link_lost(enum sim_side_id id, int reason)
{
	struct session *session = latest(id);

	sim_note("link lost: %s", amp_link_reason_text(reason));
	if (!session->open)
		sim_fail("the %s is told of a lost link, but has none", names[id]);
	if (session->lost)
		sim_fail("the %s is told twice that its link is lost", names[id]);
	session->lost = true;
	if (reason <= AMP_LINK_OK || reason >= AMP_LINK_REASON_COUNT)
		sim_fail("the %s lost its link for reason %d, which there is not", names[id], reason);
	if (oracle.trust && id == SIM_REMOTE && reason == AMP_LINK_PEER_RESET)
		check_last_words(session);
	if (oracle.trust && reason >= AMP_LINK_BAD_INDEX)
		sim_fail("the %s takes an honest peer for broken: %s", names[id], amp_link_reason_text(reason));
}

static bool arrived(enum sim_side_id from, enum sim_side_id to, enum stream stream)
{
	return latest(from)->sent[stream] == latest(to)->received[stream];
}

bool oracle_complete(void)
{
	const struct session *host = latest(SIM_HOST), *remote = latest(SIM_REMOTE);

	if (!host->open || host->lost || !remote->open || remote->lost || host->peer != oracle.current[SIM_REMOTE] ||
	    remote->peer != oracle.current[SIM_HOST])
		return false;
	for (int stream = 0; stream < STREAMS; stream++)
		if (!arrived(SIM_HOST, SIM_REMOTE, stream) || !arrived(SIM_REMOTE, SIM_HOST, stream))
			return false;
	return true;
}

void oracle_explain(char *text, size_t size)
{
	const struct session *host = latest(SIM_HOST), *remote = latest(SIM_REMOTE);

	snprintf(text, size,
	         "host: session %u%s%s with %u, sent %u+%u, received %u+%u; remote: session %u%s%s with %u, sent "
	         "%u+%u, received %u+%u",
	         oracle.current[SIM_HOST], host->open ? "" : " down", host->lost ? " lost" : "", host->peer,
	         host->sent[0], host->sent[1], host->received[0], host->received[1], oracle.current[SIM_REMOTE],
	         remote->open ? "" : " down", remote->lost ? " lost" : "", remote->peer, remote->sent[0],
	         remote->sent[1], remote->received[0], remote->received[1]);
}
