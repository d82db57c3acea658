// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the relay, the SoC's power and reset controller: written into shared memory,
 * announced by a doorbell, answered the same way (WIRE.md, "Mailbox").
 */

#include <linux/jiffies.h>
#include <linux/sched/clock.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

/*
 * How long to wait for an answer. The relay has time-outs of its own for the start and stop of a
 * core, and answers when they expire; this one is for a relay that does not answer at all. The wait
 * is cut into slices, and after each the doorbell is rung again: a lost interrupt, in either
 * direction, costs a slice and not the request.
 */
#define ANSWER_SLICES	20
#define ANSWER_SLICE_MS 500

static const char * const request_names[] = {
	[AMP_REQ_RESET] = "reset",
	[AMP_REQ_START] = "start",
	[AMP_REQ_STOP] = "stop",
	[AMP_REQ_ATTACH] = "attach to",
	[AMP_REQ_DETACH] = "detach from",
	[AMP_REQ_SUSPEND] = "suspend",
	[AMP_REQ_RESUME] = "resume",
};

/**
 * amp_ring() - ring one of the relay's doorbells
 * @core: the core
 * @vector: AMP_VECTOR_CONTROL or AMP_VECTOR_NOTIFY(id)
 *
 * writel() makes what was written to shared memory before visible before the ring.
 *
 * Context: any.
 */
void amp_ring(struct amp_core *core, unsigned int vector)
{
	writel(AMP_IVSHMEM_RELAY_ID << 16 | vector, core->regs + REG_DOORBELL);
}

/**
 * amp_ring_all() - kick all queues of a core: it shall look at the status of its devices
 * @core: the core
 *
 * Context: any.
 */
void amp_ring_all(struct amp_core *core)
{
	unsigned int i;

	for (i = 0; i < core->soc.notify_ids; i++)
		amp_ring(core, AMP_VECTOR_NOTIFY(i));
}

/*
 * Writes the whole of our section. A core that went mad may have written anywhere in it, for
 * example over mem_pa, without which no later life gets a link. While the core is off, nobody but
 * us writes there.
 */
static void say(struct amp_core *core)
{
	const struct amp_host *said = &core->said;
	struct amp_host *host = core->host;

	WRITE_ONCE(host->mem_pa, said->mem_pa);
	WRITE_ONCE(host->state, said->state);
	WRITE_ONCE(host->epoch, said->epoch);
	WRITE_ONCE(host->op, said->op);
	WRITE_ONCE(host->arg, said->arg);
	WRITE_ONCE(host->report_ack, READ_ONCE(said->report_ack));
	memcpy(host->firmware, said->firmware, sizeof(host->firmware));
	WRITE_ONCE(host->staged, said->staged);
	WRITE_ONCE(host->signature_size, said->signature_size);
	memset(host->reserved, 0, sizeof(host->reserved));
	/* Not 0: from now on we can be asked. */
	WRITE_ONCE(host->clock.ns, local_clock());
	/* A relay that looks now must not see the new number with the old request. */
	dma_wmb();
	WRITE_ONCE(host->req_seq, said->req_seq);
}

/*
 * While the core is on it can write resp_seq and resp_status, and so answer a request in the
 * relay's place. It harms nobody but itself:
 *
 * - START: the relay answers before the firmware runs, so only the firmware that is being started
 *   could forge this answer.
 * - STOP: a forged answer is believed. The core's memory may then be loaded while it still runs,
 *   until the relay has stopped it, which it does in any case. A start that comes too early is
 *   refused with AMP_EBUSY.
 * - An answer that the core overwrites is lost until the relay has powered it off and writes the
 *   answer again: the request takes as long as one without an answer.
 */
static bool is_answered(const struct amp_core *core, u32 seq)
{
	return READ_ONCE(core->relay->resp_seq) == seq;
}

static bool wait_for_answer(struct amp_core *core, u32 seq)
{
	int i;

	for (i = 0; i < ANSWER_SLICES; i++) {
		if (wait_event_timeout(core->answered, is_answered(core, seq),
				       msecs_to_jiffies(ANSWER_SLICE_MS)))
			return true;
		say(core);
		amp_ring(core, AMP_VECTOR_CONTROL);
	}
	return is_answered(core, seq);
}

static int answer_to_errno(struct amp_core *core, enum amp_request op)
{
	char text[AMP_TEXT_LEN];
	u32 status;

	/* The relay stores the number last. Having seen it, we may read the rest of the answer. */
	dma_rmb();
	status = READ_ONCE(core->relay->resp_status);
	if (status == AMP_OK)
		return 0;

	amp_copy_text(text, core->relay->resp_text, sizeof(text));
	dev_err(core->dev, "%s: the relay refused to %s the core: %s\n", core->soc.core,
		request_names[op], text[0] ? text : "no reason given");
	switch (status) {
	case AMP_EINVAL:
		return -EINVAL;
	case AMP_EBUSY:
		return -EBUSY;
	case AMP_ETIMEDOUT:
		return -ETIMEDOUT;
	case AMP_EPERM:
		return -EPERM;
	case AMP_EKEYREJECTED:
		return -EKEYREJECTED;
	default:
		return -EIO;
	}
}

static int post(struct amp_core *core, enum amp_request op, u64 arg, const char *firmware)
{
	struct amp_host *said = &core->said;

	lockdep_assert_held(&core->mailbox_lock);
	said->op = op;
	said->arg = arg;
	said->staged = op == AMP_REQ_START ? core->staged : 0;
	said->signature_size = op == AMP_REQ_START ? core->signature_size : 0;
	strscpy_pad(said->firmware, firmware, sizeof(said->firmware));
	/* One more than the last answered, or than the last of ours if that went unanswered. */
	said->req_seq++;
	say(core);
	amp_ring(core, AMP_VECTOR_CONTROL);

	core->unanswered = !wait_for_answer(core, said->req_seq);
	if (core->unanswered) {
		dev_err(core->dev,
			"%s: no answer to the request to %s the core: is the relay alive?\n",
			core->soc.core, request_names[op]);
		return -EREMOTEIO;
	}
	return answer_to_errno(core, op);
}

/**
 * amp_mailbox_request() - ask the relay for something, and wait for the answer
 * @core: the core that it is about
 * @op: what to do
 * @arg: argument of @op
 * @firmware: file name for AMP_REQ_START, else ""
 *
 * Context: may sleep, for ANSWER_SLICES * ANSWER_SLICE_MS at most.
 *
 * Return: 0, -EINVAL, -EBUSY, -ETIMEDOUT, -EIO, -EPERM, -EKEYREJECTED as the relay answered,
 * -EREMOTEIO if it did not, -ESHUTDOWN for a start or an attach while the device goes away. A
 * message has been printed, except for the last.
 */
int amp_mailbox_request(struct amp_core *core, enum amp_request op, u64 arg, const char *firmware)
{
	int ret = 0;

	mutex_lock(&core->mailbox_lock);

	/* Tested under the lock, so that no start can follow the last stop. */
	if ((op == AMP_REQ_START || op == AMP_REQ_ATTACH) && READ_ONCE(core->removing)) {
		ret = -ESHUTDOWN;
		goto unlock;
	}
	/* Whether the last request took effect is unknown: begin anew. */
	if (core->unanswered && op != AMP_REQ_RESET) {
		ret = post(core, AMP_REQ_RESET, 0, "");
		if (ret || op == AMP_REQ_STOP)
			goto unlock;
	}
	ret = post(core, op, arg, firmware);

unlock:
	mutex_unlock(&core->mailbox_lock);
	return ret;
}

/**
 * amp_mailbox_can_attach() - is the core on, and nobody's, or that of a Linux which has gone?
 * @core: the core
 *
 * That is but what shared memory says now. The relay decides when it is asked.
 */
bool amp_mailbox_can_attach(const struct amp_core *core)
{
	u32 state = READ_ONCE(core->relay->state);

	return (state == AMP_CORE_RUNNING || state == AMP_CORE_STARTING) &&
	       READ_ONCE(core->relay->host) != AMP_CORE_HOST_RELAY;
}

/**
 * amp_mailbox_greet() - tell the relay that a driver has bound, so that it forgets the one before
 * @core: the core
 * @attach: leave the core on, if a driver before us has not left a request without an answer
 *
 * Return: as amp_mailbox_request().
 */
int amp_mailbox_greet(struct amp_core *core, bool attach)
{
	struct amp_host *said = &core->said;
	u32 answered = READ_ONCE(core->relay->resp_seq);
	int ret;

	said->mem_pa = core->mem_pa;
	said->state = AMP_HOST_ABSENT;
	said->epoch = READ_ONCE(core->host->epoch) + 1;
	/* A driver before us may have left a request without an answer: do not use its number. */
	core->unanswered = READ_ONCE(core->host->req_seq) == answered + 1;
	said->req_seq = core->unanswered ? answered + 1 : answered;

	if (attach && !core->unanswered) {
		said->state = AMP_HOST_BOUND;
		mutex_lock(&core->mailbox_lock);
		say(core);
		mutex_unlock(&core->mailbox_lock);
		return 0;
	}
	ret = amp_mailbox_request(core, AMP_REQ_RESET, 0, "");
	/*
	 * No answer: a core that is on may have written over these numbers, so that the relay took
	 * our request for an old one. The next try has another number.
	 */
	if (ret == -EREMOTEIO)
		ret = amp_mailbox_request(core, AMP_REQ_RESET, 0, "");
	if (ret)
		return ret;
	said->state = AMP_HOST_BOUND;
	WRITE_ONCE(core->host->state, AMP_HOST_BOUND);
	return 0;
}

/**
 * amp_mailbox_leave() - tell the relay that this driver goes
 * @core: the core
 */
void amp_mailbox_leave(struct amp_core *core)
{
	mutex_lock(&core->mailbox_lock);
	core->said.state = AMP_HOST_ABSENT;
	WRITE_ONCE(core->host->state, AMP_HOST_ABSENT);
	mutex_unlock(&core->mailbox_lock);
}

/**
 * amp_mailbox_tell_clock() - tell the relay what the kernel log's clock says, if it has asked
 * @core: the core
 *
 * It reckons with the time between its question and our answer, so the answer is given before
 * anything else.
 *
 * Context: the control interrupt.
 */
void amp_mailbox_tell_clock(struct amp_core *core)
{
	u32 asked = READ_ONCE(core->relay->host_clock_asked);

	if (asked == core->clock_told)
		return;
	core->clock_told = asked;
	WRITE_ONCE(core->host->clock.ns, local_clock());
	/* A relay that saw the number before the time would take an old one for the answer. */
	dma_wmb();
	WRITE_ONCE(core->host->clock.asked, asked);
	amp_ring(core, AMP_VECTOR_CONTROL);
}
