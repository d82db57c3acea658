/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file time.h
 * @brief The clock.
 */
#ifndef METAL_TIME_H
#define METAL_TIME_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Nanoseconds since an arbitrary start; never goes back, is not the time of day.
 *
 * Linux: CLOCK_MONOTONIC. Bare metal: a weak function that returns 0, which stands for "no clock"; a board with a clock
 * defines its own, which never returns 0.
 *
 * Context: any. Does not block.
 */
unsigned long long metal_get_timestamp(void);

#ifdef __cplusplus
}
#endif

#endif /* METAL_TIME_H */
