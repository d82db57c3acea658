// SPDX-License-Identifier: GPL-2.0-only
/*
 * receipts: the remote dies, and the host knows which of its messages it had not taken.
 *
 * A send that succeeded put a message into the ring; whether anybody read it shows later, or never. The host numbers
 * its messages, and sends them with receipts. When the link is lost, one call divides them:
 *
 *     in no list       taken: the callback returned
 *     unknown          the callback may have begun, and may have been cut short: only the application can tell
 *     not taken        no callback saw it, none will: send it again
 */
#include "common/platform.h"

#include <amprelay/receipts.h>

#include <signal.h>
#include <stdio.h>

#define MESSAGES 6
#define DEADLY   3 /* the remote dies in the middle of this one */
#define RING     256

/* ------------------------------------------------------------------ remote */

static int work(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	unsigned int number = *(unsigned char *)data;

	(void)len;
	(void)priv;
	if (number == DEADLY)
		raise(SIGKILL);
	rpmsg_sendto(ept, &number, sizeof(number), src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	return platform_serve(p, "work", work);
}

/* ------------------------------------------------------------------ host */

static struct rpmsg_endpoint ept;
static struct amp_receipts receipts;
static struct amp_receipt_slot slots[RING];
static struct amp_receipt lost[RING];
static unsigned int answers;

static int answer_came(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)from;
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	answers++;
	return RPMSG_SUCCESS;
}

static bool connect_with_receipts(struct platform *p)
{
	return platform_connect(p, &ept, "work", answer_came) &&
	       amp_receipts_open(&receipts, &p->link, slots, RING, 0) == RPMSG_SUCCESS;
}

static bool send_number(uint32_t number)
{
	unsigned char byte = (unsigned char)number;

	return amp_receipts_send(&receipts, &ept, number, &byte, 1, true) == 1;
}

static int host(struct platform *p)
{
	unsigned int again = 0;
	int count, status;

	if (!connect_with_receipts(p))
		return 1;
	for (uint32_t number = 1; number <= MESSAGES; number++)
		if (!send_number(number))
			return 1;
	do {
		status = platform_wait(p, PLATFORM_PATIENCE);
	} while (status == 1);
	if (status != RPMSG_ERR_DEV_STATE)
		return 1;

	/* The remote's process has ended. Without this the call below would wait for it, and then could not be sure. */
	amp_virtio_peer_off(p->vdev);
	count = amp_receipts_collect(&receipts, lost, RING);
	printf("host: sent %u messages, %d did not come back\n", MESSAGES, count);
	for (int i = 0; i < count; i++)
		printf("host: %u %s\n", (unsigned int)lost[i].sequence,
		       lost[i].state == AMP_RECEIPT_NOT_TAKEN ? "was not taken" : "is unknown");

	platform_off(p);
	answers = 0;
	if (!connect_with_receipts(p))
		return 1;
	for (int i = 0; i < count; i++) {
		if (lost[i].state != AMP_RECEIPT_NOT_TAKEN)
			continue;
		if (!send_number(lost[i].sequence))
			return 1;
		again++;
	}
	if (!platform_wait_for(p, &answers, again))
		return 1;
	printf("host: sent %u again, %u answers\n", again, answers);
	return 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
