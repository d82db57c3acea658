// SPDX-License-Identifier: BSD-3-Clause
/* Default for boards without a place for messages: formatting text costs flash. */
#include <metal/compiler.h>
#include <metal/log.h>

metal_weak void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}
