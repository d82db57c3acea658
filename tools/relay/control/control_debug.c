// SPDX-License-Identifier: GPL-2.0-only
/* A debugger's connection: "debug" of common/control.h. */
#include <string.h>

#include "control_server.h"
#include "relay/lab.h"

static void on_open(void *user)
{
	static const char open[] = "{\"progress\":\"open\"}";

	amp_server_send(user, 'J', open, strlen(open));
	amp_server_pause(user, false);
}

static void on_data(void *user, const uint8_t *data, size_t len)
{
	amp_server_send(user, 'O', data, len);
}

static void on_end(void *user, const char *why, uint64_t apart_us)
{
	amp_server_answer(user, why ? AMP_EXIT_FAILED : AMP_EXIT_OK,
	                  json_pack("{s:I}", "apart_us", (json_int_t)apart_us), why);
}

static void on_input(struct client *client, const char *data, size_t len)
{
	if (len)
		amp_debugger_write(&client->lab->debugger, data, len);
	else
		amp_debugger_leave(&client->lab->debugger);
}

static void on_gone(struct client *client)
{
	if (client->lab->debugger.user == client)
		amp_debugger_forget(&client->lab->debugger);
}

void amp_server_debug(struct client *client, struct core *core, const json_t *request)
{
	static const struct debugger_ops debugger_ops = {.on_open = on_open, .on_data = on_data, .on_end = on_end};
	static const struct client_ops ops = {.on_input = on_input, .on_gone = on_gone};
	char error[DEBUGGER_TEXT];
	int status;

	(void)request;
	if (core && !amp_server_permits(client, core, AMP_VERB_DEBUG))
		return;
	status = amp_debugger_begin(&client->lab->debugger, core, &debugger_ops, client, error);
	if (status != AMP_EXIT_OK) {
		amp_server_answer(client, status, NULL, error);
		return;
	}
	client->ops = &ops;
	amp_server_pause(client, true);
}
