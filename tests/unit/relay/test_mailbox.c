// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "relay/core/mailbox.h"

static const struct core_config m3 = {
	.name = "m3",
	.elf_machine = 40,
	.mem_da = 0x21000000,
	.mem_size = 0x1000000,
	.num_regions = 2,
	.region =
		{
			{.name = "control", .kind = AMP_REGION_CONTROL, .offset = 0, .size = 0x2000},
			{.name = "firmware", .kind = AMP_REGION_FIRMWARE, .offset = 0x100000, .size = 0x700000},
		},
};

static struct mailbox box;
static struct mailbox_request request;

static int fresh(void **state)
{
	(void)state;
	box = (struct mailbox){0};
	return 0;
}

static struct amp_host start_request(uint32_t seq, uint64_t entry, const char *firmware)
{
	struct amp_host host = {.req_seq = seq, .op = AMP_REQ_START, .arg = entry};

	memcpy(host.firmware, firmware, strlen(firmware));
	return host;
}

static void nothing_new_is_no_request(void **state)
{
	struct amp_host host = {.req_seq = 0, .op = AMP_REQ_START};

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_NOTHING);
	assert_false(amp_mailbox_open(&box));
}

static void a_start_of_a_core_that_is_off_is_taken_once(void **state)
{
	struct amp_host host = start_request(1, 0x21100101, "a.elf");

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_START);
	assert_int_equal(request.entry, 0x21100101);
	assert_string_equal(request.firmware, "a.elf");
	assert_true(amp_mailbox_open(&box));
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_NOTHING);
}

static void a_start_of_a_core_that_is_not_off_is_refused(void **state)
{
	const uint32_t states[] = {AMP_CORE_STARTING, AMP_CORE_RUNNING, AMP_CORE_STOPPING, AMP_CORE_CRASHED};

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		struct amp_host host = start_request(i + 1, 0x21100000, "");

		assert_int_equal(amp_mailbox_take(&box, &host, states[i], &m3, &request), MAILBOX_ANSWER);
		assert_int_equal(request.status, AMP_EBUSY);
		assert_non_null(strstr(request.text, "m3"));
	}
}

static void an_entry_point_outside_the_firmware_region_is_refused(void **state)
{
	const uint32_t entries[] = {0, 0x20ffffff, 0x21000000, 0x210fffff, 0x21800000, 0x21800001, 0xffffffff};

	(void)state;
	for (uint32_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct amp_host host = start_request(i + 1, entries[i], "");

		assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
		assert_int_equal(request.status, AMP_EINVAL);
		assert_non_null(strstr(request.text, "0x21100000-0x217fffff"));
	}
}

static void an_entry_point_above_4_gib_is_taken_as_a_whole(void **state)
{
	const uint64_t wrong[] = {0x41100000, 0x1410fffff, 0x141800000, 0x241100000, 0xffffffff41100000};
	struct core_config high = m3;
	struct amp_host host = start_request(1, 0x141100000, "");

	(void)state;
	high.mem_da = 0x141000000;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &high, &request), MAILBOX_START);
	assert_true(request.entry == 0x141100000);
	for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		host = start_request(i + 2, wrong[i], "");
		assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &high, &request), MAILBOX_ANSWER);
		assert_int_equal(request.status, AMP_EINVAL);
		assert_non_null(strstr(request.text, "0x141100000-0x1417fffff"));
	}
	/* and the lower half of one is not one below 4 GiB */
	host = start_request(9, 0x121100000, "");
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
	assert_int_equal(request.status, AMP_EINVAL);
}

static void an_entry_point_may_have_the_thumb_bit(void **state)
{
	struct amp_host host = start_request(1, 0x21100001, "");

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_START);
}

static void a_firmware_name_that_is_a_path_is_refused(void **state)
{
	const char *const names[] = {"../secret", "/etc/passwd", "a/b.elf", ".hidden", "a b", "a\nb", "\x1b[2J"};

	(void)state;
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct amp_host host = start_request(i + 1, 0x21100000, names[i]);

		assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
		assert_int_equal(request.status, AMP_EINVAL);
	}
}

static void a_firmware_name_without_an_end_is_refused(void **state)
{
	struct amp_host host = start_request(1, 0x21100000, "");

	(void)state;
	memset(host.firmware, 'a', sizeof(host.firmware));
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
	assert_int_equal(request.status, AMP_EINVAL);
}

static void a_stop_is_taken_in_every_state_but_off(void **state)
{
	(void)state;
	for (uint32_t s = AMP_CORE_STARTING; s <= AMP_CORE_CRASHED; s++) {
		struct amp_host host = {.req_seq = s, .op = AMP_REQ_STOP};

		assert_int_equal(amp_mailbox_take(&box, &host, s, &m3, &request), MAILBOX_STOP);
	}
}

static void a_stop_of_a_core_that_is_off_is_done_already(void **state)
{
	struct amp_host host = {.req_seq = 1, .op = AMP_REQ_STOP};

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
	assert_int_equal(request.status, AMP_OK);
}

static void a_core_that_runs_or_is_about_to_can_be_attached_to(void **state)
{
	struct amp_host host = {.op = AMP_REQ_ATTACH};

	(void)state;
	host.req_seq++;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_RUNNING, &m3, &request), MAILBOX_ATTACH);
	assert_int_equal(box.op, AMP_REQ_ATTACH);
	host.req_seq++;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_STARTING, &m3, &request), MAILBOX_ATTACH);
}

static void there_is_nothing_to_attach_to_in_other_states(void **state)
{
	static const struct {
		uint32_t state;
		const char *text;
	} others[] = {{AMP_CORE_OFF, "off"}, {AMP_CORE_STOPPING, "being stopped"}, {AMP_CORE_CRASHED, "crashed"}};
	struct amp_host host = {.op = AMP_REQ_ATTACH};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		host.req_seq++;
		assert_int_equal(amp_mailbox_take(&box, &host, others[i].state, &m3, &request), MAILBOX_ANSWER);
		assert_int_equal(request.status, AMP_EBUSY);
		assert_non_null(strstr(request.text, others[i].text));
	}
}

static void a_detach_is_taken_in_every_state(void **state)
{
	struct amp_host host = {.op = AMP_REQ_DETACH};

	(void)state;
	for (uint32_t s = AMP_CORE_OFF; s <= AMP_CORE_CRASHED; s++) {
		host.req_seq++;
		assert_int_equal(amp_mailbox_take(&box, &host, s, &m3, &request), MAILBOX_DETACH);
	}
}

static void whether_it_can_sleep_or_go_on_is_for_the_core_to_say(void **state)
{
	struct amp_host host = {.op = AMP_REQ_SUSPEND, .req_seq = 1};

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_RUNNING, &m3, &request), MAILBOX_SUSPEND);
	host.op = AMP_REQ_RESUME;
	host.req_seq++;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_RUNNING, &m3, &request), MAILBOX_RESUME);
	assert_string_equal(amp_request_name(AMP_REQ_SUSPEND), "suspend");
	assert_string_equal(amp_request_name(AMP_REQ_RESUME), "resume");
}

static void an_unknown_request_is_refused_by_its_number(void **state)
{
	struct amp_host host = {.req_seq = 1, .op = 77};

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_ANSWER);
	assert_int_equal(request.status, AMP_EINVAL);
	assert_non_null(strstr(request.text, "77"));
}

static void a_new_request_takes_the_place_of_one_under_way(void **state)
{
	struct amp_host host = start_request(1, 0x21100000, "");

	(void)state;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), MAILBOX_START);
	host.req_seq = 2;
	host.op = AMP_REQ_STOP;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_STARTING, &m3, &request), MAILBOX_STOP);
	assert_int_equal(box.taken, 2);
	assert_true(amp_mailbox_open(&box));
}

static void the_sequence_may_wrap(void **state)
{
	struct amp_host host = {.req_seq = 0, .op = AMP_REQ_RESET};

	(void)state;
	box.taken = box.answered = UINT32_MAX;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_RUNNING, &m3, &request), MAILBOX_RESET);
}

/* ------------------------------------------------------------------ firmware for the relay to load */

static void a_staged_firmware_is_within_the_firmware_region(void **state)
{
	static const struct {
		uint32_t staged, signature_size;
		enum mailbox_verdict verdict;
	} cases[] = {
		{1, 0, MAILBOX_START},           {0x700000, 0, MAILBOX_START},  {0x700000 - 4096, 4096, MAILBOX_START},
		{0x700001, 0, MAILBOX_ANSWER},   {0x700000, 1, MAILBOX_ANSWER}, {1, 4097, MAILBOX_ANSWER},
		{UINT32_MAX, 2, MAILBOX_ANSWER},
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct amp_host host = start_request(i + 1, 0, "a.elf"); /* its entry point is for the relay to find */

		host.staged = cases[i].staged;
		host.signature_size = cases[i].signature_size;
		assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &m3, &request), cases[i].verdict);
		if (cases[i].verdict == MAILBOX_ANSWER)
			assert_int_equal(request.status, AMP_EINVAL);
		else
			assert_int_equal(request.staged, cases[i].staged);
	}
}

static void what_the_host_has_loaded_is_not_started_where_it_must_be_signed(void **state)
{
	struct amp_host host = start_request(1, 0x21100101, "a.elf");
	struct core_config secure = m3;

	(void)state;
	strcpy(secure.secure, "vendor.pub");
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &secure, &request), MAILBOX_ANSWER);
	assert_int_equal(request.status, AMP_EKEYREJECTED);
	assert_non_null(strstr(request.text, "takes signed firmware only"));
	host.req_seq = 2;
	host.staged = 100;
	assert_int_equal(amp_mailbox_take(&box, &host, AMP_CORE_OFF, &secure, &request), MAILBOX_START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_new_is_no_request, fresh),
		cmocka_unit_test_setup(a_start_of_a_core_that_is_off_is_taken_once, fresh),
		cmocka_unit_test_setup(a_start_of_a_core_that_is_not_off_is_refused, fresh),
		cmocka_unit_test_setup(an_entry_point_outside_the_firmware_region_is_refused, fresh),
		cmocka_unit_test_setup(an_entry_point_above_4_gib_is_taken_as_a_whole, fresh),
		cmocka_unit_test_setup(an_entry_point_may_have_the_thumb_bit, fresh),
		cmocka_unit_test_setup(a_firmware_name_that_is_a_path_is_refused, fresh),
		cmocka_unit_test_setup(a_firmware_name_without_an_end_is_refused, fresh),
		cmocka_unit_test_setup(a_stop_is_taken_in_every_state_but_off, fresh),
		cmocka_unit_test_setup(a_stop_of_a_core_that_is_off_is_done_already, fresh),
		cmocka_unit_test_setup(a_core_that_runs_or_is_about_to_can_be_attached_to, fresh),
		cmocka_unit_test_setup(there_is_nothing_to_attach_to_in_other_states, fresh),
		cmocka_unit_test_setup(a_detach_is_taken_in_every_state, fresh),
		cmocka_unit_test_setup(whether_it_can_sleep_or_go_on_is_for_the_core_to_say, fresh),
		cmocka_unit_test_setup(an_unknown_request_is_refused_by_its_number, fresh),
		cmocka_unit_test_setup(a_new_request_takes_the_place_of_one_under_way, fresh),
		cmocka_unit_test_setup(the_sequence_may_wrap, fresh),
		cmocka_unit_test_setup(a_staged_firmware_is_within_the_firmware_region, fresh),
		cmocka_unit_test_setup(what_the_host_has_loaded_is_not_started_where_it_must_be_signed, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
