// SPDX-License-Identifier: BSD-3-Clause
/*
 * The rest of what lib/metal asks of a port: time is virtual, waiting is idling, a failed assertion ends the
 * run.
 */
#include "internal.h"

#include <metal/assert.h>
#include <metal/condition.h>
#include <metal/errno.h>
#include <metal/log.h>
#include <metal/sleep.h>
#include <metal/time.h>
#include <metal/utilities.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "metal/port.h"

int amp_port_init(void)
{
	return 0;
}

void amp_port_finish(void)
{
}

int amp_port_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	metal_unused(name);
	metal_unused(size);
	metal_unused(io);
	return -ENOENT;
}

void amp_assert_failed(const char *text, const char *file, int line)
{
	sim_fail("%s:%d: assertion failed: %s", file, line, text);
	/* Reached only by code that runs outside of a simulation. */
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
	abort();
}

void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
{
	char text[100];
	va_list args;

	metal_unused(level);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sim_note("log: %s", text);
}

unsigned long long metal_get_timestamp(void)
{
	return sim_now();
}

int metal_sleep_usec(unsigned int usec)
{
	uint64_t end = sim_now() + usec * 1000ull;

	while (sim_now() < end)
		sim_idle(end);
	return 0;
}

/* ------------------------------------------------------------------ conditions */

void metal_condition_init(struct metal_condition *cv)
{
	cv->signals = 0;
}

int metal_condition_signal(struct metal_condition *cv)
{
	cv->signals++;
	sim.self->woken = true;
	return 0;
}

int metal_condition_broadcast(struct metal_condition *cv)
{
	return metal_condition_signal(cv);
}

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	return amp_condition_wait_until(cv, m, SIM_NEVER);
}

int amp_condition_wait_until(struct metal_condition *cv, metal_mutex_t *m, unsigned long long deadline)
{
	unsigned int before = cv->signals;
	uint32_t doorbells;

	metal_mutex_release(m);
	while (cv->signals == before && sim_now() < deadline) {
		/* A doorbell that nobody takes here, for want of an interrupt handler,
		 * must not end the wait each time. */
		doorbells = sim.self->program.interrupt ? 0 : sim_take_doorbells();
		sim_idle(deadline);
		sim.self->doorbells |= doorbells;
	}
	metal_mutex_acquire(m);
	return cv->signals == before ? -ETIMEDOUT : 0;
}
