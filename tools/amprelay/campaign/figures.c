// SPDX-License-Identifier: GPL-2.0-only
/* What a campaign's rounds add up to. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "amprelay/event_reader.h"
#include "amprelay/fault_kinds.h"
#include "campaign.h"

/* ------------------------------------------------------------------ times */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* {"count", "p50", "p99", "max"} of an array of numbers; null if it is empty. */
static json_t *times_of(const json_t *list)
{
	size_t count = json_array_size(list);
	double *ms = count ? malloc(count * sizeof(*ms)) : NULL;
	json_t *times;

	if (!ms)
		return json_null();
	for (size_t i = 0; i < count; i++)
		ms[i] = json_number_value(json_array_get(list, i));
	qsort(ms, count, sizeof(*ms), by_size);
	times = json_pack("{s:I, s:f, s:f, s:f}", "count", (json_int_t)count, "p50", ms[(count - 1) / 2], "p99",
	                  ms[(count * 99 + 99) / 100 - 1], "max", ms[count - 1]);
	free(ms);
	return times;
}

/* ------------------------------------------------------------------ kinds */

/* The row of a kind, made when it is first asked for; its times are lists until the end. */
static json_t *row_of(json_t *kinds, const char *kind)
{
	const struct fault_kind *fault = amp_fault_find(kind);
	json_t *row = json_object_get(kinds, kind);

	if (row)
		return row;
	row = json_pack("{s:s, s:s, s:I, s:i, s:i, s:{}, s:[], s:[], s:[]}", "kind", kind, "declared",
	                fault ? amp_fault_outcome_name(fault->outcome) : "", "bound_ms",
	                (json_int_t)(fault ? fault->bound_ms : 0), "count", 0, "failed", 0, "outcomes", "detect_ms",
	                "recover_ms", "rounds");
	json_object_set_new(kinds, kind, row);
	return row;
}

static void count_up(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_integer(amp_event_integer(object, key, 0) + 1));
}

/* A round that fails fails with the last fault that was looked at. */
static void add_fault(json_t *kinds, const json_t *round, const json_t *fault, bool is_last)
{
	bool ok = json_is_true(json_object_get(round, "ok"));
	json_t *row = row_of(kinds, amp_event_string(fault, "kind"));
	const char *outcome = amp_event_string(fault, "outcome");

	count_up(row, "count");
	if (json_object_get(fault, "detect_ms"))
		json_array_append(json_object_get(row, "detect_ms"), json_object_get(fault, "detect_ms"));
	if (json_object_get(fault, "recover_ms"))
		json_array_append(json_object_get(row, "recover_ms"), json_object_get(fault, "recover_ms"));
	if (!ok && (is_last || !outcome[0])) {
		count_up(row, "failed");
		json_array_append(json_object_get(row, "rounds"), json_object_get(round, "round"));
	} else {
		count_up(json_object_get(row, "outcomes"), outcome[0] ? outcome : ok ? "as declared" : "unknown");
	}
}

static json_t *kinds_of(const json_t *results)
{
	json_t *kinds = json_object(), *list = json_array(), *row;
	const json_t *round, *fault;
	const char *name;
	size_t i, n;

	json_array_foreach (results, i, round) {
		const json_t *faults = json_object_get(round, "faults");

		json_array_foreach (faults, n, fault)
			add_fault(kinds, round, fault, n + 1 == json_array_size(faults));
	}
	json_object_foreach (kinds, name, row) {
		json_object_set_new(row, "detect_ms", times_of(json_object_get(row, "detect_ms")));
		json_object_set_new(row, "recover_ms", times_of(json_object_get(row, "recover_ms")));
		json_array_append(list, row);
	}
	json_decref(kinds);
	return list;
}

/* ------------------------------------------------------------------ all of it */

static json_t *messages_of(const json_t *results)
{
	static const char *const names[] = {"sent",    "delivered", "reported",    "corrupted",
	                                    "doubled", "both",      "unaccounted", "found"};
	json_t *sum = json_object();
	const json_t *round;
	size_t i;

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		json_int_t total = 0;

		json_array_foreach (results, i, round)
			total += amp_event_integer(json_object_get(round, "messages"), names[n], 0);
		json_object_set_new(sum, names[n], json_integer(total));
	}
	return sum;
}

static json_t *socs_of(const struct campaign *campaign)
{
	json_t *socs = json_array();

	for (size_t i = 0; i < campaign->num_socs; i++)
		json_array_append_new(socs, json_string(campaign->soc[i].name));
	return socs;
}

json_t *amp_campaign_report(const struct campaign *campaign, const json_t *results, double seconds, bool whole)
{
	json_int_t failed = 0;
	const json_t *round;
	size_t i;

	json_array_foreach (results, i, round)
		failed += !json_is_true(json_object_get(round, "ok"));
	return json_pack("{s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:b, s:f, s:o, s:o, s:O}", "campaign", AMPRELAY_VERSION,
	                 "firmware", campaign->firmware ? campaign->firmware : "", "time", (json_int_t)time(NULL),
	                 "seed", (json_int_t)campaign->seed, "socs", socs_of(campaign), "rounds",
	                 (json_int_t)json_array_size(results), "failed", failed, "whole", whole, "seconds", seconds,
	                 "messages", messages_of(results), "kinds", kinds_of(results), "results", results);
}
