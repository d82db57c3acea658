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
	struct amp_host *host = core->host;

	/* The last one answered and one more, except after a request that never was. */
	core->req_seq++;
	WRITE_ONCE(host->op, op);
	WRITE_ONCE(host->arg, arg);
	strscpy_pad(host->firmware, firmware, sizeof(host->firmware));
	/* A relay that looks now must not find the new number beside the old request. */
	dma_wmb();
	WRITE_ONCE(host->req_seq, core->req_seq);
	amp_ring(core, AMP_VECTOR_CONTROL);

	core->unanswered = !wait_for_answer(core, core->req_seq);
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
