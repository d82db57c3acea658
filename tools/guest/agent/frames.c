// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"

#include <endian.h>
#include <string.h>

uint32_t amp_frame_le32(const uint8_t *payload)
{
	uint32_t value;

	memcpy(&value, payload, sizeof(value));
	return le32toh(value);
}

/* What is wrong with this header, or NULL. A channel's existence is the caller's business. */
static const char *check(const struct amp_frame *frame)
{
	if (frame->len > AMP_AGENT_PAYLOAD_MAX)
		return "frame is too long";
	if (frame->channel == 0)
		return "channel 0 takes no frames from the relay";
	switch (frame->type) {
	case AMP_FRAME_EXEC:
		return frame->len ? NULL : "EXEC without a command";
	case AMP_FRAME_STDIN:
		return NULL;
	case AMP_FRAME_CLOSE:
		return frame->len == 0 ? NULL : "CLOSE has a payload";
	case AMP_FRAME_SIGNAL:
	case AMP_FRAME_WINDOW:
		return frame->len == 4 ? NULL : "SIGNAL or WINDOW is not 4 bytes long";
	default:
		return "unknown frame type";
	}
}

int amp_frame_next(struct amp_frame_in *in, struct amp_frame *frame, const uint8_t **payload, const char **reason)
{
	size_t have = in->used - in->taken;

	if (have < sizeof(*frame))
		return 0;
	memcpy(frame, in->bytes + in->taken, sizeof(*frame));
	frame->len = le32toh(frame->len);
	frame->channel = le16toh(frame->channel);
	*reason = check(frame);
	if (*reason)
		return -1;
	if (have - sizeof(*frame) < frame->len)
		return 0;
	*payload = in->bytes + in->taken + sizeof(*frame);
	in->taken += sizeof(*frame) + frame->len;
	return 1;
}

void amp_frame_compact(struct amp_frame_in *in)
{
	in->used -= in->taken;
	memmove(in->bytes, in->bytes + in->taken, in->used);
	in->taken = 0;
}

int amp_frame_argv(const uint8_t *payload, size_t len, char **argv, int max)
{
	const char *s = (const char *)payload, *end = s + len;
	int argc = 0;

	if (len == 0 || end[-1] != '\0')
		return -1;
	for (; s < end; s += strlen(s) + 1) {
		if (argc == max - 1)
			return -1;
		argv[argc++] = (char *)s;
	}
	argv[argc] = NULL;
	return argv[0][0] ? argc : -1;
}

size_t amp_frame_room(struct amp_frame_out *out)
{
	size_t room;

	if (out->start == out->end) {
		out->start = out->end = 0;
	} else if (out->start && sizeof(out->bytes) - out->end < AMP_FRAME_MAX) {
		memmove(out->bytes, out->bytes + out->start, out->end - out->start);
		out->end -= out->start;
		out->start = 0;
	}
	room = sizeof(out->bytes) - out->end;
	if (room <= sizeof(struct amp_frame))
		return 0;
	room -= sizeof(struct amp_frame);
	return room < AMP_AGENT_PAYLOAD_MAX ? room : AMP_AGENT_PAYLOAD_MAX;
}

uint8_t *amp_frame_payload(struct amp_frame_out *out)
{
	return out->bytes + out->end + sizeof(struct amp_frame);
}

void amp_frame_put(struct amp_frame_out *out, enum amp_frame_type type, uint16_t channel, size_t len)
{
	struct amp_frame frame = {.len = htole32((uint32_t)len), .type = type, .channel = htole16(channel)};

	memcpy(out->bytes + out->end, &frame, sizeof(frame));
	out->end += sizeof(frame) + len;
}

void amp_frame_put_le32(struct amp_frame_out *out, enum amp_frame_type type, uint16_t channel, uint32_t value)
{
	value = htole32(value);
	memcpy(amp_frame_payload(out), &value, sizeof(value));
	amp_frame_put(out, type, channel, sizeof(value));
}
