// SPDX-License-Identifier: GPL-2.0-only
#include "sniff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event_reader.h"

static struct sniff_link *find_link(struct sniffer *sniffer, const char *core)
{
	struct sniff_link *link;

	for (size_t i = 0; i < sniffer->links; i++) {
		if (strcmp(sniffer->link[i].core, core) == 0)
			return &sniffer->link[i];
	}
	if (sniffer->links == SNIFF_LINKS)
		return &sniffer->link[SNIFF_LINKS - 1]; /* no lab has so many */
	link = &sniffer->link[sniffer->links++];
	snprintf(link->core, sizeof(link->core), "%s", core);
	return link;
}

/* ------------------------------------------------------------------ messages */

static bool is_asked_for(const struct sniffer *sniffer, const char *channel)
{
	for (size_t i = 0; channel && i < sniffer->channels; i++) {
		if (strcmp(sniffer->channel[i], channel) == 0)
			return true;
	}
	return sniffer->channels == 0;
}

/* The channel that a message is of, or for an announcement is about. */
static const char *channel_of(struct sniff_link *link, const struct sniff_message *message,
                              char announced[AMP_NAME_SIZE])
{
	const void *payload = message->bytes + AMP_RPMSG_HEADER;
	uint32_t addr, flags;

	if (message->head.dst == RPMSG_NS_EPT_ADDR &&
	    amp_names_read(payload, message->kept - AMP_RPMSG_HEADER, announced, &addr, &flags))
		return announced;
	return amp_names_find(&link->names, message->direction, message->head.src, message->head.dst);
}

bool amp_sniffer_message(struct sniffer *sniffer, const struct amp_sniffed *head, const uint8_t *bytes)
{
	char core[sizeof(head->core) + 1] = {0}, announced[AMP_NAME_SIZE];
	struct sniff_message message = {.t = head->t,
	                                .core = core,
	                                .direction = head->direction ? AMP_TO_REMOTE : AMP_TO_HOST,
	                                .bytes = bytes,
	                                .kept = head->len,
	                                .whole = head->whole};
	struct sniff_link *link;

	if (head->len < AMP_RPMSG_HEADER)
		return true;
	memcpy(core, head->core, sizeof(head->core));
	memcpy(&message.head, bytes, sizeof(message.head));
	link = find_link(sniffer, core);
	amp_names_learn(&link->names, message.direction, message.head.dst, bytes + AMP_RPMSG_HEADER,
	                head->len - AMP_RPMSG_HEADER);
	message.channel = channel_of(link, &message, announced);
	if (!is_asked_for(sniffer, message.channel))
		return true;
	for (struct sniff_sink *sink = sniffer->sinks; sink; sink = sink->next)
		sink->message(sink, &message);
	sniffer->messages++;
	return sniffer->limit == 0 || sniffer->messages < sniffer->limit;
}

/* ------------------------------------------------------------------ events */

static void learn_from(struct sniffer *sniffer, const struct sniff_event *event)
{
	const char *ev = amp_event_string(event->object, "ev");

	if (strcmp(ev, "wire.channel") == 0)
		amp_names_set(
			&find_link(sniffer, event->core)->names,
			strcmp(amp_event_string(event->object, "side"), "host") == 0 ? AMP_TO_REMOTE : AMP_TO_HOST,
			(uint32_t)amp_event_integer(event->object, "addr", 0), amp_event_string(event->object, "name"));
	else if (strcmp(ev, "wire.gap") == 0)
		sniffer->lost += (uint64_t)amp_event_integer(event->object, "count", 0);
	else if (strcmp(ev, "core.state") == 0 && strcmp(amp_event_string(event->object, "to"), "starting") == 0)
		amp_names_forget(&find_link(sniffer, event->core)->names);
}

static void take_event(struct sniffer *sniffer, const struct amp_sniffed *head, const uint8_t *bytes)
{
	char core[sizeof(head->core) + 1] = {0};
	struct sniff_event event = {.t = head->t,
	                            .core = core,
	                            .text = (const char *)bytes,
	                            .len = head->len,
	                            .object = json_loadb((const char *)bytes, head->len, 0, NULL)};

	memcpy(core, head->core, sizeof(head->core));
	if (json_is_object(event.object)) {
		learn_from(sniffer, &event);
		for (struct sniff_sink *sink = sniffer->sinks; sink; sink = sink->next)
			sink->event(sink, &event);
	}
	json_decref(event.object);
}

/* A member's value, as it stands. */
static char *value_text(const json_t *value)
{
	return json_is_string(value) ? strdup(json_string_value(value))
	                             : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
}

void amp_sniff_describe(const struct sniff_event *event, char *out, size_t size)
{
	amp_event_describe(event->object, value_text, out, size);
}

/* ------------------------------------------------------------------ packets */

static bool flush(struct sniffer *sniffer)
{
	for (struct sniff_sink *sink = sniffer->sinks; sink; sink = sink->next) {
		if (sink->flush(sink))
			continue;
		sniffer->failed = true;
		sniffer->error = errno;
	}
	return !sniffer->failed;
}

bool amp_sniffer_take(struct sniffer *sniffer, const void *records, size_t len)
{
	const uint8_t *bytes = records;
	struct amp_sniffed head;
	bool more = true;

	for (size_t at = 0; more && len - at >= sizeof(head); at += head.size) {
		memcpy(&head, bytes + at, sizeof(head));
		if (head.size > len - at || head.len > head.size - sizeof(head) || head.size < sizeof(head))
			break;
		if (head.kind == AMP_SNIFFED_MESSAGE)
			more = amp_sniffer_message(sniffer, &head, bytes + at + sizeof(head));
		else if (head.kind == AMP_SNIFFED_EVENT)
			take_event(sniffer, &head, bytes + at + sizeof(head));
	}
	return flush(sniffer) && more;
}
