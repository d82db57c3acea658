/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file condition.h
 * @brief Linux: POSIX condition variables.
 */
#ifndef METAL_PORT_CONDITION_H
#define METAL_PORT_CONDITION_H

#include <pthread.h>

struct metal_condition {
	pthread_cond_t cond;
};

#define METAL_CONDITION_INIT             \
	{                                \
		PTHREAD_COND_INITIALIZER \
	}

#endif /* METAL_PORT_CONDITION_H */
