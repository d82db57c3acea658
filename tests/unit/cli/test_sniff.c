// SPDX-License-Identifier: GPL-2.0-only
/* What the relay tells of the wire: names, filters, gaps, and packets that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "amprelay/sniff.h"

static struct {
	struct sniff_sink sink;
	int messages, events;
	char channel[AMP_NAME_SIZE]; /* of the last message; empty: not known */
} seen;

static void on_message(struct sniff_sink *sink, const struct sniff_message *message)
{
	(void)sink;
	seen.messages++;
	strcpy(seen.channel, message->channel ? message->channel : "");
}

static void on_event(struct sniff_sink *sink, const struct sniff_event *event)
{
	(void)sink;
	(void)event;
	seen.events++;
}

static bool flush(struct sniff_sink *sink)
{
	(void)sink;
	return true;
}

static struct sniffer *new_sniffer(void)
{
	struct sniffer *sniffer = calloc(1, sizeof(*sniffer));

	assert_non_null(sniffer);
	memset(&seen, 0, sizeof(seen));
	seen.sink = (struct sniff_sink){.message = on_message, .event = on_event, .flush = flush};
	sniffer->sinks = &seen.sink;
	return sniffer;
}

/* A packet that is being made. */
static struct {
	_Alignas(8) uint8_t bytes[4096];
	size_t fill;
} packet;

static struct amp_sniffed *add(enum amp_sniffed_kind kind, const void *data, uint32_t len)
{
	struct amp_sniffed *record = (void *)(packet.bytes + packet.fill);

	*record = (struct amp_sniffed){
		.size = amp_sniffed_size(len), .len = len, .whole = len, .kind = (uint8_t)kind, .core = "m3"};
	memcpy(record + 1, data, len);
	packet.fill += record->size;
	return record;
}

static void add_message(uint32_t src, uint32_t dst)
{
	struct amp_rpmsg head = {.src = src, .dst = dst};

	add(AMP_SNIFFED_MESSAGE, &head, sizeof(head));
}

static void add_event(const char *text)
{
	add(AMP_SNIFFED_EVENT, text, (uint32_t)strlen(text));
}

static int empty_packet(void **state)
{
	(void)state;
	memset(&packet, 0, sizeof(packet));
	return 0;
}

static void a_channel_that_was_known_before_names_messages_until_the_core_starts_anew(void **state)
{
	struct sniffer *sniffer = new_sniffer();

	(void)state;
	add_event("{\"ev\":\"wire.channel\",\"addr\":256,\"name\":\"amp-echo\",\"side\":\"remote\"}");
	add_message(0x100, 0x400);
	assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	assert_string_equal(seen.channel, "amp-echo");
	packet.fill = 0;
	add_event("{\"ev\":\"core.state\",\"to\":\"starting\"}");
	add_message(0x100, 0x400);
	assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	assert_string_equal(seen.channel, "");
	assert_int_equal(sniffer->messages, 2);
	free(sniffer);
}

static void what_was_missed_is_counted(void **state)
{
	struct sniffer *sniffer = new_sniffer();

	(void)state;
	add_event("{\"ev\":\"wire.gap\",\"count\":41}");
	add_event("{\"ev\":\"wire.gap\",\"count\":1}");
	assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	assert_int_equal(sniffer->lost, 42);
	assert_int_equal(seen.events, 2);
	free(sniffer);
}

static void only_messages_of_the_channels_that_were_asked_for_are_shown(void **state)
{
	struct sniffer *sniffer = new_sniffer();

	(void)state;
	sniffer->channel[sniffer->channels++] = "amp-echo";
	add_event("{\"ev\":\"wire.channel\",\"addr\":256,\"name\":\"amp-echo\",\"side\":\"remote\"}");
	add_message(0x100, 0x400);
	add_message(0x101, 0x400);
	assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	assert_int_equal(seen.messages, 1);
	free(sniffer);
}

static void it_ends_after_as_many_messages_as_were_wanted(void **state)
{
	struct sniffer *sniffer = new_sniffer();

	(void)state;
	sniffer->limit = 2;
	for (int i = 0; i < 5; i++)
		add_message(1, 2);
	assert_false(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	assert_int_equal(seen.messages, 2);
	free(sniffer);
}

static void records_that_lie_are_not_believed(void **state)
{
	static const uint32_t sizes[] = {0, 1, 39, 4096, UINT32_MAX, UINT32_MAX - 7};
	struct sniffer *sniffer = new_sniffer();

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		packet.fill = 0;
		add_message(1, 2);
		((struct amp_sniffed *)(void *)packet.bytes)->size = sizes[i];
		assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
		packet.fill = 0;
		add(AMP_SNIFFED_EVENT, "{}", 2)->len = sizes[i] | 64;
		assert_true(amp_sniffer_take(sniffer, packet.bytes, packet.fill));
	}
	packet.fill = 0;
	add(AMP_SNIFFED_MESSAGE, "short", 5);
	add_event("no JSON");
	for (size_t len = 0; len <= packet.fill; len++)
		assert_true(amp_sniffer_take(sniffer, packet.bytes, len));
	assert_int_equal(seen.messages + seen.events, 0);
	free(sniffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_channel_that_was_known_before_names_messages_until_the_core_starts_anew,
	                               empty_packet),
		cmocka_unit_test_setup(what_was_missed_is_counted, empty_packet),
		cmocka_unit_test_setup(only_messages_of_the_channels_that_were_asked_for_are_shown, empty_packet),
		cmocka_unit_test_setup(it_ends_after_as_many_messages_as_were_wanted, empty_packet),
		cmocka_unit_test_setup(records_that_lie_are_not_believed, empty_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
