// SPDX-License-Identifier: BSD-3-Clause
/*
 * flood_ping: as many messages to echo as there are buffers, all the time. Each comes back once; not always in order,
 * since echo answers in its callback, which may be called again while it waits for a buffer.
 */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE RPMSG_HOST
#endif

#define SERVICE_NAME "app-echo"
#define PINGS        30000u

static struct rpmsg_endpoint lept;
static unsigned int sent, received, full, wrong;
static unsigned char is_back[PINGS];

static int pong_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	unsigned int number = PINGS;

	(void)ept;
	(void)src;
	(void)priv;
	if (len >= sizeof(number))
		memcpy(&number, data, sizeof(number));
	if (number >= sent || is_back[number]++)
		wrong++;
	received++;
	return RPMSG_SUCCESS;
}

static int flood(void)
{
	static unsigned int message[32];
	int ret;

	while (received < PINGS) {
		while (sent < PINGS) {
			message[0] = sent;
			ret = rpmsg_trysend(&lept, message, sizeof(sent) + sent % (sizeof(message) - sizeof(sent)));
			if (ret == RPMSG_ERR_NO_BUFF) {
				full++;
				break;
			}
			if (ret < 0) {
				LPERROR("ping %u: %d\n", sent, ret);
				return -1;
			}
			sent++;
		}
		if (machine_wait())
			return -1;
	}
	LPRINTF("%u pings sent, %u received, %u wrong or twice, %u times all buffers were under way\n", sent, received,
	        wrong, full);
	return wrong || !full ? -1 : 0;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, pong_cb, NULL);
	while (!status && !is_rpmsg_ept_ready(&lept))
		status = machine_wait();
	if (!status)
		status = flood();
	rpmsg_destroy_ept(&lept);
	machine_end();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
