/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file irq.h
 * @brief Interrupts by number.
 *
 * A number belongs to the interrupt controller that was registered for it (metal/irq_controller.h). On Linux the
 * numbers 0 … 1023 are file descriptors: an interrupt is "readable", delivered as long as it is, by one dispatcher
 * thread; the handler drains the descriptor, which is best non-blocking. One that stays readable through ten thousand
 * calls (closed at its other end, or not drained) is called once a millisecond from then on, and said so once
 * (METAL_LOG_ERROR); once drained it is as before.
 */
#ifndef METAL_IRQ_H
#define METAL_IRQ_H

#include <metal/port/irq.h>
#include <metal/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

#define METAL_IRQ_NOT_HANDLED 0
#define METAL_IRQ_HANDLED     1

/**
 * @brief Handles one interrupt.
 *
 * Called in interrupt context, on Linux by the dispatcher thread. Other handlers wait for it. It may use every function
 * of this header. It may come once more after the cause has gone.
 *
 * @param irq its number
 * @param arg as registered
 * @return METAL_IRQ_HANDLED, or METAL_IRQ_NOT_HANDLED if there was nothing to do. For the code that takes the
 * interrupt, which metal_irq_handle() gives it to; no interrupt is turned off for it
 */
typedef int (*metal_irq_handler)(int irq, void *arg);

/**
 * @brief Register the handler of an interrupt. It stays disabled until metal_irq_enable().
 *
 * Context: task.
 *
 * @param arg passed to the handler; must live until metal_irq_unregister()
 * @return 0; -EINVAL without handler or if no controller has this interrupt; -EBUSY if it has another handler; or an
 *         error of the controller
 */
int metal_irq_register(int irq, metal_irq_handler irq_handler, void *arg);

/**
 * @brief Disable an interrupt and forget its handler. On Linux: before the descriptor is closed.
 *
 * Context: task or handler. When it returns, the handler does not run and will not, unless it is itself the caller. On
 * Linux it waits for that: do not hold a lock that the handler takes.
 */
void metal_irq_unregister(int irq);

/** Let the interrupt come. Logged if that fails or no controller has it. Context: task or handler. */
void metal_irq_enable(unsigned int vector);

/** Keep the interrupt from coming; as metal_irq_unregister(), waits for a running handler on Linux. */
void metal_irq_disable(unsigned int vector);

/*
 * <metal/port/irq.h> defines these two, inline where the port can:
 *
 *   unsigned int metal_irq_save_disable(void);           keep all handlers from running; returns the state before
 *   void metal_irq_restore_enable(unsigned int flags);   back to that state
 *
 * Pairs nest. Context: any. On Linux they exclude the dispatcher's handlers and other threads between the same two
 * calls, so the first may block: do not call it while holding a lock that a handler takes.
 */

#ifdef __cplusplus
}
#endif

#endif /* METAL_IRQ_H */
