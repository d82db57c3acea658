// SPDX-License-Identifier: GPL-2.0-only
#include "condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

#define WORD_LEN 128

struct condition {
	char left[WORD_LEN], operation[WORD_LEN], right[WORD_LEN], plus[WORD_LEN], number[WORD_LEN];
	int words;
};

static struct condition split(const char *text)
{
	struct condition c = {0};
	char rest[2];

	c.words =
		sscanf(text, "%127s %127s %127s %127s %127s %1s", c.left, c.operation, c.right, c.plus, c.number, rest);
	return c;
}

static const char *const operations[] = {"==", "!=", "<", "<=", ">", ">="};

static bool is_operation(const char *word)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(word, operations[i]) == 0)
			return true;
	}
	return false;
}

bool amp_scenario_condition_is_one(const char *text, char *why, size_t size)
{
	const struct condition c = split(text);

	if (c.words != 3 && c.words != 5)
		amp_text(why, size, "it is 'VALUE OPERATOR VALUE' or 'VALUE OPERATOR VALUE + NUMBER', with spaces");
	else if (!is_operation(c.operation))
		amp_text(why, size, "'%s' is none of ==, !=, <, <=, >, >=", c.operation);
	else if (c.words == 5 && strcmp(c.plus, "+") != 0)
		amp_text(why, size, "'%s' is not '+'", c.plus);
	else
		return true;
	return false;
}

/* ------------------------------------------------------------------ values */

static const json_t *core_of(const json_t *status, const char *name)
{
	const json_t *core;
	size_t i;

	json_array_foreach (json_object_get(status, "cores"), i, core) {
		const char *its = json_string_value(json_object_get(core, "name"));

		if (its && strcmp(its, name) == 0)
			return core;
	}
	return NULL;
}

/* "m3.doorbells.to_host.0", "host.agent" */
static const json_t *look_up(const json_t *status, char *path)
{
	const json_t *at = status, *core;
	char *rest = NULL;

	for (char *part = strtok_r(path, ".", &rest); part && at; part = strtok_r(NULL, ".", &rest)) {
		core = at == status ? core_of(status, part) : NULL;
		if (core)
			at = core;
		else if (json_is_array(at))
			at = json_array_get(at, strtoul(part, NULL, 10));
		else
			at = json_object_get(at, part);
	}
	return at;
}

/* What a word stands for, as text: nothing in the answer to `status` is more than a number, a word, or a list. */
static void evaluate(const char *word, const json_t *status, char *out, size_t size)
{
	char path[WORD_LEN];
	const json_t *value;

	amp_text(path, sizeof(path), "%s", word);
	value = look_up(status, path);
	if (json_is_string(value))
		amp_text(out, size, "%s", json_string_value(value));
	else if (json_is_number(value))
		amp_text(out, size, "%.15g", json_number_value(value));
	else if (json_is_boolean(value))
		amp_text(out, size, "%s", json_is_true(value) ? "true" : "false");
	else if (value)
		amp_text(out, size, "%s", json_is_null(value) ? "null" : "a list");
	else
		amp_text(out, size, "%s", word);
}

static bool number_of(const char *text, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return end != text && *end == '\0';
}

static bool compare(const char *operation, int order)
{
	switch (operation[0]) {
	case '=':
		return order == 0;
	case '!':
		return order != 0;
	case '<':
		return order < 0 || (operation[1] && order == 0);
	default:
		return order > 0 || (operation[1] && order == 0);
	}
}

bool amp_scenario_condition_holds(const char *text, const json_t *status, char *found, size_t size)
{
	const struct condition c = split(text);
	char left[256], right[256];
	double a, b, more = 0;
	int order;

	evaluate(c.left, status, left, sizeof(left));
	evaluate(c.right, status, right, sizeof(right));
	amp_text(found, size, "%s is %s", c.left, left[0] ? left : "empty");
	if (number_of(left, &a) && number_of(right, &b)) {
		if (c.words == 5 && !number_of(c.number, &more))
			return false;
		order = a < b + more ? -1 : a > b + more;
	} else {
		order = strcmp(left, right);
		if (order != 0 && c.operation[0] != '=' && c.operation[0] != '!')
			return false; /* words have no order */
	}
	return compare(c.operation, order);
}
