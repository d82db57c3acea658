/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file log.h
 * @brief Messages for people. The library formats nothing: a handler does.
 */
#ifndef METAL_LOG_H
#define METAL_LOG_H

#include <amprelay/config.h>

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

/* The library's own messages are checked against their formats; applications' are not: many that pass a long for %d are
 * about. */
#ifdef AMP_LOG_CHECKED
#define AMP_LOG_FORMAT __attribute__((__format__(__printf__, 2, 3)))
#else
#define AMP_LOG_FORMAT
#endif

/**
 * @brief Takes messages whose level passed the check.
 *
 * Called in the context that logs, which may be an interrupt, with locks of the library held: must not block, nor call
 * back into it. The format is printf's, usually with a newline at its end; format and arguments live only during the
 * call.
 */
typedef void (*metal_log_handler)(enum metal_log_level level, const char *format, ...) AMP_LOG_FORMAT;

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
void metal_default_log_handler(enum metal_log_level level, const char *format, ...) AMP_LOG_FORMAT;

/* Only for the macros below. */

/** Not 0 if messages of this level go to a handler. */
int amp_log_passes(int level);

/** That handler, or one that does nothing: in the meantime it may have been taken away. */
metal_log_handler amp_log_handler(void);

/**
 * Log a message: metal_log(level, format, ...), an expression without a value. The arguments behind the level are
 * evaluated only if it passes. Context: any.
 */
#define metal_log(level, ...) (AMP_LOG_PASSES(level) ? amp_log_handler()((level), __VA_ARGS__) : (void)0)

#if defined(AMP_LOG_CHECKED) && !AMP_WITH_LOG
#define AMP_LOG_PASSES(level) 0 /* the library's own messages are left out */
#else
#define AMP_LOG_PASSES(level) amp_log_passes((int)(level))
#endif

/**
 * The format of a message, with function and line in front in a source that is compiled with AMP_LOG_PLACE defined.
 * There the format has to be a literal.
 */
#ifdef AMP_LOG_PLACE
#define metal_fmt(fmt)         "%s:%d: " fmt, __func__, __LINE__
#define AMP_LOG_ARGS(fmt, ...) metal_fmt(fmt), ##__VA_ARGS__
#else
#define metal_fmt(fmt)    fmt
#define AMP_LOG_ARGS(...) __VA_ARGS__
#endif

/* metal_log() at each level, with metal_fmt(): metal_err(format, ...). */
#define metal_emerg(...)  metal_log(METAL_LOG_EMERGENCY, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_alert(...)  metal_log(METAL_LOG_ALERT, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_crit(...)   metal_log(METAL_LOG_CRITICAL, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_err(...)    metal_log(METAL_LOG_ERROR, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_warn(...)   metal_log(METAL_LOG_WARNING, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_notice(...) metal_log(METAL_LOG_NOTICE, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_info(...)   metal_log(METAL_LOG_INFO, AMP_LOG_ARGS(__VA_ARGS__))
#define metal_dbg(...)    metal_log(METAL_LOG_DEBUG, AMP_LOG_ARGS(__VA_ARGS__))

#ifdef __cplusplus
}
#endif

#endif /* METAL_LOG_H */
