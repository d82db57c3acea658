// SPDX-License-Identifier: BSD-3-Clause
/* Default for boards that leave no crash record. */
#include <metal/assert.h>
#include <metal/compiler.h>
#include <metal/port/irq.h>

metal_weak void amp_assert_failed(const char *text, const char *file, int line)
{
	(void)text;
	(void)file;
	(void)line;
	metal_irq_save_disable();
	for (;;) /* a watchdog ends this */
		amp_arch_wait();
}
