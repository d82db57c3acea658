/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file log.h
 * @brief Messages for people. The library formats nothing: a handler does.
 */
#ifndef METAL_LOG_H
#define METAL_LOG_H

#include <metal/atomic.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Severities, as in syslog. */
enum metal_log_level {
	METAL_LOG_EMERGENCY, /**< the system is unusable */
	METAL_LOG_ALERT,     /**< action must be taken at once */
	METAL_LOG_CRITICAL,
	METAL_LOG_ERROR,
	METAL_LOG_WARNING,
	METAL_LOG_NOTICE, /**< normal but significant */
	METAL_LOG_INFO,
	METAL_LOG_DEBUG,
};

/**
 * @brief Takes messages whose level passed the check.
 *
 * Called in the context that logs, which may be an interrupt, with locks of the library held: must not block, nor call
 * back into it. The format is printf's, usually with a newline at its end; format and arguments live only during the
 * call.
 */
typedef void (*metal_log_handler)(enum metal_log_level level, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/** Set the handler; NULL drops all messages. Context: any. */
void metal_set_log_handler(metal_log_handler handler);

/** The handler in use, may be NULL. Context: any. */
metal_log_handler metal_get_log_handler(void);

/** Set the least severe level that is still passed to the handler; METAL_LOG_INFO before any call. Context: any. */
void metal_set_log_level(enum metal_log_level level);

/** The least severe level that is passed to the handler. Context: any. */
enum metal_log_level metal_get_log_level(void);

/**
 * @brief The handler in use until another is set.
 *
 * Linux: one line on standard error, with the level's name. Bare metal: a weak function that does nothing, since
 * formatting text costs flash; a board may define its own.
 */
void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/** Only for the macro below; set by metal_set_log_level(). */
extern atomic_int amp_log_level;

/** Log a message. Arguments are evaluated only if the level passes. Context: any. */
#define metal_log(level, ...)                                                                     \
	do {                                                                                      \
		if ((int)(level) <= atomic_load_explicit(&amp_log_level, memory_order_relaxed)) { \
			metal_log_handler amp_log_handler_ = metal_get_log_handler();             \
			if (amp_log_handler_)                                                     \
				amp_log_handler_((level), __VA_ARGS__);                           \
		}                                                                                 \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif /* METAL_LOG_H */
