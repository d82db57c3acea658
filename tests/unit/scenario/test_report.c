// SPDX-License-Identifier: GPL-2.0-only
#include "../cli/scratch.h"

#include <errno.h>

#include <libxml/parser.h>

#include "amprelay/scenario/report.h"

/* clang-format off */
static const char results[] =
	"[{\"file\":\"a.yaml\",\"claim\":\"it <holds> & \\\"more\\\"\",\"soc\":\"m3\",\"seed\":7,\"ok\":true,\"ms\":1500,"
	  "\"line\":0,\"failure\":\"\",\"logs\":\"\"},"
	 "{\"file\":\"b.yaml\",\"claim\":\"it fails\",\"soc\":\"rv32\",\"seed\":1,\"ok\":false,\"ms\":500,"
	  "\"line\":3,\"failure\":\"b.yaml:3: \\u001b[2J\\nexpected <this>\\n\",\"logs\":\"/logs\"},"
	 "{\"file\":\"c.yaml\",\"claim\":\"it cannot\",\"soc\":\"m3\",\"seed\":1,\"ok\":true,\"skipped\":\"it needs more\","
	  "\"ms\":0,\"line\":0,\"failure\":\"\",\"logs\":\"\"}]";
/* clang-format on */

static char *text_of(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

static void junit_is_xml_with_one_case_for_each_result(void **state)
{
	static const char *const parts[] = {
		"<testsuite name=\"amprelay\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"2.000\">",
		"<testcase classname=\"a.yaml\" name=\"it &lt;holds&gt; &amp; &quot;more&quot; (m3, seed 7)\" "
		"time=\"1.500\"/>",
		"<failure message=\"it fails\">b.yaml:3: ?[2J\nexpected &lt;this&gt;\n</failure>",
		"<system-err>logs: /logs",
		"<skipped message=\"it needs more\"/>",
	};
	char path[] = "/tmp/scenario-junit-XXXXXX";
	json_t *all = json_loads(results, 0, NULL);
	xmlDocPtr document;
	char *text;

	(void)state;
	assert_non_null(all);
	close(mkstemp(path));
	assert_int_equal(amp_scenario_write_junit(path, all), 0);
	document = xmlReadFile(path, NULL, XML_PARSE_NONET);
	assert_non_null(document);
	xmlFreeDoc(document);
	text = text_of(path);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!strstr(text, parts[i]))
			fail_msg("no '%s' in:\n%s", parts[i], text);
	}
	free(text);
	json_decref(all);
	unlink(path);
	assert_int_equal(amp_scenario_write_junit("/nonexistent/x.xml", all), -ENOENT);
}

static void tap_tells_where_a_failure_is(void **state)
{
	json_t *all = json_loads(results, 0, NULL);
	char path[] = "/tmp/scenario-tap-XXXXXX";
	int fd = mkstemp(path), out = dup(STDOUT_FILENO);
	char *text;

	(void)state;
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	amp_scenario_print_tap(json_array_get(all, 0), 1);
	amp_scenario_print_tap(json_array_get(all, 1), 2);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	text = text_of(path);
	assert_string_equal(text, "ok 1 - it <holds> & \"more\" (a.yaml, m3)\n"
	                          "not ok 2 - it fails (b.yaml, rv32)\n"
	                          "  ---\n"
	                          "  file: b.yaml\n"
	                          "  line: 3\n"
	                          "  seed: 1\n"
	                          "  logs: /logs\n"
	                          "  message: |\n"
	                          "    b.yaml:3: \033[2J\n"
	                          "    expected <this>\n"
	                          "  ...\n");
	free(text);
	json_decref(all);
	close(fd);
	close(out);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(junit_is_xml_with_one_case_for_each_result),
		cmocka_unit_test(tap_tells_where_a_failure_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
