/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of the agent's port ↔ checked frames (tools/common/agent_proto.h). No system calls: testable anywhere. */
#ifndef AMPRELAY_GUEST_FRAMES_H
#define AMPRELAY_GUEST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/agent_proto.h"

#define AMP_FRAME_MAX (sizeof(struct amp_frame) + AMP_AGENT_PAYLOAD_MAX)

/** Received bytes that are not processed yet: fill with bytes[used …], raise `used`, then take frames. */
struct amp_frame_in {
	size_t used;  /**< bytes valid */
	size_t taken; /**< bytes of them already given out as frames */
	uint8_t bytes[2 * AMP_FRAME_MAX];
};

/**
 * Take the next complete frame. The payload stays valid until amp_frame_compact().
 *
 * @param reason set to what is wrong with a bad frame.
 * @return 1: a frame from the relay whose type, length and channel agree; 0: more bytes needed; -1: bad frame. A stream
 *         cannot be picked up again after a bad frame: drop the connection.
 */
int amp_frame_next(struct amp_frame_in *in, struct amp_frame *frame, const uint8_t **payload, const char **reason);

/** Forget the frames that were taken, so that there is room to receive. */
void amp_frame_compact(struct amp_frame_in *in);

/**
 * The arguments of an EXEC frame.
 *
 * @param argv receives at most max - 1 pointers into the payload, then NULL.
 * @return number of arguments, or -1 if there is none, too many, or the last one is not terminated.
 */
int amp_frame_argv(const uint8_t *payload, size_t len, char **argv, int max);

/** The le32 at the start of a payload. */
uint32_t amp_frame_le32(const uint8_t *payload);

/** Bytes to be sent. */
struct amp_frame_out {
	size_t start, end; /**< bytes[start … end) wait for the port */
	uint8_t bytes[4 * AMP_FRAME_MAX];
};

/** Room for a payload right now, at most AMP_AGENT_PAYLOAD_MAX; 0 if not even a header fits. */
size_t amp_frame_room(struct amp_frame_out *out);

/** Where the next frame's payload will be: write up to amp_frame_room() bytes there, then amp_frame_put(). */
uint8_t *amp_frame_payload(struct amp_frame_out *out);

/** Complete a frame whose `len` payload bytes are in place. */
void amp_frame_put(struct amp_frame_out *out, enum amp_frame_type type, uint16_t channel, size_t len);

/** Queue a frame with one le32. The caller has checked that there is room. */
void amp_frame_put_le32(struct amp_frame_out *out, enum amp_frame_type type, uint16_t channel, uint32_t value);

#endif
