// SPDX-License-Identifier: GPL-2.0-only
/* Faults on purpose: those that the firmware commits on request, and those from outside, whatever the firmware. */
#include <signal.h>
#include <string.h>

#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

#define STALL_MS 100 /* less than any sense waits */
#define LATE_MS  50
#define STORM    1000

/* Slow motion: of each turn the core stands still for most. */
#define SLOW_STILL_MS 20
#define SLOW_RUN_MS   5
#define SLOW_TURNS    40

void amp_core_fault_end(struct core *core)
{
	amp_core_fault_end_timer(core);
	amp_core_ring_fault_end(core);
	core->trouble.kind = NULL;
	core->bells.to_host_fault = core->bells.to_remote_fault = BELL_SOUND;
}

/* ------------------------------------------------------------------ its process and its processor */

static void kill_it(struct core *core)
{
	amp_child_kill(&core->process, SIGKILL);
}

static void abort_it(struct core *core)
{
	amp_child_kill(&core->process, SIGABRT);
}

static void ask_monitor(struct core *core, const char *command)
{
	if (!amp_qmp_command(&core->qmp, command, NULL, NULL, NULL))
		amp_core_warn(core, "QEMU's monitor takes no more commands");
}

static void quit(struct core *core)
{
	ask_monitor(core, "quit");
}

static void reset(struct core *core)
{
	ask_monitor(core, "system_reset");
}

static void halt(struct core *core)
{
	ask_monitor(core, "stop");
}

static void freeze(struct core *core)
{
	amp_child_kill(&core->process, SIGSTOP);
}

static int on_thaw(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	amp_child_kill(&core->process, SIGCONT);
	amp_core_fault_end_timer(core);
	amp_core_fault_look(core);
	return 0;
}

static void stall(struct core *core)
{
	freeze(core);
	amp_core_fault_later(core, STALL_MS, on_thaw);
}

static int on_turn(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;
	bool still = core->trouble.turns % 2 == 1;

	(void)source;
	(void)usec;
	amp_child_kill(&core->process, still ? SIGCONT : SIGSTOP);
	if (--core->trouble.turns > 0)
		amp_core_fault_later(core, still ? SLOW_RUN_MS : SLOW_STILL_MS, on_turn);
	else
		amp_core_fault_end_timer(core);
	amp_core_fault_look(core);
	return 0;
}

static void slow(struct core *core)
{
	core->trouble.turns = 2 * SLOW_TURNS - 1; /* odd: it stands still, and is let go; so it is at the last one */
	freeze(core);
	amp_core_fault_later(core, SLOW_STILL_MS, on_turn);
}

/* ------------------------------------------------------------------ doorbells */

/* What befalls the doorbells of one direction. */
struct bell_trouble {
	enum bell_fault next; /**< what happens to the next kick */
	int rings;            /**< how often it rings for nothing */
	bool late;            /**< it rings after a while */
};

static void ring(struct core *core, bool to_host)
{
	bool pending = false;

	for (uint32_t id = 0; id < core->config->notify_ids; id++) {
		if (to_host)
			amp_bells_ring_host(&core->bells, AMP_VECTOR_NOTIFY(id));
		else
			pending = amp_bells_ring_remote(&core->bells, (uint8_t)id);
	}
	if (!to_host)
		amp_core_uart_interest(core, pending);
}

static int on_late(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	amp_core_fault_end_timer(core);
	ring(core, core->trouble.to_host);
	amp_core_fault_look(core);
	return 0;
}

static void trouble_bells(struct core *core, bool to_host, const struct bell_trouble *trouble)
{
	if (trouble->next != BELL_SOUND)
		*(to_host ? &core->bells.to_host_fault : &core->bells.to_remote_fault) = trouble->next;
	for (int i = 0; i < trouble->rings; i++)
		ring(core, to_host);
	if (trouble->late) {
		core->trouble.to_host = to_host;
		amp_core_fault_later(core, LATE_MS, on_late);
	}
}

/* ------------------------------------------------------------------ the table */

enum outside {
#define OUTSIDE(number, id, ...) OUTSIDE_##id,
	AMP_FAULTS_FROM_OUTSIDE(OUTSIDE)
};

static const struct {
	void (*commit)(struct core *core); /**< NULL: it befalls doorbells */
	bool to_host;
	struct bell_trouble bells;
} outside[] = {
	[OUTSIDE_KILL] = {.commit = kill_it},
	[OUTSIDE_ABORT] = {.commit = abort_it},
	[OUTSIDE_QUIT] = {.commit = quit},
	[OUTSIDE_RESET] = {.commit = reset},
	[OUTSIDE_HALT] = {.commit = halt},
	[OUTSIDE_FREEZE] = {.commit = freeze},
	[OUTSIDE_STALL] = {.commit = stall},
	[OUTSIDE_SLOW] = {.commit = slow},
#define BELLS(CORE, HOST, ...) [CORE] = {NULL, false, {__VA_ARGS__}}, [HOST] = {NULL, true, {__VA_ARGS__}}
	BELLS(OUTSIDE_CORE_LOST, OUTSIDE_HOST_LOST, .next = BELL_LOSE),
	BELLS(OUTSIDE_CORE_DOUBLED, OUTSIDE_HOST_DOUBLED, .next = BELL_DOUBLE),
	BELLS(OUTSIDE_CORE_LATE, OUTSIDE_HOST_LATE, .next = BELL_LOSE, .late = true),
	BELLS(OUTSIDE_CORE_CROSSED, OUTSIDE_HOST_CROSSED, .next = BELL_CROSS),
	BELLS(OUTSIDE_CORE_SPURIOUS, OUTSIDE_HOST_SPURIOUS, .rings = 1),
	BELLS(OUTSIDE_CORE_STORM, OUTSIDE_HOST_STORM, .rings = STORM),
};

enum of_rings {
	NOT_OF_RINGS,
#define OF_RINGS(id, ...) OF_RINGS_##id,
	AMP_FAULTS_OF_RINGS(OF_RINGS)
};

const struct core_fault amp_core_faults[] = {
#define FROM_INSIDE(number, id, name, what, arm, ...)  {#name, AMP_FAULT_##id, 0, 0, AMP_DETECTOR_##arm},
#define FROM_OUTSIDE(number, id, name, what, arm, ...) {#name, AMP_FAULT_NONE, OUTSIDE_##id, 0, AMP_DETECTOR_##arm},
#define FROM_RINGS(id, name, ...)                      {#name, AMP_FAULT_NONE, 0, OF_RINGS_##id, AMP_DETECTOR_NONE},
	AMP_FAULTS(FROM_INSIDE) AMP_FAULTS_FROM_OUTSIDE(FROM_OUTSIDE) AMP_FAULTS_OF_RINGS(FROM_RINGS){0},
};

bool amp_core_commit(struct core *core, const struct core_fault *fault)
{
	if (core->phase != PHASE_RUNNING || core->sleep != SLEEP_AWAKE || core->swap)
		return false;
	amp_core_ring_fault_end(core);
	if (fault->detector != AMP_DETECTOR_NONE) {
		core->injected = fault->name;
		core->injected_at = now_ns();
	} else {
		core->trouble.kind = fault->name;
	}
	amp_record(&core->lab->record, "core.fault", core->config->name, "{s:s, s:b, s:I}", "kind", fault->name,
	           "injected", 1, "epoch", (json_int_t)core->wire.epoch);
	if (fault->ring) {
		core->trouble.ring = fault->ring;
		return true;
	}
	if (fault->request == AMP_FAULT_NONE) {
		if (outside[fault->outside].commit)
			outside[fault->outside].commit(core);
		else
			trouble_bells(core, outside[fault->outside].to_host, &outside[fault->outside].bells);
		amp_core_fault_look(core);
		return true;
	}
	core->wire.inject = fault->request;
	amp_shm_write_power(&core->shm, &core->wire);
	amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, AMP_DB_INJECT));
	return true;
}
