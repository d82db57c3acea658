/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bare metal, one context: nobody else can hold it, so there is nothing to do, and nothing is kept.
 *
 * metal_mutex_is_acquired() therefore always says 0, and metal_mutex_try_acquire() always succeeds.
 */
#ifndef METAL_PORT_MUTEX_H
#define METAL_PORT_MUTEX_H

#include <metal/port/board.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Nobody can tell whether it is held. */
#define METAL_MUTEX_IS_NOTHING 1

/** Nobody can signal, but for an interrupt: sleep until one is pending. */
#define METAL_MUTEX_IDLE() amp_board_idle()

typedef struct {
	char unused;
} metal_mutex_t;

#define METAL_MUTEX_INIT(m) \
	{                   \
		0           \
	}

static inline void metal_mutex_init(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline void metal_mutex_deinit(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline int metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	(void)mutex;
	return 1;
}

static inline void metal_mutex_acquire(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline int metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	(void)mutex;
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_MUTEX_H */
