/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of interrupts on Linux; for port.c. */
#ifndef AMP_LINUX_IRQ_THREAD_H
#define AMP_LINUX_IRQ_THREAD_H

/** Make file descriptors available as interrupts. Returns 0 or a negative error number. */
int amp_linux_irq_init(void);

/** End the dispatcher thread, after the handler that runs now, and forget all handlers. Not from a handler. */
void amp_linux_irq_finish(void);

#endif /* AMP_LINUX_IRQ_THREAD_H */
