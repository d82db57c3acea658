// SPDX-License-Identifier: GPL-2.0-only
/*
 * A megabyte from host to remote, two threads on two CPUs, without a copy on the remote's side: in send buffers that
 * the remote holds until it has all, and in blocks of a shared heap of which messages carry the offsets. In the same
 * run the same bytes by memcpy alone, into the same memory. "key value" lines, see undisturbed() for what a figure is.
 */
#include "pair.h"
#include "samples.h"

#include <metal/cpu.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define TRANSFER    (1u << 20)
#define BUFFER_SIZE 65536u
#define DESCRIPTORS 32u
#define HEAD        48u /* the application's own, so that the data starts at a cache line */
#define BLOCK_SIZE  65536u
#define BLOCKS      32u /* twice a transfer, as the send buffers are */
#define BATCHES     401

/* A block of the heap that goes to the remote, and comes back when it was used. */
struct block {
	uint32_t offset, len;
};

#define BLOCKS_ADDR (REMOTE_ADDR + 1)

static struct pair_end host, remote;
static struct rpmsg_endpoint for_blocks; /* the remote's */
static unsigned char source[TRANSFER];
static unsigned char *heap;
static int remote_cpu;
static atomic_bool stop, compare;
static _Alignas(64) atomic_ulong came; /* whole transfers */

/* the host's own */
static uint32_t free_blocks[BLOCKS];
static unsigned int num_free;

/* ------------------------------------------------------------------ the remote's thread */

static size_t arrived;
static unsigned int num_held;
static void *held[DESCRIPTORS];
static struct block used[BLOCKS];
static volatile unsigned char touched;

/* Looks at both ends, as a stream of bench/threads.c does; at each byte when the measured transfers are over. */
static void use(const unsigned char *data, size_t len)
{
	touched = data[0];
	touched = data[len - 1];
	if (atomic_load_explicit(&compare, memory_order_relaxed) && memcmp(data, source + arrived, len))
		die("what came is not what was sent, at byte", (int)arrived);
	arrived += len;
}

/* It is told before the buffers go back: that is the next transfer's time. */
static bool complete(void)
{
	if (arrived < TRANSFER)
		return false;
	arrived = 0;
	atomic_fetch_add_explicit(&came, 1, memory_order_release);
	return true;
}

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src, (void)priv;
	rpmsg_hold_rx_buffer(ept, data);
	held[num_held++] = data;
	use((unsigned char *)data + HEAD, len - HEAD);
	if (complete()) {
		while (num_held)
			rpmsg_release_rx_buffer(ept, held[--num_held]);
	}
	return RPMSG_SUCCESS;
}

static int take_block(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct block block;

	(void)priv;
	if (len != sizeof(block))
		die("length of a block's message", (int)len);
	memcpy(&block, data, sizeof(block));
	used[num_held++] = block;
	use(heap + block.offset, block.len);
	if (complete()) {
		while (num_held) {
			if (rpmsg_sendto(ept, &used[--num_held], sizeof(block), src) < 0)
				die("a block cannot be given back", -1);
		}
	}
	return RPMSG_SUCCESS;
}

static void *poll_remote(void *arg)
{
	pin_to(remote_cpu);
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		pair_poll(&remote);
	return arg;
}

/* ------------------------------------------------------------------ the host's thread */

static int block_is_back(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct block block;

	(void)ept, (void)len, (void)src, (void)priv;
	memcpy(&block, data, sizeof(block));
	free_blocks[num_free++] = block.offset;
	return RPMSG_SUCCESS;
}

static void send_in_buffers(void)
{
	size_t part;
	uint32_t room;
	void *buffer;

	for (size_t at = 0; at < TRANSFER; at += part) {
		while ((buffer = rpmsg_get_tx_payload_buffer(&host.ept, &room, false)) == NULL)
			metal_cpu_yield();
		part = TRANSFER - at < room - HEAD ? TRANSFER - at : room - HEAD;
		memcpy((unsigned char *)buffer + HEAD, source + at, part);
		if (rpmsg_send_nocopy(&host.ept, buffer, (int)(HEAD + part)) < 0)
			die("send", -1);
	}
}

static void send_in_blocks(void)
{
	struct block block = {0, BLOCK_SIZE};

	for (size_t at = 0; at < TRANSFER; at += BLOCK_SIZE) {
		while (num_free == 0)
			pair_poll(&host);
		block.offset = free_blocks[--num_free];
		memcpy(heap + block.offset, source + at, BLOCK_SIZE);
		while (rpmsg_trysendto(&host.ept, &block, sizeof(block), BLOCKS_ADDR) < 0)
			pair_poll(&host);
	}
}

/* What the two above would take if messages cost nothing. */
static void only_copy(void)
{
	static unsigned int half;

	for (size_t at = 0; at < TRANSFER; at += BLOCK_SIZE)
		memcpy(heap + half * TRANSFER + at, source + at, BLOCK_SIZE);
	half = !half;
	atomic_fetch_add_explicit(&came, 1, memory_order_relaxed);
}

static const struct work {
	const char *key;
	void (*transfer)(void);
} works[] = {
	{"bulk.memcpy.mb_s", only_copy},
	{"bulk.held.mb_s", send_in_buffers},
	{"bulk.heap.mb_s", send_in_blocks},
};

#define WORKS (sizeof(works) / sizeof(works[0]))

/* Nanoseconds until all has arrived. */
static double measure(const struct work *work)
{
	unsigned long goal = atomic_load(&came) + 1;
	uint64_t start = now_ns();

	work->transfer();
	while (atomic_load_explicit(&came, memory_order_acquire) != goal)
		metal_cpu_yield();
	return (double)(now_ns() - start);
}

/* In turns, so that what else the machine does meets all of them; the last turn compares. */
static void measure_all(void)
{
	static double samples[WORKS][BATCHES];
	pthread_t thread;

	if (pthread_create(&thread, NULL, poll_remote, NULL))
		die("no thread", -1);
	for (unsigned int batch = 0; batch < BATCHES; batch++) {
		for (unsigned int i = 0; i < WORKS; i++)
			samples[i][batch] = measure(&works[i]);
	}
	atomic_store(&compare, true);
	for (unsigned int i = 0; i < WORKS; i++)
		measure(&works[i]);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	for (unsigned int i = 0; i < WORKS; i++)
		report(works[i].key, TRANSFER * 1e3 / undisturbed(samples[i], BATCHES));
}

int main(void)
{
	void *memory = pair_memory(DESCRIPTORS, BUFFER_SIZE);

	heap = mmap(NULL, BLOCKS * BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1,
	            0);
	if (heap == MAP_FAILED)
		die("no shared heap", -1);
	if (allowed_cpu(0) == allowed_cpu(1)) {
		fprintf(stderr, "bench: two pinned threads need two CPUs\n");
		return 77;
	}
	for (size_t i = 0; i < TRANSFER; i++)
		source[i] = (unsigned char)(i * 2654435761u >> 13);
	for (num_free = 0; num_free < BLOCKS; num_free++)
		free_blocks[num_free] = num_free * BLOCK_SIZE;
	remote_cpu = allowed_cpu(1); /* before this thread gives it up */
	pin_to(allowed_cpu(0));
	pair_end_open(&host, VIRTIO_DEV_DRIVER, memory, NULL, NULL);
	pair_end_open(&remote, VIRTIO_DEV_DEVICE, memory, NULL, NULL);
	pair_endpoint(&host, &host.ept, HOST_ADDR, block_is_back);
	pair_endpoint(&remote, &remote.ept, REMOTE_ADDR, hold);
	pair_endpoint(&remote, &for_blocks, BLOCKS_ADDR, take_block);
	measure_all();
	return 0;
}
