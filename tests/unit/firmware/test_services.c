// SPDX-License-Identifier: GPL-2.0-only
/*
 * The services and their framework, over a real link of two sides in this process. The host plays Linux; what belongs
 * to the rest of the firmware is played by the functions at the top. A message of this link holds PAYLOAD bytes.
 */
#include "link_fixture.h"

#include "app.h"
#include "board.h"
#include "hoard.h"
#include "journal.h"
#include "services.h"
#include "trace.h"
#include "urgent.h"

#include <amprelay/flow_control.h>

#include <stdio.h>
#include <string.h>

#define SAMPLE 0x400u
#define TTY_0  0x401u
#define RAW    0x402u
#define FIXED  0x1u
#define SINK   0x103u
#define HOARD  0x3feu
#define URGENT 0x104u

struct app_stats app_stats;

static unsigned int traced;
static char trace_text[AMP_TRACE_LINE];

void amp_trace(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(trace_text, sizeof(trace_text), format, args);
	va_end(args);
	traced++;
}

static unsigned int journaled;

bool amp_journal(const char *format, ...)
{
	(void)format;
	journaled++;
	return true;
}

void amp_watchdog_feed(void)
{
}

static void receive_nothing(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	(void)ept;
	(void)data;
	(void)len;
	(void)src;
}

const struct service service_command = {.name = "amp-command", .addr = 0x101, .receive = receive_nothing};
const struct service service_telemetry = {.name = "amp-telemetry", .addr = 0x102, .receive = receive_nothing};
const struct service service_misbehave = {.addr = 0x3ff, .receive = receive_nothing};
const struct service service_echo = {.name = "amp-echo", .addr = 0x100, .receive = receive_nothing};

/* ------------------------------------------------------------------ Linux: the channels that it has heard of */

static struct heard {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;
	bool gone;
} heard[16];
static unsigned int heard_count, ends;

static void hear(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	(void)rdev;
	assert_in_range(heard_count, 0, 15);
	strcpy(heard[heard_count].name, name);
	heard[heard_count++].addr = addr;
}

static void hear_of_end(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	(void)rdev;
	ends++;
	for (unsigned int i = 0; i < heard_count; i++)
		heard[i].gone |= heard[i].addr == addr && strcmp(heard[i].name, name) == 0;
}

/* ------------------------------------------------------------------ the two sides, turn by turn */

static void turn(struct fixture *f)
{
	fixture_poll(&f->remote);
	services_turn(0);
	fixture_poll(&f->host);
}

static void init_both(struct fixture *f)
{
	f->host_ns_bind = hear;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	f->host.rvdev.rdev.ns_unbind_cb = hear_of_end;
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	f->remote.rvdev.rdev.ns_bind_cb = services_bind;
	amp_rpmsg_set_send_timeout(&f->remote.rvdev, 0);
}

static void start_link(struct fixture *f)
{
	init_both(f);
	services_link_up(&f->remote.rvdev.rdev);
	turn(f);
}

static int devices(void **state)
{
	memset(&app_stats, 0, sizeof(app_stats));
	memset(heard, 0, sizeof(heard));
	heard_count = ends = traced = 0;
	return fixture_devices(state);
}

static int up(void **state)
{
	devices(state);
	start_link(*state);
	return 0;
}

static int down(void **state)
{
	services_link_down();
	return fixture_down(state);
}

static void expect_message(const struct box *box, const char *text, uint32_t src)
{
	assert_int_equal(box->len, strlen(text));
	assert_memory_equal(box->data, text, box->len);
	assert_int_equal(box->src, src);
}

/* Linux sends; it is there and back in one turn. */
static void ask(struct fixture *f, struct box *box, const char *text, uint32_t to)
{
	assert_int_equal(rpmsg_sendto(&box->ept, text, (int)strlen(text), to), (int)strlen(text));
	turn(f);
}

/* One name service message as a program in Linux could send it: name of any 32 bytes. */
static void announce_raw(struct fixture *f, struct box *from, const char name[RPMSG_NAME_SIZE], uint32_t addr,
                         uint32_t flags)
{
	uint8_t message[RPMSG_NAME_SIZE + 8];

	memcpy(message, name, RPMSG_NAME_SIZE);
	memcpy(message + RPMSG_NAME_SIZE, &addr, 4);
	memcpy(message + RPMSG_NAME_SIZE + 4, &flags, 4);
	assert_int_equal(rpmsg_sendto(&from->ept, message, sizeof(message), RPMSG_NS_EPT_ADDR), sizeof(message));
	turn(f);
}

/* ------------------------------------------------------------------ what is announced */

static void services_are_announced_in_order_and_those_without_a_name_are_not(void **state)
{
	static const struct heard all[] = {
		{"rpmsg-client-sample", SAMPLE, false},
		{"rpmsg-tty", TTY_0, false},
		{"rpmsg-raw", RAW, false},
		{"amp-echo", 0x100, false},
		{"amp-command", 0x101, false},
		{"amp-telemetry", 0x102, false},
		{"amp-sink", SINK, false},
	};

	(void)state;
	assert_int_equal(heard_count, sizeof(all) / sizeof(all[0]));
	for (unsigned int i = 0; i < heard_count; i++) {
		assert_string_equal(heard[i].name, all[i].name);
		assert_int_equal(heard[i].addr, all[i].addr);
	}
	assert_int_equal(traced, 0);
}

static void what_finds_no_buffer_is_announced_later_and_complained_of_once(void **state)
{
	struct fixture *f = *state;
	static struct box other;
	uint32_t room;

	init_both(f);
	box_open(&other, &f->remote, NULL, 7, 7);
	for (unsigned int i = 0; i < RING_NUM - 2; i++) /* two are left */
		assert_non_null(rpmsg_get_tx_payload_buffer(&other.ept, &room, false));
	services_link_up(&f->remote.rvdev.rdev);
	for (unsigned int i = 0; i < 3; i++)
		services_turn(i);
	assert_int_equal(traced, 1);
	assert_non_null(strstr(trace_text, "rpmsg-raw is not announced yet"));
	turn(f);
	turn(f);
	turn(f);
	turn(f);
	assert_int_equal(heard_count, 7);
}

/* ------------------------------------------------------------------ rpmsg-client-sample */

static void the_sample_s_channel_goes_with_its_hundredth_answer(void **state)
{
	struct fixture *f = *state;
	static struct box linux_side;

	box_open(&linux_side, &f->host, NULL, 0x403, SAMPLE);
	for (unsigned int i = 1; i <= 100; i++) {
		assert_false(heard[0].gone);
		ask(f, &linux_side, "hello world!", SAMPLE);
		assert_int_equal(linux_side.count, i);
		expect_message(&linux_side, "hello world!", SAMPLE);
	}
	assert_true(heard[0].gone);
	for (unsigned int i = 0; i < 5 * RING_NUM; i++) /* nobody hears it, and no buffer is lost by that */
		ask(f, &linux_side, "hello world!", SAMPLE);
	assert_int_equal(linux_side.count, 100);
	assert_int_equal(heard_count, 7);
}

static void the_sample_answers_as_many_messages_as_it_is_told_and_journals_each(void **state)
{
	struct fixture *f = *state;
	static struct box linux_side;

	service_client_sample_expect(102);
	journaled = 0;
	box_open(&linux_side, &f->host, NULL, 0x403, SAMPLE);
	for (unsigned int i = 1; i <= 102; i++) {
		assert_false(heard[0].gone);
		ask(f, &linux_side, "hello world!", SAMPLE);
		assert_int_equal(journaled, i);
	}
	assert_true(heard[0].gone);
	service_client_sample_expect(100);
}

static void without_a_buffer_the_sample_s_end_waits(void **state)
{
	struct fixture *f = *state;
	static struct box linux_side;

	box_open(&linux_side, &f->host, NULL, 0x403, SAMPLE);
	for (unsigned int i = 1; i < 100; i++)
		ask(f, &linux_side, "hello world!", SAMPLE);
	/* eight messages that Linux does not take: the hundredth answer is the first of them, then seven of others */
	assert_true(rpmsg_sendto(&linux_side.ept, "x", 1, SAMPLE) > 0);
	for (unsigned int i = 1; i < RING_NUM; i++)
		assert_true(rpmsg_sendto(&linux_side.ept, "x", 1, RAW) > 0);
	fixture_poll(&f->remote);
	services_turn(0);
	services_turn(0);
	fixture_poll(&f->host);
	assert_int_equal(linux_side.count, 99 + RING_NUM);
	assert_false(heard[0].gone);
	turn(f);
	assert_true(heard[0].gone);
}

static void the_next_link_has_the_sample_s_channel_again(void **state)
{
	struct fixture *f = *state;
	static struct box linux_side;

	for (unsigned int life = 0; life < 3; life++) {
		box_open(&linux_side, &f->host, NULL, 0x403, SAMPLE);
		for (unsigned int i = 0; i < 99; i++)
			ask(f, &linux_side, "hello world!", SAMPLE);
		assert_false(heard[0].gone);
		ask(f, &linux_side, "hello world!", SAMPLE);
		assert_true(heard[0].gone);
		services_link_down();
		rpmsg_deinit_vdev(&f->remote.rvdev);
		rpmsg_deinit_vdev(&f->host.rvdev);
		memset(heard, 0, sizeof(heard));
		heard_count = 0;
		start_link(f);
	}
}

/* ------------------------------------------------------------------ rpmsg-raw and the fixed endpoint */

static void raw_endpoints_say_where_a_message_came_to(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, FIXED);
	ask(f, &box, "ping /dev/rpmsg0", RAW);
	expect_message(&box, "from ept 0x0402: ping /dev/rpmsg0", RAW);
	ask(f, &box, "ping /dev/rpmsg1", FIXED);
	expect_message(&box, "from ept 0x0001: ping /dev/rpmsg1", FIXED);
	ask(f, &box, "", FIXED);
	expect_message(&box, "from ept 0x0001: ", FIXED);
}

static void a_raw_reply_that_is_too_long_is_cut(void **state)
{
	struct fixture *f = *state;
	static struct box box;
	char longest[PAYLOAD + 1] = "", reply[PAYLOAD + 1] = "from ept 0x0402: ";

	memset(longest, 'x', PAYLOAD);
	memset(reply + strlen(reply), 'x', PAYLOAD - strlen(reply));
	box_open(&box, &f->host, NULL, 0x64, RAW);
	ask(f, &box, longest, RAW);
	assert_int_equal(box.count, 1);
	expect_message(&box, reply, RAW);
}

static void replies_to_one_who_takes_none_are_dropped_and_counted(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, RAW);
	for (unsigned int i = 0; i < 3 * RING_NUM; i++) {
		assert_true(rpmsg_sendto(&box.ept, "x", 1, RAW) > 0);
		fixture_poll(&f->remote);
		services_turn(0);
	}
	assert_int_equal(app_stats.rx, 3 * RING_NUM);
	assert_int_equal(app_stats.tx, RING_NUM);
	assert_int_equal(app_stats.dropped, 2 * RING_NUM);
	fixture_poll(&f->host);
	assert_int_equal(box.count, RING_NUM);
	ask(f, &box, "again", RAW);
	expect_message(&box, "from ept 0x0402: again", RAW);
}

/* ------------------------------------------------------------------ amp-sink */

/* Linux sends messages with these numbers; `len` bytes each, zeros after the number. */
static void stream(struct fixture *f, struct box *box, uint32_t first, uint32_t count, size_t len)
{
	uint8_t message[PAYLOAD] = {0};

	for (uint32_t n = first; n < first + count; n++) {
		memcpy(message, &n, sizeof(n));
		assert_int_equal(rpmsg_sendto(&box->ept, message, (int)len, SINK), (int)len);
		turn(f);
	}
}

static void the_sink_reports_each_thirty_second_message(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, SINK);
	stream(f, &box, 0, 31, 8);
	assert_int_equal(box.count, 0);
	stream(f, &box, 31, 1, 8);
	expect_message(&box, "messages=32 bytes=256 gaps=0 sum=0x000001f0\n", SINK);
	stream(f, &box, 32, 32, 8);
	assert_int_equal(box.count, 2);
	expect_message(&box, "messages=64 bytes=512 gaps=0 sum=0x000007e0\n", SINK);
}

static void an_empty_message_makes_the_sink_report_and_start_over(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, SINK);
	stream(f, &box, 0, 3, 4);
	ask(f, &box, "", SINK);
	expect_message(&box, "messages=3 bytes=12 gaps=0 sum=0x00000003\n", SINK);
	ask(f, &box, "", SINK);
	expect_message(&box, "messages=0 bytes=0 gaps=0 sum=0x00000000\n", SINK);
}

static void the_sink_counts_gaps_and_sums_all_bytes(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, SINK);
	stream(f, &box, 0, 2, 4);
	stream(f, &box, 3, 2, 4); /* 2 is missing */
	ask(f, &box, "\377\377\377\377\377\377\377\377", SINK);
	ask(f, &box, "\1\1\1\1\1", SINK); /* after what filled the whole of two words */
	ask(f, &box, "", SINK);
	expect_message(&box, "messages=6 bytes=29 gaps=3 sum=0x01010108\n", SINK);
}

static void the_sink_s_report_waits_for_a_buffer(void **state)
{
	struct fixture *f = *state;
	static struct box box, other;
	uint32_t room;
	void *held[RING_NUM];

	box_open(&box, &f->host, NULL, 0x64, SINK);
	box_open(&other, &f->remote, NULL, 7, 7);
	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_non_null(held[i] = rpmsg_get_tx_payload_buffer(&other.ept, &room, false));
	ask(f, &box, "", SINK);
	assert_int_equal(box.count, 0);
	assert_int_equal(rpmsg_release_tx_buffer(&other.ept, held[0]), RPMSG_SUCCESS);
	turn(f);
	expect_message(&box, "messages=0 bytes=0 gaps=0 sum=0x00000000\n", SINK);
	assert_int_equal(app_stats.dropped, 0);
}

/* ------------------------------------------------------------------ the hoard */

static void end_link(struct fixture *f)
{
	services_link_down();
	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
	heard_count = 0;
}

static void next_link(struct fixture *f)
{
	end_link(f);
	start_link(f);
}

static void a_hoard_has_all_buffers_of_both_sides_until_the_link_ends(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	for (unsigned int life = 0; life < 3; life++) {
		box_open(&box, &f->host, NULL, 0x64, HOARD);
		assert_true(hoard("take gold of mine"));
		turn(f);
		assert_string_equal(trace_text, "hoard gold of mine: has all 8 buffers for sending\n");
		for (unsigned int i = 0; i < RING_NUM; i++)
			ask(f, &box, "x", HOARD);
		assert_string_equal(trace_text, "hoard gold of mine: has all 8 messages that Linux can send\n");
		assert_int_equal(rpmsg_trysendto(&box.ept, "x", 1, HOARD), RPMSG_ERR_NO_BUFF);
		next_link(f);
		assert_int_equal(heard_count, 7);
	}
}

/* ------------------------------------------------------------------ urgent messages */

static char order[8];

static int note(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src;
	strcat(order, priv);
	return RPMSG_SUCCESS;
}

static void an_urgent_message_is_answered_before_the_others_in_each_link(void **state)
{
	struct rpmsg_endpoint urgent, usual;
	struct fixture *f = *state;

	for (unsigned int life = 0; life < 3; life++) {
		assert_int_equal(heard_count, 7);
		urgent_begin();
		turn(f);
		assert_int_equal(heard_count, 8);
		assert_string_equal(heard[7].name, "amp-urgent");
		assert_int_equal(heard[7].addr, URGENT);
		urgent.priv = "U";
		usual.priv = "u";
		urgent.release_cb = usual.release_cb = NULL;
		rpmsg_create_ept(&urgent, &f->host.rvdev.rdev, NULL, 0x64, URGENT, note, NULL);
		rpmsg_create_ept(&usual, &f->host.rvdev.rdev, NULL, 0x65, RAW, note, NULL);
		order[0] = '\0';
		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(rpmsg_trysend(&usual, "x", 1), 1);
		assert_int_equal(rpmsg_trysend(&urgent, "x", 1), 1);
		turn(f);
		assert_string_equal(order, "Uuuu");
		next_link(f);
	}
}

/* A host that knows flow control: the first message to an endpoint is answered with a question and a limit. */
static void a_host_that_accepts_flow_control_is_told_how_much_is_taken(void **state)
{
	static const struct amp_flow_config config = {.window = 1};
	static struct amp_flow_endpoint asks;
	static struct amp_flow flow;
	struct fixture *f = *state;
	unsigned int told = 0;

	for (unsigned int life = 0; life < 3; life++) {
		bool offered = life != 1;

		end_link(f);
		f->shm->rsc.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS | (offered ? 1u << AMP_RPMSG_F_FLOW : 0);
		assert_int_equal(amp_flow_accept(f->host.vdev), RPMSG_SUCCESS);
		start_link(f);
		assert_int_equal(amp_flow_open(&flow, &f->host.rvdev, 1), RPMSG_SUCCESS);
		told += offered;
		assert_int_equal(traced, told);
		urgent_begin();
		turn(f);
		order[0] = '\0';
		asks.ept.priv = "U";
		assert_int_equal(amp_flow_create_ept(&flow, &asks, NULL, 0x64, URGENT, note, NULL, &config),
		                 RPMSG_SUCCESS);
		assert_int_equal(amp_flow_trysend(&asks, "x", 1), 1);
		for (unsigned int i = 0; i < 3; i++)
			turn(f);
		assert_string_equal(order, "U");
		assert_int_equal(amp_flow_credit(&asks), offered ? 8 : UINT32_MAX);
		assert_int_equal(amp_flow_refused(&flow), 0);
	}
}

static unsigned int waits;

static int lose_the_link_later(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	if (++waits == 3)
		amp_rpmsg_peer_lost(metal_container_of(rdev, struct rpmsg_virtio_device, rdev));
	return RPMSG_SUCCESS;
}

static void a_hoard_s_send_waits_until_the_link_ends(void **state)
{
	struct fixture *f = *state;

	waits = 0;
	rpmsg_virtio_set_wait_cb(&f->remote.rvdev, lose_the_link_later);
	assert_true(hoard("send gold"));
	services_turn(0);
	assert_int_equal(waits, 3);
	assert_non_null(strstr(trace_text, "hoard gold: the send ended: RPMSG_ERR_DEV_STATE: "));
	next_link(f);
	assert_int_equal(heard_count, 7);
}

static void a_hoard_stops_the_announcements_of_the_next_link_in_their_midst(void **state)
{
	struct fixture *f = *state;

	assert_true(hoard("announce gold"));
	turn(f);
	assert_int_equal(traced, 0);
	next_link(f);
	for (unsigned int i = 0; i < 5; i++)
		turn(f);
	assert_int_equal(heard_count, 3);
	next_link(f);
	assert_int_equal(heard_count, 7);
}

static void what_is_no_hoard_is_refused(void **state)
{
	static const char *const texts[] = {"", "take", "take ", "takex", "give x", "take 123456789012345678901234"};

	(void)state;
	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(hoard(texts[i]));
}

/* ------------------------------------------------------------------ rpmsg-tty */

/* A terminal that Linux makes, and what it receives. */
static void open_tty(struct fixture *f, struct box *box, uint32_t addr)
{
	box_open(box, &f->host, "rpmsg-tty", addr, RPMSG_ADDR_ANY);
	turn(f);
}

/* The core's end of the sample's channel goes, as it does before anyone makes a terminal. */
static void end_sample(struct fixture *f)
{
	static struct box box;

	box_open(&box, &f->host, NULL, 0x403, SAMPLE);
	for (unsigned int i = 0; i < 100; i++)
		ask(f, &box, "x", SAMPLE);
	rpmsg_destroy_ept(&box.ept);
}

static void a_terminal_answers_with_its_number(void **state)
{
	struct fixture *f = *state;
	static struct box tty0, tty1;

	end_sample(f);
	box_open(&tty0, &f->host, NULL, 0x401, TTY_0);
	ask(f, &tty0, " hello Zephyr\n", TTY_0);
	expect_message(&tty0, "TTY 0:  hello Zephyr\n", TTY_0);
	open_tty(f, &tty1, 257);
	assert_int_equal(tty1.len, 6);
	assert_memory_equal(tty1.data, "bound", 6);
	assert_int_equal(tty1.src, 0x400);
	ask(f, &tty0, "hello dev0\n", TTY_0);
	ask(f, &tty1, "hello dev1\n", 0x400);
	expect_message(&tty0, "TTY 0: hello dev0\n", TTY_0);
	expect_message(&tty1, "TTY 1: hello dev1\n", 0x400);
}

static void a_terminal_of_linux_is_not_taken_for_terminal_0_that_nobody_has_used_yet(void **state)
{
	struct fixture *f = *state;
	static struct box tty0, tty1;

	open_tty(f, &tty1, 257);
	assert_int_equal(tty1.count, 1);
	assert_int_not_equal(tty1.src, TTY_0);
	box_open(&tty0, &f->host, NULL, 0x401, TTY_0);
	ask(f, &tty0, "x", TTY_0);
	expect_message(&tty0, "TTY 0: x", TTY_0);
}

static void a_terminal_s_reply_that_is_too_long_comes_in_two_messages(void **state)
{
	struct fixture *f = *state;
	static struct box box;
	char longest[PAYLOAD + 1];

	memset(longest, 'x', PAYLOAD - 3);
	strcpy(longest + PAYLOAD - 3, "end");
	box_open(&box, &f->host, NULL, 0x401, TTY_0);
	ask(f, &box, longest, TTY_0);
	assert_int_equal(box.count, 2);
	expect_message(&box, "xxxxend", TTY_0);
}

static void a_released_terminal_s_number_and_address_are_given_again(void **state)
{
	struct fixture *f = *state;
	static struct box tty1, tty2;

	end_sample(f);
	open_tty(f, &tty2, 300);
	for (unsigned int i = 0; i < 500; i++) {
		open_tty(f, &tty1, 257 + i % 3);
		assert_int_equal(tty1.src, 0x403);
		ask(f, &tty1, "x", 0x403);
		expect_message(&tty1, "TTY 2: x", 0x403);
		rpmsg_destroy_ept(&tty1.ept);
		turn(f);
	}
	ask(f, &tty2, "x", 0x400);
	expect_message(&tty2, "TTY 1: x", 0x400);
	assert_int_equal(app_stats.refused, 0);
	assert_int_equal(ends, 1); /* the sample: Linux ended the others: it is not told that it did */
}

static void a_terminal_announced_again_is_the_same_one(void **state)
{
	struct fixture *f = *state;
	static struct box tty1;

	open_tty(f, &tty1, 257);
	for (unsigned int i = 2; i < 300; i++) {
		announce_raw(f, &tty1, "rpmsg-tty\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 257, 0);
		assert_int_equal(tty1.count, i);
		assert_memory_equal(tty1.data, "bound", 6);
	}
	ask(f, &tty1, "x", tty1.src);
	assert_memory_equal(tty1.data, "TTY 1: x", 8);
	assert_int_equal(app_stats.refused, 0);
}

static void terminals_beyond_the_eighth_are_refused_and_the_others_work(void **state)
{
	struct fixture *f = *state;
	static struct box tty[40];
	char reply[16];

	for (unsigned int i = 0; i < 40; i++)
		open_tty(f, &tty[i], 500 + i);
	assert_int_equal(app_stats.refused, 33);
	assert_int_equal(traced, 1);
	assert_non_null(strstr(trace_text, "no room"));
	for (unsigned int i = 0; i < 7; i++) {
		ask(f, &tty[i], "x", tty[i].src);
		snprintf(reply, sizeof(reply), "TTY %u: x", i + 1);
		expect_message(&tty[i], reply, tty[i].src);
	}
	assert_int_equal(tty[7].count, 0);
	rpmsg_destroy_ept(&tty[20].ept); /* one that was refused */
	rpmsg_destroy_ept(&tty[3].ept);
	turn(f);
	open_tty(f, &tty[3], 600);
	ask(f, &tty[3], "x", tty[3].src);
	expect_message(&tty[3], "TTY 4: x", tty[3].src);
}

static void messages_to_a_terminal_that_was_released_are_dropped(void **state)
{
	struct fixture *f = *state;
	static struct box tty1, box;
	uint32_t addr;

	open_tty(f, &tty1, 257);
	addr = tty1.src;
	rpmsg_destroy_ept(&tty1.ept);
	turn(f);
	box_open(&box, &f->host, NULL, 257, addr);
	for (unsigned int i = 0; i < 5 * RING_NUM; i++)
		ask(f, &box, "x", addr);
	assert_int_equal(box.count, 0);
	ask(f, &box, "x", RAW);
	expect_message(&box, "from ept 0x0402: x", RAW);
}

static void terminals_go_with_the_link(void **state)
{
	struct fixture *f = *state;
	static struct box tty1;

	for (unsigned int life = 0; life < 20; life++) {
		open_tty(f, &tty1, 257);
		assert_int_equal(tty1.count, 1);
		ask(f, &tty1, "x", tty1.src);
		assert_memory_equal(tty1.data, "TTY 1: x", 8);
		services_link_down();
		rpmsg_deinit_vdev(&f->remote.rvdev);
		rpmsg_deinit_vdev(&f->host.rvdev);
		heard_count = 0;
		start_link(f);
	}
}

/* ------------------------------------------------------------------ names that Linux announces */

static void hundreds_of_unknown_names_are_counted_and_told_once(void **state)
{
	struct fixture *f = *state;
	static struct box box;
	char name[RPMSG_NAME_SIZE];

	box_open(&box, &f->host, NULL, 0x64, RAW);
	for (unsigned int i = 0; i < 300; i++) {
		memset(name, 0, sizeof(name));
		snprintf(name, sizeof(name), "nobody-%u", i);
		announce_raw(f, &box, name, 5000 + i, i % 2);
	}
	assert_int_equal(app_stats.refused, 150); /* the other half took back what was not there */
	assert_int_equal(traced, 1);
	assert_string_equal(trace_text, "Linux announced 'nobody-0' at 0x1388: there is no such service\n");
	ask(f, &box, "x", RAW);
	expect_message(&box, "from ept 0x0402: x", RAW);
}

static void a_name_without_an_end_is_cut_at_31_bytes(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 0x64, RAW);
	announce_raw(f, &box, "rpmsg-tty rpmsg-tty rpmsg-tty 32", 257, 0);
	assert_string_equal(trace_text,
	                    "Linux announced 'rpmsg-tty rpmsg-tty rpmsg-tty 3' at 0x101: there is no such service\n");
	assert_int_equal(app_stats.refused, 1);
}

static void announcements_of_a_wrong_size_or_of_nothing_are_ignored(void **state)
{
	struct fixture *f = *state;
	static struct box box;
	char message[PAYLOAD] = "rpmsg-tty";

	box_open(&box, &f->host, NULL, 0x64, RAW);
	for (int len = 0; len <= (int)PAYLOAD; len++) {
		if (len != RPMSG_NAME_SIZE + 8)
			assert_int_equal(rpmsg_sendto(&box.ept, message, len, RPMSG_NS_EPT_ADDR), len);
		turn(f);
	}
	announce_raw(f, &box, "\0rpmsg-tty\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 257, 0);
	announce_raw(f, &box, "rpmsg-tty\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", RPMSG_ADDR_ANY, 0);
	assert_int_equal(box.count + app_stats.refused + traced, 0);
	ask(f, &box, "x", RAW);
	expect_message(&box, "from ept 0x0402: x", RAW);
}

static void a_channel_for_a_service_that_answers_everyone_needs_no_endpoint(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, "rpmsg-raw", 300, RPMSG_ADDR_ANY);
	turn(f);
	assert_int_equal(app_stats.refused + traced + box.count, 0);
	ask(f, &box, "x", RAW);
	expect_message(&box, "from ept 0x0402: x", RAW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

/* ------------------------------------------------------------------ hot swap */

static struct amp_hand_over record;

/* The old firmware's end, and the new one's beginning: the static state here stands for both. */
static uint32_t swap(struct fixture *f)
{
	struct virtio_device *vdev = f->remote.vdev;

	assert_int_equal(amp_rpmsg_hand_over(&f->remote.rvdev, &record), RPMSG_SUCCESS);
	services_keep(&record);
	amp_hand_over_seal(&record, 1);
	metal_mutex_deinit(&f->remote.rvdev.rdev.lock);
	services_link_down();
	vdev->up = false;
	for (unsigned int i = 0; i < 2; i++)
		vdev->vrings_info[i].vq->vq_inuse = false;
	assert_null(amp_hand_over_wrong(&record, 1));
	assert_int_equal(amp_rpmsg_take_over(&f->remote.rvdev, vdev, services_bind, &f->remote.io, &record),
	                 RPMSG_SUCCESS);
	return services_take_over(&f->remote.rvdev.rdev, &record);
}

static void services_go_on_after_a_swap_where_they_were(void **state)
{
	struct fixture *f = *state;
	static struct box raw, sink, sample;
	unsigned int count = heard_count;

	box_open(&raw, &f->host, NULL, 0x403, RAW);
	box_open(&sink, &f->host, NULL, 0x404, SINK);
	box_open(&sample, &f->host, NULL, 0x405, SAMPLE);
	stream(f, &sink, 0, 20, 8);
	for (unsigned int i = 0; i < 99; i++)
		ask(f, &sample, "x", SAMPLE);
	assert_int_equal(swap(f), RPMSG_ADDR_ANY);
	turn(f);
	assert_int_equal(heard_count, count);
	assert_int_equal(ends, 0);
	ask(f, &raw, "hello", RAW);
	expect_message(&raw, "from ept 0x0402: hello", RAW);
	stream(f, &sink, 20, 12, 8);
	expect_message(&sink, "messages=32 bytes=256 gaps=0 sum=0x000001f0\n", SINK);
	ask(f, &sample, "x", SAMPLE); /* the hundredth */
	turn(f);
	assert_int_equal(ends, 1);
	assert_int_equal(swap(f), RPMSG_ADDR_ANY);
	turn(f);
	assert_int_equal(heard_count, count); /* what was closed stays so */
}

static void a_channel_without_a_service_is_told(void **state)
{
	struct fixture *f = *state;
	static struct box other;

	box_open(&other, &f->remote, "of-old", 0x77, 7);
	assert_int_equal(swap(f), 0x77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(services_go_on_after_a_swap_where_they_were, up, down),
		cmocka_unit_test_setup_teardown(a_channel_without_a_service_is_told, up, down),
		TEST(services_are_announced_in_order_and_those_without_a_name_are_not),
		cmocka_unit_test_setup_teardown(what_finds_no_buffer_is_announced_later_and_complained_of_once, devices,
	                                        down),
		TEST(the_sample_s_channel_goes_with_its_hundredth_answer),
		TEST(the_sample_answers_as_many_messages_as_it_is_told_and_journals_each),
		TEST(without_a_buffer_the_sample_s_end_waits),
		TEST(the_next_link_has_the_sample_s_channel_again),
		TEST(raw_endpoints_say_where_a_message_came_to),
		TEST(a_raw_reply_that_is_too_long_is_cut),
		TEST(replies_to_one_who_takes_none_are_dropped_and_counted),
		TEST(the_sink_reports_each_thirty_second_message),
		TEST(an_empty_message_makes_the_sink_report_and_start_over),
		TEST(the_sink_counts_gaps_and_sums_all_bytes),
		TEST(the_sink_s_report_waits_for_a_buffer),
		TEST(a_hoard_has_all_buffers_of_both_sides_until_the_link_ends),
		TEST(an_urgent_message_is_answered_before_the_others_in_each_link),
		TEST(a_host_that_accepts_flow_control_is_told_how_much_is_taken),
		TEST(a_hoard_s_send_waits_until_the_link_ends),
		TEST(a_hoard_stops_the_announcements_of_the_next_link_in_their_midst),
		TEST(what_is_no_hoard_is_refused),
		TEST(a_terminal_answers_with_its_number),
		TEST(a_terminal_of_linux_is_not_taken_for_terminal_0_that_nobody_has_used_yet),
		TEST(a_terminal_s_reply_that_is_too_long_comes_in_two_messages),
		TEST(a_released_terminal_s_number_and_address_are_given_again),
		TEST(a_terminal_announced_again_is_the_same_one),
		TEST(terminals_beyond_the_eighth_are_refused_and_the_others_work),
		TEST(messages_to_a_terminal_that_was_released_are_dropped),
		TEST(terminals_go_with_the_link),
		TEST(hundreds_of_unknown_names_are_counted_and_told_once),
		TEST(a_name_without_an_end_is_cut_at_31_bytes),
		TEST(announcements_of_a_wrong_size_or_of_nothing_are_ignored),
		TEST(a_channel_for_a_service_that_answers_everyone_needs_no_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
