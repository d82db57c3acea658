// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <string.h>

#include "agent_frame.h"

#define HEADER sizeof(struct amp_frame)

static const uint8_t hello[] = {4, 0, 0, 0, AMP_FRAME_HELLO, 0, 0, 0, AMP_AGENT_VERSION, 0, 0, 0};

uint32_t amp_le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

size_t amp_frame_write(uint8_t *out, enum amp_frame_type type, uint16_t channel, const void *payload, uint32_t len)
{
	struct amp_frame frame = {.len = htole32(len), .type = (uint8_t)type, .channel = htole16(channel)};

	memcpy(out, &frame, HEADER);
	if (len)
		memcpy(out + HEADER, payload, len);
	return HEADER + len;
}

static void consume(struct frame_reader *reader, size_t n)
{
	reader->fill -= n;
	memmove(reader->buffer, reader->buffer + n, reader->fill);
}

/* Drops everything before HELLO; keeps what may be the beginning of one. */
static void look_for_hello(struct frame_reader *reader)
{
	for (size_t at = 0; at < reader->fill; at++) {
		size_t have = reader->fill - at;

		if (memcmp(reader->buffer + at, hello, have < sizeof(hello) ? have : sizeof(hello)) == 0) {
			consume(reader, at);
			reader->in_step = have >= sizeof(hello);
			return;
		}
	}
	reader->fill = 0;
}

void amp_frame_lose_step(struct frame_reader *reader)
{
	reader->in_step = false;
}

static bool type_is_agents(uint8_t type)
{
	return (type >= AMP_FRAME_HELLO && type <= AMP_FRAME_BOOT) || type == AMP_FRAME_WINDOW;
}

/* @return 1: took a frame, 0: needs more bytes, -1: wrong */
static int take_frame(struct frame_reader *reader, const struct frame_ops *ops, void *userdata)
{
	struct amp_frame frame;

	if (reader->fill < HEADER)
		return 0;
	memcpy(&frame, reader->buffer, HEADER);
	frame.len = le32toh(frame.len);
	frame.channel = le16toh(frame.channel);
	if (frame.len > AMP_AGENT_PAYLOAD_MAX || !type_is_agents(frame.type) || frame.reserved != 0)
		return -1;
	if (reader->fill < HEADER + frame.len)
		return 0;
	if (!ops->on_frame(userdata, &frame, reader->buffer + HEADER))
		return -1;
	consume(reader, HEADER + frame.len);
	return 1;
}

static void fill_up(struct frame_reader *reader, const uint8_t **data, size_t *len)
{
	size_t n = sizeof(reader->buffer) - reader->fill;

	if (n > *len)
		n = *len;
	if (n == 0)
		return;
	memcpy(reader->buffer + reader->fill, *data, n);
	reader->fill += n;
	*data += n;
	*len -= n;
}

void amp_frame_read(struct frame_reader *reader, const uint8_t *data, size_t len, const struct frame_ops *ops,
                    void *userdata)
{
	do {
		int taken = 1;

		fill_up(reader, &data, &len);
		while (taken != 0) {
			if (!reader->in_step)
				look_for_hello(reader);
			taken = reader->in_step ? take_frame(reader, ops, userdata) : 0;
			if (taken < 0) {
				reader->in_step = false;
				consume(reader,
				        1); /* not at this place again: it may be the very HELLO that was refused */
				ops->on_lost(userdata);
			}
		}
	} while (len > 0);
}
