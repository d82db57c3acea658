// SPDX-License-Identifier: BSD-3-Clause
/* echo_test: messages of every size to echo, each compared with what comes back. */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DRIVER
#endif

#define SERVICE_NAME "app-echo"

struct payload {
	unsigned long num;
	unsigned long size;
	unsigned char data[];
};

#define PAYLOAD_MIN_SIZE 1

static struct rpmsg_endpoint lept;
static struct payload *i_payload;
static int rnum;
static int err_cnt;
static int ept_created;

static int endpoint_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct payload *r_payload = data;

	(void)ept;
	(void)src;
	(void)priv;
	if (len != sizeof(*r_payload) + r_payload->size || r_payload->size == 0) {
		LPERROR("a message of %d bytes says that it has %lu\n", (int)len, r_payload->size);
		err_cnt++;
		return -1;
	}
	for (unsigned int i = 0; i < r_payload->size; i++) {
		if (r_payload->data[i] != (unsigned char)(0xa5 + r_payload->num)) {
			LPERROR("message %lu is wrong at byte %u\n", r_payload->num, i);
			err_cnt++;
			break;
		}
	}
	rnum = r_payload->num + 1;
	return RPMSG_SUCCESS;
}

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	(void)ept;
	LPERROR("the service has gone\n");
	err_cnt++;
}

static void name_service_bind_cb(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	LPRINTF("new endpoint notification: %s at 0x%x\n", name, dest);
	if (strcmp(name, SERVICE_NAME))
		LPERROR("unexpected name service %s\n", name);
	else if (rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, dest, endpoint_cb, unbind_cb))
		LPERROR("no endpoint\n");
	else
		ept_created = 1;
}

static int run(void)
{
	unsigned long max_size, num = 0;

	while (!ept_created) {
		if (machine_wait())
			return -1;
	}
	max_size = rpmsg_get_tx_buffer_size(&lept) - sizeof(struct payload);
	i_payload = metal_allocate_memory(sizeof(struct payload) + max_size);
	if (!i_payload) {
		LPERROR("no memory\n");
		return -1;
	}
	for (unsigned long size = PAYLOAD_MIN_SIZE; size <= max_size; size++, num++) {
		i_payload->num = num;
		i_payload->size = size;
		memset(i_payload->data, 0xa5 + num, size);
		if (rpmsg_send(&lept, i_payload, sizeof(*i_payload) + size) < 0) {
			LPERROR("message %lu of %lu bytes cannot be sent\n", num, size);
			return -1;
		}
		while (rnum <= (int)num && !err_cnt) {
			if (machine_wait())
				return -1;
		}
		if (err_cnt)
			return -1;
	}
	LPRINTF("%lu messages of up to %lu bytes, error count = %d\n", num, max_size, err_cnt);
	return 0;
}

int main(int argc, char *argv[])
{
	int status = -1;

	if (machine_start(argc, argv, APP_ROLE, name_service_bind_cb)) {
		status = run();
		metal_free_memory(i_payload);
		/* The other side hears of it, and ends as well. */
		rpmsg_destroy_ept(&lept);
		machine_end();
	}
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
