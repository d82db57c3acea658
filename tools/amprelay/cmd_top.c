// SPDX-License-Identifier: GPL-2.0-only
/* top: how busy the cores are, and what memory they take, again and again. */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "event_reader.h"
#include "relay/base/soc_config.h"
#include "table.h"

#define ROUNDS_MAX 1000000

struct top {
	int interval_ms;
	unsigned long rounds; /* 0: without an end */
};

static const struct argp_option options[] = {
	{"interval", 'i', "S", 0, "Seconds from one look to the next (default: 1)", 0},
	{"rounds", 'n', "N", 0, "Look so often (default: until Ctrl-C on a terminal, else once)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top *top = state->input;

	switch (key) {
	case 'i':
		top->interval_ms = amp_cli_seconds(arg, "--interval");
		return 0;
	case 'n':
		top->rounds = amp_cli_number(arg, "--rounds", ROUNDS_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Show how busy each core is, how deep its stack has been, what memory it takes, and how many messages "
	       "were rung for, live.\vWhat the cores measure they tell about once a second; 'rings' are those of the "
	       "time "
	       "since the last look. With --json one line for each look.",
	.children = amp_cli_common,
};

struct rings {
	json_int_t in, out;
};

/* "12.3 K", "7.0 M" */
static void bytes(char *out, size_t size, json_int_t n)
{
	if (n < 10240)
		snprintf(out, size, "%" JSON_INTEGER_FORMAT, n);
	else if (n < INT64_C(10240) * 1024)
		snprintf(out, size, "%.1f K", (double)n / 1024);
	else
		snprintf(out, size, "%.1f M", (double)n / 1048576);
}

static void share_of(char *out, size_t size, json_int_t used, json_int_t of)
{
	char a[24], b[24];

	bytes(a, sizeof(a), used);
	bytes(b, sizeof(b), of);
	snprintf(out, size, "%s of %s", a, b);
}

static void per_second(char *out, size_t size, json_int_t now, json_int_t before, double seconds)
{
	/* a new life counts from 0 */
	snprintf(out, size, "%.0f", (double)(now >= before ? now - before : now) / seconds);
}

static void add_core(struct amp_table *table, const json_t *core, struct rings *last, double seconds)
{
	const json_t *usage = json_object_get(core, "usage"), *bells = json_object_get(core, "doorbells");
	struct rings now = {amp_event_sum(json_object_get(bells, "to_remote")),
	                    amp_event_sum(json_object_get(bells, "to_host"))};
	char load[24] = "", stack[64] = "", heap[64] = "", memory[64] = "", in[24] = "", out[24] = "", up[24];
	const char *state = amp_event_string(core, "state");

	if (json_is_object(usage)) {
		snprintf(load, sizeof(load), "%.1f %%", (double)amp_event_integer(usage, "load_permille", 0) / 10);
		share_of(stack, sizeof(stack), amp_event_integer(usage, "stack_used", 0),
		         amp_event_integer(usage, "stack_size", 0));
		if (amp_event_integer(usage, "heap_size", 0))
			share_of(heap, sizeof(heap), amp_event_integer(usage, "heap_used", 0),
			         amp_event_integer(usage, "heap_size", 0));
		share_of(memory, sizeof(memory), amp_event_integer(usage, "memory_used", 0),
		         amp_event_integer(usage, "memory_size", 0));
	}
	if (seconds > 0) {
		per_second(in, sizeof(in), now.in, last->in, seconds);
		per_second(out, sizeof(out), now.out, last->out, seconds);
	}
	*last = now;
	snprintf(up, sizeof(up), "%.1f s", json_number_value(json_object_get(core, "uptime_ms")) / 1000);
	amp_table_add(table,
	              (const char *const[]){amp_event_string(core, "name"), state, amp_event_string(core, "host"), up,
	                                    load, stack, heap, memory, in, out},
	              amp_cli_color(strcmp(state, "crashed") == 0 ? COLOR_BAD : ""));
}

static void show(const json_t *answer, struct rings *last, double seconds)
{
	static const char *const columns[] = {"CORE",  "STATE",   ">HOST",       ">UP",    ">LOAD", ">STACK",
	                                      ">HEAP", ">MEMORY", ">RINGS IN/S", ">OUT/S", NULL};
	struct amp_table *table = amp_table_new(columns);
	const json_t *core;
	size_t i;

	json_array_foreach (json_object_get(answer, "cores"), i, core)
		add_core(table, core, &last[i], seconds);
	amp_table_print(table);
}

/* @return false if it is to end */
static bool wait_for_next(int signal_fd, int ms)
{
	struct pollfd fd = {.fd = signal_fd, .events = POLLIN};

	return poll(&fd, 1, ms) == 0;
}

static json_t *names_and_usage(const json_t *answer)
{
	static const char *const kept[] = {"name", "state", "host", "epoch", "uptime_ms", "usage", "doorbells"};
	json_t *cores = json_array(), *core;
	size_t i;

	json_array_foreach (json_object_get(answer, "cores"), i, core) {
		json_t *entry = json_object();

		for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
			json_object_set(entry, kept[k], json_object_get(core, kept[k]));
		json_array_append_new(cores, entry);
	}
	return json_pack("{s:o}", "cores", cores);
}

int cmd_top(int argc, char **argv)
{
	struct top top = {.interval_ms = 1000};
	struct rings last[SOC_MAX_CORES] = {0};
	struct client_result result;
	int64_t before = 0;
	int signal_fd;
	bool live;

	amp_cli_parse(&argp, argc, argv, 0, &top);
	live = isatty(STDOUT_FILENO) && !amp_cli.json;
	if (!top.rounds && !live)
		top.rounds = 1;
	signal_fd = amp_client_catch_signals(0, NULL);
	for (unsigned long round = 0; !top.rounds || round < top.rounds; round++) {
		int64_t now;

		if (round && !wait_for_next(signal_fd, top.interval_ms))
			return AMP_EXIT_OK;
		if (amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), NULL, &result) != AMP_EXIT_OK)
			return amp_client_finish(&result);
		now = amp_cli_now_ms();
		if (live)
			fputs("\033[H\033[J", stdout);
		if (amp_cli.json)
			amp_cli_print_json(names_and_usage(result.answer));
		else
			show(result.answer, last, round ? (double)(now - before) / 1000 : 0);
		before = now;
		amp_client_release(&result);
		amp_output_flush();
	}
	return AMP_EXIT_OK;
}
