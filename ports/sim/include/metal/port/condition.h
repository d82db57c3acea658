/* SPDX-License-Identifier: BSD-3-Clause */
/* Simulator: a condition counts its signals. */
#ifndef METAL_PORT_CONDITION_H
#define METAL_PORT_CONDITION_H

struct metal_condition {
	unsigned int signals; /**< grows with every signal */
};

#define METAL_CONDITION_INIT \
	{                    \
		0            \
	}

#endif /* METAL_PORT_CONDITION_H */
