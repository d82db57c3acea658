// SPDX-License-Identifier: BSD-3-Clause
/* Start and end of the porting layer. */
#include <metal/errno.h>
#include <metal/mutex.h>
#include <metal/sys.h>

#include "port.h"

static metal_mutex_t lock = METAL_MUTEX_INIT(lock);
static unsigned int users; /* metal_init() calls without their metal_finish() */

int metal_init(const struct metal_init_params *params)
{
	const struct metal_init_params defaults = METAL_INIT_DEFAULTS;
	int ret = 0;

	if (!params)
		params = &defaults;
	metal_set_log_handler(params->log_handler);
	metal_set_log_level(params->log_level);
	metal_mutex_acquire(&lock);
	if (users == 0)
		ret = amp_port_init();
	if (ret == 0)
		users++;
	metal_mutex_release(&lock);
	return ret;
}

void metal_finish(void)
{
	metal_mutex_acquire(&lock);
	if (users > 0 && --users == 0) {
		/* Interrupts end first: a handler may use everything else. */
		amp_port_finish();
		amp_softirq_finish();
		amp_irq_controller_finish();
		amp_device_finish();
		amp_shmem_finish();
	}
	metal_mutex_release(&lock);
}
