// SPDX-License-Identifier: GPL-2.0-only
/* Feature bits of RPMsg devices, and the configuration spaces that go with them. Bit 1 means three things. */
#include <string.h>

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
		return BIT(VIRTIO_RPMSG_F_NS) | BIT(AMP_RPMSG_F_NS_ACK);
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

static bool is_bufsz(const struct space *space)
{
	uint16_t size;

	if (space->len < BUFSZ_SIZE)
		return false;
	memcpy(&size, space->at + 1, sizeof(size));
	return space->at[0] == BUFSZ_VERSION && size == BUFSZ_SIZE;
}

static void read_sizes(const struct space *space, uint32_t *transmit, uint32_t *receive)
{
	memcpy(transmit, space->at + 3, sizeof(*transmit));
	memcpy(receive, space->at + 7, sizeof(*receive));
}

void lint_buffer_sizes(const struct lint *lint, const struct entry *entry, uint32_t *transmit, uint32_t *receive)
{
	struct space space = space_of(lint, entry);

	*transmit = *receive = BUFFER_USUAL;
	if (lint->options->host == AMP_LINT_LINUX_7 && lint_word(lint, entry, 12) & BUFSZ && is_bufsz(&space))
		read_sizes(&space, transmit, receive);
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
}
