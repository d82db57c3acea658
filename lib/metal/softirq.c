// SPDX-License-Identifier: BSD-3-Clause
/* Software interrupts: an interrupt controller without hardware. */
#include <metal/errno.h>
#include <metal/irq_controller.h>
#include <metal/softirq.h>
#include <string.h>

#include "port.h"

#define WORD_BITS 32
#define WORDS     (METAL_SOFTIRQ_MAX / WORD_BITS)

_Static_assert(METAL_SOFTIRQ_MAX > 0 && METAL_SOFTIRQ_MAX % WORD_BITS == 0, "METAL_SOFTIRQ_MAX is a multiple of 32");

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state);

static struct metal_irq irqs[METAL_SOFTIRQ_MAX];
static METAL_IRQ_CONTROLLER_DECLARE(controller, METAL_BAD_IRQ, METAL_SOFTIRQ_MAX, NULL, set_enable, NULL, irqs);

/* Bit n of word m is number 32 * m + n. A handler of a hardware interrupt may set while the task dispatches. */
static atomic_uint pending[WORDS];
static atomic_uint enabled[WORDS];
static atomic_int base = METAL_BAD_IRQ; /* of the controller, once registered */
static atomic_int allocated;

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state)
{
	unsigned int number = (unsigned int)(irq - cntr->irq_base);
	unsigned int bit = 1u << number % WORD_BITS;

	if (state == METAL_IRQ_ENABLE)
		atomic_fetch_or(&enabled[number / WORD_BITS], bit);
	else
		atomic_fetch_and(&enabled[number / WORD_BITS], ~bit);
}

int metal_softirq_init(void)
{
	unsigned int flags = metal_irq_save_disable();
	int ret = 0;

	if (atomic_load(&base) == METAL_BAD_IRQ) {
		ret = metal_irq_register_controller(&controller);
		if (ret == 0)
			atomic_store(&base, controller.irq_base);
	}
	metal_irq_restore_enable(flags);
	return ret;
}

int metal_softirq_allocate(int num)
{
	unsigned int flags;
	int ret;

	if (num < 1)
		return -EINVAL;
	flags = metal_irq_save_disable();
	if (atomic_load(&base) == METAL_BAD_IRQ) {
		ret = -ENODEV;
	} else if (num > METAL_SOFTIRQ_MAX - atomic_load(&allocated)) {
		ret = -ENOSPC;
	} else {
		ret = atomic_load(&base) + atomic_load(&allocated);
		atomic_fetch_add(&allocated, num);
	}
	metal_irq_restore_enable(flags);
	return ret;
}

void metal_softirq_set(int irq)
{
	int first = atomic_load_explicit(&base, memory_order_relaxed);
	unsigned int number = (unsigned int)irq - (unsigned int)first;

	if (first == METAL_BAD_IRQ || number >= (unsigned int)atomic_load_explicit(&allocated, memory_order_relaxed))
		return;
	/* Release: what the setter wrote before is seen by the handler. */
	atomic_fetch_or_explicit(&pending[number / WORD_BITS], 1u << number % WORD_BITS, memory_order_release);
}

static void handle(unsigned int number)
{
	unsigned int flags = metal_irq_save_disable();
	struct metal_irq entry = irqs[number];

	/* Called with interrupts as they were: only the copy of the entry needs to be in one piece. */
	metal_irq_restore_enable(flags);
	metal_irq_handle(&entry, controller.irq_base + (int)number);
}

void metal_softirq_dispatch(void)
{
	unsigned int ready, bit;

	for (unsigned int word = 0; word < WORDS; word++) {
		ready = atomic_load_explicit(&enabled[word], memory_order_relaxed);
		ready &= atomic_load_explicit(&pending[word], memory_order_relaxed);
		if (!ready)
			continue;
		/* Cleared before the handlers run: what is set from now on is for the next call, and not lost. */
		atomic_fetch_and_explicit(&pending[word], ~ready, memory_order_acquire);
		for (; ready; ready &= ready - 1) {
			bit = (unsigned int)__builtin_ctz(ready);
			handle(word * WORD_BITS + bit);
		}
	}
}

void amp_softirq_finish(void)
{
	for (unsigned int i = 0; i < WORDS; i++) {
		atomic_store(&pending[i], 0);
		atomic_store(&enabled[i], 0);
	}
	memset(irqs, 0, sizeof(irqs));
	atomic_store(&allocated, 0);
	atomic_store(&base, METAL_BAD_IRQ);
	controller.irq_base = METAL_BAD_IRQ;
}
