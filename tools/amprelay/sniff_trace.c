// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wire as a timeline: trace events in JSON, as ui.perfetto.dev and chrome://tracing read them. A row of states and
 * one of events for each core, rows of messages for it and for its host, and an arrow for each message.
 */
#include <string.h>

#include "common/text.h"
#include "event_reader.h"
#include "sniff.h"

#define HOST 1 /* the process that stands for it; cores follow */
#define LAB  0

enum row {
	ROW_STATE = 1,
	ROW_MESSAGES,
	ROW_EVENTS,
};

struct trace_sink {
	struct sniff_sink sink;
	FILE *file;
	uint64_t events; /* written */
	uint64_t arrows; /* of messages */
	struct trace_core {
		char name[sizeof(((struct sniff_link *)0)->core)];
		bool has_state; /* one has begun */
	} core[SNIFF_LINKS];
	int cores;
};

/* Takes the reference. */
static void write_object(struct trace_sink *trace, json_t *object)
{
	if (!object)
		return;
	fputs(trace->events++ ? ",\n" : "[\n", trace->file);
	json_dumpf(object, trace->file, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
	json_decref(object);
}

static void write_name(struct trace_sink *trace, int process, int row, const char *name)
{
	write_object(trace, json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "name", row ? "thread_name" : "process_name",
	                              "ph", "M", "pid", process, "tid", row, "args", "name", name));
}

/* An entry of a row; the caller may add to it. */
static json_t *entry(const char *phase, const char *name, uint64_t t, int process, enum row row)
{
	return json_pack("{s:s, s:s, s:f, s:i, s:i}", "ph", phase, "name", name, "ts", (double)t / 1000.0, "pid",
	                 process, "tid", (int)row);
}

static struct trace_core *find_core(struct trace_sink *trace, const char *name, int *process)
{
	int i = 0;

	while (i < trace->cores && strcmp(trace->core[i].name, name) != 0)
		i++;
	if (i == SNIFF_LINKS)
		i--;
	*process = HOST + 1 + i;
	if (i == trace->cores) {
		trace->cores++;
		snprintf(trace->core[i].name, sizeof(trace->core[i].name), "%s", name);
		write_name(trace, *process, 0, name);
		write_name(trace, *process, ROW_STATE, "state");
		write_name(trace, *process, ROW_MESSAGES, "messages");
		write_name(trace, *process, ROW_EVENTS, "events");
	}
	return &trace->core[i];
}

/* ------------------------------------------------------------------ messages */

static void write_end(struct trace_sink *trace, const struct sniff_message *message, int process, bool sends)
{
	const char *name = message->channel ? message->channel : "message";
	json_t *slice = entry("X", name, message->t, process, ROW_MESSAGES);
	json_t *arrow = entry(sends ? "s" : "f", "message", message->t, process, ROW_MESSAGES);
	char payload[2 * 64 + 1];
	uint32_t shown = message->kept - AMP_RPMSG_HEADER < 64 ? message->kept - AMP_RPMSG_HEADER : 64;

	amp_text_hex(payload, message->bytes + AMP_RPMSG_HEADER, shown);
	json_object_set_new(slice, "dur", json_integer(1));
	json_object_set_new(slice, "args",
	                    json_pack("{s:I, s:I, s:I, s:s}", "src", (json_int_t)message->head.src, "dst",
	                              (json_int_t)message->head.dst, "len", (json_int_t)message->head.len, "payload",
	                              payload));
	write_object(trace, slice);
	json_object_set_new(arrow, "cat", json_string("message"));
	json_object_set_new(arrow, "id", json_integer((json_int_t)trace->arrows));
	if (!sends)
		json_object_set_new(arrow, "bp", json_string("e"));
	write_object(trace, arrow);
}

static void write_message(struct sniff_sink *sink, const struct sniff_message *message)
{
	struct trace_sink *trace = (void *)sink;
	bool to_host = message->direction == AMP_TO_HOST;
	int core;

	find_core(trace, message->core, &core);
	trace->arrows++;
	write_end(trace, message, to_host ? core : HOST, true);
	write_end(trace, message, to_host ? HOST : core, false);
}

/* ------------------------------------------------------------------ events */

static void write_state(struct trace_sink *trace, struct trace_core *core, int process, const struct sniff_event *event)
{
	const char *to = amp_event_string(event->object, "to");
	json_t *begin = entry("B", to, event->t, process, ROW_STATE);

	if (core->has_state)
		write_object(trace, entry("E", "", event->t, process, ROW_STATE));
	core->has_state = true;
	json_object_set(begin, "args", event->object);
	write_object(trace, begin);
}

static void write_event(struct sniff_sink *sink, const struct sniff_event *event)
{
	struct trace_sink *trace = (void *)sink;
	const char *ev = amp_event_string(event->object, "ev");
	int process = LAB;
	json_t *instant;

	if (strcmp(ev, "wire.channel") == 0)
		return;
	if (event->core[0]) {
		struct trace_core *core = find_core(trace, event->core, &process);

		if (strcmp(ev, "core.state") == 0) {
			write_state(trace, core, process, event);
			return;
		}
	}
	instant = entry("i", ev, event->t, process, ROW_EVENTS);
	json_object_set_new(instant, "s", json_string("p"));
	json_object_set(instant, "args", event->object);
	write_object(trace, instant);
}

/* ------------------------------------------------------------------ the file */

static bool flush_trace(struct sniff_sink *sink)
{
	struct trace_sink *trace = (void *)sink;

	return fflush(trace->file) == 0 && !ferror(trace->file);
}

static bool close_trace(struct sniff_sink *sink)
{
	struct trace_sink *trace = (void *)sink;
	bool written;

	fputs("\n]\n", trace->file);
	written = flush_trace(sink);
	if (fclose(trace->file) && written)
		written = false;
	return written;
}

struct sniff_sink *amp_sniff_trace(FILE *file)
{
	static struct trace_sink trace;

	trace = (struct trace_sink){
		.sink = {.message = write_message, .event = write_event, .flush = flush_trace, .close = close_trace},
		.file = file,
	};
	write_name(&trace, LAB, 0, "lab");
	write_name(&trace, LAB, ROW_EVENTS, "events");
	write_name(&trace, HOST, 0, "host");
	write_name(&trace, HOST, ROW_MESSAGES, "messages");
	return &trace.sink;
}
