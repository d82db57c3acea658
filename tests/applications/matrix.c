// SPDX-License-Identifier: BSD-3-Clause
/* matrix: multiplies pairs of matrices that come in one message. */
#include "matrix.h"

#ifndef APP_ROLE
#define APP_ROLE RPMSG_REMOTE
#endif

#define SERVICE_NAME "app-matrix"

static struct rpmsg_endpoint lept;
static int shutdown_req;

static int receive_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	static struct matrix matrix_array[2], result;

	(void)priv;
	if (len == strlen(SHUTDOWN_MSG) && memcmp(data, SHUTDOWN_MSG, len) == 0) {
		shutdown_req = 1;
		return RPMSG_SUCCESS;
	}
	if (len != sizeof(matrix_array)) {
		LPERROR("%d bytes are not two matrices of %lu\n", (int)len, (unsigned long)sizeof(matrix_array[0]));
		return RPMSG_SUCCESS;
	}
	/* Another core may write to the message while we look at it. */
	memcpy(matrix_array, data, len);
	if (matrix_array[0].size > MAX_SIZE || matrix_array[1].size != matrix_array[0].size) {
		LPERROR("matrices of size %u and %u\n", matrix_array[0].size, matrix_array[1].size);
		return RPMSG_SUCCESS;
	}
	matrix_multiply(&matrix_array[0], &matrix_array[1], &result);
	if (rpmsg_sendto(ept, &result, sizeof(result), src) < 0)
		LPERROR("the product cannot be sent\n");
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
	while (!status && !shutdown_req)
		status = machine_wait();
	rpmsg_destroy_ept(&lept);
	machine_end();
	return shutdown_req ? EXIT_SUCCESS : EXIT_FAILURE;
}
