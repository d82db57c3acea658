// SPDX-License-Identifier: GPL-2.0-only
/* The real program on a terminal: whatever a guest says, no command lets the terminal be commanded by it. */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "amprelay/lab_dir.h"
#include "common/control.h"

static const char *program;
static char lab[AMP_LAB_NAME_MAX]; /* one of its own: several may run side by side */

/* All that a terminal could obey: every byte but 0 and the line feed, and some that come as valid UTF-8. */
static char evil[400];

static void make_evil(void)
{
	size_t n = 0;

	for (unsigned int byte = 1; byte < 256; byte++) {
		if (byte != '\n')
			evil[n++] = (char)byte;
	}
	n += (size_t)snprintf(evil + n, sizeof(evil) - n,
	                      "\x1b[2J\x1b]0;title\x07 \xc2\x9b"
	                      "31m \xe2\x80\xae");
}

static void write_file(const char *dir, const char *name, const char *before, const char *after)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, lab, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%s%s%s\n", before, evil, after);
	fclose(file);
}

/* ------------------------------------------------------------------ a relay that says what a guest said */

static pid_t relay;

static void send_packet(int fd, char type, const char *data)
{
	char packet[2048];
	int n = snprintf(packet, sizeof(packet), "%c%s", type, data);

	send(fd, packet, (size_t)n, MSG_NOSIGNAL);
}

static void serve(int listener)
{
	static const char said[] = "\\u0001\\u001b[2J\\u001b]0;title\\u0007\\u007f\\u009b31m\\u202e";
	char request[4096], answer[4096];

	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd)) {
		ssize_t n = recv(fd, request, sizeof(request) - 1, 0);

		if (n <= 0)
			continue;
		request[n] = '\0';
		send_packet(fd, 'O', evil);
		send_packet(fd, 'E', evil);
		snprintf(answer, sizeof(answer), "{\"progress\":\"%s\"}", said);
		send_packet(fd, 'J', answer);
		snprintf(answer, sizeof(answer),
		         "{\"done\":true,\"exit\":%d,\"error\":\"%s\",\"text\":\"%s\",\"lab\":\"%s\",\"state\":\"%s\","
		         "\"soc\":\"%s\",\"host\":{\"state\":\"%s\",\"agent\":\"%s\"},\"cores\":[{\"name\":\"%s\","
		         "\"state\":\"%s\",\"firmware\":\"%s\",\"loader\":\"relay\",\"channels\":[\"%s\"],\"link\":"
		         "\"lost\","
		         "\"last_crash\":{\"detector\":\"%s\",\"text\":\"%s\",\"pc_sym\":\"%s\"}}]}",
		         strstr(request, "talk") || strstr(request, "status") ? 0 : 1, said, said, said, said, said,
		         said, said, said, said, said, said, said, said, said);
		send_packet(fd, 'J', answer);
		recv(fd, request, sizeof(request), 0);
	}
	_exit(0);
}

static int set_up(void **state)
{
	struct sockaddr_un address;
	socklen_t len = amp_lab_address(lab, &address);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	char path[PATH_MAX];

	if (make_scratch(state) || bind(listener, (struct sockaddr *)&address, len) || listen(listener, 8))
		return -1;
	setenv("AMPRELAY_STATE", *state, 1);
	snprintf(path, sizeof(path), "%s/%s", (char *)*state, lab);
	if (mkdir(path, 0755))
		return -1;
	make_evil();
	write_file(*state, "linux.log", "", "");
	write_file(*state, "kernel.log", "[    1.000000] ", "\r");
	write_file(*state, "m3.log", "[    2.000000] ", "");
	write_file(*state, "relay.log", "", "");
	snprintf(path, sizeof(path), "%s/%s/events.jsonl", (char *)*state, lab);
	{
		FILE *file = fopen(path, "w");

		fprintf(file, "{\"t\":1,\"seq\":1,\"ev\":\"core.crash\",\"core\":\"m3\",\"text\":\"a\\u001b[2Jb "
		              "\x7f\xc2\x9b"
		              "31m\"}\n");
		fclose(file);
	}
	relay = fork();
	if (!relay)
		serve(listener);
	close(listener);
	return relay < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	kill(relay, SIGKILL);
	waitpid(relay, NULL, 0);
	return remove_scratch(state);
}

/* ------------------------------------------------------------------ the program, on a terminal or not */

static void run(const char *arguments)
{
	char line[1024];

	snprintf(line, sizeof(line), "exec '%s' --name %s --color=never %s", program, lab, arguments);
	execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

static size_t read_all(int fd, char *out, size_t size)
{
	size_t used = 0;
	ssize_t n;

	/* the end of a terminal is an error */
	while (used < size && ((n = read(fd, out + used, size - used)) > 0 || (n < 0 && errno == EINTR)))
		used += n > 0 ? (size_t)n : 0;
	return used;
}

static size_t on_terminal(const char *arguments, const char *locale, char *out, size_t size)
{
	size_t used;
	int fd, status;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	assert_true(pid >= 0);
	if (!pid) {
		setenv("LC_ALL", locale, 1);
		run(arguments);
	}
	used = read_all(fd, out, size);
	waitpid(pid, &status, 0);
	close(fd);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 126);
	return used;
}

/* Every command that prints what others said. */
static const char *const commands[] = {
	"logs",
	"logs linux",
	"logs m3",
	"logs -n 3",
	"events",
	"events --json",
	"events ev=core.crash",
	"exec -n -- x",
	"exec -- x </dev/null",
	"start m3",
	"stop m3",
	"restart m3",
	"attach m3",
	"detach m3",
	"reboot linux",
	"kill linux",
	"talk m3 c t",
	"fault m3 undef",
	"status",
	"--json status",
	"down",
	"logs kernel",
	"events --since 0 --wait ev=core.crash",
};

static void no_command_lets_a_control_character_through_to_a_terminal(void **state)
{
	static const char *const locales[] = {"C.UTF-8", "C"};
	static char out[65536];

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			size_t n = on_terminal(commands[i], locales[l], out, sizeof(out));

			assert_true(n > 0);
			for (size_t at = 0; at < n; at++) {
				unsigned char byte = (unsigned char)out[at];
				bool c1 = l == 0 ? byte == 0xc2 && at + 1 < n && (unsigned char)out[at + 1] < 0xa0
				                 : byte >= 0x80;

				/* the terminal itself makes a carriage return of each line's end */
				if ((byte < ' ' && byte != '\n' && byte != '\t' && byte != '\r') || byte == 0x7f ||
				    c1 || (byte == '\r' && (at + 1 == n || out[at + 1] != '\n')))
					fail_msg("'amprelay %s' (%s) lets 0x%02x through at %zu", commands[i],
					         locales[l], byte, at);
			}
		}
	}
}

static void what_is_no_terminal_gets_it_as_it_came(void **state)
{
	static const char *const raw[] = {"logs linux", "exec -n -- x", "start m3", "logs -n 1 linux"};
	static char out[65536];

	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++) {
		int ends[2];
		size_t n;
		pid_t pid;

		assert_int_equal(pipe(ends), 0);
		pid = fork();
		if (!pid) {
			dup2(ends[1], STDOUT_FILENO);
			close(ends[0]);
			close(ends[1]);
			close(STDERR_FILENO);
			open("/dev/null", O_WRONLY);
			run(raw[i]);
		}
		close(ends[1]);
		n = read_all(ends[0], out, sizeof(out));
		close(ends[0]);
		waitpid(pid, NULL, 0);
		if (!memmem(out, n, evil, strlen(evil)))
			fail_msg("'amprelay %s' changed it", raw[i]);
	}
}

static void exec_raw_lets_everything_through(void **state)
{
	static char out[65536];
	size_t n = on_terminal("exec -n --raw -- x", "C.UTF-8", out, sizeof(out));

	(void)state;
	assert_non_null(memmem(out, n, "\x1b[2J", 4));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define C(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		C(no_command_lets_a_control_character_through_to_a_terminal),
		C(what_is_no_terminal_gets_it_as_it_came),
		C(exec_raw_lets_everything_through),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	snprintf(lab, sizeof(lab), "escapes-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
