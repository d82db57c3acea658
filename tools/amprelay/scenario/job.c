// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amprelay/cli.h"
#include "common/text.h"

/* ------------------------------------------------------------------ the beginning */

/* In the new process; does not return. */
static void become(const char *program, char *const *argv, const char *folder, int kept_fd, int output)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	if (kept_fd >= 0)
		fcntl(kept_fd, F_SETFD, 0);
	if (!folder || chdir(folder) == 0)
		execv(program, argv);
	perror(program);
	_exit(127);
}

static struct job *free_place(struct jobs *jobs)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs->job[i].pid == 0)
			return &jobs->job[i];
	}
	return NULL;
}

struct job *amp_job_start(struct jobs *jobs, const char *name, const char *program, char *const *argv,
                          const char *folder, int kept_fd)
{
	struct job *job = free_place(jobs);
	int ends[2];

	if (!job || pipe2(ends, O_CLOEXEC))
		return NULL;
	*job = (struct job){.output_fd = ends[0], .running = true};
	amp_text(job->name, sizeof(job->name), "%s", name ? name : "");
	job->output = calloc(1, JOB_OUTPUT_KEPT + 1); /* pages that are not written cost nothing */
	fflush(NULL);                                 /* or both processes would print it */
	job->pid = job->output ? fork() : -1;
	if (job->pid == 0)
		become(program, argv, folder, kept_fd, ends[1]);
	close(ends[1]);
	job->pidfd = job->pid > 0 ? (int)syscall(SYS_pidfd_open, job->pid, 0) : -1;
	if (job->pidfd >= 0) {
		setpgid(job->pid, job->pid); /* whoever of us two is first */
		fcntl(job->output_fd, F_SETFL, O_NONBLOCK);
		return job;
	}
	amp_job_end(job);
	return NULL;
}

/* ------------------------------------------------------------------ what they say, and that they end */

/* @return false at the end of its output */
static bool take_output(struct job *job)
{
	char spare[4096];
	bool full = job->used == JOB_OUTPUT_KEPT;
	ssize_t n = full ? read(job->output_fd, spare, sizeof(spare))
	                 : read(job->output_fd, job->output + job->used, JOB_OUTPUT_KEPT - job->used);

	if (n > 0 && !full)
		job->used += (size_t)n;
	return n > 0;
}

static void close_output(struct job *job)
{
	close(job->output_fd);
	job->output_fd = -1;
}

static void note_end(struct job *job)
{
	int status;

	kill(-job->pid, SIGKILL); /* what it has left behind; its number is its own until it is waited for */
	if (waitpid(job->pid, &status, 0) == job->pid)
		job->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	job->running = false;
	while (job->output_fd >= 0 && take_output(job))
		;
}

bool amp_job_says(const struct job *job, const char *text)
{
	return memmem(job->output, job->used, text, strlen(text));
}

/* Looks after all of them, once. @return false when time has passed */
static bool serve(struct jobs *jobs, int64_t deadline)
{
	struct pollfd fds[JOBS_MAX + JOBS_MAX + 1], *outputs = fds, *ends = fds + JOBS_MAX; /* the last: signals */
	int64_t left = deadline - amp_cli_now_ms();
	struct signalfd_siginfo info;
	int ready;

	for (size_t i = 0; i < JOBS_MAX; i++) {
		const struct job *job = &jobs->job[i];
		bool there = job->pid > 0;

		outputs[i] = (struct pollfd){.fd = there ? job->output_fd : -1, .events = POLLIN};
		ends[i] = (struct pollfd){.fd = there && job->running ? job->pidfd : -1, .events = POLLIN};
	}
	ends[JOBS_MAX] = (struct pollfd){.fd = jobs->signal_fd, .events = POLLIN};
	ready = poll(fds, sizeof(fds) / sizeof(fds[0]), left > 0 ? (int)left : 0);
	for (size_t i = 0; ready > 0 && i < JOBS_MAX; i++) {
		struct job *job = &jobs->job[i];

		if (outputs[i].revents && !take_output(job))
			close_output(job);
		if (ends[i].revents)
			note_end(job);
	}
	if (ready > 0 && ends[JOBS_MAX].revents && read(jobs->signal_fd, &info, sizeof(info)) > 0)
		jobs->interrupted = true;
	return ready != 0;
}

enum job_wait amp_job_wait(struct jobs *jobs, struct job *job, const char *text, int64_t deadline)
{
	for (;;) {
		if (text && amp_job_says(job, text))
			return JOB_SAID;
		if (!job->running)
			return JOB_ENDED;
		if (jobs->interrupted)
			return JOB_INTERRUPTED;
		if (!serve(jobs, deadline))
			return JOB_LATE;
	}
}

bool amp_jobs_pass(struct jobs *jobs, int64_t deadline)
{
	while (!jobs->interrupted && serve(jobs, deadline))
		;
	return !jobs->interrupted;
}

struct job *amp_job_find(struct jobs *jobs, const char *name)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs->job[i].pid > 0 && strcmp(jobs->job[i].name, name) == 0)
			return &jobs->job[i];
	}
	return NULL;
}

struct job *amp_jobs_ledger_of(struct jobs *jobs, const char *core)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs->job[i].pid > 0 && strcmp(jobs->job[i].ledger_of, core) == 0)
			return &jobs->job[i];
	}
	return NULL;
}

/* ------------------------------------------------------------------ the end */

#define END_MS 2000 /* how long a process may take to end in order */

void amp_job_end(struct job *job)
{
	struct pollfd pfd = {.fd = job->pidfd, .events = POLLIN};

	if (job->pid > 0 && job->running) {
		kill(-job->pid, SIGTERM);
		poll(&pfd, 1, END_MS);
		kill(-job->pid, SIGKILL);
		waitpid(job->pid, NULL, 0);
	}
	if (job->pidfd >= 0)
		close(job->pidfd);
	if (job->output_fd >= 0)
		close(job->output_fd);
	free(job->output);
	*job = (struct job){0};
}

void amp_jobs_end(struct jobs *jobs)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs->job[i].pid > 0)
			amp_job_end(&jobs->job[i]);
	}
}
