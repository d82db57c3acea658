// SPDX-License-Identifier: BSD-3-Clause
#include "chatter.h"

#include "journal.h"

/* As many in one turn, so that the main loop comes round. */
#define BATCH 32u

static uint32_t said, wanted;

bool chatter(uint32_t lines)
{
	if (said < wanted)
		return false;
	said = 0;
	wanted = lines;
	return true;
}

bool chatter_turn(void)
{
	for (uint32_t batch = 0; batch < BATCH && said < wanted; batch++) {
		said++;
		/* after a line that had to wait in vain, others have their turn */
		if (!amp_journal("line %u of %u", (unsigned)said, (unsigned)wanted))
			break;
	}
	return said < wanted;
}
