// SPDX-License-Identifier: GPL-2.0-only
/* What is said to mistakes in a scenario's file: the file, the line, what was expected. */
#include "../cli/scratch.h"

#include "amprelay/scenario/scenario.h"

static struct scenario *load(const char *text, char *error)
{
	char path[] = "/tmp/scenario-XXXXXX";
	int fd = mkstemp(path);
	struct scenario *scenario;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	scenario = amp_scenario_load(path, error);
	unlink(path);
	return scenario;
}

#define STEPS "claim: it holds\nsteps:\n"

static void a_whole_scenario_is_taken(void **state)
{
	char error[SCENARIO_ERROR_LEN];
	struct scenario *scenario = load("claim: it holds\n"
	                                 "socs: [m3, rv32]\n"
	                                 "firmware: mine.elf\n"
	                                 "limit: 100\n"
	                                 "steps:\n"
	                                 "  - up:\n"
	                                 "  - exec: uname\n"
	                                 "    output: Linux\n"
	                                 "    save: kernel\n"
	                                 "  - for: [undef, kill]\n"
	                                 "    steps:\n"
	                                 "      - fault: m3 ${item}\n"
	                                 "      - wait: ev=core.recovered\n"
	                                 "  - run: test \"${kernel}\" = \"$kernel\" -o \"${HOME}\"\n"
	                                 "  - assert: [m3.crashes == 2, m3.link == up]\n"
	                                 "cleanup:\n"
	                                 "  - down:\n",
	                                 error);

	(void)state;
	if (!scenario)
		fail_msg("%s", error);
	assert_int_equal(scenario->socs_count, 2);
	assert_int_equal(scenario->steps_count, 5);
	assert_int_equal(scenario->steps[0].action, SCENARIO_up);
	assert_string_equal(scenario->steps[0].up, "");
	assert_int_equal(scenario->steps[2].action, SCENARIO_for);
	assert_int_equal(scenario->steps[2].steps[1].line, 13);
	assert_int_equal(scenario->steps[4].action, SCENARIO_assert);
	assert_int_equal(scenario->cleanup[0].line, 17);
	amp_scenario_free(scenario);
}

static void each_mistake_has_its_line_and_what_was_expected(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *said;
	} mistakes[] = {
		{"", 1, "it is empty: a scenario has at least 'claim' and 'steps'"},
		{"claim: x\n", 1, "'steps' is missing"},
		{"steps:\n  - up:\n", 2, "'claim' is missing"},
		{"claim: x\nclaim: y\n", 1, "'claim' is there twice"},
		{"claim: \"x\nsteps:\n  - up:\n", 4, "it is no YAML: found unexpected end of stream"},
		{"claim: x\nsteps:\n\t- up:\n", 3, "it is no YAML: found character that cannot start any token"},
		{"claim: x\nsteps: up\n", 2, "'steps': a list is wanted"},
		{"claim: x\nsteps: []\n", 2, "'steps': at least one entry is wanted"},
		{"claim: x\nlimit: long\n", 2, "'limit': a whole number is wanted, not 'long'"},
		{"claim: x\nlimit: 0\nsteps:\n  - up:\n", 1, "'limit' is to be 1 to 86400 seconds"},
		{"claim: x\nneeds: luck\nsteps:\n  - up:\n", 1,
	         "'needs: luck': the one thing that can be needed is 'debug-kernel'"},
		{"claim: x\nstep:\n  - up:\n", 2, "there is no key 'step' in a scenario; it has: claim, socs,"},
		{"claim: x\nsocs: m3\n", 2, "'socs': a list is wanted"},
		{STEPS "  - up\n", 3, "'KEY: VALUE' is wanted"},
		{STEPS "  - exce: ls\n", 3, "there is no key 'exce' in a step; it has: up, down,"},
		{STEPS "  - exec: {a: b}\n", 3, "'exec': a text is wanted; in quotes if it has ': '"},
		{STEPS "  - exec: ls\n    status: bad\n", 4, "'status': a whole number is wanted, not 'bad'"},
		{STEPS "  - exec: ls\n    status: -1\n", 4, "'status': a whole number is wanted, not '-1'"},
		{STEPS "  - exec:\n", 3, "'exec' is empty; it wants a shell command, in Linux"},
		{STEPS "  - exec: &a ls\n  - exec: *a\n", 4, "aliases"},
		{STEPS "  - up:\n  - exec: ls\n    run: ls\n", 4, "this does two: 'exec' and 'run'"},
		{STEPS "  - output: x\n", 3, "this step does nothing; it is to have one of: up, down,"},
		{STEPS "  - down: now\n", 3, "'down' takes nothing"},
		{STEPS "  - wait: ev=x\n    output: x\n", 3, "'output' does not go with 'wait'"},
		{STEPS "  - send: x\n", 3, "'send' needs 'channel', too"},
		{STEPS "  - repeat: 3\n", 3, "'repeat' needs 'steps', too"},
		{STEPS "  - repeat: 3\n    steps:\n      - up:\n      - wait: nothing\n", 6,
	         "'nothing' is not of the form KEY=VALUE"},
		{STEPS "  - fault: m3 nonsense\n", 3, "there is no fault 'nonsense'; take one of: undef,"},
		{STEPS "  - exec: echo ${node}\n", 3, "there is no ${node} here; there are: soc, core, other,"},
		{STEPS "  - exec: ls\n    save: Node\n", 3, "'save: Node': a name has up to 23 small letters"},
		{STEPS "  - join: nobody\n", 3, "no step before this has 'as: nobody'"},
		{STEPS "  - exec: ls\n    as: job\n    output: x\n", 3, "belongs to the 'join: job'"},
		{STEPS "  - assert: [m3.crashes = 3]\n", 3, "'=' is none of ==, !=, <, <=, >, >="},
		{STEPS "  - assert: [m3.crashes==3]\n", 3, "it is 'VALUE OPERATOR VALUE'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		char error[SCENARIO_ERROR_LEN] = "", line[16];

		assert_null(load(mistakes[i].text, error));
		snprintf(line, sizeof(line), ":%d: ", mistakes[i].line);
		if (!strstr(error, mistakes[i].said) || !strstr(error, line))
			fail_msg("%s\n%s: line %d, %s", mistakes[i].text, error, mistakes[i].line, mistakes[i].said);
	}
}

static void steps_in_steps_have_an_end(void **state)
{
	char error[SCENARIO_ERROR_LEN], text[4096] = STEPS;

	(void)state;
	for (int depth = 0; depth < 10; depth++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%*s- repeat: 2\n%*ssteps:\n", 2 + 4 * depth,
		         "", 4 + 4 * depth, "");
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "%*s- up:\n", 42, "");
	assert_null(load(text, error));
	assert_non_null(strstr(error, "steps are in steps 8 deep, which is the most"));
}

static void a_file_that_is_not_there_is_named(void **state)
{
	char error[SCENARIO_ERROR_LEN];

	(void)state;
	assert_null(amp_scenario_load("/nonexistent/x.yaml", error));
	assert_string_equal(error, "/nonexistent/x.yaml: No such file or directory");
	assert_null(amp_scenario_load("/", error));
	assert_non_null(strstr(error, "/: Is a directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_scenario_is_taken),
		cmocka_unit_test(each_mistake_has_its_line_and_what_was_expected),
		cmocka_unit_test(steps_in_steps_have_an_end),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
