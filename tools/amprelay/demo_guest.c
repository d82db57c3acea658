// SPDX-License-Identifier: GPL-2.0-only
/* Commands in the guest of a demonstration's lab: one after the other, or beside what else goes on. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "demo.h"

static int interrupt(struct demo *d)
{
	d->interrupted = true;
	return -1;
}

static bool keep_text(void *context, char stream, const void *data, size_t len)
{
	struct demo_text *t = context;

	if (stream == 'O') {
		len = len < sizeof(t->data) - 1 - t->used ? len : sizeof(t->data) - 1 - t->used;
		memcpy(t->data + t->used, data, len);
		t->used += len;
	}
	return true;
}

static int text_signal(void *context, int signal)
{
	(void)signal;
	return interrupt(((struct demo_text *)context)->demo);
}

int amp_demo_guest(struct demo *d, char *const *argv, struct demo_text *text)
{
	const struct client_io io = {.timeout_ms = DEMO_STEP_MS,
	                             .has_signals = true,
	                             .signal_fd = d->signal_fd,
	                             .context = text,
	                             .on_output = keep_text,
	                             .on_signal = text_signal};
	struct client_result result;
	int exit;

	*text = (struct demo_text){.demo = d};
	exit = amp_client_exec(d->lab, argv, &io, &result);
	if (exit && result.error[0] && !d->interrupted)
		amp_cli_error("%s", result.error);
	amp_client_release(&result);
	return exit;
}

const char *amp_demo_first_line(struct demo_text *text)
{
	text->data[strcspn(text->data, "\n")] = '\0';
	return text->data;
}

struct lines {
	struct demo *demo;
	bool (*on_line)(void *context, const char *line);
	void *context;
	char line[256];
	size_t used;
};

static bool split_lines(void *context, char stream, const void *data, size_t len)
{
	struct lines *l = context;

	for (size_t i = 0; stream == 'O' && i < len; i++) {
		char c = ((const char *)data)[i];

		if (c != '\n') {
			if (l->used < sizeof(l->line) - 1)
				l->line[l->used++] = c;
			continue;
		}
		l->line[l->used] = '\0';
		l->used = 0;
		if (!l->on_line(l->context, l->line))
			return false;
	}
	return true;
}

static int lines_signal(void *context, int signal)
{
	(void)signal;
	return interrupt(((struct lines *)context)->demo);
}

void amp_demo_lines(struct demo *d, char *const *argv, int timeout_ms, bool (*on_line)(void *context, const char *line),
                    void *context, char *error)
{
	struct lines lines = {.demo = d, .on_line = on_line, .context = context};
	const struct client_io io = {.timeout_ms = timeout_ms,
	                             .has_signals = true,
	                             .signal_fd = d->signal_fd,
	                             .context = &lines,
	                             .on_output = split_lines,
	                             .on_signal = lines_signal};
	struct client_result result;

	amp_client_exec(d->lab, argv, &io, &result);
	snprintf(error, CLIENT_ERROR_LEN, "%s", result.error);
	amp_client_release(&result);
}

/* ------------------------------------------------------------------ beside what else goes on: this program once more,
 * as a process of its own */

pid_t amp_demo_spawn(const char *const *argv, int output)
{
	pid_t pid, parent = getpid();
	sigset_t none;

	fflush(NULL); /* or both processes would print it */
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(AMP_EXIT_FAILED);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(output, STDOUT_FILENO);
	execv("/proc/self/exe", (char *const *)argv);
	_exit(AMP_EXIT_FAILED);
}

int amp_demo_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return AMP_EXIT_FAILED;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : AMP_EXIT_FAILED;
}

void amp_demo_start(struct demo *d, const char *const *argv, struct demo_job *job)
{
	const char *all[DEMO_JOB_ARGS + 8] = {"amprelay", "--name", d->lab, "exec", "-n", "--"};
	int ends[2];

	*job = (struct demo_job){.pid = -1, .fd = -1};
	for (size_t i = 0; argv[i] && i < DEMO_JOB_ARGS; i++)
		all[6 + i] = argv[i];
	if (!pipe2(ends, O_CLOEXEC)) {
		job->pid = amp_demo_spawn(all, ends[1]);
		job->fd = ends[0];
		close(ends[1]);
	}
	if (job->pid < 0) {
		amp_cli_error("cannot start a command beside the others: %s", strerror(errno));
		d->failed = true;
	}
}

bool amp_demo_job_runs(const struct demo_job *job)
{
	struct pollfd pfd = {.fd = job->fd, .events = POLLIN};

	return job->fd >= 0 && poll(&pfd, 1, 0) == 0;
}

/* @return false when there is no more to come, or time has passed */
static bool read_more(struct demo *d, const struct demo_job *job, int timeout_ms, struct demo_text *text)
{
	struct pollfd fds[2] = {{.fd = job->fd, .events = POLLIN}, {.fd = d->signal_fd, .events = POLLIN}};
	ssize_t n;

	if (text->used == sizeof(text->data) - 1 || poll(fds, 2, timeout_ms) <= 0)
		return false;
	if (fds[1].revents) {
		interrupt(d);
		return false;
	}
	n = read(job->fd, text->data + text->used, sizeof(text->data) - 1 - text->used);
	text->used += n > 0 ? (size_t)n : 0;
	return n > 0;
}

int amp_demo_finish(struct demo *d, struct demo_job *job, int timeout_ms, struct demo_text *text)
{
	int64_t deadline = amp_cli_now_ms() + timeout_ms, left;

	*text = (struct demo_text){.demo = d};
	do
		left = deadline - amp_cli_now_ms();
	while (job->fd >= 0 && read_more(d, job, left > 0 ? (int)left : 0, text));
	return amp_demo_stop(job);
}

int amp_demo_stop(struct demo_job *job)
{
	int status = AMP_EXIT_FAILED;

	/* the client's end is that of its command; one that has ended does not mind */
	if (job->fd >= 0)
		close(job->fd);
	if (job->pid > 0) {
		kill(job->pid, SIGHUP);
		status = amp_demo_reap(job->pid);
	}
	*job = (struct demo_job){.pid = -1, .fd = -1};
	return status;
}
