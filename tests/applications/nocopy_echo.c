// SPDX-License-Identifier: BSD-3-Clause
/*
 * nocopy_echo: what comes is held where it is, until the main loop gets round to it; the answer is written straight
 * into the buffer that it is sent in.
 */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DEVICE
#endif

#ifndef SERVICE_NAME
#define SERVICE_NAME "app-nocopy"
#endif

#define MAX_HELD 4

static struct {
	void *data;
	size_t len;
	uint32_t src;
} held[MAX_HELD];

static struct rpmsg_endpoint lept;
static unsigned int first, count;
static int shutdown_req, err_cnt;

/* Answer the oldest one that is held. */
static void answer(void)
{
	void *data = held[first].data, *buf;
	size_t len = held[first].len;
	uint32_t room = 0;

	buf = rpmsg_get_tx_payload_buffer(&lept, &room, 1);
	if (!buf || room < len) {
		LPERROR("no buffer for %u bytes\n", len);
		err_cnt++;
	} else {
		memcpy(buf, data, len);
		if (rpmsg_sendto_nocopy(&lept, buf, len, held[first].src) < 0) {
			LPERROR("cannot be sent\n");
			rpmsg_release_tx_buffer(&lept, buf);
			err_cnt++;
		}
	}
	rpmsg_release_rx_buffer(&lept, data);
	first = (first + 1) % MAX_HELD;
	count--;
}

static int receive_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	unsigned int last;

	(void)priv;
	if (len == strlen(SHUTDOWN_MSG) && memcmp(data, SHUTDOWN_MSG, len) == 0) {
		shutdown_req = 1;
		return RPMSG_SUCCESS;
	}
	if (count == MAX_HELD)
		answer();
	rpmsg_hold_rx_buffer(ept, data);
	last = (first + count++) % MAX_HELD;
	held[last].data = data;
	held[last].len = len;
	held[last].src = src;
	return RPMSG_SUCCESS;
}

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	(void)ept;
	shutdown_req = 1;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, receive_cb, unbind_cb);
	while (!status && !shutdown_req) {
		status = machine_wait();
		while (count)
			answer();
	}
	rpmsg_destroy_ept(&lept);
	machine_end();
	return shutdown_req && !err_cnt ? EXIT_SUCCESS : EXIT_FAILURE;
}
