// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "qmp.h"

static void handle_reply(struct qmp *qmp, const json_t *message)
{
	json_int_t id = json_integer_value(json_object_get(message, "id"));

	for (size_t i = 0; i < QMP_PENDING_MAX; i++) {
		if (qmp->pending[i].id != 0 && qmp->pending[i].id == id) {
			qmp_reply_fn on_reply = qmp->pending[i].on_reply;
			void *userdata = qmp->pending[i].userdata;

			qmp->pending[i].id = 0;
			if (on_reply)
				on_reply(userdata, json_object_get(message, "return"));
			return;
		}
	}
}

/* When QEMU says that it was: the events of several machines can be compared. */
static uint64_t time_of(const json_t *message)
{
	const json_t *stamp = json_object_get(message, "timestamp");

	return (uint64_t)json_integer_value(json_object_get(stamp, "seconds")) * 1000000 +
	       (uint64_t)json_integer_value(json_object_get(stamp, "microseconds"));
}

static void handle_event(struct qmp *qmp, const json_t *message, const char *event)
{
	bool runs = strcmp(event, "RESUME") == 0;

	if (qmp->on_run && (runs || strcmp(event, "STOP") == 0))
		qmp->on_run(qmp->run_userdata, runs, time_of(message));
	qmp->on_event(qmp->userdata, event, json_object_get(message, "data"));
}

static void handle_line(struct qmp *qmp, const char *line, size_t len)
{
	json_error_t error;
	json_t *message = json_loadb(line, len, 0, &error);
	const char *event = json_string_value(json_object_get(message, "event"));

	if (!message)
		amp_log("%s: QMP: %s", qmp->name, error.text);
	else if (event)
		handle_event(qmp, message, event);
	else
		handle_reply(qmp, message);
	json_decref(message);
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
	struct qmp *qmp = userdata;

	/* a callback may close us: then the rest is nobody's */
	for (size_t i = 0; i < len && qmp->line; i++) {
		if (data[i] == '\n') {
			size_t n = qmp->fill;

			qmp->fill = 0;
			if (n > 0 && n < QMP_LINE_MAX)
				handle_line(qmp, qmp->line, n);
		} else if (qmp->fill < QMP_LINE_MAX) {
			qmp->line[qmp->fill++] = (char)data[i];
		}
	}
}

int amp_qmp_open(struct qmp *qmp, sd_event *loop, int fd, const char *name,
                 void (*on_event)(void *userdata, const char *event, const json_t *data), void *userdata)
{
	static const struct stream_ops ops = {.on_data = on_data};
	int err;

	*qmp = (struct qmp){.name = name, .on_event = on_event, .userdata = userdata};
	err = amp_stream_open(&qmp->stream, loop, fd, 16384, &ops, qmp);
	if (err < 0)
		return err;
	qmp->line = malloc(QMP_LINE_MAX);
	if (!qmp->line) {
		amp_qmp_close(qmp);
		return -ENOMEM;
	}
	amp_qmp_command(qmp, "qmp_capabilities", NULL, NULL, NULL);
	return 0;
}

/* @param fd  that goes with it; -1: none does */
static bool send_command(struct qmp *qmp, const char *command, const char *arguments, int fd, qmp_reply_fn on_reply,
                         void *userdata)
{
	char text[512];
	bool sent;
	int len;

	for (size_t i = 0; i < QMP_PENDING_MAX; i++) {
		if (qmp->pending[i].id != 0)
			continue;
		if (++qmp->next_id == 0)
			qmp->next_id = 1;
		len = snprintf(text, sizeof(text), "{\"execute\":\"%s\",\"id\":%u%s%s}\n", command, qmp->next_id,
		               arguments ? ",\"arguments\":" : "", arguments ? arguments : "");
		if (len < 0 || len >= (int)sizeof(text))
			return false;
		sent = fd < 0 ? amp_stream_write(&qmp->stream, text, (size_t)len)
		              : amp_stream_give(&qmp->stream, text, (size_t)len, fd);
		if (!sent)
			return false;
		qmp->pending[i].id = qmp->next_id;
		qmp->pending[i].on_reply = on_reply;
		qmp->pending[i].userdata = userdata;
		return true;
	}
	return false;
}

bool amp_qmp_command(struct qmp *qmp, const char *command, const char *arguments, qmp_reply_fn on_reply, void *userdata)
{
	return send_command(qmp, command, arguments, -1, on_reply, userdata);
}

bool amp_qmp_give(struct qmp *qmp, const char *name, int fd, qmp_reply_fn on_reply, void *userdata)
{
	char arguments[128];

	snprintf(arguments, sizeof(arguments), "{\"fdname\":\"%s\"}", name);
	return send_command(qmp, "getfd", arguments, fd, on_reply, userdata);
}

void amp_qmp_moved(struct qmp *qmp)
{
	amp_stream_moved(&qmp->stream, qmp);
}

void amp_qmp_close(struct qmp *qmp)
{
	amp_stream_close(&qmp->stream);
	memset(qmp->pending, 0, sizeof(qmp->pending));
	qmp->on_run = NULL;
	free(qmp->line);
	qmp->line = NULL;
}
