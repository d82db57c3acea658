// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/lab.h"

#define LINK_MS 6000 /* a firmware that says when it is ready has been judged by then: core_link.c */

/* ------------------------------------------------------------------ from the guest */

static void on_output(void *userdata, bool is_error, const uint8_t *data, size_t len)
{
	/* one packet holds AMP_AGENT_PAYLOAD_MAX; the agent's window bounds what can wait in the queue */
	amp_server_send(userdata, is_error ? 'E' : 'O', data, len);
}

/* Passes on what waits; then the client may send more. */
static void feed(struct client *client)
{
	if (!client->input)
		return;
	client->input_done += amp_agent_stdin(client->channel, client->input + client->input_done,
	                                      client->input_len - client->input_done);
	if (client->input_done < client->input_len)
		return;
	free(client->input);
	client->input = NULL;
	amp_server_pause(client, false);
}

static void on_window(void *userdata)
{
	feed(userdata);
}

static int link_answer(const struct core *core, char *error, size_t size)
{
	error[0] = '\0';
	if (core->phase != PHASE_RUNNING) {
		amp_text(error, size, "core %s has been started, and is %s%s%s", core->config->name,
		         amp_core_state_name(core), core->phase == PHASE_CRASHED ? ": " : "",
		         core->phase == PHASE_CRASHED ? core->wire.report_text : "");
		return AMP_EXIT_FAILED;
	}
	if (!amp_core_link_is_bad(core))
		return AMP_EXIT_OK;
	amp_text(error, size, "core %s runs, but %s", core->config->name, amp_core_link_text(core));
	return AMP_EXIT_TIMEOUT;
}

static bool answer_with_link(struct client *client, bool at_last)
{
	const struct core *core = amp_relay_core(client->lab, client->core_name);
	char error[256];
	int status;

	if (core->phase == PHASE_RUNNING && !core->link.settled && !at_last)
		return false;
	status = link_answer(core, error, sizeof(error));
	amp_server_answer(client, status, NULL, error);
	return true;
}

static void link_changed(struct client *client)
{
	answer_with_link(client, false);
}

static int on_link_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		answer_with_link(client, true);
	return 0;
}

/* Linux has started the core, and that it can be talked to is what was wanted. */
static void wait_for_link(struct client *client)
{
	static const struct client_ops ops = {.on_changed = link_changed};

	if (answer_with_link(client, false))
		return;
	client->ops = &ops;
	amp_server_limit(client, LINK_MS, on_link_limit);
}

static bool brings_a_link(const char *verb)
{
	return strcmp(verb, "start") == 0 || strcmp(verb, "restart") == 0 || strcmp(verb, "attach") == 0;
}

static void command_ended(void *userdata, int status)
{
	struct client *client = userdata;
	char error[128] = "";

	client->channel = NULL;
	if (status < 0) {
		amp_server_answer(client, client->verb ? AMP_EXIT_FAILED : AMP_EXIT_EXEC, NULL,
		                  "the connection to Linux's agent broke");
		return;
	}
	if (client->verb && status == AMP_EXIT_OK && brings_a_link(client->verb)) {
		wait_for_link(client);
		return;
	}
	if (client->verb && status != AMP_EXIT_OK) {
		if (status != AMP_EXIT_USAGE && status != AMP_EXIT_REFUSED)
			status = AMP_EXIT_FAILED;
		amp_text(error, sizeof(error), "Linux %s %s %score %s",
		         status == AMP_EXIT_REFUSED ? "refused to" : "could not", client->verb,
		         strcmp(client->verb, "attach") == 0   ? "to "
		         : strcmp(client->verb, "detach") == 0 ? "from "
		                                               : "",
		         client->core_name);
	}
	amp_server_answer(client, status, NULL, error);
}

static const struct agent_channel_ops channel_ops = {
	.on_output = on_output,
	.on_window = on_window,
	.on_exit = command_ended,
};

/* ------------------------------------------------------------------ from the client */

static void exec_input(struct client *client, const char *data, size_t len)
{
	size_t taken;

	if (!client->channel)
		return;
	if (len == 0) {
		amp_agent_stdin_end(client->channel);
		return;
	}
	taken = amp_agent_stdin(client->channel, data, len);
	if (taken == len)
		return;
	client->input = malloc(len - taken);
	if (!client->input) {
		amp_agent_stdin_end(client->channel);
		return;
	}
	memcpy(client->input, data + taken, len - taken);
	client->input_len = len - taken;
	client->input_done = 0;
	amp_server_pause(client, true);
}

static void exec_json(struct client *client, const json_t *object)
{
	const json_t *number = json_object_get(object, "signal");
	char answer[32];

	if (!client->channel || !json_is_integer(number) || json_integer_value(number) < 1 ||
	    json_integer_value(number) > 64)
		return;
	amp_agent_signal(client->channel, (uint32_t)json_integer_value(number));
	amp_text(answer, sizeof(answer), "{\"signal\":%d}", (int)json_integer_value(number));
	amp_server_send(client, 'J', answer, strlen(answer));
}

static void exec_sent(struct client *client, size_t bytes)
{
	if (client->channel)
		amp_agent_passed_on(client->channel, bytes);
}

static void exec_gone(struct client *client)
{
	if (client->channel)
		amp_agent_abandon(client->channel);
	client->channel = NULL;
}

static const struct client_ops exec_ops = {
	.on_input = exec_input,
	.on_json = exec_json,
	.on_sent = exec_sent,
	.on_gone = exec_gone,
};

static void run_in_linux(struct client *client, const char *argv, size_t len)
{
	int failed = client->verb ? AMP_EXIT_FAILED : AMP_EXIT_EXEC;

	client->channel = amp_agent_exec(&client->lab->agent, argv, len, client->verb != NULL, &channel_ops, client);
	if (client->channel)
		client->ops = &exec_ops;
	else if (!client->lab->agent.up)
		amp_server_answer(
			client, failed, NULL,
			"Linux's agent does not answer: it boots, or has crashed (see 'amprelay logs linux')");
	else
		amp_server_answer(client, failed, NULL, "too many commands run in Linux already, or end slowly");
}

/* ------------------------------------------------------------------ requests */

void amp_server_exec(struct client *client, struct core *core, const json_t *request)
{
	const json_t *list = json_object_get(request, "argv");
	static char argv[AMP_AGENT_PAYLOAD_MAX];
	size_t used = 0;

	(void)core;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		size_t len = json_string_length(item) + 1;

		if (!json_is_string(item) || len > sizeof(argv) - used) {
			amp_server_answer(client, AMP_EXIT_EXEC, NULL, "the command line is longer than 16 KiB");
			return;
		}
		memcpy(argv + used, json_string_value(item), len);
		used += len;
	}
	if (used == 0) {
		amp_server_answer(client, AMP_EXIT_EXEC, NULL, "there is no command to run");
		return;
	}
	run_in_linux(client, argv, used);
}

/* Has Linux do that to the client's core, and answers with what became of it. */
static void ask_linux(struct client *client, const char *verb)
{
	char argv[RPROC_ARGV_MAX];

	client->timer = sd_event_source_disable_unref(client->timer); /* it is Linux that is waited for now */
	run_in_linux(client, argv, amp_server_rproc_argv(client, verb, argv));
}

static void ask_linux_to_attach(struct client *client)
{
	ask_linux(client, "attach");
}

/* Linux owns the life cycle of its cores: it is asked by the program that people use there, too. */
void amp_server_life_cycle(struct client *client, struct core *core, const json_t *request)
{
	static const struct {
		const char *name;
		uint32_t needs;
	} verbs[] = {
		{"start", AMP_VERB_START | AMP_VERB_LOAD},
		{"stop", AMP_VERB_STOP},
		{"restart", AMP_VERBS_OF_OWNER},
		{"attach", 0},
		{"detach", 0},
		{"suspend", AMP_VERB_STOP},
		{"resume", AMP_VERB_STOP},
	};
	const char *verb = json_string_value(json_object_get(request, "cmd"));
	char error[256];
	size_t i = 0;

	while (strcmp(verb, verbs[i].name) != 0)
		i++;
	client->verb = verbs[i].name;
	client->then = ask_linux_to_attach;
	memcpy(client->core_name, core->config->name, sizeof(client->core_name));
	if (!amp_server_permits(client, core, verbs[i].needs))
		return;
	if (strcmp(client->verb, "start") == 0 &&
	    !amp_core_params_take(core, json_object_get(request, "params"), error, sizeof(error)))
		amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
	else if (!amp_server_host_life_cycle(client, core, request))
		ask_linux(client, client->verb);
}
