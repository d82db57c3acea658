/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux: handlers run on the dispatcher thread, and a recursive mutex keeps them out. */
#ifndef METAL_PORT_IRQ_H
#define METAL_PORT_IRQ_H

#ifdef __cplusplus
extern "C" {
#endif

/** Numbers below this are file descriptors. */
#define AMP_LINUX_IRQ_FDS 1024

unsigned int metal_irq_save_disable(void);
void metal_irq_restore_enable(unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_IRQ_H */
