// SPDX-License-Identifier: GPL-2.0-only
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "amprelay/event_reader.h"
#include "amprelay/terminal.h"

static double seconds(const json_t *result)
{
	return json_number_value(json_object_get(result, "ms")) / 1000;
}

/* ------------------------------------------------------------------ TAP */

static void print_diagnostics(const json_t *result)
{
	const char *line = amp_event_string(result, "failure");

	printf("  ---\n  file: %s\n  line: %lld\n  seed: %lld\n  logs: %s\n  message: |\n",
	       amp_event_string(result, "file"), (long long)amp_event_integer(result, "line", 0),
	       (long long)amp_event_integer(result, "seed", 0), amp_event_string(result, "logs"));
	while (*line) {
		size_t len = strcspn(line, "\n");

		amp_terminal_printf(stdout, "    %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	printf("  ...\n");
}

void amp_scenario_print_tap(const json_t *result, size_t number)
{
	bool ok = json_is_true(json_object_get(result, "ok"));

	const char *skipped = amp_event_string(result, "skipped");

	amp_terminal_printf(stdout, "%sok %zu - %s (%s, %s)%s%s\n", ok ? "" : "not ", number,
	                    amp_event_string(result, "claim"), amp_event_string(result, "file"),
	                    amp_event_string(result, "soc"), skipped[0] ? " # SKIP " : "", skipped);
	if (!ok)
		print_diagnostics(result);
}

/* ------------------------------------------------------------------ JUnit */

static void attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(writer, BAD_CAST name, BAD_CAST value);
}

static void number_attribute(xmlTextWriterPtr writer, const char *name, double value, int digits)
{
	xmlTextWriterWriteFormatAttribute(writer, BAD_CAST name, "%.*f", digits, value);
}

/* What a guest has said may have bytes that XML does not know. */
static void text_element(xmlTextWriterPtr writer, const char *name, const char *message, const char *text)
{
	char clean[16384];
	size_t n = 0;

	for (; *text && n < sizeof(clean) - 1; text++)
		clean[n++] = *text;
	for (size_t i = 0; i < n; i++) {
		if ((clean[i] < ' ' || clean[i] > '~') && clean[i] != '\n' && clean[i] != '\t')
			clean[i] = '?';
	}
	clean[n] = '\0';
	xmlTextWriterStartElement(writer, BAD_CAST name);
	if (message)
		attribute(writer, "message", message);
	xmlTextWriterWriteString(writer, BAD_CAST clean);
	xmlTextWriterEndElement(writer);
}

static void write_case(xmlTextWriterPtr writer, const json_t *result)
{
	char name[512], where[1024];

	snprintf(name, sizeof(name), "%s (%s, seed %lld)", amp_event_string(result, "claim"),
	         amp_event_string(result, "soc"), (long long)amp_event_integer(result, "seed", 0));
	snprintf(where, sizeof(where), "logs: %s\n", amp_event_string(result, "logs"));
	xmlTextWriterStartElement(writer, BAD_CAST "testcase");
	attribute(writer, "classname", amp_event_string(result, "file"));
	attribute(writer, "name", name);
	number_attribute(writer, "time", seconds(result), 3);
	if (amp_event_string(result, "skipped")[0]) {
		xmlTextWriterStartElement(writer, BAD_CAST "skipped");
		attribute(writer, "message", amp_event_string(result, "skipped"));
		xmlTextWriterEndElement(writer);
	}
	if (!json_is_true(json_object_get(result, "ok"))) {
		text_element(writer, "failure", amp_event_string(result, "claim"), amp_event_string(result, "failure"));
		text_element(writer, "system-err", NULL, where);
	}
	xmlTextWriterEndElement(writer);
}

static void write_suite(xmlTextWriterPtr writer, const json_t *results)
{
	const json_t *result;
	size_t i, failures = 0, skipped = 0;
	double time = 0;

	json_array_foreach (results, i, result) {
		failures += !json_is_true(json_object_get(result, "ok"));
		skipped += amp_event_string(result, "skipped")[0] != '\0';
		time += seconds(result);
	}
	xmlTextWriterStartElement(writer, BAD_CAST "testsuite");
	attribute(writer, "name", "amprelay");
	number_attribute(writer, "tests", (double)json_array_size(results), 0);
	number_attribute(writer, "failures", (double)failures, 0);
	number_attribute(writer, "errors", 0, 0);
	number_attribute(writer, "skipped", (double)skipped, 0);
	number_attribute(writer, "time", time, 3);
	json_array_foreach (results, i, result)
		write_case(writer, result);
	xmlTextWriterEndElement(writer);
}

int amp_scenario_write_junit(const char *path, const json_t *results)
{
	xmlTextWriterPtr writer;
	FILE *file = fopen(path, "we"); /* for its errno: libxml2 tells none */
	int failed;

	if (!file)
		return -errno;
	fclose(file);
	writer = xmlNewTextWriterFilename(path, 0);
	if (!writer)
		return -ENOMEM;
	xmlTextWriterSetIndent(writer, 1);
	xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(writer, BAD_CAST "testsuites");
	write_suite(writer, results);
	failed = xmlTextWriterEndDocument(writer) < 0 || xmlTextWriterFlush(writer) < 0;
	xmlFreeTextWriter(writer);
	return failed ? -EIO : 0;
}
