/* SPDX-License-Identifier: BSD-3-Clause */
/* Bare metal, one context: nothing to exclude. */
#ifndef METAL_PORT_SPINLOCK_H
#define METAL_PORT_SPINLOCK_H

#ifdef __cplusplus
extern "C" {
#endif

struct metal_spinlock {
	char unused;
};

#define METAL_SPINLOCK_INIT \
	{                   \
		0           \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	(void)slock;
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	(void)slock;
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	(void)slock;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SPINLOCK_H */
