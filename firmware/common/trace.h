/* SPDX-License-Identifier: BSD-3-Clause */
/* The trace buffer: this core's log, which Linux shows in debugfs and the relay copies to a file. */
#ifndef AMP_FIRMWARE_TRACE_H
#define AMP_FIRMWARE_TRACE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/** A ring of text; `head` counts all bytes ever written, the next one goes to head % size. */
struct amp_trace_ring {
	volatile char *base;
	uint32_t size; /**< power of two, or positions would jump when `head` wraps */
	volatile uint32_t *head;
};

/** Append; `head` moves after the text is there. Only one caller at a time. */
void amp_trace_ring_write(const struct amp_trace_ring *ring, const char *text, size_t length);

/** Longest line with its time stamp and newline. A longer one is cut off before its newline. */
#define AMP_TRACE_LINE 160

/**
 * Make one line of what `text` says: "[    1.234567] text\n", printable characters only, ended by exactly one newline.
 * @param line  AMP_TRACE_LINE bytes
 * @return its length
 */
size_t amp_trace_line(char *line, uint64_t us, const char *text, size_t length);

/** Clear what an earlier life left in the buffer. Once, before the first amp_trace(). */
void amp_trace_start(void);

/** Write one line, time stamp first, and ring the relay. Conversions: format.h. Context: any. Blocks: no. */
void amp_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
void amp_vtrace(const char *format, va_list args);

/** As amp_trace(), for text that is not a format. */
void amp_trace_text(const char *text, size_t length);

#endif
