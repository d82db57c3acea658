// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel tells: log records, events, attributes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "guest/base/kmsg.h"
#include "guest/base/sysfs.h"
#include "guest/base/uevent.h"

static bool parse(const char *text, struct amp_kmsg *msg)
{
	static char record[512];
	size_t len = strlen(text);

	memcpy(record, text, len);
	return amp_kmsg_parse(record, len, msg);
}

static void log_records_become_lines_as_dmesg_prints_them(void **state)
{
	struct amp_kmsg msg;
	char line[128];
	size_t n;

	(void)state;
	assert_true(
		parse("27,339,5140900,-;remoteproc remoteproc0: m3 is up\n SUBSYSTEM=remoteproc\n DEVICE=+x\n", &msg));
	assert_int_equal(msg.level, 3);
	assert_int_equal(msg.seq, 339);
	assert_string_equal(msg.subsystem, "remoteproc");
	n = amp_kmsg_format(&msg, line, sizeof(line));
	assert_int_equal(n, strlen(line));
	assert_string_equal(line, "[    5.140900] remoteproc remoteproc0: m3 is up\n");
}

static void a_line_that_is_cut_still_ends_with_a_newline(void **state)
{
	struct amp_kmsg msg;
	char line[24];

	(void)state;
	assert_true(parse("6,1,2,-;a text that is too long", &msg));
	assert_null(msg.subsystem);
	assert_int_equal(amp_kmsg_format(&msg, line, sizeof(line)), sizeof(line) - 1);
	assert_int_equal(line[sizeof(line) - 2], '\n');
	assert_int_equal(line[sizeof(line) - 1], '\0');
}

static void what_is_no_log_record_is_refused(void **state)
{
	static const char *const bad[] = {"",         "6",         "6,1",        "6,1,2",
	                                  "6,1,2,-",  "x,1,2,-;t", "-6,1,2,-;t", "6,99999999999999999999999,2,-;t",
	                                  "6;1,2,-;t"};
	struct amp_kmsg msg;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], &msg))
			fail_msg("accepted \"%s\"", bad[i]);
}

static void events_are_taken_apart(void **state)
{
	static const char data[] = "add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=rpmsg\0"
				   "MODALIAS=rpmsg:amp-echo\0SEQNUM=7";
	struct amp_uevent event;

	(void)state;
	assert_true(amp_uevent_parse(data, sizeof(data), &event));
	assert_string_equal(event.action, "add");
	assert_string_equal(event.devpath, "/devices/x");
	assert_string_equal(event.subsystem, "rpmsg");
	assert_string_equal(event.modalias, "rpmsg:amp-echo");
}

static void incomplete_events_are_refused(void **state)
{
	static const char no_subsystem[] = "ACTION=add\0DEVPATH=/x";
	static const char relative[] = "ACTION=add\0DEVPATH=x\0SUBSYSTEM=y";
	static const char good[] = "ACTION=add\0DEVPATH=/x\0SUBSYSTEM=y";
	struct amp_uevent event;

	(void)state;
	assert_true(amp_uevent_parse(good, sizeof(good), &event));
	assert_false(amp_uevent_parse(good, sizeof(good) - 1, &event)); /* last string not terminated */
	assert_false(amp_uevent_parse(good, 0, &event));
	assert_false(amp_uevent_parse(no_subsystem, sizeof(no_subsystem), &event));
	assert_false(amp_uevent_parse(relative, sizeof(relative), &event));
}

static void attributes_lose_newline_and_control_characters(void **state)
{
	char dir[] = "/tmp/amp-guest-XXXXXX", path[64], text[32];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/name", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("a\x1b[31mb\n", file);
	fclose(file);
	assert_int_equal(amp_attr_read(dir, "name", text, sizeof(text)), 7);
	assert_string_equal(text, "a?[31mb");
	assert_int_equal(amp_attr_read(dir, "name", text, 3), 2);
	assert_string_equal(text, "a?");
	assert_true(amp_attr_read(dir, "missing", text, sizeof(text)) < 0);
	assert_string_equal(text, "");
	assert_int_equal(amp_attr_write(dir, "name", "x"), 0);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_records_become_lines_as_dmesg_prints_them),
		cmocka_unit_test(a_line_that_is_cut_still_ends_with_a_newline),
		cmocka_unit_test(what_is_no_log_record_is_refused),
		cmocka_unit_test(events_are_taken_apart),
		cmocka_unit_test(incomplete_events_are_refused),
		cmocka_unit_test(attributes_lose_newline_and_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
