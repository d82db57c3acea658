// SPDX-License-Identifier: GPL-2.0-only
/* What a measurement says when it is ended before its time. The service at the other end is a child process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/rpmsg/rpmsg_trips.h"

static pid_t service;
static int channel;
static const struct target target = {.name = "amp-echo"};

static void start_service(void)
{
	uint8_t message[RPMSG_PAYLOAD_MAX];
	int ends[2];
	ssize_t n;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	service = fork();
	if (!service) {
		close(ends[0]);
		while ((n = read(ends[1], message, sizeof(message))) > 0)
			if (write(ends[1], message, (size_t)n) != n)
				break;
		_exit(0);
	}
	close(ends[1]);
	channel = ends[0];
	interrupted = 0;
}

static void stop_service(struct trips *trips)
{
	close(channel);
	waitpid(service, NULL, 0);
	trips_end(trips);
}

/* Makes `made` of ten round trips. @return the status that this run has */
static int run(struct trips *trips, unsigned int made)
{
	*trips = (struct trips){.count = 10, .sequence.size = 16, .timeout_ms = 60000, .prefix = "", .quiet = true};
	start_service();
	assert_int_equal(trips_begin(trips, &target), RPMSG_OK);
	for (unsigned int i = 0; i < made; i++)
		assert_int_equal(trips_one(trips, channel), 0);
	if (made < trips->count) {
		raise(SIGINT);
		amp_wait(NULL, 0, 0); /* lets it in */
	}
	return trips_verdict(trips, &target, interrupted ? -EINTR : 0);
}

/* What trips_print() says; in `text`. */
static void print(const struct trips *trips, bool json, char *text, size_t size)
{
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	trips_print(trips, json);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void an_interrupted_measurement_says_so_and_what_it_has_found(void **state)
{
	struct trips trips;
	char text[1024];

	(void)state;
	assert_int_equal(run(&trips, 3), RPMSG_INTERRUPTED);
	print(&trips, false, text, sizeof(text));
	assert_non_null(strstr(text, "interrupted after 3 of 10\n3 sent, 3 received, 0 % lost"));
	assert_non_null(strstr(text, "round trip min/avg"));
	print(&trips, true, text, sizeof(text));
	assert_non_null(strstr(text, "\"interrupted\": true"));
	stop_service(&trips);
}

static void one_that_has_found_nothing_is_no_success(void **state)
{
	struct trips trips;
	char text[1024];

	(void)state;
	assert_int_equal(run(&trips, 0), RPMSG_INTERRUPTED);
	print(&trips, false, text, sizeof(text));
	assert_non_null(strstr(text, "interrupted after 0 of 10\n0 sent"));
	stop_service(&trips);
}

static void a_whole_one_is_not_called_interrupted(void **state)
{
	struct trips trips;
	char text[1024];

	(void)state;
	assert_int_equal(run(&trips, 10), RPMSG_OK);
	print(&trips, true, text, sizeof(text));
	assert_non_null(strstr(text, "\"interrupted\": false"));
	stop_service(&trips);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interrupted_measurement_says_so_and_what_it_has_found),
		cmocka_unit_test(one_that_has_found_nothing_is_no_success),
		cmocka_unit_test(a_whole_one_is_not_called_interrupted),
	};

	set_signals();
	tick(true);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
