// SPDX-License-Identifier: GPL-2.0-only
/* Another firmware takes a core over: the file is loaded beside the core, then swapped in. */
#include <string.h>

#include "common/text.h"
#include "control_server.h"
#include "relay/host/hosting.h"
#include "relay/lab.h"

#define LIMIT_MS 20000 /* each step has a limit of its own, of a few seconds at most */

static void changed(struct client *client)
{
	const struct core *core = client->wait_core;
	const struct swap_outcome *outcome = &core->swapped;
	char error[sizeof(outcome->text) + 64];

	if (core->swap)
		return;
	if (outcome->exit == AMP_EXIT_OK) {
		amp_server_answer(client, AMP_EXIT_OK,
		                  json_pack("{s:I, s:f, s:s, s:s}", "epoch", (json_int_t)core->wire.epoch, "gap_ms",
		                            outcome->gap_ms, "firmware", core->image, "linux_loads",
		                            core->config->firmware),
		                  NULL);
		return;
	}
	amp_text(error, sizeof(error), "core %s runs the old firmware: %s", core->config->name, outcome->text);
	amp_server_answer(client, outcome->exit, json_pack("{s:f}", "gap_ms", outcome->gap_ms), error);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)usec;
	if (!client->answered)
		amp_server_answer(client, AMP_EXIT_TIMEOUT, NULL, "the swap does not end");
	return 0;
}

void amp_server_swap(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_changed = changed};
	const char *file = json_string_value(json_object_get(request, "file"));
	struct staged_image image;
	char error[512];
	int status;

	if (!file || file[0] != '/' || strlen(file) >= sizeof(image.path)) {
		amp_server_answer(client, AMP_EXIT_USAGE, NULL,
		                  "swap: \"file\" is the absolute name of a firmware file");
		return;
	}
	if (!amp_server_permits(client, core, AMP_VERB_LOAD))
		return;
	status = amp_hosting_stage(core, file, &image, error, sizeof(error));
	if (status == AMP_EXIT_OK)
		status = amp_core_swap(core, &image, error, sizeof(error));
	if (status != AMP_EXIT_OK) {
		amp_server_answer(client, status, NULL, error);
		return;
	}
	client->wait_core = core;
	client->ops = &ops;
	amp_server_limit(client, LIMIT_MS, on_limit);
}
