// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core sleeps, and goes on later with all that it knows. It is asked, so that nothing is in the middle of anything;
 * when it says that it touches nothing any more, its processor is stopped. Nothing is expected of it until it is awake
 * again, and what rings for it waits.
 */
#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

#define ANSWER_MS 1000 /* it takes microseconds, on a busy machine some ten milliseconds */

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata);

static void set_sleep(struct core *core, enum core_sleep sleep)
{
	bool waits = sleep == SLEEP_ASKED || sleep == SLEEP_WAKING;

	core->sleep = sleep;
	core->answer_limit = sd_event_source_disable_unref(core->answer_limit);
	if (waits)
		sd_event_add_time_relative(core->lab->loop, &core->answer_limit, CLOCK_MONOTONIC,
		                           ANSWER_MS * UINT64_C(1000), 1000, on_limit, core);
	core->wire.suspended = sleep == SLEEP_ASLEEP;
	amp_shm_write_power(&core->shm, &core->wire);
}

/* Another request may have come since; then that is what the next answer is for. */
static void answer(struct core *core, uint32_t status, const char *text)
{
	if (core->mailbox.op == AMP_REQ_SUSPEND || core->mailbox.op == AMP_REQ_RESUME)
		amp_core_answer(core, status, text);
}

static void record(struct core *core, const char *event)
{
	amp_record(&core->lab->record, event, core->config->name, "{s:I}", "epoch", (json_int_t)core->wire.epoch);
	amp_relay_changed(core->lab);
}

static void ring(struct core *core, uint8_t byte)
{
	amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, byte));
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	if (core->sleep == SLEEP_ASKED) {
		set_sleep(core, SLEEP_AWAKE);
		ring(core, AMP_DB_RESUME); /* should it only have been slow */
		if (!core->heartbeat.timer)
			amp_core_watch(core, core->on_crash);
		answer(core, AMP_ETIMEDOUT,
		       "the core was asked to sleep, and does not answer: does its firmware know how?");
		return 0;
	}
	core->on_crash(core, AMP_DETECTOR_HEARTBEAT, "it does not go on after it has been suspended");
	return 0;
}

uint32_t amp_core_suspend(struct core *core, char *error, size_t error_size)
{
	if (core->phase != PHASE_RUNNING || !core->ready || core->sleep != SLEEP_AWAKE || core->swap) {
		amp_text(error, error_size, "core %s is %s: only a core that runs can be suspended", core->config->name,
		         core->swap ? "being swapped" : amp_core_state_name(core));
		return AMP_EBUSY;
	}
	set_sleep(core, SLEEP_ASKED);
	ring(core, AMP_DB_SUSPEND);
	return AMP_OK;
}

uint32_t amp_core_resume(struct core *core, char *error, size_t error_size)
{
	if (core->sleep != SLEEP_ASLEEP) {
		amp_text(error, error_size, "core %s is %s: it is not suspended", core->config->name,
		         amp_core_state_name(core));
		return AMP_EBUSY;
	}
	set_sleep(core, SLEEP_WAKING);
	amp_qmp_command(&core->qmp, "cont", NULL, NULL, NULL);
	ring(core, AMP_DB_RESUME);
	return AMP_OK;
}

void amp_core_wake(struct core *core)
{
	char nobody[AMP_TEXT_LEN];

	if (core->sleep == SLEEP_ASLEEP)
		(void)amp_core_resume(core, nobody, sizeof(nobody));
}

static void on_stopped(void *userdata, const json_t *result)
{
	struct core *core = userdata;

	(void)result;
	if (core->sleep != SLEEP_ASKED)
		return;
	set_sleep(core, SLEEP_ASLEEP);
	record(core, "core.suspended");
	answer(core, AMP_OK, "");
}

void amp_core_on_suspended(struct core *core)
{
	if (amp_core_swap_suspended(core) || core->sleep != SLEEP_ASKED || core->phase != PHASE_RUNNING)
		return;
	amp_core_look_away(core);
	if (!amp_qmp_command(&core->qmp, "stop", NULL, on_stopped, core))
		on_stopped(core, NULL); /* it sleeps all the same, in its loop */
}

void amp_core_on_resumed(struct core *core)
{
	if (amp_core_swap_resumed(core) || core->sleep != SLEEP_WAKING || core->phase != PHASE_RUNNING)
		return;
	set_sleep(core, SLEEP_AWAKE);
	amp_core_watch(core, core->on_crash);
	record(core, "core.resumed");
	answer(core, AMP_OK, "");
}

void amp_core_sleep_end(struct core *core)
{
	bool waits = core->sleep == SLEEP_ASKED || core->sleep == SLEEP_WAKING;

	if (core->sleep == SLEEP_AWAKE)
		return;
	set_sleep(core, SLEEP_AWAKE);
	if (waits)
		answer(core, AMP_EIO, "the core has died meanwhile");
}
