// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

#define SHUTDOWN_MS 100 /* an orderly shutdown takes microseconds; a core that is not done by then will not be */

/* ------------------------------------------------------------------ power off */

static void record_doorbells(struct core *core)
{
	json_t *to_remote = json_array(), *to_host = json_array();

	for (uint32_t id = 0; id < core->config->notify_ids; id++) {
		json_array_append_new(to_remote, json_integer((json_int_t)core->bells.to_remote_count[id]));
		json_array_append_new(to_host, json_integer((json_int_t)core->bells.to_host_count[id]));
	}
	amp_record(&core->lab->record, "core.doorbells", core->config->name, "{s:I, s:o, s:o, s:I, s:I}", "epoch",
	           (json_int_t)core->wire.epoch, "to_remote", to_remote, "to_host", to_host, "coalesced",
	           (json_int_t)core->bells.coalesced, "invalid", (json_int_t)core->bells.invalid);
}

/*
 * A core that went mad may have written over all that we say, and now it cannot any more. Without the SoC's section no
 * driver could bind again until the lab is restarted.
 */
static void say_it_again(struct core *core)
{
	struct amp_soc soc;

	amp_soc_describe(core->config, &soc);
	amp_shm_write_soc(&core->shm, &soc);
	amp_shm_write_answer(&core->shm, &core->wire);
	amp_shm_write_report(&core->shm, &core->wire);
}

/* Give up what a life has: timers, senses, the process with its sockets. */
static void let_go(struct core *core)
{
	amp_core_set_deadline(core, 0);
	amp_core_swap_end(core);
	amp_core_sleep_end(core);
	amp_core_report_end(core);
	amp_core_fault_end(core);
	amp_core_babble_end(core);
	amp_core_unwatch(core);
	amp_core_clock_end(core);
	core->lasted = sd_event_source_disable_unref(core->lasted);
	core->prefetch = sd_event_source_disable_unref(core->prefetch);
	core->turn = sd_event_source_disable_unref(core->turn);
	core->uart = sd_event_source_disable_unref(core->uart);
	amp_core_console_close(core);
	amp_qmp_close(&core->qmp);
	amp_child_release(&core->process);
}

/* The process is gone. Its pipes and sockets go too; shared memory stays, it is Linux's as much as ours. */
static void power_is_off(struct core *core, const char *why)
{
	amp_core_journal_end(core);
	let_go(core);
	amp_core_sniff_look(core);
	amp_core_sniff_end(core);
	amp_core_end_trace(core);
	record_doorbells(core);
	amp_bells_power_off(&core->bells);
	core->ready = false;
	core->ended = core->wire.epoch;
	if (core->host)
		core->host->off(core);
	amp_core_set_host(core, AMP_CORE_HOST_NONE, why);
	core->wire.table_da = 0;
	core->wire.table_size = 0;
	amp_core_image_forget(core);
	core->wire.takeover = 0;
	say_it_again(core); /* before the state: who sees the core off finds the rest in order */
	amp_core_set_phase(core, PHASE_OFF, why);
	if (!core->returns)
		amp_core_answer(core, core->outcome, core->outcome_text);
	if (core->owner)
		core->owner->off(core);
}

void amp_core_kill(struct core *core, const char *why)
{
	if (core->phase == PHASE_OFF)
		return;
	if (core->process.pid == 0) {
		power_is_off(core, why);
		return;
	}
	amp_core_set_deadline(core, 0);
	amp_core_unwatch(core);
	amp_child_kill(&core->process, SIGKILL);
	amp_core_set_phase(core, PHASE_KILLING, why);
}

void amp_core_stop(struct core *core, const char *why)
{
	if (core->phase == PHASE_EXAMINING)
		amp_core_conclude(core);
	amp_core_swap_end(core);
	if (core->phase != PHASE_RUNNING || !core->ready || core->sleep != SLEEP_AWAKE) {
		if (core->phase != PHASE_STOPPING)
			amp_core_kill(core, why);
		return;
	}
	amp_core_unwatch(core);
	amp_core_set_phase(core, PHASE_STOPPING, why);
	amp_core_set_deadline(core, SHUTDOWN_MS);
	if (amp_bells_ring_remote(&core->bells, AMP_DB_SHUTDOWN))
		amp_core_warn(core, "the core's doorbell is full");
}

/* A start that did not work: remember why, for the answer once the power is off. */
static void start_failed(struct core *core, uint32_t status, const char *text)
{
	core->outcome = status;
	amp_text(core->outcome_text, sizeof(core->outcome_text), "%s", text);
	amp_core_kill(core, text);
}

/* ------------------------------------------------------------------ what the core says */

static int on_lasted(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	core->lasted = sd_event_source_disable_unref(core->lasted);
	core->quick_deaths = 0;
	amp_relay_changed(core->lab); /* someone may have waited to see whether it lives */
	return 0;
}

static void on_boot(struct core *core)
{
	if (amp_core_swap_booted(core))
		return;
	if (core->phase == PHASE_RUNNING) {
		amp_core_crashed(core, AMP_DETECTOR_EXIT, "the core reset itself");
		return;
	}
	if (core->phase != PHASE_STARTING)
		return;
	amp_core_set_deadline(core, 0);
	amp_record(&core->lab->record, "core.boot", core->config->name, "{s:I, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "ms", ms_between(core->started, now_ns()));
	core->booted = now_ns();
	core->returns = false;
	if (core->quick_deaths)
		sd_event_add_time_relative(core->lab->loop, &core->lasted, CLOCK_MONOTONIC,
		                           QUICK_DEATH_MS * UINT64_C(1000), 1000, on_lasted, core);
	amp_core_set_phase(core, PHASE_RUNNING, "the boot ROM answers");
	if (core->host)
		core->host->booted(core);
	amp_core_answer_host(core);
	amp_core_prefetch_symbols(core);
}

static void on_ready(struct core *core)
{
	uint64_t now = now_ns();

	if (core->phase != PHASE_RUNNING || core->ready)
		return;
	core->ready = true;
	amp_record(&core->lab->record, "core.ready", core->config->name, "{s:I, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "ms", ms_between(core->started, now));
	amp_core_link_wait(core);
	amp_core_watch(core, amp_core_crashed);
	amp_core_prefetch_symbols(core);
	amp_core_spare_later(core);
	amp_relay_changed(core->lab);
}

static void on_crash_byte(struct core *core)
{
	struct amp_remote remote;

	if (core->phase != PHASE_RUNNING && core->phase != PHASE_STARTING && core->phase != PHASE_STOPPING)
		return;
	amp_shm_read_remote(&core->shm, &remote);
	if (!amp_postmortem_record_valid(&remote.crash, core->wire.epoch)) {
		amp_core_warn(core, "it rang for a crash, but its crash record is not valid");
		return;
	}
	if (core->phase == PHASE_STARTING || remote.crash.cause == AMP_CRASH_BOOT) {
		char text[AMP_TEXT_LEN];

		amp_core_boot_failure(&remote, text, sizeof(text));
		if (core->phase == PHASE_STARTING) {
			start_failed(core, AMP_EIO, text);
			return;
		}
	}
	amp_core_crashed(core,
	                 remote.crash.cause == AMP_CRASH_WATCHDOG ? AMP_DETECTOR_WATCHDOG : AMP_DETECTOR_FAULT_HANDLER,
	                 NULL);
}

/* @param heard  when it came, ns: before anything was done about it */
static void take_news(struct core *core, const struct bell_news *news, uint64_t heard)
{
	if (news->invalid)
		amp_core_warn(core, "%u doorbell bytes mean nothing, 0x%02x among them", news->invalid, news->example);
	if (news->control & BELL_NEWS(AMP_DB_TRACE))
		amp_core_drain_trace(core);
	if (news->control & BELL_NEWS(AMP_DB_BOOT))
		on_boot(core);
	/* after that: the firmware rings for these as soon as it begins, which may be in the same news */
	if (news->control & BELL_NEWS(AMP_DB_CLOCK))
		amp_core_clock_heard(core, heard);
	if (news->control & BELL_NEWS(AMP_DB_JOURNAL))
		amp_core_journal_look(core);
	if (news->control & BELL_NEWS(AMP_DB_READY))
		on_ready(core);
	if (news->control & BELL_NEWS(AMP_DB_SUSPENDED))
		amp_core_on_suspended(core);
	if (news->control & BELL_NEWS(AMP_DB_RESUMED))
		amp_core_on_resumed(core);
	if (news->notify)
		amp_core_fault_look(core);
	if (news->notify)
		amp_core_sniff_look(core);
	if (news->notify && core->host)
		core->host->notified(core, news->notify);
	if (news->notify)
		amp_core_link_look(core);
	if (news->control & BELL_NEWS(AMP_DB_CRASH))
		on_crash_byte(core);
	if (news->control & BELL_NEWS(AMP_DB_STOPPED) && core->phase == PHASE_STOPPING)
		amp_core_kill(core, "shut down in order");
}

int amp_core_on_uart(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct core *core = userdata;
	uint64_t heard = now_ns();
	struct bell_news news;

	(void)fd;
	if (revents & EPOLLOUT)
		amp_core_uart_interest(core, amp_bells_flush(&core->bells));
	if ((revents & ~(uint32_t)EPOLLOUT) == 0)
		return 0;
	amp_core_ring_fault_look(core, AMP_TO_HOST);
	amp_bells_receive(&core->bells, &news);
	if (news.closed)
		sd_event_source_set_enabled(source, SD_EVENT_OFF); /* the process is ending, which its exit tells */
	take_news(core, &news, heard);
	amp_core_babble_heard(core, news.bytes);
	return 0;
}

/* ------------------------------------------------------------------ the process */

/* What the core sent just before its end is still in the socket: a crash byte there knows more than the exit status. */
static void hear_last_words(struct core *core)
{
	struct bell_news news = {.more = true};

	for (int i = 0; i < 16 && news.more; i++) {
		amp_bells_receive(&core->bells, &news);
		take_news(core, &news, now_ns());
	}
	core->uart = sd_event_source_disable_unref(core->uart);
}

static void process_ended(void *userdata, const siginfo_t *info)
{
	struct core *core = userdata;
	char ending[64], words[CHILD_WORDS_MAX], text[CHILD_WORDS_MAX + 80];

	if (amp_core_spare_ended(core, info) || amp_core_swap_ended(core, info))
		return;
	amp_child_ending(info, ending, sizeof(ending));
	hear_last_words(core);
	switch (core->phase) {
	case PHASE_STARTING:
		amp_child_last_words(&core->process, words, sizeof(words));
		amp_text(text, sizeof(text), "QEMU %s%s%s", ending, words[0] ? ": " : "", words);
		start_failed(core, AMP_EIO, text);
		break;
	case PHASE_RUNNING:
	case PHASE_STOPPING: /* that is a crash too: nobody has ended it, and it has not said that it is done */
		if (strstr(core->process.message, "Lockup"))
			amp_core_crashed(core, AMP_DETECTOR_EXIT,
			                 "lock-up: a fault while the core could not handle one");
		else {
			amp_text(text, sizeof(text), "the core lost power: its process %s", ending);
			amp_core_crashed(core, AMP_DETECTOR_EXIT, text);
		}
		break;
	case PHASE_EXAMINING:
		amp_core_conclude(core);
		break;
	case PHASE_KILLING:
		power_is_off(core, "its process has ended");
		break;
	case PHASE_CRASHED:
	case PHASE_OFF:
		break;
	}
}

static void on_monitor(void *userdata, const char *event, const json_t *data)
{
	struct core *core = userdata;

	const char *reason = json_string_value(json_object_get(data, "reason"));

	if (core->phase != PHASE_RUNNING)
		return;
	if (strcmp(event, "WATCHDOG") == 0)
		amp_core_crashed(core, AMP_DETECTOR_WATCHDOG, "the watchdog expired twice and stopped the core");
	else if (strcmp(event, "SHUTDOWN") == 0 && reason && strstr(reason, "reset"))
		amp_core_crashed(core, AMP_DETECTOR_EXIT, "the core reset itself");
	else if (strcmp(event, "SHUTDOWN") == 0 && reason && strcmp(reason, "guest-shutdown") == 0)
		amp_core_crashed(core, AMP_DETECTOR_EXIT, "the core switched itself off");
}

/* ------------------------------------------------------------------ power on */

static const struct core_ears ears = {
	.on_uart = amp_core_on_uart,
	.on_monitor = on_monitor,
	.on_exit = process_ended,
};

/*
 * Linux restarts a core that crashes at its start at once, and for ever. A core that flaps starts later each time: a
 * night of it shall not fill the disk with records, nor the machine with processes. The longest wait, and the boot, are
 * less than what Linux's driver waits for the answer.
 */
#define HOLD_MIN_MS 250u
#define HOLD_MAX_MS 4000u

static uint32_t hold_ms(uint32_t quick_deaths)
{
	uint32_t more = quick_deaths - QUICK_DEATHS_MAX;

	return more < 4 ? HOLD_MIN_MS << more : HOLD_MAX_MS;
}

bool amp_core_flaps(const struct core *core)
{
	return core->quick_deaths >= QUICK_DEATHS_MAX;
}

static void power_on(struct core *core)
{
	char text[AMP_TEXT_LEN];
	int err;

	core->held = false;
	amp_core_babble_begin(core);
	err = amp_core_spare_take(core) ? 0 : amp_core_spawn(core, core->ears);
	if (err == 0) {
		amp_core_set_deadline(core, core->config->boot_timeout_ms);
		return;
	}
	amp_text(text, sizeof(text), "QEMU cannot be started: %s", strerror(-err));
	core->process.pid = 0;
	start_failed(core, AMP_EIO, text);
}

static void hold(struct core *core)
{
	uint32_t ms = hold_ms(core->quick_deaths);

	amp_log("%s: it died %u times in a row within a second of its start: this start waits %u ms",
	        core->config->name, core->quick_deaths, ms);
	amp_record(&core->lab->record, "core.flapping", core->config->name, "{s:I, s:I, s:I}", "epoch",
	           (json_int_t)core->wire.epoch, "deaths", (json_int_t)core->quick_deaths, "wait_ms", (json_int_t)ms);
	amp_core_set_deadline(core, ms);
	amp_relay_changed(core->lab);
}

void amp_core_start(struct core *core, uint64_t entry, const char *firmware, enum amp_core_host host, const char *why)
{
	char text[AMP_TEXT_LEN], refusal[AMP_TEXT_LEN + 80];
	struct amp_soc soc;

	amp_soc_describe(core->config, &soc);
	amp_shm_write_soc(&core->shm, &soc); /* again: a guest may have scribbled over it since the last life */
	amp_shm_clear_remote(&core->shm);
	amp_trace_reset(&core->trace);
	amp_core_journal_begin(core);
	core->outcome = AMP_OK;
	core->outcome_text[0] = '\0';
	core->wire.epoch++;
	core->wire.boot_addr = entry;
	core->wire.inject = AMP_FAULT_NONE;
	if (strncmp(core->firmware, firmware, sizeof(core->firmware)) != 0)
		core->quick_deaths = 0; /* of another firmware */
	memcpy(core->firmware, firmware, sizeof(core->firmware));
	core->injected = NULL;
	core->injected_at = 0;
	core->ready = false;
	amp_core_link_begin(core);
	core->started = now_ns();
	amp_core_set_host(core, host, why);
	amp_core_set_phase(core, PHASE_STARTING, why);
	if (!amp_core_params_put(core, text, sizeof(text))) {
		amp_text(refusal, sizeof(refusal), "firmware %s: %s", core->firmware, text);
		core->process.pid = 0;
		start_failed(core, AMP_EINVAL, refusal);
		return;
	}
	core->held = amp_core_flaps(core);
	if (core->held)
		hold(core);
	else
		power_on(core);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;
	char text[AMP_TEXT_LEN];

	(void)source;
	(void)usec;
	switch (core->phase) {
	case PHASE_STARTING:
		if (core->held) {
			power_on(core);
			break;
		}
		amp_text(text, sizeof(text), "the boot ROM was not heard within %u ms", core->config->boot_timeout_ms);
		start_failed(core, AMP_ETIMEDOUT, text);
		break;
	case PHASE_STOPPING:
		amp_core_kill(core, "it did not answer the shutdown");
		break;
	case PHASE_EXAMINING:
		amp_core_conclude(core);
		break;
	case PHASE_CRASHED:
		amp_core_kill(core, "it was being stopped");
		break;
	default:
		break;
	}
	return 0;
}

/* ------------------------------------------------------------------ creation */

void amp_core_prepare(struct core *core, struct lab *lab)
{
	*core = (struct core){
		.lab = lab,
		.on_deadline = on_deadline,
		.ears = &ears,
		.on_crash = amp_core_crashed,
		.shm.fd = -1,
		.noise = RATELIMIT(20, 500),
		.requests = RATELIMIT(100, 20),
		.refusals = RATELIMIT(20, 500),
		.trace_lines = RATELIMIT(5000, 1),
		.trace_file.file.fd = -1,
		.journal_file.file.fd = -1,
		.console.fd = -1,
		.console_file.fd = -1,
		.qmp.stream.fd = -1,
		.process.messages.fd = -1,
		.loaded.private_fd = {-1, -1},
	};
	amp_bells_prepare(&core->bells);
}

int amp_core_init(struct core *core, const struct core_config *config)
{
	const struct amp_region *trace = amp_soc_region(config, AMP_REGION_TRACE);
	uint32_t touched = trace ? trace->offset + trace->size : AMP_CTRL_SIZE;
	struct amp_soc soc;
	char name[48];
	int err;

	core->config = config;
	amp_text(name, sizeof(name), "amprelay-%s", config->name);
	err = amp_shm_create(&core->shm, name, config->mem_size, touched > AMP_CTRL_SIZE ? touched : AMP_CTRL_SIZE);
	if (err < 0)
		return err;
	err = amp_bells_init(&core->bells, config->notify_ids);
	if (err == 0)
		err = amp_logfile_open(&core->trace_file.file, core->lab->options->state_dir, config->name, "log");
	amp_text(name, sizeof(name), "%s.journal", config->name);
	if (err == 0)
		err = amp_logfile_open(&core->journal_file.file, core->lab->options->state_dir, name, "log");
	if (err == 0)
		err = amp_core_console_init(core);
	core->symbols = amp_symbols_create();
	if (err == 0 && !core->symbols)
		err = -ENOMEM;
	if (err < 0)
		return err;
	if (trace) {
		core->trace.base = core->shm.base + trace->offset;
		core->trace.size = trace->size;
	}
	amp_soc_describe(config, &soc);
	amp_shm_write_soc(&core->shm, &soc);
	return 0;
}

void amp_core_destroy(struct core *core)
{
	amp_core_finish_dump(core);
	amp_core_release(core);
	let_go(core);
	amp_core_spare_drop(core);
	amp_core_swap_forget(core);
	for (uint32_t v = 0; v < BELL_VECTORS; v++)
		core->vectors[v] = sd_event_source_disable_unref(core->vectors[v]);
	amp_bells_close(&core->bells);
	amp_symbols_destroy(core->symbols);
	amp_core_image_forget(core);
	amp_key_drop(&core->key);
	amp_logfile_close(&core->trace_file.file);
	amp_logfile_close(&core->journal_file.file);
	amp_logfile_close(&core->console_file);
	amp_shm_destroy(&core->shm);
}
