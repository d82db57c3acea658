// SPDX-License-Identifier: BSD-3-Clause
/* Hot swap, from both ends: the record that the old firmware leaves, and what the new one makes of it. */
#include "amp_assert.h"
#include "app.h"
#include "control.h"
#include "format.h"
#include "services.h"
#include "trace.h"

#include <amprelay/hand_over.h>

#include <string.h>

_Static_assert(sizeof(struct amp_hand_over) <= AMP_HANDOVER_SIZE, "the record fits its place");
_Static_assert(sizeof(struct amp_hand_over) % sizeof(uint32_t) == 0, "the record is copied in words");

#define WORDS (sizeof(struct amp_hand_over) / sizeof(uint32_t))
#define PLACE ((volatile uint32_t *)(SOC_CONTROL_DA + AMP_HANDOVER_OFFSET))

static struct amp_hand_over record;

bool app_hand_over(void)
{
	app_link_quiet(true);
	if (!app_link_hand_over(&record))
		return false;
	services_keep(&record);
	(void)amp_hand_over_put(&record, "stats", &app_stats, sizeof(app_stats));
	amp_hand_over_seal(&record, amp_remote_block->epoch);
	for (size_t i = 0; i < WORDS; i++)
		PLACE[i] = ((const uint32_t *)&record)[i];
	amp_control_publish();
	return true;
}

void app_hand_over_end(void)
{
	app_link_quiet(false);
}

bool app_take_over(void)
{
	uint32_t epoch = amp_relay_block->takeover;
	const struct app_stats *stats;
	const char *wrong;

	if (!epoch)
		return false;
	for (size_t i = 0; i < WORDS; i++)
		((uint32_t *)&record)[i] = PLACE[i];
	wrong = amp_hand_over_wrong(&record, epoch);
	if (wrong) {
		amp_format(amp_assert_text, sizeof(amp_assert_text), "%s", wrong);
		amp_assert_trap(amp_assert_text);
	}
	stats = amp_hand_over_get(&record, "stats", sizeof(*stats));
	if (stats)
		app_stats = *stats;
	if (record.link)
		app_link_take_over(&record);
	amp_trace("goes on where life %u was\n", (unsigned)epoch);
	return true;
}
