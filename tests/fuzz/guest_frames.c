// SPDX-License-Identifier: GPL-2.0-only
/* The agent's reader of the relay's stream, and its queue of answers. Input: pairs of a length and so many bytes. */
#include "fuzz.h"

#include "guest/agent/frames.h"

#include <stdlib.h>
#include <string.h>

#define ARGV_MAX 8

struct agent {
	struct amp_frame_in in;
	struct amp_frame_out out;
};

static void check_argv(const uint8_t *payload, size_t len)
{
	const char *start = (const char *)payload, *end = start + len;
	char *argv[ARGV_MAX + 1];
	int argc;

	argv[ARGV_MAX] = argv[0] = (char *)(uintptr_t)&argv; /* a mark behind the end */
	argc = amp_frame_argv(payload, len, argv, ARGV_MAX);
	fuzz_check(argv[ARGV_MAX] == (char *)&argv);
	if (argc < 0)
		return;
	fuzz_check(argc >= 1 && argc < ARGV_MAX && !argv[argc] && argv[0][0]);
	for (int i = 0; i < argc; i++)
		fuzz_check(argv[i] >= start && argv[i] + strlen(argv[i]) < end);
}

static void check_frame(const struct agent *agent, const struct amp_frame *frame, const uint8_t *payload)
{
	fuzz_check(frame->channel != 0 && frame->len <= AMP_AGENT_PAYLOAD_MAX);
	fuzz_check(payload >= agent->in.bytes && payload + frame->len <= agent->in.bytes + agent->in.used);
	if (frame->type == AMP_FRAME_EXEC)
		check_argv(payload, frame->len);
	else if (frame->type == AMP_FRAME_SIGNAL || frame->type == AMP_FRAME_WINDOW)
		fuzz_check(frame->len == 4);
	else
		fuzz_check(frame->type == AMP_FRAME_STDIN || frame->type == AMP_FRAME_CLOSE);
}

/* Echo it, as far as there is room; the port takes some. */
static void reply(struct agent *agent, const struct amp_frame *frame, const uint8_t *payload)
{
	size_t room = amp_frame_room(&agent->out), len = frame->len < room ? frame->len : room;

	fuzz_check(room <= AMP_AGENT_PAYLOAD_MAX);
	if (room) {
		memcpy(amp_frame_payload(&agent->out), payload, len);
		amp_frame_put(&agent->out, AMP_FRAME_STDOUT, frame->channel, len);
	}
	fuzz_check(agent->out.start <= agent->out.end && agent->out.end <= sizeof(agent->out.bytes));
	agent->out.start += (agent->out.end - agent->out.start) / 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	struct fuzz_input in = {data, size};
	struct amp_frame frame;
	const uint8_t *payload;
	const char *reason;
	int got = 0;

	if (!agent)
		abort();
	while (in.left && got >= 0) {
		size_t len = fuzz_u8(&in) * 64u, room = sizeof(agent->in.bytes) - agent->in.used;

		fuzz_check(room >= AMP_FRAME_MAX); /* a whole frame always fits */
		len = len < room ? len : room;
		len = len < in.left ? len : in.left;
		fuzz_bytes(&in, agent->in.bytes + agent->in.used, len);
		agent->in.used += len;
		while ((got = amp_frame_next(&agent->in, &frame, &payload, &reason)) > 0) {
			check_frame(agent, &frame, payload);
			reply(agent, &frame, payload);
		}
		fuzz_check(got == 0 || (reason && reason[0]));
		amp_frame_compact(&agent->in);
	}
	free(agent);
	return 0;
}
