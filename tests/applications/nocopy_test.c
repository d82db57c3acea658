// SPDX-License-Identifier: BSD-3-Clause
/* nocopy_test: messages written and read in shared memory, several at a time, to nocopy_echo and back. */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DRIVER
#endif

#define SERVICE_NAME "app-nocopy"
#define ROUNDS       500
#define AT_ONCE      3 /* less than nocopy_echo holds */

static struct rpmsg_endpoint lept;
static unsigned int received;
static int err_cnt;

static unsigned char expected(unsigned int number, size_t at)
{
	return number * 7 + at;
}

static int receive_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	unsigned char *bytes = data;

	(void)ept;
	(void)src;
	(void)priv;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != expected(received, i)) {
			LPERROR("message %u is wrong at byte %zu\n", received, i);
			err_cnt++;
			break;
		}
	}
	received++;
	return RPMSG_SUCCESS;
}

static int send_one(unsigned int number)
{
	uint32_t room, len;
	unsigned char *buf = rpmsg_get_tx_payload_buffer(&lept, &room, 1);
	int ret;

	if (!buf) {
		LPERROR("no buffer for message %u\n", number);
		return -1;
	}
	if (number % 50 == 49) {
		/* One that is not sent after all. */
		if (rpmsg_release_tx_buffer(&lept, buf) != RPMSG_SUCCESS)
			return -1;
		buf = rpmsg_get_tx_payload_buffer(&lept, &room, 1);
		if (!buf)
			return -1;
	}
	len = number % room + 1;
	for (uint32_t i = 0; i < len; i++)
		buf[i] = expected(number, i);
	ret = rpmsg_send_nocopy(&lept, buf, len);
	if (ret != (int)len)
		LPERROR("message %u of %u bytes: %d\n", number, len, ret);
	return ret == (int)len ? 0 : -1;
}

static int run(void)
{
	unsigned int number = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < AT_ONCE; i++) {
			if (send_one(number++))
				return -1;
		}
		while (received < number) {
			if (machine_wait())
				return -1;
		}
	}
	LPRINTF("%u messages without a copy, %d wrong\n", received, err_cnt);
	return err_cnt ? -1 : 0;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, receive_cb, NULL);
	while (!status && !is_rpmsg_ept_ready(&lept))
		status = machine_wait();
	if (!status)
		status = run();
	rpmsg_destroy_ept(&lept);
	machine_end();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
