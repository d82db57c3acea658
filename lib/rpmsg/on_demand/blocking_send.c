// SPDX-License-Identifier: BSD-3-Clause
/* Sends that wait for a buffer. Without it announcements do not wait either. */
#include "../../rpmsg/on_demand.h"

#include "../../rpmsg/link.h"
#include "../../rpmsg/name_service.h"
#include "../../rpmsg/short_error.h"

#include <amprelay/link.h>

#include <metal/cpu.h>
#include <metal/time.h>

/* The time that a wait takes, in units of 1024 ns: 32 bits hold an hour of them. */
#define NS_PER_MS    1000000u
#define TICKS_PER_MS 977u
#define LONGEST_MS   2000000u

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len,
                              int wait)
{
	/* With this function a program contains amp_tx_wait(), and so this one waits. */
	return amp_rpmsg_send(ept, src, dst, data, len, wait);
}

void *(rpmsg_get_tx_payload_buffer)(struct rpmsg_endpoint *ept, uint32_t *len, int wait)
{
	return amp_rpmsg_get_tx(ept, len, wait); /* the same */
}

/* A send that waits, on its own stack. */
struct amp_wait {
	struct amp_wait *next;
	uint32_t deadline;
	unsigned int depth; /**< 1: not inside another */
#ifdef METAL_MUTEX_CONTEXT
	uintptr_t context;
#endif
};

/* The clock; where it stands still, or there is none, it goes on with what was waited. */
static __attribute__((__noinline__)) uint32_t now_of(const struct rpmsg_virtio_device *rvdev)
{
	return (uint32_t)(metal_get_timestamp() >> 10) + rvdev->unmeasured;
}

/* Whether a deadline is later than a time. */
static bool is_later(uint32_t deadline, uint32_t time)
{
	return (int32_t)(deadline - time) > 0;
}

/*
 * Wait for a kick, or a millisecond: in a program that handles kicks in the thread that waits here, none can come. The
 * lock is free while it waits. What the clock does not show counts as 1 ms if the application waited, and as 1 us if
 * nobody could.
 */
static int wait_a_little(struct rpmsg_virtio_device *rvdev)
{
	unsigned long long start = metal_get_timestamp();
	uint32_t unmeasured = TICKS_PER_MS;
	int status = RPMSG_EOPNOTSUPP;
	metal_mutex_t *lock = &rvdev->rdev.lock;

	if (rvdev->wait)
		status = rvdev->wait(rvdev);
	if (status == RPMSG_EOPNOTSUPP) {
		status = RPMSG_SUCCESS;
		if (rvdev->link_state == AMP_LINK_UP &&
		    amp_condition_wait_until(&rvdev->sent, lock, start + NS_PER_MS) == -ENOSYS) {
			metal_cpu_yield();
			unmeasured = 1;
		}
	}
	if ((uint32_t)metal_get_timestamp() == (uint32_t)start)
		rvdev->unmeasured += unmeasured;
	return status;
}

/* A send begins to wait: until its time is over, or that of the one that it is inside of. */
static void begin_wait(struct rpmsg_virtio_device *rvdev, struct amp_wait *here, int wait)
{
	struct amp_wait *outer = rvdev->waits;
	uint32_t longest = wait == AMP_WAIT_BRIEFLY ? AMP_RPMSG_DESTROY_TIMEOUT_MS : LONGEST_MS;

	here->next = outer;
	here->depth = 1;
	here->deadline = now_of(rvdev) + metal_min(rvdev->send_timeout_ms, longest) * TICKS_PER_MS;
#ifdef METAL_MUTEX_CONTEXT
	here->context = METAL_MUTEX_CONTEXT();
	while (outer && outer->context != here->context)
		outer = outer->next;
#endif
	if (outer) {
		here->depth += outer->depth;
		if (is_later(here->deadline, outer->deadline))
			here->deadline = outer->deadline;
	}
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
 * Until a buffer is free, the time is over, or the link is lost. Receives meanwhile: if the other side waits for a
 * buffer of ours too, one of the two has to go first; and the kick that ended a wait may have been meant for that
 * queue, of which nobody else hears. The innermost of several does not: one that it is inside of receives again.
 */
AMP_COLD int amp_tx_wait(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait)
{
	bool driver = role_is_driver(rvdev->vdev);
	int status, wait_status = RPMSG_SUCCESS;
	struct amp_wait here;

	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	/* A link that goes down waits for nobody. */
	if (rvdev->rdev.closed)
		return SHORT_ERROR(RPMSG_ERR_NO_BUFF);
	begin_wait(rvdev, &here, wait);
	vq_set_no_notify(rvdev->svq, false, driver);
	for (;;) {
		if (here.depth < AMP_RPMSG_SEND_DEPTH) {
			metal_mutex_release(&rvdev->rdev.lock);
			virtqueue_notification(rvdev->rvq);
			metal_mutex_acquire(&rvdev->rdev.lock);
		}
		/* Between our flag and our look: without the fence a buffer that comes now is neither seen nor kicked
		 * for. */
		AMP_SHARED_FENCE();
		status = amp_tx_take(rvdev, len, false);
		if (wait_status && status == SHORT_ERROR(RPMSG_ERR_NO_BUFF))
			status = wait_status;
		if (status != SHORT_ERROR(RPMSG_ERR_NO_BUFF) || !is_later(here.deadline, now_of(rvdev)))
			break;
		wait_status = wait_a_little(rvdev);
	}
	end_wait(rvdev, &here);
	/* A lost link's ring is not ours any more. */
	if (!rvdev->waits && rvdev->link_state == AMP_LINK_UP)
		vq_set_no_notify(rvdev->svq, true, driver);
	return status;
}

void amp_tx_wake(struct rpmsg_virtio_device *rvdev)
{
	metal_condition_broadcast(&rvdev->sent);
}
