// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of Linux: its command for the life of a core; to reboot, or it is reset without being asked. */
#include <string.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/lab.h"

#define LIMIT_MS 60000 /* a busy machine boots Linux in ten seconds */

size_t amp_server_rproc_argv(const struct client *client, const char *verb, char argv[RPROC_ARGV_MAX])
{
	const char *const words[] = {"rproc", verb, client->core_name};
	size_t used = 0;

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i]) + 1;

		memcpy(argv + used, words[i], len);
		used += len;
	}
	return used;
}

static void changed(struct client *client)
{
	const struct lab *lab = client->lab;

	if (lab->vm.resets != client->wait_epoch && lab->agent.up)
		amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		amp_server_answer(
			client, AMP_EXIT_TIMEOUT, NULL,
			client->lab->vm.resets == client->wait_epoch
				? "Linux has been told to reboot, and does not: 'amprelay kill linux' resets it"
				: "Linux boots, and its agent did not answer in time");
	return 0;
}

static void command_ended(void *userdata, int status)
{
	(void)userdata;
	(void)status; /* what counts is whether it reboots */
}

/* @return why not, or NULL */
static const char *ask_to_reboot(struct lab *lab)
{
	static const struct agent_channel_ops ops = {.on_exit = command_ended};
	static const char argv[] = "/etc/restart";

	if (!lab->agent.up)
		return "Linux's agent does not answer, so that it cannot be asked to reboot: 'amprelay kill linux' "
		       "resets it";
	if (!amp_agent_exec(&lab->agent, argv, sizeof(argv), true, &ops, NULL))
		return "too many commands run in Linux already, or end slowly";
	return NULL;
}

void amp_server_reboot(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_changed = changed};
	struct lab *lab = client->lab;
	const char *error = NULL;

	(void)core;
	client->wait_epoch = lab->vm.resets;
	if (!json_is_true(json_object_get(request, "reset")))
		error = ask_to_reboot(lab);
	else if (!amp_qmp_command(&lab->vm.qmp, "system_reset", NULL, NULL, NULL))
		error = "the machine that Linux runs on cannot be reached";
	if (error) {
		amp_server_answer(client, AMP_EXIT_FAILED, NULL, error);
		return;
	}
	client->ops = &ops;
	amp_server_limit(client, LIMIT_MS, on_limit);
}
