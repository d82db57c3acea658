// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "relay/lab.h"
#include "share.h"

/* A line of /etc/share in the guest: "STATUS NAME". The guest may write what it likes. */
static void take_line(struct share *share)
{
	char *name;
	long status;

	share->line[share->fill] = '\0';
	share->fill = 0;
	status = strtol(share->line, &name, 10);
	if (name == share->line || *name != ' ' || status < 0 || status > 255)
		return;
	if (share->fresh)
		share->scripts = 0;
	share->fresh = false;
	if (share->scripts == SHARE_SCRIPTS)
		return;
	amp_text_clean(share->script[share->scripts].name, SHARE_NAME, name + 1, strlen(name + 1));
	share->script[share->scripts].status = (int)status;
	amp_record(&share->lab->record, "host.script", NULL, "{s:s, s:I}", "name", share->script[share->scripts].name,
	           "exit", (json_int_t)status);
	amp_log("script %s ended with %ld", share->script[share->scripts].name, status);
	share->scripts++;
}

static void on_output(void *userdata, bool is_error, const uint8_t *data, size_t len)
{
	struct share *share = userdata;

	for (size_t i = 0; i < len; i++) {
		if (is_error)
			continue;
		if (data[i] == '\n')
			take_line(share);
		else if (share->fill < sizeof(share->line) - 1)
			share->line[share->fill++] = (char)data[i];
	}
	amp_agent_passed_on(share->channel, len);
}

static void on_exit_status(void *userdata, int status)
{
	struct share *share = userdata;

	share->channel = NULL;
	share->failure[0] = '\0';
	if (status != 0) {
		amp_text(share->failure, sizeof(share->failure),
		         status < 0    ? "Linux's agent went away"
		         : status == 9 ? "Linux cannot mount it: has its kernel 9p?"
		                       : "this guest image cannot run its scripts: it has no /etc/share");
		amp_log("the shared folder: %s", share->failure);
	}
	share->done = true;
	amp_relay_changed(share->lab);
}

static void on_agent_up(struct lab *lab)
{
	static const struct agent_channel_ops ops = {.on_output = on_output, .on_exit = on_exit_status};
	static const char argv[] = "/etc/share";
	struct share *share = &lab->share;

	if (!lab->options->share_dir || share->channel)
		return;
	share->done = false;
	share->fresh = true;
	share->fill = 0;
	share->channel = amp_agent_exec(&lab->agent, argv, sizeof(argv), true, &ops, share);
	if (!share->channel)
		on_exit_status(share, -1);
}

void amp_share_prepare(struct share *share, struct lab *lab)
{
	*share = (struct share){.lab = lab, .done = !lab->options->share_dir};
	lab->on_agent_up = on_agent_up;
}

json_t *amp_share_status(const struct lab *lab)
{
	const struct amp_relay_options *options = lab->options;
	const struct share *share = &lab->share;
	json_t *scripts;

	if (!options->share_dir)
		return json_null();
	scripts = json_array();
	for (uint32_t i = 0; i < share->scripts; i++)
		json_array_append_new(scripts, json_pack("{s:s, s:i}", "name", share->script[i].name, "exit",
		                                         share->script[i].status));
	return json_pack("{s:s, s:b, s:b, s:s, s:o}", "dir", options->share_dir, "writable",
	                 (int)options->share_writable, "done", (int)share->done, "error", share->failure, "scripts",
	                 scripts);
}
