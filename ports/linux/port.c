// SPDX-License-Identifier: BSD-3-Clause
/* Start and end of the Linux port. */
#include "metal/port.h"
#include "irq_thread.h"

int amp_port_init(void)
{
	return amp_linux_irq_init();
}

void amp_port_finish(void)
{
	amp_linux_irq_finish();
}
