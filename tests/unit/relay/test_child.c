// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/base/child.h"

static sd_event *loop;
static struct child child;
static char ending[64];

static int make_loop(void **state)
{
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ending[0] = '\0';
	return sd_event_new(&loop) < 0 ? -1 : 0;
}

static int drop_loop(void **state)
{
	(void)state;
	amp_child_release(&child);
	sd_event_unref(loop);
	return 0;
}

static void on_exit_(void *userdata, const siginfo_t *info)
{
	(void)userdata;
	amp_child_ending(info, ending, sizeof(ending));
	sd_event_exit(loop, 0);
}

static void start_shell(const char *script, const int *fds, size_t num_fds)
{
	static struct arguments args;

	memset(&args, 0, sizeof(args));
	amp_argument(&args, "sh");
	amp_argument(&args, "-c");
	amp_argument(&args, "%s", script);
	assert_int_equal(amp_child_start(&child, loop, "test", &args, fds, num_fds, on_exit_, NULL), 0);
}

static void the_end_of_a_process_is_told_in_words(void **state)
{
	(void)state;
	start_shell("exit 3", NULL, 0);
	assert_int_equal(sd_event_loop(loop), 0);
	assert_string_equal(ending, "ended with status 3");
	assert_int_equal(child.pid, 0);
}

static void a_killed_process_is_told_by_its_signal(void **state)
{
	(void)state;
	start_shell("exec sleep 60", NULL, 0);
	amp_child_kill(&child, SIGKILL);
	assert_int_equal(sd_event_loop(loop), 0);
	assert_string_equal(ending, "was killed by signal 9 (Killed)");
}

static void its_last_words_are_there_when_it_has_ended(void **state)
{
	char words[32];

	(void)state;
	start_shell("echo first; echo R00=1 R01=2 >&2; exec kill -ABRT $$", NULL, 0);
	assert_int_equal(sd_event_loop(loop), 0);
	assert_string_equal(child.message, "first\nR00=1 R01=2\n");
	amp_child_last_words(&child, words, sizeof(words));
	assert_string_equal(words, "R00=1 R01=2");
}

static void much_output_keeps_its_end(void **state)
{
	siginfo_t info;

	(void)state;
	start_shell("i=0; while [ $i -lt 4000 ]; do echo line $i; i=$((i+1)); done", NULL, 0);
	/* it has ended before we look, with more in the pipe than one reading takes */
	assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(sd_event_loop(loop), 0);
	assert_true(child.message_len <= CHILD_MESSAGE_MAX);
	assert_non_null(strstr(child.message, "line 3999\n"));
}

static void it_has_the_descriptors_given_and_no_others(void **state)
{
	int given[2], other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char script[128];

	(void)state;
	assert_int_equal(pipe2(given, O_CLOEXEC), 0);
	snprintf(script, sizeof(script),
	         "test -e /proc/self/fd/%d || exit 1; test -e /proc/self/fd/%d && exit 2; exit 0", given[1], other);
	start_shell(script, &given[1], 1);
	assert_int_equal(sd_event_loop(loop), 0);
	assert_string_equal(ending, "ended with status 0");
	close(given[0]);
	close(given[1]);
	close(other);
}

static void it_leads_a_process_group_of_its_own(void **state)
{
	(void)state;
	start_shell("exec sleep 60", NULL, 0);
	/* the child does it itself: it has when it can be seen running another program */
	for (int i = 0; i < 1000 && getpgid(child.pid) == getpgrp(); i++)
		poll(NULL, 0, 1);
	assert_int_equal(getpgid(child.pid), child.pid);
	amp_child_kill(&child, SIGKILL);
	assert_int_equal(sd_event_loop(loop), 0);
}

static void a_program_that_is_not_there_says_so(void **state)
{
	static struct arguments args;
	char words[64];

	(void)state;
	memset(&args, 0, sizeof(args));
	amp_argument(&args, "amprelay-no-such-program");
	assert_int_equal(amp_child_start(&child, loop, "test", &args, NULL, 0, on_exit_, NULL), 0);
	assert_int_equal(sd_event_loop(loop), 0);
	amp_child_last_words(&child, words, sizeof(words));
	assert_string_equal(words, "cannot run amprelay-no-such-program: No such file or directory");
}

/* The relay in a process of its own, which is killed; the child's end of a pipe tells when the child has gone. */
static void it_dies_with_the_relay(void **state)
{
	int alive[2];
	struct pollfd wait;
	char byte;
	pid_t relay;

	(void)state;
	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	relay = fork();
	if (relay == 0) {
		sd_event *inner;
		static struct arguments args;

		amp_argument(&args, "sh");
		amp_argument(&args, "-c");
		amp_argument(&args, "echo >&%d; exec sleep 60", alive[1]);
		if (sd_event_new(&inner) < 0 ||
		    amp_child_start(&child, inner, "test", &args, &alive[1], 1, on_exit_, NULL) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	close(alive[1]);
	assert_int_equal(read(alive[0], &byte, 1), 1); /* it runs */
	kill(relay, SIGKILL);
	waitpid(relay, NULL, 0);
	wait = (struct pollfd){.fd = alive[0], .events = POLLIN};
	assert_int_equal(poll(&wait, 1, 10000), 1);
	assert_int_equal(read(alive[0], &byte, 1), 0); /* it is gone */
	close(alive[0]);
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, make_loop, drop_loop)
	const struct CMUnitTest tests[] = {
		TEST(the_end_of_a_process_is_told_in_words),      TEST(a_killed_process_is_told_by_its_signal),
		TEST(its_last_words_are_there_when_it_has_ended), TEST(much_output_keeps_its_end),
		TEST(it_has_the_descriptors_given_and_no_others), TEST(it_leads_a_process_group_of_its_own),
		TEST(a_program_that_is_not_there_says_so),        TEST(it_dies_with_the_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
