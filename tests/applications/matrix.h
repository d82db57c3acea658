/* SPDX-License-Identifier: BSD-3-Clause */
/* What travels between matrix_test and matrix. */
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
	memset(r, 0, sizeof(*r));
	r->size = m->size;
	for (unsigned int i = 0; i < m->size; i++)
		for (unsigned int j = 0; j < n->size; j++)
			for (unsigned int k = 0; k < r->size; k++)
				r->elements[i][j] += m->elements[i][k] * n->elements[k][j];
}

#endif /* MATRIX_H */
