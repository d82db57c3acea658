// SPDX-License-Identifier: GPL-2.0-only
/* The journal's writer, with the relay played by this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "chatter.h"
#include "control.h"
#include "journal.h"
#include "trace.h"

_Alignas(8) unsigned char fake_control_block[AMP_CTRL_SIZE];

static struct {
	uint64_t us;         /* what the clock says: it goes on by 10 each time that it is asked */
	uint64_t busy_until; /* the relay does nothing before … */
	unsigned int slow;   /* … and is busy for as long after it has taken something, at most */
	unsigned int rings;
	bool rung;
	unsigned int off; /* depth of amp_interrupts_off() */
	bool interrupt;   /* writes a line as soon as interrupts are on */
	size_t length;    /* of what the relay has taken */
	char text[8 << 20];
} machine;

static struct amp_relay *relay(void)
{
	return (struct amp_relay *)(fake_control_block + AMP_RELAY_OFFSET);
}

static void take(uint32_t number)
{
	uint32_t filled = amp_journal_memory.head.filled[number % 2];

	assert_true(filled <= AMP_JOURNAL_BUFFER);
	assert_true(machine.length + filled < sizeof(machine.text));
	memcpy(machine.text + machine.length, (const char *)amp_journal_memory.text[number % 2], filled);
	machine.length += filled;
	machine.text[machine.length] = '\0';
}

/* As tools/relay/core/core_journal.c does. */
static void relay_turn(void)
{
	const volatile struct amp_journal *head = &amp_journal_memory.head;

	if (!machine.rung || machine.us < machine.busy_until)
		return;
	machine.rung = false;
	assert_int_equal(head->given - relay()->journal_taken, 1);
	take(relay()->journal_taken);
	relay()->journal_taken++;
	if (machine.slow)
		machine.busy_until = machine.us + (unsigned int)rand() % machine.slow;
	if (head->filled[head->given % 2] > 0)
		amp_journal_turn();
}

/* What the core leaves when it dies is taken, too. */
static void relay_takes_the_rest(void)
{
	machine.busy_until = 0;
	relay_turn();
	if (amp_journal_memory.head.given != relay()->journal_taken)
		take(relay()->journal_taken++);
	take(amp_journal_memory.head.given);
	amp_journal_memory.head.filled[amp_journal_memory.head.given % 2] = 0;
}

uint64_t amp_clock_us(void)
{
	machine.us += 10;
	if (machine.off == 0)
		relay_turn();
	return machine.us;
}

void amp_doorbell_ring(uint8_t byte)
{
	assert_int_equal(byte, AMP_DB_JOURNAL);
	machine.rings++;
	machine.rung = true;
}

uint32_t amp_interrupts_off(void)
{
	return machine.off++;
}

void amp_interrupts_restore(uint32_t state)
{
	machine.off--;
	assert_int_equal(machine.off, state);
	if (machine.off == 0 && machine.interrupt) {
		machine.interrupt = false;
		amp_journal_try("from an interrupt");
	}
}

static int begin(void **state)
{
	(void)state;
	memset(&machine, 0, offsetof(__typeof__(machine), text) + 1);
	memset((void *)&amp_journal_memory, 0, sizeof(amp_journal_memory));
	memset(fake_control_block, 0, sizeof(fake_control_block));
	return 0;
}

/* How many lines "line N of …" there are, of which each must be the one after the last. */
static uint32_t numbered(uint32_t from)
{
	uint32_t count = 0;

	for (const char *at = machine.text, *text; *at; at = strchr(text, '\n') + 1) {
		text = strchr(at, ']') + 2;
		if (strncmp(text, "line ", 5) != 0)
			continue;
		assert_int_equal(strtoul(text + 5, NULL, 10), from + count);
		count++;
	}
	return count;
}

static void a_line_is_given_at_once_while_the_relay_has_nothing_to_do(void **state)
{
	(void)state;
	assert_true(amp_journal("hello %u", 1u));
	assert_int_equal(machine.rings, 1);
	relay_turn();
	assert_string_equal(machine.text, "[    0.000010] hello 1\n");
	assert_int_equal(relay()->journal_taken, 1);
}

static void lines_gather_while_the_relay_is_busy_and_are_given_when_it_has_taken_the_others(void **state)
{
	(void)state;
	machine.busy_until = 1000000;
	for (unsigned int i = 1; i <= 10; i++)
		assert_true(amp_journal("line %u", i));
	assert_int_equal(machine.rings, 1);
	machine.busy_until = 0;
	relay_turn(); /* takes the first, and rings for the others */
	relay_turn();
	assert_int_equal(machine.rings, 2);
	assert_int_equal(numbered(1), 10);
}

static void of_100000_lines_at_full_speed_none_is_missing(void **state)
{
	(void)state;
	assert_true(chatter(100000));
	assert_false(chatter(1)); /* not two at a time */
	machine.slow = 3000;
	while (chatter_turn())
		;
	relay_takes_the_rest();
	assert_int_equal(numbered(1), 100000);
	assert_int_equal(amp_journal_memory.head.lost, 0);
	assert_true(machine.rings < 10000); /* it is not rung for each line */
	assert_null(strstr(machine.text, "missing"));
}

static void a_relay_that_takes_nothing_is_waited_for_once_and_what_is_lost_is_told(void **state)
{
	unsigned int written = 0, lost = 0;
	uint64_t before;

	(void)state;
	machine.busy_until = UINT64_MAX;
	before = machine.us;
	while (amp_journal("line %u", written + 1))
		written++;
	assert_true(machine.us - before >= AMP_JOURNAL_WAIT_MS * 1000);
	assert_true(machine.us - before < 2 * AMP_JOURNAL_WAIT_MS * 1000);
	assert_true(written > 100);
	before = machine.us;
	for (lost = 1; lost < 50; lost++)
		assert_false(amp_journal("line"));
	assert_true(machine.us - before < 2000); /* these did not wait */
	assert_int_equal(amp_journal_memory.head.lost, lost);

	machine.busy_until = 0; /* it is back */
	assert_true(amp_journal("after"));
	relay_takes_the_rest();
	assert_int_equal(numbered(1), written);
	assert_non_null(strstr(machine.text, "(50 lines are missing here: nobody took them in time)\n"));
	assert_true(strstr(machine.text, "missing") < strstr(machine.text, "after"));
	assert_int_equal(amp_journal_memory.head.lost, lost);
}

static void who_may_not_wait_does_not(void **state)
{
	uint64_t before;

	(void)state;
	machine.busy_until = UINT64_MAX;
	machine.off = 1; /* as in a fault handler */
	while (amp_journal_try("line"))
		;
	before = machine.us;
	assert_false(amp_journal_try("line"));
	assert_true(machine.us - before < 100);
	assert_int_equal(amp_journal_memory.head.lost, 2);
	machine.off = 0;
}

static void a_line_of_an_interrupt_comes_between_lines_not_into_one(void **state)
{
	(void)state;
	machine.busy_until = UINT64_MAX;
	amp_journal("first");
	machine.interrupt = true;
	amp_journal("second");
	amp_journal("third");
	relay_takes_the_rest();
	assert_non_null(strstr(machine.text, "] second\n["));
	assert_non_null(strstr(machine.text, "] from an interrupt\n["));
	assert_true(strstr(machine.text, "second") < strstr(machine.text, "interrupt"));
	assert_true(strstr(machine.text, "interrupt") < strstr(machine.text, "third"));
}

static void counts_go_on_past_their_own_wrap(void **state)
{
	(void)state;
	amp_journal_memory.head.given = relay()->journal_taken = UINT32_MAX - 3;
	assert_true(chatter(20000));
	while (chatter_turn())
		;
	relay_takes_the_rest();
	assert_int_equal(numbered(1), 20000);
}

int main(void)
{
#define T(claim) cmocka_unit_test_setup(claim, begin)
	const struct CMUnitTest tests[] = {
		T(a_line_is_given_at_once_while_the_relay_has_nothing_to_do),
		T(lines_gather_while_the_relay_is_busy_and_are_given_when_it_has_taken_the_others),
		T(of_100000_lines_at_full_speed_none_is_missing),
		T(a_relay_that_takes_nothing_is_waited_for_once_and_what_is_lost_is_told),
		T(who_may_not_wait_does_not),
		T(a_line_of_an_interrupt_comes_between_lines_not_into_one),
		T(counts_go_on_past_their_own_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
