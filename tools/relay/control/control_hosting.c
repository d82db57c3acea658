// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of the relay as the host of a core, or as its owner: start, stop, talk. */
#include <string.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/host/hosting.h"
#include "relay/host/owner.h"
#include "relay/lab.h"

#define READY_MS  10000
#define STOP_MS   10000 /* the core has milliseconds to shut down; its emulator cannot refuse to be killed */
#define ANSWER_MS 5000
#define TALK_MAX  4096 /* bytes of an answer that are shown; more than any buffer of a core holds */

static struct core *core_of(const struct client *client)
{
	return amp_relay_core(client->lab, client->core_name);
}

/* ------------------------------------------------------------------ start */

static void start_changed(struct client *client)
{
	const struct core *core = core_of(client);
	char error[sizeof(core->outcome_text) + 64];

	if (core->phase == PHASE_RUNNING && core->ready) {
		if (core->owner && client->lab->agent.up)
			client->then(client);
		else
			amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
	} else if (core->phase == PHASE_OFF || core->phase == PHASE_CRASHED) {
		amp_text(error, sizeof(error), "core %s did not start: %s", core->config->name,
		         core->phase == PHASE_CRASHED ? core->wire.report_text
		         : core->outcome_text[0]      ? core->outcome_text
		                                      : "it has been stopped");
		amp_server_answer(client, AMP_EXIT_FAILED, NULL, error);
	}
}

static int on_not_ready(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL,
		                  "the core runs, but its firmware has not said within 10 s that it is ready");
	return 0;
}

static void start(struct client *client, struct core *core)
{
	static const struct client_ops ops = {.on_changed = start_changed};
	char error[512];
	int status = core->owner ? amp_owner_start(core, error, sizeof(error))
	                         : amp_hosting_start(core, error, sizeof(error));

	if (status != AMP_EXIT_OK) {
		amp_server_answer(client, status, NULL, error);
		return;
	}
	client->ops = &ops;
	amp_server_limit(client, READY_MS, on_not_ready);
	start_changed(client); /* QEMU may have refused already */
}

/* ------------------------------------------------------------------ stop */

static void stop_changed(struct client *client)
{
	struct core *core = core_of(client);

	if (core->phase != PHASE_OFF)
		return;
	if (strcmp(client->verb, "restart") == 0)
		start(client, core);
	else
		amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
}

static int on_not_off(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL, "the core's process has not ended within 10 s");
	return 0;
}

static void stop(struct client *client, struct core *core)
{
	static const struct client_ops ops = {.on_changed = stop_changed};

	client->ops = &ops;
	amp_server_limit(client, STOP_MS, on_not_off);
	if (core->owner)
		amp_owner_stop(core, "'amprelay' asked for it");
	else
		amp_hosting_stop(core, "'amprelay stop' asked for it");
	if (core->owner && !client->answered)
		stop_changed(client); /* it may have been off */
}

static void linux_has_let_go(void *userdata, int status)
{
	struct client *client = userdata;

	(void)status; /* it is stopped in any case */
	client->channel = NULL;
	stop(client, core_of(client));
}

static void nobody_waits(struct client *client)
{
	if (client->channel)
		amp_agent_abandon(client->channel);
	client->channel = NULL;
}

/* Linux lets go of the core first: to it that is no crash. One that does not answer has lost it. */
static void stop_own(struct client *client, struct core *core)
{
	static const struct agent_channel_ops channel_ops = {.on_exit = linux_has_let_go};
	static const struct client_ops ops = {.on_gone = nobody_waits};
	char argv[RPROC_ARGV_MAX];

	client->ops = &ops;
	if (core->wire.host == AMP_CORE_HOST_DRIVER)
		client->channel =
			amp_agent_exec(&client->lab->agent, argv, amp_server_rproc_argv(client, "detach", argv), true,
		                       &channel_ops, client);
	if (!client->channel)
		stop(client, core);
}

/* @return false: it is Linux's affair to attach and detach */
static bool own_life_cycle(struct client *client, struct core *core)
{
	if (strcmp(client->verb, "start") == 0)
		start(client, core);
	else if (strcmp(client->verb, "stop") == 0 || strcmp(client->verb, "restart") == 0)
		stop_own(client, core);
	else
		return false;
	return true;
}

bool amp_server_host_life_cycle(struct client *client, struct core *core, const json_t *request)
{
	const char *loader = json_string_value(json_object_get(request, "loader"));
	char error[192];
	bool by_relay;

	if (loader && strcmp(loader, "linux") != 0 && strcmp(loader, "relay") != 0) {
		amp_server_answer(client, AMP_EXIT_USAGE, NULL, "the loader is 'linux' or 'relay'");
		return true;
	}
	by_relay = loader && strcmp(client->verb, "start") == 0 && strcmp(loader, "relay") == 0;
	if (core->owner && by_relay) {
		amp_text(error, sizeof(error),
		         "core %s is the relay's own, and Linux its host: 'amprelay start %s' starts it for Linux",
		         core->config->name, core->config->name);
		amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
		return true;
	}
	if (core->owner)
		return own_life_cycle(client, core);
	if (by_relay) {
		start(client, core);
		return true;
	}
	if (!core->hosting)
		return false;
	if (strcmp(client->verb, "stop") == 0) {
		stop(client, core);
		return true;
	}
	amp_text(error, sizeof(error),
	         "core %s is %s, and the relay is its host: 'amprelay stop %s' gives it back to Linux",
	         core->config->name, amp_core_state_name(core), core->config->name);
	amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
	return true;
}

/* ------------------------------------------------------------------ talk */

/* For JSON and terminals: printable ASCII, and line ends. */
static void clean_answer(char *out, const unsigned char *answer, size_t len)
{
	size_t n = len < TALK_MAX ? len : TALK_MAX;

	for (size_t i = 0; i < n; i++) {
		unsigned char byte = ((const volatile unsigned char *)answer)[i];

		out[i] = (char)((byte >= ' ' && byte <= '~') || byte == '\n' ? byte : '?');
	}
	out[n] = '\0';
}

static void talk_done(void *userdata, const char *error, const void *answer, size_t len)
{
	static char text[TALK_MAX + 1];
	struct client *client = userdata;

	client->talk = NULL;
	if (error) {
		amp_server_answer(client, AMP_EXIT_FAILED, NULL, error);
		return;
	}
	clean_answer(text, answer, len);
	amp_server_answer(client, AMP_EXIT_OK, json_pack("{s:s}", "text", text), NULL);
}

static void talk_gone(struct client *client)
{
	if (client->talk)
		amp_hosting_talk_end(client->talk);
	client->talk = NULL;
}

static int on_no_answer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (client->answered)
		return 0;
	talk_gone(client);
	amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL,
	                  "no answer within 5 s; 'amprelay status' lists the channels that the core has announced");
	return 0;
}

void amp_server_talk(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_gone = talk_gone};
	const char *channel = json_string_value(json_object_get(request, "channel"));
	const json_t *text = json_object_get(request, "text");
	char error[192];

	if (!channel || !channel[0] || strlen(channel) >= RPMSG_NAME_SIZE || json_string_length(text) == 0 ||
	    json_string_length(text) > TALK_MAX) {
		amp_server_answer(client, AMP_EXIT_USAGE, NULL,
		                  "talk: a channel's name has 1 to 31 bytes, a message 1 to 4096");
		return;
	}
	if (!core->hosting) {
		amp_text(error, sizeof(error),
		         "the relay is not the host of core %s: start it with 'amprelay start %s "
		         "--loader relay'; what Linux hosts, Linux talks to",
		         core->config->name, core->config->name);
		amp_server_answer(client, AMP_EXIT_REFUSED, NULL, error);
		return;
	}
	client->talk =
		amp_hosting_talk(core, channel, json_string_value(text), json_string_length(text), talk_done, client);
	if (!client->talk)
		return; /* answered */
	client->ops = &ops;
	amp_server_limit(client, ANSWER_MS, on_no_answer);
}
