/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the relay tells of the wire: records, one after the other, in the 'F' packets that answer "sniff"
 * (common/control.h). Both ends are programs of one machine, so it is a plain structure.
 *
 * A record is a message, as it lay in its buffer, or an event: one JSON object as text, without a NUL. Events are those
 * of the flight record (docs/reference/events.md) that concern the core or the lab, as they happen between the
 * messages, and these, which are not in the flight record:
 *
 *   wire.channel  "core", "addr", "name", "side": "remote" | "host"; a channel that was known when the listening began
 *   wire.gap      "core", "direction": "to-host" | "to-remote", "count": messages that passed and could not be read in
 *                 time, by the ring's own index, "why"; without "direction": the listener did not read in time
 *   wire.bad      "core", "direction", "entry": index in the ring, "text": an entry that is no message
 */
#ifndef AMPRELAY_SNIFFED_H
#define AMPRELAY_SNIFFED_H

#include <stdint.h>

#include "rings.h"

#define AMP_SNIFFED_MAX 2048u /**< bytes of a message, header and all, that are shown; the rest is cut */

enum amp_sniffed_kind {
	AMP_SNIFFED_MESSAGE,
	AMP_SNIFFED_EVENT,
};

struct amp_sniffed {
	uint32_t size;  /**< of the whole record, a multiple of 8 */
	uint32_t len;   /**< bytes of data that follow this structure */
	uint64_t t;     /**< CLOCK_MONOTONIC, nanoseconds */
	uint32_t whole; /**< bytes that the message had */
	uint8_t kind;
	uint8_t direction; /**< enum amp_direction */
	uint8_t reserved[2];
	char core[16]; /**< whose link; empty: an event of the lab */
};

/** Bytes that a record with so much data takes. */
static inline uint32_t amp_sniffed_size(uint32_t len)
{
	return ((uint32_t)sizeof(struct amp_sniffed) + len + 7) & ~7u;
}

#endif /* AMPRELAY_SNIFFED_H */
