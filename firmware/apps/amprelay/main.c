// SPDX-License-Identifier: BSD-3-Clause
/* The main loop: sleep, see what has rung, serve it, feed the watchdog. */
#include "app.h"
#include "board.h"
#include "chatter.h"
#include "console.h"
#include "control.h"
#include "fault_names.h"
#include "format.h"
#include "inject.h"
#include "journal.h"
#include "load.h"
#include "params.h"
#include "services.h"
#include "trace.h"

#include <metal/log.h>
#include <metal/sys.h>

/* The library's messages go to the trace buffer, like ours. */
static void log_to_trace(enum metal_log_level level, const char *format, ...)
{
	va_list args;

	(void)level;
	va_start(args, format);
	amp_vtrace(format, args);
	va_end(args);
}

static void start(void)
{
	const struct metal_init_params params = {.log_handler = log_to_trace, .log_level = METAL_LOG_INFO};
	bool taken_over;

	amp_trace_start();
	amp_clock_start();
	amp_control_set_build_id();
	amp_doorbell_start();
	amp_watchdog_start();
	amp_trace("%s: amprelay firmware " AMP_FIRMWARE_VERSION ", life %u\n", amp_control_core_name(),
	          (unsigned)amp_remote_block->epoch);
	console_start(amp_remote_block->epoch);
	metal_init(&params);
	params_start();
	app_link_start();
	taken_over = app_take_over();

	amp_control_set_state(AMP_REMOTE_RUNNING, 0);
	amp_doorbell_ring(AMP_DB_READY);
	if (taken_over)
		amp_doorbell_ring(AMP_DB_RESUMED);
}

/* Touches nothing until the relay says RESUME, if it ever does. What rings meanwhile is kept. */
static void sleep_until_resumed(struct amp_doorbell_events *events)
{
	struct amp_doorbell_events more;

	amp_trace("suspended\n");
	amp_watchdog_stop();
	amp_control_set_state(AMP_REMOTE_SUSPENDED, 0);
	amp_doorbell_ring(AMP_DB_SUSPENDED);
	while (!(events->control & AMP_EVENT_RESUME)) {
		amp_cpu_idle();
		more = amp_doorbell_take();
		events->notify |= more.notify;
		events->control |= more.control;
	}
	events->control &= ~(AMP_EVENT_RESUME | AMP_EVENT_SUSPEND);
	amp_watchdog_start();
	amp_control_set_state(AMP_REMOTE_RUNNING, 0);
	amp_trace("resumed\n");
	amp_doorbell_ring(AMP_DB_RESUMED);
}

/*
 * The next firmware is to take over, or the relay has called that off. Until all messages are out of the services'
 * hands, this goes on turn by turn; then it sleeps, for good unless the next one does not come up.
 */
static void hand_over(struct amp_doorbell_events *events)
{
	static bool asked;

	if (events->control & AMP_EVENT_HANDOVER)
		asked = true;
	if (asked && events->control & AMP_EVENT_RESUME)
		asked = false;
	else if (!asked || !app_hand_over())
		return;
	else
		sleep_until_resumed(events);
	asked = false;
	app_hand_over_end();
}

static _Noreturn void shut_down(void)
{
	amp_trace("shutting down\n");
	app_link_stop();
	amp_watchdog_stop();
	amp_control_set_state(AMP_REMOTE_STOPPED, 0);
	amp_interrupts_off();
	amp_doorbell_put(AMP_DB_STOPPED);
	amp_cpu_park();
}

/* The relay asks for a fault. It may change the number at any time, so read it once. */
static void inject(void)
{
	uint32_t fault = amp_relay_block->inject;

	if (amp_fault_name(fault))
		app_crash_later(fault);
	else
		amp_trace("inject: there is no fault %u\n", (unsigned)fault);
}

static void commit_fault(void)
{
	uint32_t fault = app_fault_to_commit();

	if (fault == AMP_FAULT_NONE)
		return;
	amp_trace("committing fault '%s'\n", amp_fault_name(fault));
	amp_inject(fault);
}

int main(void)
{
	const uint64_t window = (uint64_t)SOC_CLOCK_HZ / 1000 * AMP_LOAD_WINDOW_MS;
	struct amp_load load = {0};

	start();
	for (;;) {
		struct amp_doorbell_events events = amp_doorbell_take();
		uint32_t slept = 0;

		hand_over(&events);
		if (events.control & AMP_EVENT_SUSPEND)
			sleep_until_resumed(&events);
		if (events.notify) {
			app_stats.doorbells++;
			app_link_notified(events.notify);
		}
		app_stats.unknown_doorbells = events.unknown;
		if (events.control & AMP_EVENT_SHUTDOWN)
			shut_down();
		if (events.control & AMP_EVENT_INJECT)
			inject();
		if (events.control & AMP_EVENT_CONSOLE)
			console_turn();
		if (events.control & AMP_EVENT_JOURNAL)
			amp_journal_turn();
		app_link_check();
		services_turn(amp_clock_ms());
		commit_fault();
		amp_watchdog_feed();
		if (!chatter_turn() && !app_link_more())
			slept = amp_cpu_idle();
		if (amp_load_turn(&load, amp_clock_cycles(), slept, window)) {
			app_set_load(load.permille);
			amp_control_set_usage(load.permille);
		}
	}
}
