// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/lab.h"

/* ------------------------------------------------------------------ cores and faults by name */

static void list_cores(const struct lab *lab, char *out, size_t size)
{
	out[0] = '\0';
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		size_t len = strlen(out);

		amp_text(out + len, size - len, "%s%s", i ? ", " : "", lab->soc.core[i].name);
	}
}

static struct core *find_core(struct client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "core"));
	struct core *core = name ? amp_relay_core(client->lab, name) : NULL;
	char clean[AMP_NAME_LEN], list[160], error[256];

	if (core)
		return core;
	list_cores(client->lab, list, sizeof(list));
	amp_text_clean(clean, sizeof(clean), name ? name : "", name ? strlen(name) : 0);
	amp_text(error, sizeof(error), "there is no core '%s'; this lab has: %s", clean, list);
	amp_server_answer(client, AMP_EXIT_USAGE, NULL, error);
	return NULL;
}

static void unknown_fault(struct client *client, const char *kind)
{
	char clean[24], error[1536];

	amp_text_clean(clean, sizeof(clean), kind, strlen(kind));
	amp_text(error, sizeof(error), "there is no fault '%s'; known are:", clean);
	for (const struct core_fault *f = amp_core_faults; f->name; f++) {
		size_t len = strlen(error);

		amp_text(error + len, sizeof(error) - len, "%s %s", f == amp_core_faults ? "" : ",", f->name);
	}
	amp_server_answer(client, AMP_EXIT_USAGE, NULL, error);
}

static void fault_changed(struct client *client)
{
	const struct core *core = client->wait_core;

	if (core->phase != PHASE_RUNNING || core->wire.epoch != client->wait_epoch)
		amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
}

static int on_fault_ignored(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;
	char error[160];

	(void)source;
	(void)usec;
	amp_text(error, sizeof(error), "core %s goes on as if nothing had happened: its firmware ignores the fault",
	         client->wait_core->config->name);
	if (!client->answered)
		amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL, error);
	return 0;
}

/* That the core was told says nothing: its firmware may not know about faults. So the end of its life is waited for. */
static void wait_for_fault(struct client *client, struct core *core)
{
	static const struct client_ops ops = {.on_changed = fault_changed};

	client->wait_core = core;
	client->wait_epoch = core->wire.epoch;
	client->ops = &ops;
	amp_server_limit(client, INJECTION_MS, on_fault_ignored);
}

static void command_fault(struct client *client, struct core *core, const json_t *request)
{
	const char *kind = json_string_value(json_object_get(request, "kind"));
	char error[128];

	for (const struct core_fault *f = amp_core_faults; f->name; f++) {
		if (!kind || strcmp(kind, f->name) != 0)
			continue;
		if (!amp_server_permits(client, core, AMP_VERB_DEBUG))
			return;
		amp_text(error, sizeof(error), "core %s is %s: only a running core can be broken", core->config->name,
		         core->swap ? "being swapped" : amp_core_state_name(core));
		if (!amp_core_commit(core, f))
			amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
		else if (f->detector == AMP_DETECTOR_NONE)
			amp_server_answer(client, AMP_EXIT_OK, NULL, NULL); /* there is no end to wait for */
		else
			wait_for_fault(client, core);
		return;
	}
	unknown_fault(client, kind ? kind : "");
}

/* ------------------------------------------------------------------ status, down */

static void command_status(struct client *client, struct core *core, const json_t *request)
{
	json_t *answer = json_object();

	(void)core;
	(void)request;
	amp_relay_status(client->lab, answer);
	amp_server_answer(client, AMP_EXIT_OK, answer, NULL);
}

static void command_down(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.awaits_end = true};

	(void)core;
	(void)request;
	client->ops = &ops;
	amp_relay_down(client->lab, AMP_EXIT_OK, "'amprelay down' asked for it");
}

/* ------------------------------------------------------------------ wait */

/* Those that it is about: one, or all. */
static bool concerns(const struct client *client, const struct core *core)
{
	return !client->wait_core || client->wait_core == core;
}

static bool all_running(const struct client *client)
{
	bool steady = strcmp(client->wait_for, "steady") == 0;
	struct lab *lab = client->lab;

	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		const struct core *core = &lab->core[i];

		if (concerns(client, core) && (core->phase != PHASE_RUNNING || (steady && core->quick_deaths)))
			return false;
	}
	return true;
}

static bool wait_is_over(const struct client *client)
{
	if (strcmp(client->wait_for, "scripts") == 0)
		return client->lab->share.done;
	return strcmp(client->wait_for, "agent") == 0 ? client->lab->agent.up : all_running(client);
}

static bool is_of_linux(const struct client *client)
{
	return strcmp(client->wait_for, "agent") == 0 || strcmp(client->wait_for, "scripts") == 0;
}

/* @return one that is not worth waiting for; NULL: none */
static const struct core *hopeless(const struct client *client)
{
	struct lab *lab = client->lab;

	for (uint32_t i = 0; !is_of_linux(client) && i < lab->soc.num_cores; i++) {
		if (concerns(client, &lab->core[i]) && amp_core_flaps(&lab->core[i]))
			return &lab->core[i];
	}
	return NULL;
}

static void wait_changed(struct client *client)
{
	const struct core *core = hopeless(client);
	char error[AMP_TEXT_LEN + 128];

	if (core) {
		amp_text(error, sizeof(error), "it has died %u times within a second of its start: %s",
		         core->quick_deaths, core->wire.report_text);
		amp_server_answer(client, AMP_EXIT_FAILED, NULL, error);
	} else if (wait_is_over(client)) {
		amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
	}
}

static int on_wait_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL,
		                  strcmp(client->wait_for, "agent") == 0 ? "Linux's agent did not answer in time"
		                  : strcmp(client->wait_for, "scripts") == 0
		                          ? "a script in the shared folder did not end in time"
		                          : "the core did not run in time");
	return 0;
}

static void command_wait(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_changed = wait_changed};
	const char *what = json_string_value(json_object_get(request, "for"));
	json_int_t timeout = json_integer_value(json_object_get(request, "timeout_ms"));

	if (what && strcmp(what, "agent") == 0)
		client->wait_for = "agent";
	else if (what && strcmp(what, "scripts") == 0)
		client->wait_for = "scripts";
	else if (what && strcmp(what, "running") == 0)
		client->wait_for = "running";
	else if (what && strcmp(what, "steady") == 0)
		client->wait_for = "steady";
	if (!client->wait_for || timeout < 1 || timeout > 86400000) {
		amp_server_answer(client, AMP_EXIT_USAGE, NULL,
		                  "wait: \"for\" must be \"agent\", \"scripts\", \"running\" or "
		                  "\"steady\", \"timeout_ms\" 1 to 86400000");
		return;
	}
	client->wait_core = core;
	wait_changed(client);
	if (client->answered)
		return;
	client->ops = &ops;
	amp_server_limit(client, (uint64_t)timeout, on_wait_timeout);
}

/* ------------------------------------------------------------------ the table */

enum names_core {
	NO_CORE,
	ONE_CORE,
	ANY_CORE
};

static const struct {
	const char *name;
	void (*run)(struct client *client, struct core *core, const json_t *request);
	enum names_core core; /* ANY_CORE: one; all, or Linux, if the request names none */
	bool brief;           /* answered at once, or so important that it may take a place that is kept */
} commands[] = {
	{"status", command_status, NO_CORE, true},          {"down", command_down, NO_CORE, true},
	{"fault", command_fault, ONE_CORE, true},           {"start", amp_server_life_cycle, ONE_CORE, true},
	{"stop", amp_server_life_cycle, ONE_CORE, true},    {"restart", amp_server_life_cycle, ONE_CORE, true},
	{"attach", amp_server_life_cycle, ONE_CORE, true},  {"detach", amp_server_life_cycle, ONE_CORE, true},
	{"suspend", amp_server_life_cycle, ONE_CORE, true}, {"resume", amp_server_life_cycle, ONE_CORE, true},
	{"reboot", amp_server_reboot, NO_CORE, true},       {"wait", command_wait, ANY_CORE, false},
	{"exec", amp_server_exec, NO_CORE, false},          {"console", amp_server_open_console, ANY_CORE, false},
	{"talk", amp_server_talk, ONE_CORE, false},         {"sniff", amp_server_sniff, ANY_CORE, false},
	{"debug", amp_server_debug, ANY_CORE, false},       {"swap", amp_server_swap, ONE_CORE, true},
};

static void run_command(size_t command, struct client *client, const json_t *request)
{
	enum names_core names = commands[command].core;
	struct core *core = NULL;

	if (names == ONE_CORE || (names == ANY_CORE && json_object_get(request, "core"))) {
		core = find_core(client, request);
		if (!core)
			return;
	}
	commands[command].run(client, core, request);
}

void amp_server_request(struct client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "cmd"));

	for (size_t i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		if (commands[i].brief ||
		    amp_server_may_last(client, commands[i].run == amp_server_exec ? AMP_EXIT_EXEC : AMP_EXIT_FAILED))
			run_command(i, client, request);
		return;
	}
	amp_server_answer(client, AMP_EXIT_USAGE, NULL, "the relay knows no such command; is it of another version?");
}
