// SPDX-License-Identifier: GPL-2.0-only
/*
 * restart: either side may restart at any time. What each has to do about it.
 *
 *     the host takes the link down and up     the remote's link is lost: it brings up a new one, and announces again
 *     the remote dies                         the host's link is lost: it switches the core off and on, and connects
 * again
 *
 * A lost link stays lost: sends say RPMSG_ERR_DEV_STATE, nothing is received, and nothing of the old life can turn up
 * in the new one. The way out is always the same: link down, link up.
 */
#include "common/platform.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ remote */

static int send_back(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	rpmsg_sendto(ept, data, (int)len, src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	char name[RPMSG_NAME_SIZE];

	/* It returns when the link is lost, and has taken it down. What the remote knows stays: it counts its links. */
	for (unsigned int life = 1;; life++) {
		snprintf(name, sizeof(name), "life-%u", life);
		if (platform_serve(p, name, send_back))
			return 1;
	}
}

/* ------------------------------------------------------------------ host */

static struct rpmsg_endpoint ept;
static unsigned int connected, answers;

static int answer_came(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	printf("host: \"%s\" answers\n", from->name);
	answers++;
	return RPMSG_SUCCESS;
}

static void service_came(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	if (!rpmsg_create_ept(&ept, rdev, name, RPMSG_ADDR_ANY, addr, answer_came, NULL))
		connected++;
}

/* Bring up a link, and talk once. */
static bool talk(struct platform *p)
{
	connected = 0;
	answers = 0;
	if (!platform_link_up(p, service_came) || !platform_wait_for(p, &connected, 1))
		return false;
	return rpmsg_send(&ept, "hello", 5) == 5 && platform_wait_for(p, &answers, 1);
}

static void link_lost(struct rpmsg_virtio_device *link, int reason, void *arg)
{
	(void)link;
	(void)arg;
	/* Only a note of it: this can be called from the middle of a send. */
	printf("host: link lost: %s\n", amp_link_reason_text(reason));
}

static int host(struct platform *p)
{
	int status;

	if (platform_boot(p) || !talk(p))
		return 1;

	printf("host: taking the link down and up\n");
	platform_link_down(p);
	if (!talk(p))
		return 1;

	printf("host: killing the remote\n");
	amp_rpmsg_set_link_cb(&p->link, link_lost, NULL);
	kill(p->process, SIGKILL);
	do {
		status = platform_wait(p, PLATFORM_PATIENCE);
	} while (status == 1);
	if (status != RPMSG_ERR_DEV_STATE)
		return 1;
	printf("host: a send now: %s\n", amp_strerror(rpmsg_send(&ept, "hello", 5)));

	printf("host: switching the core off and on\n");
	platform_off(p);
	if (platform_boot(p) || !talk(p))
		return 1;
	printf("host: all links worked\n");
	return 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
