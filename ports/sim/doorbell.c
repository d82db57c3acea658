// SPDX-License-Identifier: BSD-3-Clause
/*
 * Doorbells, and what can go wrong with them.
 *
 * A doorbell has no count: one that rings while it is pending changes nothing. It does not wait for writes that wait to
 * become visible: who rings before a fence may be heard before what it rang for is seen.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define ON_THEIR_WAY 32u

/* Doorbells that come later. */
static struct {
	uint64_t when;
	enum sim_side_id to;
	uint32_t id;
} travelling[ON_THEIR_WAY];
static uint32_t num_travelling;

void sim_doorbells_begin(void)
{
	num_travelling = 0;
}

static void deliver(enum sim_side_id to, uint32_t id)
{
	struct side *side = &sim.side[to];

	if (side->state == SIDE_OFF)
		return;
	sim_trace(to, TRACE_ARRIVED, id, 0, 0, NULL);
	side->doorbells |= 1u << id;
	sim_arrived(side);
}

static void deliver_later(enum sim_side_id to, uint32_t id)
{
	if (num_travelling == ON_THEIR_WAY) {
		deliver(to, id);
		return;
	}
	travelling[num_travelling].when = sim.now + 1 + sim_random(sim.config.bell_delay_ns + 1);
	travelling[num_travelling].to = to;
	travelling[num_travelling].id = id;
	num_travelling++;
}

void sim_ring(uint32_t id)
{
	enum sim_side_id to = sim_self() == SIM_HOST ? SIM_REMOTE : SIM_HOST;

	sim_point();
	if (id >= SIM_DOORBELLS)
		sim_fail("doorbell %u was rung; there are %u", id, SIM_DOORBELLS);
	if (sim_chance(sim.config.bell_lost)) {
		sim_trace(sim_self(), TRACE_RING, id, 0, 0, "lost");
		return;
	}
	sim_trace(sim_self(), TRACE_RING, id, 0, 0, NULL);
	if (sim_chance(sim.config.bell_doubled))
		deliver_later(to, id);
	if (sim_chance(sim.config.bell_late))
		deliver_later(to, id);
	else
		deliver(to, id);
}

uint32_t sim_take_doorbells(void)
{
	uint32_t taken = sim.self->doorbells;

	sim.self->doorbells = 0;
	/* Who has heard the doorbell sees what was visible when it rang: an interrupt, or a read of a register, orders
	 * that. */
	sim_memory_synchronise(sim_self());
	return taken;
}

void sim_doorbells_tick(void)
{
	uint32_t i = 0;

	if (sim.config.bell_spurious && sim_random(65536) < sim.config.bell_spurious)
		deliver((enum sim_side_id)sim_random(SIM_SIDES), sim_random(SIM_DOORBELLS));
	while (i < num_travelling) {
		if (travelling[i].when > sim.now) {
			i++;
			continue;
		}
		deliver(travelling[i].to, travelling[i].id);
		travelling[i] = travelling[--num_travelling];
	}
}

uint64_t sim_doorbells_next(void)
{
	uint64_t next = SIM_NEVER;

	for (uint32_t i = 0; i < num_travelling; i++)
		if (travelling[i].when < next)
			next = travelling[i].when;
	return next;
}

/* What was on its way to a side that died may well reach the next life: only what it had not taken is gone. */
void sim_doorbells_power_off(enum sim_side_id id)
{
	sim.side[id].doorbells = 0;
}
