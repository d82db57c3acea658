// SPDX-License-Identifier: GPL-2.0-only
#include "variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static int index_of(const struct scenario_names *names, const char *name, size_t len)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strlen(names->name[i]) == len && strncmp(names->name[i], name, len) == 0)
			return (int)i;
	}
	return -1;
}

bool amp_scenario_has_name(const struct scenario_names *names, const char *name)
{
	return index_of(names, name, strlen(name)) >= 0;
}

bool amp_scenario_add_name(struct scenario_names *names, const char *name)
{
	size_t len = strspn(name, NAME_CHARACTERS);

	if (len == 0 || name[len] != '\0' || len >= SCENARIO_NAME_LEN)
		return false;
	if (index_of(names, name, len) >= 0)
		return true;
	if (names->count == SCENARIO_NAMES_MAX)
		return false;
	memcpy(names->name[names->count++], name, len + 1);
	return true;
}

void amp_scenario_list(const struct scenario_names *names, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < names->count; i++) {
		size_t len = strlen(out);

		amp_text(out + len, size - len, "%s%s", i ? ", " : "", names->name[i]);
	}
}

/* The first "${name}" in the text. @return where it begins; NULL: there is none */
static const char *next_variable(const char *text, const char **name, size_t *len)
{
	for (; (text = strstr(text, "${")); text += 2) {
		*name = text + 2;
		*len = strspn(*name, NAME_CHARACTERS);
		if (*len && (*name)[*len] == '}')
			return text;
	}
	return NULL;
}

bool amp_scenario_known(const struct scenario_names *names, const char *text, char *missing)
{
	const char *name;
	size_t len;

	while ((text = next_variable(text, &name, &len))) {
		if (index_of(names, name, len) < 0) {
			amp_text(missing, SCENARIO_NAME_LEN, "%.*s", (int)len, name);
			return false;
		}
		text = name + len;
	}
	return true;
}

bool amp_variables_set(struct scenario_variables *variables, const char *name, const char *value)
{
	char *copy = strdup(value);
	int i;

	if (!copy || !amp_scenario_add_name(&variables->names, name)) {
		free(copy);
		return false;
	}
	i = index_of(&variables->names, name, strlen(name));
	free(variables->value[i]);
	variables->value[i] = copy;
	return true;
}

char *amp_variables_expand(const struct scenario_variables *variables, const char *text)
{
	const char *name, *at;
	char *result = NULL;
	size_t len, size;
	FILE *out = open_memstream(&result, &size);

	if (!out)
		return NULL;
	while ((at = next_variable(text, &name, &len))) {
		int i = index_of(&variables->names, name, len);

		fprintf(out, "%.*s%s", (int)(at - text), text,
		        i >= 0 && variables->value[i] ? variables->value[i] : "");
		text = name + len + 1;
	}
	fputs(text, out);
	if (fclose(out) == 0)
		return result;
	free(result);
	return NULL;
}

void amp_variables_free(struct scenario_variables *variables)
{
	for (size_t i = 0; i < SCENARIO_NAMES_MAX; i++)
		free(variables->value[i]);
}
