// SPDX-License-Identifier: GPL-2.0-only
/* The processes of a scenario's steps. */
#include "../cli/scratch.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "amprelay/cli.h"
#include "amprelay/scenario/job.h"

#define LIMIT_MS 60000

static int signals_of(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static struct job *start(struct jobs *jobs, const char *name, const char *script)
{
	struct job *job = amp_job_start(jobs, name, "/bin/sh", (char *[]){"sh", "-c", (char *)script, NULL}, NULL, -1);

	assert_non_null(job);
	return job;
}

static int64_t soon(void)
{
	return amp_cli_now_ms() + LIMIT_MS;
}

static void status_and_output_are_kept(void **state)
{
	struct jobs jobs = {.signal_fd = -1};
	struct job *job = start(&jobs, NULL, "echo out; echo err >&2; cat; exit 42");

	(void)state;
	assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_ENDED);
	assert_int_equal(job->status, 42);
	assert_string_equal(job->output, "out\nerr\n");
	amp_job_end(job);
	job = start(&jobs, NULL, "kill -TERM $$");
	assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_ENDED);
	assert_int_equal(job->status, 128 + SIGTERM);
	amp_job_end(job);
	job = start(&jobs, NULL, "printf 'bound\\0hello'");
	assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_ENDED);
	assert_true(amp_job_says(job, "hello"));
	assert_false(amp_job_says(job, "hello "));
	amp_job_end(job);
}

static void what_is_too_much_is_taken_and_not_kept(void **state)
{
	struct jobs jobs = {.signal_fd = -1};
	struct job *job = start(&jobs, NULL, "head -c 3000000 /dev/zero | tr '\\0' x");

	(void)state;
	assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_ENDED);
	assert_int_equal(job->status, 0);
	assert_int_equal(strlen(job->output), JOB_OUTPUT_KEPT);
	amp_job_end(job);
}

static void one_in_the_background_is_served_while_another_is_waited_for(void **state)
{
	struct jobs jobs = {.signal_fd = -1};
	char fifo[] = "/tmp/scenario-job-XXXXXX", script[256], pipe[64];
	struct job *flood, *other;

	(void)state;
	assert_non_null(mkdtemp(fifo));
	snprintf(pipe, sizeof(pipe), "%s/f", fifo);
	/* the other one ends when the flood, more than a pipe holds, has been taken */
	snprintf(script, sizeof(script), "head -c 500000 /dev/zero | tr '\\0' x; echo >%s/f", fifo);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	flood = start(&jobs, "flood", script);
	snprintf(script, sizeof(script), "read x <%s/f; rm -r %s", fifo, fifo);
	other = start(&jobs, NULL, script);
	assert_int_equal(amp_job_wait(&jobs, other, NULL, soon()), JOB_ENDED);
	assert_ptr_equal(amp_job_find(&jobs, "flood"), flood);
	amp_jobs_end(&jobs);
	assert_null(amp_job_find(&jobs, "flood"));
}

static void a_text_is_enough_and_time_and_signals_end_the_wait(void **state)
{
	struct jobs jobs = {.signal_fd = signals_of(SIGUSR1)};
	struct job *job = start(&jobs, NULL, "echo here it is; exec sleep 1000");

	(void)state;
	assert_int_equal(amp_job_wait(&jobs, job, "it is", soon()), JOB_SAID);
	assert_int_equal(amp_job_wait(&jobs, job, "it is not", amp_cli_now_ms()), JOB_LATE);
	raise(SIGUSR1);
	assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_INTERRUPTED);
	amp_job_end(job);
	close(jobs.signal_fd);
}

static int watch(struct job *job)
{
	return (int)syscall(SYS_pidfd_open, (pid_t)strtol(job->output, NULL, 10), 0);
}

static void what_a_job_has_started_ends_with_it(void **state)
{
	static const char *const scripts[] = {
		"sleep 1000 & echo $!; wait",                      /* ended from outside */
		"sleep 1000 & echo $!; read x < /dev/null; exit 0" /* ends by itself */
	};
	struct jobs jobs = {.signal_fd = -1};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct job *job = start(&jobs, NULL, scripts[i]);
		struct pollfd pfd = {.events = POLLIN};

		assert_int_equal(amp_job_wait(&jobs, job, "\n", soon()), JOB_SAID);
		pfd.fd = watch(job);
		if (i == 1)
			assert_int_equal(amp_job_wait(&jobs, job, NULL, soon()), JOB_ENDED);
		amp_job_end(job);
		if (pfd.fd >= 0) /* else it is gone already */
			assert_int_equal(poll(&pfd, 1, LIMIT_MS), 1);
		close(pfd.fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_and_output_are_kept),
		cmocka_unit_test(what_is_too_much_is_taken_and_not_kept),
		cmocka_unit_test(one_in_the_background_is_served_while_another_is_waited_for),
		cmocka_unit_test(a_text_is_enough_and_time_and_signals_end_the_wait),
		cmocka_unit_test(what_a_job_has_started_ends_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
