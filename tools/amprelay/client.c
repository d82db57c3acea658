// SPDX-License-Identifier: GPL-2.0-only
/*
 * One connection, one request. Everything is written without blocking: while the relay does not take our input it must
 * still be able to give us its output, or a `cat` of more than both windows would stand still for ever.
 */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"
#include "common/control.h"
#include "lab_dir.h"

#define INPUT_CHUNK   16384
#define CONNECT_MS    5000 /* a relay that is stopped does not even take calls, once enough wait */
#define SIGNAL_ACK_MS 2000 /* one that lives says at once that it has passed a signal on */

struct packet {
	char data[1 + AMP_CONTROL_MAX];
	size_t len; /* 0: none */
};

struct connection {
	const char *lab;
	int fd;
	const struct client_io *io;
	struct client_result *result;
	bool input_open;
	bool reset; /* the relay closed while some of what we sent was unread; its own packets can still be read */
	int signal; /* to be sent when there is room; 0: none */
	int64_t signal_told; /* by when the relay must have confirmed one; 0: it need not */
	struct packet out;   /* waiting to be sent */
	struct packet in;
	bool done;
};

__attribute__((format(printf, 3, 4))) static int fail(struct client_result *result, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(result->error, sizeof(result->error), format, args);
	va_end(args);
	result->exit = code;
	return code;
}

static int fail_no_lab(const char *lab, struct client_result *result)
{
	return fail(result, AMP_EXIT_NO_LAB, "no lab '%s' is up: start it with 'amprelay up'", lab);
}

/* Anyone may bind an abstract name: only our own user's relay, or root's, is believed. */
static bool peer_is_ours(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) && (cred.uid == getuid() || cred.uid == 0);
}

static int dial(const char *lab)
{
	struct sockaddr_un address;
	socklen_t len = amp_lab_address(lab, &address);
	const struct timeval limit = {.tv_sec = CONNECT_MS / 1000};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, len)) {
		int err = -errno;

		close(fd);
		return err;
	}
	if (!peer_is_ours(fd)) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

bool amp_client_lab_is_up(const char *lab)
{
	int fd = dial(lab);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Tries to send what waits; it stays if the relay has no room. */
static void flush_out(struct connection *c)
{
	ssize_t n;

	if (!c->out.len)
		return;
	n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->out.len = 0; /* sent, or the relay has gone: then reading says so */
}

static void put(struct connection *c, char type, const void *data, size_t len)
{
	c->out.data[0] = type;
	memcpy(c->out.data + 1, data, len);
	c->out.len = len + 1;
	flush_out(c);
}

static bool put_json(struct connection *c, json_t *message)
{
	char text[AMP_CONTROL_MAX];
	size_t len = json_dumpb(message, text, sizeof(text), JSON_COMPACT);

	json_decref(message);
	if (!len || len > sizeof(text))
		return false;
	put(c, 'J', text, len);
	return true;
}

static void take_answer(struct connection *c, json_t *message)
{
	struct client_result *result = c->result;
	json_t *code = json_object_get(message, "exit");
	const char *error = json_string_value(json_object_get(message, "error"));

	c->done = true;
	if (!json_is_integer(code)) {
		fail(result, AMP_EXIT_FAILED, "the relay of lab '%s' gave an answer without \"exit\"", c->lab);
		return;
	}
	result->answered = true;
	result->exit = (int)json_integer_value(code) & 0xff;
	result->answer = json_incref(message);
	snprintf(result->error, sizeof(result->error), "%s", error ? error : "");
}

static void take_json(struct connection *c, const char *text, size_t len)
{
	json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	const char *progress;

	if (!json_is_object(message)) {
		fail(c->result, AMP_EXIT_FAILED, "the relay of lab '%s' sent a packet that is no JSON object", c->lab);
		c->done = true;
	} else if (json_is_true(json_object_get(message, "done"))) {
		take_answer(c, message);
	} else if (json_object_get(message, "signal")) {
		c->signal_told = 0;
	} else {
		progress = json_string_value(json_object_get(message, "progress"));
		if (progress && c->io->on_progress)
			c->io->on_progress(c->io->context, progress);
	}
	json_decref(message);
}

static void receive(struct connection *c)
{
	ssize_t n = recv(c->fd, c->in.data, sizeof(c->in.data), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 && errno == ECONNRESET && !c->reset) {
		c->reset = true; /* said once; what the relay sent before, its answer perhaps, comes after it */
		return;
	}
	if (n <= 0) {
		fail(c->result, AMP_EXIT_FAILED, "the relay of lab '%s' ended: 'amprelay logs relay' may say why",
		     c->lab);
		c->done = true;
		return;
	}
	switch (c->in.data[0]) {
	case 'J':
		take_json(c, c->in.data + 1, (size_t)n - 1);
		break;
	case 'O':
	case 'E':
	case 'F':
		if (c->io->on_output && n > 1 &&
		    !c->io->on_output(c->io->context, c->in.data[0], c->in.data + 1, (size_t)n - 1))
			c->done = true;
		break;
	default:
		break; /* from a newer relay */
	}
}

static void read_input(struct connection *c)
{
	char data[INPUT_CHUNK + 1]; /* the hook may add a byte */
	ssize_t n = read(c->io->input_fd, data, INPUT_CHUNK);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && c->io->on_input) {
		n = c->io->on_input(c->io->context, data, (size_t)n);
		if (n < 0)
			c->done = true;
		if (n <= 0)
			return;
	}
	if (n <= 0) { /* an unreadable input has ended, too */
		c->input_open = false;
		n = 0;
	}
	put(c, 'I', data, (size_t)n);
}

static void read_signal(struct connection *c)
{
	struct signalfd_siginfo info;
	int signal;

	if (read(c->io->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	signal = c->io->on_signal(c->io->context, (int)info.ssi_signo);
	if (signal < 0)
		c->done = true;
	else if (signal > 0) {
		c->signal = signal;
		c->signal_told = amp_cli_now_ms() + SIGNAL_ACK_MS;
	}
}

/* Before any input: a command that does not read must still be told to end. */
static void pass_signal(struct connection *c)
{
	if (!c->signal || c->out.len)
		return;
	put_json(c, json_pack("{s:i}", "signal", c->signal));
	c->signal = 0;
}

/* One round of waiting. Input is read only when there is room for it; signals always, since they may end us. */
static void serve(struct connection *c, int timeout_ms)
{
	bool room = !c->out.len;
	struct pollfd fds[3] = {
		{.fd = c->fd, .events = (short)(POLLIN | (room ? 0 : POLLOUT))},
		{.fd = room && c->input_open ? c->io->input_fd : -1, .events = POLLIN},
		{.fd = c->io->has_signals ? c->io->signal_fd : -1, .events = POLLIN},
	};
	int n = poll(fds, 3, timeout_ms);

	if (n < 0 && errno != EINTR) {
		fail(c->result, AMP_EXIT_FAILED, "waiting for lab '%s': %s", c->lab, strerror(errno));
		c->done = true;
	}
	if (n <= 0)
		return;
	if (fds[0].revents & POLLOUT)
		flush_out(c);
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
		receive(c);
	if (!c->done && fds[2].revents)
		read_signal(c);
	pass_signal(c);
	if (!c->done && fds[1].revents && !c->out.len)
		read_input(c);
}

/* The sooner of two times, of which 0 is none. */
static int64_t sooner(int64_t a, int64_t b)
{
	return a && (!b || a < b) ? a : b;
}

/* @return false: the time is over, which the result says */
static bool in_time(struct connection *c, int64_t end)
{
	int64_t now = amp_cli_now_ms();

	if (c->signal_told && now >= c->signal_told) {
		fail(c->result, AMP_EXIT_TIMEOUT, "the relay of lab '%s' does not take the signal: is it stopped?",
		     c->lab);
		return false;
	}
	if (end && now >= end) {
		fail(c->result, AMP_EXIT_TIMEOUT, "lab '%s' did not answer within %.3g s", c->lab,
		     c->io->timeout_ms / 1000.0);
		return false;
	}
	return true;
}

static void converse(struct connection *c)
{
	int64_t end = c->io->timeout_ms ? amp_cli_now_ms() + c->io->timeout_ms : 0;

	while (!c->done && in_time(c, end)) {
		int64_t next = sooner(end, c->signal_told), left = next ? next - amp_cli_now_ms() : -1;

		serve(c, next && left < 0 ? 0 : (int)left);
	}
}

int amp_client_request(const char *lab, json_t *request, const struct client_io *io, struct client_result *result)
{
	static const struct client_io only_wait = {.timeout_ms = 60000};
	struct connection *c;
	int fd = dial(lab);

	memset(result, 0, sizeof(*result));
	if (fd < 0) {
		json_decref(request);
		if (fd == -ECONNREFUSED || fd == -ENOENT)
			return fail_no_lab(lab, result);
		if (fd == -EPERM)
			return fail(result, AMP_EXIT_FAILED, "the relay of lab '%s' runs as another user: not trusted",
			            lab);
		if (fd == -EAGAIN)
			return fail(result, AMP_EXIT_TIMEOUT, "the relay of lab '%s' takes no calls: is it stopped?",
			            lab);
		return fail(result, AMP_EXIT_FAILED, "connecting to lab '%s': %s", lab, strerror(-fd));
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		json_decref(request);
		close(fd);
		return fail(result, AMP_EXIT_FAILED, "out of memory");
	}
	c->lab = lab;
	c->fd = fd;
	c->io = io ? io : &only_wait;
	c->result = result;
	c->input_open = c->io->has_input;
	if (put_json(c, request))
		converse(c);
	else
		fail(result, AMP_EXIT_USAGE, "the request is longer than %d bytes: give less at once", AMP_CONTROL_MAX);
	close(fd);
	free(c);
	return result->exit;
}

int amp_client_exec(const char *lab, char *const *argv, const struct client_io *io, struct client_result *result)
{
	json_t *list = json_array();

	for (; *argv; argv++) {
		json_t *word = json_string(*argv);

		if (!word) { /* jansson takes UTF-8 only */
			json_decref(list);
			memset(result, 0, sizeof(*result));
			return fail(result, AMP_EXIT_USAGE, "an argument of the command is not valid UTF-8");
		}
		json_array_append_new(list, word);
	}
	return amp_client_request(lab, json_pack("{s:s, s:o}", "cmd", "exec", "argv", list), io, result);
}

int amp_client_core(const char *lab, const char *cmd, const char *core, const struct client_io *io,
                    struct client_result *result)
{
	return amp_client_request(lab, json_pack("{s:s, s:s}", "cmd", cmd, "core", core), io, result);
}

int amp_client_fault(const char *lab, const char *core, const char *kind, struct client_result *result)
{
	return amp_client_request(lab, json_pack("{s:s, s:s, s:s}", "cmd", "fault", "core", core, "kind", kind), NULL,
	                          result);
}

int amp_client_wait(const char *lab, const char *what, const char *core, int timeout_ms, const struct client_io *io,
                    struct client_result *result)
{
	struct client_io guarded = io ? *io : (struct client_io){0};
	json_t *request = json_pack("{s:s, s:s, s:i}", "cmd", "wait", "for", what, "timeout_ms", timeout_ms);

	/* the relay keeps the time; ours only guards against a relay that does not */
	guarded.timeout_ms = timeout_ms + 2000;
	if (core)
		json_object_set_new(request, "core", json_string(core));
	return amp_client_request(lab, request, &guarded, result);
}

int amp_client_catch_signals(int also, sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (also)
		sigaddset(&set, also);
	sigprocmask(SIG_BLOCK, &set, old);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void amp_client_release(struct client_result *result)
{
	json_decref(result->answer);
	result->answer = NULL;
}

int amp_client_finish(struct client_result *result)
{
	if (result->exit != AMP_EXIT_OK && result->error[0])
		amp_cli_error("%s", result->error);
	amp_client_release(result);
	return result->exit;
}
