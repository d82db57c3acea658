// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's own UART. Its file goes on over the lives of the core, and so does whoever looks: what is typed while the
 * core is off is lost, as it is on a board.
 */
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

#define CONSOLE_QUEUE 4096 /* bytes that are typed ahead of the core */

static void on_said(void *userdata, const uint8_t *data, size_t len)
{
	struct core *core = userdata;

	amp_logfile_write(&core->console_file, data, len);
	amp_server_console(&core->lab->control, core, data, len);
}

static void on_drained(void *userdata)
{
	const struct core *core = userdata;

	amp_server_console_writable(&core->lab->control, core);
}

int amp_core_console_init(struct core *core)
{
	char stem[AMP_NAME_LEN + 16];

	if (!core->config->has_console)
		return 0;
	amp_text(stem, sizeof(stem), "%s.console", core->config->name);
	return amp_logfile_open(&core->console_file, core->lab->options->state_dir, stem, "log");
}

int amp_core_console_open(struct core *core, int fd)
{
	static const struct stream_ops ops = {.on_data = on_said, .on_drained = on_drained};

	return amp_stream_open(&core->console, core->lab->loop, fd, CONSOLE_QUEUE, &ops, core);
}

void amp_core_console_close(struct core *core)
{
	amp_stream_drain(&core->console); /* its last words */
	amp_stream_close(&core->console);
	amp_server_console_writable(&core->lab->control, core);
}
