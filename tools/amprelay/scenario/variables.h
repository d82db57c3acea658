/* SPDX-License-Identifier: GPL-2.0-only */
/* ${name} in the texts of a scenario. Other forms, such as $name and $(command), are a shell's own. */
#ifndef AMPRELAY_SCENARIO_VARIABLES_H
#define AMPRELAY_SCENARIO_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#define SCENARIO_NAME_LEN  24
#define SCENARIO_NAMES_MAX 32

/** A name has small letters, digits and '_'. */
struct scenario_names {
	char name[SCENARIO_NAMES_MAX][SCENARIO_NAME_LEN];
	size_t count;
};

/** Once is enough. @return false: it is no name, or there are too many */
bool amp_scenario_add_name(struct scenario_names *names, const char *name);
bool amp_scenario_has_name(const struct scenario_names *names, const char *name);
/** Are all variables of a text there? @param missing  SCENARIO_NAME_LEN bytes: the first that is not */
bool amp_scenario_known(const struct scenario_names *names, const char *text, char *missing);
/** "a, b, c" */
void amp_scenario_list(const struct scenario_names *names, char *out, size_t size);

struct scenario_variables {
	struct scenario_names names;
	char *value[SCENARIO_NAMES_MAX];
};

/** Takes a copy of the value. @return false: no memory, or too many */
bool amp_variables_set(struct scenario_variables *variables, const char *name, const char *value);
/** @return the text with all variables replaced, from malloc; NULL: no memory */
char *amp_variables_expand(const struct scenario_variables *variables, const char *text);
void amp_variables_free(struct scenario_variables *variables);

#endif
