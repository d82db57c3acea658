// SPDX-License-Identifier: GPL-2.0-only
/* Feature bits of RPMsg devices, and the configuration spaces that go with them. Bit 1 means three things. */
#include <string.h>

#include <amprelay/buffer_sizes.h>
#include <amprelay/flow_control.h>
#include <amprelay/link.h>
#include <openamp/remoteproc.h>
#include <openamp/rpmsg_virtio.h>

#include "internal.h"

#define BIT(n) (1u << (n))

#define RING_BITS (BIT(28) | BIT(29)) /* indirect descriptors, event index */

/* Linux: buffer sizes. Space: u8 version, le16 size, le32 transmit, le32 receive; nothing is aligned. */
#define BUFSZ           BIT(1)
#define BUFSZ_VERSION   1u
#define BUFSZ_SIZE      11u
#define BUFFER_MIN      16u
#define BUFFER_USUAL    512u
#define NUTTX_SIZES     BIT(2) /* two words */
#define NUTTX_NAMES     BIT(3) /* two of 8 bytes, behind sizes and addresses */
#define NUTTX_ADDRESSES BIT(4) /* two of 8 bytes, behind the sizes */

/* What each kind of host knows. */
static uint32_t known_to(enum amp_lint_host host)
{
	switch (host) {
	case AMP_LINT_LINUX_7:
		return BIT(VIRTIO_RPMSG_F_NS) | BUFSZ;
	case AMP_LINT_NUTTX:
		return BIT(VIRTIO_RPMSG_F_NS) | BIT(1) | NUTTX_SIZES | NUTTX_NAMES | NUTTX_ADDRESSES;
	case AMP_LINT_AMPRELAY:
		return BIT(VIRTIO_RPMSG_F_NS) | BIT(AMP_RPMSG_F_NS_ACK) | BUFSZ | NUTTX_SIZES | NUTTX_ADDRESSES |
		       BIT(AMP_RPMSG_F_FLOW);
	default:
		return BIT(VIRTIO_RPMSG_F_NS);
	}
}

struct space {
	const uint8_t *at;
	uint32_t len, offset; /* `offset` in the entry */
};

static struct space space_of(const struct lint *lint, const struct entry *entry)
{
	struct space space = {.len = lint_word(lint, entry, 20)};

	space.offset = (uint32_t)entry->size - space.len;
	space.at = lint->table + entry->offset + space.offset;
	return space;
}

/* It begins as Linux's, however long it is. */
static bool begins_as_bufsz(const struct space *space)
{
	uint16_t size;

	if (space->len < 3)
		return false;
	memcpy(&size, space->at + 1, sizeof(size));
	return space->at[0] == BUFSZ_VERSION && size == BUFSZ_SIZE;
}

static bool is_bufsz(const struct space *space)
{
	return space->len >= BUFSZ_SIZE && begins_as_bufsz(space);
}

static void read_sizes(const struct space *space, uint32_t *transmit, uint32_t *receive)
{
	memcpy(transmit, space->at + 3, sizeof(*transmit));
	memcpy(receive, space->at + 7, sizeof(*receive));
}

/* ------------------------------------------------------------------ AmpRelay, which takes either dialect */

enum dialect {
	ASKS_FOR_NOTHING,
	LINUXS,
	NUTTXS
};

/* As amp_rpmsg_negotiate_buffers() has it (WIRE.md, section 14). */
static enum dialect dialect_of(uint32_t offered, const struct space *space)
{
	if (offered & NUTTX_SIZES)
		return NUTTXS;
	return offered & BUFSZ && !(offered & (NUTTX_NAMES | NUTTX_ADDRESSES)) && space->len ? LINUXS
	                                                                                     : ASKS_FOR_NOTHING;
}

/* Bytes of the space that is looked at. */
static uint32_t needed_for(enum dialect dialect, uint32_t offered)
{
	if (dialect == LINUXS)
		return BUFSZ_SIZE;
	return offered & NUTTX_ADDRESSES ? 24 : 8;
}

/* What the device sends in, and what it receives in. The space is long enough. */
static void sizes_of(enum dialect dialect, const struct space *space, uint32_t *transmit, uint32_t *receive)
{
	if (dialect == NUTTXS) {
		memcpy(receive, space->at, sizeof(*receive));
		memcpy(transmit, space->at + 4, sizeof(*transmit));
	} else {
		read_sizes(space, transmit, receive);
	}
}

static bool size_ok(uint32_t size)
{
	return size >= AMP_RPMSG_BUFFER_MIN && size <= AMP_RPMSG_BUFFER_MAX && size % 4 == 0;
}

/* @return what is wrong; NULL: the sizes are taken, or none are asked for */
static const char *refused(uint32_t offered, const struct space *space)
{
	enum dialect dialect = dialect_of(offered, space);
	bool is_short = space->len < needed_for(dialect, offered);
	uint32_t transmit, receive;

	if (!is_short && offered & BUFSZ && offered & (NUTTX_SIZES | NUTTX_NAMES | NUTTX_ADDRESSES) &&
	    begins_as_bufsz(space))
		return "bits of both dialects, and the space of Linux's";
	if (dialect == ASKS_FOR_NOTHING)
		return NULL;
	if (is_short)
		return "the space is too short";
	if (dialect == LINUXS && !is_bufsz(space))
		return "bit 1 alone, and the space does not begin with 01 0b 00";
	sizes_of(dialect, space, &transmit, &receive);
	return size_ok(transmit) && size_ok(receive) ? NULL : "a size is no multiple of 4 from 64 to 65536";
}

static void check_amprelay(struct lint *lint, const struct entry *entry, uint32_t offered)
{
	struct space space = space_of(lint, entry);
	const char *wrong = refused(offered, &space);

	if (wrong)
		lint_say(lint, LINT_FEATURE_SIZES_REFUSED, lint_at_entry(lint, entry, space.offset, space.len),
		         "%s: dfeatures is 0x%x, the space has %u bytes", wrong, offered, space.len);
}

/* ------------------------------------------------------------------ how much memory the buffers take */

void lint_buffer_sizes(const struct lint *lint, const struct entry *entry, uint32_t *transmit, uint32_t *receive)
{
	struct space space = space_of(lint, entry);
	uint32_t offered = lint_word(lint, entry, 12);
	enum dialect dialect = dialect_of(offered, &space);

	*transmit = *receive = BUFFER_USUAL;
	if (lint->options->host == AMP_LINT_LINUX_7 && offered & BUFSZ && is_bufsz(&space))
		read_sizes(&space, transmit, receive);
	if (lint->options->host == AMP_LINT_AMPRELAY && dialect != ASKS_FOR_NOTHING && !refused(offered, &space))
		sizes_of(dialect, &space, transmit, receive);
}

/* ------------------------------------------------------------------ Linux that negotiates sizes */

static void check_bufsz(struct lint *lint, const struct entry *entry)
{
	struct space space = space_of(lint, entry);
	struct place place = lint_at_entry(lint, entry, space.offset, space.len);
	uint32_t transmit, receive;

	if (!is_bufsz(&space)) {
		if (space.len < BUFSZ_SIZE)
			lint_say(lint, LINT_FEATURE_BUFSZ_CONFIG, place, "the space has %u bytes, but must have %u",
			         space.len, BUFSZ_SIZE);
		else
			lint_say(lint, LINT_FEATURE_BUFSZ_CONFIG, place,
			         "the space begins with %02x %02x %02x, but must with 01 0b 00", space.at[0],
			         space.at[1], space.at[2]);
		return;
	}
	read_sizes(&space, &transmit, &receive);
	if (transmit < BUFFER_MIN || receive < BUFFER_MIN)
		lint_say(lint, LINT_FEATURE_BUFSZ_SMALL, place, "transmit has %u bytes, receive %u", transmit, receive);
}

/* ------------------------------------------------------------------ NuttX */

static void check_nuttx(struct lint *lint, const struct entry *entry, uint32_t offered)
{
	struct space space = space_of(lint, entry);
	struct place place = lint_at_entry(lint, entry, space.offset, space.len);
	uint32_t needed = 0;

	if (offered & BIT(1) && is_bufsz(&space)) {
		lint_say(lint, LINT_FEATURE_ACK_CLASH, place, "the space begins with 01 0b 00");
		return;
	}
	if (offered & NUTTX_SIZES)
		needed = 8;
	if (offered & NUTTX_ADDRESSES)
		needed = 24;
	if (offered & NUTTX_NAMES)
		needed = 40;
	if (space.len < needed)
		lint_say(lint, LINT_FEATURE_NUTTX_CONFIG, place, "dfeatures is 0x%x, the space has %u of %u bytes",
		         offered, space.len, needed);
}

void lint_features(struct lint *lint, const struct entry *entry)
{
	uint32_t offered = lint_word(lint, entry, 12), unknown;
	struct place place = lint_at_entry(lint, entry, 12, 4);

	if (!(offered & BIT(VIRTIO_RPMSG_F_NS)))
		lint_say(lint, LINT_FEATURE_NO_NAMES, place, "dfeatures is 0x%x", offered);
	unknown = offered & ~known_to(lint->options->host);
	if (lint_is_linux(lint)) {
		if (offered & RING_BITS)
			lint_say(lint, LINT_FEATURE_RING, place, "dfeatures is 0x%x", offered);
		unknown &= ~RING_BITS;
	}
	if (unknown)
		lint_say(lint, LINT_FEATURE_UNKNOWN, place, "dfeatures is 0x%x, of which %s knows not 0x%x", offered,
		         amp_lint_host_name(lint->options->host), unknown);
	if (offered & BUFSZ && lint->options->host == AMP_LINT_LINUX_7)
		check_bufsz(lint, entry);
	if (lint->options->host == AMP_LINT_NUTTX)
		check_nuttx(lint, entry, offered);
	if (lint->options->host == AMP_LINT_AMPRELAY)
		check_amprelay(lint, entry, offered);
}
