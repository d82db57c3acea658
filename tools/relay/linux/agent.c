// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "agent.h"
#include "common/clock.h"
#include "common/text.h"
#include "relay/lab.h"

/*
 * Room for every channel's window of input at once would be 8 MiB; this is what the port's reader may lag behind. Input
 * that does not fit waits with the client.
 */
#define QUEUE_MAX (1u << 20)
#define RESERVED  (64u << 10) /* of it, for frames that are not input: they must not fail */

__attribute__((format(printf, 2, 3))) static void warn(struct agent *agent, const char *format, ...)
{
	uint32_t suppressed;
	char text[160];
	va_list args;

	if (!amp_ratelimit(&agent->noise, now_ns(), &suppressed))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	amp_log("agent: %s", text);
	amp_record(&agent->lab->record, "relay.warning", NULL, "{s:s, s:I}", "text", text, "suppressed",
	           (json_int_t)suppressed);
}

static bool send_frame(struct agent *agent, enum amp_frame_type type, uint16_t channel, const void *payload,
                       uint32_t len)
{
	uint8_t frame[sizeof(struct amp_frame) + AMP_AGENT_PAYLOAD_MAX];

	return amp_stream_write(&agent->stream, frame, amp_frame_write(frame, type, channel, payload, len));
}

static void send_number(struct agent *agent, enum amp_frame_type type, uint16_t channel, uint32_t number)
{
	const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
	                          (uint8_t)(number >> 24)};

	if (!send_frame(agent, type, channel, bytes, sizeof(bytes)))
		warn(agent, "the guest does not read its port");
}

/* ------------------------------------------------------------------ channels */

static struct agent_channel *find(struct agent *agent, uint16_t id)
{
	for (size_t i = 0; i < AGENT_CHANNELS; i++) {
		if (id != 0 && agent->channel[i].id == id)
			return &agent->channel[i];
	}
	return NULL;
}

static void end_channel(struct agent_channel *channel, int status)
{
	const struct agent_channel_ops *ops = channel->ops;
	void *userdata = channel->userdata;

	*channel = (struct agent_channel){.agent = channel->agent};
	if (ops)
		ops->on_exit(userdata, status);
}

static void link_down(struct agent *agent, const char *why)
{
	amp_frame_lose_step(&agent->reader);
	amp_dump_abandon(agent);
	for (size_t i = 0; i < AGENT_CHANNELS; i++) {
		if (agent->channel[i].id != 0)
			end_channel(&agent->channel[i], -1);
	}
	if (!agent->up)
		return;
	agent->up = false;
	amp_record(&agent->lab->record, "agent.down", NULL, "{s:s}", "why", why);
	amp_log("agent: down (%s)", why);
	amp_relay_changed(agent->lab);
}

static uint16_t new_id(struct agent *agent)
{
	do {
		if (++agent->last_id == 0)
			agent->last_id = 1;
	} while (find(agent, agent->last_id));
	return agent->last_id;
}

struct agent_channel *amp_agent_exec(struct agent *agent, const char *argv, size_t len, bool matters,
                                     const struct agent_channel_ops *ops, void *userdata)
{
	struct agent_channel *channel = NULL;
	size_t free = 0;
	uint16_t id;

	for (size_t i = 0; i < AGENT_CHANNELS; i++) {
		if (agent->channel[i].id != 0)
			continue;
		if (free++ == 0)
			channel = &agent->channel[i];
	}
	if (free <= (matters ? 0 : AGENT_RESERVED) || !agent->up || len == 0 || len > AMP_AGENT_PAYLOAD_MAX)
		return NULL;
	id = new_id(agent);
	if (!send_frame(agent, AMP_FRAME_EXEC, id, argv, (uint32_t)len))
		return NULL;
	*channel = (struct agent_channel){
		.agent = agent,
		.id = id,
		.ops = ops,
		.userdata = userdata,
		.credit = AMP_AGENT_WINDOW,
	};
	return channel;
}

size_t amp_agent_stdin(struct agent_channel *channel, const void *data, size_t len)
{
	size_t taken = 0;

	while (taken < len) {
		size_t n = len - taken;

		if (n > AMP_AGENT_PAYLOAD_MAX)
			n = AMP_AGENT_PAYLOAD_MAX;
		if (n > channel->credit)
			n = channel->credit;
		if (n == 0 || amp_stream_room(&channel->agent->stream) < n + RESERVED ||
		    !send_frame(channel->agent, AMP_FRAME_STDIN, channel->id, (const uint8_t *)data + taken,
		                (uint32_t)n))
			break;
		channel->credit -= (uint32_t)n;
		taken += n;
	}
	return taken;
}

void amp_agent_stdin_end(struct agent_channel *channel)
{
	if (!send_frame(channel->agent, AMP_FRAME_STDIN, channel->id, NULL, 0))
		warn(channel->agent, "the guest does not read its port");
}

void amp_agent_signal(struct agent_channel *channel, uint32_t number)
{
	send_number(channel->agent, AMP_FRAME_SIGNAL, channel->id, number);
}

void amp_agent_passed_on(struct agent_channel *channel, size_t len)
{
	channel->under_way -= (uint32_t)len;
	channel->owed += (uint32_t)len;
	/* not for every crumb: a quarter of the window keeps the stream going */
	if (channel->owed < AMP_AGENT_WINDOW / 4)
		return;
	send_number(channel->agent, AMP_FRAME_WINDOW, channel->id, channel->owed);
	channel->owed = 0;
}

void amp_agent_abandon(struct agent_channel *channel)
{
	channel->ops = NULL;
	/* EXIT comes after all output, for which the agent needs the window that the client's unread output holds */
	amp_agent_passed_on(channel, channel->under_way);
	if (!send_frame(channel->agent, AMP_FRAME_CLOSE, channel->id, NULL, 0))
		warn(channel->agent, "the guest does not read its port");
}

/* ------------------------------------------------------------------ frames */

static bool on_hello(struct agent *agent, const struct amp_frame *frame, const uint8_t *payload)
{
	uint32_t suppressed;

	if (frame->channel != 0 || frame->len != 4 || amp_le32(payload) != AMP_AGENT_VERSION)
		return false;
	if (!amp_ratelimit(&agent->hellos, now_ns(), &suppressed))
		return false; /* it restarts in a loop: each restart is two records */
	if (agent->up)
		link_down(agent, "the agent started anew");
	agent->reader.in_step = true;
	agent->up = true;
	agent->lab->vm.reached = true;
	amp_record(&agent->lab->record, "agent.up", NULL, "{s:f}", "ms", ms_between(agent->lab->started, now_ns()));
	amp_log("agent: up");
	amp_relay_changed(agent->lab);
	if (agent->lab->on_agent_up)
		agent->lab->on_agent_up(agent->lab);
	return true;
}

static bool on_boot_id(struct agent *agent, const struct amp_frame *frame, const uint8_t *payload)
{
	char boot[sizeof(agent->boot)];

	if (frame->channel != 0 || frame->len != AMP_AGENT_BOOT_ID)
		return false;
	amp_text_clean(boot, sizeof(boot), payload, frame->len);
	if (agent->boot[0] && strcmp(agent->boot, boot) != 0 && agent->on_other_boot)
		agent->on_other_boot(agent->lab);
	amp_text(agent->boot, sizeof(agent->boot), "%s", boot);
	return true;
}

/* Whole lines of the kernel's log. Its first ones tell which kernel it is; no program has their time stamp. */
static void on_kernel_log(struct agent *agent, const uint8_t *lines, size_t len)
{
	static const char mark[] = "[    0.000000] Linux version ";
	const uint8_t *found = memmem(lines, len, mark, sizeof(mark) - 1), *end;

	amp_logfile_write(&agent->lab->vm.kernel_file, lines, len);
	if (!found)
		return;
	found += sizeof(mark) - 1;
	end = memchr(found, ' ', (size_t)(lines + len - found));
	if (end)
		amp_text_clean(agent->release, sizeof(agent->release), found, (size_t)(end - found));
}

static bool on_output(struct agent_channel *channel, const struct amp_frame *frame, const uint8_t *payload)
{
	if (frame->len > AMP_AGENT_WINDOW - channel->under_way - channel->owed)
		return false; /* more than its window */
	channel->under_way += frame->len;
	if (channel->ops && channel->ops->on_output)
		channel->ops->on_output(channel->userdata, frame->type == AMP_FRAME_STDERR, payload, frame->len);
	else
		amp_agent_passed_on(channel, frame->len);
	return true;
}

static bool on_window(struct agent_channel *channel, uint32_t bytes)
{
	if (bytes > AMP_AGENT_WINDOW - channel->credit)
		return false; /* more than we sent */
	channel->credit += bytes;
	if (channel->ops && channel->ops->on_window)
		channel->ops->on_window(channel->userdata);
	return true;
}

static bool on_frame(void *userdata, const struct amp_frame *frame, const uint8_t *payload)
{
	struct agent *agent = userdata;
	struct agent_channel *channel = find(agent, frame->channel);

	switch (frame->type) {
	case AMP_FRAME_HELLO:
		return on_hello(agent, frame, payload);
	case AMP_FRAME_BOOT:
		return on_boot_id(agent, frame, payload);
	case AMP_FRAME_KMSG:
		on_kernel_log(agent, payload, frame->len);
		return true;
	case AMP_FRAME_DUMP:
		amp_dump_begin(agent, payload, frame->len);
		return true;
	case AMP_FRAME_DUMP_DATA:
		amp_dump_data(agent, payload, frame->len);
		return true;
	case AMP_FRAME_DUMP_END:
		if (frame->len != 4)
			return false;
		amp_dump_end(agent, amp_le32(payload));
		return true;
	case AMP_FRAME_STDOUT:
	case AMP_FRAME_STDERR:
		return channel && on_output(channel, frame, payload);
	case AMP_FRAME_WINDOW:
		/* one that crossed the EXIT of its channel is harmless */
		return frame->len == 4 && (!channel || on_window(channel, amp_le32(payload)));
	case AMP_FRAME_EXIT:
		if (!channel || frame->len != 4)
			return false;
		end_channel(channel, (int)(amp_le32(payload) & 0xff));
		return true;
	default:
		return false;
	}
}

static void on_lost(void *userdata)
{
	struct agent *agent = userdata;

	warn(agent, "sent a frame that makes no sense");
	link_down(agent, "a frame made no sense");
}

static void read_frames(struct agent *agent, const uint8_t *data, size_t len)
{
	static const struct frame_ops ops = {.on_frame = on_frame, .on_lost = on_lost};

	amp_frame_read(&agent->reader, data, len, &ops, agent);
}

static void on_data(void *userdata, const uint8_t *data, size_t len)
{
	read_frames(userdata, data, len);
}

/* Input that found the port's queue full can go on. */
static void on_drained(void *userdata)
{
	struct agent *agent = userdata;

	for (size_t i = 0; i < AGENT_CHANNELS; i++) {
		struct agent_channel *channel = &agent->channel[i];

		if (channel->id != 0 && channel->ops && channel->ops->on_window)
			channel->ops->on_window(channel->userdata);
	}
}

/* ------------------------------------------------------------------ the port */

int amp_agent_open(struct agent *agent, struct lab *lab, int fd)
{
	static const struct stream_ops ops = {.on_data = on_data, .on_drained = on_drained};

	memset(agent, 0, sizeof(*agent));
	agent->lab = lab;
	agent->noise = (struct ratelimit)RATELIMIT(20, 500);
	agent->hellos = (struct ratelimit)RATELIMIT(10, 1000);
	amp_dump_prepare(&agent->dump);
	return amp_stream_open(&agent->stream, lab->loop, fd, QUEUE_MAX, &ops, agent);
}

void amp_agent_port_closed(struct agent *agent)
{
	link_down(agent, "the guest closed its port");
	/* a HELLO may already have arrived behind the beginning of a frame that its dead sender never finished */
	read_frames(agent, NULL, 0);
}

void amp_agent_close(struct agent *agent)
{
	if (agent->lab)
		link_down(agent, "the lab goes down");
	amp_stream_close(&agent->stream);
}
