// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core of the simulator: a process that runs the firmware's own services over the library's remote side, on the
 * board of the examples. What services ask of a board, and what a fault is here, is in this file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "board.h"
#include "chatter.h"
#include "common/platform.h"
#include "control.h"
#include "fault_names.h"
#include "format.h"
#include "journal.h"
#include "params.h"
#include "services.h"
#include "trace.h"

#define TURN_MS 20 /* services that have something to do by time are asked at least so often */

static struct platform *platform;
static int log_fd = -1;

/* ------------------------------------------------------------------ the board */

uint64_t amp_clock_us(void)
{
	static struct timespec began;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (began.tv_sec == 0)
		began = now;
	return (uint64_t)((now.tv_sec - began.tv_sec) * 1000000 + (now.tv_nsec - began.tv_nsec) / 1000);
}

uint64_t amp_clock_ms(void)
{
	return amp_clock_us() / 1000;
}

void amp_watchdog_feed(void)
{
}

void amp_trace_text(const char *text, size_t length)
{
	char line[AMP_TRACE_LINE];
	size_t size = amp_trace_line(line, amp_clock_us(), text, length);

	if (write(log_fd, line, size) < 0)
		log_fd = -1; /* a full disk loses log lines, nothing else */
}

/* Nothing is lost of the log here. */
bool amp_journal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	amp_vtrace(format, args);
	va_end(args);
	return true;
}

const char *amp_control_core_name(void)
{
	const char *name = getenv("AMPRELAY_SIM_CORE");

	return name ? name : "core";
}

uint32_t amp_control_build_id(uint8_t id[AMP_BUILD_ID_LEN])
{
	(void)id;
	return 0;
}

uint32_t amp_control_heartbeat(void)
{
	return 0; /* nobody asks for one: the end of the process is noticed */
}

uint32_t amp_stack_used(uint32_t *size)
{
	*size = 0;
	return 0;
}

/* Its resource table is the examples', which has version 1 only. */
size_t params_format(char text[PARAMS_TEXT_MAX])
{
	return amp_format(text, PARAMS_TEXT_MAX, "table=1 host=unknown label= rate=\n");
}

bool app_link_want_buffers(void)
{
	return virtqueue_enable_cb(platform->link.svq);
}

void app_link_need_no_buffers(void)
{
	virtqueue_disable_cb(platform->link.svq);
}

/* ------------------------------------------------------------------ faults */

/* Each call needs what the one in it has left on the stack. */
static unsigned int recurse(unsigned int depth)
{
	volatile char frame[4096];

	frame[depth % sizeof(frame)] = (char)depth;
	return depth < UINT32_MAX ? recurse(depth + 1) + (unsigned int)frame[0] : 0; /* it never comes to that */
}

/* Those of which this processor dies as the core's would: the others need the lab, as their step says. */
static void commit_fault(uint32_t fault)
{
	static volatile uintptr_t nowhere;

	if (fault == AMP_FAULT_NONE)
		return;
	amp_trace("committing fault '%s'\n", amp_fault_name(fault));
	switch (fault) {
	case AMP_FAULT_UNDEFINED:
		__builtin_trap();
	case AMP_FAULT_BUS:
	case AMP_FAULT_OVERWRITE:
		*(volatile int *)nowhere = 1;
		break;
	case AMP_FAULT_NULL_POINTER:
		(void)*(volatile int *)nowhere;
		break;
	case AMP_FAULT_STACK_OVERFLOW:
		amp_trace("%u calls\n", recurse(0));
		break;
	default:
		abort();
	}
}

/* ------------------------------------------------------------------ the main loop */

static int remote(struct platform *p)
{
	const char *log = getenv("AMPRELAY_SIM_LOG");
	const struct rlimit no_core = {0, 0};
	struct rpmsg_device *rdev;

	platform = p;
	setrlimit(RLIMIT_CORE, &no_core); /* faults are on purpose here */
	if (log)
		log_fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	amp_trace("%s: amprelay firmware " AMP_FIRMWARE_VERSION " in the simulator\n", amp_control_core_name());
	for (;;) {
		rdev = platform_link_up(p, services_bind);
		if (!rdev)
			return 1;
		app_stats.links++;
		amp_rpmsg_set_send_timeout(&p->link, 0);
		amp_trace("link: up\n");
		services_link_up(rdev);
		do {
			services_turn(amp_clock_ms());
			while (chatter_turn())
				;
			commit_fault(app_fault_to_commit());
		} while (platform_wait(p, TURN_MS) >= 0);
		services_link_down();
		platform_link_down(p);
		amp_trace("link: down\n");
	}
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, NULL, remote);
}
