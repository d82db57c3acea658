/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file irq_controller.h
 * @brief Sources of interrupts: a range of numbers, and how to enable one.
 */
#ifndef METAL_IRQ_CONTROLLER_H
#define METAL_IRQ_CONTROLLER_H

#include <metal/irq.h>
#include <metal/list.h>

#ifdef __cplusplus
extern "C" {
#endif

/** metal_irq_controller::irq_base: any numbers will do, registration chooses them. The same as METAL_BAD_IRQ. */
#define METAL_IRQ_ANY (-1)

#define METAL_IRQ_DISABLE 0U
#define METAL_IRQ_ENABLE  1U

struct metal_irq_controller;

/**
 * @brief Enable (METAL_IRQ_ENABLE) or disable (METAL_IRQ_DISABLE) one interrupt of the controller.
 *
 * Called with interrupts disabled as by metal_irq_save_disable(); must not block.
 */
typedef void (*metal_irq_set_enable)(struct metal_irq_controller *irq_cntr, int irq, unsigned int state);

/**
 * @brief Take (hd not NULL) or forget (hd NULL) the handler of one interrupt of the controller.
 *
 * Called as metal_irq_set_enable is, instead of entering the handler into `irqs`. Returns 0 or a negative error number.
 */
typedef int (*metal_cntr_irq_register)(struct metal_irq_controller *irq_cntr, int irq, metal_irq_handler hd, void *arg);

/** The handler of an interrupt. */
struct metal_irq {
	metal_irq_handler hd; /**< NULL: none */
	void *arg;
};

/** A range of interrupt numbers, and how they are enabled. */
struct metal_irq_controller {
	int irq_base;                         /**< first number; METAL_IRQ_ANY: registration chooses it */
	int irq_num;                          /**< how many */
	void *arg;                            /**< the controller's own */
	metal_irq_set_enable irq_set_enable;  /**< not NULL */
	metal_cntr_irq_register irq_register; /**< NULL: handlers are entered into `irqs` */
	struct metal_list node;               /**< of the list of controllers */
	struct metal_irq *irqs;               /**< irq_num elements; may be NULL if irq_register is not */
};

/** Define a controller: static METAL_IRQ_CONTROLLER_DECLARE(name, …); */
#define METAL_IRQ_CONTROLLER_DECLARE(_name, _irq_base, _irq_num, _arg, _irq_set_enable, _irq_register, _irqs)       \
	struct metal_irq_controller _name = {                                                                       \
		(_irq_base), (_irq_num), (_arg), (_irq_set_enable), (_irq_register), METAL_INIT_LIST((_name).node), \
		(_irqs)}

/**
 * @brief Add a controller. metal_finish() forgets it.
 *
 * Context: task.
 *
 * @param cntr must stay valid; irq_base is set if it is METAL_IRQ_ANY: to the first number above all others
 * @return 0; -EINVAL if a member makes no sense; -EBUSY if numbers belong to another controller, or it is registered
 * already
 */
int metal_irq_register_controller(struct metal_irq_controller *cntr);

/**
 * @brief Call an interrupt's handler; for the code that takes the interrupt.
 *
 * Context: interrupt (Linux: dispatcher thread).
 *
 * @param irq_data of `irqs`
 * @param irq number for the handler
 * @return what the handler returns; METAL_IRQ_NOT_HANDLED without a handler
 */
static inline int metal_irq_handle(struct metal_irq *irq_data, int irq)
{
	return irq_data && irq_data->hd ? irq_data->hd(irq, irq_data->arg) : METAL_IRQ_NOT_HANDLED;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_IRQ_CONTROLLER_H */
