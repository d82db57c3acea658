// SPDX-License-Identifier: GPL-2.0-only
/* The real program, without a lab: the exit status and the one line that it says to each mistake. */
#include "scratch.h"

#include <sys/wait.h>

static const char *program;

struct expectation {
	const char *arguments;
	int status;
	const char *says;
};

/* Runs the program in a shell; the output of both streams ends up in `out`. Returns its exit status. */
static int run(const char *arguments, char *out, size_t size)
{
	char line[1024];
	FILE *pipe;
	int status;

	/* a name of its own: whoever runs the tests may have labs up */
	snprintf(line, sizeof(line), "'%s' --name cli-test %s 2>&1 </dev/null", program, arguments);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	out[fread(out, 1, size - 1, pipe)] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(const struct expectation *e, size_t count, bool one_line)
{
	char out[16384];

	for (size_t i = 0; i < count; i++) {
		int status = run(e[i].arguments, out, sizeof(out));

		if (status != e[i].status)
			fail_msg("'amprelay %s' ended with %d, not %d: %s", e[i].arguments, status, e[i].status, out);
		if (!strstr(out, e[i].says))
			fail_msg("'amprelay %s' did not say '%s' but: %s", e[i].arguments, e[i].says, out);
		if (one_line && strchr(out, '\n') != out + strlen(out) - 1)
			fail_msg("'amprelay %s' said more than one line: %s", e[i].arguments, out);
	}
}

#define CHECK(table, one_line) check(table, sizeof(table) / sizeof((table)[0]), one_line)

static void mistakes_are_named_in_one_line(void **state)
{
	static const struct expectation mistakes[] = {
		{"", 2, "amprelay help"},
		{"nonsense", 2, "no command 'nonsense'"},
		{"--bogus", 2, "'--bogus'"},
		{"-x status", 2, "'-x'"},
		{"status --bogus", 2, "'--bogus': see 'amprelay help status'"},
		{"status extra", 2, "unexpected argument 'extra': see 'amprelay help status'"},
		{"down m3", 2, "unexpected argument 'm3'"},
		{"--name", 2, "'--name'"},
		{"--name ../x status", 2, "'../x' is no name"},
		{"--name '' status", 2, "'' is no name"},
		{"--color=pink status", 2, "pink"},
		{"help nonsense", 2, "no command 'nonsense'"},
		{"start", 2, "which core?"},
		{"start m3 m4", 2, "'m4'"},
		{"swap", 2, "swap CORE FILE"},
		{"swap m3", 2, "swap CORE FILE"},
		{"swap m3 /nonexistent", 2, "/nonexistent: No such file or directory"},
		{"swap m3 a b", 2, "'b'"},
		{"fault", 2, "--list"},
		{"fault m3", 2, "--list"},
		{"fault m3 nonsense", 2, "undef, bus, divzero"},
		{"fault m3 undef more", 2, "'more'"},
		{"exec", 2, "exec -- COMMAND"},
		{"exec --bogus ls", 2, "'--bogus'"},
		{"run", 2, "run FILE.elf"},
		{"run --for x y.elf", 2, "--for x"},
		{"cp", 2, "cp FILE :PATH' into Linux"},
		{"cp /etc/hosts /tmp", 2, "cp FILE :PATH' into Linux"},
		{"cp :/a :/b", 2, "cp FILE :PATH' into Linux"},
		{"cp /nonexistent :/tmp", 1, "/nonexistent: No such file or directory"},
		{"cp /etc :/tmp", 1, "/etc: Is a directory"},
		{"console", 2, "console linux"},
		{"console 'm3;'", 2, "'m3;'"},
		{"console m3 linux", 2, "want a terminal"},
		{"logs -n", 2, "'-n'"},
		{"logs -n -5", 2, "whole number"},
		{"logs -n 5x", 2, "whole number"},
		{"events --since x", 2, "--since x"},
		{"events --wait", 2, "'--wait'"},
		{"events --wait nonsense", 2, "'nonsense'"},
		{"events --wait ev=a --timeout soon", 2, "--timeout soon"},
		{"events --wait ev=a --timeout -1", 2, "--timeout -1"},
		{"events --wait ev=a --timeout nan", 2, "--timeout nan"},
		{"events --wait ev=a ev=b", 2, "--wait"},
		{"sniff m3 m4", 2, "'m4'"},
		{"sniff -c many", 2, "--count many"},
		{"sniff --kernel-log", 2, "'--kernel-log'"},
		{"sniff -w /nonexistent/file", 1, "/nonexistent/file: No such file"},
		{"postmortem", 2, "--raw ADDR=FILE"},
		{"postmortem m3", 1, "has no dump of a core of that name"},
		{"postmortem /etc/passwd", 1, "/etc/passwd: no ELF file"},
		{"postmortem /bin/sh", 1, "its type is not CORE"},
		{"postmortem --raw vring", 2, "--raw vring: an address is wanted"},
		{"postmortem --raw 0x1000", 2, "ADDR=FILE is wanted"},
		{"postmortem --raw 0=/nonexistent", 1, "/nonexistent: No such file"},
		{"postmortem --raw 0=/etc/passwd --table /etc/passwd", 1, "no resource table"},
		{"postmortem --raw 0=/etc/passwd --map 1", 2, "HOST=DEVICE is wanted"},
		{"keygen", 2, "NAME.key and NAME.pub"},
		{"keygen a b", 2, "'b'"},
		{"keygen /nonexistent/a", 1, "/nonexistent/a.key: No such file or directory"},
		{"sign", 2, "which firmware?"},
		{"sign x.elf", 2, "--key is needed"},
		{"sign -k a.key x.elf", 2, "--core CORE is needed"},
		{"sign -k a.key -c m3 x.elf", 2, "--image-version N is needed"},
		{"sign -k a.key -c 'm 3' -V 1 x.elf", 2, "'m 3' is not the name of a core"},
		{"sign -k a.key -c m3 -V 4294967296 x.elf", 2, "--image-version 4294967296"},
		{"sign -k a.key -c m3 -V 1 /nonexistent", 5, "/nonexistent: No such file or directory"},
		{"sign -k /nonexistent -c m3 -V 1 /etc/passwd", 5, "key /nonexistent: No such file"},
		{"verify x.elf", 2, "--key is needed"},
		{"verify -k /etc/passwd x.elf", 5, "neither a public key of minisign nor one in PEM"},
		{"verify -V 1 -k a x.elf", 2, "'-V'"},
		{"report --output", 2, "'--output'"},
		{"report /nonexistent", 1, "/nonexistent: No such file or directory: give a folder"},
		{"report /usr/include", 1, "has an events.jsonl"},
		{"report /etc/passwd", 1, "/etc/passwd:1: "},
		{"up --timeout 1e9", 2, "--timeout 1e9"},
		{"up nonsense", 2, "'nonsense'"},
	};

	(void)state;
	CHECK(mistakes, true);
}

static void without_a_lab_commands_say_how_to_start_one(void **state)
{
	static const struct expectation commands[] = {
		{"status", 3, "no lab 'cli-test' is up: start it with 'amprelay --name cli-test up'"},
		{"--json status", 3, "no lab 'cli-test' is up"},
		{"--name cli-test-2 status", 3,
	         "no lab 'cli-test-2' is up: start it with 'amprelay --name cli-test-2 up'"},
		{"status --name cli-test-2", 3, "no lab 'cli-test-2'"},
		{"down", 3, "no lab"},
		{"start m3", 3, "no lab"},
		{"stop m3", 3, "no lab"},
		{"restart m3", 3, "no lab"},
		{"top", 3, "no lab"},
		{"attach m3", 3, "no lab"},
		{"detach m3", 3, "no lab"},
		{"suspend m3", 3, "no lab"},
		{"resume m3", 3, "no lab"},
		{"swap m3 /etc/hosts", 3, "no lab"},
		{"reboot linux", 3, "no lab"},
		{"kill linux", 3, "no lab"},
		{"exec -- true", 3, "no lab"},
		{"exec true --bogus", 3, "no lab"}, /* the command's own option */
		{"cp /etc/hosts :/tmp", 3, "no lab"},
		{"cp :/etc/hosts /tmp/cli-test-none", 3, "no lab"},
		{"console linux", 3, "no lab"},
		{"console m3", 3, "no lab"},
		{"fault m3 undef", 3, "no lab"},
		{"logs", 3, "left no logs"},
		{"logs m3", 3, "left no logs"},
		{"events", 3, "left no events"},
		{"report", 3, "left no events"},
		{"events --wait ev=a --timeout 0.05", 7, "ev=a"},
	};

	(void)state;
	setenv("AMPRELAY_STATE", *state, 1);
	CHECK(commands, true);
}

static void what_a_lab_is_made_of_is_checked_first(void **state)
{
	static const struct expectation ups[] = {
		{"up --lab /nonexistent", 5, "lab directory /nonexistent"},
		{"run --lab /nonexistent x.elf", 5, "lab directory /nonexistent"},
		{"up --kernel /nonexistent/Image", 5, "kernel /nonexistent/Image"},
	};
	char out[1024];

	setenv("AMPRELAY_STATE", *state, 1);
	setenv("AMPRELAY_LAB", *state, 1);
	CHECK(ups, true);
	assert_int_equal(run("up", out, sizeof(out)), 5);
	assert_non_null(strstr(out, "Image"));
	assert_int_equal(run("doctor", out, sizeof(out)), 5);
	assert_non_null(strstr(out, "Image: No such file or directory"));
	assert_int_equal(run("status", out, sizeof(out)), 3); /* nothing was started */
}

static void events_can_be_read_and_waited_for_without_a_relay(void **state)
{
	char out[4096];

	setenv("AMPRELAY_STATE", *state, 1);
	run("events --wait ev=none --timeout 0", out, sizeof(out)); /* makes the state directory */
	put_file(*state, "cli-test/events.jsonl", "w",
	         "{\"t\":1000000000,\"seq\":0,\"ev\":\"lab.up\"}\n"
	         "{\"t\":1500000000,\"seq\":1,\"ev\":\"core.crash\",\"core\":\"m3\",\"text\":\"two words\"}\n");
	assert_int_equal(run("events", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "0.500 core.crash m3   text=\"two words\""));
	assert_int_equal(run("events --json ev=core.crash", out, sizeof(out)), 0);
	assert_string_equal(
		out, "{\"t\":1500000000,\"seq\":1,\"ev\":\"core.crash\",\"core\":\"m3\",\"text\":\"two words\"}\n");
	assert_int_equal(run("events --json --since 0 --wait core=m3", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "core.crash"));
	assert_int_equal(run("events --since 1 --wait core=m3 --timeout 0.05", out, sizeof(out)), 7);
	/* the lab is down: its record is history, and a wait is about the next one */
	assert_int_equal(run("events --wait core=m3 --timeout 0.05", out, sizeof(out)), 7);
}

static void times_of_day_are_those_of_the_flight(void **state)
{
	char out[4096];

	setenv("AMPRELAY_STATE", *state, 1);
	setenv("TZ", "UTC", 1);
	run("events --wait ev=none --timeout 0", out, sizeof(out));
	put_file(*state, "cli-test/events.jsonl", "w",
	         "{\"t\":1000000000,\"seq\":0,\"ev\":\"lab.up\",\"soc\":\"m3\",\"time\":1790000000000000000}\n"
	         "{\"t\":1500000000,\"seq\":1,\"ev\":\"core.crash\",\"core\":\"m3\"}\n");
	put_file(*state, "cli-test/m3.log", "w", "[61.25] a minute later\n");
	assert_int_equal(run("events -t", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "14:13:20.500 core.crash"));
	assert_int_equal(run("logs -t m3", out, sizeof(out)), 0);
	assert_string_equal(out, "14:14:20.250 | [61.25] a minute later\n");
}

static void labs_that_have_left_records_are_listed(void **state)
{
	char out[4096];

	setenv("AMPRELAY_STATE", *state, 1);
	run("events --wait ev=none --timeout 0", out, sizeof(out));
	put_file(*state, "cli-test/events.jsonl", "w", "{\"t\":1,\"seq\":0,\"ev\":\"lab.up\",\"soc\":\"star\"}\n");
	assert_int_equal(run("ls", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\ncli-test"));
	assert_non_null(strstr(strstr(out, "\ncli-test"), " down "));
	assert_non_null(strstr(strstr(out, "\ncli-test"), " star"));
}

static void logs_can_be_read_without_a_relay(void **state)
{
	char out[4096];

	setenv("AMPRELAY_STATE", *state, 1);
	run("events --wait ev=none --timeout 0", out, sizeof(out));
	put_file(*state, "cli-test/m3.log", "w", "[1.0] one\n[3.0] three\n");
	put_file(*state, "cli-test/relay.log", "w", "[2.0] two\n");
	assert_int_equal(run("logs", out, sizeof(out)), 0);
	assert_string_equal(out, "m3     | [1.0] one\nrelay  | [2.0] two\nm3     | [3.0] three\n");
	assert_int_equal(run("logs -t", out, sizeof(out)), 0);
	assert_non_null(strstr(out, " m3     | [1.0] one\n"));
	assert_int_equal(out[2], ':');
	assert_int_equal(out[8], '.');
	assert_int_equal(run("logs m3 -n 1", out, sizeof(out)), 0);
	assert_string_equal(out, "[3.0] three\n");
	assert_int_equal(run("logs -n 0", out, sizeof(out)), 0);
	assert_string_equal(out, "");
	assert_int_equal(run("logs nonsense", out, sizeof(out)), 2);
	assert_non_null(strstr(out, "it has m3 relay"));
}

/* Calls `use` with each command of the overview. */
static void for_each_command(void (*use)(const char *command))
{
	char out[16384], command[32];
	unsigned int count = 0;

	assert_int_equal(run("help", out, sizeof(out)), 0);
	for (char *line = strstr(out, "Commands:"); line && strncmp(line, "\n\n", 2); line = strchr(line + 1, '\n')) {
		if (sscanf(line, "\n  %31[a-z]", command) == 1 && strncmp(line, "\n  ", 3) == 0) {
			use(command);
			count++;
		}
		if (strncmp(line, "\n\n", 2) == 0)
			break;
	}
	assert_true(count >= 14);
}

static void assert_documented(const char *command)
{
	char want[64], out[16384];
	char *man = get_file(TEST_SOURCE_DIR, "amprelay.1"), *completion = get_file(TEST_SOURCE_DIR, "amprelay.bash");

	snprintf(want, sizeof(want), ".It Cm %s", command);
	if (!strstr(man, want))
		fail_msg("%s is not in the manual page", command);
	if (!strstr(strstr(completion, "commands='"), command))
		fail_msg("%s is not in the bash completion", command);
	snprintf(want, sizeof(want), "help %s", command);
	assert_int_equal(run(want, out, sizeof(out)), 0);
	snprintf(want, sizeof(want), "Usage: amprelay %s", command);
	if (!strstr(out, want))
		fail_msg("'amprelay help %s' says: %s", command, out);
	free(man);
	free(completion);
}

static void every_command_has_help_manual_and_completion(void **state)
{
	(void)state;
	for_each_command(assert_documented);
}

static void colours_only_where_they_are_wanted(void **state)
{
	char out[16384];

	setenv("AMPRELAY_STATE", *state, 1);
	setenv("AMPRELAY_LAB", *state, 1);
	run("doctor", out, sizeof(out)); /* its output is a pipe */
	assert_null(strchr(out, '\033'));
	run("--color=always doctor", out, sizeof(out));
	assert_non_null(strchr(out, '\033'));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(mistakes_are_named_in_one_line),         T(without_a_lab_commands_say_how_to_start_one),
		T(what_a_lab_is_made_of_is_checked_first), T(events_can_be_read_and_waited_for_without_a_relay),
		T(logs_can_be_read_without_a_relay),       T(every_command_has_help_manual_and_completion),
		T(times_of_day_are_those_of_the_flight),   T(labs_that_have_left_records_are_listed),
		T(colours_only_where_they_are_wanted),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
