// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "event_reader.h"
#include "table.h"
#include "terminal.h"

static const struct argp argp = {
	.doc = "Show what runs: Linux and its agent, each core with its state, lives, crashes and message counts.",
	.children = amp_cli_common,
};

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static bool failed_scripts(const json_t *share)
{
	bool failed = amp_event_string(share, "error")[0] != '\0';
	const json_t *script;
	size_t i;

	json_array_foreach (json_object_get(share, "scripts"), i, script)
		failed |= amp_event_integer(script, "exit", 0) != 0;
	return failed;
}

static void print_lab(const json_t *answer)
{
	const json_t *host = json_object_get(answer, "host"), *debugger = json_object_get(answer, "debugger");
	const char *release = amp_event_string(host, "release");
	const json_t *share = json_object_get(answer, "share");
	bool running = strcmp(amp_event_string(host, "state"), "running") == 0;

	amp_table_say("lab '%s' is %s for %.1f s (SoC %s, relay's process %d)", amp_event_string(answer, "lab"),
	              amp_event_string(answer, "state"), number(answer, "uptime_ms") / 1000,
	              amp_event_string(answer, "soc"), (int)number(answer, "pid"));
	printf("Linux%s%s is %s%s%s, its agent is %s\n", release[0] ? " " : "", release,
	       amp_cli_color(running ? COLOR_GOOD : COLOR_BAD), running ? "running" : "off", amp_cli_color(COLOR_END),
	       strcmp(amp_event_string(host, "agent"), "up") == 0 ? "up" : "down");
	if (json_is_object(debugger))
		amp_table_say("%s is in a debugger%s", amp_event_string(debugger, "of"),
		              json_is_true(json_object_get(debugger, "halted"))
		                      ? ", halted: the whole lab stands still with it"
		                      : "");
	if (json_is_object(share))
		amp_table_say("%s is shared%s%s", amp_event_string(share, "dir"),
		              json_is_true(json_object_get(share, "done")) ? "" : "; its scripts run",
		              failed_scripts(share) ? "; scripts of it failed: 'amprelay events' tells which" : "");
}

static void add_core(struct amp_table *table, const json_t *core)
{
	const json_t *bells = json_object_get(core, "doorbells");
	const char *state = amp_event_string(core, "state");
	char life[32], uptime[32] = "", crashes[32], recoveries[32], in[32], out[32];

	snprintf(life, sizeof(life), "%.0f", number(core, "epoch"));
	if (number(core, "uptime_ms") > 0)
		snprintf(uptime, sizeof(uptime), "%.1f s", number(core, "uptime_ms") / 1000);
	snprintf(crashes, sizeof(crashes), "%.0f", number(core, "crashes"));
	snprintf(recoveries, sizeof(recoveries), "%.0f", number(core, "recoveries"));
	snprintf(in, sizeof(in), "%" JSON_INTEGER_FORMAT, amp_event_sum(json_object_get(bells, "to_remote")));
	snprintf(out, sizeof(out), "%" JSON_INTEGER_FORMAT, amp_event_sum(json_object_get(bells, "to_host")));
	amp_table_add(table,
	              (const char *[]){amp_event_string(core, "name"), state, life, uptime, crashes, recoveries, in,
	                               out, amp_event_string(core, "firmware")},
	              amp_cli_color(strcmp(state, "crashed") == 0   ? COLOR_BAD
	                            : strcmp(state, "running") == 0 ? COLOR_GOOD
	                                                            : ""));
}

/* Linux is the host unless something is said. */
static void print_host(const json_t *core)
{
	const json_t *channels = json_object_get(core, "channels"), *channel;
	char names[1024];
	size_t used = 0;

	if (strcmp(amp_event_string(core, "owner"), "relay") == 0)
		amp_table_say("%s: owner=relay, which starts it before Linux and after a crash; Linux can only attach",
		              amp_event_string(core, "name"));
	if (strcmp(amp_event_string(core, "host"), "nobody") == 0)
		amp_table_say("%s: nobody is its host; 'amprelay attach %s' makes it Linux's",
		              amp_event_string(core, "name"), amp_event_string(core, "name"));
	if (strcmp(amp_event_string(core, "host"), "relay") != 0)
		return;
	for (size_t i = 0; i < json_array_size(channels) && used < sizeof(names); i++) {
		channel = json_array_get(channels, i);
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s %s", i ? "," : "",
		                         json_string_value(channel));
	}
	amp_table_say("%s: loader=relay, which is its host in place of Linux; channels:%s",
	              amp_event_string(core, "name"), used ? names : " none");
}

static void print_firmware(const json_t *core)
{
	const char *file = amp_event_string(core, "firmware_file"), *id = amp_event_string(core, "build_id");

	if (file[0] || id[0])
		amp_table_say("%s: %s%s%s", amp_event_string(core, "name"),
		              file[0] ? file : "firmware of an unknown file", id[0] ? ", build id " : "", id);
}

static void print_secure(const json_t *core)
{
	const json_t *secure = json_object_get(core, "secure");
	double accepted = number(secure, "accepted");

	if (!json_is_object(secure))
		return;
	amp_table_say("%s: takes firmware signed with key %s only (%s); version %.0f is the lowest",
	              amp_event_string(core, "name"), amp_event_string(secure, "key"), amp_event_string(secure, "file"),
	              accepted);
}

/* What is not as it should be. */
static void print_trouble(const json_t *core)
{
	const char *link = amp_event_string(core, "link");

	if (strcmp(link, "down") == 0 || strcmp(link, "lost") == 0 || strcmp(link, "silent") == 0)
		amp_table_say("%s: its RPMsg link is %s", amp_event_string(core, "name"), link);
	if (json_is_true(json_object_get(json_object_get(core, "doorbells"), "babbling")))
		amp_table_say("%s: it rings without end, and is heard less often for that",
		              amp_event_string(core, "name"));
}

static void print_cores(const json_t *cores)
{
	static const char *const columns[] = {"CORE",       "STATE",     ">LIFE",      ">UP FOR",  ">CRASHES",
	                                      ">RECOVERED", ">KICKS IN", ">KICKS OUT", "FIRMWARE", NULL};
	struct amp_table *table = amp_table_new(columns);
	const json_t *core;
	size_t i;

	json_array_foreach (cores, i, core)
		add_core(table, core);
	amp_table_print(table);
	json_array_foreach (cores, i, core)
		print_firmware(core);
	json_array_foreach (cores, i, core)
		print_secure(core);
	json_array_foreach (cores, i, core)
		print_host(core);
	json_array_foreach (cores, i, core)
		print_trouble(core);
	json_array_foreach (cores, i, core) {
		if (json_is_true(json_object_get(core, "flapping")))
			amp_table_say("%s: it dies at once, again and again: its starts wait, ever longer",
			              amp_event_string(core, "name"));
	}
	json_array_foreach (cores, i, core) {
		const json_t *crash = json_object_get(core, "last_crash");
		const char *where = amp_event_string(crash, "pc_sym");

		if (json_is_object(crash))
			amp_table_say("%s: last crash %.1f s ago in life %.0f, noticed by %s: %s%s%s",
			              amp_event_string(core, "name"), number(crash, "age_ms") / 1000,
			              number(crash, "epoch"), amp_event_string(crash, "detector"),
			              amp_event_string(crash, "text"), where[0] ? " in " : "", where);
	}
}

int cmd_status(int argc, char **argv)
{
	const struct client_io io = {.timeout_ms = 10000};
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, NULL);
	if (amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), &io, &result) != AMP_EXIT_OK)
		return amp_client_finish(&result);
	if (amp_cli.json) {
		char *text;

		json_object_del(result.answer, "done");
		json_object_del(result.answer, "exit");
		text = json_dumps(result.answer, JSON_INDENT(2));
		amp_terminal_puts(text ? text : "", stdout);
		putchar('\n');
		free(text);
	} else {
		print_lab(result.answer);
		print_cores(json_object_get(result.answer, "cores"));
	}
	return amp_client_finish(&result);
}
