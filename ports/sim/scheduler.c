// SPDX-License-Identifier: BSD-3-Clause
/*
 * Steps, virtual time, and which side runs.
 *
 * A side runs until its next step. There the scheduler lets time pass, makes writes visible, delivers doorbells, lets
 * the test inject its faults, and then either goes on with the same side or switches to the other. When both sides
 * idle, time jumps to the next thing that will happen; when there is none, the simulation is at rest.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STEP_NS 100u
#define SPIN_NS 1000000u /* a turn of a busy-wait that can change nothing stands for so much time at most */

struct sim sim;

/* ------------------------------------------------------------------ chance */

/* splitmix64: any seed is as good as any other, neighbours too. */
static uint64_t random64(void)
{
	uint64_t z = sim.random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint32_t sim_random(uint32_t n)
{
	return (uint32_t)(((random64() >> 32) * n) >> 32);
}

bool sim_chance(uint32_t odds)
{
	return odds && sim_random(256) < odds;
}

/* ------------------------------------------------------------------ switching */

static struct side *other_side(const struct side *side)
{
	return &sim.side[side == &sim.side[SIM_HOST]];
}

static void enter(void)
{
	struct side *side = sim.self;

	coroutine_entered(&sim.caller);
	side->program.main(side->program.arg);
	sim_power_off(sim_self());
}

static bool runnable(struct side *side)
{
	if (side->state == SIDE_IDLE && (side->doorbells || side->woken || sim.now >= side->deadline)) {
		side->state = SIDE_READY;
		/* Taking an interrupt, and waking up, order what follows. */
		sim_memory_synchronise((enum sim_side_id)(side - sim.side));
	}
	return side->state == SIDE_READY;
}

static void switch_to_scheduler(void)
{
	struct side *from = sim.self;

	sim.self = NULL;
	coroutine_switch(&from->coroutine, &sim.caller);
}

/* Every side enters a coroutine through the scheduler, so that there is one place which knows who runs. */
static void resume(struct side *side)
{
	sim.self = side;
	coroutine_switch(&sim.caller, &side->coroutine);
}

static void interrupt(struct side *side)
{
	if (!side->interrupt_due || side->masked || !side->program.interrupt)
		return;
	side->interrupt_due = false;
	side->masked = 1;
	sim_memory_synchronise(sim_self());
	side->program.interrupt(side->program.arg);
	side->masked = 0;
}

void sim_point(void)
{
	struct side *self = sim.self;

	sim.step++;
	sim.now += STEP_NS;
	if (sim.step > sim.config.max_steps)
		sim_fail("no end in sight after %u steps: a livelock", sim.config.max_steps);
	sim_memory_tick();
	sim_doorbells_tick();
	if (sim.config.on_step)
		sim.config.on_step(sim.config.arg, sim.step);
	if (sim.failed || (runnable(other_side(self)) && sim_chance(sim.config.switch_odds)))
		switch_to_scheduler();
	if (self->interrupt_due && sim_chance(sim.config.interrupt_odds))
		interrupt(self);
}

/* However long a write may wait, it waits for steps, not for milliseconds. */
static void drain_all(void)
{
	enum sim_side_id id;

	for (id = SIM_HOST; id < SIM_SIDES; id++)
		sim_memory_drain(id);
}

/*
 * Turns of a busy-wait that can change nothing, because the other side sleeps or busy-waits too, would only cost steps:
 * time passes instead, up to the next thing that happens.
 */
static void pass_spin_time(const struct side *other)
{
	uint64_t until = sim.now + SPIN_NS, next = sim_doorbells_next();

	if (next < until)
		until = next;
	if (other->state == SIDE_IDLE && other->deadline < until)
		until = other->deadline;
	if (until > sim.now) {
		sim.now = until;
		drain_all();
	}
}

void sim_yield(void)
{
	struct side *self = sim.self, *other;

	if (!self)
		return;
	other = other_side(self);
	self->spinning = true;
	sim_point();
	if (!runnable(other) || other->spinning)
		pass_spin_time(other);
	if (runnable(other))
		switch_to_scheduler();
	self->spinning = false;
}

static void idle(uint64_t deadline_ns, bool routine)
{
	struct side *self = sim.self;

	interrupt(self);
	/* The core waits for as long as this side has nothing to do. An interrupt that was masked ends the wait
	 * untaken. */
	if (!self->doorbells && !self->woken && sim.now < deadline_ns) {
		self->deadline = deadline_ns;
		self->routine = routine;
		self->state = SIDE_IDLE;
		switch_to_scheduler();
	} else {
		sim_memory_synchronise(sim_self());
	}
	self->woken = false;
	interrupt(self);
	sim_point();
}

void sim_idle(uint64_t deadline_ns)
{
	idle(deadline_ns, false);
}

void sim_idle_tick(uint64_t deadline_ns)
{
	idle(deadline_ns, true);
}

void sim_arrived(struct side *side)
{
	side->interrupt_due = true;
}

/* ------------------------------------------------------------------ life of a side */

void sim_power_on(enum sim_side_id id, const struct sim_program *program)
{
	struct side *side = &sim.side[id];

	if (side->state != SIDE_OFF) {
		sim_fail("side %d was switched on twice", id);
		return;
	}
	side->program = *program;
	side->state = SIDE_READY;
	side->masked = 0;
	side->woken = false;
	side->spinning = false;
	side->interrupt_due = false;
	side->doorbells = 0;
	sim_memory_synchronise(id);
	coroutine_start(&side->coroutine, enter);
	sim_note("%s is switched on", side_name(id));
}

void sim_power_off(enum sim_side_id id)
{
	struct side *side = &sim.side[id];

	if (side->state == SIDE_OFF)
		return;
	sim_note("%s is switched off", side_name(id));
	side->state = SIDE_OFF;
	sim_memory_power_off(id);
	sim_doorbells_power_off(id);
	sim_alloc_power_off(id);
	if (sim.config.on_power_off)
		sim.config.on_power_off(sim.config.arg, id);
	if (sim.self == side)
		switch_to_scheduler();
}

bool sim_is_on(enum sim_side_id id)
{
	return sim.side[id].state != SIDE_OFF;
}

bool sim_running(enum sim_side_id id)
{
	return sim.self == &sim.side[id];
}

void sim_wake(enum sim_side_id id)
{
	sim.side[id].woken = true;
	if (&sim.side[id] != sim.self)
		sim_arrived(&sim.side[id]);
}

enum sim_side_id sim_self(void)
{
	return (enum sim_side_id)(sim.self - sim.side);
}

unsigned int sim_irq_save(void)
{
	unsigned int masked = sim.self ? sim.self->masked : 0;

	if (sim.self)
		sim.self->masked = 1;
	return masked;
}

void sim_irq_restore(unsigned int flags)
{
	if (!sim.self)
		return;
	sim.self->masked = flags;
	if (sim.self->interrupt_due && sim_chance(sim.config.interrupt_odds))
		interrupt(sim.self);
}

/* ------------------------------------------------------------------ the run */

void sim_begin(const struct sim_config *config)
{
	enum sim_side_id id;

	sim.self = NULL;
	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		sim.side[id].state = SIDE_OFF;
		sim.side[id].doorbells = 0;
		sim_alloc_power_off(id);
	}
	sim.config = *config;
	sim.random = config->seed;
	sim.step = 0;
	sim.now = 1000;
	sim.failed = false;
	sim.failure[0] = '\0';
	sim_trace_begin();
	sim_memory_begin();
	sim_doorbells_begin();
}

/* Both sides idle. False: nothing will happen any more. */
static bool let_time_pass(void)
{
	uint64_t next = sim_doorbells_next(), look = SIM_NEVER, *earliest;
	struct side *side;
	enum sim_side_id id;

	drain_all();
	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		side = &sim.side[id];
		earliest = side->routine ? &look : &next;
		if (side->state == SIDE_IDLE && side->deadline < *earliest)
			*earliest = side->deadline;
	}
	if (look < next && !(next == SIM_NEVER && sim.config.at_rest && sim.config.at_rest(sim.config.arg)))
		next = look;
	if (next == SIM_NEVER)
		return false;
	if (next > sim.now)
		sim.now = next;
	sim_doorbells_tick();
	return true;
}

static struct side *choose(void)
{
	struct side *host = &sim.side[SIM_HOST], *remote = &sim.side[SIM_REMOTE];
	bool host_runs = runnable(host), remote_runs = runnable(remote);

	if (host_runs && remote_runs)
		return sim_random(2) ? host : remote;
	return host_runs ? host : remote_runs ? remote : NULL;
}

void sim_run(struct sim_result *result)
{
	struct side *side;

	while (!sim.failed) {
		side = choose();
		if (side)
			resume(side);
		else if (!let_time_pass() && !sim.config.on_idle(sim.config.arg))
			break;
	}
	result->failed = sim.failed;
	result->steps = sim.step;
	memcpy(result->text, sim.failure, sizeof(result->text));
}

void sim_fail(const char *format, ...)
{
	va_list args;

	if (!sim.failed) {
		va_start(args, format);
		vsnprintf(sim.failure, sizeof(sim.failure), format, args);
		va_end(args);
		sim.failed = true;
		sim_note("FAILURE: %s", sim.failure);
	}
	if (sim.self)
		switch_to_scheduler();
}

uint64_t sim_step(void)
{
	return sim.step;
}

uint64_t sim_now(void)
{
	return sim.now;
}
