// SPDX-License-Identifier: GPL-2.0-only
#include "event_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TERMS 16

struct term {
	const char *key;
	const char *value;
	bool differs; /* the member is to have another value, or not to be there */
};

struct event_filter {
	char *text; /* the terms point into it */
	size_t num_terms;
	struct term term[MAX_TERMS];
};

/* Splits one KEY=VALUE or KEY!=VALUE in place. Returns what is wrong, or NULL. */
static const char *add_term(struct event_filter *filter, char *word)
{
	char *equals = strchr(word, '='), *end = equals;
	bool differs = equals && equals > word && equals[-1] == '!';

	if (differs)
		end--;
	if (!equals || end == word)
		return "is not of the form KEY=VALUE";
	if (!equals[1])
		return "has no value";
	if (filter->num_terms == MAX_TERMS)
		return "is one condition too many";
	*end = '\0';
	for (size_t i = 0; i < filter->num_terms; i++) {
		if (strcmp(filter->term[i].key, word) == 0) {
			*end = differs ? '!' : '=';
			return "names a key for the second time";
		}
	}
	filter->term[filter->num_terms++] = (struct term){word, equals + 1, differs};
	return NULL;
}

struct event_filter *amp_event_filter_parse(const char *text, char *error, size_t error_size)
{
	struct event_filter *filter = calloc(1, sizeof(*filter));

	if (!filter || !(filter->text = strdup(text))) {
		snprintf(error, error_size, "out of memory");
		amp_event_filter_free(filter);
		return NULL;
	}
	for (char *word = filter->text; word;) {
		char *comma = strchr(word, ',');
		const char *wrong;

		if (comma)
			*comma = '\0';
		wrong = add_term(filter, word);
		if (wrong) {
			snprintf(error, error_size, "filter '%s': '%s' %s; example: ev=core.crash,core=m3", text, word,
			         wrong);
			amp_event_filter_free(filter);
			return NULL;
		}
		word = comma ? comma + 1 : NULL;
	}
	return filter;
}

static bool has_value(const json_t *member, const char *want)
{
	char number[32];

	switch (json_typeof(member)) {
	case JSON_STRING:
		return strcmp(json_string_value(member), want) == 0;
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(member));
		return strcmp(number, want) == 0;
	case JSON_TRUE:
		return strcmp(want, "true") == 0;
	case JSON_FALSE:
		return strcmp(want, "false") == 0;
	default:
		return false;
	}
}

bool amp_event_filter_match(const struct event_filter *filter, const json_t *record)
{
	for (size_t i = 0; i < filter->num_terms; i++) {
		const json_t *member = json_object_get(record, filter->term[i].key);

		if ((member && has_value(member, filter->term[i].value)) == filter->term[i].differs)
			return false;
	}
	return true;
}

void amp_event_filter_free(struct event_filter *filter)
{
	if (!filter)
		return;
	free(filter->text);
	free(filter);
}
