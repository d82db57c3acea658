// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "relay/base/flight_record.h"
#include "relay/base/log_file.h"

static char dir[64];
static struct flight_record record;

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/amprelay-test-XXXXXX");
	return mkdtemp(dir) && amp_record_open(&record, dir) == 0 ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = {"events.jsonl", "events.1.jsonl", "x.log", "x.1.log"};
	char path[128];

	(void)state;
	amp_record_close(&record);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

/* @return the file's text, in a static buffer */
static const char *file_text(const char *name)
{
	static char text[8192];
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void a_record_is_one_json_line_with_time_and_number(void **state)
{
	const char *text;
	json_t *first, *second;

	(void)state;
	amp_record(&record, "core.state", "m3", "{s:s, s:I}", "from", "off", "epoch", (json_int_t)7);
	amp_record(&record, "lab.down", NULL, NULL);
	text = file_text("events.jsonl");
	first = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	second = json_loads(strchr(text, '\n') + 1, JSON_DISABLE_EOF_CHECK, NULL);
	assert_string_equal(json_string_value(json_object_get(first, "ev")), "core.state");
	assert_string_equal(json_string_value(json_object_get(first, "core")), "m3");
	assert_string_equal(json_string_value(json_object_get(first, "from")), "off");
	assert_int_equal(json_integer_value(json_object_get(first, "seq")), 0);
	assert_int_equal(json_integer_value(json_object_get(second, "seq")), 1);
	assert_true(json_integer_value(json_object_get(second, "t")) >=
	            json_integer_value(json_object_get(first, "t")));
	assert_null(json_object_get(second, "core"));
	json_decref(first);
	json_decref(second);
}

static void each_flight_begins_a_new_file_and_keeps_the_last(void **state)
{
	(void)state;
	amp_record(&record, "first.flight", NULL, NULL);
	amp_record_close(&record);
	assert_int_equal(amp_record_open(&record, dir), 0);
	amp_record(&record, "second.flight", NULL, NULL);
	assert_null(strstr(file_text("events.jsonl"), "first.flight"));
	assert_non_null(strstr(file_text("events.1.jsonl"), "first.flight"));
}

static void records_lost_on_a_full_disk_are_counted_in_the_next(void **state)
{
	int good = record.fd, full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	record.fd = full;
	amp_record(&record, "lost.one", NULL, NULL);
	amp_record(&record, "lost.two", NULL, NULL);
	record.fd = good;
	close(full);
	amp_record(&record, "kept", NULL, NULL);
	assert_non_null(strstr(file_text("events.jsonl"), "\"lost\":2"));
	assert_non_null(strstr(file_text("events.jsonl"), "\"seq\":2"));
	amp_record(&record, "after", NULL, NULL);
	assert_null(strstr(strchr(file_text("events.jsonl"), '\n'), "lost"));
}

static void a_line_that_was_cut_short_does_not_spoil_the_next(void **state)
{
	(void)state;
	assert_int_equal(write(record.fd, "{\"t\":1,\"se", 10), 10);
	record.torn = true;
	amp_record(&record, "whole", NULL, NULL);
	assert_memory_equal(strchr(file_text("events.jsonl"), '\n') + 1, "{\"t\":", 5);
	amp_record(&record, "next", NULL, NULL);
	assert_null(strstr(file_text("events.jsonl"), "\n\n"));
}

static void a_record_after_the_end_is_no_harm(void **state)
{
	(void)state;
	amp_record_close(&record);
	amp_record(&record, "too.late", NULL, NULL);
}

static void a_log_file_begins_a_second_generation_when_it_is_full(void **state)
{
	struct log_file file;

	(void)state;
	assert_int_equal(amp_logfile_open(&file, dir, "x", "log"), 0);
	amp_logfile_write(&file, "old\n", 4);
	file.size = LOG_FILE_MAX;
	amp_logfile_write(&file, "last\n", 5);
	amp_logfile_write(&file, "new\n", 4);
	assert_string_equal(file_text("x.1.log"), "old\nlast\n");
	assert_string_equal(file_text("x.log"), "new\n");
	amp_logfile_close(&file);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		TEST(a_record_is_one_json_line_with_time_and_number),
		TEST(each_flight_begins_a_new_file_and_keeps_the_last),
		TEST(records_lost_on_a_full_disk_are_counted_in_the_next),
		TEST(a_line_that_was_cut_short_does_not_spoil_the_next),
		TEST(a_record_after_the_end_is_no_harm),
		TEST(a_log_file_begins_a_second_generation_when_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
