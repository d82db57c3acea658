/* SPDX-License-Identifier: GPL-2.0-only */
/* Which channel a message belongs to, learnt from the announcements that pass (WIRE.md, section 10, name service). */
#ifndef AMPRELAY_CHANNEL_NAMES_H
#define AMPRELAY_CHANNEL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openamp/rpmsg.h>

#include "rings.h"

#define AMP_NAMES_MAX  64u /**< channels that are known at a time; a further one takes the place of the oldest */
#define AMP_NAME_SIZE  33u /**< of a name, with its NUL */
#define AMP_NS_SIZE    40u /**< bytes of an announcement; an acknowledged one has four more */
#define AMP_NS_DESTROY 1u

struct amp_names {
	uint32_t count; /**< ever learnt; the last AMP_NAMES_MAX of them are here */
	struct amp_name {
		uint32_t addr;
		enum amp_direction from;  /**< whose endpoint it is: that sends in this direction */
		char name[AMP_NAME_SIZE]; /**< printable ASCII; empty: none */
	} name[AMP_NAMES_MAX];
};

/** Forgets all: the link is new. */
void amp_names_forget(struct amp_names *names);

/** An endpoint has a name: the same address' old one is replaced. @param name  printable ASCII; empty takes it away */
void amp_names_set(struct amp_names *names, enum amp_direction from, uint32_t addr, const char *name);

/** What an announcement says. @return false if the payload is none */
bool amp_names_read(const void *payload, size_t len, char name[AMP_NAME_SIZE], uint32_t *addr, uint32_t *flags);

/** A message passed: if it is an announcement, remembers what it says. */
void amp_names_learn(struct amp_names *names, enum amp_direction direction, uint32_t dst, const void *payload,
                     size_t len);

/**
 * The channel of a message: of the remote core's endpoint if that has a name, else of the host's.
 *
 * @return its name, until the next call that changes `names`; NULL if it has none that is known
 */
const char *amp_names_find(const struct amp_names *names, enum amp_direction direction, uint32_t src, uint32_t dst);

#endif /* AMPRELAY_CHANNEL_NAMES_H */
