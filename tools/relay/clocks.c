// SPDX-License-Identifier: GPL-2.0-only
#include "clocks.h"

#include <string.h>

#define APART_MAX UINT64_C(2000000) /* us; nobody waits longer than that for clocks to meet */
#define ROUNDS    16

void amp_clocks_begin(struct machine_clocks *clocks, uint32_t count)
{
	memset(clocks, 0, sizeof(*clocks));
	clocks->count = count;
}

void amp_clocks_tell(struct machine_clocks *clocks, uint32_t i, bool runs, uint64_t us)
{
	struct machine_clock *clock = &clocks->clock[i];

	if (runs && clock->still && us > clock->since)
		clock->us += us - clock->since;
	clock->still = !runs;
	clock->since = us;
}

static uint64_t stood_most(const struct machine_clocks *clocks)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < clocks->count; i++) {
		if (clocks->clock[i].counted && clocks->clock[i].us > most)
			most = clocks->clock[i].us;
	}
	return most;
}

uint64_t amp_clocks_ahead(const struct machine_clocks *clocks, uint32_t i)
{
	uint64_t most = stood_most(clocks);

	return most > clocks->clock[i].us ? most - clocks->clock[i].us : 0;
}

/* @return the one that is furthest ahead; -1: none is ahead of another */
static int first(const struct machine_clocks *clocks)
{
	uint64_t most = 0;
	int found = -1;

	for (uint32_t i = 0; i < clocks->count; i++) {
		uint64_t ahead = clocks->clock[i].counted ? amp_clocks_ahead(clocks, i) : 0;

		if (ahead > most) {
			most = ahead;
			found = (int)i;
		}
	}
	return found;
}

uint64_t amp_clocks_apart(const struct machine_clocks *clocks)
{
	int i = first(clocks);

	return i < 0 ? 0 : amp_clocks_ahead(clocks, (uint32_t)i);
}

void amp_clocks_align(struct machine_clocks *clocks)
{
	clocks->rounds = 0;
}

int amp_clocks_next(struct machine_clocks *clocks)
{
	uint64_t apart = amp_clocks_apart(clocks);

	for (uint32_t i = 0; i < clocks->count; i++) {
		if (clocks->clock[i].counted && clocks->clock[i].still)
			return CLOCKS_WAIT;
	}
	if (apart <= CLOCKS_APART_US || apart > APART_MAX || ++clocks->rounds > ROUNDS)
		return CLOCKS_NOW;
	return first(clocks);
}
