// SPDX-License-Identifier: GPL-2.0-only
/* What a scenario's file may hold, for libcyaml; and its complaints in words for whoever wrote the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

#include "common/text.h"
#include "scenario.h"

#define OPTIONAL    (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)
#define ENTRIES_MAX 1000

/* clang-format off */
#define TEXT(key, structure, member)   CYAML_FIELD_STRING_PTR(key, OPTIONAL, structure, member, 0, CYAML_UNLIMITED)
#define NUMBER(key, structure, member) CYAML_FIELD_UINT_PTR(key, OPTIONAL, structure, member)
#define LIST(key, flags, structure, member, entry) \
	CYAML_FIELD_SEQUENCE(key, flags, structure, member, &(entry), 1, ENTRIES_MAX)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CYAML_UNLIMITED),
};

static const cyaml_schema_value_t step_entry; /* steps hold steps */

static const cyaml_schema_field_t step_fields[] = {
#define ACTION_FIELD(member, key, what) TEXT(key, struct scenario_step, member),
	SCENARIO_TEXT_ACTIONS(ACTION_FIELD)
	LIST("assert", OPTIONAL, struct scenario_step, asserts, text_entry),
	NUMBER("repeat", struct scenario_step, repeat),
	LIST("for", OPTIONAL, struct scenario_step, items, text_entry),
	LIST("one_of", OPTIONAL, struct scenario_step, one_of, step_entry),
	LIST("steps", OPTIONAL, struct scenario_step, steps, step_entry),
	NUMBER("status", struct scenario_step, status),
	TEXT("output", struct scenario_step, output),
	TEXT("without", struct scenario_step, without),
	TEXT("save", struct scenario_step, save),
	TEXT("as", struct scenario_step, as),
	NUMBER("timeout", struct scenario_step, timeout),
	TEXT("core", struct scenario_step, core),
	TEXT("channel", struct scenario_step, channel),
	NUMBER("count", struct scenario_step, count),
	NUMBER("size", struct scenario_step, size),
	TEXT("interval", struct scenario_step, interval),
	TEXT("in", struct scenario_step, in),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t step_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_step, step_fields),
};

static const cyaml_schema_field_t scenario_fields[] = {
	CYAML_FIELD_STRING_PTR("claim", CYAML_FLAG_POINTER, struct scenario, claim, 1, CYAML_UNLIMITED),
	LIST("socs", OPTIONAL, struct scenario, socs, text_entry),
	TEXT("firmware", struct scenario, firmware),
	TEXT("kernel", struct scenario, kernel),
	TEXT("needs", struct scenario, needs),
	NUMBER("limit", struct scenario, limit),
	NUMBER("timeout", struct scenario, timeout),
	NUMBER("seed", struct scenario, seed),
	LIST("steps", CYAML_FLAG_POINTER, struct scenario, steps, step_entry),
	LIST("cleanup", OPTIONAL, struct scenario, cleanup, step_entry),
	CYAML_FIELD_END
};
/* clang-format on */

static const cyaml_schema_value_t scenario_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct scenario, scenario_fields),
};

/* ------------------------------------------------------------------ complaints */

/* The first message of libcyaml's, and the innermost line and key that it names. */
struct complaint {
	char message[256];
	char key[64];      /* "'status'" */
	unsigned int line; /* 0: it has not named any */
	bool in_step;
};

/* "  in mapping field 'status' (line: 4, column: 13)", "  in sequence entry '1' (line: …", from the inside out */
static void take_place(struct complaint *c, const char *text, const char *at)
{
	static const char field[] = "mapping field ";
	const char *key = strstr(text, field);

	c->in_step |= strstr(text, "sequence entry") != NULL;
	if (c->line == 0)
		c->line = (unsigned int)strtoul(at + strlen("(line: "), NULL, 10);
	if (key && c->key[0] == '\0')
		amp_text(c->key, sizeof(c->key), "%.*s", (int)(at - key - sizeof(field)), key + strlen(field));
}

static void take_message(cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct complaint *c = context;
	char text[512];
	const char *at;

	(void)level;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	at = strstr(text, "(line: ");
	if (strncmp(text, "  in ", 5) == 0 && at)
		take_place(c, text, at);
	else if (c->message[0] == '\0')
		amp_text(c->message, sizeof(c->message), "%s", strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
}

/* What libcyaml says, and what that means to the user. Behind theirs comes a name or a value. */
static const struct {
	const char *theirs, *ours;
	enum {
		OF_PLACE,
		OF_PLACE_AND_VALUE,
		OF_NAME
	} of;
} words[] = {
	{"Missing required mapping field: ", "is missing", OF_NAME},
	{"Mapping field already seen: ", "is there twice", OF_NAME},
	{"Invalid uint64_t value: ", "a whole number is wanted, not ", OF_PLACE_AND_VALUE},
	{"Invalid UINT value: ", "a whole number is wanted, not ", OF_PLACE_AND_VALUE},
	{"Expecting UINT", "a whole number is wanted", OF_PLACE},
	{"Expecting SEQUENCE", "a list is wanted, each entry in a line of its own behind '- '", OF_PLACE},
	{"Expecting STRING", "a text is wanted; in quotes if it has ': ' or begins with one of {[*&!%@`", OF_PLACE},
	{"Expecting MAPPING", "'KEY: VALUE' is wanted", OF_PLACE},
	{"Insufficient entries", "at least one entry is wanted", OF_PLACE},
	{"Excessive entries", "there are too many entries", OF_PLACE},
	{"STRING length < 1", "it is empty", OF_PLACE},
};

static void list_keys(const cyaml_schema_field_t *fields, char *out, size_t size)
{
	out[0] = '\0';
	for (const cyaml_schema_field_t *f = fields; f->key; f++) {
		size_t len = strlen(out);

		amp_text(out + len, size - len, "%s%s", f == fields ? "" : ", ", f->key);
	}
}

static void say(const struct complaint *c, cyaml_err_t err, char *out, size_t size)
{
	const char *key = c->key[0] ? c->key : "this";
	char keys[512];

	if (err == CYAML_ERR_INVALID_KEY) {
		list_keys(c->in_step ? step_fields : scenario_fields, keys, sizeof(keys));
		amp_text(out, size, "there is no key '%s' in a %s; it has: %s", strrchr(c->message, ' ') + 1,
		         c->in_step ? "step" : "scenario", keys);
		return;
	}
	if (err == CYAML_ERR_ALIAS) {
		amp_text(out, size, "aliases ('*name') are not for scenarios: write it out");
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].theirs);
		const char *behind = c->message + len;

		if (strncmp(c->message, words[i].theirs, len) != 0)
			continue;
		if (words[i].of == OF_NAME)
			amp_text(out, size, "'%s' %s", behind, words[i].ours);
		else
			amp_text(out, size, "%s: %s%s", key, words[i].ours,
			         words[i].of == OF_PLACE_AND_VALUE ? behind : "");
		return;
	}
	amp_text(out, size, "%s: %s", key, c->message[0] ? c->message : cyaml_strerror(err));
}

/* ------------------------------------------------------------------ in and out */

static cyaml_config_t config(struct complaint *complaint)
{
	return (cyaml_config_t){
		.log_fn = take_message,
		.log_ctx = complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

struct scenario *amp_scenario_parse(const char *path, const char *text, size_t len, char *error)
{
	struct complaint complaint = {0};
	const cyaml_config_t c = config(&complaint);
	cyaml_data_t *data = NULL;
	cyaml_err_t err = cyaml_load_data((const uint8_t *)text, len, &c, &scenario_value, &data, NULL);
	char what[640];

	if (err == CYAML_OK && data)
		return data;
	if (err == CYAML_OK)
		amp_text(what, sizeof(what), "it is empty: a scenario has at least 'claim' and 'steps'");
	else
		say(&complaint, err, what, sizeof(what));
	if (err == CYAML_ERR_INVALID_KEY) /* libcyaml tells where its mapping begins */
		complaint.line =
			amp_scenario_line_of_key(text, len, strrchr(complaint.message, ' ') + 1, complaint.line);
	amp_text(error, SCENARIO_ERROR_LEN, "%s:%u: %s", path, complaint.line ? complaint.line : 1, what);
	return NULL;
}

void amp_scenario_release(struct scenario *scenario)
{
	struct complaint complaint = {0};
	const cyaml_config_t c = config(&complaint);

	cyaml_free(&c, &scenario_value, scenario, 0);
}
