// SPDX-License-Identifier: BSD-3-Clause
/* matrix_test: has matrix multiply, and does it again itself. */
#include "matrix.h"

#ifndef APP_ROLE
#define APP_ROLE RPMSG_HOST
#endif

#define SERVICE_NAME "app-matrix"
#define PRODUCTS     200
#define SEED         20

static struct rpmsg_endpoint lept;
static struct matrix i_matrix[2], e_matrix;
static unsigned int received, err_cnt;

static int receive_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len != sizeof(e_matrix) || memcmp(data, &e_matrix, len)) {
		LPERROR("product %u of %u bytes is wrong\n", received, len);
		err_cnt++;
	}
	received++;
	return RPMSG_SUCCESS;
}

static void generate_matrices(void)
{
	for (unsigned int n = 0; n < 2; n++) {
		i_matrix[n].size = MAX_SIZE;
		for (unsigned int i = 0; i < MAX_SIZE; i++)
			for (unsigned int j = 0; j < MAX_SIZE; j++)
				i_matrix[n].elements[i][j] = rand() & 0xff;
	}
}

static int run(void)
{
	LPRINTF("seed %d\n", SEED);
	srand(SEED);
	for (unsigned int num = 0; num < PRODUCTS; num++) {
		generate_matrices();
		matrix_multiply(&i_matrix[0], &i_matrix[1], &e_matrix);
		if (rpmsg_send(&lept, i_matrix, sizeof(i_matrix)) < 0) {
			LPERROR("matrices %u cannot be sent\n", num);
			return -1;
		}
		while (received == num) {
			if (machine_wait())
				return -1;
		}
	}
	LPRINTF("%u products, %u wrong\n", received, err_cnt);
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
