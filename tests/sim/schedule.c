// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a seed to a schedule, with a generator of its own: what is drawn here does not depend on what happens in
 * the run.
 */
#include "schedule.h"

#include <stdio.h>
#include <string.h>

const char *const class_names[CLASSES] = {"order", "doorbell", "restart", "hostile", "slow", "every"};

static uint64_t state;

static uint32_t draw(uint32_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(((z ^ (z >> 31)) >> 32) * n >> 32);
}

/* One of several values: most of what is rare shows only at some rate of the rest. */
#define PICK(...) ((const uint32_t[]){__VA_ARGS__})[draw(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))]

static void add_fault(struct schedule *schedule, uint64_t step, enum fault kind)
{
	uint32_t i = schedule->num_faults++;

	for (; i > 0 && schedule->fault[i - 1].step > step; i--)
		schedule->fault[i] = schedule->fault[i - 1];
	schedule->fault[i].step = step;
	schedule->fault[i].kind = kind;
}

static void draw_doorbells(struct schedule *schedule, bool lossy)
{
	struct sim_config *sim = &schedule->sim;

	sim->bell_lost = lossy ? PICK(0, 16, 64, 128) : 0;
	sim->bell_late = PICK(0, 32, 128, 256);
	sim->bell_doubled = PICK(0, 32, 128);
	sim->bell_spurious = PICK(0, 64, 1024);
	sim->bell_delay_ns = PICK(200, 2000, 50000);
	/* Only a side that sometimes looks by itself can do without a doorbell. */
	if (sim->bell_lost)
		schedule->tick_ns = 100000;
}

static void draw_faults(struct schedule *schedule)
{
	uint32_t n;

	switch (schedule->class) {
	case CLASS_DOORBELL:
		draw_doorbells(schedule, true);
		break;
	case CLASS_RESTART:
		if (draw(4) == 0)
			draw_doorbells(schedule, draw(2));
		n = 1 + draw(3);
		for (uint32_t i = 0; i < n; i++)
			add_fault(schedule, draw(1500), (enum fault)draw(FAULT_RESTARTS));
		break;
	case CLASS_HOSTILE:
		n = 1 + draw(FAULTS_MAX - 2);
		for (uint32_t i = 0; i < n; i++)
			add_fault(schedule, draw(1500), FAULT_CORRUPT);
		add_fault(schedule, 1500, FAULT_POWER_CYCLE);
		break;
	case CLASS_SLOW:
		schedule->slow_odds = PICK(32, 128, 256);
		n = 1 + draw(3);
		for (uint32_t i = 0; i < n; i++)
			add_fault(schedule, draw(1500), draw(4) ? FAULT_HOST_RELINK : FAULT_HOST_CRASH);
		break;
	default:
		break;
	}
}

/* ------------------------------------------------------------------ a fault at every step */

#define STEPS_OF_NUMBER 10000u

uint64_t every_number(const struct every *every)
{
	return (((uint64_t)every->way * EVERY_SCENARIOS + every->scenario) * FAULT_RESTARTS + every->fault) *
	               STEPS_OF_NUMBER +
	       every->step;
}

struct every every_of(uint64_t number)
{
	struct every every = {.step = (uint32_t)(number % STEPS_OF_NUMBER)};

	number /= STEPS_OF_NUMBER;
	every.fault = (uint32_t)(number % FAULT_RESTARTS);
	number /= FAULT_RESTARTS;
	every.scenario = (uint32_t)(number % EVERY_SCENARIOS);
	every.way = (uint32_t)(number / EVERY_SCENARIOS);
	return every;
}

/*
 * As small as what it is about can be, in memory that is as the program says: until the fault comes, all runs of one
 * way and scenario are the same, so each of their steps has its turn.
 */
static void draw_every(struct schedule *schedule, uint64_t number)
{
	static const struct {
		uint32_t messages[SIM_SIDES], buffers, hold_odds, nocopy_odds;
		bool waits;
	} scenarios[EVERY_SCENARIOS] = {
		{{0, 0}, 4, 0, 0, false},   /* announce */
		{{1, 0}, 4, 0, 0, false},   /* the host sends, the remote receives */
		{{0, 1}, 4, 0, 0, false},   /* the remote sends, the host receives */
		{{1, 1}, 4, 0, 256, false}, /* in place */
		{{1, 1}, 4, 256, 0, false}, /* held */
		{{2, 0}, 2, 256, 0, true},  /* the host waits for its only buffer, which is held */
		{{0, 2}, 2, 256, 0, true},  /* the remote does */
	};
	struct every every = every_of(number);
	enum sim_side_id id;

	schedule->ring_size = 2;
	schedule->buffers = scenarios[every.scenario].buffers;
	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		schedule->messages[id] = scenarios[every.scenario].messages[id];
		schedule->waits[id] = scenarios[every.scenario].waits;
		schedule->interrupts[id] = every.way & 2;
		schedule->wait_callback[id] = every.way & 1;
	}
	schedule->hold_odds = scenarios[every.scenario].hold_odds;
	schedule->nocopy_odds = scenarios[every.scenario].nocopy_odds;
	schedule->receipt_odds = WITH_RECEIPTS * 256;
	schedule->ns_ack = true;
	schedule->remote_blocks = every.way & 4;
	schedule->send_timeout_ms = 20;
	schedule->tick_ns = SIM_NEVER;
	schedule->sim.seed = 1 + every.way;
	schedule->sim.block_size = BUFFERS_AT + schedule->buffers * BUFFER_SIZE;
	schedule->sim.max_steps = 100000;
	schedule->sim.switch_odds = every.way ? 96 : 0;
	schedule->sim.commit_odds = 256;
	schedule->sim.interrupt_odds = 128;
	add_fault(schedule, every.step, (enum fault)every.fault);
}

void schedule_draw(struct schedule *schedule, enum fault_class class, uint64_t seed)
{
	enum sim_side_id id;

	state = seed * 4 + class;
	memset(schedule, 0, sizeof(*schedule));
	schedule->class = class;
	schedule->seed = seed;
	if (class == CLASS_EVERY) {
		draw_every(schedule, seed);
		return;
	}
	schedule->ring_size = PICK(2, 4, 8);
	schedule->buffers = draw(3) ? 2 * schedule->ring_size : 2 + draw(2 * schedule->ring_size - 1);
	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		schedule->messages[id] = 1 + draw(6);
		schedule->interrupts[id] = draw(2);
		schedule->wait_callback[id] = draw(2);
		schedule->waits[id] = draw(3);
	}
	schedule->echo_odds = PICK(0, 64, 192);
	schedule->hold_odds = schedule->buffers >= 4 ? PICK(0, 64, 192) : 0;
	schedule->nocopy_odds = PICK(0, 128, 256);
	schedule->send_timeout_ms = PICK(20, 60);
	schedule->tick_ns = SIM_NEVER;
	schedule->remote_blocks = class != CLASS_HOSTILE && draw(3) == 0;

	schedule->sim.seed = draw(UINT32_MAX);
	schedule->sim.max_steps = 100000;
	schedule->sim.switch_odds = PICK(2, 16, 64, 128);
	schedule->sim.commit_odds = PICK(4, 16, 64, 256);
	schedule->sim.stale_odds = PICK(0, 32, 128);
	schedule->sim.interrupt_odds = PICK(16, 128, 256);
	draw_faults(schedule);
	schedule->receipt_odds = WITH_RECEIPTS * PICK(0, 128, 256);
	schedule->ns_ack = draw(2);
	if (draw(2)) {
		for (id = SIM_HOST; id < SIM_SIDES; id++)
			schedule->asked[id] = PICK(64, 68, 100, 128, BUFFER_SIZE_MAX);
		schedule->nuttx = draw(2);
		schedule->ignored = draw(4) == 0;
	}
	schedule->sim.block_size = BUFFERS_AT + (pool_size(schedule) + 7) / 8 * 8;
}

void schedule_print(const struct schedule *schedule)
{
	static const char *const faults[] = {"remote crash",        "remote reboot", "remote leaves",
	                                     "host crash",          "host relinks",  "host asks with 0x10",
	                                     "host asks with 0x20", "power cycle",   "corruption"};
	const struct sim_config *sim = &schedule->sim;

	printf("class %s, seed %llu\n", class_names[schedule->class], (unsigned long long)schedule->seed);
	printf("  rings of %u, %u buffers\n", schedule->ring_size, schedule->buffers);
	for (uint32_t i = 0; i < SIM_SIDES; i++)
		printf("  %s sends %u messages%s, receives in its %s\n", i == SIM_HOST ? "host" : "remote",
		       schedule->messages[i],
		       !schedule->waits[i]          ? ", tries again"
		       : schedule->wait_callback[i] ? ", waits in its callback"
		                                    : ", waits",
		       schedule->interrupts[i] ? "interrupt handler" : "main loop");
	if (schedule->slow_odds)
		printf("  of 256 callbacks %u last for %u ms\n", schedule->slow_odds, SLOW_NS / 1000000);
	if (schedule->remote_blocks)
		printf("  the remote waits for the driver inside rpmsg_init_vdev()\n");
	if (schedule->ns_ack)
		printf("  announcements are acknowledged\n");
	if (schedule->asked[SIM_HOST])
		printf("  the remote asks for buffers of %u bytes to the host and of %u to itself, as %s does%s\n",
		       schedule->asked[SIM_HOST], schedule->asked[SIM_REMOTE], schedule->nuttx ? "NuttX" : "Linux",
		       schedule->ignored ? ", and is ignored" : "");
	printf("  of 256: switch %u, write visible %u, old value %u, interrupt %u, echo %u, hold %u, in place %u, with "
	       "receipt %u\n",
	       sim->switch_odds, sim->commit_odds, sim->stale_odds, sim->interrupt_odds, schedule->echo_odds,
	       schedule->hold_odds, schedule->nocopy_odds, schedule->receipt_odds);
	if (sim->bell_delay_ns)
		printf("  doorbells, of 256: lost %u, late %u, doubled %u, by up to %u ns; spurious %u of 65536 "
		       "steps\n",
		       sim->bell_lost, sim->bell_late, sim->bell_doubled, sim->bell_delay_ns, sim->bell_spurious);
	for (uint32_t i = 0; i < schedule->num_faults; i++)
		printf("  step %llu: %s\n", (unsigned long long)schedule->fault[i].step,
		       faults[schedule->fault[i].kind]);
}
