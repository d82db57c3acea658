// SPDX-License-Identifier: GPL-2.0-only
/*
 * ledger: messages on all channels of a core that answers, for as long as one likes, over the core's deaths and
 * restarts; and an account of each of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "guest/base/uevent.h"
#include "rpmsg.h"
#include "rpmsg_account.h"
#include "rpmsg_endpoint.h"

#define LOOK_AGAIN_NS 50000000u /* for a channel that is not there */
#define STREAM_MAX    1024u

/* A record of the core's own accord: numbered, with the number of those that it could not send. */
struct records {
	bool any;
	unsigned long next, dropped;
};

struct line {
	const char *name;
	const char *request; /* what is sent; NULL: numbered messages */
	bool is_terminal;    /* a stream of bytes: answers come in pieces */
	bool is_told;        /* the core sends by itself, once it is told where to: records */
	unsigned int window;
	struct amp_account account;
	struct records records;
	struct amp_channel channel;
	int fd; /* -1: the channel is not there */
	uint8_t stream[STREAM_MAX];
	size_t stream_used;
};

#define WINDOW 4u

static struct line lines[] = {
	{.name = "amp-echo", .window = WINDOW, .account = {.size = 64, .prefix = ""}},
	{.name = "rpmsg-raw", .window = WINDOW, .account = {.size = 200, .prefix = "from ept 0x0402: "}},
	{.name = "rpmsg-tty", .is_terminal = true, .window = WINDOW, .account = {.size = 32, .prefix = "TTY 0: "}},
	{.name = "amp-command",
         .request = "version",
         .window = 1,
         .account = {.same_text = true, .prefix = "amprelay-"}},
	{.name = "amp-telemetry", .request = "go", .is_told = true, .account = {.prefix = ""}},
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

struct ledger {
	struct target target;
	int events;
	int interval_ms, patience_ms;
	unsigned int wanted, closed; /* channels; those that are not there at present */
	bool only[LINES], some, json, corrupt, no_loss;
	uint64_t next_turn, next_look;
};

enum {
	OPT_JSON = 256,
	OPT_PATIENCE,
	OPT_CORRUPT,
	OPT_NO_LOSS
};

static const struct argp_option options[] = {
	{"core", 'C', "NAME", 0, "The core that offers the channels, if several do", 0},
	{"interval", 'i', "SEC", 0, "From one message on a channel to the next (default 0.005)", 0},
	{"patience", OPT_PATIENCE, "SEC", 0, "Wait so long for the last answers (default 10)", 0},
	{"corrupt", OPT_CORRUPT, NULL, 0, "What memory does to a message is no failure: only told", 0},
	{"no-loss", OPT_NO_LOSS, NULL, 0, "A loss is a failure, even if it is reported", 0},
	{"json", OPT_JSON, NULL, 0, "The account as one JSON object", 0},
	{0},
};

static void choose(struct ledger *ledger, const char *name, const struct argp_state *state)
{
	for (size_t i = 0; i < LINES; i++) {
		if (strcmp(lines[i].name, name) == 0) {
			ledger->only[i] = ledger->some = true;
			return;
		}
	}
	argp_error(state, "'%s' is none of amp-echo, rpmsg-raw, rpmsg-tty, amp-command, amp-telemetry", name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ledger *ledger = state->input;

	switch (key) {
	case 'C':
		ledger->target.core = arg;
		return 0;
	case 'i':
		ledger->interval_ms = parse_seconds(arg, state);
		return 0;
	case OPT_PATIENCE:
		ledger->patience_ms = parse_seconds(arg, state);
		return 0;
	case OPT_CORRUPT:
		ledger->corrupt = true;
		return 0;
	case OPT_NO_LOSS:
		ledger->no_loss = true;
		return 0;
	case OPT_JSON:
		ledger->json = true;
		return 0;
	case ARGP_KEY_ARG:
		choose(ledger, arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[CHANNEL...]",
	.doc = "Send numbered messages to all services that answer, a few under way on each at a time, and keep an "
	       "account "
	       "of each message: its answer came, once, or its sender was told that the channel is gone. A channel "
	       "that "
	       "goes is waited for. SIGINT or SIGTERM ends the sending; then the last answers are waited for, and the "
	       "account is printed.\vExit status 0 if each message was delivered once or reported lost, 1 if one was "
	       "both, "
	       "neither, doubled or not what was sent.",
};

/* ------------------------------------------------------------------ a channel comes and goes */

static int open_terminal(const struct amp_channel *channel)
{
	char path[64];
	struct termios raw;
	int fd;

	if (!channel->node[0])
		return -ENODEV;
	snprintf(path, sizeof(path), "/dev/%s", channel->node);
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &raw) == 0) {
		cfmakeraw(&raw);
		if (tcsetattr(fd, TCSANOW, &raw) == 0)
			return fd;
	}
	close(fd);
	return -ENODEV;
}

static int open_messages(const struct amp_channel *channel)
{
	char why[128];
	int fd = amp_endpoint_open(channel, why, sizeof(why));

	if (fd >= 0) {
		drain(fd);
		fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	}
	return fd;
}

/* What is not there yet, or still on its way out, is looked for again. */
static void open_line(struct ledger *ledger, struct line *line)
{
	if (amp_channel_find(ledger->target.core, line->name, &line->channel))
		return;
	line->fd = line->is_terminal ? open_terminal(&line->channel) : open_messages(&line->channel);
	if (line->fd < 0) {
		line->fd = -1;
		return;
	}
	ledger->closed--;
	line->stream_used = 0;
	line->records = (struct records){0};
	if (line->is_told && write(line->fd, line->request, strlen(line->request)) < 0 && errno != EAGAIN)
		line->records.any = false; /* the loss is noticed when it is read */
}

static void lose_line(struct ledger *ledger, struct line *line)
{
	close(line->fd);
	line->fd = -1;
	ledger->closed++;
	ledger->next_look = 0;
	amp_account_lost(&line->account);
}

static bool is_wanted(const struct ledger *ledger, size_t i)
{
	return ledger->only[i] || !ledger->some;
}

static void look_for_lines(struct ledger *ledger)
{
	ledger->next_look = now_ns() + LOOK_AGAIN_NS;
	for (size_t i = 0; i < LINES; i++) {
		if (is_wanted(ledger, i) && lines[i].fd < 0)
			open_line(ledger, &lines[i]);
	}
}

/* ------------------------------------------------------------------ messages */

/* The number behind "KEY=". @return false: there is none */
static bool number_of(const char *text, const char *key, unsigned long *value)
{
	const char *at = strstr(text, key);
	char *end;

	if (!at)
		return false;
	at += strlen(key);
	errno = 0;
	*value = strtoul(at, &end, 10);
	return end != at && !errno && (*end == ' ' || *end == '\n');
}

/* "seq=17 … dropped=0": those that are missing have been counted by the core, which was refused a buffer for them. */
static void take_record(struct line *line, const uint8_t *data, size_t len)
{
	struct records *records = &line->records;
	struct amp_account *account = &line->account;
	unsigned long seq, dropped, missing;
	char text[256];

	memcpy(text, data, len < sizeof(text) ? len : sizeof(text) - 1);
	text[len < sizeof(text) ? len : sizeof(text) - 1] = '\0';
	if (!number_of(text, "seq=", &seq) || !number_of(text, " dropped=", &dropped)) {
		account->sent++;
		account->corrupted++;
		return;
	}
	if (records->any && seq < records->next) {
		account->doubled++;
		return;
	}
	missing = records->any ? seq - records->next : 0;
	account->sent += (uint32_t)missing + 1;
	account->delivered++;
	*(dropped - records->dropped >= missing ? &account->reported : &account->unaccounted) += (uint32_t)missing;
	*records = (struct records){.any = true, .next = seq + 1, .dropped = dropped};
}

/* Answers of a terminal have no limits of their own: each is as long as its prefix and its message. */
static void take_stream(struct line *line, const uint8_t *data, size_t len, uint64_t now)
{
	size_t whole = strlen(line->account.prefix) + line->account.size;

	while (len) {
		size_t n = len < STREAM_MAX - line->stream_used ? len : STREAM_MAX - line->stream_used;

		memcpy(line->stream + line->stream_used, data, n);
		line->stream_used += n;
		data += n;
		len -= n;
		while (line->stream_used >= whole) {
			amp_account_answer(&line->account, line->stream, whole, now);
			line->stream_used -= whole;
			memmove(line->stream, line->stream + whole, line->stream_used);
		}
	}
}

/* Takes what has come. @return false if the channel is gone */
static bool read_line(struct line *line)
{
	uint8_t data[RPMSG_PAYLOAD_MAX + 16];
	ssize_t n;

	for (;;) {
		n = read(line->fd, data, sizeof(data));
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0 && line->is_terminal)
			return false;
		if (line->is_told)
			take_record(line, data, (size_t)n);
		else if (line->is_terminal)
			take_stream(line, data, (size_t)n, now_ns());
		else
			amp_account_answer(&line->account, data, (size_t)n, now_ns());
	}
}

/* A message that is refused for want of a buffer has not been sent. @return false if the channel is gone */
static bool send_line(struct line *line)
{
	uint8_t message[RPMSG_PAYLOAD_MAX];
	const void *data = line->request ? (const void *)line->request : message;
	size_t len = line->request ? strlen(line->request) : line->account.size;

	if (line->is_told || line->account.num_under_way >= line->window)
		return true;
	if (!line->request)
		amp_account_next(&line->account, message);
	if (write(line->fd, data, len) < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOMEM;
	amp_account_sent(&line->account, now_ns());
	return true;
}

/* ------------------------------------------------------------------ the loop */

static void send_all(struct ledger *ledger)
{
	ledger->next_turn = now_ns() + (uint64_t)ledger->interval_ms * 1000000;
	for (size_t i = 0; i < LINES; i++) {
		if (lines[i].fd >= 0 && !send_line(&lines[i]))
			lose_line(ledger, &lines[i]);
	}
}

static void read_events(struct ledger *ledger)
{
	char data[AMP_UEVENT_MAX];
	struct amp_uevent event;
	int n;

	do
		n = amp_uevent_read(ledger->events, data, &event);
	while (n > 0 || n == -ENOBUFS);
	ledger->next_look = 0;
}

/* Until something has come, or it is time for something. */
static void wait_and_read(struct ledger *ledger, uint64_t deadline)
{
	struct pollfd fds[LINES + 1];

	for (size_t i = 0; i < LINES; i++)
		fds[i] = (struct pollfd){.fd = lines[i].fd, .events = POLLIN};
	fds[LINES] = (struct pollfd){.fd = ledger->events, .events = POLLIN};
	if (amp_wait(fds, LINES + 1, deadline) <= 0)
		return;
	for (size_t i = 0; i < LINES; i++) {
		bool gone = fds[i].revents & (POLLERR | POLLHUP | POLLNVAL);

		if (fds[i].revents && (!read_line(&lines[i]) || gone))
			lose_line(ledger, &lines[i]);
	}
	if (fds[LINES].revents)
		read_events(ledger);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void send_until_interrupted(struct ledger *ledger)
{
	bool told = false;

	while (!interrupted) {
		uint64_t now = now_ns();

		if (ledger->closed && now >= ledger->next_look)
			look_for_lines(ledger);
		if (!told && !ledger->closed) {
			printf("under way on %u channels\n", ledger->wanted);
			show();
			told = true;
		}
		if (now >= ledger->next_turn)
			send_all(ledger);
		wait_and_read(ledger,
		              ledger->closed ? earlier(ledger->next_turn, ledger->next_look) : ledger->next_turn);
	}
}

static bool is_under_way(void)
{
	for (size_t i = 0; i < LINES; i++) {
		if (lines[i].account.num_under_way)
			return true;
	}
	return false;
}

/* No more records: or they would go on, to whoever has our address next. */
static void unsubscribe(struct ledger *ledger)
{
	for (size_t i = 0; i < LINES; i++) {
		if (lines[i].is_told && lines[i].fd >= 0 && write(lines[i].fd, "stop", 4) < 0 && errno != EAGAIN)
			lose_line(ledger, &lines[i]);
	}
}

/* The last answers; a second signal ends it. */
static void wait_for_answers(struct ledger *ledger)
{
	uint64_t deadline = now_ns() + (uint64_t)ledger->patience_ms * 1000000;

	interrupted = 0;
	unsubscribe(ledger);
	while (!interrupted && is_under_way() && now_ns() < deadline)
		wait_and_read(ledger, deadline);
	for (size_t i = 0; i < LINES; i++)
		amp_account_give_up(&lines[i].account);
}

/* ------------------------------------------------------------------ the account */

static void print_account(const struct amp_account *a, bool json)
{
	printf(json ? "\"sent\": %u, \"delivered\": %u, \"reported\": %u, \"corrupted\": %u, \"doubled\": %u, "
	              "\"both\": %u, "
	              "\"unaccounted\": %u, \"longest_ms\": %.1f"
	            : "%u sent, %u delivered, %u reported lost, %u corrupted, %u doubled, %u both, %u unaccounted; "
	              "longest "
	              "%.1f ms\n",
	       a->sent, a->delivered, a->reported, a->corrupted, a->doubled, a->both, a->unaccounted,
	       (double)a->longest / 1e6);
}

static int conclude(const struct ledger *ledger)
{
	struct amp_account total = {0};
	bool closed;

	if (ledger->json)
		printf("{\"channels\": {");
	for (size_t i = 0, n = 0; i < LINES; i++) {
		if (!is_wanted(ledger, i))
			continue;
		amp_account_add(&total, &lines[i].account);
		printf(ledger->json ? "%s\"%s\": {" : "%s%s: ", ledger->json && n++ ? ", " : "", lines[i].name);
		print_account(&lines[i].account, ledger->json);
		if (ledger->json)
			printf("}");
	}
	printf(ledger->json ? "}, " : "all: ");
	print_account(&total, ledger->json);
	if (ledger->json)
		printf("}\n");
	show();
	closed = ledger->corrupt || amp_account_is_closed(&total);
	return closed && !(ledger->no_loss && total.reported) ? RPMSG_OK : RPMSG_FAILED;
}

int rpmsg_ledger(int argc, char **argv)
{
	struct ledger ledger = {.target.name = "all channels", .interval_ms = 5, .patience_ms = 10000};

	argp_parse(&argp, argc, argv, 0, NULL, &ledger);
	for (size_t i = 0; i < LINES; i++) {
		lines[i].fd = -1;
		ledger.wanted += is_wanted(&ledger, i);
	}
	ledger.closed = ledger.wanted;
	ledger.events = amp_uevent_open();
	if (ledger.events < 0)
		return target_error(&ledger.target, RPMSG_FAILED, "no kernel events: %s", strerror(-ledger.events));
	send_until_interrupted(&ledger);
	wait_for_answers(&ledger);
	close(ledger.events);
	return conclude(&ledger);
}
