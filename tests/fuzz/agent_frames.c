// SPDX-License-Identifier: GPL-2.0-only
/* The relay's reader of the guest agent's stream, fed in pieces. Input: pairs of a length and so many bytes. */
#include "fuzz.h"

#include "relay/linux/agent_frame.h"

#include <stdlib.h>
#include <string.h>

struct seen {
	struct frame_reader *reader;
	bool first;      /* the next frame is the first since the reader found its place */
	uint8_t refuses; /* type that is refused */
	unsigned int frames, lost;
};

static bool on_frame(void *userdata, const struct amp_frame *frame, const uint8_t *payload)
{
	struct seen *seen = userdata;

	fuzz_check(frame->len <= AMP_AGENT_PAYLOAD_MAX && frame->reserved == 0);
	fuzz_check((frame->type >= AMP_FRAME_HELLO && frame->type <= AMP_FRAME_BOOT) ||
	           frame->type == AMP_FRAME_WINDOW);
	fuzz_check(!seen->first || (frame->type == AMP_FRAME_HELLO && frame->len == 4 && frame->channel == 0));
	fuzz_check(payload >= seen->reader->buffer);
	fuzz_check(payload + frame->len <= seen->reader->buffer + sizeof(seen->reader->buffer));
	seen->first = false;
	seen->frames++;
	return frame->type != seen->refuses;
}

static void on_lost(void *userdata)
{
	struct seen *seen = userdata;

	fuzz_check(!seen->reader->in_step);
	seen->first = true;
	seen->lost++;
}

static const struct frame_ops ops = {on_frame, on_lost};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_reader *reader = calloc(1, sizeof(*reader));
	struct fuzz_input in = {data, size};
	struct seen seen = {reader, true, fuzz_u8(&in), 0, 0};

	if (!reader)
		abort();
	while (in.left) {
		size_t len = fuzz_u8(&in), n;
		uint8_t *piece;

		if (len == 0) {
			amp_frame_lose_step(reader);
			seen.first = true;
		}
		piece = fuzz_block(&in, len * 32, &n);
		amp_frame_read(reader, piece, n, &ops, &seen);
		free(piece);
		fuzz_check(reader->fill < sizeof(reader->buffer)); /* there is always room to go on */
	}
	fuzz_check(seen.frames <= size / sizeof(struct amp_frame) && seen.lost <= size);
	free(reader);
	return 0;
}
