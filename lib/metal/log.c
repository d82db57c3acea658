// SPDX-License-Identifier: BSD-3-Clause
/* The library's state, and of it log level and handler. */
#include <metal/sys.h>

struct metal_state _metal = AMP_STATE_INIT;

/* Handler and level are accessed atomically, since a thread may log while another one sets them. */
void metal_set_log_handler(metal_log_handler handler)
{
	__atomic_store_n(&_metal.common.log_handler, handler, __ATOMIC_RELEASE);
}

metal_log_handler metal_get_log_handler(void)
{
	return __atomic_load_n(&_metal.common.log_handler, __ATOMIC_ACQUIRE);
}

int amp_log_passes(int level)
{
	return level <= (int)metal_get_log_level() && metal_get_log_handler();
}

static void drop(enum metal_log_level level, const char *format, ...)
{
	metal_unused(level);
	metal_unused(format);
}

metal_log_handler amp_log_handler(void)
{
	metal_log_handler handler = metal_get_log_handler();

	return handler ? handler : drop;
}

void metal_set_log_level(enum metal_log_level level)
{
	__atomic_store_n(&_metal.common.log_level, level, __ATOMIC_RELAXED);
}

enum metal_log_level metal_get_log_level(void)
{
	return __atomic_load_n(&_metal.common.log_level, __ATOMIC_RELAXED);
}
