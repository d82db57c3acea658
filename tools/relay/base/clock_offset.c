// SPDX-License-Identifier: GPL-2.0-only
#include "clock_offset.h"

bool amp_offset_take(struct clock_offset *offset, uint64_t asked, uint64_t said, uint64_t heard)
{
	/* what a machine says may be anything, so the differences wrap round */
	int64_t low = (int64_t)(asked - said), high = (int64_t)(heard - said);
	bool agrees = offset->known && low <= offset->high && high >= offset->low;
	bool first = !offset->known;

	if (!agrees) {
		*offset = (struct clock_offset){.known = true, .low = low, .high = high, .from = first ? 0 : said};
		return first;
	}
	if (low > offset->low)
		offset->low = low;
	if (high < offset->high)
		offset->high = high;
	return true;
}

int64_t amp_offset_ns(const struct clock_offset *offset)
{
	return (int64_t)((uint64_t)offset->low + amp_offset_error(offset));
}

uint64_t amp_offset_error(const struct clock_offset *offset)
{
	return ((uint64_t)offset->high - (uint64_t)offset->low) / 2;
}
