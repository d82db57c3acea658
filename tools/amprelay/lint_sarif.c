// SPDX-License-Identifier: GPL-2.0-only
/* SARIF 2.1.0. Places are bytes of the file, and words: a binary has no lines. */
#include "lint_sarif.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

json_t *amp_sarif_results(void)
{
	return json_array();
}

/* A path as a URI reference: unreserved characters and slashes stand, anything else is %XX. */
static json_t *uri_of(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	size_t len = strlen(path), used = 0;
	char *uri = malloc(len * 3 + sizeof("file://"));
	json_t *value;

	if (!uri)
		return NULL;
	if (path[0] == '/')
		used = (size_t)sprintf(uri, "file://");
	for (const char *c = path; *c; c++) {
		if (strchr(plain, *c))
			uri[used++] = *c;
		else
			used += (size_t)sprintf(uri + used, "%%%02X", (unsigned char)*c);
	}
	uri[used] = '\0';
	value = json_string(uri);
	free(uri);
	return value;
}

static size_t index_of(const struct amp_lint_rule *rule)
{
	size_t count;

	return (size_t)(rule - amp_lint_rules(&count));
}

void amp_sarif_add(json_t *results, const char *file, const struct amp_lint_finding *finding)
{
	json_t *physical = json_pack("{s:{s:o}}", "artifactLocation", "uri", uri_of(file)), *message;
	char text[512];

	if (finding->size)
		json_object_set_new(physical, "region",
		                    json_pack("{s:I, s:I}", "byteOffset", (json_int_t)finding->offset, "byteLength",
		                              (json_int_t)finding->size));
	snprintf(text, sizeof(text), "%s: %s", finding->where, finding->text);
	message = json_pack("{s:s}", "text", text);
	json_array_append_new(results, json_pack("{s:s, s:I, s:s, s:o, s:[{s:o, s:[{s:s}]}]}", "ruleId",
	                                         finding->rule->id, "ruleIndex", (json_int_t)index_of(finding->rule),
	                                         "level", amp_lint_severity_name(finding->rule->severity), "message",
	                                         message, "locations", "physicalLocation", physical, "logicalLocations",
	                                         "fullyQualifiedName", finding->where));
}

static json_t *describe(const struct amp_lint_rule *rule)
{
	return json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "id", rule->id, "shortDescription", "text",
	                 rule->title, "fullDescription", "text", rule->happens, "help", "text", rule->mend,
	                 "defaultConfiguration", "level", amp_lint_severity_name(rule->severity));
}

json_t *amp_sarif_log(json_t *results)
{
	size_t count;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, describe(&rules[i]));
	return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:o}]}", "$schema", SCHEMA, "version", "2.1.0", "runs",
	                 "tool", "driver", "name", "amprelay lint", "version", AMPRELAY_VERSION, "rules", list,
	                 "results", results);
}
