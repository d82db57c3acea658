/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux: a count of signals, and a futex on it. */
#ifndef METAL_PORT_CONDITION_H
#define METAL_PORT_CONDITION_H

#include <stdint.h>

struct metal_condition {
	uint32_t signals; /**< given so far */
};

#define METAL_CONDITION_INIT \
	{                    \
		0            \
	}

#endif /* METAL_PORT_CONDITION_H */
