// SPDX-License-Identifier: GPL-2.0-only
#include "scratch.h"

#include <sys/wait.h>

#include "amprelay/event_reader.h"

#define FILE_NAME "events.jsonl"
#define LONG_MS   20000 /* far longer than any of this takes: a failure, not a wait */

static int64_t next_seq(struct event_reader *reader, int timeout_ms)
{
	json_t *record;
	int64_t seq;

	if (amp_event_reader_next(reader, timeout_ms, &record) <= 0)
		return -1;
	seq = amp_event_integer(record, "seq", -2);
	json_decref(record);
	return seq;
}

static void records_come_in_order_and_then_none(void **state)
{
	struct event_reader reader;

	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n{\"seq\":1}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(next_seq(&reader, 0), 0);
	assert_int_equal(next_seq(&reader, 0), 1);
	assert_int_equal(next_seq(&reader, 0), -1);
	put_file(*state, FILE_NAME, "a", "{\"seq\":2}\n");
	assert_int_equal(next_seq(&reader, 0), 2);
	amp_event_reader_close(&reader);
}

static void lines_that_are_no_records_are_passed_over(void **state)
{
	struct event_reader reader;

	put_file(*state, FILE_NAME, "w", "garbage\n\n[1]\n{\"seq\":\n{\"seq\":5}\n\"x\"\n{\"seq\":6}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(next_seq(&reader, 0), 5);
	assert_int_equal(next_seq(&reader, 0), 6);
	assert_int_equal(next_seq(&reader, 0), -1);
	amp_event_reader_close(&reader);
}

static void half_a_record_waits_for_its_other_half(void **state)
{
	struct event_reader reader;

	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n{\"se");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(next_seq(&reader, 0), 0);
	assert_int_equal(next_seq(&reader, 0), -1);
	put_file(*state, FILE_NAME, "a", "q\":1}\n");
	assert_int_equal(next_seq(&reader, 0), 1);
	amp_event_reader_close(&reader);
}

static void a_new_flight_is_followed(void **state)
{
	struct event_reader reader;
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/events.jsonl", (char *)*state);
	snprintf(to, sizeof(to), "%s/events.1.jsonl", (char *)*state);
	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n{\"seq\":1}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(next_seq(&reader, 0), 0);
	assert_int_equal(rename(from, to), 0);
	put_file(*state, FILE_NAME, "w", "{\"seq\":10}\n");
	assert_int_equal(next_seq(&reader, 0), 1); /* the old flight's rest first */
	assert_int_equal(next_seq(&reader, 0), 10);
	amp_event_reader_close(&reader);
}

static void waiting_ends_when_the_record_is_written(void **state)
{
	struct event_reader reader;
	struct event_filter *filter;
	char error[64];
	json_t *record = NULL;
	pid_t writer;
	int status;

	/* the file is not even there at first */
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	filter = amp_event_filter_parse("ev=b", error, sizeof(error));
	writer = fork();
	if (!writer) {
		put_file(*state, FILE_NAME, "w", "{\"seq\":0,\"ev\":\"a\"}\n");
		put_file(*state, FILE_NAME, "a", "{\"seq\":1,\"ev\":\"b\"}\n");
		_exit(0);
	}
	assert_int_equal(amp_event_reader_find(&reader, filter, -1, LONG_MS, &record), 1);
	assert_int_equal(amp_event_integer(record, "seq", -1), 1);
	assert_string_equal(reader.line, "{\"seq\":1,\"ev\":\"b\"}");
	json_decref(record);
	waitpid(writer, &status, 0);
	amp_event_filter_free(filter);
	amp_event_reader_close(&reader);
}

static void waiting_in_vain_ends_in_time(void **state)
{
	struct event_reader reader;
	json_t *record;

	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(amp_event_reader_find(&reader, NULL, 0, 20, &record), 0);
	amp_event_reader_close(&reader);
}

static void since_leaves_out_what_is_known(void **state)
{
	struct event_reader reader;
	json_t *record;

	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n{\"seq\":1}\n{\"seq\":2}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(amp_event_reader_find(&reader, NULL, 1, 0, &record), 1);
	assert_int_equal(amp_event_integer(record, "seq", -1), 2);
	json_decref(record);
	amp_event_reader_close(&reader);
}

static void skipping_leaves_only_what_comes_later(void **state)
{
	struct event_reader reader;

	put_file(*state, FILE_NAME, "w", "{\"seq\":0}\n{\"seq\":1}\n");
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	amp_event_reader_skip(&reader);
	assert_int_equal(next_seq(&reader, 0), -1);
	put_file(*state, FILE_NAME, "a", "{\"seq\":2}\n");
	assert_int_equal(next_seq(&reader, 0), 2);
	amp_event_reader_close(&reader);
}

static void very_long_records_are_read_whole(void **state)
{
	struct event_reader reader;
	size_t len = 300000;
	char *text = malloc(len + 32);
	json_t *record;
	int n = sprintf(text, "{\"seq\":3,\"x\":\"");

	memset(text + n, 'y', len);
	strcpy(text + n + len, "\"}\n");
	put_file(*state, FILE_NAME, "w", text);
	assert_int_equal(amp_event_reader_open(&reader, *state), 0);
	assert_int_equal(amp_event_reader_next(&reader, 0, &record), 1);
	assert_int_equal(strlen(amp_event_string(record, "x")), len);
	json_decref(record);
	free(text);
	amp_event_reader_close(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(records_come_in_order_and_then_none),     T(lines_that_are_no_records_are_passed_over),
		T(half_a_record_waits_for_its_other_half),  T(a_new_flight_is_followed),
		T(waiting_ends_when_the_record_is_written), T(waiting_in_vain_ends_in_time),
		T(since_leaves_out_what_is_known),          T(skipping_leaves_only_what_comes_later),
		T(very_long_records_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
