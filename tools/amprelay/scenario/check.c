// SPDX-License-Identifier: GPL-2.0-only
/* What a schema cannot say of a scenario: one action for each step, with what belongs to it; filters, names, kinds. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/event_filter.h"
#include "amprelay/fault_kinds.h"
#include "common/text.h"
#include "condition.h"
#include "scenario.h"
#include "variables.h"

/* What else may be in a step. */
enum {
	STATUS = 1 << 0,
	OUTPUT = 1 << 1,
	WITHOUT = 1 << 2,
	SAVE = 1 << 3,
	AS = 1 << 4,
	TIMEOUT = 1 << 5,
	CORE = 1 << 6,
	CHANNEL = 1 << 7,
	COUNT = 1 << 8,
	SIZE = 1 << 9,
	INTERVAL = 1 << 10,
	IN = 1 << 11,
	STEPS = 1 << 12,
};
#define COMMAND (STATUS | OUTPUT | WITHOUT | SAVE | AS | TIMEOUT)

static const char *const companion_keys[] = {"status",  "output", "without", "save",     "as", "timeout", "core",
                                             "channel", "count",  "size",    "interval", "in", "steps"};

static const struct {
	unsigned int may, must;
} rules[SCENARIO_ACTIONS] = {
	[SCENARIO_up] = {COMMAND, 0},
	[SCENARIO_down] = {COMMAND, 0},
	[SCENARIO_start] = {COMMAND, 0},
	[SCENARIO_stop] = {COMMAND, 0},
	[SCENARIO_restart] = {COMMAND, 0},
	[SCENARIO_fault] = {COMMAND, 0},
	[SCENARIO_breaks] = {CORE | TIMEOUT, 0},
	[SCENARIO_exec] = {COMMAND, 0},
	[SCENARIO_run] = {COMMAND, 0},
	[SCENARIO_amprelay] = {COMMAND, 0},
	[SCENARIO_send] = {COMMAND | CORE, CHANNEL},
	[SCENARIO_traffic] = {COMMAND | CORE | COUNT | SIZE | INTERVAL, 0},
	[SCENARIO_ledger] = {0, AS},
	[SCENARIO_settle] = {STATUS | OUTPUT | WITHOUT | SAVE | TIMEOUT, 0},
	[SCENARIO_pause] = {0, 0},
	[SCENARIO_wait] = {TIMEOUT, 0},
	[SCENARIO_never] = {0, 0},
	[SCENARIO_log] = {TIMEOUT, IN},
	[SCENARIO_file] = {OUTPUT | WITHOUT | TIMEOUT, 0},
	[SCENARIO_join] = {STATUS | OUTPUT | WITHOUT | SAVE | TIMEOUT, 0},
	[SCENARIO_said] = {TIMEOUT, OUTPUT},
	[SCENARIO_mark] = {0, 0},
	[SCENARIO_assert] = {0, 0},
	[SCENARIO_repeat] = {0, STEPS},
	[SCENARIO_for] = {0, STEPS},
	[SCENARIO_one_of] = {0, 0},
};

struct checker {
	const struct scenario *scenario;
	struct scenario_names names; /* of variables that there are by now */
	struct scenario_names jobs;  /* … and of steps in the background */
	char *error;
};

__attribute__((format(printf, 3, 4))) static bool wrong(const struct checker *c, unsigned int line, const char *format,
                                                        ...)
{
	char text[SCENARIO_ERROR_LEN - 256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	amp_text(c->error, SCENARIO_ERROR_LEN, "%s:%u: %s", c->scenario->path, line, text);
	return false;
}

/* ------------------------------------------------------------------ the action */

static const char *const keys[SCENARIO_ACTIONS] = {
#define ACTION_KEY(member, key, what) [SCENARIO_##member] = (key),
	SCENARIO_TEXT_ACTIONS(ACTION_KEY)[SCENARIO_assert] = "assert",
	[SCENARIO_repeat] = "repeat",
	[SCENARIO_for] = "for",
	[SCENARIO_one_of] = "one_of",
};

const char *amp_scenario_key(enum scenario_action action)
{
	return keys[action];
}

static const char *text_of(const struct scenario_step *step, enum scenario_action action)
{
	switch (action) {
#define ACTION_TEXT(member, key, what) \
	case SCENARIO_##member:        \
		return step->member;
		SCENARIO_TEXT_ACTIONS(ACTION_TEXT)
	default:
		return NULL;
	}
}

const char *amp_scenario_text(const struct scenario_step *step)
{
	return text_of(step, step->action);
}

static bool has(const struct scenario_step *step, enum scenario_action action)
{
	switch (action) {
	case SCENARIO_assert:
		return step->asserts;
	case SCENARIO_repeat:
		return step->repeat;
	case SCENARIO_for:
		return step->items;
	case SCENARIO_one_of:
		return step->one_of;
	default:
		return text_of(step, action);
	}
}

static bool find_action(const struct checker *c, struct scenario_step *step)
{
	char all[256] = "";
	bool found = false;

	for (enum scenario_action action = 0; action < SCENARIO_ACTIONS; action++) {
		size_t len = strlen(all);

		amp_text(all + len, sizeof(all) - len, "%s%s", action ? ", " : "", keys[action]);
		if (!has(step, action))
			continue;
		if (found)
			return wrong(c, step->line, "a step does one thing, and this does two: '%s' and '%s'",
			             keys[step->action], keys[action]);
		step->action = action;
		found = true;
	}
	return found || wrong(c, step->line, "this step does nothing; it is to have one of: %s", all);
}

/* ------------------------------------------------------------------ what belongs to it */

static unsigned int companions(const struct scenario_step *step)
{
	const void *const there[] = {step->status,   step->output, step->without, step->save,  step->as,
	                             step->timeout,  step->core,   step->channel, step->count, step->size,
	                             step->interval, step->in,     step->steps};
	unsigned int mask = 0;

	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		mask |= there[i] ? 1u << i : 0;
	return mask;
}

static const char *first_key(unsigned int mask)
{
	return companion_keys[__builtin_ctz(mask)];
}

static bool check_companions(const struct checker *c, const struct scenario_step *step)
{
	unsigned int there = companions(step);
	unsigned int must = rules[step->action].must, may = rules[step->action].may | must;

	if (there & ~may)
		return wrong(c, step->line, "'%s' does not go with '%s'", first_key(there & ~may), keys[step->action]);
	if (must & ~there)
		return wrong(c, step->line, "'%s' needs '%s', too", keys[step->action], first_key(must & ~there));
	if (step->as && (step->status || step->output || step->without || step->save || step->timeout))
		return wrong(c, step->line,
		             "what is expected of a step in the background belongs to the 'join: %s' that waits for it",
		             step->as);
	return true;
}

/* ------------------------------------------------------------------ texts */

static bool check_variables(const struct checker *c, const struct scenario_step *step, const char *text)
{
	char name[SCENARIO_NAME_LEN], all[256];

	if (!text || amp_scenario_known(&c->names, text, name))
		return true;
	amp_scenario_list(&c->names, all, sizeof(all));
	return wrong(c, step->line, "there is no ${%s} here; there are: %s (write $%s for the shell's own)", name, all,
	             name);
}

static bool check_texts(const struct checker *c, const struct scenario_step *step)
{
	const char *const texts[] = {amp_scenario_text(step), step->output, step->without, step->core,
	                             step->channel,           step->in,     step->interval};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!check_variables(c, step, texts[i]))
			return false;
	}
	for (uint32_t i = 0; i < step->asserts_count; i++) {
		if (!check_variables(c, step, step->asserts[i]))
			return false;
	}
	return true;
}

static bool check_filter(const struct checker *c, const struct scenario_step *step, const char *text)
{
	char why[256];
	struct event_filter *filter = amp_event_filter_parse(text, why, sizeof(why));

	if (!filter)
		return wrong(c, step->line, "%s", why);
	amp_event_filter_free(filter);
	return true;
}

static bool check_asserts(const struct checker *c, const struct scenario_step *step)
{
	char why[256];

	for (uint32_t i = 0; i < step->asserts_count; i++) {
		if (!amp_scenario_condition_is_one(step->asserts[i], why, sizeof(why)))
			return wrong(c, step->line, "'%s' is no condition: %s", step->asserts[i], why);
	}
	return true;
}

/* The last word of "m3 hang", unless a variable decides. */
static bool check_kind(const struct checker *c, const struct scenario_step *step, const char *text)
{
	const char *kind = strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text;
	char all[1536];

	if (strchr(text, '$') || amp_fault_find(kind))
		return true;
	amp_fault_list(all, sizeof(all));
	return wrong(c, step->line, "there is no fault '%s'; take one of: %s", kind, all);
}

/* A minute is long enough for any moment. */
static bool check_pause(const struct checker *c, const struct scenario_step *step, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	return strchr(text, '$') || (end != text && *end == '\0' && seconds >= 0 && seconds <= 60) ||
	       wrong(c, step->line, "'%s' is no number of seconds from 0 to 60", text);
}

static bool check_text(const struct checker *c, const struct scenario_step *step)
{
	const char *text = amp_scenario_text(step);

	switch (step->action) {
	case SCENARIO_up:
		return true;
	case SCENARIO_down:
	case SCENARIO_mark:
		return text[0] == '\0' || wrong(c, step->line, "'%s' takes nothing", keys[step->action]);
	case SCENARIO_assert:
		return check_asserts(c, step);
	case SCENARIO_repeat:
	case SCENARIO_for:
	case SCENARIO_one_of:
		return true;
	default:
		break;
	}
	if (text[0] == '\0') {
		static const char *const whats[] = {
#define ACTION_WHAT(member, key, what) what,
			SCENARIO_TEXT_ACTIONS(ACTION_WHAT)};

		return wrong(c, step->line, "'%s' is empty; it wants %s", keys[step->action], whats[step->action]);
	}
	if (step->action == SCENARIO_wait || step->action == SCENARIO_never)
		return check_filter(c, step, text);
	if (step->action == SCENARIO_pause)
		return check_pause(c, step, text);
	if (step->action == SCENARIO_fault && !step->status)
		return check_kind(c, step, text);
	return step->action != SCENARIO_breaks || check_kind(c, step, text);
}

/* ------------------------------------------------------------------ names that a step makes, or needs */

static bool check_names(struct checker *c, const struct scenario_step *step)
{
	const char *text = amp_scenario_text(step);

	bool needs_job =
		step->action == SCENARIO_join || step->action == SCENARIO_said || step->action == SCENARIO_settle;

	if (needs_job && !amp_scenario_has_name(&c->jobs, text))
		return wrong(c, step->line, "no step before this has 'as: %s'", text);
	if (step->save && !amp_scenario_add_name(&c->names, step->save))
		return wrong(c, step->line, "'save: %s': a name has up to %d small letters, digits and '_'", step->save,
		             SCENARIO_NAME_LEN - 1);
	if (step->as && !amp_scenario_add_name(&c->jobs, step->as))
		return wrong(c, step->line, "'as: %s': a name has up to %d small letters, digits and '_'", step->as,
		             SCENARIO_NAME_LEN - 1);
	return true;
}

static bool check_steps(struct checker *c, struct scenario_step *steps, uint32_t count, int depth);

static bool check_step(struct checker *c, struct scenario_step *step, int depth)
{
	if (!find_action(c, step) || !check_companions(c, step))
		return false;
	if (step->action == SCENARIO_for)
		amp_scenario_add_name(&c->names, "item");
	return check_texts(c, step) && check_text(c, step) && check_names(c, step) &&
	       check_steps(c, step->steps, step->steps_count, depth) &&
	       check_steps(c, step->one_of, step->one_of_count, depth);
}

#define DEPTH_MAX 8

static bool check_steps(struct checker *c, struct scenario_step *steps, uint32_t count, int depth)
{
	for (uint32_t i = 0; i < count; i++) {
		if (depth == DEPTH_MAX)
			return wrong(c, steps[i].line, "steps are in steps %d deep, which is the most", DEPTH_MAX);
		if (!check_step(c, &steps[i], depth + 1))
			return false;
	}
	return true;
}

/* Up to its own end the file is the user's; nothing in it may be too long to wait for. */
static bool check_times(const struct checker *c)
{
	const uint32_t *const times[] = {c->scenario->limit, c->scenario->timeout};

	for (size_t i = 0; i < 2; i++) {
		if (times[i] && (*times[i] < 1 || *times[i] > 86400))
			return wrong(c, 1, "'%s' is to be 1 to 86400 seconds", i == 0 ? "limit" : "timeout");
	}
	return true;
}

static bool check_needs(const struct checker *c)
{
	const char *needs = c->scenario->needs;

	return !needs || strcmp(needs, SCENARIO_DEBUG_KERNEL) == 0 ||
	       wrong(c, 1, "'needs: %s': the one thing that can be needed is '" SCENARIO_DEBUG_KERNEL "'", needs);
}

bool amp_scenario_check(struct scenario *scenario, char *error)
{
	static const char *const given[] = {"soc",   "core", "other", "lab",  "state",
	                                    "files", "here", "work",  "seed", "random"};
	struct checker c = {.scenario = scenario, .error = error};

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		amp_scenario_add_name(&c.names, given[i]);
	return check_times(&c) && check_needs(&c) && check_steps(&c, scenario->steps, scenario->steps_count, 0) &&
	       check_steps(&c, scenario->cleanup, scenario->cleanup_count, 0);
}
