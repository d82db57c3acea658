// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "control_server.h"
#include "relay/lab.h"

#define REST_MS 200 /* without descriptors: until the next look at who calls */

/* ------------------------------------------------------------------ one connection */

static void set_interest(struct client *client)
{
	uint32_t events = (client->paused ? 0u : EPOLLIN) | (amp_packets_waiting(&client->queue) ? EPOLLOUT : 0u);

	sd_event_source_set_io_events(client->io, events | EPOLLRDHUP);
}

static void close_client(struct client *client)
{
	const struct client_ops *ops = client->ops;

	client->ops = NULL;
	if (ops && ops->on_gone)
		ops->on_gone(client);
	client->io = sd_event_source_disable_unref(client->io);
	client->timer = sd_event_source_disable_unref(client->timer);
	amp_packets_free(&client->queue);
	free(client->input);
	close(client->fd);
	*client = (struct client){.fd = -1};
}

static void report_sent(struct client *client, size_t sent)
{
	if (sent && client->ops && client->ops->on_sent)
		client->ops->on_sent(client, sent);
}

void amp_server_send(struct client *client, char type, const void *data, size_t len)
{
	size_t sent = 0;

	/* a client that is gone shows as hang-up of its socket, which cancels everything in one place */
	amp_packets_send(&client->queue, client->fd, type, data, len, &sent);
	set_interest(client);
	report_sent(client, sent);
}

static int on_overdue(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	close_client(userdata);
	return 0;
}

/* A connection keeps its place only so long, unless it asks for something or reads the rest of its answer. */
static bool limit_time(struct client *client)
{
	client->timer = sd_event_source_disable_unref(client->timer);
	return sd_event_add_time_relative(client->lab->loop, &client->timer, CLOCK_MONOTONIC,
	                                  CONTROL_IDLE_SEC * UINT64_C(1000000), 1000, on_overdue, client) >= 0;
}

void amp_server_answer(struct client *client, int exit_status, json_t *members, const char *error)
{
	json_t *answer = members ? members : json_object();
	const struct client_ops *ops = client->ops;
	char *text;

	/* what it began ends here: its end must not be told to the slot's next client */
	client->ops = NULL;
	if (ops && ops->on_gone)
		ops->on_gone(client);

	json_object_set_new(answer, "done", json_true());
	json_object_set_new(answer, "exit", json_integer(exit_status));
	if (error && error[0])
		json_object_set_new(answer, "error", json_string(error));
	client->answered = true;
	text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(answer);
	if (text)
		amp_server_send(client, 'J', text, strlen(text));
	free(text);
	/* the client closes when it has read the answer; what it still sends until then is dropped */
	amp_server_pause(client, false);
	if (!amp_packets_waiting(&client->queue))
		limit_time(client);
}

bool amp_server_permits(struct client *client, struct core *core, uint32_t verbs)
{
	char why[AMP_TEXT_LEN];

	if (amp_core_permits(core, ACTOR_TOOLS, verbs, why, sizeof(why)))
		return true;
	amp_server_answer(client, AMP_EXIT_REFUSED, NULL, why);
	return false;
}

void amp_server_limit(struct client *client, uint64_t ms, sd_event_time_handler_t on_limit)
{
	client->timer = sd_event_source_disable_unref(client->timer);
	if (sd_event_add_time_relative(client->lab->loop, &client->timer, CLOCK_MONOTONIC, ms * 1000, 1000, on_limit,
	                               client) < 0)
		amp_server_answer(client, AMP_EXIT_FAILED, NULL, "the relay has no memory for a timer");
}

void amp_server_pause(struct client *client, bool paused)
{
	client->paused = paused;
	set_interest(client);
}

static void take_json(struct client *client, const char *text, size_t len)
{
	json_error_t error;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (!json_is_object(object)) {
		if (!client->answered)
			amp_server_answer(client, AMP_EXIT_USAGE, NULL, "the request is no JSON object");
	} else if (!client->ops && !client->answered) {
		client->timer = sd_event_source_disable_unref(client->timer);
		client->lab->control.on_request(client, object);
	} else if (client->ops && client->ops->on_json) {
		client->ops->on_json(client, object);
	}
	json_decref(object);
}

static void take_packet(struct client *client, const char *packet, size_t len)
{
	if (packet[0] == 'J')
		take_json(client, packet + 1, len - 1);
	else if (packet[0] == 'I' && client->ops && client->ops->on_input)
		client->ops->on_input(client, packet + 1, len - 1);
	else if (!client->ops && !client->answered)
		amp_server_answer(client, AMP_EXIT_USAGE, NULL, "the first packet must be a request");
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	static char packet[AMP_CONTROL_MAX + 1];
	struct client *client = userdata;
	size_t sent = 0;
	ssize_t n;

	(void)source;
	if (revents & EPOLLOUT) {
		if (!amp_packets_flush(&client->queue, fd, &sent)) {
			close_client(client);
			return 0;
		}
		set_interest(client);
		report_sent(client, sent);
		if (client->answered && !amp_packets_waiting(&client->queue))
			limit_time(client);
	}
	if (revents & EPOLLIN && !client->paused) {
		n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);
		if (n > (ssize_t)sizeof(packet)) {
			if (!client->answered)
				amp_server_answer(client, AMP_EXIT_USAGE, NULL, "a packet is larger than 64 KiB");
			return 0;
		}
		if (n > 0) {
			take_packet(client, packet, (size_t)n);
			return 0;
		}
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
	}
	if (revents & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		close_client(client);
	return 0;
}

/* ------------------------------------------------------------------ all of them */

static bool same_user(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

static struct client *free_slot(struct control_server *server)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		if (server->client[i].fd < 0)
			return &server->client[i];
	}
	return NULL;
}

bool amp_server_may_last(struct client *client, int refusal)
{
	const struct control_server *server = &client->lab->control;
	size_t lasting = 0;
	char error[96];

	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		lasting += server->client[i].fd >= 0 &&
		           (server->client[i].ops || amp_packets_waiting(&server->client[i].queue));
	if (lasting < CONTROL_LASTING)
		return true;
	amp_text(error, sizeof(error), "the relay does %d things at once already: end some of them first",
	         CONTROL_LASTING);
	amp_server_answer(client, refusal, NULL, error);
	return false;
}

static void refuse(int fd, const char *why)
{
	char packet[192];

	amp_text(packet, sizeof(packet), "J{\"done\":true,\"exit\":%d,\"error\":\"%s\",\"unheard\":true}",
	         AMP_EXIT_FAILED, why);
	send(fd, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void welcome(struct control_server *server, int fd)
{
	struct client *client = free_slot(server);

	if (!same_user(fd)) {
		close(fd);
		return;
	}
	if (!client) {
		refuse(fd, "the relay has too many connections already");
		return;
	}
	*client = (struct client){.lab = server->lab, .fd = fd};
	amp_packets_init(&client->queue);
	if (sd_event_add_io(server->lab->loop, &client->io, fd, EPOLLIN | EPOLLRDHUP, on_client, client) < 0 ||
	    !limit_time(client)) {
		close_client(client);
		return;
	}
	/* people wait here: before everything that a guest can flood us with */
	sd_event_source_set_priority(client->io, SD_EVENT_PRIORITY_NORMAL - 10);
}

static int on_rested(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct control_server *server = userdata;

	(void)source;
	(void)usec;
	sd_event_source_set_enabled(server->io, SD_EVENT_ON);
	return 0;
}

/* Who calls stays in the listener's queue, and would wake us for ever: look away for a while. */
static void take_rest(struct control_server *server)
{
	sd_event_source_set_enabled(server->io, SD_EVENT_OFF);
	sd_event_source_set_time_relative(server->rest, REST_MS * UINT64_C(1000));
	sd_event_source_set_enabled(server->rest, SD_EVENT_ONESHOT);
}

static int open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* The one descriptor that is kept for it tells the caller; without it we could not even hang up on him. */
static void no_descriptors(struct control_server *server, int listener, int err)
{
	uint32_t suppressed;
	int fd;

	if (amp_ratelimit(&server->noise, now_ns(), &suppressed)) {
		amp_log("a caller cannot be heard: %s", strerror(err));
		amp_record(&server->lab->record, "relay.warning", NULL, "{s:s, s:I}", "text",
		           "out of file descriptors or memory: a request was refused", "suppressed",
		           (json_int_t)suppressed);
	}
	if (server->spare >= 0)
		close(server->spare);
	fd = server->spare >= 0 ? accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	if (fd >= 0 && same_user(fd))
		refuse(fd, "the relay is out of file descriptors or memory: try again later");
	else if (fd >= 0)
		close(fd);
	server->spare = open_spare();
	if (fd < 0)
		take_rest(server);
}

static int on_connection(sd_event_source *source, int listener, uint32_t revents, void *userdata)
{
	struct control_server *server = userdata;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)revents;
	if (fd >= 0)
		welcome(server, fd);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		no_descriptors(server, listener, errno);
	return 0;
}

int amp_server_open(struct control_server *server, struct lab *lab, client_request_fn on_request, char *error,
                    size_t error_size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int len;

	*server = (struct control_server){
		.lab = lab, .on_request = on_request, .noise = RATELIMIT(5, 1000), .spare = open_spare()};
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		server->client[i].fd = -1;
	len = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "amprelay/%u/%s", (unsigned int)geteuid(),
	               lab->options->lab);
	server->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0 ||
	    bind(server->fd, (struct sockaddr *)&address,
	         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) < 0 ||
	    listen(server->fd, 16) < 0 ||
	    sd_event_add_io(lab->loop, &server->io, server->fd, EPOLLIN, on_connection, server) < 0 ||
	    sd_event_add_time_relative(lab->loop, &server->rest, CLOCK_MONOTONIC, 0, 1000, on_rested, server) < 0) {
		int err = errno;

		amp_text(error, error_size, "control socket @%s: %s%s", address.sun_path + 1, strerror(err),
		         err == EADDRINUSE ? ": another program holds it; choose another lab with --name" : "");
		amp_server_stop_listening(server);
		return err == EADDRINUSE ? AMP_EXIT_LAB_EXISTS : AMP_EXIT_ENVIRONMENT;
	}
	sd_event_source_set_priority(server->io, SD_EVENT_PRIORITY_NORMAL - 10);
	sd_event_source_set_enabled(server->rest, SD_EVENT_OFF);
	return AMP_EXIT_OK;
}

void amp_server_stop_listening(struct control_server *server)
{
	server->io = sd_event_source_disable_unref(server->io);
	server->rest = sd_event_source_disable_unref(server->rest);
	if (server->fd >= 0)
		close(server->fd);
	if (server->spare >= 0)
		close(server->spare);
	server->fd = server->spare = -1;
}

void amp_server_close(struct control_server *server)
{
	amp_server_stop_listening(server);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		if (server->client[i].fd >= 0)
			close_client(&server->client[i]);
	}
}

void amp_server_changed(struct control_server *server)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (client->fd >= 0 && client->ops && client->ops->on_changed)
			client->ops->on_changed(client);
	}
}

/* @param core  NULL: Linux */
static bool is_at_console(const struct client *client, const struct core *core)
{
	return client->fd >= 0 && client->ops && client->ops->on_console && client->wait_core == core;
}

void amp_server_console(struct control_server *server, const struct core *core, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (is_at_console(client, core))
			client->ops->on_console(client, data, len);
	}
}

bool amp_server_is_heard(const struct control_server *server, const struct core *core)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		const struct client *client = &server->client[i];

		if (client->fd >= 0 && client->ops && client->ops->on_sniffed &&
		    (!core || !client->wait_core || client->wait_core == core))
			return true;
	}
	return false;
}

void amp_server_sniffed(struct control_server *server, const struct core *core, const uint8_t *records, size_t len)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (client->fd >= 0 && client->ops && client->ops->on_sniffed)
			client->ops->on_sniffed(client, core, records, len);
	}
}

void amp_server_console_writable(struct control_server *server, const struct core *core)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (is_at_console(client, core) && client->paused)
			amp_server_pause(client, false);
	}
}

void amp_server_finish_down(struct control_server *server)
{
	char error[CHILD_WORDS_MAX + 120];

	amp_text(error, sizeof(error), "the lab went down: %s", server->lab->down_reason);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *client = &server->client[i];

		if (client->fd >= 0 && client->ops && client->ops->awaits_end)
			amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
		else if (client->fd >= 0 && !client->answered)
			amp_server_answer(client, AMP_EXIT_FAILED, NULL, error);
	}
}
