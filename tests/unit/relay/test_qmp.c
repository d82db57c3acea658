// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/base/qmp.h"

static sd_event *loop;
static struct qmp qmp;
static int qemu; /* QEMU's end */
static char seen[1024];
static bool close_on_event;

static void note(const char *what, const char *text)
{
	size_t used = strlen(seen);

	snprintf(seen + used, sizeof(seen) - used, "%s=%s ", what, text);
}

static void on_event(void *userdata, const char *event, const json_t *data)
{
	(void)userdata;
	(void)data;
	note("event", event);
	if (close_on_event)
		amp_qmp_close(&qmp);
}

static void on_reply(void *userdata, const json_t *result)
{
	note(userdata, json_is_string(result) ? json_string_value(result) : result ? "object" : "refused");
}

static int open_monitor(void **state)
{
	int ours;

	(void)state;
	seen[0] = '\0';
	close_on_event = false;
	return sd_event_new(&loop) < 0 || amp_stream_pair(&ours, &qemu) < 0 ||
	                       amp_qmp_open(&qmp, loop, ours, "test", on_event, NULL) < 0
	               ? -1
	               : 0;
}

static int close_monitor(void **state)
{
	(void)state;
	amp_qmp_close(&qmp);
	close(qemu);
	sd_event_unref(loop);
	return 0;
}

static void qemu_says(const char *text)
{
	assert_int_equal(write(qemu, text, strlen(text)), strlen(text));
	while (sd_event_run(loop, 0) > 0)
		;
}

static const char *qemu_hears(void)
{
	static char text[2048];
	ssize_t n = read(qemu, text, sizeof(text) - 1);

	assert_true(n > 0);
	text[n] = '\0';
	return text;
}

static void it_negotiates_first(void **state)
{
	(void)state;
	assert_non_null(strstr(qemu_hears(), "{\"execute\":\"qmp_capabilities\",\"id\":1}"));
}

static void answers_find_their_commands_in_any_order(void **state)
{
	(void)state;
	assert_true(amp_qmp_command(&qmp, "stop", NULL, on_reply, "stop"));
	assert_true(amp_qmp_command(&qmp, "human-monitor-command", "{\"command-line\":\"info registers\"}", on_reply,
	                            "hmp"));
	assert_non_null(strstr(qemu_hears(), "\"id\":3,\"arguments\":{\"command-line\":\"info registers\"}}"));
	qemu_says("{\"QMP\": {}}\r\n{\"return\": {}, \"id\": 1}\r\n{\"return\": \"R00=0\", \"id\": 3}\r\n");
	assert_string_equal(seen, "hmp=R00=0 ");
	qemu_says("{\"return\": {}, \"id\": 2}\r\n");
	assert_string_equal(seen, "hmp=R00=0 stop=object ");
}

static void an_error_is_an_answer_too(void **state)
{
	(void)state;
	assert_true(amp_qmp_command(&qmp, "nonsense", NULL, on_reply, "x"));
	qemu_says("{\"id\": 2, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\"}}\r\n");
	assert_string_equal(seen, "x=refused ");
}

static void a_line_may_come_in_pieces(void **state)
{
	(void)state;
	qemu_says("{\"event\": \"WATCH");
	qemu_says("DOG\", \"data\": {\"action\": \"pause\"}}");
	assert_string_equal(seen, "");
	qemu_says("\r\n");
	assert_string_equal(seen, "event=WATCHDOG ");
}

static void garbage_and_strangers_are_skipped(void **state)
{
	(void)state;
	qemu_says("this is no JSON\r\n[1,2]\r\n7\r\n\r\n{\"return\": {}, \"id\": 99}\r\n{\"return\": {}, \"id\": "
	          "\"x\"}\r\n");
	qemu_says("{\"event\": \"STOP\"}\r\n");
	assert_string_equal(seen, "event=STOP ");
}

static void a_line_without_an_end_is_dropped(void **state)
{
	static char flood[QMP_LINE_MAX + 100];

	(void)state;
	memset(flood, 'x', sizeof(flood) - 1);
	qemu_says(flood);
	qemu_says("\n{\"event\": \"STOP\"}\n");
	assert_string_equal(seen, "event=STOP ");
}

static void a_callback_may_close_it(void **state)
{
	(void)state;
	close_on_event = true;
	qemu_says("{\"event\": \"RESET\"}\r\n{\"event\": \"STOP\"}\r\n");
	assert_string_equal(seen, "event=RESET ");
	assert_false(amp_qmp_command(&qmp, "stop", NULL, on_reply, "x"));
}

static void too_many_open_commands_are_refused(void **state)
{
	int taken = 0;

	(void)state;
	while (amp_qmp_command(&qmp, "stop", NULL, on_reply, "x"))
		taken++;
	assert_in_range(taken, QMP_PENDING_MAX - 1, QMP_PENDING_MAX);
	qemu_says("{\"return\": {}, \"id\": 2}\r\n");
	assert_true(amp_qmp_command(&qmp, "stop", NULL, on_reply, "x"));
}

static void on_run(void *userdata, bool runs, uint64_t us)
{
	char text[64];

	snprintf(text, sizeof(text), "%s at %llu", runs ? "runs" : "stands", (unsigned long long)us);
	note(userdata, text);
}

static void who_follows_it_hears_when_the_clock_stands(void **state)
{
	(void)state;
	qmp.on_run = on_run;
	qmp.run_userdata = "clock";
	qemu_says("{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 7, \"microseconds\": 20}}\r\n");
	qemu_says("{\"event\": \"RESUME\", \"timestamp\": {\"seconds\": 8, \"microseconds\": 1}}\r\n");
	qemu_says("{\"event\": \"RESET\"}\r\n");
	assert_string_equal(seen, "clock=stands at 7000020 event=STOP clock=runs at 8000001 event=RESUME event=RESET ");
}

static void a_descriptor_goes_along_with_its_command(void **state)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char text[512];
	struct iovec io = {.iov_base = text, .iov_len = sizeof(text)};
	struct msghdr message = {
		.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	int fd;

	(void)state;
	qemu_hears();
	assert_true(amp_qmp_give(&qmp, "that", STDERR_FILENO, on_reply, "given"));
	assert_true(recvmsg(qemu, &message, MSG_CMSG_CLOEXEC) > 0);
	assert_non_null(memmem(text, sizeof(text), "{\"fdname\":\"that\"}", 17));
	assert_non_null(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	close(fd);
	qemu_says("{\"return\": {}, \"id\": 2}\r\n");
	assert_string_equal(seen, "given=object ");
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, open_monitor, close_monitor)
	const struct CMUnitTest tests[] = {
		TEST(it_negotiates_first),
		TEST(answers_find_their_commands_in_any_order),
		TEST(an_error_is_an_answer_too),
		TEST(a_line_may_come_in_pieces),
		TEST(garbage_and_strangers_are_skipped),
		TEST(a_line_without_an_end_is_dropped),
		TEST(a_callback_may_close_it),
		TEST(who_follows_it_hears_when_the_clock_stands),
		TEST(a_descriptor_goes_along_with_its_command),
		TEST(too_many_open_commands_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
