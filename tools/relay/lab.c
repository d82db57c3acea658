// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lab.h"

static bool everything_is_off(const struct lab *lab)
{
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		if (lab->core[i].phase != PHASE_OFF)
			return false;
	}
	return !amp_vm_runs(&lab->vm);
}

void amp_relay_changed(struct lab *lab)
{
	amp_debugger_check(&lab->debugger);
	amp_server_changed(&lab->control);
	if (lab->going_down && everything_is_off(lab))
		sd_event_exit(lab->loop, 0);
}

struct core *amp_relay_core(struct lab *lab, const char *name)
{
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		if (strcmp(lab->soc.core[i].name, name) == 0)
			return &lab->core[i];
	}
	return NULL;
}
