// SPDX-License-Identifier: GPL-2.0-only
#include "campaign.h"

#include <string.h>

#define ATTEMPTS 3 /* a failure may need its moment */

typedef bool (*fails_fn)(void *context, const struct campaign_round *round);

static bool fails_again(const struct campaign_round *round, fails_fn fails, void *context)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		if (fails(context, round))
			return true;
	}
	return false;
}

static void leave_out(struct campaign_round *round, size_t fault)
{
	round->num_faults--;
	memmove(&round->fault[fault], &round->fault[fault + 1], (round->num_faults - fault) * sizeof(round->fault[0]));
}

bool amp_campaign_shrink(struct campaign_round *round, fails_fn fails, void *context)
{
	struct campaign_round less;

	if (!fails_again(round, fails, context))
		return false;
	for (size_t i = 0; !round->host && round->num_faults > 1 && i < round->num_faults;) {
		less = *round;
		leave_out(&less, i);
		if (fails_again(&less, fails, context))
			*round = less;
		else
			i++;
	}
	for (size_t i = 0; i < round->num_faults; i++) {
		less = *round;
		less.fault[i].moment_ms = 0;
		if (round->fault[i].moment_ms && fails_again(&less, fails, context))
			*round = less;
	}
	return true;
}
