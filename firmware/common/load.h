/* SPDX-License-Identifier: BSD-3-Clause */
/* How busy the main loop is. */
#ifndef AMP_FIRMWARE_LOAD_H
#define AMP_FIRMWARE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#define AMP_LOAD_WINDOW_MS 1000u

struct amp_load {
	uint64_t window_start; /* cycles */
	uint64_t slept;        /* cycles within the window */
	uint32_t permille;     /* of the last complete window */
};

/**
 * To be called once per turn of the main loop.
 *
 * @param now     cycles since start
 * @param slept   cycles of this turn that were spent asleep
 * @param window  cycles over which to average
 * @return true if a window is complete: there is a new average
 */
bool amp_load_turn(struct amp_load *load, uint64_t now, uint32_t slept, uint64_t window);

#endif
