// SPDX-License-Identifier: GPL-2.0-only
/*
 * One clock for the logs of all machines: each stamps its lines by its own, and is asked now and then what that says.
 * The answers go into the flight record, from which 'amprelay logs' reckons. Linux is asked through its first core.
 */
#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

#define PERIOD_MS 1000
#define IN_A_ROW  16    /* questions, each when the one before has been answered … */
#define AT_LEAST  3     /* … and so many at least, after time has stood still … */
#define GOOD_NS   20000 /* … or until the bounds are as narrow as this */

static void ask(struct clock_question *question)
{
	struct core *core = question->core;

	question->asked++;
	question->at = now_ns();
	if (question->of_linux) {
		amp_shm_ask_host_clock(&core->shm, question->asked);
		amp_bells_ring_host(&core->bells, AMP_VECTOR_CONTROL);
	} else {
		amp_shm_ask_clock(&core->shm, question->asked);
		amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, AMP_DB_ASK_CLOCK));
	}
}

static bool is_good(const struct clock_question *question)
{
	return question->offset.known && amp_offset_error(&question->offset) <= GOOD_NS;
}

static void ask_in_a_row(struct clock_question *question, uint32_t least)
{
	question->left = IN_A_ROW;
	question->least = least;
	ask(question);
}

static void record(struct clock_question *question)
{
	const struct core *core = question->core;
	const struct linux_vm *vm = &core->lab->vm;
	uint64_t error = amp_offset_error(&question->offset);
	bool is_linux = question->of_linux;

	/* a microsecond is not worth a record, nor is a little of much */
	if (question->told && error + question->told_error / 8 + NS_PER_US > question->told_error)
		return;
	question->told = true;
	question->told_error = error;
	amp_record(&core->lab->record, "clock.set", is_linux ? NULL : core->config->name,
	           "{s:s, s:I, s:I, s:I, s:I, s:I}", "of", is_linux ? "linux" : core->config->name, "epoch",
	           (json_int_t)(is_linux ? vm->resets + 1 : core->wire.epoch), "began",
	           (json_int_t)(is_linux ? vm->began : core->started), "from", (json_int_t)question->offset.from,
	           "offset", (json_int_t)amp_offset_ns(&question->offset), "error", (json_int_t)error);
}

static void take(struct clock_question *question, const struct amp_clock *answer, uint64_t heard)
{
	if (!question->at || answer->asked != question->asked)
		return;
	if (!amp_offset_take(&question->offset, question->at, answer->ns, heard)) {
		question->told = false;
		question->left = IN_A_ROW;
	}
	question->at = 0;
	if (question->least)
		question->least--;
	if (question->left && (question->least || !is_good(question))) {
		question->left--;
		ask(question);
	} else {
		record(question);
	}
}

static int on_period(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct clock_question *question = userdata;
	const struct core *core = question->core;

	(void)usec;
	if (!core->held_time.since && (question->of_linux ? question->offset.known : core->phase == PHASE_RUNNING))
		ask_in_a_row(question, question->doubted ? AT_LEAST : 0);
	question->doubted = false;
	sd_event_source_set_time_relative(source, PERIOD_MS * UINT64_C(1000));
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

/* It has said that it can be asked. */
static void begin(struct core *core, struct clock_question *question, bool of_linux)
{
	question->core = core;
	question->of_linux = of_linux;
	if (sd_event_add_time_relative(core->lab->loop, &question->timer, CLOCK_MONOTONIC, PERIOD_MS * UINT64_C(1000),
	                               0, on_period, question) >= 0)
		ask_in_a_row(question, 0);
}

static void end(struct clock_question *question)
{
	sd_event_source_disable_unref(question->timer);
	*question = (struct clock_question){.asked = question->asked};
}

void amp_core_clock_heard(struct core *core, uint64_t heard)
{
	struct amp_remote remote;

	if (core->phase != PHASE_RUNNING)
		return;
	amp_shm_read_remote(&core->shm, &remote);
	if (core->clock.timer)
		take(&core->clock, &remote.clock, heard);
	else
		begin(core, &core->clock, false);
}

void amp_core_clock_end(struct core *core)
{
	end(&core->clock);
}

void amp_linux_clock_heard(struct core *core, const struct amp_host *host, uint64_t heard)
{
	struct clock_question *question = &core->lab->vm.clock;

	if (core != &core->lab->core[0] || host->clock.ns == 0)
		return;
	if (question->timer)
		take(question, &host->clock, heard);
	else
		begin(core, question, true);
}

void amp_linux_clock_end(struct lab *lab)
{
	end(&lab->vm.clock);
}
