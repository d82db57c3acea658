// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/rpmsg/rpmsg_sequence.h"

#define COUNT 600

struct fixture {
	uint8_t seen[AMP_SEQUENCE_BYTES(COUNT)];
	struct amp_sequence seq;
};

static void begin(struct fixture *f, unsigned int size, uint32_t sent)
{
	memset(f, 0, sizeof(*f));
	f->seq = (struct amp_sequence){.size = size, .sent = sent, .seen = f->seen};
}

static int64_t reply(struct fixture *f, uint32_t number)
{
	uint8_t message[496];

	amp_sequence_fill(message, f->seq.size, number);
	return amp_sequence_take(&f->seq, message, f->seq.size);
}

static void every_message_of_every_size_is_known_again(void **state)
{
	static const unsigned int sizes[] = {1, 2, 3, 4, 5, 16, 496};
	struct fixture f;

	(void)state;
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin(&f, sizes[i], 0);
		while (f.seq.sent < COUNT) {
			f.seq.sent++;
			assert_int_equal(reply(&f, f.seq.sent - 1), f.seq.sent - 1);
		}
		assert_int_equal(f.seq.received, COUNT);
		assert_int_equal(f.seq.doubled + f.seq.disordered + f.seq.wrong, 0);
	}
}

static void a_second_reply_is_doubled(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 16, 3);
	assert_int_equal(reply(&f, 1), 1);
	assert_int_equal(reply(&f, 1), -1);
	assert_int_equal(f.seq.received, 1);
	assert_int_equal(f.seq.doubled, 1);
}

static void a_reply_after_a_later_one_is_out_of_order(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 16, 3);
	assert_int_equal(reply(&f, 2), 2);
	assert_int_equal(reply(&f, 0), 0);
	assert_int_equal(reply(&f, 1), 1);
	assert_int_equal(f.seq.received, 3);
	assert_int_equal(f.seq.disordered, 2);
}

static void a_changed_byte_anywhere_is_wrong(void **state)
{
	uint8_t message[496];
	struct fixture f;

	(void)state;
	for (unsigned int i = 0; i < sizeof(message); i++) {
		begin(&f, sizeof(message), 3);
		amp_sequence_fill(message, sizeof(message), 1);
		message[i] ^= 4;
		assert_int_equal(amp_sequence_take(&f.seq, message, sizeof(message)), -1);
		assert_int_equal(f.seq.wrong, 1);
		assert_int_equal(f.seq.received, 0);
	}
}

static void another_length_is_wrong(void **state)
{
	uint8_t message[20];
	struct fixture f;

	(void)state;
	begin(&f, 16, 1);
	amp_sequence_fill(message, sizeof(message), 0);
	assert_int_equal(amp_sequence_take(&f.seq, message, 15), -1);
	assert_int_equal(amp_sequence_take(&f.seq, message, 17), -1);
	assert_int_equal(amp_sequence_take(&f.seq, message, 0), -1);
	assert_int_equal(f.seq.wrong, 3);
}

static void a_message_that_was_never_sent_is_wrong(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 16, 0);
	assert_int_equal(reply(&f, 0), -1);
	begin(&f, 1, 0);
	assert_int_equal(reply(&f, 0), -1);
	begin(&f, 16, 5);
	assert_int_equal(reply(&f, 5), -1);
	assert_int_equal(f.seq.wrong, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_of_every_size_is_known_again),
		cmocka_unit_test(a_second_reply_is_doubled),
		cmocka_unit_test(a_reply_after_a_later_one_is_out_of_order),
		cmocka_unit_test(a_changed_byte_anywhere_is_wrong),
		cmocka_unit_test(another_length_is_wrong),
		cmocka_unit_test(a_message_that_was_never_sent_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
