// SPDX-License-Identifier: GPL-2.0-only
#include "log_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double seconds(const json_t *record, const char *key)
{
	return (double)amp_event_integer(record, key, 0) / 1e9;
}

static bool is_same(const struct log_clock *a, const struct log_clock *b)
{
	return strcmp(a->of, b->of) == 0 && a->epoch == b->epoch;
}

/* What was measured later is better, and takes the place of what it is better than: the same stretch, or a guess. */
static void add(struct log_clocks *clocks, const struct log_clock *clock)
{
	struct log_clock *more;

	for (size_t i = 0; i < clocks->count; i++) {
		struct log_clock *old = &clocks->clock[i];

		if (is_same(old, clock) && (old->error < 0 || old->from == clock->from)) {
			*old = *clock;
			return;
		}
	}
	more = reallocarray(clocks->clock, clocks->count + 1, sizeof(*more));
	if (!more)
		return;
	clocks->clock = more;
	clocks->clock[clocks->count++] = *clock;
}

/* Until it has been measured: Linux's clock is 0 about when its machine starts. */
static void add_guess(struct log_clocks *clocks, int64_t epoch, double began)
{
	add(clocks, &(struct log_clock){.of = "linux", .epoch = epoch, .began = began, .offset = began, .error = -1});
}

static void take(struct log_clocks *clocks, const json_t *record)
{
	const char *ev = amp_event_string(record, "ev");
	double t = seconds(record, "t");

	if (clocks->start == 0)
		clocks->start = t;
	clocks->end = strcmp(ev, "lab.down") == 0 ? t : 0;
	if (strcmp(ev, "host.start") == 0) {
		add_guess(clocks, 1, t);
	} else if (strcmp(ev, "host.reset") == 0) {
		add_guess(clocks, amp_event_integer(record, "resets", 0) + 1, t);
	} else if (strcmp(ev, "clock.set") == 0) {
		struct log_clock clock = {
			.epoch = amp_event_integer(record, "epoch", 0),
			.began = seconds(record, "began"),
			.from = seconds(record, "from"),
			.offset = seconds(record, "offset"),
			.error = seconds(record, "error"),
		};

		snprintf(clock.of, sizeof(clock.of), "%s", amp_event_string(record, "of"));
		add(clocks, &clock);
	}
}

void amp_log_clocks_update(struct log_clocks *clocks)
{
	json_t *record;

	while (amp_event_reader_next(&clocks->reader, 0, &record) > 0) {
		take(clocks, record);
		json_decref(record);
	}
}

int amp_log_clocks_open(struct log_clocks *clocks, const char *dir)
{
	int err;

	memset(clocks, 0, sizeof(*clocks));
	err = amp_event_reader_open(&clocks->reader, dir);
	if (err == 0)
		amp_log_clocks_update(clocks);
	return err;
}

double amp_log_clocks_host(const struct log_clocks *clocks, const char *of, int64_t epoch, double received, double own,
                           double *error)
{
	const struct log_clock *best = NULL;

	for (size_t i = 0; i < clocks->count; i++) {
		const struct log_clock *clock = &clocks->clock[i];

		if (strcmp(clock->of, of) != 0 || (epoch ? clock->epoch != epoch : clock->began > received))
			continue;
		/* of the lives that had begun the last; in it, of the stretches that had begun the last, or its first
		 * one */
		if (!best || clock->epoch > best->epoch ||
		    (clock->epoch == best->epoch && clock->from > best->from && clock->from <= own))
			best = clock;
	}
	*error = best ? best->error : -1;
	return best ? own + best->offset : -1;
}

void amp_log_clocks_close(struct log_clocks *clocks)
{
	amp_event_reader_close(&clocks->reader);
	free(clocks->clock);
}
