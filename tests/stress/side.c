// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides send and receive at the same time. In turns, for ROUND messages each, one of the two sleeps after each
 * look, and the other only when it has sent all; in some rounds both stop and wait for the other after two messages. So
 * each message may be the one that has to wake somebody, and nothing makes a lost kick good. Waits for a kick are
 * bounded: one that ends so is told with what lies in the rings.
 */
#define _GNU_SOURCE
#include "side.h"

#include "message.h"
#include "samples.h"

#include <amprelay/link.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROUND      20000u
#define TURNS_EACH 32    /* of so many rounds one in which the two send in turns */
#define PATIENCE   30000 /* ms until a sleeping side takes a kick for lost; on a busy machine the other may not run */

static uint64_t draw(struct side *side)
{
	return message_hash(side->seed, side->random++) >> 16;
}

static void __attribute__((format(printf, 2, 3))) fail(struct side *side, const char *format, ...)
{
	uint64_t one = 1;
	va_list args;

	if (side->failure[0])
		return;
	va_start(args, format);
	vsnprintf(side->failure, sizeof(side->failure), format, args);
	va_end(args);
	atomic_store(&side->failed, true);
	if (write(side->other->kicked, &one, sizeof(one)) != sizeof(one)) /* it need not wait any longer */
		perror("stress: eventfd");
}

static bool over(struct side *side)
{
	return atomic_load_explicit(&side->failed, memory_order_relaxed) ||
	       atomic_load_explicit(&side->other->failed, memory_order_relaxed);
}

/* ------------------------------------------------------------------ sleeping */

static int kick(void *arg, uint32_t vring)
{
	struct side *side = arg;
	uint64_t one = 1;

	(void)vring;
	return write(side->other->kicked, &one, sizeof(one)) == sizeof(one) ? 0 : -errno;
}

static int print_ring(char *text, size_t size, struct virtqueue *vq)
{
	const volatile struct vring_avail *avail = vq->vq_ring.avail;
	const volatile struct vring_used *used = vq->vq_ring.used;

	return snprintf(text, size, "%s: available %u (flags %u), used %u (flags %u)", vq->vq_name, avail->idx,
	                avail->flags, used->idx, used->flags);
}

static void tell_lost_kick(struct side *side)
{
	uint64_t received = atomic_load(&side->received);
	char in[128], out[128];

	print_ring(in, sizeof(in), side->end.rvdev.rvq);
	print_ring(out, sizeof(out), side->end.rvdev.svq);
	pair_poll(&side->end);
	fail(side,
	     "not kicked for %d s, with %" PRIu64 " of %" PRIu64 " sent, %" PRIu64
	     " received; %s; %s; a look without a "
	     "kick finds %" PRIu64 " messages",
	     PATIENCE / 1000, atomic_load(&side->sent), side->count, received, in, out,
	     atomic_load(&side->received) - received);
}

/* @return 0 after a kick, -1 if there was none in time */
static int sleep_until_kicked(struct side *side)
{
	struct pollfd pollfd = {.fd = side->kicked, .events = POLLIN};
	uint64_t kicks;
	int n = poll(&pollfd, 1, 0);

	if (n == 0) {
		atomic_fetch_add_explicit(&side->sleeps, 1, memory_order_relaxed);
		do
			n = poll(&pollfd, 1, PATIENCE);
		while (n < 0 && errno == EINTR);
	}
	if (n == 0)
		tell_lost_kick(side);
	else if (read(side->kicked, &kicks, sizeof(kicks)) != sizeof(kicks))
		fail(side, "eventfd: %s", strerror(errno));
	return over(side) ? -1 : 0;
}

static struct side *side_of(struct rpmsg_device *rdev)
{
	return metal_container_of(metal_container_of(rdev, struct rpmsg_virtio_device, rdev), struct side, end.rvdev);
}

static int wait_for_room(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	return sleep_until_kicked(side_of(rdev)) ? RPMSG_ERR_NO_BUFF : RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ messages */

/* A message that was kept for a while must not have changed. */
static void give_back_held(struct side *side)
{
	char what[160];

	if (!side->held)
		return;
	if (!message_check(side->other->seed, side->held_number, side->held, side->held_len, what, sizeof(what)))
		fail(side, "a buffer that was held has changed: %s", what);
	rpmsg_release_rx_buffer(&side->end.ept, side->held);
	side->held = NULL;
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *side = priv;
	uint64_t number = atomic_load_explicit(&side->received, memory_order_relaxed);
	char what[160];

	(void)src;
	if (side->failure[0])
		return RPMSG_SUCCESS;
	if (!message_check(side->other->seed, number, data, len, what, sizeof(what))) {
		fail(side, "%s", what);
		return RPMSG_SUCCESS;
	}
	atomic_store_explicit(&side->received, number + 1, memory_order_relaxed);
	if (number % 64 == 0) {
		give_back_held(side);
		rpmsg_hold_rx_buffer(ept, data);
		side->held = data;
		side->held_number = number;
		side->held_len = len;
	} else if (number % 64 == 3) {
		give_back_held(side);
	}
	return RPMSG_SUCCESS;
}

/* One of eight without a copy. */
static int send_message(struct side *side, uint64_t number)
{
	char copy[MESSAGE_MAX];
	uint32_t room;
	void *buffer;

	if (number % 8) {
		message_fill(side->seed, number, copy);
		return rpmsg_send(&side->end.ept, copy, (int)message_len(side->seed, number));
	}
	buffer = rpmsg_get_tx_payload_buffer(&side->end.ept, &room, true);
	if (!buffer)
		return RPMSG_ERR_NO_BUFF;
	message_fill(side->seed, number, buffer);
	return rpmsg_send_nocopy(&side->end.ept, buffer, (int)message_len(side->seed, number));
}

static void send_next(struct side *side)
{
	uint64_t number = atomic_load_explicit(&side->sent, memory_order_relaxed);
	int status = send_message(side, number);

	if (status < 0 && !over(side))
		fail(side, "message %" PRIu64 " cannot be sent: %s", number, amp_strerror(status));
	if (status >= 0)
		atomic_store_explicit(&side->sent, number + 1, memory_order_relaxed);
}

/* ------------------------------------------------------------------ running */

/* Mostly none: a side that gets messages faster than it handles them never sleeps. */
static void dawdle(struct side *side, bool often)
{
	volatile unsigned int turns = often ? (unsigned int)(draw(side) % 256) : draw(side) % 8 ? 0 : 512;

	while (turns)
		turns--;
}

static void run_round(struct side *side, uint64_t goal, bool sleeper)
{
	uint64_t now;

	while (!over(side)) {
		dawdle(side, false);
		for (uint64_t burst = draw(side) % 16; burst && atomic_load(&side->sent) < goal && !over(side); burst--)
			send_next(side);
		pair_poll(&side->end);
		now = atomic_load_explicit(&side->received, memory_order_relaxed);
		if (now >= goal && atomic_load(&side->sent) >= goal)
			return;
		if (now < goal && (sleeper || atomic_load(&side->sent) >= goal))
			sleep_until_kicked(side);
	}
}

/* Two messages from the host, two from the remote: a kick that is lost is made good by no later message. */
static bool my_turn(struct side *side, uint64_t goal)
{
	uint64_t sent = atomic_load_explicit(&side->sent, memory_order_relaxed), due = sent & ~UINT64_C(1);

	if (side->end.rvdev.vdev->role == VIRTIO_DEV_DEVICE)
		due = due + 2 < goal ? due + 2 : goal;
	return sent < goal && atomic_load_explicit(&side->received, memory_order_relaxed) >= due;
}

static void run_in_turns(struct side *side, uint64_t goal)
{
	while (!over(side) && (atomic_load(&side->sent) < goal || atomic_load(&side->received) < goal)) {
		dawdle(side, true);
		if (my_turn(side, goal))
			send_next(side);
		pair_poll(&side->end);
		/* At once: what came after the last look has to bring a kick. */
		if (atomic_load(&side->received) < goal && !my_turn(side, goal))
			sleep_until_kicked(side);
	}
}

void side_run(struct side *side)
{
	bool sleeper = side->end.rvdev.vdev->role == VIRTIO_DEV_DEVICE;
	unsigned int round = 0;

	if (side->cpu >= 0)
		pin_to(side->cpu);
	for (uint64_t goal = 0; goal < side->count && !over(side); sleeper = !sleeper) {
		goal = side->count - goal < ROUND ? side->count : goal + ROUND;
		if (round++ % TURNS_EACH == TURNS_EACH - 1)
			run_in_turns(side, goal);
		else
			run_round(side, goal, sleeper);
	}
	give_back_held(side);
}

void side_init(struct side *side, struct side *other, const char *name, uint64_t seed, uint64_t count, int cpu)
{
	memset(side, 0, sizeof(*side));
	side->other = other;
	side->name = name;
	side->seed = seed;
	side->count = count;
	side->cpu = cpu;
	side->kicked = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (side->kicked < 0)
		die("eventfd", -errno);
}

void side_open(struct side *side, unsigned int role, void *memory)
{
	pair_end_open(&side->end, role, memory, kick, side);
	rpmsg_virtio_set_wait_cb(&side->end.rvdev, wait_for_room);
	/* Where there is no clock, a wait counts as a millisecond, however short it was. */
	amp_rpmsg_set_send_timeout(&side->end.rvdev, UINT32_MAX);
	side->end.ept.priv = side;
	pair_endpoint(&side->end, &side->end.ept, role == VIRTIO_DEV_DRIVER ? HOST_ADDR : REMOTE_ADDR, receive);
}

void side_close(struct side *side)
{
	struct virtio_device *vdev = side->end.rvdev.vdev;

	rpmsg_deinit_vdev(&side->end.rvdev);
	rproc_virtio_remove_vdev(vdev);
	close(side->kicked);
}
