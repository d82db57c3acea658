// SPDX-License-Identifier: BSD-3-Clause
/* files_server: has files, and does with them what the core without files asks for, until it says that it ends. */
#include "machine.h"

#include <openamp/rpmsg_retarget.h>

#ifndef APP_ROLE
#define APP_ROLE RPMSG_HOST
#endif

#define SERVICE_NAME "app-files"

static struct rpmsg_endpoint lept;
static int shutdown_req, err_cnt;

/* Requests and answers are the same structure, with data behind it. */
static unsigned char proxy_buf[RPMSG_BUFFER_SIZE];

static int handle(struct rpmsg_rpc_syscall *syscall, char *data, size_t room)
{
	struct rpmsg_rpc_syscall_header *args = &syscall->args;
	int ret = -1;

	switch (syscall->id) {
	case OPEN_SYSCALL_ID:
		ret = open(data, args->int_field1, args->int_field2);
		break;
	case CLOSE_SYSCALL_ID:
		ret = close(args->int_field1);
		break;
	case WRITE_SYSCALL_ID:
		ret = write(args->int_field1, data, args->data_len);
		break;
	case READ_SYSCALL_ID:
		ret = read(args->int_field1, data, metal_min((size_t)args->int_field2, room));
		break;
	case TERM_SYSCALL_ID:
		LPRINTF("the other side ends\n");
		shutdown_req = 1;
		return 0;
	default:
		LPERROR("there is no call %lu\n", (unsigned long)syscall->id);
		err_cnt++;
		break;
	}
	args->int_field1 = ret;
	args->int_field2 = ret < 0 ? errno : 0;
	args->data_len = syscall->id == READ_SYSCALL_ID && ret > 0 ? ret : 0;
	return sizeof(*syscall) + args->data_len;
}

static int request_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_syscall *syscall = (struct rpmsg_rpc_syscall *)proxy_buf;
	int answer;

	(void)priv;
	if (len < sizeof(*syscall) || len >= sizeof(proxy_buf)) {
		err_cnt++;
		return RPMSG_SUCCESS;
	}
	memcpy(proxy_buf, data, len);
	proxy_buf[len] = '\0';
	answer = handle(syscall, (char *)(syscall + 1), rpmsg_get_tx_buffer_size(ept) - sizeof(*syscall));
	if (answer && rpmsg_sendto(ept, proxy_buf, answer, src) < 0)
		err_cnt++;
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
	status = rpmsg_create_ept(&lept, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, request_cb, unbind_cb);
	while (!status && !shutdown_req)
		status = machine_wait();
	rpmsg_destroy_ept(&lept);
	machine_end();
	return shutdown_req && !err_cnt ? EXIT_SUCCESS : EXIT_FAILURE;
}
