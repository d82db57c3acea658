// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relay's client of QEMU's monitor, against a QEMU that says anything, in pieces. Input: a list of moves; a move
 * asks, lets QEMU say a line that fits or any bytes, or decides that an event closes the monitor.
 */
#include "fuzz.h"

#include "relay/base/qmp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASKED_MAX 64

static sd_event *loop;
static struct qmp qmp;
static bool closed, close_on_event;
static unsigned int asked, answered[ASKED_MAX], accepted[ASKED_MAX];

static void on_event(void *userdata, const char *event, const json_t *data)
{
	(void)userdata, (void)data;
	fuzz_check(!closed && strlen(event) < QMP_LINE_MAX);
	if (close_on_event) {
		amp_qmp_close(&qmp);
		closed = true;
	}
}

static void on_reply(void *userdata, const json_t *result)
{
	unsigned int *answers = userdata;

	(void)result;
	fuzz_check(!closed);
	fuzz_check(accepted[answers - answered]);
	fuzz_check(++*answers == 1);
}

static void ask(void)
{
	unsigned int waiting = 0;

	if (asked == ASKED_MAX)
		return;
	accepted[asked] = amp_qmp_command(&qmp, "stop", NULL, on_reply, &answered[asked]);
	fuzz_check(!accepted[asked] || !closed);
	asked++;
	for (unsigned int i = 0; i < asked; i++)
		waiting += accepted[i] && !answered[i];
	fuzz_check(closed || waiting <= QMP_PENDING_MAX);
}

static void say(int qemu, const void *text, size_t len)
{
	ssize_t written = send(qemu, text, len, MSG_DONTWAIT | MSG_NOSIGNAL); /* it may have been closed */

	for (int i = 0; written > 0 && i < 1000 && sd_event_run(loop, 0) > 0; i++)
		;
	fuzz_check(qmp.fill <= QMP_LINE_MAX);
}

static void move(struct fuzz_input *in, int qemu)
{
	uint8_t what = fuzz_u8(in), *bytes;
	char line[128];
	size_t n;

	switch (what % 5) {
	case 0:
		ask();
		break;
	case 1: /* an answer to a command, or to none */
		n = (size_t)snprintf(line, sizeof(line), "{\"%s\":{},\"id\":%u}\n", what & 0x80 ? "error" : "return",
		                     fuzz_u8(in));
		say(qemu, line, n);
		break;
	case 2:
		close_on_event = what & 0x80;
		say(qemu, "{\"event\":\"STOP\",\"data\":{}}\n", 27);
		break;
	case 3:
		say(qemu, "\n", 1);
		break;
	default:
		bytes = fuzz_block(in, fuzz_u16(in), &n);
		say(qemu, bytes, n);
		free(bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	int ours, qemu;

	closed = close_on_event = false;
	asked = 0;
	memset(answered, 0, sizeof(answered));
	if (sd_event_new(&loop) < 0 || amp_stream_pair(&ours, &qemu) < 0 ||
	    amp_qmp_open(&qmp, loop, ours, "fuzz", on_event, NULL) < 0)
		abort();
	while (in.left)
		move(&in, qemu);
	close(qemu);
	for (int i = 0; i < 10 && sd_event_run(loop, 0) > 0; i++)
		;
	amp_qmp_close(&qmp);
	closed = true;
	sd_event_unref(loop);
	return 0;
}
