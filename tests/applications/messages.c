// SPDX-License-Identifier: BSD-3-Clause
/*
 * messages: makes endpoints when it is told to, and takes them away again.
 *
 *     "open N"    an endpoint app-sub-N, which sends back what comes
 *     "close N"   it goes
 *     "send N"    the same text, by each function that sends, to the sender
 */
#include "machine.h"

#ifndef APP_ROLE
#define APP_ROLE VIRTIO_DEV_DEVICE
#endif

#define SERVICE_NAME "app-messages"
#define SUB_NAME     "app-sub-"
#define SUBS         8

static struct rpmsg_device *rpdev;
static struct rpmsg_endpoint lept, sub[SUBS];
static int is_open[SUBS];
static int shutdown_req, err_cnt;

static int sub_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	if (rpmsg_sendto(ept, data, len, src) < 0)
		err_cnt++;
	return RPMSG_SUCCESS;
}

static void sub_unbind_cb(struct rpmsg_endpoint *ept)
{
	unsigned int n = ept - sub;

	rpmsg_destroy_ept(ept);
	is_open[n] = 0;
}

static int open_sub(unsigned int n)
{
	char name[RPMSG_NAME_SIZE] = SUB_NAME;

	name[strlen(SUB_NAME)] = '0' + n;
	name[strlen(SUB_NAME) + 1] = '\0';
	if (rpmsg_create_ept(&sub[n], rpdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, sub_cb, sub_unbind_cb)) {
		LPERROR("no endpoint %s\n", name);
		return -1;
	}
	is_open[n] = 1;
	return 0;
}

/* Every function that sends. All but the first name the address that it goes to. */
static int send_in_all_ways(struct rpmsg_endpoint *ept, const char *text, int len, uint32_t dst)
{
	int ret = 0;

	ret |= rpmsg_send(ept, text, len) != len;
	ret |= rpmsg_sendto(ept, text, len, dst) != len;
	ret |= rpmsg_send_offchannel(ept, ept->addr, dst, text, len) != len;
	ret |= rpmsg_trysend(ept, text, len) != len;
	ret |= rpmsg_trysendto(ept, text, len, dst) != len;
	ret |= rpmsg_trysend_offchannel(ept, ept->addr, dst, text, len) != len;
	return ret ? -1 : 0;
}

static int command_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	char text[16] = "";
	unsigned int n;
	int ret = -1;

	(void)priv;
	memcpy(text, data, metal_min(len, sizeof(text) - 1));
	n = text[0] && text[len - 1] >= '0' ? text[len - 1] - '0' : SUBS;
	if (strcmp(text, SHUTDOWN_MSG) == 0)
		ret = shutdown_req = 1;
	else if (strncmp(text, "open ", 5) == 0 && n < SUBS && !is_open[n])
		ret = open_sub(n);
	else if (strncmp(text, "send ", 5) == 0)
		ret = send_in_all_ways(ept, text, len, src);
	else if (strncmp(text, "close ", 6) == 0 && n < SUBS && is_open[n]) {
		rpmsg_destroy_ept(&sub[n]);
		ret = is_open[n] = 0;
	}
	if (ret < 0) {
		LPERROR("'%s' cannot be done\n", text);
		err_cnt++;
	}
	return RPMSG_SUCCESS;
}

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	(void)ept;
	shutdown_req = 1;
}

int main(int argc, char *argv[])
{
	int status;

	rpdev = machine_start(argc, argv, APP_ROLE, NULL);
	if (!rpdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rpdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, command_cb, unbind_cb);
	while (!status && !shutdown_req)
		status = machine_wait();
	for (unsigned int n = 0; n < SUBS; n++) {
		if (is_open[n])
			LPRINTF("%s is still open\n", sub[n].name);
	}
	/* What the application leaves, the end of the link takes away. */
	machine_end();
	return shutdown_req && !err_cnt ? EXIT_SUCCESS : EXIT_FAILURE;
}
