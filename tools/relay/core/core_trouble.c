// SPDX-License-Identifier: GPL-2.0-only
/* A fault on purpose that takes its time: what is to happen later, and that it is over. */
#include "core.h"
#include "relay/lab.h"

void amp_core_fault_end_timer(struct core *core)
{
	core->trouble.timer = sd_event_source_disable_unref(core->trouble.timer);
}

void amp_core_fault_look(struct core *core)
{
	if (core->trouble.kind && !core->trouble.timer && !core->trouble.ring && !core->bells.to_host_fault &&
	    !core->bells.to_remote_fault)
		amp_core_fault_over(core);
}

void amp_core_fault_over(struct core *core)
{
	amp_record(&core->lab->record, "core.fault_over", core->config->name, "{s:s, s:I}", "kind", core->trouble.kind,
	           "epoch", (json_int_t)core->wire.epoch);
	core->trouble.kind = NULL;
}

void amp_core_fault_later(struct core *core, uint64_t ms, sd_event_time_handler_t handler)
{
	amp_core_fault_end_timer(core);
	sd_event_add_time_relative(core->lab->loop, &core->trouble.timer, CLOCK_MONOTONIC, ms * 1000, 1000, handler,
	                           core);
}
