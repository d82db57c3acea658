// SPDX-License-Identifier: BSD-3-Clause
/* Log level and handler. */
#include <metal/log.h>

atomic_int amp_log_level = METAL_LOG_INFO;

/* Atomic, since a thread may log while another one sets it. */
static _Atomic(metal_log_handler) log_handler = metal_default_log_handler;

void metal_set_log_handler(metal_log_handler handler)
{
	atomic_store_explicit(&log_handler, handler, memory_order_release);
}

metal_log_handler metal_get_log_handler(void)
{
	return atomic_load_explicit(&log_handler, memory_order_acquire);
}

void metal_set_log_level(enum metal_log_level level)
{
	atomic_store_explicit(&amp_log_level, (int)level, memory_order_relaxed);
}

enum metal_log_level metal_get_log_level(void)
{
	return (enum metal_log_level)atomic_load_explicit(&amp_log_level, memory_order_relaxed);
}
