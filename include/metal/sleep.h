/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file sleep.h
 * @brief Pausing. For delays that hardware asks for; to wait for an event, use metal/condition.h.
 */
#ifndef METAL_SLEEP_H
#define METAL_SLEEP_H

#include <metal/port/libc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Pause for this many microseconds at least.
 *
 * Context: task. Linux blocks the thread; bare metal reads the clock until the time has passed.
 *
 * @return 0; -ENOSYS at once when the board has no clock
 */
int metal_sleep_usec(unsigned int usec);

#ifdef __cplusplus
}
#endif

#endif /* METAL_SLEEP_H */
