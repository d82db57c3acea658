// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/rpmsg/rpmsg_account.h"

#define PREFIX "from: "

static struct amp_account with_sent(unsigned int count)
{
	struct amp_account account = {.size = 20, .prefix = PREFIX};

	for (unsigned int i = 0; i < count; i++)
		amp_account_sent(&account, 1000 * i);
	return account;
}

/* The answer to message `number`. */
static void answer(struct amp_account *account, uint32_t number, uint64_t now)
{
	struct amp_account of = {.size = account->size, .sent = number};
	uint8_t data[64];

	memcpy(data, PREFIX, strlen(PREFIX));
	amp_account_next(&of, data + strlen(PREFIX));
	amp_account_answer(account, data, strlen(PREFIX) + account->size, now);
}

static void an_answered_message_is_delivered_and_its_time_taken(void **state)
{
	struct amp_account account = with_sent(2);

	(void)state;
	answer(&account, 0, 700);
	answer(&account, 1, 5000);
	assert_int_equal(account.delivered, 2);
	assert_int_equal(account.longest, 4000);
	assert_true(amp_account_is_closed(&account));
}

static void a_message_under_way_leaves_the_account_open(void **state)
{
	struct amp_account account = with_sent(1);

	(void)state;
	assert_false(amp_account_is_closed(&account));
	amp_account_lost(&account);
	assert_int_equal(account.reported, 1);
	assert_true(amp_account_is_closed(&account));
}

static void neither_is_unaccounted(void **state)
{
	struct amp_account account = with_sent(2);

	(void)state;
	answer(&account, 0, 0);
	amp_account_give_up(&account);
	assert_int_equal(account.unaccounted, 1);
	assert_false(amp_account_is_closed(&account));
}

static void an_answer_after_the_loss_was_told_is_both(void **state)
{
	struct amp_account account = with_sent(2);

	(void)state;
	amp_account_lost(&account);
	answer(&account, 1, 0);
	assert_int_equal(account.both, 1);
	assert_int_equal(account.delivered, 0);
	assert_false(amp_account_is_closed(&account));
}

static void a_second_answer_is_doubled(void **state)
{
	struct amp_account account = with_sent(1);

	(void)state;
	answer(&account, 0, 0);
	answer(&account, 0, 0);
	assert_int_equal(account.delivered, 1);
	assert_int_equal(account.doubled, 1);
	assert_false(amp_account_is_closed(&account));
}

static void a_changed_answer_is_corrupted_and_is_that_message_s(void **state)
{
	struct amp_account account = with_sent(3);
	uint8_t data[64];

	(void)state;
	memcpy(data, PREFIX, strlen(PREFIX));
	amp_account_next(&(struct amp_account){.size = 20, .sent = 1}, data + strlen(PREFIX));
	data[strlen(PREFIX) + 12] ^= 1;
	amp_account_answer(&account, data, strlen(PREFIX) + 20, 0);
	assert_int_equal(account.corrupted, 1);
	assert_int_equal(account.num_under_way, 2);
	answer(&account, 0, 0);
	answer(&account, 2, 0);
	assert_int_equal(account.delivered, 2);
}

static void an_answer_to_nothing_is_corrupted(void **state)
{
	struct amp_account account = with_sent(0);

	(void)state;
	answer(&account, 7, 0);
	amp_account_answer(&account, (const uint8_t *)"x", 1, 0);
	assert_int_equal(account.corrupted, 2);
}

static void a_text_answers_the_oldest_and_must_stay_the_same(void **state)
{
	struct amp_account account = {.same_text = true, .prefix = "amp"};

	(void)state;
	for (int i = 0; i < 3; i++)
		amp_account_sent(&account, 0);
	amp_account_answer(&account, (const uint8_t *)"amp 1", 5, 0);
	amp_account_answer(&account, (const uint8_t *)"amp 1", 5, 0);
	amp_account_answer(&account, (const uint8_t *)"amp 2", 5, 0);
	assert_int_equal(account.delivered, 2);
	assert_int_equal(account.corrupted, 1);
	amp_account_answer(&account, (const uint8_t *)"amp 1", 5, 0);
	assert_int_equal(account.doubled, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answered_message_is_delivered_and_its_time_taken),
		cmocka_unit_test(a_message_under_way_leaves_the_account_open),
		cmocka_unit_test(neither_is_unaccounted),
		cmocka_unit_test(an_answer_after_the_loss_was_told_is_both),
		cmocka_unit_test(a_second_answer_is_doubled),
		cmocka_unit_test(a_changed_answer_is_corrupted_and_is_that_message_s),
		cmocka_unit_test(an_answer_to_nothing_is_corrupted),
		cmocka_unit_test(a_text_answers_the_oldest_and_must_stay_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
