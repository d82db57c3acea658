// SPDX-License-Identifier: GPL-2.0-only
/* What peers tell, and the checks of what comes. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world;

uint32_t world_random(uint32_t below)
{
	world.random ^= world.random << 13;
	world.random ^= world.random >> 7;
	world.random ^= world.random << 17;
	return (uint32_t)(world.random >> 32) % below;
}

static const char *role(const struct peer *peer)
{
	return peer == &world.peer[0] ? "host" : "remote";
}

void world_fail(const struct peer *peer, const char *format, ...)
{
	va_list args;

	printf("FAILED  host %s, remote %s: %s: ", world.peer[0].kind->name, world.peer[1].kind->name,
	       peer ? role(peer) : "both");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\nagain:  peers --pair %u --seed %llu --runs 1 -v\n", world.pair, (unsigned long long)world.seed);
	fflush(stdout);
	exit(1);
}

void world_note(const struct peer *peer, const char *format, ...)
{
	va_list args;

	if (!world.verbose)
		return;
	printf("  %-6s ", role(peer));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void world_name(char *name, unsigned int ept)
{
	snprintf(name, NAME_SIZE, "peer-%u", ept);
}

unsigned int world_index(const char *name)
{
	unsigned int ept;

	return sscanf(name, "peer-%u", &ept) == 1 && ept < ENDPOINTS_MAX ? ept : ENDPOINTS_MAX;
}

void world_hear(struct peer *peer, unsigned int queue)
{
	peer->kicks &= ~(1u << queue);
	peer->heard = true;
	if (peer->up)
		peer->kind->notified(peer, queue);
}

void world_kick(struct peer *peer, unsigned int queue)
{
	struct peer *other = peer->other;

	if (world.muted)
		return;
	other->kicks |= 1u << queue;
	/* A driver that waits for the other side to let go of a ring. */
	if (world.synchronous && other->up && other->kind->ours)
		world_hear(other, queue);
}

bool world_holds(void)
{
	return world.holds && !world_random(8);
}

uint8_t world_pattern(uint32_t number, uint32_t i)
{
	return (uint8_t)(number * 31 + i * 7 + 1);
}

void world_received(struct peer *peer, unsigned int ept, uint32_t src, const void *data, uint32_t len)
{
	struct account *account = &world.account[peer == &world.peer[1]];
	struct payload payload;

	if (len < sizeof(payload))
		world_fail(peer, "a message of %u bytes", len);
	memcpy(&payload, data, sizeof(payload));
	world_note(peer, "endpoint %u receives %u of life %u", ept, payload.number, payload.life);
	if (payload.magic != PAYLOAD_MAGIC || payload.len != len || payload.ept != ept || payload.addr != src)
		world_fail(peer, "endpoint %u gets from %#x what %#x sent to %u", ept, src, payload.addr, payload.ept);
	for (uint32_t i = sizeof(payload); i < len; i++)
		if (((const uint8_t *)data)[i] != world_pattern(payload.number, i))
			world_fail(peer, "byte %u of message %u is wrong", i, payload.number);
	if (!account->heard_life)
		account->heard_life = payload.life;
	if (world.gaps && payload.life > account->heard_life) {
		account->heard_life = payload.life;
		memset(account->received, 0, sizeof(account->received));
	}
	if (account->heard_life != payload.life)
		world_fail(peer, "hears life %u of the other side after life %u", payload.life, account->heard_life);
	if (world.gaps ? payload.number < account->received[ept] : payload.number != account->received[ept])
		world_fail(peer, "endpoint %u receives message %u, but %u is next", ept, payload.number,
		           account->received[ept]);
	account->received[ept] = payload.number + 1;
	world.received++;
}
