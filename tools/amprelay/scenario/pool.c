// SPDX-License-Identifier: GPL-2.0-only
#include "pool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "amprelay/cli.h"
#include "amprelay/client.h"

struct worker {
	const struct pool_run *run; /* NULL: the place is free */
	pid_t pid;
	int pidfd, result_fd;
};

struct pool {
	struct worker worker[POOL_MAX];
	size_t busy;
	int signal_fd;
	sigset_t old_signals;
	bool interrupted;
};

/* In the new process; does not return. */
static void work(const struct pool_run *run, int result_fd, const struct run_options *options)
{
	json_t *result;

	setpgid(0, 0); /* Ctrl-C is the pool's to pass on */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	result = amp_run_scenario(run->scenario, run->soc, run->seed, options);
	if (result)
		json_dumpfd(result, result_fd, JSON_ENSURE_ASCII);
	fflush(NULL);
	_exit(AMP_EXIT_OK);
}

static bool start(struct pool *pool, const struct pool_run *run, const struct run_options *options)
{
	struct worker *worker = pool->worker;

	while (worker->run)
		worker++;
	worker->result_fd = memfd_create("result", MFD_CLOEXEC);
	fflush(NULL);
	worker->pid = worker->result_fd >= 0 ? fork() : -1;
	if (worker->pid == 0)
		work(run, worker->result_fd, options);
	worker->pidfd = worker->pid > 0 ? (int)syscall(SYS_pidfd_open, worker->pid, 0) : -1;
	if (worker->pidfd < 0)
		return false;
	worker->run = run;
	pool->busy++;
	return true;
}

static json_t *no_result(const struct pool_run *run, const char *why)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:b, s:b, s:f, s:i, s:s, s:s, s:[]}", "file", run->scenario->path,
	                 "claim", run->scenario->claim, "soc", run->soc, "seed", (json_int_t)run->seed, "ok", 0,
	                 "interrupted", 0, "ms", 0.0, "line", 1, "failure", why, "logs", "", "steps");
}

static json_t *take_result(struct pool *pool, struct worker *worker)
{
	json_t *result;

	waitpid(worker->pid, NULL, 0);
	lseek(worker->result_fd, 0, SEEK_SET);
	result = json_loadfd(worker->result_fd, 0, NULL);
	if (!json_is_object(result)) {
		json_decref(result);
		result = no_result(worker->run, "the process that ran it has died\n");
	}
	close(worker->result_fd);
	close(worker->pidfd);
	*worker = (struct worker){0};
	pool->busy--;
	return result;
}

/* Those under way clean up and end; no more are started. */
static void interrupt(struct pool *pool)
{
	struct signalfd_siginfo info;

	if (read(pool->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	pool->interrupted = true;
	for (size_t i = 0; i < POOL_MAX; i++) {
		if (pool->worker[i].run)
			kill(pool->worker[i].pid, SIGTERM);
	}
}

static void wait_for_some(struct pool *pool, void (*told)(void *context, json_t *result), void *context)
{
	struct pollfd fds[POOL_MAX + 1];

	for (size_t i = 0; i < POOL_MAX; i++)
		fds[i] = (struct pollfd){.fd = pool->worker[i].run ? pool->worker[i].pidfd : -1, .events = POLLIN};
	fds[POOL_MAX] = (struct pollfd){.fd = pool->signal_fd, .events = POLLIN};
	if (poll(fds, POOL_MAX + 1, -1) <= 0)
		return;
	for (size_t i = 0; i < POOL_MAX; i++) {
		if (fds[i].revents)
			told(context, take_result(pool, &pool->worker[i]));
	}
	if (fds[POOL_MAX].revents)
		interrupt(pool);
}

bool amp_scenario_pool(const struct pool_run *runs, size_t count, size_t at_once, const struct run_options *options,
                       void (*told)(void *context, json_t *result), void *context)
{
	struct pool pool = {0};
	size_t next = 0;

	pool.signal_fd = amp_client_catch_signals(0, &pool.old_signals);
	while (pool.busy || (next < count && !pool.interrupted)) {
		if (next < count && !pool.interrupted && pool.busy < at_once) {
			if (!start(&pool, &runs[next], options))
				told(context, no_result(&runs[next], "no process can be started for it\n"));
			next++;
			continue;
		}
		wait_for_some(&pool, told, context);
	}
	close(pool.signal_fd);
	sigprocmask(SIG_SETMASK, &pool.old_signals, NULL);
	return !pool.interrupted;
}
