/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that steps are made of. Each is in a process group of its own, which Ctrl-C does not reach and which
 * ends as a whole; what it writes is kept.
 *
 * Context: one thread. Waiting for one of them takes what all others write, so none of them is held up.
 */
#ifndef AMPRELAY_SCENARIO_JOB_H
#define AMPRELAY_SCENARIO_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "variables.h"

#define JOBS_MAX        16
#define JOB_OUTPUT_KEPT (1u << 20) /**< bytes */

struct job {
	char name[SCENARIO_NAME_LEN];      /**< empty: in the foreground */
	char ledger_of[SCENARIO_NAME_LEN]; /**< the core that it keeps the ledger of; empty: it is another kind of job
	                                    */
	bool may_corrupt;                  /**< … where memory may be written over */
	pid_t pid;                         /**< 0: the place is free */
	int pidfd, output_fd;
	char *output; /**< both streams, NUL-terminated, as far as kept */
	size_t used;
	bool running;
	int status; /**< as a shell has it; valid when it does not run */
};

struct jobs {
	struct job job[JOBS_MAX];
	int signal_fd;    /**< a signalfd: whoever sends one wants it to end */
	bool interrupted; /**< somebody has */
};

enum job_wait {
	JOB_ENDED,
	JOB_SAID, /**< … what it was to say */
	JOB_LATE,
	JOB_INTERRUPTED,
};

/**
 * @param program  the path of what is run; argv[0] is free
 * @param folder   where; NULL = here
 * @param kept_fd  the one descriptor that it inherits besides its streams; -1 = none
 * @return NULL: there is no place or no process
 */
struct job *amp_job_start(struct jobs *jobs, const char *name, const char *program, char *const *argv,
                          const char *folder, int kept_fd);

/** Waits for its end, or until its output contains `text`; NULL: for its end. @param deadline  ms, amp_cli_now_ms() */
enum job_wait amp_job_wait(struct jobs *jobs, struct job *job, const char *text, int64_t deadline);

/** Has it written `text`? There may be zeroes in what it has written. */
bool amp_job_says(const struct job *job, const char *text);

/** @return the one of that name; NULL: there is none */
struct job *amp_job_find(struct jobs *jobs, const char *name);
/** @return the one that keeps the ledger of that core; NULL: there is none */
struct job *amp_jobs_ledger_of(struct jobs *jobs, const char *core);

/** Looks after all of them until then. @return false if somebody wants it to end before */
bool amp_jobs_pass(struct jobs *jobs, int64_t deadline);

/** Ends it, if it runs, with all that it has started, and forgets it. */
void amp_job_end(struct job *job);
void amp_jobs_end(struct jobs *jobs);

#endif
