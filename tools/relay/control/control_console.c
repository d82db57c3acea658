// SPDX-License-Identifier: GPL-2.0-only
/* Those who sit at a console, Linux's or a core's: "console" of common/control.h. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/lab.h"

#define CONSOLE_BACKLOG (256u << 10) /* bytes that a viewer may lag behind, before it misses some */
#define CONSOLE_SAID    16384        /* bytes that were said before, for who comes later */

static struct stream *console_of(const struct client *client)
{
	struct lab *lab = client->lab;

	return client->wait_core ? &lab->core[client->wait_core - lab->core].console : &lab->vm.console;
}

static void console_input(struct client *client, const char *data, size_t len)
{
	struct stream *console = console_of(client);

	if (len == 0) {
		amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
		return;
	}
	while (len > 0) {
		size_t n = amp_stream_room(console);

		if (n > len)
			n = len;
		if (n == 0 || !amp_stream_write(console, data, n))
			break; /* as a terminal with a full input queue does */
		data += n;
		len -= n;
	}
	/* a queue with anything in it has an end that will be told: amp_server_console_writable() */
	if (console->queued > console->capacity / 2)
		amp_server_pause(client, true);
}

/* Someone who stopped reading must not hold up Linux, nor fill our memory: he misses some, and is told how much. */
static void show_console(struct client *client, const uint8_t *data, size_t len)
{
	char text[64];

	if (client->queue.bytes + len > CONSOLE_BACKLOG) {
		client->dropped += len;
		return;
	}
	if (client->dropped && !amp_packets_waiting(&client->queue)) {
		amp_text(text, sizeof(text), "\r\n[%llu bytes of output skipped]\r\n",
		         (unsigned long long)client->dropped);
		client->dropped = 0;
		amp_server_send(client, 'O', text, strlen(text));
	}
	amp_server_send(client, 'O', data, len);
}

/* What was said before, as far as its file goes back. */
static void show_said(struct client *client, const struct log_file *file)
{
	static uint8_t said[CONSOLE_SAID];
	int fd = file->fd < 0 ? -1 : open(file->path, O_RDONLY | O_CLOEXEC);
	off_t at = file->size > sizeof(said) ? (off_t)(file->size - sizeof(said)) : 0;
	ssize_t n = fd < 0 ? 0 : pread(fd, said, sizeof(said), at);

	if (fd >= 0)
		close(fd);
	if (n > 0)
		amp_server_send(client, 'O', said, (size_t)n);
}

void amp_server_open_console(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_input = console_input, .on_console = show_console};
	char error[256];

	(void)request;
	if (core && !core->config->has_console) {
		amp_text(error, sizeof(error),
		         "core %s has no console: the description of its board names no UART for one ('amprelay logs "
		         "-f %s' follows its trace buffer)",
		         core->config->name, core->config->name);
		amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
		return;
	}
	client->wait_core = core;
	amp_stream_drain(console_of(client)); /* what has been said already is not live any more */
	show_said(client, core ? &core->console_file : &client->lab->vm.console_file);
	client->ops = &ops;
}
