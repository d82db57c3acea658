// SPDX-License-Identifier: BSD-3-Clause
/* The list of interrupt controllers, and the functions of irq.h that look them up. */
#include <limits.h>
#include <metal/errno.h>
#include <metal/irq_controller.h>

#include "port.h"

/* Changed with interrupts disabled, so that handlers may look up. */
static METAL_DECLARE_LIST(controllers);

static struct metal_irq_controller *controller_of(struct metal_list *node)
{
	return metal_container_of(node, struct metal_irq_controller, node);
}

/* Interrupts are disabled. */
static struct metal_irq_controller *find_controller(int irq)
{
	struct metal_irq_controller *cntr;
	struct metal_list *node;

	metal_list_for_each (&controllers, node) {
		cntr = controller_of(node);
		if (irq >= cntr->irq_base && irq - cntr->irq_base < cntr->irq_num)
			return cntr;
	}
	return NULL;
}

/* Add if its numbers are free. Interrupts are disabled. */
static int add_controller(struct metal_irq_controller *cntr)
{
	struct metal_irq_controller *other;
	struct metal_list *node;
	int top = 0; /* first number above all others */

	if (metal_list_find_node(&controllers, &cntr->node))
		return -EBUSY;
	metal_list_for_each (&controllers, node) {
		other = controller_of(node);
		top = metal_max(top, other->irq_base + other->irq_num);
		if (cntr->irq_base != METAL_BAD_IRQ && cntr->irq_base < other->irq_base + other->irq_num &&
		    other->irq_base < cntr->irq_base + cntr->irq_num)
			return -EBUSY;
	}
	if (cntr->irq_base == METAL_BAD_IRQ) {
		if (cntr->irq_num > INT_MAX - top)
			return -EINVAL;
		cntr->irq_base = top;
	}
	metal_list_add_tail(&controllers, &cntr->node);
	return 0;
}

int metal_irq_register_controller(struct metal_irq_controller *cntr)
{
	unsigned int flags;
	int ret;

	if (!cntr || cntr->irq_num <= 0 || !cntr->irq_set_enable || (!cntr->irqs && !cntr->irq_register))
		return -EINVAL;
	if (cntr->irq_base != METAL_BAD_IRQ && (cntr->irq_base < 0 || cntr->irq_num > INT_MAX - cntr->irq_base))
		return -EINVAL;
	flags = metal_irq_save_disable();
	ret = add_controller(cntr);
	metal_irq_restore_enable(flags);
	return ret;
}

static int enter_handler(struct metal_irq_controller *cntr, int irq, metal_irq_handler handler, void *arg)
{
	struct metal_irq *entry;

	if (cntr->irq_register)
		return cntr->irq_register(cntr, irq, handler, arg);
	entry = &cntr->irqs[irq - cntr->irq_base];
	if (handler && entry->hd && entry->hd != handler)
		return -EBUSY;
	entry->hd = handler;
	entry->arg = arg;
	return 0;
}

int metal_irq_register(int irq, metal_irq_handler irq_handler, void *arg)
{
	struct metal_irq_controller *cntr;
	unsigned int flags;
	int ret = -EINVAL;

	if (!irq_handler)
		return -EINVAL;
	flags = metal_irq_save_disable();
	cntr = find_controller(irq);
	if (cntr)
		ret = enter_handler(cntr, irq, irq_handler, arg);
	metal_irq_restore_enable(flags);
	return ret;
}

void metal_irq_unregister(int irq)
{
	unsigned int flags = metal_irq_save_disable();
	struct metal_irq_controller *cntr = find_controller(irq);

	if (cntr) {
		cntr->irq_set_enable(cntr, irq, METAL_IRQ_DISABLE);
		enter_handler(cntr, irq, NULL, NULL);
	}
	metal_irq_restore_enable(flags);
}

static void set_enable(unsigned int vector, unsigned int state)
{
	unsigned int flags = metal_irq_save_disable();
	struct metal_irq_controller *cntr = vector <= INT_MAX ? find_controller((int)vector) : NULL;

	if (cntr)
		cntr->irq_set_enable(cntr, (int)vector, state);
	metal_irq_restore_enable(flags);
	if (!cntr)
		metal_log(METAL_LOG_ERROR, "metal: interrupt %u cannot be %s: no controller has it\n", vector,
		          state == METAL_IRQ_ENABLE ? "enabled" : "disabled");
}

void metal_irq_enable(unsigned int vector)
{
	set_enable(vector, METAL_IRQ_ENABLE);
}

void metal_irq_disable(unsigned int vector)
{
	set_enable(vector, METAL_IRQ_DISABLE);
}

void amp_irq_controller_finish(void)
{
	unsigned int flags = metal_irq_save_disable();
	struct metal_list *node, *next;

	metal_list_for_each_safe (&controllers, next, node)
		metal_list_del(node);
	metal_irq_restore_enable(flags);
}
