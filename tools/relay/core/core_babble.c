// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core that rings without end. Each byte of it is an interrupt for Linux and a wake-up for us: Linux, which has to
 * look each time, would get to nothing else. So its doorbell is read only so often. What it rings meanwhile waits in
 * the UART, and many kicks become one, which is what a doorbell means: nothing is lost but time.
 *
 * How much is too much is measured by what a sound core does: most of its bytes answer a kick of the host, each of
 * which is worth two. A core that has more to say of its own accord, a stream of messages perhaps, loses nothing by a
 * pause: one interrupt afterwards is for all that is in the ring.
 */
#include <sys/epoll.h>

#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

#define BYTES_MAX    8000 /* saved up at most */
#define BYTES_PER_MS 8
#define PAUSE_MS     2
#define QUIET_MS     1000 /* without a pause for so long, it babbles no more */

static void record_babble(struct core *core, bool on)
{
	const struct babble *babble = &core->babble;

	amp_record(&core->lab->record, "core.babble", core->config->name, "{s:I, s:b, s:I, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "on", (int)on, "pauses", (json_int_t)(babble->pauses - babble->before),
	           "ms", ms_between(babble->since, now_ns()));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	if (!core->babble.paused) {
		amp_core_babble_end(core);
		return 0;
	}
	core->babble.paused = false;
	amp_core_uart_interest(core, core->uart_wants_out);
	sd_event_source_set_time_relative(core->babble.timer, QUIET_MS * UINT64_C(1000));
	sd_event_source_set_enabled(core->babble.timer, SD_EVENT_ONESHOT);
	return 0;
}

static void pause_reading(struct core *core)
{
	struct babble *babble = &core->babble;
	uint32_t suppressed;

	if (!babble->timer) {
		if (sd_event_add_time_relative(core->lab->loop, &babble->timer, CLOCK_MONOTONIC, 0, 100, on_timer,
		                               core) < 0)
			return;
		babble->since = now_ns();
		babble->before = babble->pauses;
		babble->told = amp_ratelimit(&core->noise, babble->since, &suppressed);
		if (babble->told) {
			record_babble(core, true);
			amp_log("%s: it rings without end: it is heard every %u ms only", core->config->name, PAUSE_MS);
		}
	}
	babble->paused = true;
	babble->pauses++;
	amp_core_uart_interest(core, core->uart_wants_out);
	sd_event_source_set_time_relative(babble->timer, PAUSE_MS * UINT64_C(1000));
	sd_event_source_set_enabled(babble->timer, SD_EVENT_ONESHOT);
}

void amp_core_babble_begin(struct core *core)
{
	core->babble = (struct babble){.bytes = BYTES_MAX, .filled = now_ns()};
}

void amp_core_babble_credit(struct core *core)
{
	core->babble.bytes += 2;
}

void amp_core_babble_heard(struct core *core, uint32_t bytes)
{
	struct babble *babble = &core->babble;
	uint64_t now = now_ns(), ms = (now - babble->filled) / NS_PER_MS;

	babble->filled += ms * NS_PER_MS;
	babble->bytes += ms * BYTES_PER_MS;
	if (babble->bytes > BYTES_MAX)
		babble->bytes = BYTES_MAX;
	if (babble->bytes >= bytes) {
		babble->bytes -= bytes;
		return;
	}
	babble->bytes = 0;
	if (!babble->paused && core->uart)
		pause_reading(core);
}

void amp_core_babble_end(struct core *core)
{
	struct babble *babble = &core->babble;

	if (!babble->timer)
		return;
	babble->timer = sd_event_source_disable_unref(babble->timer);
	babble->paused = false;
	if (babble->told)
		record_babble(core, false);
}
