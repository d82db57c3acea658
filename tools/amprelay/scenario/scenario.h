/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario: a text file that says what to do with a lab and what must come of it (docs/reference/scenario.md).
 *
 * It is loaded by its schema, looked at a second time for the lines that its steps stand in, and checked; what is left
 * can be run without a further look at the text.
 */
#ifndef AMPRELAY_SCENARIO_H
#define AMPRELAY_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_ERROR_LEN    2048
#define SCENARIO_DEBUG_KERNEL "debug-kernel"

/** What a step can do that is one text: X(member, key, what the text is). The keys are those of the file. */
#define SCENARIO_TEXT_ACTIONS(X)                                                    \
	X(up, "up", "options of 'amprelay up'")                                     \
	X(down, "down", "nothing")                                                  \
	X(start, "start", "a core")                                                 \
	X(stop, "stop", "a core")                                                   \
	X(restart, "restart", "a core")                                             \
	X(fault, "fault", "a core and a kind of fault")                             \
	X(breaks, "break", "a kind of fault of the catalogue")                      \
	X(exec, "exec", "a shell command, in Linux")                                \
	X(run, "run", "a shell command, on this machine")                           \
	X(amprelay, "amprelay", "a command of this program with its arguments")     \
	X(send, "send", "a message")                                                \
	X(traffic, "traffic", "a channel")                                          \
	X(ledger, "ledger", "a core, and options of 'rpmsg ledger'")                \
	X(settle, "settle", "the name of a ledger")                                 \
	X(pause, "pause", "a number of seconds")                                    \
	X(wait, "wait", "a filter of events, KEY=VALUE[,KEY=VALUE...]")             \
	X(never, "never", "a filter of events, KEY=VALUE[,KEY=VALUE...]")           \
	X(log, "log", "a text that a log is to contain")                            \
	X(file, "file", "a pattern of file names, below the lab's state directory") \
	X(join, "join", "the name of a step in the background")                     \
	X(said, "said", "the name of a step in the background")                     \
	X(mark, "mark", "nothing")

/** What a step does: exactly one of these is in it. */
enum scenario_action {
#define SCENARIO_ACTION_MEMBER(member, key, what) SCENARIO_##member,
	SCENARIO_TEXT_ACTIONS(SCENARIO_ACTION_MEMBER)
#undef SCENARIO_ACTION_MEMBER
	SCENARIO_assert,
	SCENARIO_repeat,
	SCENARIO_for,
	SCENARIO_one_of,
	SCENARIO_ACTIONS
};

/** A step. What is not in the file is NULL. */
struct scenario_step {
#define SCENARIO_TEXT_MEMBER(member, key, what) char *member;
	SCENARIO_TEXT_ACTIONS(SCENARIO_TEXT_MEMBER)
#undef SCENARIO_TEXT_MEMBER
	char **asserts;
	uint32_t asserts_count;
	uint32_t *repeat;
	char **items; /**< of `for` */
	uint32_t items_count;
	struct scenario_step *one_of;
	uint32_t one_of_count;

	struct scenario_step *steps; /**< of `repeat` and `for` */
	uint32_t steps_count;
	uint32_t *status; /**< of the command; 0 if NULL */
	char *output;     /**< that it must contain */
	char *without;    /**< … and must not */
	char *save;       /**< the variable that gets the output */
	char *as;         /**< its name in the background */
	uint32_t *timeout;
	char *core;
	char *channel;
	uint32_t *count;
	uint32_t *size;
	char *interval;
	char *in; /**< the log */

	/* not in the file */
	enum scenario_action action;
	unsigned int line;
};

struct scenario {
	char *claim;
	char **socs;
	uint32_t socs_count;
	char *firmware;
	char *kernel;
	char *needs; /**< SCENARIO_DEBUG_KERNEL; NULL: no more than a lab */
	uint32_t *limit;
	uint32_t *timeout;
	uint32_t *seed;
	struct scenario_step *steps;
	uint32_t steps_count;
	struct scenario_step *cleanup;
	uint32_t cleanup_count;

	/* not in the file */
	char *path;
	char *folder; /**< that the file is in, absolute */
};

/**
 * Loads and checks a scenario.
 *
 * @param error  SCENARIO_ERROR_LEN bytes: "FILE:LINE: what is wrong, and what was expected"
 * @return NULL: `error` says why
 */
struct scenario *amp_scenario_load(const char *path, char *error);
void amp_scenario_free(struct scenario *scenario);

/** @return the key of an action, as in the file */
const char *amp_scenario_key(enum scenario_action action);

/** @return the text of a step's action; NULL if that is no text */
const char *amp_scenario_text(const struct scenario_step *step);

/* schema.c */

/** The file as its schema has it; neither lines nor actions are known yet. Otherwise as amp_scenario_load(). */
struct scenario *amp_scenario_parse(const char *path, const char *text, size_t len, char *error);
void amp_scenario_release(struct scenario *scenario);

/* lines.c */

/** A text that is YAML at all? @return false: `error` says where it is not */
bool amp_scenario_is_yaml(const char *path, const char *text, size_t len, char *error);
/** @return the line, at or behind `from`, in which a key of that name stands; `from` if there is none */
unsigned int amp_scenario_line_of_key(const char *text, size_t len, const char *key, unsigned int from);
/** Fills in the lines of all steps of a text that has been parsed. @return false: no memory */
bool amp_scenario_find_lines(struct scenario *scenario, const char *text, size_t len);

/* check.c */

/** Fills in the actions of all steps, and checks what a schema cannot. */
bool amp_scenario_check(struct scenario *scenario, char *error);

#endif
