/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the demonstrations share: the table row, a lab of their own, steps for people and for the report.
 *
 * The lab is started by this program's own `up`, with a lifeline: should the demonstration die in any way, the lab goes
 * with it.
 */
#ifndef AMPRELAY_DEMO_H
#define AMPRELAY_DEMO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/control.h"
#include "demo_report.h"
#include "event_reader.h"
#include "lab_dir.h"

#define DEMO_STEP_MS 30000 /**< no single step may take longer */

struct demo;

/** One of its SoC's cores, and how its steps call it. */
struct demo_core {
	const char *name, *what;
};

/** A demonstration: one file demo_NAME.c and one row of the table in cmd_demo.c. */
struct demo_kind {
	const char *name;
	const char *soc;           /**< the SoC of its lab, qemu/SOC.dts */
	const char *title;         /**< its first line, and its line in the list */
	struct demo_core cores[4]; /**< those of the SoC; ended by a NULL name */
	bool any_soc;              /**< it plays on every SoC of one core */
	/** Shows and checks, with the lab up. It goes on as long as amp_demo_goes_on(). */
	void (*play)(struct demo *d);
};

extern const struct demo_kind demo_bring_up, demo_multi_services, demo_two_m3, demo_star;

/** What the user asked for; NULL = the lab's own. */
struct demo_choice {
	const char *report_path, *firmware, *lab_dir, *soc;
};

struct demo {
	const struct demo_kind *kind;
	struct demo_choice choice;
	char lab[AMP_LAB_NAME_MAX + 1];
	char *state_dir;
	int lifeline; /**< write end: closing it ends the lab */
	int signal_fd;
	bool interrupted, failed;
	double start; /**< amp_demo_now_ms() */
	struct demo_report report;
	struct event_reader events;
	FILE *json; /**< --json: standard output, which the report alone goes to; NULL: people read it */
};

/** Plays it from bringing the lab up to removing it. @return an enum amp_exit */
int amp_demo_run(const struct demo_kind *kind, const struct demo_choice *choice);

/** @return true as long as nothing failed and nobody pressed Ctrl-C */
static inline bool amp_demo_goes_on(const struct demo *d)
{
	return !d->failed && !d->interrupted;
}

/* ------------------------------------------------------------------ time, in milliseconds of CLOCK_MONOTONIC */

double amp_demo_now_ms(void);
double amp_demo_event_ms(const json_t *event);

/* ------------------------------------------------------------------ what a person sees */

/** One step: a numbered line, and a member of the report. One that is not ok fails the demonstration. */
__attribute__((format(printf, 5, 6))) void amp_demo_step(struct demo *d, const char *name, bool ok, double ms,
                                                         const char *format, ...);
/** A line below a step; one that is not ok fails the demonstration, too. */
void amp_demo_remark(struct demo *d, bool ok, const char *text);

/* ------------------------------------------------------------------ what the lab did */

/** The next record that matches, after the one found last. @return the caller's; NULL = none in time */
json_t *amp_demo_event(struct demo *d, const char *filter, int timeout_ms);

/** Steps of every demonstration: Linux boots, remoteproc starts each core. Fills in report.boot_ms. */
void amp_demo_show_boot(struct demo *d);

/** Commits a fault, as `amprelay fault`. */
void amp_demo_fault(struct demo *d, const char *core, const char *kind);

/* ------------------------------------------------------------------ commands in the guest; argv ends with NULL */

struct demo_text {
	struct demo *demo;
	char data[4096];
	size_t used;
};

/** Runs a command; `text` gets its output (as far as there is room), NUL-terminated. @return its exit status */
int amp_demo_guest(struct demo *d, char *const *argv, struct demo_text *text);

/** @return the first line of what amp_demo_guest() kept */
const char *amp_demo_first_line(struct demo_text *text);

/**
 * Runs a command and hands on its lines as they come.
 *
 * @param on_line     @return false to end the command
 * @param error       CLIENT_ERROR_LEN bytes: why it ended, if there is anything to say
 */
void amp_demo_lines(struct demo *d, char *const *argv, int timeout_ms, bool (*on_line)(void *context, const char *line),
                    void *context, char *error);

/** One command of a person, and the lines that come back: fnmatch() patterns. */
struct demo_typed {
	const char *command;
	const char *lines[12]; /**< ended by NULL */
};

/**
 * Types commands (the last is a NULL one) into one shell, shows what is typed and what comes back, and puts it into the
 * report. @return true if each brought what it must
 */
bool amp_demo_type(struct demo *d, const struct demo_typed *typed);

/* ------------------------------------------------------------------ commands beside what else goes on */

#define DEMO_JOB_ARGS 24

struct demo_job {
	pid_t pid; /**< of a client that runs it; -1 = none */
	int fd;    /**< its output */
};

/** Starts a command in the guest and goes on. argv has at most DEMO_JOB_ARGS members and ends with NULL. */
void amp_demo_start(struct demo *d, const char *const *argv, struct demo_job *job);

/** @return true until it has ended or said something */
bool amp_demo_job_runs(const struct demo_job *job);

/** Waits for its end, for `timeout_ms` at most; then it is ended. Otherwise as amp_demo_guest(). */
int amp_demo_finish(struct demo *d, struct demo_job *job, int timeout_ms, struct demo_text *text);

/** Ends it, if it runs. @return its exit status */
int amp_demo_stop(struct demo_job *job);

/** Runs this program with `argv`, its output going to `output`. It does not outlive the demonstration. @return its pid
 * or -1
 */
pid_t amp_demo_spawn(const char *const *argv, int output);

/** Waits for that process. @return its exit status */
int amp_demo_reap(pid_t pid);

#endif
