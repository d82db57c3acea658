// SPDX-License-Identifier: GPL-2.0-only
/* The demonstration's report: statistics, table, JSON. */
#include "demo_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "table.h"

void amp_demo_report_init(struct demo_report *report, const char *demo)
{
	*report = (struct demo_report){.steps = json_array(), .recoveries = json_array(), .members = json_object()};
	amp_demo_report_set(report, "demo", json_string(demo));
}

void amp_demo_report_free(struct demo_report *report)
{
	json_decref(report->steps);
	json_decref(report->recoveries);
	json_decref(report->members);
}

void amp_demo_report_set(struct demo_report *report, const char *name, json_t *value)
{
	json_object_set_new(report->members, name, value);
}

void amp_demo_report_step(struct demo_report *report, const char *name, bool ok, double ms)
{
	json_array_append_new(report->steps, json_pack("{s:s, s:b, s:f}", "name", name, "ok", ok, "ms", ms));
}

void amp_demo_report_recovery(struct demo_report *report, const struct demo_recovery *r)
{
	json_array_append_new(report->recoveries,
	                      json_pack("{s:s, s:s, s:s, s:f, s:f}", "fault", r->fault, "detector", r->detector, "text",
	                                r->text, "detected_ms", r->detected_ms, "recovered_ms", r->recovered_ms));
}

static double number(const json_t *recovery, const char *key)
{
	return json_number_value(json_object_get(recovery, key));
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The `key` of all recoveries from `fault` (NULL: from any), in ascending order; from malloc. */
static double *sorted(const struct demo_report *report, const char *fault, const char *key, size_t *n)
{
	double *values = calloc(json_array_size(report->recoveries) + 1, sizeof(*values));
	const json_t *r;
	size_t i;

	*n = 0;
	json_array_foreach (report->recoveries, i, r) {
		if (values && (!fault || strcmp(json_string_value(json_object_get(r, "fault")), fault) == 0))
			values[(*n)++] = number(r, key);
	}
	if (values)
		qsort(values, *n, sizeof(*values), ascending);
	return values;
}

/* Nearest rank. */
static double percentile(const double *values, size_t n, unsigned int percent)
{
	size_t rank = (n * percent + 99) / 100;

	return n ? values[rank ? rank - 1 : 0] : 0;
}

static double median_of(const struct demo_report *report, const char *fault, const char *key, size_t *n)
{
	double *values = sorted(report, fault, key, n);
	double median = values ? percentile(values, *n, 50) : 0;

	free(values);
	return median;
}

double amp_demo_report_median(const struct demo_report *report)
{
	size_t n;

	return median_of(report, NULL, "recovered_ms", &n);
}

/* true for the first recovery from its kind of fault */
static bool first_of_kind(const struct demo_report *report, size_t index)
{
	const char *fault = json_string_value(json_object_get(json_array_get(report->recoveries, index), "fault"));

	for (size_t i = 0; i < index; i++) {
		if (strcmp(json_string_value(json_object_get(json_array_get(report->recoveries, i), "fault")), fault) ==
		    0)
			return false;
	}
	return true;
}

static void add_row(struct amp_table *table, const struct demo_report *report, const json_t *r)
{
	const char *fault = json_string_value(json_object_get(r, "fault"));
	char times[16], detected[32], recovered[32];
	size_t n;

	snprintf(detected, sizeof(detected), "%.1f ms", median_of(report, fault, "detected_ms", &n));
	snprintf(recovered, sizeof(recovered), "%.1f ms", median_of(report, fault, "recovered_ms", &n));
	snprintf(times, sizeof(times), "%zu", n);
	amp_table_add(table,
	              (const char *const[]){fault, json_string_value(json_object_get(r, "detector")), times, detected,
	                                    recovered},
	              "");
}

void amp_demo_report_print(const struct demo_report *report)
{
	static const char *const columns[] = {"FAULT",           "DETECTED BY",       ">TIMES",
	                                      ">DETECTED AFTER", ">FIRST ECHO AFTER", NULL};
	struct amp_table *table = amp_table_new(columns);
	double *all;
	const json_t *r;
	size_t i, n;

	json_array_foreach (report->recoveries, i, r) {
		if (first_of_kind(report, i))
			add_row(table, report, r);
	}
	amp_table_print(table);
	all = sorted(report, NULL, "recovered_ms", &n);
	if (all && n)
		printf("\n%zu recoveries, fault to first echo: median %.1f ms, p99 %.1f "
		       "ms, max %.1f ms (times above are medians)\n",
		       n, percentile(all, n, 50), percentile(all, n, 99), all[n - 1]);
	free(all);
}

json_t *amp_demo_report_json(const struct demo_report *report)
{
	size_t n;
	double *all = sorted(report, NULL, "recovered_ms", &n);
	json_t *json = json_pack("{s:O, s:f}", "steps", report->steps, "boot_ms", report->boot_ms);

	json_object_update(json, report->members);
	if (all && n) {
		json_object_set(json, "recoveries", report->recoveries);
		json_object_set_new(json, "recovery_ms",
		                    json_pack("{s:I, s:f, s:f, s:f}", "n", (json_int_t)n, "median",
		                              percentile(all, n, 50), "p99", percentile(all, n, 99), "max",
		                              all[n - 1]));
	}
	free(all);
	return json;
}

/* @return 0 or the errno of what went wrong first, negative: the library's own dumping to files loses it */
static int write_json(const json_t *json, const char *path)
{
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	size_t left = text ? strlen(text) : 0;
	int fd = text ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1, err = 0;

	if (fd < 0)
		err = text ? -errno : -ENOMEM;
	for (const char *at = text; !err && left;) {
		ssize_t n = write(fd, at, left);

		err = n < 0 ? -errno : 0;
		at += n;
		left -= (size_t)n;
	}
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	free(text);
	return err;
}

int amp_demo_report_write(const struct demo_report *report, const char *path)
{
	json_t *json = amp_demo_report_json(report);
	char *temporary;
	int err = 0;

	if (!json || asprintf(&temporary, "%s.%ld", path, (long)getpid()) < 0) {
		json_decref(json);
		return -ENOMEM;
	}
	err = write_json(json, temporary);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	free(temporary);
	json_decref(json);
	return err;
}
