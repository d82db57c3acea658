/* SPDX-License-Identifier: BSD-3-Clause */
/** @file matrix.h @brief What travels between matrix_test and matrix. */
#ifndef MATRIX_H
#define MATRIX_H

#include "machine.h"

#define MAX_SIZE 6

struct matrix {
	uint32_t size;
	uint32_t elements[MAX_SIZE][MAX_SIZE];
};

static inline void matrix_multiply(const struct matrix *m, const struct matrix *n, struct matrix *r)
{
	unsigned int i, j, k;

	memset(r, 0, sizeof(*r));
	r->size = m->size;
	for (i = 0; i < m->size; i++)
		for (j = 0; j < n->size; j++)
			for (k = 0; k < r->size; k++)
				r->elements[i][j] += m->elements[i][k] * n->elements[k][j];
}

#endif /* MATRIX_H */
