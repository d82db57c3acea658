// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

#define EXAMINE_MS 200 /* QEMU answers within a millisecond; one that does not has nothing to tell */
#define STOP_MS    1   /* then the stop that was under way goes on */

/* ------------------------------------------------------------------ evidence */

/* ------------------------------------------------------------------ report */

static enum amp_report_type report_type(enum amp_detector detector, uint32_t cause)
{
	/* a heart that stands still is what a watchdog is for: the core hangs */
	if (detector == AMP_DETECTOR_WATCHDOG || detector == AMP_DETECTOR_HEARTBEAT)
		return AMP_REPORT_WATCHDOG;
	if (cause == AMP_CRASH_STACK || cause == AMP_CRASH_MPU)
		return AMP_REPORT_MMUFAULT;
	return AMP_REPORT_FATAL;
}

static const char *report_type_name(uint32_t type)
{
	switch (type) {
	case AMP_REPORT_WATCHDOG:
		return "watchdog";
	case AMP_REPORT_MMUFAULT:
		return "mmufault";
	default:
		return "fatal";
	}
}

static void hex(char out[24], uint64_t value)
{
	amp_text(out, 24, "0x%llx", (unsigned long long)value);
}

static void record_crash(struct core *core)
{
	const struct amp_postmortem_summary *summary = &core->crash.summary;
	json_t *object;
	char pc[24], lr[24];

	hex(pc, summary->pc);
	hex(lr, summary->lr);
	object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "detector",
	                   amp_detector_name(core->crash.detector), "cause", amp_postmortem_cause_name(summary->cause),
	                   "type", report_type_name(core->wire.report_type), "pc", pc, "pc_sym",
	                   core->wire.report_pc_sym, "lr", lr, "lr_sym", core->wire.report_lr_sym, "text",
	                   core->wire.report_text, "epoch", (json_int_t)core->crash.epoch);
	/* a firmware may ignore an injection, and crash of something else later */
	if (object && core->injected && ms_between(core->injected_at, core->crash.detected) < INJECTION_MS) {
		json_object_set_new(object, "fault", json_string(core->injected));
		json_object_set_new(object, "after_ms", json_real(ms_between(core->injected_at, core->crash.detected)));
	}
	amp_record(&core->lab->record, "core.crash", core->config->name, "o", object);
}

/* From here on Linux may load new firmware over the old one: what the report and the files need is copied now. */
static void gather(struct core *core)
{
	struct crash *crash = &core->crash;
	struct amp_postmortem pm;

	amp_shm_read_remote(&core->shm, &crash->remote);
	crash->memory = amp_shm_snapshot(&core->shm);
	amp_core_firmware_path(core, crash->firmware, sizeof(crash->firmware));
	pm = amp_core_evidence(core);
	amp_postmortem_summarise(&pm, &crash->summary);
}

static void fill_report(struct amp_relay *wire, const struct crash *crash)
{
	const struct amp_postmortem_summary *summary = &crash->summary;

	wire->report_type = report_type(crash->detector, summary->cause);
	wire->report_detector = crash->detector;
	wire->report_pc = summary->pc;
	wire->report_lr = summary->lr;
	memset(wire->report_text, 0, sizeof(wire->report_text));
	amp_text_clean(wire->report_text, sizeof(wire->report_text), summary->text, sizeof(summary->text));
	amp_text_clean(wire->report_pc_sym, sizeof(wire->report_pc_sym), summary->pc_sym, sizeof(summary->pc_sym));
	amp_text_clean(wire->report_lr_sym, sizeof(wire->report_lr_sym), summary->lr_sym, sizeof(summary->lr_sym));
}

static void tell_host(struct core *core)
{
	amp_core_set_phase(core, PHASE_CRASHED, core->wire.report_text);
	/* the core may have written over the answer that the driver waits for; now it cannot any more */
	amp_shm_write_answer(&core->shm, &core->wire);
	amp_core_report(core);
	if (core->host)
		core->host->crashed(core);
}

static void count_crash(struct core *core)
{
	bool quick = !core->injected && !core->crash.stopping &&
	             ms_between(core->booted, core->crash.detected) < QUICK_DEATH_MS;

	core->crashes++;
	core->lasted = sd_event_source_disable_unref(core->lasted);
	core->quick_deaths = quick ? core->quick_deaths + 1 : 0;
	core->crashed_at = core->crash.detected;
}

void amp_core_conclude(struct core *core)
{
	amp_core_set_deadline(core, 0);
	amp_core_sniff_look(core); /* what it has said without ringing any more */
	amp_core_journal_end(core);
	gather(core);
	fill_report(&core->wire, &core->crash);
	tell_host(core);
	count_crash(core);
	record_crash(core);
	amp_core_drain_trace(core);
	amp_core_write_dump(core);
	if (core->crash.stopping)
		amp_core_set_deadline(core, STOP_MS);
	else if (core->owner)
		core->owner->crashed(core);
}

/* ------------------------------------------------------------------ examination */

static void on_registers(void *userdata, const json_t *result)
{
	struct core *core = userdata;
	const char *text = json_string_value(result);

	if (core->phase != PHASE_EXAMINING)
		return;
	if (text)
		core->crash.registers = strdup(text);
	amp_core_conclude(core);
}

static bool ask_for_registers(struct core *core)
{
	return amp_qmp_command(&core->qmp, "stop", NULL, NULL, NULL) &&
	       amp_qmp_command(&core->qmp, "human-monitor-command", "{\"command-line\":\"info registers\"}",
	                       on_registers, core);
}

void amp_core_crashed(struct core *core, enum amp_detector detector, const char *text)
{
	struct crash *crash = &core->crash;

	if ((core->phase != PHASE_RUNNING && core->phase != PHASE_STOPPING) || amp_core_swap_crashed(core, text))
		return;
	amp_core_sleep_end(core);
	amp_core_finish_dump(core); /* of the last crash, if it is still under way */
	amp_core_discard_evidence(core);
	crash->stopping = core->phase == PHASE_STOPPING;
	crash->detector = detector;
	crash->epoch = core->wire.epoch;
	crash->detected = now_ns();
	amp_text(crash->text, sizeof(crash->text), "%s", text ? text : "");
	amp_core_unwatch(core);
	amp_core_set_phase(core, PHASE_EXAMINING, text ? text : "crash record");
	if (core->process.pid == 0) {
		/* a locked-up QEMU has printed its registers on its way out */
		crash->registers = strdup(core->process.message);
		amp_core_conclude(core);
		amp_core_spare_start(core);
		return;
	}
	amp_core_set_deadline(core, EXAMINE_MS);
	if (!ask_for_registers(core))
		amp_core_conclude(core);
	amp_core_spare_start(core);
}

/* ------------------------------------------------------------------ symbols */

static int on_prefetch(sd_event_source *source, void *userdata)
{
	struct core *core = userdata;
	char path[PATH_MAX], why[AMP_SYMBOLS_TEXT];
	struct amp_remote remote;

	(void)source;
	core->prefetch = sd_event_source_disable_unref(core->prefetch);
	amp_core_link_find(core);
	amp_core_sniff_look(core);
	if (!core->ready)
		return 0; /* its build id is not known yet */
	amp_core_firmware_path(core, path, sizeof(path));
	amp_shm_read_remote(&core->shm, &remote);
	if (remote.build_id_len > AMP_BUILD_ID_LEN)
		remote.build_id_len = 0;
	if (path[0] && !amp_symbols_open(core->symbols, path, remote.build_id, remote.build_id_len, why))
		amp_log("%s: no symbols: %s", core->config->name, why);
	return 0;
}

void amp_core_prefetch_symbols(struct core *core)
{
	core->prefetch = sd_event_source_disable_unref(core->prefetch);
	if (sd_event_add_defer(core->lab->loop, &core->prefetch, on_prefetch, core) >= 0)
		sd_event_source_set_priority(core->prefetch, SD_EVENT_PRIORITY_IDLE);
}
