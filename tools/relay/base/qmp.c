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

static void handle_line(struct qmp *qmp, const char *line, size_t len)
{
	json_error_t error;
	json_t *message = json_loadb(line, len, 0, &error);
	const char *event = json_string_value(json_object_get(message, "event"));

	if (!message)
		amp_log("%s: QMP: %s", qmp->name, error.text);
	else if (event)
		qmp->on_event(qmp->userdata, event, json_object_get(message, "data"));
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

bool amp_qmp_command(struct qmp *qmp, const char *command, const char *arguments, qmp_reply_fn on_reply, void *userdata)
{
	char text[512];
	int len;

	for (size_t i = 0; i < QMP_PENDING_MAX; i++) {
		if (qmp->pending[i].id != 0)
			continue;
		if (++qmp->next_id == 0)
			qmp->next_id = 1;
		len = snprintf(text, sizeof(text), "{\"execute\":\"%s\",\"id\":%u%s%s}\n", command, qmp->next_id,
		               arguments ? ",\"arguments\":" : "", arguments ? arguments : "");
		if (len < 0 || len >= (int)sizeof(text) || !amp_stream_write(&qmp->stream, text, (size_t)len))
			return false;
		qmp->pending[i].id = qmp->next_id;
		qmp->pending[i].on_reply = on_reply;
		qmp->pending[i].userdata = userdata;
		return true;
	}
	return false;
}

void amp_qmp_close(struct qmp *qmp)
{
	amp_stream_close(&qmp->stream);
	memset(qmp->pending, 0, sizeof(qmp->pending));
	free(qmp->line);
	qmp->line = NULL;
}
