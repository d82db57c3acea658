// SPDX-License-Identifier: GPL-2.0-only
/* The second look at a scenario's text: where in it each step stands. libcyaml tells lines only of what is wrong. */
#include <string.h>

#include <yaml.h>

#include "common/text.h"
#include "scenario.h"

static bool read_document(yaml_parser_t *parser, yaml_document_t *document, const char *text, size_t len)
{
	if (!yaml_parser_initialize(parser))
		return false;
	yaml_parser_set_input_string(parser, (const unsigned char *)text, len);
	return yaml_parser_load(parser, document);
}

bool amp_scenario_is_yaml(const char *path, const char *text, size_t len, char *error)
{
	yaml_parser_t parser;
	yaml_document_t document;
	bool is_yaml = read_document(&parser, &document, text, len);

	if (is_yaml)
		yaml_document_delete(&document);
	else
		amp_text(error, SCENARIO_ERROR_LEN, "%s:%zu: it is no YAML: %s%s%s", path, parser.problem_mark.line + 1,
		         parser.problem ? parser.problem : "no memory", parser.context ? " " : "",
		         parser.context ? parser.context : "");
	yaml_parser_delete(&parser);
	return is_yaml;
}

static unsigned int line_of(const yaml_node_t *node)
{
	return (unsigned int)node->start_mark.line + 1;
}

/* The first of a mapping's keys with that name; 0: it has none there. */
static unsigned int key_line(yaml_document_t *document, const yaml_node_t *mapping, const char *key, unsigned int from)
{
	for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
	     pair++) {
		const yaml_node_t *name = yaml_document_get_node(document, pair->key);

		if (name->type == YAML_SCALAR_NODE && line_of(name) >= from &&
		    strcmp((const char *)name->data.scalar.value, key) == 0)
			return line_of(name);
	}
	return 0;
}

unsigned int amp_scenario_line_of_key(const char *text, size_t len, const char *key, unsigned int from)
{
	yaml_parser_t parser;
	yaml_document_t document;
	unsigned int best = 0;

	if (read_document(&parser, &document, text, len)) {
		for (const yaml_node_t *node = document.nodes.start; node < document.nodes.top; node++) {
			unsigned int line = node->type == YAML_MAPPING_NODE ? key_line(&document, node, key, from) : 0;

			best = line && (!best || line < best) ? line : best;
		}
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return best ? best : from;
}

static yaml_node_t *find(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
	if (!mapping || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
	     pair++) {
		const yaml_node_t *name = yaml_document_get_node(document, pair->key);

		if (name->type == YAML_SCALAR_NODE && strcmp((const char *)name->data.scalar.value, key) == 0)
			return yaml_document_get_node(document, pair->value);
	}
	return NULL;
}

/* The schema has seen the same text, so list and steps have the same length. */
static void number(yaml_document_t *document, const yaml_node_t *list, struct scenario_step *steps, uint32_t count)
{
	for (uint32_t i = 0; list && i < count; i++) {
		const yaml_node_t *entry = yaml_document_get_node(document, list->data.sequence.items.start[i]);

		steps[i].line = line_of(entry);
		number(document, find(document, entry, "steps"), steps[i].steps, steps[i].steps_count);
		number(document, find(document, entry, "one_of"), steps[i].one_of, steps[i].one_of_count);
	}
}

bool amp_scenario_find_lines(struct scenario *scenario, const char *text, size_t len)
{
	yaml_parser_t parser;
	yaml_document_t document;
	bool ok = read_document(&parser, &document, text, len);

	if (ok) {
		const yaml_node_t *root = yaml_document_get_root_node(&document);

		number(&document, find(&document, root, "steps"), scenario->steps, scenario->steps_count);
		number(&document, find(&document, root, "cleanup"), scenario->cleanup, scenario->cleanup_count);
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return ok;
}
