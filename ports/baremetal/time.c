// SPDX-License-Identifier: BSD-3-Clause
/* The clock is the board's. */
#include <metal/compiler.h>
#include <metal/cpu.h>
#include <metal/errno.h>
#include <metal/sleep.h>
#include <metal/time.h>

metal_weak unsigned long long metal_get_timestamp(void)
{
	return 0;
}

int metal_sleep_usec(unsigned int usec)
{
	unsigned long long start = metal_get_timestamp();

	if (start == 0)
		return -ENOSYS;
	while (metal_get_timestamp() - start < usec * 1000ULL)
		metal_cpu_yield();
	return 0;
}
