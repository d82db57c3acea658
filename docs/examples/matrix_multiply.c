// SPDX-License-Identifier: GPL-2.0-only
/*
 * matrix_multiply: work for the remote.
 *
 * The host sends two matrices in one message, the remote multiplies them and sends the product, the host compares. What
 * stands in a message is agreed on by both: fixed-width integers, no pointers, no padding.
 */
#include "common/platform.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SIZE   6
#define ROUNDS 100

struct matrix {
	int32_t cell[SIZE][SIZE];
};

struct task {
	struct matrix a, b;
};

static void multiply(const struct task *task, struct matrix *product)
{
	memset(product, 0, sizeof(*product));
	for (unsigned int row = 0; row < SIZE; row++) {
		for (unsigned int col = 0; col < SIZE; col++) {
			for (unsigned int i = 0; i < SIZE; i++)
				product->cell[row][col] += task->a.cell[row][i] * task->b.cell[i][col];
		}
	}
}

/* ------------------------------------------------------------------ remote */

static int work(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct matrix product;
	struct task task;

	(void)priv;
	if (len != sizeof(task)) {
		fprintf(stderr, "remote: a task of %zu bytes, expected %zu: ignored\n", len, sizeof(task));
		return RPMSG_SUCCESS;
	}
	memcpy(&task, data, sizeof(task));
	multiply(&task, &product);
	rpmsg_sendto(ept, &product, sizeof(product), src);
	return RPMSG_SUCCESS;
}

static int remote(struct platform *p)
{
	return platform_serve(p, "matrix", work);
}

/* ------------------------------------------------------------------ host */

static struct matrix result;
static unsigned int results;

static int result_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	if (len == sizeof(result)) {
		memcpy(&result, data, sizeof(result));
		results++;
	}
	return RPMSG_SUCCESS;
}

/* Any numbers will do. */
static void fill(struct matrix *matrix)
{
	static uint32_t number;

	for (unsigned int i = 0; i < SIZE * SIZE; i++) {
		number = number * 1664525 + 1013904223;
		matrix->cell[i / SIZE][i % SIZE] = (int)(number >> 16) % 100 - 50;
	}
}

static void print(const char *title, const struct matrix *matrix)
{
	printf("%s\n", title);
	for (unsigned int row = 0; row < SIZE; row++) {
		for (unsigned int col = 0; col < SIZE; col++)
			printf(" %6d", matrix->cell[row][col]);
		printf("\n");
	}
}

static int host(struct platform *p)
{
	static struct rpmsg_endpoint ept;
	struct matrix expected;
	struct task task;

	if (!platform_connect(p, &ept, "matrix", result_came))
		return 1;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		fill(&task.a);
		fill(&task.b);
		if (rpmsg_send(&ept, &task, sizeof(task)) < 0 || !platform_wait_for(p, &results, i + 1))
			return 1;
		multiply(&task, &expected);
		if (memcmp(&result, &expected, sizeof(result)) != 0) {
			print("host: the remote's product is wrong:", &result);
			return 1;
		}
	}
	print("host: the last product:", &result);
	printf("host: %u products, all right\n", results);
	return 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, remote);
}
