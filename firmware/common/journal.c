// SPDX-License-Identifier: BSD-3-Clause
#include "journal.h"

#include "board.h"
#include "control.h"
#include "format.h"
#include "trace.h"

#define WAIT_US (AMP_JOURNAL_WAIT_MS * UINT64_C(1000))

/* At a fixed place: the linker script. */
__attribute__((section(".journal"))) volatile struct amp_journal_memory amp_journal_memory;

static uint32_t untold;     /* lines that were lost since that was said last … */
static uint32_t in_vain;    /* … and what the relay had taken when it was waited for in vain … */
static bool waited_in_vain; /* … if it was */

/* All below is called with interrupts off, so that a line of an interrupt does not come between. */

static bool relay_has_all(void)
{
	return amp_relay_block->journal_taken == amp_journal_memory.head.given;
}

/* Hand the buffer that is being filled to the relay, which has taken the other. */
static void give(void)
{
	volatile struct amp_journal *head = &amp_journal_memory.head;

	head->filled[(head->given + 1) % 2] = 0;
	/* The relay must not see the number before that: the other buffer would seem to be full still. */
	amp_control_publish();
	head->given++;
	amp_doorbell_ring(AMP_DB_JOURNAL);
}

/* @return false if it has no room: both buffers are full */
static bool put(const char *line, uint32_t size)
{
	volatile struct amp_journal *head = &amp_journal_memory.head;
	uint32_t filled = head->filled[head->given % 2];
	volatile char *text;

	if (filled + size > AMP_JOURNAL_BUFFER) {
		if (!relay_has_all())
			return false;
		give();
		filled = 0;
	}
	text = &amp_journal_memory.text[head->given % 2][filled];
	for (uint32_t i = 0; i < size; i++)
		text[i] = line[i];
	/* A relay that saw the new length before the text would take what was there before. */
	amp_control_publish();
	head->filled[head->given % 2] = filled + size;
	/* Either we see here that the relay has taken the other buffer, or it sees that there is more, and rings. */
	amp_control_publish();
	if (relay_has_all())
		give();
	return true;
}

/* Say that lines were lost, where they are missing. */
static bool put_loss(void)
{
	char line[AMP_TRACE_LINE];
	char text[64];
	size_t length;

	if (untold == 0)
		return true;
	length = amp_format(text, sizeof(text), "(%u lines are missing here: nobody took them in time)",
	                    (unsigned)untold);
	if (!put(line, (uint32_t)amp_trace_line(line, amp_clock_us(), text, length)))
		return false;
	untold = 0;
	return true;
}

static bool write_line(const char *line, uint32_t size)
{
	uint32_t state = amp_interrupts_off();
	bool done = put_loss() && put(line, size);

	amp_interrupts_restore(state);
	return done;
}

/* ------------------------------------------------------------------ with interrupts on */

static bool wait_for_relay(uint64_t end)
{
	uint32_t taken = amp_relay_block->journal_taken;

	if (waited_in_vain && taken == in_vain)
		return false;
	while (amp_relay_block->journal_taken == taken && !relay_has_all()) {
		if (amp_clock_us() >= end) {
			waited_in_vain = true;
			in_vain = taken;
			return false;
		}
	}
	return true;
}

static void lose_line(void)
{
	uint32_t state = amp_interrupts_off();

	untold++;
	amp_journal_memory.head.lost++;
	amp_interrupts_restore(state);
}

static uint32_t make_line(char *line, const char *format, va_list args)
{
	char text[AMP_TRACE_LINE];
	size_t length = amp_vformat(text, sizeof(text), format, args);

	return (uint32_t)amp_trace_line(line, amp_clock_us(), text, length < sizeof(text) ? length : sizeof(text) - 1);
}

bool amp_journal(const char *format, ...)
{
	char line[AMP_TRACE_LINE];
	uint64_t end = 0;
	uint32_t size;
	va_list args;

	va_start(args, format);
	size = make_line(line, format, args);
	va_end(args);
	while (!write_line(line, size)) {
		end = end ? end : amp_clock_us() + WAIT_US;
		if (!wait_for_relay(end)) {
			lose_line();
			return false;
		}
	}
	return true;
}

bool amp_journal_try(const char *format, ...)
{
	char line[AMP_TRACE_LINE];
	uint32_t size;
	va_list args;

	va_start(args, format);
	size = make_line(line, format, args);
	va_end(args);
	if (write_line(line, size))
		return true;
	lose_line();
	return false;
}

void amp_journal_turn(void)
{
	uint32_t state = amp_interrupts_off();

	if (relay_has_all() && amp_journal_memory.head.filled[amp_journal_memory.head.given % 2] > 0)
		give();
	amp_interrupts_restore(state);
}
