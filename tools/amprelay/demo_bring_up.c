// SPDX-License-Identifier: GPL-2.0-only
/*
 * bring-up: bring-up, message, failure, detection, recovery, as they happen.
 *
 * One `rpmsg watch` in the guest drives the faults: it reports each life of the echo channel, and with each report the
 * next fault is committed.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "demo.h"
#include "terminal.h"

/* Step 4 and 5 are the first; the next four are shown one by one; the rest make the statistics. */
static const char *const faults[] = {
	"undef", "stack",  "kill",  "hang", "starve", "bus",   "divzero", "assert", "lockup",  "kill",   "sleep",
	"bus",   "assert", "stack", "kill", "lockup", "undef", "divzero", "bus",    "divzero", "assert", "kill",
};
#define NUM_FAULTS (sizeof(faults) / sizeof(faults[0]))
#define NUM_SHOWN  5

struct show {
	struct demo *demo;
	size_t next; /* index of the fault under way, or to be committed */
	bool echoed; /* the channel's first life has been reported */
};

static void show_channel(struct demo *d)
{
	struct demo_text t;
	bool ok = !amp_demo_guest(
		d, (char *[]){"rpmsg", "ping", "amp-echo", "-q", "-c", "1", "-s", "16", "--wait", "10", NULL}, &t);
	double first = amp_demo_now_ms(), median, p99;
	json_t *figures;

	amp_demo_report_set(&d->report, "first_message_ms", json_real(first - d->start));
	ok = ok &&
	     !amp_demo_guest(d, (char *[]){"rpmsg", "ping", "amp-echo", "-q", "-c", "1000", "-s", "16", "--json", NULL},
	                     &t);
	figures = ok ? json_loads(t.data, 0, NULL) : NULL;
	median = json_number_value(json_object_get(json_object_get(figures, "us"), "median"));
	p99 = json_number_value(json_object_get(json_object_get(figures, "us"), "p99"));
	json_decref(figures);
	amp_demo_report_set(&d->report, "echo_us", json_pack("{s:f, s:f}", "median", median, "p99", p99));
	amp_demo_step(d, "an RPMsg channel works", ok, first - d->start,
	              "1000 echoes of 16 bytes: median %.0f us, p99 %.0f us", median, p99);
	/* the kernel's own sample driver has been counting its 100 messages meanwhile */
	if (amp_demo_guest(d,
	                   (char *[]){"sh", "-c",
	                              "timeout 5 grep -m1 'rpmsg_client_sample.*incoming msg 100 ' /dev/kmsg", NULL},
	                   &t))
		amp_demo_remark(d, false, "Linux's rpmsg_client_sample did not finish");
	else
		amp_demo_remark(d, true, "Linux's own rpmsg_client_sample: 100 messages answered");
}

static void show_recovery(struct show *s, const struct demo_recovery *r, const char *where)
{
	if (!s->next) {
		amp_demo_step(s->demo, "a forced failure is detected", true, r->detected_ms,
		              "'%s': the %s reports: %s%s%s", r->fault, r->detector, r->text, where[0] ? " at " : "",
		              where);
		amp_demo_step(s->demo, "the system recovers", true, r->recovered_ms,
		              "remoteproc restarted the core, an echo is back");
		printf("\nBreaking it in %d more ways, each with its recovery:\n", NUM_SHOWN - 1);
	} else if (s->next < NUM_SHOWN) {
		amp_terminal_printf(stdout, "   %-8s detected after %7.1f ms by %-14s back after %7.1f ms  %.*s\n",
		                    r->fault, r->detected_ms, r->detector, r->recovered_ms, (int)strcspn(r->text, ";"),
		                    r->text);
		if (s->next == NUM_SHOWN - 1)
			printf("\n%zu more, for the statistics:", NUM_FAULTS - NUM_SHOWN);
	} else {
		printf(" %s", r->fault);
		if (s->next == NUM_FAULTS - 1)
			printf("\n\n");
	}
	amp_output_flush();
}

/* The echo channel is back: account for the fault before. */
static void account(struct show *s, double echo_ms)
{
	struct demo *d = s->demo;
	json_t *fault = amp_demo_event(d, "ev=core.fault", 1000), *crash = amp_demo_event(d, "ev=core.crash", 1000);
	struct demo_recovery r = {
		.fault = faults[s->next],
		.detector = amp_event_string(crash, "detector"),
		.text = amp_event_string(crash, "text"),
		.detected_ms = amp_demo_event_ms(crash) - amp_demo_event_ms(fault),
		.recovered_ms = echo_ms - amp_demo_event_ms(fault),
	};

	if (!fault || !crash) {
		amp_demo_step(d, "detection", false, 0, "the flight record lacks the crash by '%s'", faults[s->next]);
	} else {
		amp_demo_report_recovery(&d->report, &r);
		show_recovery(s, &r, amp_event_string(crash, "pc_sym"));
	}
	json_decref(fault);
	json_decref(crash);
	s->next++;
}

/* A line of `rpmsg watch`. @return false to end it */
static bool on_line(void *context, const char *line)
{
	struct show *s = context;
	double now = amp_demo_now_ms();

	if (strncmp(line, "echo ", 5) != 0)
		return true;
	if (s->echoed)
		account(s, now);
	s->echoed = true;
	if (s->demo->failed || s->next == NUM_FAULTS)
		return false;
	amp_demo_fault(s->demo, s->demo->kind->cores[0].name, faults[s->next]);
	return !s->demo->failed;
}

static void show_faults(struct demo *d)
{
	struct show s = {.demo = d};
	char error[CLIENT_ERROR_LEN];

	amp_demo_lines(d, (char *[]){"rpmsg", "watch", "amp-echo", NULL}, (int)NUM_FAULTS * DEMO_STEP_MS / 4, on_line,
	               &s, error);
	if (s.next < NUM_FAULTS && amp_demo_goes_on(d)) {
		d->failed = true;
		amp_cli_error("no echo after fault '%s': %s", faults[s.next], error[0] ? error : "it ended early");
	}
}

static void play_bring_up(struct demo *d)
{
	amp_demo_show_boot(d);
	if (amp_demo_goes_on(d))
		show_channel(d);
	if (amp_demo_goes_on(d))
		show_faults(d);
}

const struct demo_kind demo_bring_up = {
	.name = "bring-up",
	.soc = "m3",
	.title = "an arm64 Linux and a Cortex-M3, each a stock QEMU, joined into one virtual SoC",
	.cores = {{"m3", "the Cortex-M3"}},
	.any_soc = true,
	.play = play_bring_up,
};
