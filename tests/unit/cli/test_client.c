// SPDX-License-Identifier: GPL-2.0-only
/* The client against a relay of our own making: a child process that plays a script. */
#include "scratch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "amprelay/client.h"
#include "amprelay/lab_dir.h"
#include "common/control.h"

static char lab[AMP_LAB_NAME_MAX];
static pid_t relay;
static int listener = -1;

static void send_packet(int fd, char type, const void *data, size_t len)
{
	char packet[65537];

	packet[0] = type;
	memcpy(packet + 1, data, len);
	if (send(fd, packet, len + 1, MSG_NOSIGNAL) < 0)
		_exit(2);
}

static void say(int fd, char type, const char *text)
{
	send_packet(fd, type, text, strlen(text));
}

static ssize_t hear(int fd, char *packet, size_t size)
{
	ssize_t n = recv(fd, packet, size - 1, 0);

	packet[n > 0 ? n : 0] = '\0';
	return n;
}

/* The listening socket is made before the fork: the client cannot come too early. */
static void start_relay(void (*script)(int fd))
{
	struct sockaddr_un address;
	socklen_t len = amp_lab_address(lab, &address);

	listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(listener, 4), 0);
	relay = fork();
	if (!relay) {
		script(accept(listener, NULL, NULL));
		_exit(0);
	}
	close(listener);
}

static int setup(void **state)
{
	(void)state;
	snprintf(lab, sizeof(lab), "test-client-%d", (int)getpid());
	relay = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (relay) {
		kill(relay, SIGKILL);
		waitpid(relay, NULL, 0);
	}
	return 0;
}

struct heard {
	char out[4096], err[4096], progress[256];
	size_t total;
	uint8_t sum;
};

static bool keep_output(void *context, char stream, const void *data, size_t len)
{
	struct heard *heard = context;
	char *to = stream == 'O' ? heard->out : heard->err;

	heard->total += len;
	for (size_t i = 0; i < len; i++)
		heard->sum = (uint8_t)(heard->sum + ((const uint8_t *)data)[i]);
	if (strlen(to) + len < sizeof(heard->out))
		strncat(to, data, len);
	return true;
}

static void keep_progress(void *context, const char *text)
{
	struct heard *heard = context;

	snprintf(heard->progress, sizeof(heard->progress), "%s", text);
}

static json_t *command(const char *cmd)
{
	return json_pack("{s:s}", "cmd", cmd);
}

static void no_relay_is_no_lab(void **state)
{
	struct client_result result;

	(void)state;
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_NO_LAB);
	assert_false(result.answered);
	assert_non_null(strstr(result.error, "start it with"));
	assert_false(amp_client_lab_is_up(lab));
	amp_client_release(&result);
}

static void answers(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	if (strcmp(packet, "J{\"cmd\":\"status\"}"))
		_exit(1);
	say(fd, 'O', "out1 ");
	say(fd, 'E', "err1");
	say(fd, 'J', "{\"progress\":\"half way\"}");
	say(fd, 'O', "out2");
	say(fd, 'X', "from the future");
	say(fd, 'J', "{\"done\":true,\"exit\":6,\"error\":\"refused\",\"more\":42}");
}

static void streams_progress_and_answer_arrive(void **state)
{
	struct heard heard = {0};
	const struct client_io io = {
		.timeout_ms = 20000, .context = &heard, .on_output = keep_output, .on_progress = keep_progress};
	struct client_result result;

	(void)state;
	start_relay(answers);
	assert_int_equal(amp_client_request(lab, command("status"), &io, &result), 6);
	assert_true(result.answered);
	assert_string_equal(result.error, "refused");
	assert_int_equal(json_integer_value(json_object_get(result.answer, "more")), 42);
	assert_string_equal(heard.out, "out1 out2");
	assert_string_equal(heard.err, "err1");
	assert_string_equal(heard.progress, "half way");
	amp_client_release(&result);
}

static void dies(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	say(fd, 'O', "the last ");
}

static void a_relay_that_dies_is_an_error_not_an_answer(void **state)
{
	struct client_result result;

	(void)state;
	start_relay(dies);
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_FAILED);
	assert_false(result.answered);
	assert_non_null(strstr(result.error, "ended"));
	amp_client_release(&result);
}

static void says_nothing(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	pause();
}

static void a_silent_relay_is_given_up_in_time(void **state)
{
	const struct client_io io = {.timeout_ms = 50};
	struct client_result result;

	(void)state;
	start_relay(says_nothing);
	assert_int_equal(amp_client_request(lab, command("status"), &io, &result), AMP_EXIT_TIMEOUT);
	amp_client_release(&result);
}

static void talks_nonsense(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	say(fd, 'J', "{\"done\":tr");
}

static void forgets_exit(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	say(fd, 'J', "{\"done\":true,\"exit\":\"zero\"}");
}

static void nonsense_from_the_relay_is_an_error(void **state)
{
	struct client_result result;

	(void)state;
	start_relay(talks_nonsense);
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_FAILED);
	assert_false(result.answered);
	teardown(NULL);
	start_relay(forgets_exit);
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_FAILED);
	assert_false(result.answered);
	amp_client_release(&result);
}

/* A guest's `cat`: does not take more input than its output has got rid of. */
static void echoes(int fd)
{
	static char packet[65537];
	ssize_t n;

	hear(fd, packet, sizeof(packet));
	while ((n = recv(fd, packet, sizeof(packet), 0)) > 1)
		send_packet(fd, 'O', packet + 1, (size_t)n - 1);
	say(fd, 'J', "{\"done\":true,\"exit\":0}");
	recv(fd, packet, sizeof(packet), 0); /* until the client has read it all */
}

static void more_input_than_all_buffers_hold_comes_back_whole(void **state)
{
	struct heard heard = {0};
	char *const argv[] = {"cat", NULL};
	struct client_io io = {.timeout_ms = 20000, .context = &heard, .on_output = keep_output, .has_input = true};
	struct client_result result;
	uint8_t sum = 0;
	FILE *f = tmpfile();

	(void)state;
	for (unsigned int i = 0; i < 3000000; i++) {
		uint8_t byte = (uint8_t)(1 + i * 31 % 251);

		fputc(byte, f);
		sum = (uint8_t)(sum + byte);
	}
	rewind(f);
	fflush(f);
	io.input_fd = fileno(f);
	lseek(io.input_fd, 0, SEEK_SET);
	start_relay(echoes);
	assert_int_equal(amp_client_exec(lab, argv, &io, &result), 0);
	assert_int_equal(heard.total, 3000000);
	assert_int_equal(heard.sum, sum);
	amp_client_release(&result);
	fclose(f);
}

static void wants_signal(int fd)
{
	char packet[1024];

	hear(fd, packet, sizeof(packet));
	say(fd, 'O', "ready");
	hear(fd, packet, sizeof(packet));
	say(fd, 'J', strcmp(packet, "J{\"signal\":2}") ? "{\"done\":true,\"exit\":1}" : "{\"done\":true,\"exit\":130}");
}

static bool raise_when_ready(void *context, char stream, const void *data, size_t len)
{
	(void)context, (void)stream, (void)data, (void)len;
	raise(SIGINT); /* blocked: it goes to the signalfd */
	return true;
}

static int pass_on(void *context, int number)
{
	(void)context;
	return number;
}

static void a_signal_reaches_the_command(void **state)
{
	struct client_io io = {
		.timeout_ms = 20000, .has_signals = true, .on_output = raise_when_ready, .on_signal = pass_on};
	char *const argv[] = {"sleep", "100", NULL};
	struct client_result result;
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	io.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	start_relay(wants_signal);
	assert_int_equal(amp_client_exec(lab, argv, &io, &result), 130);
	assert_true(result.answered);
	amp_client_release(&result);
	close(io.signal_fd);
}

/* A relay that has been stopped: nothing is read, nothing is taken. */
static void is_stopped(int fd)
{
	(void)fd;
	pause();
}

static int tell(void *context, int number)
{
	return *(int *)context ? -1 : number;
}

static int blocked_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void a_signal_ends_a_request_whose_relay_is_stopped(void **state)
{
	int hook_ends = 0;
	struct client_io io = {
		.has_signals = true, .signal_fd = blocked_signals(), .context = &hook_ends, .on_signal = tell};
	char *const argv[] = {"sleep", "100", NULL};
	struct client_result result;

	(void)state;
	raise(SIGTERM);
	start_relay(is_stopped);
	assert_int_equal(amp_client_exec(lab, argv, &io, &result), AMP_EXIT_TIMEOUT);
	assert_false(result.answered);
	assert_non_null(strstr(result.error, "stopped"));
	amp_client_release(&result);
	close(io.signal_fd);
}

static void a_signal_is_heard_though_the_relay_takes_no_input(void **state)
{
	int hook_ends = 1;
	struct client_io io = {.has_signals = true,
	                       .signal_fd = blocked_signals(),
	                       .context = &hook_ends,
	                       .on_signal = tell,
	                       .has_input = true,
	                       .input_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC)};
	char *const argv[] = {"cat", NULL};
	struct client_result result;
	timer_t timer;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
	struct itimerspec soon = {.it_value.tv_nsec = 100000000}; /* by then the socket is full */

	(void)state;
	start_relay(is_stopped);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	amp_client_exec(lab, argv, &io, &result);
	assert_false(result.answered);
	assert_string_equal(result.error, "");
	amp_client_release(&result);
	timer_delete(timer);
	close(io.signal_fd);
	close(io.input_fd);
}

static void answers_and_hangs_up_unread(int fd)
{
	struct pollfd request = {.fd = fd, .events = POLLIN};

	poll(&request, 1, -1); /* it has come, and is never read: the client's connection is reset */
	say(fd, 'J', "{\"done\":true,\"exit\":1,\"error\":\"too many\"}");
	close(fd);
}

static void an_answer_is_read_though_the_connection_was_reset(void **state)
{
	struct client_result result;

	(void)state;
	start_relay(answers_and_hangs_up_unread);
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_FAILED);
	assert_true(result.answered);
	assert_string_equal(result.error, "too many");
	amp_client_release(&result);
}

static void takes_no_calls(int fd)
{
	close(fd);
	pause();
}

static void a_relay_that_takes_no_calls_is_given_up_in_time(void **state)
{
	struct client_result result;
	struct sockaddr_un address;
	socklen_t len = amp_lab_address(lab, &address);
	int queued[64];
	size_t n = 0;

	(void)state;
	start_relay(takes_no_calls);
	amp_client_request(lab, command("status"), NULL, &result); /* this one is taken, and dropped */
	amp_client_release(&result);
	for (; n < 64; n++) {
		queued[n] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(queued[n], (struct sockaddr *)&address, len))
			break; /* the listener's queue is full */
	}
	assert_in_range(n, 1, 63);
	assert_int_equal(amp_client_request(lab, command("status"), NULL, &result), AMP_EXIT_TIMEOUT);
	assert_non_null(strstr(result.error, "no calls"));
	amp_client_release(&result);
	for (size_t i = 0; i <= n; i++)
		close(queued[i]);
}

static void a_command_longer_than_a_packet_is_refused(void **state)
{
	char *word = malloc(100000);
	char *const argv[] = {word, NULL};
	struct client_result result;

	(void)state;
	memset(word, 'x', 99999);
	word[99999] = '\0';
	start_relay(says_nothing);
	assert_int_equal(amp_client_exec(lab, argv, NULL, &result), AMP_EXIT_USAGE);
	word[0] = '\xff';
	word[1] = '\0';
	assert_int_equal(amp_client_exec(lab, argv, NULL, &result), AMP_EXIT_USAGE);
	assert_non_null(strstr(result.error, "UTF-8"));
	free(word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define C(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		C(no_relay_is_no_lab),
		C(streams_progress_and_answer_arrive),
		C(a_relay_that_dies_is_an_error_not_an_answer),
		C(a_silent_relay_is_given_up_in_time),
		C(nonsense_from_the_relay_is_an_error),
		C(more_input_than_all_buffers_hold_comes_back_whole),
		C(a_signal_reaches_the_command),
		C(a_signal_ends_a_request_whose_relay_is_stopped),
		C(a_signal_is_heard_though_the_relay_takes_no_input),
		C(an_answer_is_read_though_the_connection_was_reset),
		C(a_relay_that_takes_no_calls_is_given_up_in_time),
		C(a_command_longer_than_a_packet_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
