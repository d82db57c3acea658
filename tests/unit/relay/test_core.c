// SPDX-License-Identifier: GPL-2.0-only
/* What the relay says through a core's shared memory, and to Linux, when the core has gone wrong. No QEMU. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openamp/remoteproc.h>

#include "common/clock.h"
#include "relay/lab.h"

#include "recorded.h"

#ifndef MEM_DA /* above 4 GiB, too */
#define MEM_DA 0x21000000u
#endif
#define MEM_SIZE 0x10000u

static struct amp_relay_options options = {.lab = "test", .lock_fd = -1};
static struct lab *lab;
static struct core *core;
static struct core_config *config;
static char dir[] = "/tmp/core_test.XXXXXX";

static void add_region(const char *name, enum amp_region_kind kind, uint32_t offset, uint32_t size)
{
	struct amp_region *region = &config->region[config->num_regions++];

	*region = (struct amp_region){.kind = kind, .offset = offset, .size = size};
	snprintf(region->name, sizeof(region->name), "%s", name);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0 || !mkdtemp(dir))
		return -1;
	options.state_dir = options.firmware_dir = dir;
	lab->options = &options;
	if (amp_record_open(&lab->record, dir) < 0)
		return -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	config->notify_ids = 2;
	add_region("control", AMP_REGION_CONTROL, 0, AMP_CTRL_SIZE);
	add_region("firmware", AMP_REGION_FIRMWARE, 0x8000, 0x8000);
	core = &lab->core[0];
	amp_core_prepare(core, lab);
	return amp_core_init(core, config);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	amp_core_destroy(core);
	amp_record_close(&lab->record);
	sd_event_unref(lab->loop);
	free(lab);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* The core runs in its first life; no process is behind it. */
static void run_core(void)
{
	core->wire.epoch = 1;
	amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "test");
	amp_core_set_phase(core, PHASE_RUNNING, "test");
}

static void crash_core(void)
{
	run_core();
	core->crash.epoch = 1;
	amp_core_set_phase(core, PHASE_EXAMINING, "test");
	amp_core_conclude(core);
	assert_int_equal(core->phase, PHASE_CRASHED);
}

/* Interrupts that Linux got on the control vector since the last look. */
static uint64_t rings(void)
{
	uint64_t count = 0;

	if (read(core->bells.to_host[AMP_VECTOR_CONTROL], &count, sizeof(count)) < 0)
		return 0;
	return count;
}

static void acknowledge(uint32_t seq)
{
	memcpy(core->shm.base + AMP_HOST_OFFSET + offsetof(struct amp_host, report_ack), &seq, sizeof(seq));
}

static bool recorded(const char *text)
{
	return recorded_in(dir, text);
}

/* As if the timer had run down so often. */
static void time_passes(int times)
{
	for (int i = 0; i < times && core->report.timer; i++) {
		sd_event_source_set_time(core->report.timer, 0);
		while (sd_event_run(lab->loop, 0) > 0)
			;
	}
}

/* ------------------------------------------------------------------ wild writes */

static void what_a_mad_core_wrote_over_is_whole_again_when_it_is_off(void **state)
{
	struct amp_soc soc;
	struct amp_relay relay;

	(void)state;
	run_core();
	core->wire.resp_seq = 7;
	core->wire.report_seq = 3;
	strcpy(core->wire.report_text, "a crash before");
	memset(core->shm.base + AMP_SOC_OFFSET, 0xff, AMP_HOST_OFFSET - AMP_SOC_OFFSET);
	memset(core->shm.base + AMP_RELAY_OFFSET, 0xff, sizeof(struct amp_relay));

	amp_core_kill(core, "test");
	assert_int_equal(core->phase, PHASE_OFF);
	amp_soc_describe(config, &soc);
	assert_memory_equal(core->shm.base + AMP_SOC_OFFSET, &soc, sizeof(soc));
	memcpy(&relay, core->shm.base + AMP_RELAY_OFFSET, sizeof(relay));
	assert_int_equal(relay.resp_seq, 7);
	assert_int_equal(relay.resp_status, AMP_OK);
	assert_string_equal(relay.resp_text, "");
	assert_int_equal(relay.state, AMP_CORE_OFF);
	assert_int_equal(relay.epoch, 1);
	assert_int_equal(relay.boot_addr, 0);
	assert_int_equal(relay.inject, AMP_FAULT_NONE);
	assert_int_equal(relay.report_seq, 3);
	assert_string_equal(relay.report_text, "a crash before");
}

static void the_description_is_whole_before_the_core_is_said_to_be_off(void **state)
{
	(void)state;
	crash_core();
	memset(core->shm.base + AMP_SOC_OFFSET, 0, sizeof(struct amp_soc));
	amp_core_stop(core, "test");
	assert_int_equal(core->phase, PHASE_OFF);
	assert_int_equal(((const struct amp_soc *)core->shm.base)->magic, AMP_CTRL_MAGIC);
}

/* ------------------------------------------------------------------ crash reports */

static void a_report_that_is_acknowledged_rings_once(void **state)
{
	(void)state;
	crash_core();
	assert_int_equal(rings(), 1);
	acknowledge(core->wire.report_seq);
	time_passes(5);
	assert_int_equal(rings(), 0);
	assert_null(core->report.timer);
	assert_false(recorded("core.report"));
}

static void a_report_that_nobody_took_is_rung_for_again_until_it_is_taken(void **state)
{
	(void)state;
	crash_core();
	time_passes(3);
	assert_int_equal(rings(), 4);
	assert_non_null(core->report.timer);
	acknowledge(core->wire.report_seq);
	time_passes(5);
	assert_int_equal(rings(), 0);
	assert_true(recorded("\"acknowledged\":true"));
	assert_true(recorded("\"rings\":4"));
}

static void the_report_rings_ever_less_often(void **state)
{
	uint32_t before = 0;

	(void)state;
	crash_core();
	for (int i = 0; i < 20; i++) {
		assert_true(core->report.wait_ms >= before);
		before = core->report.wait_ms;
		time_passes(1);
	}
	assert_int_equal(before, 5000);
}

static void a_report_that_is_not_taken_for_long_is_an_event_once(void **state)
{
	(void)state;
	crash_core();
	time_passes(1);
	assert_false(recorded("\"acknowledged\":false"));
	core->report.since -= UINT64_C(6000000000);
	time_passes(1);
	assert_true(recorded("\"acknowledged\":false"));
	assert_true(core->report.told);
}

static void what_the_core_wrote_over_the_report_is_written_again(void **state)
{
	uint32_t *seq = (uint32_t *)(core->shm.base + AMP_RELAY_OFFSET + offsetof(struct amp_relay, report_seq));

	(void)state;
	crash_core();
	*seq = 0;
	time_passes(1);
	assert_int_equal(*seq, core->wire.report_seq);
}

static void an_acknowledgement_that_was_there_before_the_report_counts_for_nothing(void **state)
{
	(void)state;
	acknowledge(1); /* a core can write it for the next report */
	crash_core();
	assert_int_equal(core->wire.report_seq, 1);
	time_passes(2);
	assert_int_equal(rings(), 3);
	assert_non_null(core->report.timer);
}

static void a_stop_ends_the_ringing(void **state)
{
	(void)state;
	crash_core();
	amp_core_stop(core, "Linux asked for it");
	assert_int_equal(core->phase, PHASE_OFF);
	assert_null(core->report.timer);
}

/* ------------------------------------------------------------------ a stop under way */

static int doorbell; /* the core's end */
static int owner_heard;

/* Linux, which has looked before the relay did, asks for it. */
static void stop_the_core(void)
{
	int pair[2];

	run_core();
	core->ready = true;
	core->mailbox.taken = 5;
	core->booted = now_ns();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	doorbell = pair[1];
	amp_bells_power_on(&core->bells, pair[0]);
	amp_core_stop(core, "Linux asked for it");
	assert_int_equal(core->phase, PHASE_STOPPING);
}

static void says(uint8_t byte)
{
	assert_int_equal(write(doorbell, &byte, 1), 1);
}

static void its_process_is_killed(void)
{
	siginfo_t info = {.si_code = CLD_KILLED, .si_status = SIGKILL};

	core->ears->on_exit(core, &info);
	close(doorbell);
}

static void has_crashed_and_is_off(void)
{
	while (core->phase != PHASE_OFF)
		assert_true(sd_event_run(lab->loop, UINT64_MAX) >= 0);
	assert_int_equal(core->crashes, 1);
	assert_true(core->crashed_at > 0); /* so the life after it is a recovery */
	assert_int_equal(core->quick_deaths, 0);
	assert_int_equal(core->wire.resp_seq, 5);
	assert_int_equal(core->wire.resp_status, AMP_OK);
	assert_false(core->returns);
}

static void owner_hears(struct core *of)
{
	assert_ptr_equal(of, core);
	owner_heard++;
}

static void owner_hears_nothing(struct core *of)
{
	assert_ptr_equal(of, core);
}

static void a_core_that_dies_while_it_is_being_stopped_has_crashed(void **state)
{
	(void)state;
	stop_the_core();
	its_process_is_killed();
	has_crashed_and_is_off();
	assert_true(recorded("\"ev\":\"core.crash\",\"core\":\"m3\",\"detector\":\"exit\""));
	assert_true(recorded("its process was killed by signal 9"));
}

static void a_core_that_crashes_in_its_shutdown_has_crashed(void **state)
{
	struct amp_remote *remote = (struct amp_remote *)(core->shm.base + AMP_REMOTE_OFFSET);

	(void)state;
	stop_the_core();
	remote->crash = (struct amp_crash){.magic = AMP_CRASH_MAGIC, .epoch = 1, .cause = AMP_CRASH_ASSERT};
	says(AMP_DB_CRASH);
	amp_core_on_uart(core->uart, core->bells.uart, EPOLLIN, core);
	has_crashed_and_is_off();
	assert_true(recorded("\"detector\":\"fault-handler\",\"cause\":\"assert\""));
	close(doorbell);
}

static void a_core_that_has_said_that_it_is_done_has_not_crashed(void **state)
{
	(void)state;
	stop_the_core();
	says(AMP_DB_STOPPED);
	its_process_is_killed();
	assert_int_equal(core->phase, PHASE_OFF);
	assert_int_equal(core->crashes, 0);
	assert_false(recorded("core.crash"));
}

static void an_owner_who_stops_a_core_does_not_start_it_again_because_it_crashed(void **state)
{
	static const struct core_owner owner = {owner_hears, owner_hears_nothing, owner_hears_nothing};

	(void)state;
	owner_heard = 0;
	core->owner = &owner;
	stop_the_core();
	its_process_is_killed();
	has_crashed_and_is_off();
	assert_int_equal(owner_heard, 0);
}

/* ------------------------------------------------------------------ Linux's dumps */

static const char *in_dumps(const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/dumps/%s", dir, file);
	return path;
}

static int files_in_dumps(void)
{
	DIR *open = opendir(in_dumps(""));
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(open)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(open);
	return n;
}

/* The agent's part of the lab, without its port. */
static struct agent *an_agent(void)
{
	assert_int_equal(mkdir(in_dumps(""), 0755), 0);
	lab->agent.lab = lab;
	lab->agent.noise = (struct ratelimit)RATELIMIT(20, 500);
	amp_dump_prepare(&lab->agent.dump);
	return &lab->agent;
}

static void a_dump_gets_the_name_of_the_life_that_had_ended_last_when_it_began(void **state)
{
	struct agent *agent = an_agent();
	char text[16] = "";
	FILE *file;

	(void)state;
	core->ended = 7;
	core->wire.epoch = 8;
	amp_dump_begin(agent, "m3", 2);
	amp_dump_data(agent, "half ", 5);
	assert_int_equal(access(in_dumps("m3-7.devcoredump"), F_OK), -1);
	amp_dump_data(agent, "dump", 4);
	assert_false(recorded("core.dump"));
	core->ended = 8; /* the next has died meanwhile */
	amp_dump_end(agent, 0);
	file = fopen(in_dumps("m3-7.devcoredump"), "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text), file), 9);
	assert_string_equal(text, "half dump");
	fclose(file);
	assert_int_equal(files_in_dumps(), 1);
	assert_true(recorded("\"file\":\"dumps/m3-7.devcoredump\",\"epoch\":7,\"by\":\"linux\""));
}

static void a_dump_of_a_core_with_an_owner_comes_before_its_life_has_ended(void **state)
{
	static const struct core_owner owner = {0};
	struct agent *agent = an_agent();

	(void)state;
	core->owner = &owner;
	core->ended = 7;
	core->wire.epoch = 8;
	core->phase = PHASE_CRASHED;
	amp_dump_begin(agent, "m3", 2);
	amp_dump_end(agent, 0);
	assert_int_equal(access(in_dumps("m3-8.devcoredump"), F_OK), 0);
	core->ended = 8;
	core->wire.epoch = 9;
	core->phase = PHASE_RUNNING;
	amp_dump_begin(agent, "m3", 2);
	amp_dump_end(agent, 0);
	assert_int_equal(files_in_dumps(), 1); /* it was that one again */
	core->phase = PHASE_OFF;
	core->owner = NULL;
}

static void a_dump_that_failed_is_neither_kept_nor_recorded(void **state)
{
	struct agent *agent = an_agent();
	static char page[4096];

	(void)state;
	amp_dump_begin(agent, "m3", 2);
	amp_dump_data(agent, "part", 4);
	amp_dump_end(agent, EIO);
	assert_true(recorded("Linux's core dump is not kept: Input/output error"));

	amp_dump_begin(agent, "m3", 2);
	amp_dump_data(agent, "part", 4);
	amp_dump_abandon(agent);

	amp_dump_begin(agent, "m3", 2);
	for (size_t sent = 0; sent < MEM_SIZE + (2u << 20); sent += sizeof(page))
		amp_dump_data(agent, page, sizeof(page));
	amp_dump_end(agent, 0);
	assert_true(recorded("larger than the core's memory"));

	assert_int_equal(files_in_dumps(), 0);
	assert_false(recorded("core.dump"));
}

static void nothing_but_a_core_of_the_lab_can_have_a_dump(void **state)
{
	static const char *const names[] = {"", "..", "../../m3", "m4", "m3/", "m3\n", "/etc/passwd"};
	struct agent *agent = an_agent();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		amp_dump_begin(agent, names[i], strlen(names[i]));
		amp_dump_data(agent, "x", 1);
		amp_dump_end(agent, 0);
	}
	amp_dump_data(agent, "without a beginning", 19);
	amp_dump_end(agent, 0);
	assert_int_equal(files_in_dumps(), 0);
}

static void a_link_in_the_place_of_a_dump_is_not_followed(void **state)
{
	struct agent *agent = an_agent();
	char victim[64];

	(void)state;
	snprintf(victim, sizeof(victim), "%s/victim", dir);
	assert_int_equal(symlink(victim, in_dumps(".m3.part")), 0);
	assert_int_equal(symlink(victim, in_dumps("m3-0.devcoredump")), 0);
	amp_dump_begin(agent, "m3", 2);
	amp_dump_data(agent, "x", 1);
	amp_dump_end(agent, 0);
	assert_int_equal(access(victim, F_OK), -1);
	assert_int_equal(files_in_dumps(), 1);
}

static void only_so_many_dumps_are_kept(void **state)
{
	struct agent *agent = an_agent();

	(void)state;
	for (uint32_t epoch = 1; epoch <= 3 * DUMPS_KEPT; epoch++) {
		core->ended = epoch;
		for (int again = 0; again < 2; again++) { /* a guest may send one twice */
			amp_dump_begin(agent, "m3", 2);
			amp_dump_data(agent, "x", 1);
			amp_dump_end(agent, 0);
		}
	}
	assert_int_equal(files_in_dumps(), DUMPS_KEPT);
	assert_int_equal(access(in_dumps("m3-48.devcoredump"), F_OK), 0);
	assert_int_equal(access(in_dumps("m3-33.devcoredump"), F_OK), 0);
}

/* ------------------------------------------------------------------ sleep */

/* W-MBOX-18 */
static void a_core_that_does_not_answer_a_suspend_is_left_as_it_was(void **state)
{
	char text[128];

	(void)state;
	config->heartbeat_ms = config->heartbeat_timeout_ms = 10000;
	run_core();
	core->ready = true;
	assert_int_equal(amp_core_resume(core, text, sizeof(text)), AMP_EBUSY);
	core->mailbox.taken = 1;
	core->mailbox.op = AMP_REQ_SUSPEND;
	assert_int_equal(amp_core_suspend(core, text, sizeof(text)), AMP_OK);
	assert_int_equal(amp_core_suspend(core, text, sizeof(text)), AMP_EBUSY);
	assert_true(amp_mailbox_open(&core->mailbox));
	(void)rings();
	assert_true(sd_event_source_set_time(core->answer_limit, 0) >= 0); /* as if its time were over */
	while (sd_event_run(lab->loop, 0) > 0)
		;
	assert_int_equal(core->wire.resp_seq, 1);
	assert_int_equal(core->wire.resp_status, AMP_ETIMEDOUT);
	assert_int_equal(rings(), 1);
	assert_int_equal(core->wire.suspended, 0);
	assert_int_equal(core->phase, PHASE_RUNNING);
	/* what it says later changes nothing */
	amp_core_on_suspended(core);
	assert_int_equal(core->wire.suspended, 0);
}

/* ------------------------------------------------------------------ clocks */

static uint32_t clock_asked(void)
{
	return ((const struct amp_relay *)(core->shm.base + AMP_RELAY_OFFSET))->clock_asked;
}

static uint32_t host_clock_asked(void)
{
	return ((const struct amp_relay *)(core->shm.base + AMP_RELAY_OFFSET))->host_clock_asked;
}

/* The core says what its clock says, and rings. */
static void tell_clock(uint32_t asked, uint64_t ns, uint64_t heard)
{
	struct amp_clock *clock = &((struct amp_remote *)(core->shm.base + AMP_REMOTE_OFFSET))->clock;

	*clock = (struct amp_clock){.asked = asked, .ns = ns};
	amp_core_clock_heard(core, heard);
}

/* As a core whose clock began when ours was `zero` answers, 1000 ns before it is heard. */
static void answer_clock(uint64_t zero)
{
	tell_clock(core->clock.asked, core->clock.at - zero + 1000, core->clock.at + 2000);
}

static void a_core_is_asked_for_its_clock_once_it_has_rung_for_that(void **state)
{
	(void)state;
	run_core();
	assert_null(core->clock.timer);
	assert_int_equal(clock_asked(), 0);
	tell_clock(0, 0, 1);
	assert_int_equal(clock_asked(), 1);
	assert_false(core->clock.offset.known);
	answer_clock(500);
	assert_int_equal(amp_offset_ns(&core->clock.offset), 500);
	assert_int_equal(amp_offset_error(&core->clock.offset), 1000);
	assert_true(recorded("\"ev\":\"clock.set\",\"core\":\"m3\",\"of\":\"m3\",\"epoch\":1"));
	assert_true(recorded("\"offset\":500,\"error\":1000"));
	assert_int_equal(clock_asked(), 1); /* that is good enough for now */
}

static void an_answer_to_another_question_counts_for_nothing(void **state)
{
	(void)state;
	run_core();
	tell_clock(0, 0, 1);
	tell_clock(0, 77, core->clock.at + 2000);
	tell_clock(2, 77, core->clock.at + 2000);
	assert_false(core->clock.offset.known);
	answer_clock(500);
	tell_clock(1, 77, core->clock.at + 2000); /* once more */
	assert_int_equal(amp_offset_ns(&core->clock.offset), 500);
}

static void a_slow_answer_is_followed_by_other_questions_but_not_without_end(void **state)
{
	uint32_t asked = 0;

	(void)state;
	run_core();
	tell_clock(0, 0, 1);
	while (clock_asked() != asked) {
		asked = clock_asked();
		tell_clock(asked, core->clock.at, core->clock.at + 1000000);
		assert_true(asked < 100);
	}
	assert_true(asked > 3);
	assert_int_equal(amp_offset_error(&core->clock.offset), 500000);
}

static void a_clock_that_stood_still_is_recorded_anew(void **state)
{
	(void)state;
	run_core();
	tell_clock(0, 0, 1);
	answer_clock(500);
	amp_core_hold(core); /* a debugger */
	amp_core_release(core);
	while (sd_event_run(lab->loop, 0) > 0)
		;
	assert_true(core->clock.at > 0);
	while (core->clock.at)
		answer_clock(777777);
	assert_int_equal(amp_offset_ns(&core->clock.offset), 777777);
	assert_true(core->clock.offset.from > 0);
	assert_true(recorded("\"offset\":777777"));
}

static void another_life_has_another_clock(void **state)
{
	(void)state;
	run_core();
	tell_clock(0, 0, 1);
	answer_clock(500);
	amp_core_kill(core, "test");
	assert_null(core->clock.timer);
	assert_false(core->clock.offset.known);
	tell_clock(1, 1, 1); /* what is off is not heard */
	assert_null(core->clock.timer);
}

static void linux_is_asked_through_a_driver_that_answers(void **state)
{
	struct amp_host host = {0};

	(void)state;
	rings();
	amp_linux_clock_heard(core, &host, 1);
	assert_int_equal(rings(), 0); /* a driver that knows nothing of it */
	host.clock.ns = 1;
	amp_linux_clock_heard(core, &host, 1);
	assert_int_equal(rings(), 1);
	assert_int_equal(host_clock_asked(), 1);
	host.clock = (struct amp_clock){.asked = 1, .ns = lab->vm.clock.at};
	amp_linux_clock_heard(core, &host, lab->vm.clock.at + 2000);
	assert_int_equal(amp_offset_ns(&lab->vm.clock.offset), 1000);
	assert_true(recorded("\"of\":\"linux\",\"epoch\":1"));
	amp_linux_clock_end(lab);
	assert_false(lab->vm.clock.offset.known);
}

/* ------------------------------------------------------------------ the journal */

#define TABLE_AT   0x8000u
#define JOURNAL_AT 0x9000u
#define HALF       256u

/* What the core has in its memory. */
static struct {
	struct resource_table head;
	uint32_t offset[1];
	struct amp_rsc_journal entry;
} * table;
static struct amp_journal *journal;

static void run_core_with_journal(uint32_t da, uint32_t len)
{
	run_core();
	table = (void *)(core->shm.base + TABLE_AT);
	table->head = (struct resource_table){.ver = 1, .num = 1};
	table->offset[0] = (uint32_t)((uint8_t *)&table->entry - (uint8_t *)table);
	table->entry = (struct amp_rsc_journal){.type = AMP_RSC_JOURNAL, .da = da, .len = len};
	journal = (void *)(core->shm.base + JOURNAL_AT);
	core->link = (struct link){.found = true, .table = TABLE_AT, .table_size = sizeof(*table)};
	amp_core_journal_begin(core);
}

static void write_lines(const char *text)
{
	uint32_t *filled = &journal->filled[journal->given % 2];

	memcpy((char *)(journal + 1) + journal->given % 2 * HALF + *filled, text, strlen(text));
	*filled += (uint32_t)strlen(text);
}

static void give(void)
{
	journal->filled[(journal->given + 1) % 2] = 0;
	journal->given++;
}

static uint32_t taken(void)
{
	return ((const struct amp_relay *)(core->shm.base + AMP_RELAY_OFFSET))->journal_taken;
}

/* The lines of the log, without the relay's stamps. */
static const char *logged(void)
{
	static char all[16384];
	char path[128], line[1024];
	FILE *file;

	snprintf(path, sizeof(path), "%s/m3.journal.log", dir);
	file = fopen(path, "r");
	assert_non_null(file);
	all[0] = '\0';
	while (fgets(line, sizeof(line), file))
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s", strchr(line, ']') + 2);
	fclose(file);
	return all;
}

static void what_is_given_is_taken_and_said_to_be(void **state)
{
	(void)state;
	run_core_with_journal(MEM_DA + JOURNAL_AT, sizeof(*journal) + 2 * HALF);
	write_lines("one\n");
	amp_core_journal_look(core); /* not given yet */
	assert_int_equal(taken(), 0);
	give();
	write_lines("two\nthr");
	amp_core_journal_look(core);
	assert_int_equal(taken(), 1);
	assert_string_equal(logged(), "one\n");
	give();
	write_lines("ee\n");
	give();
	amp_core_journal_look(core); /* that is two: it cannot be */
	assert_int_equal(taken(), 3);
	assert_true(recorded("of its journal"));
	amp_core_kill(core, "test");
}

static void what_a_crash_leaves_in_both_buffers_is_taken_once(void **state)
{
	(void)state;
	run_core_with_journal(MEM_DA + JOURNAL_AT, sizeof(*journal) + 2 * HALF);
	write_lines("one\n");
	give();
	amp_core_journal_look(core);
	write_lines("two\n");
	give();
	write_lines("three\nits last wo");
	journal->lost = 7;
	core->crash.epoch = 1;
	amp_core_set_phase(core, PHASE_EXAMINING, "test");
	amp_core_unwatch(core);
	amp_core_conclude(core);
	assert_string_equal(logged(), "one\ntwo\nthree\nits last wo\n");
	assert_true(recorded("7 lines of its journal were lost"));
	memset(core->shm.base + TABLE_AT, 0xff, 0x4000); /* Linux loads the firmware again */
	amp_core_stop(core, "test");
	assert_string_equal(logged(), "one\ntwo\nthree\nits last wo\n");
}

static void a_journal_that_cannot_be_is_left_alone(void **state)
{
	static const struct {
		uint32_t da, len;
	} bad[] = {
		{MEM_DA + JOURNAL_AT, 0},
		{MEM_DA + JOURNAL_AT, sizeof(struct amp_journal) + 1},
		{MEM_DA + JOURNAL_AT, AMP_JOURNAL_LEN_MAX + 1},
		{MEM_DA + JOURNAL_AT, UINT32_MAX},
		{MEM_DA + JOURNAL_AT + 2, 512},
		{MEM_DA - 4, 512},
		{MEM_DA + MEM_SIZE - 500, 512},
		{0, 512},
		{UINT32_MAX - 3, 512},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		run_core_with_journal(bad[i].da, bad[i].len);
		write_lines("no\n");
		give();
		amp_core_journal_look(core);
		assert_false(core->journal.found);
		assert_int_equal(taken(), 0);
		amp_core_journal_end(core);
	}
	run_core_with_journal(MEM_DA + JOURNAL_AT, 512);
	table->head.num = UINT32_MAX;
	table->offset[0] = UINT32_MAX;
	amp_core_journal_look(core);
	assert_false(core->journal.found);
	assert_string_equal(logged(), "");
}

static void a_buffer_that_is_said_to_be_fuller_than_it_is_large_ends_where_it_ends(void **state)
{
	char text[HALF];

	(void)state;
	run_core_with_journal(MEM_DA + JOURNAL_AT, sizeof(*journal) + 2 * HALF);
	memset(text, 'x', sizeof(text));
	memcpy(journal + 1, text, HALF);
	journal->filled[0] = UINT32_MAX;
	journal->given = 1;
	amp_core_journal_look(core);
	amp_core_journal_end(core);
	assert_int_equal(strspn(logged(), "x\n"), strlen(logged()));
	assert_true(strlen(logged()) >= HALF && strlen(logged()) < HALF + 4);
	assert_true(recorded("are said to be in a buffer of its journal"));
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_a_mad_core_wrote_over_is_whole_again_when_it_is_off),
		TEST(the_description_is_whole_before_the_core_is_said_to_be_off),
		TEST(a_report_that_is_acknowledged_rings_once),
		TEST(a_report_that_nobody_took_is_rung_for_again_until_it_is_taken),
		TEST(the_report_rings_ever_less_often),
		TEST(a_report_that_is_not_taken_for_long_is_an_event_once),
		TEST(what_the_core_wrote_over_the_report_is_written_again),
		TEST(an_acknowledgement_that_was_there_before_the_report_counts_for_nothing),
		TEST(a_stop_ends_the_ringing),
		TEST(a_core_that_dies_while_it_is_being_stopped_has_crashed),
		TEST(a_core_that_crashes_in_its_shutdown_has_crashed),
		TEST(a_core_that_has_said_that_it_is_done_has_not_crashed),
		TEST(an_owner_who_stops_a_core_does_not_start_it_again_because_it_crashed),
		TEST(a_dump_gets_the_name_of_the_life_that_had_ended_last_when_it_began),
		TEST(a_dump_of_a_core_with_an_owner_comes_before_its_life_has_ended),
		TEST(a_dump_that_failed_is_neither_kept_nor_recorded),
		TEST(nothing_but_a_core_of_the_lab_can_have_a_dump),
		TEST(a_link_in_the_place_of_a_dump_is_not_followed),
		TEST(only_so_many_dumps_are_kept),
		TEST(a_core_that_does_not_answer_a_suspend_is_left_as_it_was),
		TEST(a_core_is_asked_for_its_clock_once_it_has_rung_for_that),
		TEST(an_answer_to_another_question_counts_for_nothing),
		TEST(a_slow_answer_is_followed_by_other_questions_but_not_without_end),
		TEST(a_clock_that_stood_still_is_recorded_anew),
		TEST(another_life_has_another_clock),
		TEST(linux_is_asked_through_a_driver_that_answers),
		TEST(what_is_given_is_taken_and_said_to_be),
		TEST(what_a_crash_leaves_in_both_buffers_is_taken_once),
		TEST(a_journal_that_cannot_be_is_left_alone),
		TEST(a_buffer_that_is_said_to_be_fuller_than_it_is_large_ends_where_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
