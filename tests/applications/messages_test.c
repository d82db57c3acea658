// SPDX-License-Identifier: BSD-3-Clause
/*
 * messages_test: has messages make endpoints and take them away, in every order, and talks to each; takes away its own
 * first, too; and counts what each function that sends has sent.
 */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DRIVER
#endif

#define SERVICE_NAME "app-messages"
#define SUB_NAME     "app-sub-"
#define SUBS         8
#define ROUNDS       40

static struct rpmsg_endpoint lept, sub[SUBS];
static int is_open[SUBS];
static unsigned int received, echoed, opened, closed, err_cnt;

static int receive_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len != 6 || memcmp(data, "send 0", len))
		err_cnt++;
	received++;
	return RPMSG_SUCCESS;
}

static int sub_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	if (len != strlen(ept->name) || memcmp(data, ept->name, len) || src != ept->dest_addr)
		err_cnt++;
	echoed++;
	return RPMSG_SUCCESS;
}

static void sub_unbind_cb(struct rpmsg_endpoint *ept)
{
	unsigned int n = ept - sub;

	rpmsg_destroy_ept(ept);
	is_open[n] = 0;
	closed++;
}

static void bind_cb(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	unsigned int n = name[strlen(name) - 1] - '0';

	if (strncmp(name, SUB_NAME, strlen(SUB_NAME)) || n >= SUBS || is_open[n]) {
		LPERROR("unexpected name service %s at 0x%x\n", name, dest);
		err_cnt++;
		return;
	}
	if (rpmsg_create_ept(&sub[n], rdev, name, RPMSG_ADDR_ANY, dest, sub_cb, sub_unbind_cb)) {
		err_cnt++;
		return;
	}
	is_open[n] = 1;
	opened++;
}

static int command(const char *what, unsigned int n)
{
	char text[RPMSG_NAME_SIZE];
	int len = snprintf(text, sizeof(text), "%s %u", what, n);

	return rpmsg_send(&lept, text, len) == len ? 0 : -1;
}

static int wait_for(unsigned int *count, unsigned int value)
{
	while (*count < value) {
		if (err_cnt || machine_wait())
			return -1;
	}
	return 0;
}

static int send_functions(void)
{
	for (unsigned int i = 1; i <= ROUNDS; i++) {
		if (command("send", 0) || wait_for(&received, i * 6))
			return -1;
	}
	LPRINTF("%u messages by six functions\n", received);
	return 0;
}

/* Open all, talk to each, close all: those of odd numbers from here. */
static int endpoints(void)
{
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		for (unsigned int n = 0; n < SUBS; n++) {
			if (command("open", (n * 5 + round) % SUBS))
				return -1;
		}
		if (wait_for(&opened, round * SUBS))
			return -1;
		for (unsigned int n = 0; n < SUBS; n++) {
			if (rpmsg_send(&sub[n], sub[n].name, strlen(sub[n].name)) < 0)
				return -1;
		}
		if (wait_for(&echoed, round * SUBS))
			return -1;
		for (unsigned int n = 0; n < SUBS; n += 2) {
			if (command("close", n))
				return -1;
		}
		for (unsigned int n = 1; n < SUBS; n += 2) {
			rpmsg_destroy_ept(&sub[n]);
			is_open[n] = 0;
		}
		if (wait_for(&closed, round * SUBS / 2))
			return -1;
	}
	LPRINTF("%u endpoints opened, %u messages to them, %u closed by the other side\n", opened, echoed, closed);
	return 0;
}

/* An address belongs to one endpoint, and to the next one when that has gone. */
static int addresses(struct rpmsg_device *rdev)
{
	struct rpmsg_endpoint a, b;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	if (rpmsg_create_ept(&a, rdev, "", 77, 78, sub_cb, NULL) ||
	    rpmsg_create_ept(&b, rdev, "", 77, 78, sub_cb, NULL) != RPMSG_ERR_ADDR)
		return -1;
	rpmsg_destroy_ept(&a);
	if (rpmsg_create_ept(&b, rdev, "", 77, 78, sub_cb, NULL))
		return -1;
	rpmsg_destroy_ept(&b);
	return 0;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, bind_cb);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, receive_cb, NULL);
	while (!status && !is_rpmsg_ept_ready(&lept))
		status = machine_wait();
	if (!status)
		status = addresses(rdev);
	if (!status)
		status = send_functions();
	if (!status)
		status = endpoints();
	if (err_cnt)
		LPERROR("%u errors\n", err_cnt);
	rpmsg_destroy_ept(&lept);
	machine_end();
	return status || err_cnt ? EXIT_FAILURE : EXIT_SUCCESS;
}
