/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a send waits, for the two files that do: each has it inlined into its one function, so that neither is in a
 * program for the other's sake.
 */
#ifndef AMP_RPMSG_WAITING_H
#define AMP_RPMSG_WAITING_H

#include "../../rpmsg/link.h"
#include "../../rpmsg/name_service.h"
#include "../../rpmsg/on_demand.h"
#include "../../rpmsg/short_error.h"

#include <amprelay/link.h>

#include <metal/cpu.h>
#include <metal/irq.h>
#include <metal/time.h>

/* The time that a wait takes, in units of 1024 ns: 32 bits hold an hour of them, and a time-out half of it. */
#define NS_PER_MS    1000000u
#define TICKS_PER_MS 977u

/* A send that waits, on its own stack. */
struct amp_wait {
	struct amp_wait *next;
	uint32_t deadline;
	unsigned int depth; /**< 1: not inside another */
#ifdef METAL_MUTEX_CONTEXT
	uintptr_t context;
#endif
};

/* The clock. Where it has stood still since the last look, or there is none, it goes on by @p step. */
static __attribute__((__noinline__)) uint32_t now_of(struct rpmsg_virtio_device *rvdev, uint32_t step)
{
	unsigned long long now = metal_get_timestamp();

	if (rvdev->clock == (uint32_t)now)
		rvdev->unmeasured += step;
	rvdev->clock = (uint32_t)now;
	return (uint32_t)(now >> 10) + rvdev->unmeasured;
}

/* Whether a deadline is later than a time. */
static bool is_later(uint32_t deadline, uint32_t time)
{
	return (int32_t)(deadline - time) > 0;
}

#if HAS_LOCKS
/* Until a kick, or for a millisecond; without a clock nobody can. */
static void sleep_a_little(struct rpmsg_virtio_device *rvdev)
{
	unsigned long long end = metal_get_timestamp() + NS_PER_MS;

	if (amp_condition_wait_until(&rvdev->sent, &rvdev->rdev.lock, end) == -ENOSYS)
		metal_cpu_yield();
}
#else
/* Until an interrupt, which may be the kick: nobody else can do anything here. A board without a clock may have none
 * that comes by itself. */
static void sleep_a_little(struct rpmsg_virtio_device *rvdev)
{
	const struct virtqueue *vq = rvdev->out;
	bool driver = role_is_driver(vq->vq_dev);
	unsigned int flags;

	if (!rvdev->clock)
		return;
	flags = metal_irq_save_disable();
	if (!link_ring_came_to(vq, link_ring_next_place(vq, driver), driver))
		METAL_MUTEX_IDLE();
	metal_irq_restore_enable(flags);
}
#endif

/*
 * Wait for a kick, or a millisecond: in a program that handles kicks in the thread that waits here, none can come. The
 * lock is free while it waits. What the clock does not show counts as 1 ms if the application waited, and as 1 us if
 * nobody could.
 */
static int wait_a_little(struct rpmsg_virtio_device *rvdev, uint32_t *step)
{
	int status = RPMSG_EOPNOTSUPP;

	*step = 1;
	if (rvdev->wait)
		status = rvdev->wait(rvdev);
	if (status != RPMSG_EOPNOTSUPP) {
		*step = TICKS_PER_MS;
		return status;
	}
	if (rvdev->link_state == AMP_LINK_UP)
		sleep_a_little(rvdev);
	return RPMSG_SUCCESS;
}

/* A send begins to wait: until its time is over, or that of the one that it is inside of. */
static void begin_wait(struct rpmsg_virtio_device *rvdev, struct amp_wait *here, int wait)
{
	uint32_t ms = rvdev->send_timeout_ms, deadline;
	struct amp_wait *outer = rvdev->waits;
	unsigned int depth = 1;

	if (wait == AMP_WAIT_BRIEFLY && ms > AMP_RPMSG_DESTROY_TIMEOUT_MS)
		ms = AMP_RPMSG_DESTROY_TIMEOUT_MS;
	deadline = now_of(rvdev, 0) + ms * TICKS_PER_MS;
	here->next = outer;
#ifdef METAL_MUTEX_CONTEXT
	here->context = METAL_MUTEX_CONTEXT();
	while (outer && outer->context != here->context)
		outer = outer->next;
#endif
	if (outer) {
		depth += outer->depth;
		if (is_later(deadline, outer->deadline))
			deadline = outer->deadline;
	}
	here->deadline = deadline;
	here->depth = depth;
	rvdev->waits = here;
	rvdev->vdev->users++;
}

static void end_wait(struct rpmsg_virtio_device *rvdev, struct amp_wait *here)
{
	struct amp_wait **link = &rvdev->waits;

#ifdef METAL_MUTEX_CONTEXT /* elsewhere it is the first */
	while (*link != here)
		link = &(*link)->next;
#endif
	*link = here->next;
	rvdev->vdev->users--;
}

/*
 * Until a buffer is free, or what is tried in its stead does not answer RPMSG_ERR_NO_BUFF; the time is over, or the
 * link is lost. Receives meanwhile: if the other side waits for a buffer of ours too, one of the two has to go first;
 * and the kick that ended a wait may have been meant for that queue, of which nobody else hears. The innermost of
 * several does not: one that it is inside of receives again.
 */
static inline __attribute__((__always_inline__)) int
wait_until(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait,
           int (*attempt)(struct rpmsg_virtio_device *rvdev, void *arg), void *arg)
{
	bool driver = role_is_driver(rvdev->vdev);
	int status, wait_status = RPMSG_SUCCESS;
	struct amp_wait here;
	uint32_t step = 1;
	bool again;

	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	/* A link that goes down waits for nobody. */
	if (rvdev->rdev.closed)
		return SHORT_ERROR(RPMSG_ERR_NO_BUFF);
	begin_wait(rvdev, &here, wait);
	vq_set_no_notify(rvdev->out, false, driver);
	do {
		if (here.depth < AMP_RPMSG_SEND_DEPTH) {
			metal_mutex_release(&rvdev->rdev.lock);
			virtqueue_notification(rvdev->in);
			metal_mutex_acquire(&rvdev->rdev.lock);
		}
		/* Between our flag and our look: without the fence a buffer that comes now is neither seen nor kicked
		 * for. */
		AMP_SHARED_FENCE();
		status = attempt ? attempt(rvdev, arg) : amp_tx_take(rvdev, len, false);
		again = status == SHORT_ERROR(RPMSG_ERR_NO_BUFF) && !wait_status &&
		        is_later(here.deadline, now_of(rvdev, step));
		if (again)
			wait_status = wait_a_little(rvdev, &step);
	} while (again);
	if (status == SHORT_ERROR(RPMSG_ERR_NO_BUFF) && wait_status)
		status = wait_status;
	end_wait(rvdev, &here);
	/* A lost link's ring is not ours any more. */
	if (!rvdev->waits && rvdev->link_state == AMP_LINK_UP)
		vq_set_no_notify(rvdev->out, true, driver);
	return status;
}

#endif /* AMP_RPMSG_WAITING_H */
