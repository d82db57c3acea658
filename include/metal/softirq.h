/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file softirq.h
 * @brief Software interrupts: set in an interrupt handler, dispatched where there is time.
 *
 * They are interrupts as any other for metal_irq_register(), metal_irq_enable() and so on; one that is set while
 * disabled is handled after it was enabled. Setting one twice before it is dispatched calls its handler once.
 */
#ifndef METAL_SOFTIRQ_H
#define METAL_SOFTIRQ_H

#include <metal/config.h>
#include <metal/irq.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Make software interrupts available; again: no effect.
 *
 * Context: task.
 *
 * @return 0 or an error of metal_irq_register_controller()
 */
int metal_softirq_init(void);

/**
 * @brief Take numbers for software interrupts, for good (until metal_finish()).
 *
 * Context: task.
 *
 * @param num how many, 1 or more
 * @return the first of them; -EINVAL if num is less than 1, -ENODEV before metal_softirq_init(), -ENOSPC if not so many
 * are left of METAL_SOFTIRQ_MAX
 */
int metal_softirq_allocate(int num);

/** Ask for the handler of an allocated number; other numbers are ignored. Context: any. Does not block. */
void metal_softirq_set(int irq);

/**
 * @brief Call the handlers of all software interrupts that are set and enabled, in the order of their numbers.
 *
 * What a handler sets anew waits for the next call.
 *
 * Context: the one that handlers are to run in; not from such a handler.
 */
void metal_softirq_dispatch(void);

#ifdef __cplusplus
}
#endif

#endif /* METAL_SOFTIRQ_H */
