/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames out of the byte stream of the guest's agent.
 *
 * A stream with a bad frame cannot be trusted any further. The agent closes and reopens its port then, and begins with
 * HELLO again; so does one that was killed and started anew, perhaps in the middle of a frame. A reader that has lost
 * its place therefore looks for HELLO, which is always the same twelve bytes.
 */
#ifndef AMPRELAY_RELAY_AGENT_FRAME_H
#define AMPRELAY_RELAY_AGENT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/agent_proto.h"

struct frame_reader {
	bool in_step; /**< HELLO has been seen, and nothing wrong since */
	size_t fill;
	uint8_t buffer[sizeof(struct amp_frame) + AMP_AGENT_PAYLOAD_MAX];
};

struct frame_ops {
	/** @param payload frame->len bytes, valid during the call. @return false if the frame makes no sense */
	bool (*on_frame)(void *userdata, const struct amp_frame *frame, const uint8_t *payload);
	/** A frame was wrong or refused; the reader is out of step, and now looks for HELLO. */
	void (*on_lost)(void *userdata);
};

/** Out of step: the next amp_frame_read(), perhaps of 0 bytes, looks for HELLO in all that is there and comes. */
void amp_frame_lose_step(struct frame_reader *reader);

/** Takes bytes of the stream; hands on each complete frame that has an agent → relay type and a sound length. */
void amp_frame_read(struct frame_reader *reader, const uint8_t *data, size_t len, const struct frame_ops *ops,
                    void *userdata);

/** @return the number of bytes written to `out`, at least 8 + len long. */
size_t amp_frame_write(uint8_t *out, enum amp_frame_type type, uint16_t channel, const void *payload, uint32_t len);

uint32_t amp_le32(const uint8_t *bytes);

#endif /* AMPRELAY_RELAY_AGENT_FRAME_H */
