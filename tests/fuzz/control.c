// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients of the control socket: packets of any type, size and content, several connections, hang-ups at any time.
 * Input: a list of moves.
 */
#include "fuzz.h"

#include "relay/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS 3

static struct amp_relay_options options = {.state_dir = "/tmp", .firmware_dir = "/tmp", .lock_fd = -1};
static struct lab *lab;
static char name[32];
/* the other ends of the agent's port, of Linux's console and of the core's */
static int guest, console, core_console;
static struct {
	int fd;
	unsigned int done; /* final answers */
} client[CLIENTS];

/* Commands that the input can name by a number, as it would hardly guess them. */
static const char *const requests[] = {
	"J{\"cmd\":\"status\"}",
	"J{\"cmd\":\"exec\",\"argv\":[\"true\"]}",
	"J{\"cmd\":\"console\"}",
	"J{\"cmd\":\"wait\",\"for\":\"agent\",\"timeout_ms\":1}",
	"J{\"cmd\":\"wait\",\"for\":\"running\",\"core\":\"m3\",\"timeout_ms\":1}",
	"J{\"cmd\":\"fault\",\"core\":\"m3\",\"kind\":\"undef\"}",
	"J{\"cmd\":\"restart\",\"core\":\"m3\"}",
	"J{\"cmd\":\"attach\",\"core\":\"m3\"}",
	"J{\"cmd\":\"reboot\"}",
	"J{\"cmd\":\"reboot\",\"reset\":true}",
	"J{\"signal\":2}",
	"Iinput",
	"I",
	"J{\"cmd\":\"down\"}",
	"J{\"cmd\":\"console\",\"core\":\"m3\"}",
};

static void run(void)
{
	for (int i = 0; i < 1000 && sd_event_run(lab->loop, 0) > 0; i++)
		;
}

static void set_up(void)
{
	static const struct stream_ops console_ops = {.on_data = NULL};
	char error[256];
	int ours;

	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0)
		abort();
	snprintf(name, sizeof(name), "fuzz-%d", (int)getpid());
	options.lab = name;
	lab->options = &options;
	lab->record.fd = -1;
	strcpy(lab->soc.name, "m3");
	lab->soc.num_cores = 1;
	strcpy(lab->soc.core[0].name, "m3");
	lab->soc.core[0].notify_ids = 2;
	lab->soc.core[0].has_console = true;
	amp_core_prepare(&lab->core[0], lab);
	lab->core[0].config = &lab->soc.core[0];
	amp_vm_prepare(&lab->vm, lab);
	if (amp_shm_create(&lab->core[0].shm, "fuzz", 0x10000, 0x6000) < 0 || amp_stream_pair(&ours, &guest) < 0 ||
	    amp_agent_open(&lab->agent, lab, ours) < 0 || amp_stream_pair(&ours, &console) < 0 ||
	    amp_stream_open(&lab->vm.console, lab->loop, ours, 65536, &console_ops, lab) < 0 ||
	    amp_stream_pair(&ours, &core_console) < 0 || amp_core_console_open(&lab->core[0], ours) < 0 ||
	    amp_server_open(&lab->control, lab, amp_server_request, error, sizeof(error)) != AMP_EXIT_OK)
		abort();
	for (int i = 0; i < CLIENTS; i++)
		client[i].fd = -1;
}

static void tear_down(void)
{
	amp_server_close(&lab->control);
	amp_agent_close(&lab->agent);
	amp_core_console_close(&lab->core[0]);
	amp_vm_destroy(&lab->vm);
	amp_shm_destroy(&lab->core[0].shm);
	close(guest);
	close(console);
	close(core_console);
	lab->down_deadline = sd_event_source_disable_unref(lab->down_deadline);
	sd_event_unref(lab->loop);
	free(lab);
}

static void check_json(const char *text, size_t len, unsigned int *done)
{
	json_t *object = json_loadb(text, len, 0, NULL);

	fuzz_check(json_is_object(object));
	if (json_is_true(json_object_get(object, "done"))) {
		fuzz_check(json_is_integer(json_object_get(object, "exit")));
		fuzz_check(++*done == 1); /* exactly one final answer … */
	}
	json_decref(object);
}

/* Whatever the client said: what it gets are packets of the protocol. */
static void hear(int i)
{
	static char packet[AMP_CONTROL_MAX + 2];
	ssize_t n;

	if (client[i].fd < 0)
		return;
	while ((n = recv(client[i].fd, packet, sizeof(packet), MSG_DONTWAIT)) > 0) {
		fuzz_check(n <= AMP_CONTROL_MAX + 1);
		fuzz_check(packet[0] == 'J' || packet[0] == 'O' || packet[0] == 'E');
		fuzz_check(!client[i].done); /* … and nothing after it */
		if (packet[0] == 'J')
			check_json(packet + 1, (size_t)n - 1, &client[i].done);
	}
}

static void hang_up(int i)
{
	if (client[i].fd >= 0)
		close(client[i].fd);
	client[i].fd = -1;
	client[i].done = 0;
}

static void connect_client(int i)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int len = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "amprelay/%u/%s", geteuid(), name);

	if (client[i].fd >= 0)
		return;
	client[i].fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	if (client[i].fd < 0 || connect(client[i].fd, (struct sockaddr *)&address,
	                                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) < 0)
		hang_up(i); /* the lab is going down */
}

static void say(int i, struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);
	char packet[300];
	size_t len;

	if (client[i].fd < 0)
		return;
	if (how & 0x80) {
		len = fuzz_u8(in);
		fuzz_bytes(in, packet, len);
	} else {
		const char *request = requests[how % (sizeof(requests) / sizeof(requests[0]))];

		len = strlen(request);
		memcpy(packet, request, len);
		if (how & 0x40) /* one byte of it is wrong */
			packet[fuzz_u8(in) % len] = (char)fuzz_u8(in);
	}
	(void)send(client[i].fd, packet, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The agent's side is the guest's: it says anything, too. */
static void guest_says(struct fuzz_input *in)
{
	static const uint8_t hello[] = {4, 0, 0, 0, AMP_FRAME_HELLO, 0, 0, 0, AMP_AGENT_VERSION, 0, 0, 0};
	uint8_t data[64];
	size_t len = fuzz_u8(in) % sizeof(data);

	if (len == 0) {
		(void)send(guest, hello, sizeof(hello), MSG_NOSIGNAL | MSG_DONTWAIT);
		return;
	}
	fuzz_bytes(in, data, len);
	(void)send(guest, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void move(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in);
	int i = what / 8 % CLIENTS;

	switch (what % 8) {
	case 0:
		hang_up(i);
		break;
	case 1:
		guest_says(in);
		break;
	case 2:
		amp_server_console(&lab->control, NULL, (const uint8_t *)"output\r\n", 8);
		(void)send(core_console, "prompt> ", 8, MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	default:
		connect_client(i);
		say(i, in);
	}
	run();
	hear(i);
	drain(guest);
	drain(console);
	drain(core_console);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned int busy = 0;

	set_up();
	while (in.left)
		move(&in);
	for (int i = 0; i < CLIENTS; i++) {
		run();
		hear(i);
		hang_up(i);
	}
	run();
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		busy += lab->control.client[i].fd >= 0;
	/* who is gone holds nothing; after "down" the loop has ended, and amp_server_close() lets go */
	fuzz_check(busy == 0 || lab->going_down);
	tear_down();
	return 0;
}
