// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "debugger.h"
#include "lab.h"

#define STUB_QUEUE 65536
#define STEP_MS    10   /* a machine that has gone on for so long does not make a single step: the others follow */
#define ANSWER_MS  5000 /* of a QEMU that gets no processor time; it takes a millisecond */

/* ------------------------------------------------------------------ machines */

static struct qmp *monitor_of(const struct machine *machine)
{
	return machine->core ? &machine->core->qmp : &machine->debugger->lab->vm.qmp;
}

static const char *name_of(const struct machine *machine)
{
	return machine->core ? machine->core->config->name : "linux";
}

static bool has_power(const struct machine *machine)
{
	return machine->core ? machine->core->process.pid > 0 : amp_vm_runs(&machine->debugger->lab->vm);
}

static uint32_t index_of(const struct machine *machine)
{
	return (uint32_t)(machine - machine->debugger->machine);
}

static bool is_still(const struct machine *machine)
{
	return machine->debugger->clocks.clock[index_of(machine)].still;
}

/* Those are counted that are still the ones that were there at the beginning. */
static void count_clocks(struct debugger *debugger)
{
	for (uint32_t i = 0; i < debugger->machines; i++) {
		const struct machine *machine = &debugger->machine[i];

		debugger->clocks.clock[i].counted =
			has_power(machine) && (!machine->core || machine->core->wire.epoch == machine->life);
	}
}

static void on_run(void *userdata, bool runs, uint64_t us);

static void follow(struct machine *machine)
{
	struct qmp *monitor = monitor_of(machine);

	monitor->on_run = on_run;
	monitor->run_userdata = machine;
}

static void stop_others(struct debugger *debugger)
{
	for (uint32_t i = 0; i < debugger->machines; i++) {
		struct machine *machine = &debugger->machine[i];

		if (machine->core)
			amp_core_hold(machine->core);
		if (machine == debugger->target || machine->asked || !has_power(machine))
			continue;
		follow(machine); /* it may be another life of the core's */
		machine->asked = amp_qmp_command(monitor_of(machine), "stop", NULL, NULL, NULL);
	}
}

static void let_others_go(struct debugger *debugger)
{
	for (uint32_t i = 0; i < debugger->machines; i++) {
		struct machine *machine = &debugger->machine[i];

		if (machine->asked && has_power(machine))
			amp_qmp_command(monitor_of(machine), "cont", NULL, NULL, NULL);
		machine->asked = false;
	}
}

static void release_time(struct debugger *debugger)
{
	for (uint32_t i = 0; i < debugger->machines; i++) {
		if (debugger->machine[i].core)
			amp_core_release(debugger->machine[i].core);
	}
}

/* ------------------------------------------------------------------ the end */

static void disarm(struct debugger *debugger)
{
	debugger->timer = sd_event_source_disable_unref(debugger->timer);
}

static void arm(struct debugger *debugger, uint64_t us, sd_event_time_handler_t on_timer)
{
	disarm(debugger);
	sd_event_add_time_relative(debugger->lab->loop, &debugger->timer, CLOCK_MONOTONIC, us, 100, on_timer, debugger);
}

/* @param why  NULL: as it was asked for */
static void finish(struct debugger *debugger, const char *why)
{
	const struct debugger_ops *ops = debugger->ops;
	struct machine *target = debugger->target;
	void *user = debugger->user;
	uint64_t apart;

	count_clocks(debugger);
	apart = amp_clocks_apart(&debugger->clocks);
	disarm(debugger);
	let_others_go(debugger);
	release_time(debugger);
	amp_stream_close(&debugger->stub);
	for (uint32_t i = 0; i < debugger->machines; i++)
		monitor_of(&debugger->machine[i])->on_run = NULL;
	debugger->phase = DEBUGGER_NONE;
	debugger->user = NULL;
	amp_record(&debugger->lab->record, "debug.end", target->core ? name_of(target) : NULL,
	           "{s:s, s:I, s:I, s:f, s:s}", "of", name_of(target), "halts", (json_int_t)debugger->halts, "apart_us",
	           (json_int_t)apart, "still_ms", (double)debugger->clocks.clock[index_of(target)].us / 1000, "why",
	           why ? why : "the debugger has left");
	amp_log("%s: the debugger is gone (%s), after %u halts; clocks are %llu us apart", name_of(target),
	        why ? why : "it left", debugger->halts, (unsigned long long)apart);
	if (user)
		ops->on_end(user, why, apart);
}

/* ------------------------------------------------------------------ clocks that meet again */

static int on_overtaken(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct debugger *debugger = userdata;

	(void)source;
	(void)usec;
	disarm(debugger);
	if (debugger->aligned)
		amp_qmp_command(monitor_of(debugger->aligned), "cont", NULL, NULL, NULL);
	return 0;
}

static int on_no_answer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct debugger *debugger = userdata;

	(void)source;
	(void)usec;
	/* the target's QEMU may halt it yet, when it gets to what it was asked for: then this comes behind it */
	for (uint32_t i = 0; i < debugger->machines; i++) {
		const struct machine *machine = &debugger->machine[i];

		if ((is_still(machine) || machine == debugger->target) && has_power(machine))
			amp_qmp_command(monitor_of(machine), "cont", NULL, NULL, NULL);
	}
	finish(debugger, "QEMU does not answer");
	return 0;
}

/* The machine whose clock is furthest ahead stands still until the one that is furthest behind has caught up. */
static void align(struct debugger *debugger)
{
	int next;

	count_clocks(debugger);
	next = amp_clocks_next(&debugger->clocks);
	if (next == CLOCKS_WAIT)
		return; /* its QEMU tells when it has gone on */
	debugger->aligned = next == CLOCKS_NOW ? NULL : &debugger->machine[next];
	if (!debugger->aligned || !amp_qmp_command(monitor_of(debugger->aligned), "stop", NULL, NULL, NULL)) {
		finish(debugger, NULL);
		return;
	}
	arm(debugger, ANSWER_MS * UINT64_C(1000), on_no_answer);
}

static void hold_aligned(struct debugger *debugger)
{
	count_clocks(debugger);
	arm(debugger, amp_clocks_ahead(&debugger->clocks, index_of(debugger->aligned)), on_overtaken);
}

static void begin_aligning(struct debugger *debugger)
{
	arm(debugger, ANSWER_MS * UINT64_C(1000), on_no_answer);
	debugger->phase = DEBUGGER_ALIGNING;
	debugger->aligned = NULL;
	amp_clocks_align(&debugger->clocks);
	let_others_go(debugger);
	align(debugger);
}

/* ------------------------------------------------------------------ halt and go on */

static void record_time(const struct debugger *debugger, const char *event)
{
	const struct machine *target = debugger->target;

	amp_record(&debugger->lab->record, event, target->core ? name_of(target) : NULL, "{s:s}", "of",
	           name_of(target));
}

static int on_goes_on(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct debugger *debugger = userdata;

	(void)source;
	(void)usec;
	disarm(debugger);
	let_others_go(debugger);
	release_time(debugger);
	debugger->halted = false;
	record_time(debugger, "debug.go");
	return 0;
}

static void target_ran(struct debugger *debugger, bool runs)
{
	if (!runs) {
		if (debugger->phase == DEBUGGER_OPEN)
			disarm(debugger);
		stop_others(debugger);
		if (debugger->halted)
			return; /* after a step */
		debugger->halted = true;
		debugger->halts++;
		record_time(debugger, "debug.halt");
	} else if (debugger->phase == DEBUGGER_OPEN) {
		arm(debugger, STEP_MS * UINT64_C(1000), on_goes_on);
	}
}

static void on_run(void *userdata, bool runs, uint64_t us)
{
	struct machine *machine = userdata;
	struct debugger *debugger = machine->debugger;

	amp_clocks_tell(&debugger->clocks, index_of(machine), runs, us);
	if (debugger->phase == DEBUGGER_ALIGNING) {
		if (runs)
			align(debugger);
		else if (machine == debugger->aligned)
			hold_aligned(debugger);
	} else if (machine == debugger->target) {
		target_ran(debugger, runs);
	}
}

/* ------------------------------------------------------------------ leaving */

static void on_continued(void *userdata, const json_t *result)
{
	struct debugger *debugger = userdata;

	(void)result;
	if (debugger->phase == DEBUGGER_LEAVING)
		begin_aligning(debugger);
}

/* What the stub has said of the machine's state has been heard before this. */
static void on_closed(void *userdata, const json_t *result)
{
	struct debugger *debugger = userdata;

	if (debugger->phase != DEBUGGER_LEAVING)
		return;
	if (!is_still(debugger->target))
		on_continued(debugger, result);
	else
		amp_qmp_command(monitor_of(debugger->target), "cont", NULL, on_continued, debugger);
}

static void close_stub(struct debugger *debugger)
{
	amp_qmp_command(monitor_of(debugger->target), "human-monitor-command", "{\"command-line\":\"gdbserver none\"}",
	                on_closed, debugger);
}

/* In whatever state a debugger that vanished has left it: the end of a packet that it began, and then our "detach". */
static void on_stopped(void *userdata, const json_t *result)
{
	static const char detach[] = "#00+$D;1#b0";
	struct debugger *debugger = userdata;

	(void)result;
	if (debugger->phase == DEBUGGER_LEAVING)
		amp_stream_write(&debugger->stub, detach, strlen(detach));
}

void amp_debugger_leave(struct debugger *debugger)
{
	if (debugger->phase == DEBUGGER_OPENING)
		debugger->leave = true;
	if (debugger->phase != DEBUGGER_OPEN)
		return;
	debugger->phase = DEBUGGER_LEAVING;
	arm(debugger, ANSWER_MS * UINT64_C(1000), on_no_answer);
	stop_others(debugger);
	if (debugger->detached)
		close_stub(debugger);
	else
		amp_qmp_command(monitor_of(debugger->target), "stop", NULL, on_stopped, debugger);
}

void amp_debugger_forget(struct debugger *debugger)
{
	debugger->user = NULL;
	amp_debugger_leave(debugger);
}

static void on_stub(void *userdata, const uint8_t *data, size_t len)
{
	struct debugger *debugger = userdata;

	if (debugger->phase == DEBUGGER_OPEN && debugger->user)
		debugger->ops->on_data(debugger->user, data, len);
	else if (debugger->phase == DEBUGGER_LEAVING && !debugger->detached && memmem(data, len, "$OK#9a", 6)) {
		debugger->detached = true;
		close_stub(debugger);
	}
}

void amp_debugger_write(struct debugger *debugger, const char *data, size_t len)
{
	if (debugger->phase != DEBUGGER_OPEN)
		return;
	/* '$' begins a packet and is nowhere else; of the commands, 'D' alone detaches */
	for (size_t i = 0; i < len; i++) {
		debugger->detached |= debugger->before == '$' && data[i] == 'D';
		debugger->before = data[i];
	}
	if (!amp_stream_write(&debugger->stub, data, len))
		finish(debugger, "it sends more than QEMU takes");
}

/* ------------------------------------------------------------------ begin */

static void on_served(void *userdata, const json_t *result)
{
	struct debugger *debugger = userdata;

	if (debugger->phase != DEBUGGER_OPENING)
		return;
	if (!is_still(debugger->target)) {
		amp_log("%s: QEMU's debugger stub: %s", name_of(debugger->target),
		        json_is_string(result) ? json_string_value(result) : "refused");
		finish(debugger, "QEMU did not halt it: 'amprelay logs relay' says more");
		return;
	}
	disarm(debugger);
	debugger->phase = DEBUGGER_OPEN;
	if (debugger->user)
		debugger->ops->on_open(debugger->user);
	if (debugger->leave)
		amp_debugger_leave(debugger);
}

static void on_added(void *userdata, const json_t *result)
{
	struct debugger *debugger = userdata;
	char arguments[128];

	if (debugger->phase != DEBUGGER_OPENING)
		return;
	amp_text(arguments, sizeof(arguments), "{\"command-line\":\"gdbserver chardev:debugger%u\"}",
	         debugger->sessions);
	if (!result ||
	    !amp_qmp_command(monitor_of(debugger->target), "human-monitor-command", arguments, on_served, debugger))
		finish(debugger, "QEMU refuses the connection");
}

static void on_given(void *userdata, const json_t *result)
{
	struct debugger *debugger = userdata;
	char arguments[256];

	if (debugger->phase != DEBUGGER_OPENING)
		return;
	amp_text(arguments, sizeof(arguments),
	         "{\"id\":\"debugger%u\",\"backend\":{\"type\":\"socket\",\"data\":{\"server\":false,\"addr\":"
	         "{\"type\":\"fd\",\"data\":{\"str\":\"debugger\"}}}}}",
	         debugger->sessions);
	if (!result || !amp_qmp_command(monitor_of(debugger->target), "chardev-add", arguments, on_added, debugger))
		finish(debugger, "QEMU refuses the connection");
}

static bool connect_stub(struct debugger *debugger)
{
	static const struct stream_ops ops = {.on_data = on_stub};
	int ours, theirs;
	bool given;

	if (amp_stream_pair(&ours, &theirs) < 0)
		return false;
	given = amp_stream_open(&debugger->stub, debugger->lab->loop, ours, STUB_QUEUE, &ops, debugger) == 0 &&
	        amp_qmp_give(monitor_of(debugger->target), "debugger", theirs, on_given, debugger);
	close(theirs);
	if (!given)
		amp_stream_close(&debugger->stub);
	return given;
}

static void list_machines(struct debugger *debugger, const struct core *core)
{
	struct lab *lab = debugger->lab;

	debugger->machines = lab->soc.num_cores + 1;
	amp_clocks_begin(&debugger->clocks, debugger->machines);
	for (uint32_t i = 0; i < debugger->machines; i++) {
		struct machine *machine = &debugger->machine[i];

		*machine = (struct machine){.debugger = debugger};
		if (i < lab->soc.num_cores) {
			machine->core = &lab->core[i];
			machine->life = machine->core->wire.epoch;
		}
		if (machine->core == core)
			debugger->target = machine;
		if (has_power(machine))
			follow(machine);
	}
}

/* @return false, with `error` */
static bool can_be_debugged(const struct debugger *debugger, const struct core *core, char *error)
{
	error[0] = '\0';
	if (debugger->phase == DEBUGGER_OPENING || debugger->phase == DEBUGGER_OPEN)
		amp_text(error, DEBUGGER_TEXT,
		         "one debugger at a time: %s is being debugged already, and the lab stands still with it",
		         name_of(debugger->target));
	else if (debugger->phase != DEBUGGER_NONE)
		amp_text(error, DEBUGGER_TEXT, "the debugger of %s is just leaving: try again",
		         name_of(debugger->target));
	else if (debugger->lab->going_down)
		amp_text(error, DEBUGGER_TEXT, "the lab goes down");
	else if (core && core->phase != PHASE_RUNNING)
		amp_text(error, DEBUGGER_TEXT,
		         "core %s does not run; 'amprelay gdb %s --dump last' opens its last crash, if there was one",
		         core->config->name, core->config->name);
	return !error[0];
}

void amp_debugger_prepare(struct debugger *debugger, struct lab *lab)
{
	*debugger = (struct debugger){.lab = lab, .stub.fd = -1};
}

int amp_debugger_begin(struct debugger *debugger, struct core *core, const struct debugger_ops *ops, void *user,
                       char *error)
{
	if (!can_be_debugged(debugger, core, error))
		return AMP_EXIT_REFUSED;
	debugger->sessions++;
	debugger->halts = 0;
	debugger->leave = debugger->detached = debugger->halted = false;
	debugger->before = '\0';
	list_machines(debugger, core);
	if (!connect_stub(debugger)) {
		for (uint32_t i = 0; i < debugger->machines; i++)
			monitor_of(&debugger->machine[i])->on_run = NULL;
		amp_text(error, DEBUGGER_TEXT, "%s: its QEMU cannot be reached", name_of(debugger->target));
		return AMP_EXIT_FAILED;
	}
	debugger->ops = ops;
	debugger->user = user;
	debugger->phase = DEBUGGER_OPENING;
	arm(debugger, ANSWER_MS * UINT64_C(1000), on_no_answer);
	amp_record(&debugger->lab->record, "debug.begin", core ? core->config->name : NULL, "{s:s}", "of",
	           name_of(debugger->target));
	amp_log("%s: a debugger takes it; the lab stands still while it is halted", name_of(debugger->target));
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ from outside */

void amp_debugger_check(struct debugger *debugger)
{
	const struct core *core = debugger->phase == DEBUGGER_NONE ? NULL : debugger->target->core;
	char why[DEBUGGER_TEXT] = "";

	if (debugger->phase == DEBUGGER_NONE)
		return;
	if (debugger->lab->going_down)
		amp_text(why, sizeof(why), "the lab goes down");
	else if (core && (core->phase == PHASE_EXAMINING || core->phase == PHASE_CRASHED))
		amp_text(why, sizeof(why), "core %s crashed: 'amprelay gdb %s --dump last' opens what it left",
		         core->config->name, core->config->name);
	else if (core && core->phase != PHASE_RUNNING && core->phase != PHASE_STOPPING)
		amp_text(why, sizeof(why), "core %s was switched off", core->config->name);
	if (why[0])
		finish(debugger, why);
}

json_t *amp_debugger_status(const struct debugger *debugger)
{
	if (debugger->phase == DEBUGGER_NONE)
		return json_null();
	return json_pack("{s:s, s:b}", "of", name_of(debugger->target), "halted", (int)debugger->halted);
}

void amp_debugger_destroy(struct debugger *debugger)
{
	debugger->user = NULL;
	if (debugger->phase != DEBUGGER_NONE)
		finish(debugger, "the lab goes down");
}
