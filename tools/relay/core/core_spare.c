// SPDX-License-Identifier: GPL-2.0-only
/*
 * The QEMU of the core's next life, which stands still until then: a process start is most of what a power-on takes. It
 * comes up while Linux boots, and when a life has well begun; if the core crashes before that, while Linux takes the
 * report. It has not run when it becomes the core's, so it is as good as a new one.
 */
#include <sys/wait.h>

#include "core.h"
#include "relay/lab.h"

#define SPARE_AFTER_MS 200 /* the machine has other work while Linux opens the link */

static bool has_private_image(const struct core *core)
{
	for (uint32_t i = 0; i < SOC_MAX_PRIVATE; i++) {
		if (core->loaded.private_fd[i] >= 0)
			return true;
	}
	return false;
}

void amp_core_spare_start(struct core *core)
{
	if (!core->spares || core->spare_pid || has_private_image(core))
		return;
	if (amp_core_spawn_other(core, core->ears, &core->spare) == 0)
		core->spare_pid = core->spare.process.pid;
	/* else the start itself will tell */
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	core->spare_timer = sd_event_source_disable_unref(core->spare_timer);
	amp_core_spare_start(core);
	return 0;
}

void amp_core_spare_later(struct core *core)
{
	core->spare_timer = sd_event_source_disable_unref(core->spare_timer);
	if (core->spares)
		sd_event_add_time_relative(core->lab->loop, &core->spare_timer, CLOCK_MONOTONIC,
		                           SPARE_AFTER_MS * UINT64_C(1000), 50000, on_time, core);
}

bool amp_core_spare_take(struct core *core)
{
	if (!core->spare_pid)
		return false;
	if (has_private_image(core)) { /* which QEMU is given at its own start */
		amp_child_kill(&core->spare.process, SIGKILL);
		return false;
	}
	core->spare_pid = 0;
	amp_core_exchange(core, &core->spare);
	amp_core_release_other(&core->spare);
	amp_bells_power_on(&core->bells, core->bells.uart);
	core->uart_wants_out = false;
	amp_qmp_command(&core->qmp, "cont", NULL, NULL, NULL); /* whether it comes up is seen as of any other */
	return true;
}

bool amp_core_spare_ended(struct core *core, const siginfo_t *info)
{
	if (!core->spare_pid || info->si_pid != core->spare_pid)
		return false;
	core->spare_pid = 0;
	amp_core_release_other(&core->spare);
	return true;
}

void amp_core_spare_drop(struct core *core)
{
	core->spare_timer = sd_event_source_disable_unref(core->spare_timer);
	if (!core->spare_pid)
		return;
	amp_core_release_other(&core->spare);
	kill(core->spare_pid, SIGKILL);
	waitpid(core->spare_pid, NULL, 0);
	core->spare_pid = 0;
}
