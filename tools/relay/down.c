// SPDX-License-Identifier: GPL-2.0-only
/* The orderly end of a lab. */
#include "common/text.h"
#include "lab.h"
#include "relay/base/log.h"

#define DOWN_MS UINT64_C(2000) /* after that the last processes are killed rather than asked */

static int on_down_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct lab *lab = userdata;

	(void)source;
	(void)usec;
	amp_log("some processes do not end: killing them");
	amp_child_kill(&lab->vm.process, SIGKILL);
	for (uint32_t i = 0; i < lab->soc.num_cores; i++)
		amp_core_kill(&lab->core[i], "the lab goes down");
	return 0;
}

void amp_relay_down(struct lab *lab, int status, const char *reason)
{
	if (lab->going_down)
		return;
	lab->going_down = true;
	lab->exit_status = status;
	amp_text(lab->down_reason, sizeof(lab->down_reason), "%s", reason);
	amp_log("going down: %s", reason);
	for (uint32_t i = 0; i < lab->soc.num_cores; i++)
		amp_core_stop(&lab->core[i], "the lab goes down");
	amp_child_kill(&lab->vm.process, SIGTERM);
	sd_event_add_time_relative(lab->loop, &lab->down_deadline, CLOCK_MONOTONIC, DOWN_MS * 1000, 1000,
	                           on_down_deadline, lab);
	amp_relay_changed(lab);
}
