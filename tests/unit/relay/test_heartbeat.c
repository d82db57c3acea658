// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/clock.h"
#include "relay/core/heartbeat.h"

#define PERIOD  25
#define TIMEOUT 400
#define MS(n)   ((n)*NS_PER_MS)

/* Checks whenever the logic wants to, until `until`; the beat stands still. Answers questions after `answer_after`. */
static enum heartbeat_verdict silence(struct heartbeat *hb, uint64_t from, uint64_t until, uint64_t answer_after,
                                      uint64_t *when)
{
	uint64_t now = from, next, answer = 0;
	enum heartbeat_verdict verdict = HEARTBEAT_ALIVE;

	while (now <= until) {
		verdict = amp_heartbeat_check(hb, now, hb->value, &next);
		*when = now;
		if (verdict == HEARTBEAT_DEAD || verdict == HEARTBEAT_MUTE)
			return verdict;
		assert_true(next > now);
		if (verdict == HEARTBEAT_ASK && answer_after)
			answer = now + answer_after;
		if (answer && answer <= next) {
			uint64_t again = amp_heartbeat_answered(hb, answer);

			if (again)
				next = again;
			answer = 0;
		}
		now = next;
	}
	return verdict;
}

static void a_core_that_beats_is_never_asked(void **state)
{
	struct heartbeat hb;
	uint64_t next;

	(void)state;
	amp_heartbeat_start(&hb, MS(1000), 5, PERIOD, TIMEOUT);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(amp_heartbeat_check(&hb, MS(1000 + 100 * i), 6 + i, &next), HEARTBEAT_ALIVE);
}

static void a_silent_core_is_dead_soon_after_its_timeout(void **state)
{
	struct heartbeat hb;
	uint64_t when;

	(void)state;
	amp_heartbeat_start(&hb, MS(1000), 5, PERIOD, TIMEOUT);
	assert_int_equal(silence(&hb, MS(1000), MS(5000), MS(1), &when), HEARTBEAT_DEAD);
	assert_in_range(when, MS(1000 + TIMEOUT + PERIOD), MS(1000 + TIMEOUT + TIMEOUT / 4 + 4 * PERIOD));
}

static void there_is_no_verdict_before_the_process_has_answered(void **state)
{
	struct heartbeat hb;
	uint64_t when;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	assert_int_equal(silence(&hb, 0, MS(3 * TIMEOUT), 0, &when), HEARTBEAT_ALIVE);
}

static void a_beat_in_the_grace_period_clears_the_core(void **state)
{
	struct heartbeat hb;
	uint64_t next;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	assert_int_equal(amp_heartbeat_check(&hb, MS(TIMEOUT), 5, &next), HEARTBEAT_ASK);
	next = amp_heartbeat_answered(&hb, MS(TIMEOUT + 50));
	assert_int_equal(amp_heartbeat_check(&hb, next - 1, 5, &next), HEARTBEAT_ALIVE);
	assert_int_equal(amp_heartbeat_check(&hb, next, 6, &next), HEARTBEAT_ALIVE);
	/* and a full timeout begins again */
	assert_int_equal(amp_heartbeat_check(&hb, next, 6, &next), HEARTBEAT_ALIVE);
}

static void one_silence_is_one_question(void **state)
{
	struct heartbeat hb;
	uint64_t next;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	assert_int_equal(amp_heartbeat_check(&hb, MS(TIMEOUT), 5, &next), HEARTBEAT_ASK);
	assert_int_equal(amp_heartbeat_check(&hb, MS(TIMEOUT + 100), 5, &next), HEARTBEAT_ALIVE);
	assert_int_not_equal(amp_heartbeat_answered(&hb, MS(TIMEOUT + 150)), 0);
	assert_int_equal(amp_heartbeat_answered(&hb, MS(TIMEOUT + 160)), 0);
}

static void a_process_that_never_answers_is_given_up(void **state)
{
	struct heartbeat hb;
	uint64_t when;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	assert_int_equal(silence(&hb, 0, MS(100 * TIMEOUT), 0, &when), HEARTBEAT_MUTE);
	assert_true(when >= MS(8 * TIMEOUT));
}

static void an_answer_without_a_question_changes_nothing(void **state)
{
	struct heartbeat hb;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	assert_int_equal(amp_heartbeat_answered(&hb, MS(10)), 0);
	assert_false(hb.answered);
}

static void time_that_stands_still_is_not_silence(void **state)
{
	struct heartbeat hb;
	uint64_t next;

	(void)state;
	amp_heartbeat_start(&hb, 0, 5, PERIOD, TIMEOUT);
	amp_heartbeat_shift(&hb, MS(1000 * TIMEOUT));
	assert_int_equal(amp_heartbeat_check(&hb, MS(1001 * TIMEOUT - 1), 5, &next), HEARTBEAT_ALIVE);
	assert_int_equal(amp_heartbeat_check(&hb, MS(1001 * TIMEOUT), 5, &next), HEARTBEAT_ASK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_core_that_beats_is_never_asked),
		cmocka_unit_test(a_silent_core_is_dead_soon_after_its_timeout),
		cmocka_unit_test(there_is_no_verdict_before_the_process_has_answered),
		cmocka_unit_test(a_beat_in_the_grace_period_clears_the_core),
		cmocka_unit_test(one_silence_is_one_question),
		cmocka_unit_test(a_process_that_never_answers_is_given_up),
		cmocka_unit_test(time_that_stands_still_is_not_silence),
		cmocka_unit_test(an_answer_without_a_question_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
