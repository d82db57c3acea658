// SPDX-License-Identifier: GPL-2.0-only
/* Those who listen to the messages between cores: "sniff" of common/control.h. */
#include <string.h>

#include "common/clock.h"
#include "common/sniffed.h"
#include "control_server.h"
#include "relay/lab.h"

#define SNIFF_BACKLOG (8u << 20) /* bytes that a listener may lag behind, before it misses some */

static uint64_t count_messages(const uint8_t *records, size_t len)
{
	struct amp_sniffed record;
	uint64_t n = 0;

	for (size_t at = 0; at + sizeof(record) <= len; at += record.size) {
		memcpy(&record, records + at, sizeof(record));
		n += record.kind == AMP_SNIFFED_MESSAGE;
	}
	return n;
}

static void tell_dropped(struct client *client)
{
	_Alignas(8) uint8_t packet[sizeof(struct amp_sniffed) + 256] = {0};
	struct amp_sniffed record = {.t = now_ns(), .kind = AMP_SNIFFED_EVENT};
	json_t *event = json_pack("{s:I, s:s, s:I, s:s}", "t", (json_int_t)record.t, "ev", "wire.gap", "count",
	                          (json_int_t)client->dropped, "why", "the listener did not read in time");

	record.len = record.whole =
		event ? (uint32_t)json_dumpb(event, (char *)packet + sizeof(record), 256, JSON_COMPACT) : 0;
	record.size = amp_sniffed_size(record.len);
	json_decref(event);
	memcpy(packet, &record, sizeof(record));
	client->dropped = 0;
	amp_server_send(client, 'F', packet, record.size);
}

/* Someone who stopped reading must not hold up the cores, nor fill our memory: he misses some, and is told how many. */
static void show_sniffed(struct client *client, const struct core *core, const uint8_t *records, size_t len)
{
	if (client->wait_core && core && client->wait_core != core)
		return;
	if (client->queue.bytes + len > SNIFF_BACKLOG) {
		client->dropped += count_messages(records, len);
		return;
	}
	if (client->dropped)
		tell_dropped(client);
	amp_server_send(client, 'F', records, len);
}

/* {"signal": N} ends it. The answer comes behind everything that has passed until now. */
static void on_end(struct client *client, const json_t *object)
{
	if (!json_object_get(object, "signal"))
		return;
	if (client->dropped)
		tell_dropped(client);
	amp_server_answer(client, AMP_EXIT_OK, NULL, NULL);
}

void amp_server_sniff(struct client *client, struct core *core, const json_t *request)
{
	static const struct client_ops ops = {.on_json = on_end, .on_sniffed = show_sniffed, .awaits_end = true};
	static const char listening[] = "{\"progress\":\"listening\"}";
	_Alignas(8) static uint8_t known[AMP_CONTROL_MAX];
	struct lab *lab = client->lab;

	(void)request;
	client->wait_core = core;
	client->ops = &ops;
	amp_server_send(client, 'J', listening, strlen(listening));
	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		size_t len =
			core && core != &lab->core[i] ? 0 : amp_core_sniff_known(&lab->core[i], known, sizeof(known));

		if (len)
			amp_server_send(client, 'F', known, len);
	}
}
