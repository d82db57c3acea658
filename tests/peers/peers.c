// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets two peers talk, restarts them, and checks what comes: each pair of kinds, each with many seeds.
 *
 * usage: peers [--runs N] [--seed S] [--pair P] [-v]
 *
 * A run: memory, ring size, buffer sizes, addresses, the number of endpoints and who announces are drawn; then steps,
 * each of them the delivery of a kick, a send, an endpoint, a start or a restart. At the end nobody restarts any more,
 * and the pair must come to rest by the kicks that it gives, with all that was sent received.
 */
#include "world.h"

#include <openamp/remoteproc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE  4096u
#define RING_SPACE  16384u
#define PAYLOAD_MIN 24u

static const struct {
	const struct peer_kind *host, *remote;
} pairs[] = {
	{&our_host, &our_remote},         {&our_host, &openamp_remote},       {&our_host, &lite_remote},
	{&linux_host, &our_remote},       {&openamp_host, &our_remote},       {&openamp_host_40, &our_remote},
	{&lite_host, &our_remote_lite},   {&linux_host, &openamp_remote},     {&linux_host, &lite_remote},
	{&openamp_host, &openamp_remote}, {&openamp_host_40, &lite_remote},   {&lite_host, &lite_remote},
	{&our_host, &linux_sizes_remote}, {&our_host, &nuttx_remote},         {&linux_sizes_host, &our_remote},
	{&nuttx_host, &our_remote},       {&linux_host, &linux_sizes_remote},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

/* ------------------------------------------------------------------ lives */

/* The order in which both sides come up is the seed's. */
static void start(struct peer *peer)
{
	if (peer->up)
		return;
	/* A remote that a driver's reset ended starts its link anew. */
	if (peer->own && peer->life && !peer->kind->host)
		peer->kind->stop(peer);
	peer->endpoints = world.endpoints;
	world.synchronous = peer->kind->host;
	if (!peer->kind->habits.no_status)
		peer->addr_base = 0x400 + 1000 * ++world.lives;
	peer->up = peer->kind->start(peer);
	world.synchronous = false;
	if (!peer->up) {
		peer->life = 0;
		return;
	}
	memset(&world.account[peer == &world.peer[1]], 0, sizeof(world.account[0]));
	peer->life = ++world.lives;
	world_note(peer, "is up, life %u", peer->life);
	/* for what came before it was up */
	world_hear(peer, TO_HOST);
	world_hear(peer, TO_REMOTE);
}

static void die(struct peer *peer)
{
	size_t size = (size_t)(world.shared.buffers - world.shared.memory);
	uint8_t *before = malloc(size);

	if (!before)
		abort();
	world_note(peer, "dies");
	memcpy(before, world.shared.memory, size);
	world.muted = true;
	peer->up = false;
	peer->kind->die(peer);
	world.muted = false;
	memcpy(world.shared.memory, before, size);
	free(before);
	peer->heard = false;
	peer->kicks = 0;
}

static void stop(struct peer *peer)
{
	world_note(peer, "stops");
	peer->up = false;
	peer->kind->stop(peer);
}

/* A restart of one side, and what whoever stands above them does about the other. */
static void restart(void)
{
	struct peer *host = &world.peer[0], *remote = &world.peer[1];
	bool clean = world_random(2), of_host = world_random(2);

	if (remote->kind->ours && remote->kind->habits.no_status && !of_host) {
		/* RPMsg-Lite's host does not hear of it, and goes on. */
		if (!remote->up)
			return;
		world.gaps = true;
		/* What was held when it died would be given back in another order than it was taken. */
		clean || world.holds ? stop(remote) : die(remote);
		remote->life = 0;
		remote->heard = true;
		return;
	}
	if (of_host && host->up)
		clean ? stop(host) : die(host);
	else if (!of_host && remote->up)
		clean ? stop(remote) : die(remote);
	/* Only ours notices that its driver has gone. The others are switched off with their host. */
	if (of_host && remote->up && (!remote->kind->ours || remote->kind->habits.no_status || !world_random(4)))
		die(remote);
	/* The host is told that its remote has gone, and takes its link down. */
	if (!of_host && host->up) {
		while (host->up && host->kicks && world_random(2))
			world_hear(host, host->kicks & 1 ? 0 : 1);
		stop(host);
	}
	/* Such a remote gets its image anew, resource table and all, before it runs again. */
	if (!remote->up && !remote->kind->ours) {
		if (world.shared.status)
			*world.shared.status = 0;
		remote->kicks = remote->heard = 0; /* of the host's life before */
	}
	if (!host->up && host->kind->habits.no_status)
		memset(world.shared.ring[0], 0, 2 * RING_SPACE);
}

/* ------------------------------------------------------------------ a run */

static void send_one(struct peer *peer, unsigned int ept)
{
	unsigned int side = peer == &world.peer[1];
	struct account *account = &world.account[side];
	uint8_t data[4096];
	struct payload payload = {peer->life, ept, account->sent[ept], peer->addr_base + ept, 0, PAYLOAD_MAGIC};

	payload.len = PAYLOAD_MIN + world_random(world.largest[side] - PAYLOAD_MIN + 1);
	memcpy(data, &payload, sizeof(payload));
	for (uint32_t i = sizeof(payload); i < payload.len; i++)
		data[i] = world_pattern(payload.number, i);
	account->sent[ept]++; /* it may arrive before the send returns */
	if (peer->kind->send(peer, ept, data, payload.len) == 1)
		world_note(peer, "endpoint %u has sent %u", ept, payload.number);
	else
		account->sent[ept]--;
}

/* @return whether that was all */
static bool create_all(struct peer *peer)
{
	struct account *account = &world.account[peer == &world.peer[1]];

	if (!peer->up || !world.announces[peer == &world.peer[1]])
		return peer->up;
	for (unsigned int ept = 0; ept < world.endpoints; ept++) {
		if (!account->created[ept])
			account->created[ept] = peer->kind->create(peer, ept);
		if (!account->created[ept])
			return false;
	}
	return true;
}

static void step(struct peer *peer)
{
	switch (world_random(4)) {
	case 0:
		if (!peer->up)
			start(peer);
		else
			(void)create_all(peer);
		break;
	case 1:
		if (peer->up)
			send_one(peer, world_random(world.endpoints));
		break;
	default:
		if (peer->kicks)
			world_hear(peer, peer->kicks & 1 ? 0 : 1);
		break;
	}
}

static bool all_arrived(void)
{
	for (unsigned int side = 0; side < 2; side++)
		for (unsigned int ept = 0; ept < world.endpoints; ept++)
			if (world.account[side].sent[ept] != world.account[!side].received[ept])
				return false;
	return true;
}

/* By what was kicked for, and by nothing else. */
static void come_to_rest(void)
{
	struct peer *peer;

	for (unsigned int turn = 0; turn < 100000; turn++) {
		for (unsigned int side = 0; side < 2; side++) {
			peer = &world.peer[side];
			start(peer);
			if (peer->up && peer->kind->settle)
				peer->kind->settle(peer);
			while (peer->kicks)
				world_hear(peer, peer->kicks & 1 ? 0 : 1);
		}
		if (create_all(&world.peer[0]) && create_all(&world.peer[1]) && !world.peer[0].kicks &&
		    !world.peer[1].kicks && world.peer[0].up && world.peer[1].up)
			return;
	}
	world_fail(NULL, "do not come to rest");
}

/* Each endpoint of each side says something once more, and all of it arrives. */
static void last_round(void)
{
	uint32_t sent[2][ENDPOINTS_MAX];
	unsigned int side, left = 1;

	for (side = 0; side < 2; side++)
		memcpy(sent[side], world.account[side].sent, sizeof(sent[side]));
	/* Who is announced to learns the other's address; who announces, from the first message at the latest. */
	for (unsigned int turn = 0; left && turn < 20 + 20 * world.endpoints; turn++) {
		for (left = side = 0; side < 2; side++)
			for (unsigned int ept = 0; ept < world.endpoints; ept++)
				if (world.account[side].sent[ept] == sent[side][ept]) {
					send_one(&world.peer[side], ept);
					left++;
				}
		come_to_rest();
	}
	for (side = 0; side < 2; side++)
		for (unsigned int ept = 0; ept < world.endpoints; ept++)
			if (world.account[side].sent[ept] == sent[side][ept])
				world_fail(&world.peer[side], "endpoint %u cannot send", ept);
	if (!world.gaps && !all_arrived())
		world_fail(NULL, "are at rest, and not all that was sent has arrived");
	for (side = 0; side < 2; side++)
		for (unsigned int ept = 0; ept < world.endpoints; ept++)
			if (world.account[!side].received[ept] != world.account[side].sent[ept])
				world_fail(&world.peer[side], "the last message of endpoint %u does not arrive", ept);
}

/* ------------------------------------------------------------------ what is drawn */

/* Our remote asks in either dialect, or not at all. @return the dialect */
static enum dialect draw_sizes(uint8_t *space, uint32_t size[2])
{
	static const uint32_t sizes[] = {64, 68, 512, 1024, 2048, 4096};
	const struct peer_kind *remote = world.peer[1].kind;
	enum dialect dialect = remote->habits.sizes;
	const uint8_t header[] = {1, 11, 0};

	if (remote == &our_remote)
		dialect = world_random(3);
	size[TO_HOST] = sizes[world_random(6)];
	size[TO_REMOTE] = sizes[world_random(6)];
	if (dialect == SIZES_OF_LINUX) {
		memcpy(space, header, sizeof(header));
		memcpy(space + 3, &size[TO_HOST], sizeof(size[0]));
		memcpy(space + 7, &size[TO_REMOTE], sizeof(size[0]));
	} else if (dialect == SIZES_OF_NUTTX) {
		memcpy(space, &size[TO_REMOTE], sizeof(size[0]));
		memcpy(space + 4, &size[TO_HOST], sizeof(size[0]));
	}
	return dialect;
}

static void make_table(bool lite)
{
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
		uint8_t space[SPACE_SIZE];
	} *table = (void *)world.shared.memory;

	memset(table, 0, sizeof(*table));
	table->vdev.type = RSC_VDEV;
	table->vdev.id = 7;
	table->vdev.dfeatures = FEATURE_NS | (world_random(2) ? FEATURE_ACK : 0) |
	                        (world_random(2) ? FEATURE_FLOW : 0) | FEATURE_SIZES(world.dialect);
	table->vdev.config_len = world.dialect == NO_SIZES ? 0 : world.dialect == SIZES_OF_LINUX ? 11 : SPACE_SIZE;
	memcpy(table->space, world.space, SPACE_SIZE);
	world.shared.space = table->space;
	table->vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++)
		table->vring[i] = (struct fw_rsc_vdev_vring){
			.align = world.shared.ring_align, .num = world.shared.ring_size, .notifyid = i};
	world.shared.status = lite ? NULL : (uint8_t *)table + offsetof(struct fw_rsc_vdev, status);
	world.shared.features_offered = (void *)((uint8_t *)table + offsetof(struct fw_rsc_vdev, dfeatures));
	world.shared.features_accepted = (void *)((uint8_t *)table + offsetof(struct fw_rsc_vdev, gfeatures));
}

static void draw(void)
{
	static const uint32_t sizes[] = {64, 128, 512, 1024}, counts[] = {1, 2, 7, ENDPOINTS_MAX};
	const struct peer_kind *host = pairs[world.pair].host, *remote = pairs[world.pair].remote;
	struct shared *shared = &world.shared;
	uint32_t asked[2], most = 0;
	unsigned int who;

	shared->ring_size = 2u << world_random(8);
	shared->ring_align = world_random(2) ? 4096 : 64;
	shared->buffer_size[0] = host == &linux_host || host == &linux_sizes_host ? 512 : sizes[world_random(4)];
	shared->buffer_size[1] =
		host == &our_host || host->habits.used_length_is_size ? sizes[world_random(4)] : shared->buffer_size[0];
	world.dialect = draw_sizes(world.space, asked);
	for (unsigned int queue = 0; queue < 2; queue++) {
		bool takes = world.dialect != NO_SIZES && (host->ours || host->habits.sizes == world.dialect);

		shared->agreed_size[queue] = takes ? asked[queue] : shared->buffer_size[queue];
		most += shared->agreed_size[queue];
	}
	/* RPMsg-Lite has 32 bits for an address. */
	shared->phys =
		host == &lite_host || remote == &lite_remote || !world_random(2) ? 0x20000000ull : 0x3c0000000ull;
	shared->size = TABLE_SIZE + 2 * RING_SPACE + (size_t)shared->ring_size * most;
	shared->memory = aligned_alloc(4096, (shared->size + 4095) / 4096 * 4096);
	if (!shared->memory)
		abort();
	/* Only what the link has besides its buffers starts as zeroes, as a loader leaves it. */
	memset(shared->memory, 0, TABLE_SIZE + 2 * RING_SPACE);
	for (size_t i = TABLE_SIZE + 2 * RING_SPACE; i < shared->size; i++)
		shared->memory[i] = 0x5a;
	shared->ring[0] = shared->memory + TABLE_SIZE;
	shared->ring[1] = shared->ring[0] + RING_SPACE;
	shared->buffers = shared->ring[1] + RING_SPACE;
	make_table(host->habits.no_status);
	world.largest[0] = shared->agreed_size[TO_REMOTE] - 16;
	world.largest[1] = shared->agreed_size[TO_HOST] - 16;
	world.endpoints = counts[world_random(4)];
	world.holds = shared->ring_size > 4 && world_random(2); /* a ring of two needs its buffers */
	/* Linux learns no address from a message: it has to be told. */
	who = host->habits.learns || host->ours ? 1 + world_random(3) : 1;
	world.announces[1] = (who & 1) || host == &lite_host; /* which may restart alone */
	world.announces[0] = who & 2;
}

static void run(unsigned int pair, uint64_t seed)
{
	bool verbose = world.verbose;
	uint32_t received = world.received;

	memset(&world, 0, sizeof(world));
	world.verbose = verbose;
	world.received = received;
	world.pair = pair;
	world.seed = seed;
	world.random = (seed * PAIRS + pair + 1) * 0x9e3779b97f4a7c15ull;
	for (unsigned int i = 0; i < 2; i++)
		world.peer[i].kind = i ? pairs[pair].remote : pairs[pair].host;
	draw();
	for (unsigned int i = 0; i < 2; i++) {
		world.peer[i].shared = &world.shared;
		world.peer[i].other = &world.peer[!i];
		world.peer[i].addr_base = 0x400 + 1000 * i;
	}
	if (verbose)
		printf("pair %u, seed %llu: rings of %u, buffers of %u and %u, %u endpoints, host %s, remote %s\n",
		       pair, (unsigned long long)seed, world.shared.ring_size, world.shared.agreed_size[0],
		       world.shared.agreed_size[1], world.endpoints, world.announces[0] ? "announces" : "listens",
		       world.announces[1] ? "announces" : "listens");
	for (unsigned int steps = 200 + world_random(800); steps; steps--) {
		step(&world.peer[world_random(2)]);
		if (!world_random(150))
			restart();
	}
	come_to_rest();
	last_round();
	for (unsigned int i = 0; i < 2; i++)
		stop(&world.peer[!i]);
	free(world.shared.memory);
}

int main(int argc, char **argv)
{
	unsigned long long seed = 1, runs = 10;
	unsigned int pair = 0, last = PAIRS;
	unsigned long long s;

	for (unsigned int i = 1; i < (unsigned int)argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			world.verbose = true;
		else if (i + 1 < (unsigned int)argc && strcmp(argv[i], "--runs") == 0)
			runs = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < (unsigned int)argc && strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < (unsigned int)argc && strcmp(argv[i], "--pair") == 0)
			last = (pair = (unsigned int)strtoul(argv[++i], NULL, 10)) + 1;
		else
			last = 0;
	}
	if (pair >= last || last > PAIRS) {
		fprintf(stderr, "usage: peers [--runs N] [--seed S] [--pair 0..%zu] [-v]\n", PAIRS - 1);
		return 2;
	}
	for (; pair < last; pair++)
		for (s = seed; s < seed + runs; s++)
			run(pair, s);
	printf("seeds %llu to %llu: %u messages, each once, in order, unchanged\n", seed, seed + runs - 1,
	       world.received);
	return 0;
}
