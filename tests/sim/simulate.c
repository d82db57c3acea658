// SPDX-License-Identifier: GPL-2.0-only
/* Runs schedules by the thousand; stops at the first that breaks an invariant, and says how to see it again. */
#include "schedule.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	const char *program;
	uint64_t first, runs;
	int class; /* CLASSES: all */
	uint32_t trace;
	bool progress;
	uint32_t ways; /* of class every */
} options = {.first = 1, .class = CLASSES, .ways = 2};

static struct {
	enum fault_class class;
	uint64_t seed;
} now; /* for the signal handler */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void print_command(void)
{
	printf("again:  %s --class %s --seed %llu --runs 1 -v\n", options.program, class_names[now.class],
	       (unsigned long long)now.seed);
}

/* Memory of the views is not mapped: whoever touches it without the accessors ends here. Nothing can be relied on
 * afterwards. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	printf("FAILED  class %s, seed %llu, step %llu: a plain access to address %p\n", class_names[now.class],
	       (unsigned long long)now.seed, (unsigned long long)sim_step(), info->si_addr);
	print_command();
	if (options.trace)
		sim_print_trace();
	fflush(stdout);
	_exit(1);
}

static void catch_signals(void)
{
	static char stack[65536];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	struct sigaction interrupt = {.sa_handler = on_interrupt};

	sigaltstack(&alternate, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
}

/* ------------------------------------------------------------------ running */

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void show_progress(uint64_t done, uint64_t all, uint64_t steps, double start)
{
	static double last;
	double t = seconds();

	if (!options.progress || (t - last < 0.2 && done != all))
		return;
	last = t;
	fprintf(stderr, "\r%llu", (unsigned long long)done);
	if (all)
		fprintf(stderr, " of %llu", (unsigned long long)all);
	fprintf(stderr, " schedules, %.0f a second, %.1f million steps ", (double)done / (t - start + 1e-9),
	        (double)steps / 1e6);
	fflush(stderr);
}

static bool run_one(enum fault_class class, uint64_t seed, uint64_t *steps)
{
	struct schedule schedule;
	struct sim_result result;
	bool good;

	now.class = class;
	now.seed = seed;
	schedule_draw(&schedule, class, seed);
	schedule.sim.trace = options.trace;
	good = schedule_run(&schedule, &result);
	*steps += result.steps;
	if (options.trace) {
		schedule_print(&schedule);
		sim_print_trace();
	}
	if (!good) {
		if (options.progress)
			fputc('\n', stderr);
		printf("FAILED  class %s, seed %llu, step %llu: %s\n", class_names[class], (unsigned long long)seed,
		       (unsigned long long)result.steps, result.text);
		print_command();
	}
	return good;
}

/*
 * The number of class every that follows the one which has run; 0: there is none. The steps of a run, which are the
 * same for all faults, are counted.
 */
static uint64_t next_number(uint64_t number, uint64_t *run_steps)
{
	struct every every = every_of(number);

	if (!schedule_fault_came_at_rest()) {
		every.step++;
	} else {
		*run_steps += every.fault ? 0 : every.step - 1;
		every.step = 1;
		every.fault++;
	}
	number = every_number(&every);
	return every_of(number).way < options.ways ? number : 0;
}

/* Each kind of restart at each step of each scenario, in some ways to run. */
static int run_every(void)
{
	uint64_t done = 0, steps = 0, places = 0, number = options.first;
	double start = seconds();
	bool good = true;

	while (number && good && !interrupted && done < options.runs) {
		good = run_one(CLASS_EVERY, number, &steps);
		done++;
		number = next_number(number, &places);
		show_progress(done, 0, steps, start);
	}
	if (options.progress)
		fputc('\n', stderr);
	printf("%llu schedules%s: %u kinds of restart at each of %llu steps and at rest, %u scenarios, %u ways, %.1f "
	       "million steps in all, %.1f s: %s\n",
	       (unsigned long long)done, number && good ? " (not all)" : "", (unsigned int)FAULT_RESTARTS,
	       (unsigned long long)places, EVERY_SCENARIOS, options.ways, (double)steps / 1e6, seconds() - start,
	       good ? "all invariants held" : "an invariant was broken");
	return good ? interrupted ? 130 : 0 : 1;
}

static int run(void)
{
	uint64_t done = 0, steps = 0;
	double start = seconds();
	bool good = true;

	for (uint64_t seed = options.first; good && !interrupted && done < options.runs; seed++) {
		for (int class = 0; good && !interrupted && class < CLASSES_DRAWN && done < options.runs; class ++) {
			if (options.class != CLASSES && options.class != class)
				continue;
			good = run_one((enum fault_class) class, seed, &steps);
			done++;
			show_progress(done, options.runs, steps, start);
		}
	}
	if (options.progress)
		fputc('\n', stderr);
	printf("%llu schedules%s, %.1f million steps, %.1f s: %s\n", (unsigned long long)done,
	       interrupted ? " (interrupted)" : "", (double)steps / 1e6, seconds() - start,
	       good ? "all invariants held" : "an invariant was broken");
	return good ? interrupted ? 130 : 0 : 1;
}

/* ------------------------------------------------------------------ command line */

static uint64_t number(const char *text, struct argp_state *state, const char *what)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-')
		argp_error(state, "%s is \"%s\", but must be a number", what, text);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'c':
		for (options.class = 0; options.class < CLASSES; options.class ++)
			if (strcmp(arg, class_names[options.class]) == 0)
				return 0;
		argp_error(state, "there is no class \"%s\"; there are order, doorbell, restart, hostile, slow, every",
		           arg);
		return EINVAL;
	case 's':
		options.first = number(arg, state, "the seed");
		return 0;
	case 'r':
		options.runs = number(arg, state, "the number of runs");
		return 0;
	case 'w':
		options.ways = (uint32_t)number(arg, state, "the number of ways");
		return 0;
	case 'p':
		options.progress = true;
		return 0;
	case 'v':
		options.trace = arg ? (uint32_t)number(arg, state, "the number of events") : 200;
		return 0;
	case ARGP_KEY_ARG:
		argp_usage(state);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp_option table[] = {
		{"class", 'c', "CLASS", 0,
	         "Only this class of faults: order, doorbell, restart, hostile, slow or every", 0},
		{"seed", 's', "N", 0, "First seed (1)", 0},
		{"runs", 'r', "N", 0, "Schedules (1000; class every: as many as there are)", 0},
		{"ways", 'w', "N", 0, "Class every: ways to run each scenario (2)", 0},
		{"progress", 'p', NULL, 0, "Show how far it is", 0},
		{"verbose", 'v', "EVENTS", OPTION_ARG_OPTIONAL, "Print each schedule and its last events (200)", 0},
		{0},
	};
	static const struct argp argp = {
		table, parse,
		NULL,  "Simulate host and remote over weak memory, with faults; see docs/explanation/simulator.md",
		NULL,  NULL,
		NULL};

	options.program = argv[0];
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	catch_signals();
	if (!options.runs)
		options.runs = options.class == CLASS_EVERY ? UINT64_MAX : 1000;
	return options.class == CLASS_EVERY ? run_every() : run();
}
