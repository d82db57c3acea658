// SPDX-License-Identifier: GPL-2.0-only
/* The control socket and the agent's link together: a client on one side, a guest's agent on the other, no QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/lab.h"

static struct amp_relay_options options = {.state_dir = "/tmp",
                                           .kernel = "/tmp/Image",
                                           .initramfs = "/tmp/initramfs.cpio",
                                           .firmware_dir = "/tmp",
                                           .lock_fd = -1};
static struct lab *lab;
static struct core_config *m3;
static char name[32];
static int guest;   /* the agent's end of its port */
static int console; /* Linux's end of its console */

static void run(void)
{
	while (sd_event_run(lab->loop, 0) > 0)
		;
}

static int set_up(void **state)
{
	static const struct stream_ops console_ops = {.on_data = NULL};
	char error[256];
	int ours;

	(void)state;
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0)
		return -1;
	snprintf(name, sizeof(name), "unit-test-%d", (int)getpid());
	options.lab = name;
	lab->options = &options;
	lab->record.fd = -1;
	strcpy(lab->soc.name, "m3");
	lab->soc.num_cores = 1;
	m3 = &lab->soc.core[0];
	strcpy(m3->name, "m3");
	m3->notify_ids = 2;
	amp_core_prepare(&lab->core[0], lab);
	lab->core[0].config = m3;
	if (amp_shm_create(&lab->core[0].shm, "test", 0x10000, 0x6000) < 0)
		return -1;
	amp_vm_prepare(&lab->vm, lab);
	if (amp_stream_pair(&ours, &guest) < 0 || amp_agent_open(&lab->agent, lab, ours) < 0)
		return -1;
	if (amp_stream_pair(&ours, &console) < 0 ||
	    amp_stream_open(&lab->vm.console, lab->loop, ours, 65536, &console_ops, lab) < 0)
		return -1;
	return amp_server_open(&lab->control, lab, amp_server_request, error, sizeof(error));
}

static int tear_down(void **state)
{
	(void)state;
	amp_server_close(&lab->control);
	amp_agent_close(&lab->agent);
	amp_vm_destroy(&lab->vm);
	amp_shm_destroy(&lab->core[0].shm);
	close(guest);
	close(console);
	lab->down_deadline = sd_event_source_disable_unref(lab->down_deadline);
	sd_event_unref(lab->loop);
	free(lab);
	return 0;
}

/* ------------------------------------------------------------------ the client's side */

static int connect_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	int len = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "amprelay/%u/%s", geteuid(), name);

	assert_int_equal(connect(fd, (struct sockaddr *)&address,
	                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)),
	                 0);
	return fd;
}

static void say(int fd, const char *packet, size_t len)
{
	assert_int_equal(send(fd, packet, len, MSG_NOSIGNAL), len);
	run();
}

static int request(const char *json)
{
	int fd = connect_client();
	char packet[512];

	snprintf(packet, sizeof(packet), "J%s", json);
	say(fd, packet, strlen(packet));
	return fd;
}

/* @return length of the next packet, which is terminated; -1 if there is none, 0 at the end */
static ssize_t hear(int fd, char *packet, size_t size)
{
	ssize_t n = recv(fd, packet, size - 1, 0);

	if (n >= 0)
		packet[n] = '\0';
	return n;
}

/* The final answer must be the next packet; the connection is closed. */
static int answer(int fd, char *error, size_t size)
{
	char packet[4096];
	json_t *object;
	int status;

	assert_true(hear(fd, packet, sizeof(packet)) > 0);
	assert_int_equal(packet[0], 'J');
	object = json_loads(packet + 1, 0, NULL);
	assert_true(json_is_true(json_object_get(object, "done")));
	status = (int)json_integer_value(json_object_get(object, "exit"));
	snprintf(error, size, "%s", json_string_value(json_object_get(object, "error")) ?: "");
	json_decref(object);
	close(fd);
	run();
	return status;
}

static int ask(const char *json, char *error, size_t size)
{
	return answer(request(json), error, size);
}

/* ------------------------------------------------------------------ the agent's side */

static void agent_sends(enum amp_frame_type type, uint16_t channel, const void *payload, uint32_t len)
{
	uint8_t frame[sizeof(struct amp_frame) + AMP_AGENT_PAYLOAD_MAX];
	size_t n = amp_frame_write(frame, type, channel, payload, len);

	assert_int_equal(write(guest, frame, n), n);
	run();
}

static void agent_is_up(void)
{
	agent_sends(AMP_FRAME_HELLO, 0, "\1\0\0\0", 4);
	assert_true(lab->agent.up);
}

/* Takes one frame from the port. */
static struct amp_frame agent_hears(uint8_t *payload)
{
	struct amp_frame frame;

	run();
	assert_int_equal(recv(guest, &frame, sizeof(frame), MSG_DONTWAIT), sizeof(frame));
	if (frame.len)
		assert_int_equal(recv(guest, payload, frame.len, MSG_DONTWAIT | MSG_WAITALL), frame.len);
	return frame;
}

static void agent_hears_nothing(void)
{
	uint8_t byte;

	run();
	assert_int_equal(recv(guest, &byte, 1, MSG_DONTWAIT), -1);
}

/* ------------------------------------------------------------------ requests */

static void a_first_packet_that_is_no_request_is_refused(void **state)
{
	static const char *const packets[] = {"J",
	                                      "J{",
	                                      "J[]",
	                                      "J7",
	                                      "Jnull",
	                                      "J{\"cmd\":7}",
	                                      "J{}",
	                                      "J{\"cmd\":\"fly\"}",
	                                      "Ihello",
	                                      "O",
	                                      "X",
	                                      "\xff",
	                                      "J{\"cmd\":\"status\",\"cmd\":\"down\"}"};
	char error[256];

	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		int fd = connect_client();

		say(fd, packets[i], strlen(packets[i]));
		assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_USAGE);
		assert_string_not_equal(error, "");
	}
	assert_false(lab->going_down);
}

static void a_packet_that_is_too_large_is_refused(void **state)
{
	static char packet[AMP_CONTROL_MAX + 2];
	char error[256];
	int fd = connect_client();

	(void)state;
	memset(packet, ' ', sizeof(packet));
	packet[0] = 'J';
	say(fd, packet, sizeof(packet));
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_USAGE);
	assert_non_null(strstr(error, "64 KiB"));
}

static void what_follows_an_answer_is_ignored(void **state)
{
	char error[256], packet[16];
	int fd = request("{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"fly\"}");

	(void)state;
	say(fd, "J{\"cmd\":\"down\"}", 14);
	say(fd, "Ix", 2);
	say(fd, "J}", 2);
	assert_true(recv(fd, packet, sizeof(packet), MSG_PEEK) > 0);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_USAGE);
	assert_false(lab->going_down);
}

static void an_unknown_core_is_answered_with_those_that_exist(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"start\",\"core\":\"m4\\u001b\"}", error, sizeof(error)), AMP_EXIT_USAGE);
	assert_string_equal(error, "there is no core 'm4?'; this lab has: m3");
	assert_int_equal(ask("{\"cmd\":\"stop\"}", error, sizeof(error)), AMP_EXIT_USAGE);
	assert_int_equal(ask("{\"cmd\":\"fault\",\"core\":3,\"kind\":\"bus\"}", error, sizeof(error)), AMP_EXIT_USAGE);
}

#define LISTED(number, id, name, ...) #name ", "

static void an_unknown_fault_is_answered_with_those_that_exist(void **state)
{
	char error[1024];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"fly\"}", error, sizeof(error)),
	                 AMP_EXIT_USAGE);
	assert_non_null(strstr(error, ": " AMP_FAULTS(LISTED) "kill, abort, "));
}

static void a_core_that_is_off_cannot_be_broken(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"bus\"}", error, sizeof(error)),
	                 AMP_EXIT_REFUSED);
	assert_int_equal(ask("{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"kill\"}", error, sizeof(error)),
	                 AMP_EXIT_REFUSED);
	assert_non_null(strstr(error, "m3 is off"));
}

static void only_the_loaders_that_exist_can_be_asked_for(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"start\",\"core\":\"m3\",\"loader\":\"magic\"}", error, sizeof(error)),
	                 AMP_EXIT_USAGE);
	assert_string_equal(error, "the loader is 'linux' or 'relay'");
	assert_int_equal(ask("{\"cmd\":\"start\",\"core\":\"m3\",\"loader\":\"relay\"}", error, sizeof(error)),
	                 AMP_EXIT_REFUSED);
	assert_non_null(strstr(error, "no such file"));
}

static void the_relay_talks_to_no_core_that_linux_hosts(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"talk\",\"core\":\"m3\",\"channel\":\"amp-echo\",\"text\":\"hello\"}", error,
	                     sizeof(error)),
	                 AMP_EXIT_REFUSED);
	assert_non_null(strstr(error, "--loader relay"));
}

static void a_message_without_a_channel_or_a_text_is_refused(void **state)
{
	static const char *const requests[] = {
		"{\"cmd\":\"talk\",\"core\":\"m3\"}",
		"{\"cmd\":\"talk\",\"core\":\"m3\",\"channel\":\"\",\"text\":\"x\"}",
		"{\"cmd\":\"talk\",\"core\":\"m3\",\"channel\":\"c\",\"text\":\"\"}",
		"{\"cmd\":\"talk\",\"core\":\"m3\",\"channel\":\"32-characters-are-one-too-many..\",\"text\":\"x\"}",
		"{\"cmd\":\"talk\",\"core\":\"m3\",\"channel\":7,\"text\":8}",
	};
	char error[256];

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		assert_int_equal(ask(requests[i], error, sizeof(error)), AMP_EXIT_USAGE);
}

static void status_tells_lab_host_and_cores(void **state)
{
	char packet[4096];
	int fd = request("{\"cmd\":\"status\"}");
	json_t *object;

	(void)state;
	assert_true(hear(fd, packet, sizeof(packet)) > 0);
	object = json_loads(packet + 1, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "lab")), name);
	assert_string_equal(json_string_value(json_object_get(json_object_get(object, "host"), "agent")), "down");
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(json_object_get(object, "cores"), 0), "state")),
		"off");
	json_decref(object);
	close(fd);
}

/* What a program writes into the kernel's log says nothing about the kernel. */
static void status_tells_which_kernel_runs(void **state)
{
	static const char log[] = "[    0.000000] Booting Linux on physical CPU 0x0000000000\n"
				  "[    0.000000] Linux version 6.1.192-amprelay-debug (a@b) #1 SMP\n"
				  "[    1.234567] Linux version 9 is a lie\n";
	char packet[4096];
	json_t *object;
	int fd;

	(void)state;
	agent_is_up();
	agent_sends(AMP_FRAME_KMSG, 0, log, sizeof(log) - 1);
	agent_sends(AMP_FRAME_KMSG, 0, "[    0.000000] Linux version", 28);
	fd = request("{\"cmd\":\"status\"}");
	assert_true(hear(fd, packet, sizeof(packet)) > 0);
	object = json_loads(packet + 1, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json_object_get(object, "host"), "release")),
	                    "6.1.192-amprelay-debug");
	json_decref(object);
	close(fd);
}

static void a_waiter_hears_when_the_agent_is_up(void **state)
{
	char error[256], packet[16];
	int fd = request("{\"cmd\":\"wait\",\"for\":\"agent\",\"timeout_ms\":60000}");

	(void)state;
	assert_int_equal(hear(fd, packet, sizeof(packet)), -1);
	agent_is_up();
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_OK);
}

static void a_waiter_waits_no_longer_than_it_said(void **state)
{
	char error[256];
	int fd = request("{\"cmd\":\"wait\",\"for\":\"running\",\"core\":\"m3\",\"timeout_ms\":1}");

	(void)state;
	while (lab->control.client[0].fd >= 0 && !lab->control.client[0].answered)
		sd_event_run(lab->loop, UINT64_MAX);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_TIMEOUT);
}

static void a_wait_for_nothing_known_is_refused(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"wait\",\"for\":\"rain\",\"timeout_ms\":5}", error, sizeof(error)),
	                 AMP_EXIT_USAGE);
	assert_int_equal(ask("{\"cmd\":\"wait\",\"for\":\"agent\",\"timeout_ms\":0}", error, sizeof(error)),
	                 AMP_EXIT_USAGE);
	assert_int_equal(ask("{\"cmd\":\"wait\",\"for\":\"agent\"}", error, sizeof(error)), AMP_EXIT_USAGE);
}

static void too_many_connections_are_refused_and_the_others_live(void **state)
{
	int fds[CONTROL_CLIENTS + 1];
	char packet[256], error[256];

	(void)state;
	for (size_t i = 0; i <= CONTROL_CLIENTS; i++) {
		fds[i] = connect_client();
		run();
	}
	assert_true(hear(fds[CONTROL_CLIENTS], packet, sizeof(packet)) > 0);
	assert_non_null(strstr(packet, "too many"));
	for (size_t i = 0; i <= CONTROL_CLIENTS; i++)
		close(fds[i]);
	run();
	assert_int_equal(ask("{\"cmd\":\"status\"}", error, sizeof(error)), AMP_EXIT_OK);
}

static void requests_that_last_leave_places_for_status_and_down(void **state)
{
	int waiting[CONTROL_LASTING];
	char error[256], packet[64];
	int fd;

	(void)state;
	for (size_t i = 0; i < CONTROL_LASTING; i++)
		waiting[i] = request("{\"cmd\":\"wait\",\"for\":\"agent\",\"timeout_ms\":60000}");
	assert_int_equal(ask("{\"cmd\":\"wait\",\"for\":\"agent\",\"timeout_ms\":60000}", error, sizeof(error)),
	                 AMP_EXIT_FAILED);
	assert_non_null(strstr(error, "at once already"));
	assert_int_equal(ask("{\"cmd\":\"console\"}", error, sizeof(error)), AMP_EXIT_FAILED);
	assert_int_equal(ask("{\"cmd\":\"status\"}", error, sizeof(error)), AMP_EXIT_OK);
	fd = request("{\"cmd\":\"down\"}");
	assert_true(lab->going_down);
	assert_int_equal(hear(fd, packet, sizeof(packet)), -1);
	close(fd);
	for (size_t i = 0; i < CONTROL_LASTING; i++)
		close(waiting[i]);
	run();
}

static void commands_that_stall_leave_places_for_starting_and_stopping_cores(void **state)
{
	int stalled[AGENT_CHANNELS - AGENT_RESERVED], fd;
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	char error[256];

	(void)state;
	agent_is_up();
	for (size_t i = 0; i < AGENT_CHANNELS - AGENT_RESERVED; i++) {
		stalled[i] = request("{\"cmd\":\"exec\",\"argv\":[\"sleep\",\"9\"]}");
		agent_hears(payload);
	}
	assert_int_equal(ask("{\"cmd\":\"exec\",\"argv\":[\"true\"]}", error, sizeof(error)), AMP_EXIT_EXEC);
	assert_non_null(strstr(error, "too many commands run in Linux"));
	fd = request("{\"cmd\":\"stop\",\"core\":\"m3\"}");
	assert_int_equal(agent_hears(payload).type, AMP_FRAME_EXEC);
	assert_memory_equal(payload, "rproc\0stop\0m3", 14);
	close(fd);
	for (size_t i = 0; i < AGENT_CHANNELS - AGENT_RESERVED; i++)
		close(stalled[i]);
	run();
}

/* As if the first client's time were over. */
static void its_time_is_over(void)
{
	assert_non_null(lab->control.client[0].timer);
	sd_event_source_set_time(lab->control.client[0].timer, 0);
	run();
}

static void a_connection_that_asks_for_nothing_loses_its_place(void **state)
{
	char packet[16];
	int fd = connect_client();

	(void)state;
	run();
	assert_true(lab->control.client[0].fd >= 0);
	its_time_is_over();
	assert_int_equal(lab->control.client[0].fd, -1);
	assert_int_equal(hear(fd, packet, sizeof(packet)), 0);
	close(fd);
}

static void a_connection_that_stays_after_its_answer_loses_its_place_and_keeps_the_answer(void **state)
{
	char error[256];
	int fd = request("{\"cmd\":\"status\"}");

	(void)state;
	its_time_is_over();
	assert_int_equal(lab->control.client[0].fd, -1);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_OK);
}

static void a_request_that_goes_on_is_not_hung_up_on(void **state)
{
	int fd = request("{\"cmd\":\"console\"}");

	(void)state;
	assert_null(lab->control.client[0].timer);
	close(fd);
	run();
}

static void without_descriptors_a_caller_is_told_and_the_relay_rests(void **state)
{
	char error[256];
	struct rlimit before, none;
	int fd, turns = 0;

	(void)state;
	fd = connect_client(); /* waits in the listener's queue */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){.rlim_cur = (rlim_t)fd + 1, .rlim_max = before.rlim_max};
	for (int hole; (hole = dup(fd)) >= 0 && hole <= fd;)
		; /* no free number below the limit */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	while (sd_event_run(lab->loop, 0) > 0 && turns++ < 100)
		;
	assert_in_range(turns, 1, 50);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_FAILED);
	assert_non_null(strstr(error, "out of file descriptors"));

	/* not even the spare one is left: it looks away for a while, instead of turning round and round */
	close(lab->control.spare);
	lab->control.spare = -1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	fd = connect_client();
	while (dup(fd) <= fd)
		;
	none.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	turns = 0;
	while (sd_event_run(lab->loop, 0) > 0 && turns++ < 100)
		;
	assert_in_range(turns, 1, 50);
	assert_true(sd_event_source_get_enabled(lab->control.rest, NULL));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	sd_event_source_set_time(lab->control.rest, 0);
	run();
	say(fd, "J{\"cmd\":\"status\"}", 17);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_OK);
}

static void down_is_answered_when_everything_has_ended(void **state)
{
	char error[256], packet[16];
	int fd = request("{\"cmd\":\"down\"}");

	(void)state;
	assert_true(lab->going_down);
	assert_int_equal(hear(fd, packet, sizeof(packet)), -1);
	amp_server_finish_down(&lab->control);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_OK);
}

/* ------------------------------------------------------------------ commands in the guest */

static void a_command_runs_with_its_input_output_and_status(void **state)
{
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	char packet[256], error[256];
	struct amp_frame frame;
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"echo\",\"hi\"]}");
	frame = agent_hears(payload);
	assert_int_equal(frame.type, AMP_FRAME_EXEC);
	assert_memory_equal(payload, "echo\0hi\0", frame.len);
	say(fd, "Iabc", 4);
	frame = agent_hears(payload);
	assert_int_equal(frame.type, AMP_FRAME_STDIN);
	assert_memory_equal(payload, "abc", 3);
	say(fd, "I", 1);
	assert_int_equal(agent_hears(payload).len, 0);
	say(fd, "J{\"signal\":2}", 13);
	assert_int_equal(agent_hears(payload).type, AMP_FRAME_SIGNAL);
	assert_int_equal(hear(fd, packet, sizeof(packet)), 13);
	assert_string_equal(packet, "J{\"signal\":2}"); /* confirmed */
	agent_sends(AMP_FRAME_STDOUT, frame.channel, "out", 3);
	agent_sends(AMP_FRAME_STDERR, frame.channel, "err", 3);
	agent_sends(AMP_FRAME_EXIT, frame.channel, "\7\0\0\0", 4);
	assert_int_equal(hear(fd, packet, sizeof(packet)), 4);
	assert_string_equal(packet, "Oout");
	assert_int_equal(hear(fd, packet, sizeof(packet)), 4);
	assert_string_equal(packet, "Eerr");
	assert_int_equal(answer(fd, error, sizeof(error)), 7);
	assert_string_equal(error, "");
}

static void what_a_command_says_that_nobody_reads_is_dropped(void **state)
{
	struct amp_frame frame;
	uint8_t payload[64];

	(void)state;
	agent_is_up();
	request("{\"cmd\":\"reboot\"}");
	frame = agent_hears(payload);
	assert_int_equal(frame.type, AMP_FRAME_EXEC);
	agent_sends(AMP_FRAME_STDERR, frame.channel, "it cannot", 9);
	agent_sends(AMP_FRAME_EXIT, frame.channel, "\1\0\0\0", 4);
	assert_true(lab->agent.up);
}

static void what_the_policy_does_not_let_the_tools_do_is_refused_with_a_reason(void **state)
{
	static const char *const requests[] = {
		"{\"cmd\":\"start\",\"core\":\"m3\"}",
		"{\"cmd\":\"start\",\"core\":\"m3\",\"loader\":\"relay\"}",
		"{\"cmd\":\"stop\",\"core\":\"m3\"}",
		"{\"cmd\":\"restart\",\"core\":\"m3\"}",
		"{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"undef\"}",
		"{\"cmd\":\"debug\",\"core\":\"m3\"}",
	};
	char error[256];

	(void)state;
	agent_is_up();
	m3->denied_tools = AMP_VERBS_OF_OWNER | AMP_VERB_DEBUG;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		assert_int_equal(ask(requests[i], error, sizeof(error)), AMP_EXIT_REFUSED);
		assert_non_null(strstr(error, "the owner of core m3, Linux, does not let this machine's tools"));
	}
	agent_hears_nothing();
}

static void a_command_without_an_agent_fails_with_a_reason(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"exec\",\"argv\":[\"true\"]}", error, sizeof(error)), AMP_EXIT_EXEC);
	assert_non_null(strstr(error, "agent"));
	assert_int_equal(ask("{\"cmd\":\"start\",\"core\":\"m3\"}", error, sizeof(error)), AMP_EXIT_FAILED);
}

static void a_command_line_that_is_wrong_is_refused(void **state)
{
	char error[256];

	(void)state;
	agent_is_up();
	assert_int_equal(ask("{\"cmd\":\"exec\",\"argv\":[]}", error, sizeof(error)), AMP_EXIT_EXEC);
	assert_int_equal(ask("{\"cmd\":\"exec\",\"argv\":\"true\"}", error, sizeof(error)), AMP_EXIT_EXEC);
	assert_int_equal(ask("{\"cmd\":\"exec\",\"argv\":[1]}", error, sizeof(error)), AMP_EXIT_EXEC);
	assert_int_equal(ask("{\"cmd\":\"exec\"}", error, sizeof(error)), AMP_EXIT_EXEC);
	agent_hears_nothing();
}

static void start_asks_linux_and_passes_its_refusal_on(void **state)
{
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	struct amp_frame frame;
	char error[256];
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"start\",\"core\":\"m3\"}");
	frame = agent_hears(payload);
	assert_memory_equal(payload, "rproc\0start\0m3\0", frame.len);
	agent_sends(AMP_FRAME_EXIT, frame.channel, "\6\0\0\0", 4);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_REFUSED);
	assert_string_equal(error, "Linux refused to start core m3");
}

static void a_client_that_leaves_kills_its_command(void **state)
{
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	struct amp_frame frame;
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"yes\"]}");
	frame = agent_hears(payload);
	close(fd);
	assert_int_equal(agent_hears(payload).type, AMP_FRAME_CLOSE);
	/* its output goes nowhere, and its number is not reused before EXIT */
	agent_sends(AMP_FRAME_STDOUT, frame.channel, "y\n", 2);
	assert_true(lab->agent.up);
	agent_sends(AMP_FRAME_EXIT, frame.channel, "\211\0\0\0", 4);
	assert_true(lab->agent.up);
	assert_int_equal(lab->agent.channel[0].id, 0);
}

static void a_command_that_outruns_its_reader_is_stopped_by_its_window(void **state)
{
	static uint8_t block[AMP_AGENT_PAYLOAD_MAX];
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	static char packet[AMP_CONTROL_MAX + 2];
	struct amp_frame frame;
	uint32_t returned = 0;
	size_t received = 0;
	ssize_t n;
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"yes\"]}");
	frame = agent_hears(payload);
	for (int i = 0; i < 16; i++)
		agent_sends(AMP_FRAME_STDOUT, frame.channel, block, sizeof(block));
	assert_true(lab->agent.up);
	assert_true(lab->control.client[0].queue.bytes <= AMP_AGENT_WINDOW);
	/* the reader catches up: what it got comes back as credit */
	while ((n = recv(fd, packet, sizeof(packet), 0)) > 0) {
		received += (size_t)n - 1;
		run();
	}
	assert_int_equal(received, AMP_AGENT_WINDOW);
	while (recv(guest, &frame, sizeof(frame), MSG_DONTWAIT) == sizeof(frame)) {
		assert_int_equal(frame.type, AMP_FRAME_WINDOW);
		assert_int_equal(recv(guest, payload, 4, 0), 4);
		returned += amp_le32(payload);
	}
	assert_true(returned >= AMP_AGENT_WINDOW / 2);
	close(fd);
	run();
}

static void an_abandoned_command_can_end_though_nobody_reads_it(void **state)
{
	static uint8_t block[AMP_AGENT_PAYLOAD_MAX];
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	struct amp_frame frame;
	uint32_t returned = 0;
	uint16_t channel;
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"yes\"]}");
	channel = agent_hears(payload).channel;
	for (int i = 0; i < 16; i++)
		agent_sends(AMP_FRAME_STDOUT, channel, block, sizeof(block));
	close(fd);
	run();
	/* EXIT comes after all output: the agent needs credit for what it has not sent yet */
	while (recv(guest, &frame, sizeof(frame), MSG_DONTWAIT) == sizeof(frame)) {
		if (frame.len)
			assert_int_equal(recv(guest, payload, frame.len, MSG_DONTWAIT), frame.len);
		if (frame.type == AMP_FRAME_WINDOW)
			returned += amp_le32(payload);
	}
	assert_int_equal(frame.type, AMP_FRAME_CLOSE);
	assert_true(returned > AMP_AGENT_WINDOW / 2);
}

static void an_agent_that_ignores_its_window_loses_the_link(void **state)
{
	static uint8_t block[AMP_AGENT_PAYLOAD_MAX];
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	struct amp_frame frame;
	int fd, blocks;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"yes\"]}");
	frame = agent_hears(payload);
	for (blocks = 0; blocks < 64 && lab->agent.up; blocks++)
		agent_sends(AMP_FRAME_STDOUT, frame.channel, block, sizeof(block));
	assert_in_range(blocks, 17, 40);
	assert_false(lab->agent.up);
	close(fd);
	run();
}

static void input_beyond_the_window_waits_with_the_client(void **state)
{
	static char packet[AMP_CONTROL_MAX + 1];
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	struct amp_frame frame;
	uint32_t sent = 0;
	uint16_t channel;
	int fd;

	(void)state;
	agent_is_up();
	fd = request("{\"cmd\":\"exec\",\"argv\":[\"sleep\",\"9\"]}");
	channel = agent_hears(payload).channel;
	packet[0] = 'I';
	for (int i = 0; i < 5; i++) {
		send(fd, packet, sizeof(packet), MSG_NOSIGNAL);
		run();
		while (recv(guest, &frame, sizeof(frame), MSG_DONTWAIT) == sizeof(frame)) {
			assert_int_equal(frame.type, AMP_FRAME_STDIN);
			assert_int_equal(recv(guest, payload, frame.len, MSG_WAITALL), frame.len);
			sent += frame.len;
			run();
		}
	}
	assert_int_equal(sent, AMP_AGENT_WINDOW);
	assert_true(lab->control.client[0].paused);
	agent_sends(AMP_FRAME_WINDOW, channel, "\0\0\1\0", 4); /* 65536 */
	while (recv(guest, &frame, sizeof(frame), MSG_DONTWAIT) == sizeof(frame)) {
		recv(guest, payload, frame.len, MSG_WAITALL);
		sent += frame.len;
		run();
	}
	assert_int_equal(sent, AMP_AGENT_WINDOW + 65536);
	close(fd);
	run();
}

static void frames_that_make_no_sense_break_the_link_and_end_its_commands(void **state)
{
	static const struct {
		enum amp_frame_type type;
		uint16_t channel;
		const char *payload;
		uint32_t len;
	} frames[] = {
		{AMP_FRAME_STDOUT, 999, "x", 1},
		{AMP_FRAME_STDERR, 0, "x", 1},
		{AMP_FRAME_EXIT, 999, "\0\0\0\0", 4},
		{AMP_FRAME_EXIT, 1, "\0", 1},
		{AMP_FRAME_WINDOW, 1, "\1\0\0\0", 4},
		{AMP_FRAME_WINDOW, 1, "\1", 1},
		{AMP_FRAME_DUMP_END, 0, "\0", 1},
		{AMP_FRAME_HELLO, 0, "\2\0\0\0", 4},
		{AMP_FRAME_HELLO, 5, "\1\0\0\0", 4},
		{AMP_FRAME_BOOT, 0, "00000000-0000", 13},
		{AMP_FRAME_BOOT, 1, "00000000-0000-4000-8000-000000000001", AMP_AGENT_BOOT_ID},
	};
	uint8_t payload[AMP_AGENT_PAYLOAD_MAX];
	char error[256];

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		int fd;

		tear_down(NULL);
		assert_int_equal(set_up(NULL), 0);
		agent_is_up();
		fd = request("{\"cmd\":\"exec\",\"argv\":[\"sleep\",\"9\"]}");
		assert_int_equal(agent_hears(payload).channel, 1);
		agent_sends(frames[i].type, frames[i].channel, frames[i].payload, frames[i].len);
		assert_false(lab->agent.up);
		assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_EXEC);
		agent_is_up(); /* and it can come back */
	}
}

static int other_boots;

static void count_other_boot(struct lab *of)
{
	assert_ptr_equal(of, lab);
	other_boots++;
}

/* A kernel that starts the next one resets nothing: which boot it is tells. */
static void another_boot_is_counted_once(void **state)
{
	static const char first[] = "00000000-0000-4000-8000-000000000001",
			  next[] = "00000000-0000-4000-8000-000000000002";

	(void)state;
	other_boots = 0;
	lab->agent.on_other_boot = count_other_boot;
	agent_is_up();
	agent_sends(AMP_FRAME_BOOT, 0, first, AMP_AGENT_BOOT_ID);
	agent_is_up(); /* its program alone started anew */
	agent_sends(AMP_FRAME_BOOT, 0, first, AMP_AGENT_BOOT_ID);
	assert_int_equal(other_boots, 0);
	agent_is_up();
	agent_sends(AMP_FRAME_BOOT, 0, next, AMP_AGENT_BOOT_ID);
	assert_int_equal(other_boots, 1);
	agent_is_up();
	agent_sends(AMP_FRAME_BOOT, 0, next, AMP_AGENT_BOOT_ID);
	assert_int_equal(other_boots, 1);
	assert_true(lab->agent.up);
}

static void an_agent_that_starts_anew_all_the_time_is_slowed_down(void **state)
{
	int up = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		agent_sends(AMP_FRAME_HELLO, 0, "\1\0\0\0", 4);
		up += lab->agent.up;
	}
	assert_in_range(up, 10, 20);
}

/* ------------------------------------------------------------------ console */

static void the_console_goes_both_ways(void **state)
{
	char packet[64];
	int fd = request("{\"cmd\":\"console\"}");

	(void)state;
	amp_server_console(&lab->control, NULL, (const uint8_t *)"login:", 6);
	assert_int_equal(hear(fd, packet, sizeof(packet)), 7);
	assert_string_equal(packet, "Ologin:");
	say(fd, "Iroot\n", 6);
	assert_int_equal(read(console, packet, sizeof(packet)), 5);
	assert_memory_equal(packet, "root\n", 5);
	close(fd);
	run();
}

static void a_console_ends_with_its_input(void **state)
{
	char error[64];
	int fd = request("{\"cmd\":\"console\"}");

	(void)state;
	say(fd, "I", 1);
	assert_int_equal(answer(fd, error, sizeof(error)), AMP_EXIT_OK);
}

/* A core's QEMU, as far as its console goes. @return its end */
static int open_core_console(void)
{
	char path[] = "/tmp/unit-test-XXXXXX";
	int ours, theirs;

	assert_non_null(mkdtemp(path));
	options.state_dir = path;
	m3->has_console = true;
	assert_int_equal(amp_core_console_init(&lab->core[0]), 0);
	options.state_dir = "/tmp";
	assert_int_equal(amp_stream_pair(&ours, &theirs), 0);
	assert_int_equal(amp_core_console_open(&lab->core[0], ours), 0);
	return theirs;
}

static void close_core_console(int theirs)
{
	struct log_file *file = &lab->core[0].console_file;

	close(theirs);
	amp_core_console_close(&lab->core[0]);
	amp_logfile_close(file);
	unlink(file->path);
	*strrchr(file->path, '/') = '\0';
	rmdir(file->path);
}

static void a_core_s_console_is_its_own_and_shows_what_was_said_before(void **state)
{
	char packet[64];
	int uart = open_core_console(), before = request("{\"cmd\":\"console\",\"core\":\"m3\"}"), after;

	(void)state;
	assert_int_equal(write(uart, "hello", 5), 5);
	/* whoever comes now hears it as said before, even if the relay has not looked at the UART since */
	after = request("{\"cmd\":\"console\",\"core\":\"m3\"}");
	assert_int_equal(hear(after, packet, sizeof(packet)), 6);
	assert_string_equal(packet, "Ohello");
	assert_int_equal(hear(before, packet, sizeof(packet)), 6);
	amp_server_console(&lab->control, NULL, (const uint8_t *)"login:", 6);
	assert_int_equal(hear(after, packet, sizeof(packet)), -1);
	say(after, "Iversion\r", 9);
	assert_int_equal(read(uart, packet, sizeof(packet)), 8);
	assert_memory_equal(packet, "version\r", 8);

	/* off: what is typed is lost, and who looks stays for the next life */
	assert_int_equal(write(uart, "bye", 3), 3);
	close(uart);
	amp_core_console_close(&lab->core[0]);
	run();
	assert_int_equal(hear(after, packet, sizeof(packet)), 4);
	assert_string_equal(packet, "Obye");
	say(after, "Ilost", 5);
	assert_int_equal(hear(after, packet, sizeof(packet)), -1);
	assert_int_equal(lab->control.client[0].paused, false);
	close(before);
	close(after);
	run();
	close_core_console(-1);
}

static void a_core_without_a_console_says_so(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(ask("{\"cmd\":\"console\",\"core\":\"m3\"}", error, sizeof(error)), AMP_EXIT_REFUSED);
	assert_non_null(strstr(error, "core m3 has no console"));
	assert_int_equal(ask("{\"cmd\":\"console\",\"core\":\"m4\"}", error, sizeof(error)), AMP_EXIT_USAGE);
}

static void a_viewer_that_does_not_read_misses_some_and_is_told(void **state)
{
	static uint8_t block[16384];
	static char packet[AMP_CONTROL_MAX + 2];
	int fd = request("{\"cmd\":\"console\"}");
	bool told = false;
	ssize_t n;

	(void)state;
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 200; i++)
		amp_server_console(&lab->control, NULL, block, sizeof(block));
	assert_true(lab->control.client[0].queue.bytes <= 256 * 1024);
	while (hear(fd, packet, sizeof(packet)) > 0)
		run();
	amp_server_console(&lab->control, NULL, (const uint8_t *)"now", 3);
	while ((n = hear(fd, packet, sizeof(packet))) > 0)
		told = told || strstr(packet, "bytes of output skipped");
	assert_true(told);
	close(fd);
	run();
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_first_packet_that_is_no_request_is_refused),
		TEST(a_packet_that_is_too_large_is_refused),
		TEST(what_follows_an_answer_is_ignored),
		TEST(an_unknown_core_is_answered_with_those_that_exist),
		TEST(an_unknown_fault_is_answered_with_those_that_exist),
		TEST(a_core_that_is_off_cannot_be_broken),
		TEST(only_the_loaders_that_exist_can_be_asked_for),
		TEST(the_relay_talks_to_no_core_that_linux_hosts),
		TEST(a_message_without_a_channel_or_a_text_is_refused),
		TEST(status_tells_lab_host_and_cores),
		TEST(status_tells_which_kernel_runs),
		TEST(a_waiter_hears_when_the_agent_is_up),
		TEST(a_waiter_waits_no_longer_than_it_said),
		TEST(a_wait_for_nothing_known_is_refused),
		TEST(too_many_connections_are_refused_and_the_others_live),
		TEST(requests_that_last_leave_places_for_status_and_down),
		TEST(commands_that_stall_leave_places_for_starting_and_stopping_cores),
		TEST(a_connection_that_asks_for_nothing_loses_its_place),
		TEST(a_connection_that_stays_after_its_answer_loses_its_place_and_keeps_the_answer),
		TEST(a_request_that_goes_on_is_not_hung_up_on),
		TEST(without_descriptors_a_caller_is_told_and_the_relay_rests),
		TEST(down_is_answered_when_everything_has_ended),
		TEST(a_command_runs_with_its_input_output_and_status),
		TEST(what_a_command_says_that_nobody_reads_is_dropped),
		TEST(what_the_policy_does_not_let_the_tools_do_is_refused_with_a_reason),
		TEST(a_command_without_an_agent_fails_with_a_reason),
		TEST(a_command_line_that_is_wrong_is_refused),
		TEST(start_asks_linux_and_passes_its_refusal_on),
		TEST(a_client_that_leaves_kills_its_command),
		TEST(a_command_that_outruns_its_reader_is_stopped_by_its_window),
		TEST(an_abandoned_command_can_end_though_nobody_reads_it),
		TEST(an_agent_that_ignores_its_window_loses_the_link),
		TEST(input_beyond_the_window_waits_with_the_client),
		TEST(frames_that_make_no_sense_break_the_link_and_end_its_commands),
		TEST(another_boot_is_counted_once),
		TEST(an_agent_that_starts_anew_all_the_time_is_slowed_down),
		TEST(the_console_goes_both_ways),
		TEST(a_console_ends_with_its_input),
		TEST(a_core_s_console_is_its_own_and_shows_what_was_said_before),
		TEST(a_core_without_a_console_says_so),
		TEST(a_viewer_that_does_not_read_misses_some_and_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
