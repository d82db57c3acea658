// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

static const char qemu_lockup[] = "qemu: fatal: Lockup: can't escalate 3 to HardFault (current priority -1)\n\n"
				  "R00=000000aa R01=00000001 R02=00000000 R03=00000000\n"
				  "R04=00000000 R05=00000000 R06=00000000 R07=00000000\n"
				  "R08=00000000 R09=00000000 R10=00000000 R11=00000000\n"
				  "R12=0000000c R13=20000fe0 R14=fffffff9 R15=21100202\n"
				  "XPSR=41000003 -Z-- T handler\nFPSCR: 00000000\n";

static void a_crash_record_of_this_life_gives_cause_and_registers(void **state)
{
	struct fixture *f = *state;

	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.cause, AMP_CRASH_UNDEFINED);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_CRASH_RECORD);
	assert_int_equal(f->summary.pc, INNER_UDF);
	assert_int_equal(f->summary.lr, IN_MIDDLE);
	assert_string_equal(f->summary.text, "undefined instruction");
}

static void a_crash_record_of_another_life_is_ignored(void **state)
{
	struct fixture *f = *state;

	f->remote.crash.epoch = 2;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.cause, AMP_CRASH_NONE);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_NONE);
	assert_int_equal(f->summary.pc, 0);
}

static void an_unfinished_crash_record_is_ignored(void **state)
{
	struct fixture *f = *state;

	f->remote.crash.magic = 0;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_NONE);
}

static void registers_are_read_from_the_dump_of_a_locked_up_qemu(void **state)
{
	struct fixture *f = *state;

	f->remote.crash.magic = 0;
	f->pm.registers = qemu_lockup;
	f->pm.text = "lock-up: a fault inside the fault handler";
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_QEMU);
	assert_int_equal(f->summary.registers.value[0], 0xaa);
	assert_int_equal(f->summary.registers.value[12], 0xc);
	assert_int_equal(f->summary.registers.value[13], 0x20000fe0);
	assert_int_equal(f->summary.registers.value[16], 0x41000003);
	assert_int_equal(f->summary.pc, 0x21100202);
	assert_int_equal(f->summary.registers.valid >> 17, 0); /* exc_return is not in QEMU's text */
	assert_string_equal(f->summary.text, "lock-up: a fault inside the fault handler");
}

static void the_crash_record_wins_over_registers_from_outside(void **state)
{
	struct fixture *f = *state;

	f->pm.registers = qemu_lockup;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_CRASH_RECORD);
	assert_int_equal(f->summary.registers.value[0], 0x1000);
}

static void text_without_a_program_counter_is_no_register_dump(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[] = {"", "R00", "R15", "R15=", "R15=zz", "XR15=1", "R00=1 R01=2", "R15 ="};

	f->remote.crash.magic = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		f->pm.registers = texts[i];
		amp_postmortem_summarise(&f->pm, &f->summary);
		assert_int_equal(f->summary.registers.source, AMP_REGISTERS_NONE);
		assert_int_equal(f->summary.registers.valid, 0);
	}
}

static void the_cores_own_text_is_bounded_and_printable(void **state)
{
	struct fixture *f = *state;

	f->remote.crash.cause = AMP_CRASH_ASSERT;
	memset(f->remote.crash.text, 'x', sizeof(f->remote.crash.text)); /* not terminated */
	f->remote.crash.text[0] = '\033';
	f->remote.crash.text[1] = '\n';
	f->remote.crash.text[2] = (char)0xff;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(strlen(f->summary.text), AMP_TEXT_LEN - 1);
	assert_memory_equal(f->summary.text, "assertion failed: ???xxx", 24);
}

static void an_unknown_cause_becomes_an_unexpected_fault(void **state)
{
	struct fixture *f = *state;

	f->remote.crash.cause = 0xffffffff;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.cause, AMP_CRASH_HARD);
	assert_string_equal(f->summary.text, "unexpected fault");
}

static void an_unknown_architecture_has_no_registers_but_a_text(void **state)
{
	struct fixture *f = *state;

	f->pm.elf_machine = 62;
	amp_postmortem_summarise(&f->pm, &f->summary);
	assert_int_equal(f->summary.registers.source, AMP_REGISTERS_NONE);
	assert_string_equal(f->summary.text, "undefined instruction");
}

static void every_cause_and_detector_has_a_name(void **state)
{
	(void)state;
	for (uint32_t i = 0; i <= AMP_CRASH_COUNT; i++) {
		assert_non_null(amp_postmortem_cause_name(i));
		assert_non_null(amp_postmortem_cause_text(i));
	}
	assert_string_equal(amp_detector_name(AMP_DETECTOR_HEARTBEAT), "heartbeat");
	assert_string_equal(amp_detector_name(1000), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup_fixture, teardown_fixture)
		T(a_crash_record_of_this_life_gives_cause_and_registers),
		T(a_crash_record_of_another_life_is_ignored),
		T(an_unfinished_crash_record_is_ignored),
		T(registers_are_read_from_the_dump_of_a_locked_up_qemu),
		T(the_crash_record_wins_over_registers_from_outside),
		T(text_without_a_program_counter_is_no_register_dump),
		T(the_cores_own_text_is_bounded_and_printable),
		T(an_unknown_cause_becomes_an_unexpected_fault),
		T(an_unknown_architecture_has_no_registers_but_a_text),
		T(every_cause_and_detector_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
