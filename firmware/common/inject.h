/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults on request. */
#ifndef AMP_FIRMWARE_INJECT_H
#define AMP_FIRMWARE_INJECT_H

#include <stdint.h>

/** Commit the fault (enum amp_fault). Returns only for numbers that are no fault. Context: task. */
void amp_inject(uint32_t fault);

#endif
