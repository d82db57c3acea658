// SPDX-License-Identifier: GPL-2.0-only
/*
 * A crash report on its way to Linux. One ring may not be enough: Linux may have no memory to take the report, or no
 * driver just now, and a report that is lost leaves a dead core "running" for ever.
 */
#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

#define FIRST_MS 250  /* a Linux that is busy takes some; then twice as long each time … */
#define LAST_MS  5000 /* … up to this */
#define LONG_MS  5000 /* a report that waits so long is worth a record */

static void record_report(struct core *core, bool acknowledged)
{
	amp_record(&core->lab->record, "core.report", core->config->name, "{s:I, s:b, s:I, s:f}", "epoch",
	           (json_int_t)core->crash.epoch, "acknowledged", (int)acknowledged, "rings",
	           (json_int_t)core->report.rings, "ms", ms_between(core->report.since, now_ns()));
}

static void ring(struct core *core)
{
	/* the whole of it again: an emulator that did not stop in time may have written over it */
	amp_shm_write_report(&core->shm, &core->wire);
	amp_bells_ring_host(&core->bells, AMP_VECTOR_CONTROL);
	core->report.rings++;
}

static bool is_acknowledged(const struct core *core)
{
	struct amp_host host;

	amp_shm_read_host(&core->shm, &host);
	return host.report_ack == core->wire.report_seq && core->report.old_ack != core->wire.report_seq;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;
	struct report *report = &core->report;

	(void)usec;
	if (is_acknowledged(core)) {
		if (report->rings > 1)
			record_report(core, true);
		amp_core_report_end(core);
		return 0;
	}
	if (!report->told && ms_between(report->since, now_ns()) >= LONG_MS) {
		report->told = true;
		record_report(core, false);
		amp_log("%s: Linux does not take the crash report: it has no driver, or one that hangs",
		        core->config->name);
	}
	ring(core);
	report->wait_ms = report->wait_ms * 2 < LAST_MS ? report->wait_ms * 2 : LAST_MS;
	sd_event_source_set_time_relative(source, (uint64_t)report->wait_ms * 1000);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

void amp_core_report(struct core *core)
{
	struct report *report = &core->report;
	struct amp_host host;

	amp_core_report_end(core);
	if (core->wire.host != AMP_CORE_HOST_DRIVER) {
		amp_shm_write_report(&core->shm, &core->wire);
		return;
	}
	amp_shm_read_host(&core->shm, &host);
	core->wire.report_seq++;
	*report = (struct report){.since = now_ns(), .old_ack = host.report_ack, .wait_ms = FIRST_MS};
	ring(core);
	sd_event_add_time_relative(core->lab->loop, &report->timer, CLOCK_MONOTONIC, FIRST_MS * UINT64_C(1000), 1000,
	                           on_timer, core);
}

void amp_core_report_end(struct core *core)
{
	core->report.timer = sd_event_source_disable_unref(core->report.timer);
}
