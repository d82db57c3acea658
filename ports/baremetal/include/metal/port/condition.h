/* SPDX-License-Identifier: BSD-3-Clause */
/* Bare metal: a condition counts its signals. */
#ifndef METAL_PORT_CONDITION_H
#define METAL_PORT_CONDITION_H

#include <metal/atomic.h>

struct metal_condition {
	atomic_uint signals; /**< grows with every signal */
};

#define METAL_CONDITION_INIT \
	{                    \
		0            \
	}

#endif /* METAL_PORT_CONDITION_H */
