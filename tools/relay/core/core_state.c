// SPDX-License-Identifier: GPL-2.0-only
/* What every part of a core uses: its phase, warnings, deadline, the socket of its doorbell, the answer to Linux. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

static const char *const phase_names[] = {
	[PHASE_OFF] = "off",           [PHASE_STARTING] = "starting", [PHASE_RUNNING] = "running",
	[PHASE_STOPPING] = "stopping", [PHASE_KILLING] = "stopping",  [PHASE_EXAMINING] = "crashed",
	[PHASE_CRASHED] = "crashed",
};

static const uint32_t wire_states[] = {
	[PHASE_OFF] = AMP_CORE_OFF,          [PHASE_STARTING] = AMP_CORE_STARTING,
	[PHASE_RUNNING] = AMP_CORE_RUNNING,  [PHASE_STOPPING] = AMP_CORE_STOPPING,
	[PHASE_KILLING] = AMP_CORE_STOPPING, [PHASE_EXAMINING] = AMP_CORE_CRASHED,
	[PHASE_CRASHED] = AMP_CORE_CRASHED,
};

const char *amp_core_state_name(const struct core *core)
{
	return core->sleep == SLEEP_ASLEEP ? "suspended" : phase_names[core->phase];
}

void amp_core_firmware_path(const struct core *core, char *out, size_t size)
{
	out[0] = '\0';
	if (core->image[0])
		amp_text(out, size, "%s", core->image);
	else if (core->firmware[0])
		amp_text(out, size, "%s/%s", core->lab->options->firmware_dir, core->firmware);
}

void amp_core_warn(struct core *core, const char *format, ...)
{
	uint32_t suppressed;
	char text[256];
	va_list args;

	if (!amp_ratelimit(&core->noise, now_ns(), &suppressed))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (suppressed)
		amp_log("%s: (%u warnings suppressed)", core->config->name, suppressed);
	amp_log("%s: %s", core->config->name, text);
	amp_record(&core->lab->record, "relay.warning", core->config->name, "{s:s, s:I}", "text", text, "suppressed",
	           (json_int_t)suppressed);
}

void amp_core_set_phase(struct core *core, enum core_phase phase, const char *why)
{
	const char *from = phase_names[core->phase], *to = phase_names[phase];

	core->phase = phase;
	core->wire.state = wire_states[phase];
	amp_shm_write_power(&core->shm, &core->wire);
	if (strcmp(from, to) == 0)
		return;
	amp_record(&core->lab->record, "core.state", core->config->name, "{s:s, s:s, s:I, s:s}", "from", from, "to", to,
	           "epoch", (json_int_t)core->wire.epoch, "why", why);
	amp_log("%s: %s -> %s (%s)", core->config->name, from, to, why);
	amp_relay_changed(core->lab);
}

void amp_core_set_deadline(struct core *core, uint64_t ms)
{
	core->deadline = sd_event_source_disable_unref(core->deadline);
	if (ms)
		sd_event_add_time_relative(core->lab->loop, &core->deadline, CLOCK_MONOTONIC, ms * 1000, 1000,
		                           core->on_deadline, core);
}

void amp_core_uart_interest(struct core *core, bool pending)
{
	uint32_t events = (core->babble.paused ? 0u : EPOLLIN) | (pending ? EPOLLOUT : 0u);

	core->uart_wants_out = pending;
	if (!core->uart || events == core->uart_events)
		return;
	core->uart_events = events;
	sd_event_source_set_io_events(core->uart, events);
}

void amp_core_answer(struct core *core, uint32_t status, const char *text)
{
	size_t room = sizeof(core->wire.resp_text);

	if (!amp_mailbox_open(&core->mailbox))
		return;
	core->mailbox.answered = core->mailbox.taken;
	core->wire.resp_seq = core->mailbox.taken;
	core->wire.resp_status = status;
	memset(core->wire.resp_text, 0, sizeof(core->wire.resp_text));
	amp_text_clean(core->wire.resp_text, room, text, strlen(text));
	if (strlen(text) >= room) /* what the relay itself tells of it is whole */
		memcpy(core->wire.resp_text + room - 4, "...", 4);
	amp_shm_write_answer(&core->shm, &core->wire);
	amp_bells_ring_host(&core->bells, AMP_VECTOR_CONTROL);
	if (status != AMP_OK)
		amp_core_warn(core, "request refused or failed: %s", core->wire.resp_text);
}
