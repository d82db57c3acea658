// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "flight_record.h"
#include "log.h"
#include "log_file.h"

int amp_record_open(struct flight_record *record, const char *dir)
{
	struct log_file file;
	int err = amp_logfile_open(&file, dir, "events", "jsonl");

	*record = (struct flight_record){.fd = file.fd};
	return err;
}

/* One write() a record: who follows the file sees whole lines, and a killed relay leaves none half-written. */
static void append(struct flight_record *record, char *line, size_t len)
{
	size_t start = record->torn ? 0 : 1; /* line[0] is a newline, for a line that was cut short by a full disk */
	ssize_t n = write(record->fd, line + start, len - start);

	if (n == (ssize_t)(len - start)) {
		record->torn = false;
		record->lost = 0;
		return;
	}
	if (record->lost++ == 0)
		amp_log("events.jsonl: %s: records are being lost", n < 0 ? strerror(errno) : "no space left");
	if (n > 0)
		record->torn = true;
}

static json_t *make(struct flight_record *record, const char *ev, const char *core, json_t *more)
{
	json_t *object =
		json_pack("{s:I, s:I, s:s}", "t", (json_int_t)now_ns(), "seq", (json_int_t)record->seq, "ev", ev);

	if (!object)
		return NULL;
	if (core)
		json_object_set_new(object, "core", json_string(core));
	if (record->lost)
		json_object_set_new(object, "lost", json_integer((json_int_t)record->lost));
	if (more)
		json_object_update(object, more);
	return object;
}

void amp_record(struct flight_record *record, const char *ev, const char *core, const char *format, ...)
{
	json_t *object, *more = NULL;
	char *text = NULL, *line;
	va_list args;
	size_t len;

	if (record->fd < 0)
		return;
	if (format) {
		json_error_t error;

		va_start(args, format);
		more = json_vpack_ex(&error, 0, format, args);
		va_end(args);
		if (!more)
			amp_log("flight record %s: %s", ev, error.text);
	}
	object = make(record, ev, core, more);
	if (object)
		text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
	json_decref(object);
	json_decref(more);
	record->seq++;
	if (!text) {
		record->lost++;
		return;
	}
	len = strlen(text);
	if (record->heard)
		record->heard(record->userdata, core, text, len);
	line = malloc(len + 2);
	if (line) {
		line[0] = '\n';
		memcpy(line + 1, text, len);
		line[len + 1] = '\n';
		append(record, line, len + 2);
		free(line);
	} else {
		record->lost++;
	}
	free(text);
}

void amp_record_close(struct flight_record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
}
