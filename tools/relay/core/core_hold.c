// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time that stands still. While a debugger holds the lab, no machine of it gets any time: what the relay waits for from
 * them is not late, and what it had to do later is to be done as much later.
 */
#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

static sd_event_source *timer_of(const struct core *core, int i)
{
	sd_event_source *const timers[CORE_TIMERS] = {
		core->deadline,        core->lasted,         core->link.limit, core->report.timer, core->trouble.timer,
		core->heartbeat.timer, core->watchdog.timer, core->turn,       core->answer_limit,
	};

	return timers[i];
}

void amp_core_hold(struct core *core)
{
	struct held_time *held = &core->held_time;

	if (held->since)
		return;
	held->since = now_ns();
	for (int i = 0; i < CORE_TIMERS; i++) {
		sd_event_source *source = timer_of(core, i);
		uint64_t at, now = held->since / NS_PER_US;

		if (!source || sd_event_source_get_enabled(source, NULL) <= 0 ||
		    sd_event_source_get_time(source, &at) < 0)
			continue;
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		held->timer[i].source = sd_event_source_ref(source);
		held->timer[i].left = at > now ? at - now : 0;
	}
}

/* It is asked for at once. */
static void doubt(struct clock_question *clock)
{
	clock->doubted = true;
	if (clock->timer)
		sd_event_source_set_time_relative(clock->timer, 0);
}

void amp_core_release(struct core *core)
{
	struct held_time *held = &core->held_time;
	uint64_t now = now_ns(), ns = now - held->since;
	struct sense *const senses[] = {&core->heartbeat, &core->watchdog};

	if (!held->since)
		return;
	for (int i = 0; i < CORE_TIMERS; i++) {
		sd_event_source *source = held->timer[i].source;

		/* what was given up meanwhile stays so; what was begun meanwhile has its own time */
		if (source && source == timer_of(core, i)) {
			sd_event_source_set_time(source, now / NS_PER_US + held->timer[i].left);
			sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
			for (size_t k = 0; k < 2; k++) {
				if (senses[k]->timer == source)
					amp_heartbeat_shift(&senses[k]->beat, ns);
			}
		}
		sd_event_source_unref(source);
	}
	*held = (struct held_time){0};
	doubt(&core->clock);
	if (core->lab->vm.clock.core == core)
		doubt(&core->lab->vm.clock);
}
