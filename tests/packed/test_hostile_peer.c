// SPDX-License-Identifier: GPL-2.0-only
/*
 * A peer that writes what it must not into a packed ring: tests/unit/rpmsg/test_hostile_peer.c for the other kind of
 * ring. For each field the smallest bad value beyond the limit loses the link, with the right reason, reported once;
 * the largest good one at the limit works. Nothing outside rings and buffers is touched.
 */
#include "link_fixture.h"

#include <amprelay/ring_features.h>

#include <string.h>

static struct box host_box, remote_box;

static int up(void **state)
{
	struct fixture *f;

	fixture_up(state);
	f = *state;
	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, NULL, 20, 10);
	return 0;
}

static struct vring_packed_desc *descs(struct fixture *f, unsigned int queue)
{
	return (struct vring_packed_desc *)(void *)f->shm->vring[queue];
}

static struct vring_packed_desc_event *device_event(struct fixture *f, unsigned int queue)
{
	return (struct vring_packed_desc_event *)(void *)fixture_ring(f, queue).used;
}

/* What a case may write to: one sent message is in descriptor 0 of a queue, not seen by its receiver yet. */
struct scene {
	struct fixture *f;
	struct vring_packed_desc *desc; /**< the first */
	struct vring_packed_desc_event *event;
	uint8_t *message;  /**< its header */
	uint8_t *borrowed; /**< header in a guard, which a case has made part of a message; or NULL */
};

struct hostile_case {
	const char *text;
	void (*write)(struct scene *s);
	int reason; /**< AMP_LINK_OK: the link must live */
	int count;  /**< messages that come; -1: of no interest */
};

static void run_cases(void **state, const struct hostile_case *cases, unsigned int num, unsigned int queue,
                      bool receiver_is_remote)
{
	for (unsigned int i = 0; i < num; i++) {
		struct fixture *f = *state;
		struct scene s = {.f = f, .desc = descs(f, queue), .event = device_event(f, queue)};
		struct side *receiver = receiver_is_remote ? &f->remote : &f->host;
		struct box *box = receiver_is_remote ? &remote_box : &host_box;

		print_message("    %s\n", cases[i].text);
		assert_int_equal(rpmsg_trysend(receiver_is_remote ? &host_box.ept : &remote_box.ept, "message", 8), 8);
		s.message = (uint8_t *)f->shm + (s.desc->addr - PHYS_BASE);
		cases[i].write(&s);
		fixture_poll(receiver);
		if (cases[i].reason == AMP_LINK_OK)
			assert_up(receiver);
		else
			assert_lost(receiver, box, cases[i].reason);
		if (cases[i].count >= 0)
			assert_int_equal(box->count, cases[i].count);
		if (s.borrowed)
			memset(s.borrowed, GUARD_BYTE, 16);
		fixture_check_guards(f);
		fixture_down(state);
		up(state);
	}
}

#define CASE(name, statement)             \
	static void name(struct scene *s) \
	{                                 \
		statement;                \
	}

static void borrow(struct scene *s, void *header)
{
	s->borrowed = header;
	memset(s->borrowed, 0, 16);
}

#define END (PHYS_BASE + sizeof(struct shared))

/* ------------------------------------------------------------------ remote against a hostile host */

CASE(all_available, for (unsigned int i = 1; i < RING_NUM; i++) s->desc[i] = s->desc[0])
CASE(round_and_round, for (unsigned int i = 1; i < RING_NUM; i++) s->desc[i] = s->desc[0]; s->desc[0].flags = 0x8000)
CASE(not_available, s->desc->flags = 0)
CASE(used_already, s->desc->flags = 0x8080)
CASE(other_round, s->desc->flags = 0x8000)
CASE(id_last, s->desc->id = RING_NUM - 1)
CASE(id_beyond, s->desc->id = RING_NUM)
CASE(id_max, s->desc->id = 0xffff)
CASE(desc_next, s->desc->flags |= VRING_DESC_F_NEXT)
CASE(desc_write, s->desc->flags |= VRING_DESC_F_WRITE)
CASE(desc_indirect, s->desc->flags |= VRING_DESC_F_INDIRECT)
CASE(desc_unknown, s->desc->flags |= 8)
CASE(desc_high, s->desc->flags |= 0x4000)
CASE(addr_before, s->desc->addr = PHYS_BASE - 4)
CASE(addr_zero, s->desc->addr = 0)
CASE(addr_first, s->desc->addr = PHYS_BASE; s->desc->len = 16; borrow(s, s->f->shm))
CASE(addr_last, s->desc->addr = END - 16; s->desc->len = 16; borrow(s, (uint8_t *)(s->f->shm + 1) - 16))
CASE(addr_last_too_long, s->desc->addr = END - 16; s->desc->len = 17)
CASE(addr_end, s->desc->addr = END)
CASE(addr_high_half, s->desc->addr += 1ull << 32)
CASE(addr_wraps, s->desc->addr = UINT64_MAX - 3)
CASE(addr_odd, s->desc->addr += 1)
CASE(addr_half, s->desc->addr += 2)
CASE(len_max, s->desc->len = UINT32_MAX)
CASE(len_header, s->desc->len = 16; memset(s->message + 12, 0, 4))
CASE(len_below_header, s->desc->len = 15)
CASE(len_zero, s->desc->len = 0)
CASE(message_fills, s->message[12] = PAYLOAD)
CASE(message_beyond, s->message[12] = PAYLOAD + 1)
CASE(message_max, s->message[12] = 0xff; s->message[13] = 0xff)
CASE(message_to_nobody, memset(s->message + 4, 0xee, 4))
CASE(mark_zeroed, s->event[1].off_wrap = 0)
CASE(mark_let_go, s->event[1].off_wrap = 0xa302)
CASE(event_nonsense, memset(s->event, 0xff, 4))

static void the_remote_survives_each_bad_word_of_a_host(void **state)
{
	static const struct hostile_case cases[] = {
		{"all available", all_available, AMP_LINK_OK, RING_NUM},
		{"available in the next round, too, before anything came back", round_and_round, AMP_LINK_OK, 0},
		{"not available", not_available, AMP_LINK_OK, 0},
		{"used already", used_already, AMP_LINK_OK, 0},
		{"available in the other round", other_round, AMP_LINK_OK, 0},
		{"id: the last", id_last, AMP_LINK_OK, 1},
		{"id: as many as there are descriptors", id_beyond, AMP_LINK_BAD_DESCRIPTOR, 0},
		{"id: 65535", id_max, AMP_LINK_BAD_DESCRIPTOR, 0},
		{"flags: a chain", desc_next, AMP_LINK_BAD_FLAGS, 0},
		{"flags: wrong direction", desc_write, AMP_LINK_BAD_FLAGS, 0},
		{"flags: indirect", desc_indirect, AMP_LINK_BAD_FLAGS, 0},
		{"flags: unknown", desc_unknown, AMP_LINK_BAD_FLAGS, 0},
		{"flags: unknown, high", desc_high, AMP_LINK_BAD_FLAGS, 0},
		{"address: just before the memory", addr_before, AMP_LINK_BAD_ADDRESS, 0},
		{"address: 0", addr_zero, AMP_LINK_BAD_ADDRESS, 0},
		{"address: the first byte of the memory", addr_first, AMP_LINK_OK, 0},
		{"address: the last header that fits", addr_last, AMP_LINK_OK, 0},
		{"address: one byte more than fits", addr_last_too_long, AMP_LINK_BAD_ADDRESS, 0},
		{"address: behind the memory", addr_end, AMP_LINK_BAD_ADDRESS, 0},
		{"address: 4 GiB too high", addr_high_half, AMP_LINK_BAD_ADDRESS, 0},
		{"address: the end of all addresses", addr_wraps, AMP_LINK_BAD_ADDRESS, 0},
		{"address: odd", addr_odd, AMP_LINK_BAD_ADDRESS, 0},
		{"address: not a multiple of 4", addr_half, AMP_LINK_BAD_ADDRESS, 0},
		{"length: 4 GiB", len_max, AMP_LINK_BAD_ADDRESS, 0},
		{"length: a header", len_header, AMP_LINK_OK, 1},
		{"length: less than a header", len_below_header, AMP_LINK_BAD_LENGTH, 0},
		{"length: 0", len_zero, AMP_LINK_BAD_LENGTH, 0},
		{"message: fills its buffer", message_fills, AMP_LINK_OK, 1},
		{"message: one byte longer", message_beyond, AMP_LINK_BAD_MESSAGE, 0},
		{"message: 65535 bytes", message_max, AMP_LINK_BAD_MESSAGE, 0},
		{"message: for nobody", message_to_nobody, AMP_LINK_OK, 0},
		{"the mark is gone", mark_zeroed, AMP_LINK_PEER_RESET, 0},
		{"the mark is not ours", mark_let_go, AMP_LINK_PEER_RESET, 0},
		{"our own event suppression changed", event_nonsense, AMP_LINK_OK, 1},
	};

	run_cases(state, cases, sizeof(cases) / sizeof(cases[0]), 1, true);
}

/* ------------------------------------------------------------------ host against a hostile remote */

static void all_used(struct scene *s)
{
	for (unsigned int i = 1; i < RING_NUM; i++) {
		s->desc[i].id = (uint16_t)i;
		s->desc[i].len = 16;
		s->desc[i].flags = 0x8082;
		/* buffers for the host are every second one */
		memset(s->f->shm->buffers + 2 * i * BUF_SIZE, 0, 16);
	}
}

CASE(used_id_last, s->desc->id = RING_NUM - 1; memset(s->f->shm->buffers + 2 * (RING_NUM - 1) * BUF_SIZE, 0, 16))
CASE(used_twice, s->desc[1] = s->desc[0])
CASE(used_len_header, s->desc->len = 16; memset(s->message + 12, 0, 4))
CASE(used_len_below, s->desc->len = 15)
CASE(used_len_buffer, s->desc->len = BUF_SIZE; s->message[12] = PAYLOAD)
CASE(used_len_beyond, s->desc->len = BUF_SIZE + 1)
CASE(used_message_fills, s->desc->len = 24; s->message[12] = 8)
CASE(used_message_beyond, s->desc->len = 24; s->message[12] = 9)
CASE(still_available, s->desc->flags = 0x0080)
CASE(used_in_the_other_round, s->desc->flags = 0)
CASE(addresses_overwritten, for (unsigned int i = 0; i < RING_NUM; i++) s->desc[i].addr = UINT64_MAX)
CASE(drivers_event_overwritten, memset((uint8_t *)(s->desc + RING_NUM), 0xff, 4))

static void the_host_survives_each_bad_word_of_a_remote(void **state)
{
	static const struct hostile_case cases[] = {
		{"all used", all_used, AMP_LINK_OK, 1},
		{"used id: another buffer that the remote had", used_id_last, AMP_LINK_OK, 0},
		{"used id: behind the last one", id_beyond, AMP_LINK_BAD_DESCRIPTOR, 0},
		{"used id: 65535", id_max, AMP_LINK_BAD_DESCRIPTOR, 0},
		{"used twice: it was offered again, so it is another's turn", used_twice, AMP_LINK_OK, 2},
		{"used length: a header", used_len_header, AMP_LINK_OK, 1},
		{"used length: less than a header", used_len_below, AMP_LINK_BAD_LENGTH, 0},
		{"used length: 0", len_zero, AMP_LINK_BAD_LENGTH, 0},
		{"used length: the buffer", used_len_buffer, AMP_LINK_OK, 1},
		{"used length: more than the buffer", used_len_beyond, AMP_LINK_BAD_LENGTH, 0},
		{"used length: 4 GiB", len_max, AMP_LINK_BAD_LENGTH, 0},
		{"message: as much as was used", used_message_fills, AMP_LINK_OK, 1},
		{"message: one byte more than was used", used_message_beyond, AMP_LINK_BAD_MESSAGE, 0},
		{"message: one byte more than the buffer", message_beyond, AMP_LINK_BAD_MESSAGE, 0},
		{"message: for nobody", message_to_nobody, AMP_LINK_OK, 0},
		{"not used yet", still_available, AMP_LINK_OK, 0},
		{"used in the other round", used_in_the_other_round, AMP_LINK_OK, 0},
		{"addresses overwritten: the host does not read them", addresses_overwritten, AMP_LINK_OK, 1},
		{"its event suppression overwritten: nor that", drivers_event_overwritten, AMP_LINK_OK, 1},
	};

	run_cases(state, cases, sizeof(cases) / sizeof(cases[0]), 0, false);
}

/* ------------------------------------------------------------------ sending with a hostile peer */

static void the_remote_checks_the_buffers_that_it_sends_with(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags;
		int reason;
	} cases[] = {
		{PHYS_BASE - 64, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{END - 63, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{END - 60, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{PHYS_BASE + 0x402, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{PHYS_BASE + 0x400, 15, VRING_DESC_F_WRITE, AMP_LINK_BAD_LENGTH},
		{PHYS_BASE + 0x400, 64, 0, AMP_LINK_BAD_FLAGS},
		{PHYS_BASE + 0x400, 64, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, AMP_LINK_BAD_FLAGS},
	};
	struct fixture *f;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f = *state;
		for (unsigned int k = 0; k < RING_NUM; k++) {
			descs(f, 0)[k].addr = cases[i].addr;
			descs(f, 0)[k].len = cases[i].len;
			descs(f, 0)[k].flags = (uint16_t)(0x0080 | cases[i].flags);
		}
		assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
		assert_lost(&f->remote, &remote_box, cases[i].reason);
		fixture_down(state);
		up(state);
	}
}

static void a_buffer_returned_twice_is_not_used_twice(void **state)
{
	struct fixture *f = *state;
	uint32_t room;

	assert_int_equal(rpmsg_trysend(&host_box.ept, "1", 1), 1);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "2", 1), 1);
	fixture_poll(&f->remote);
	descs(f, 1)[1].id = descs(f, 1)[0].id;
	for (unsigned int i = 0; i < RING_NUM - 1; i++)
		assert_non_null(rpmsg_get_tx_payload_buffer(&host_box.ept, &room, false));
	assert_null(rpmsg_get_tx_payload_buffer(&host_box.ept, &room, false));
	assert_lost(&f->host, &host_box, AMP_LINK_BAD_DESCRIPTOR);
}

/* More available than the ring has descriptors: the remote holds none of them back. */
static void the_remote_has_no_more_buffers_than_the_ring(void **state)
{
	struct fixture *f = *state;
	uint32_t room;

	for (unsigned int i = 0; i < RING_NUM; i++)
		assert_non_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false));
	assert_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false));
	assert_up(&f->remote);
	descs(f, 0)[0].flags = 0x8000 | VRING_DESC_F_WRITE; /* in the next round */
	assert_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false));
	assert_lost(&f->remote, &remote_box, AMP_LINK_BAD_INDEX);
}

/*
 * What the remote keeps in a buffer that it gave back unsent, the host can rewrite: to each value at a limit. Then the
 * buffer is somewhere in the shared memory, or the link is lost.
 */
static void what_a_buffer_says_that_was_given_back_leads_to_shared_memory_only(void **state)
{
	static const struct {
		unsigned int word; /* 0: where the next one is, 1: its id, 3: its room */
		uint32_t value;
		int reason;
	} cases[] = {
		{0, (uint32_t)sizeof(struct shared) - 16, AMP_LINK_OK},
		{0, (uint32_t)sizeof(struct shared) - 12, AMP_LINK_BAD_ADDRESS},
		{0, (uint32_t)sizeof(struct shared), AMP_LINK_BAD_ADDRESS},
		{0, 2, AMP_LINK_BAD_ADDRESS},
		{0, UINT32_MAX - 3, AMP_LINK_BAD_ADDRESS},
		{1, RING_NUM - 1, AMP_LINK_OK},
		{1, RING_NUM, AMP_LINK_BAD_DESCRIPTOR},
		{1, UINT32_MAX, AMP_LINK_BAD_DESCRIPTOR},
		{3, 0, AMP_LINK_OK},
		{3, (uint32_t)sizeof(struct shared), AMP_LINK_BAD_ADDRESS},
		{3, UINT32_MAX, AMP_LINK_BAD_ADDRESS},
	};
	uint8_t *first, *second, *got;
	struct fixture *f;
	uint32_t room;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f = *state;
		first = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
		second = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
		for (unsigned int k = 2; k < RING_NUM; k++)
			assert_non_null(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false));
		assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, first), RPMSG_SUCCESS);
		assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, second), RPMSG_SUCCESS);
		memcpy(second - 16 + 4 * cases[i].word, &cases[i].value, 4);
		if (cases[i].word == 0 && !cases[i].reason) /* there, a room of 0 bytes, of id 0 */
			memset((uint8_t *)(f->shm + 1) - 16, 0, 16);
		got = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
		if (cases[i].word == 0) {
			assert_ptr_equal(got, second);
			got = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
		}
		if (cases[i].reason) {
			assert_null(got);
			assert_lost(&f->remote, &remote_box, cases[i].reason);
		} else {
			assert_non_null(got);
			assert_true(got >= (uint8_t *)f->shm && got + room <= (uint8_t *)(f->shm + 1));
			assert_up(&f->remote);
		}
		if (cases[i].word == 0)
			memset((uint8_t *)(f->shm + 1) - 16, GUARD_BYTE, 16);
		fixture_down(state);
		up(state);
	}
}

/* Any word at any moment: nothing outside is touched, and every call returns. */
static void random_words_in_the_shared_memory_do_no_harm(void **state)
{
	uint32_t seed = 12345, room;
	struct fixture *f;
	void *buf;

	for (unsigned int life = 0; life < 300; life++) {
		f = *state;
		amp_rpmsg_set_send_timeout(&f->host.rvdev, 0);
		amp_rpmsg_set_send_timeout(&f->remote.rvdev, 0);
		for (unsigned int step = 0; step < 60; step++) {
			seed = seed * 1664525u + 1013904223u;
			if (seed >> 30)
				f->shm->vring[(seed >> 8) & 1][(seed >> 9) % 200] = (uint8_t)(seed >> 20);
			else
				f->shm->buffers[(seed >> 9) % sizeof(f->shm->buffers)] = (uint8_t)(seed >> 20);
			(void)rpmsg_send(&host_box.ept, "host", 5);
			(void)rpmsg_send(&remote_box.ept, "remote", 7);
			buf = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
			if (buf)
				(void)rpmsg_release_tx_buffer(&remote_box.ept, buf);
			fixture_poll(&f->remote);
			fixture_poll(&f->host);
			assert_in_range(f->host.lost_count + f->remote.lost_count, 0, 2);
		}
		fixture_down(state);
		up(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_remote_survives_each_bad_word_of_a_host, up, fixture_down),
		cmocka_unit_test_setup_teardown(the_host_survives_each_bad_word_of_a_remote, up, fixture_down),
		cmocka_unit_test_setup_teardown(the_remote_checks_the_buffers_that_it_sends_with, up, fixture_down),
		cmocka_unit_test_setup_teardown(a_buffer_returned_twice_is_not_used_twice, up, fixture_down),
		cmocka_unit_test_setup_teardown(the_remote_has_no_more_buffers_than_the_ring, up, fixture_down),
		cmocka_unit_test_setup_teardown(what_a_buffer_says_that_was_given_back_leads_to_shared_memory_only, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(random_words_in_the_shared_memory_do_no_harm, up, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
