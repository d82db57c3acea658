// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the relay, the SoC's power and reset controller: written into shared memory,
 * announced by a doorbell, answered the same way (WIRE.md, "Mailbox").
 */

#include <linux/ctype.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

/*
 * The relay has bounds of its own for what a core takes to start and stop, and answers when they
 * are over; these are for a relay that does not answer at all. A wait is cut into slices, after
 * each of which the doorbell is rung again and the shared memory looked at: one lost interrupt, in
 * either direction, costs a slice and not the request.
 */
#define ANSWER_SLICES	20
#define ANSWER_SLICE_MS 500

static const char * const request_names[] = {
	[AMP_REQ_RESET] = "reset",
	[AMP_REQ_START] = "start",
	[AMP_REQ_STOP] = "stop",
};

/**
 * amp_copy_text() - make text of another party fit to be printed
 * @to: takes the text, terminated and printable
 * @from: @size bytes from the other party, which may lack an end
 * @size: bytes of each
 */
void amp_copy_text(char *to, const char *from, size_t size)
{
	size_t i;

	memcpy(to, from, size);
	to[size - 1] = '\0';
	for (i = 0; to[i]; i++)
		if (!isascii(to[i]) || !isprint(to[i]))
			to[i] = '?';
}

/*
 * Writes the whole of our section. A core that went mad may have written there too, anywhere: over
 * mem_pa, without which no link comes up in any later life. While it is off nobody but us writes.
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
	memset(host->reserved, 0, sizeof(host->reserved));
	/* A relay that looks now must not find the new number beside the old request. */
	dma_wmb();
	WRITE_ONCE(host->req_seq, said->req_seq);
}

/*
 * The core can write resp_seq and resp_status, and so answer a request in the relay's place, while
 * it is on. What it gains is its own next life at most. A START is answered before the firmware
 * runs, or by the firmware that is started. A STOP that the core answers is believed: its memory
 * is loaded while it still runs, for as long as the relay takes to stop it, which it does all the
 * same, and a start that comes too early is refused with AMP_EBUSY. An answer that it overwrites
 * costs the time of a request without an answer, until the relay has powered it off and writes the
 * answer again.
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

	/* The relay stores the number last: once that is seen, the rest of the answer is there. */
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
	default:
		return -EIO;
	}
}

static int post(struct amp_core *core, enum amp_request op, u32 arg, const char *firmware)
{
	struct amp_host *said = &core->said;

	said->op = op;
	said->arg = arg;
	strscpy_pad(said->firmware, firmware, sizeof(said->firmware));
	/* The last one answered and one more, except after a request that never was. */
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
 * Return: 0, -EINVAL, -EBUSY, -ETIMEDOUT, -EIO as the relay answered, -EREMOTEIO if it did not,
 * -ESHUTDOWN for a start while the device goes away. A message has been printed, except for the
 * last.
 */
int amp_mailbox_request(struct amp_core *core, enum amp_request op, u32 arg, const char *firmware)
{
	int ret = 0;

	mutex_lock(&core->mailbox_lock);

	/* Tested under the lock: a start comes either before the last stop or not at all. */
	if (op == AMP_REQ_START && READ_ONCE(core->removing)) {
		ret = -ESHUTDOWN;
		goto unlock;
	}
	/* Nobody knows what has become of a request without an answer: begin anew. */
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
 * amp_mailbox_greet() - introduce this driver's life to the relay, which forgets the one before
 * @core: the core
 *
 * Return: as amp_mailbox_request().
 */
int amp_mailbox_greet(struct amp_core *core)
{
	struct amp_host *said = &core->said;
	u32 answered = READ_ONCE(core->relay->resp_seq);
	int ret;

	said->mem_pa = core->mem_pa;
	said->state = AMP_HOST_ABSENT;
	said->epoch = READ_ONCE(core->host->epoch) + 1;
	/* A driver before us may have left a request without an answer; its number is used up. */
	core->unanswered = READ_ONCE(core->host->req_seq) == answered + 1;
	said->req_seq = core->unanswered ? answered + 1 : answered;

	ret = amp_mailbox_request(core, AMP_REQ_RESET, 0, "");
	/*
	 * A core that is on may have written over these numbers, so that ours was one that the
	 * relay has seen. The next is another.
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
 * amp_mailbox_leave() - this driver is going
 * @core: the core
 */
void amp_mailbox_leave(struct amp_core *core)
{
	mutex_lock(&core->mailbox_lock);
	core->said.state = AMP_HOST_ABSENT;
	WRITE_ONCE(core->host->state, AMP_HOST_ABSENT);
	mutex_unlock(&core->mailbox_lock);
}
