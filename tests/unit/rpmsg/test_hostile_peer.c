// SPDX-License-Identifier: GPL-2.0-only
/*
 * A peer that writes what it must not. For each field of the other side: the smallest bad value beyond the limit loses
 * the link, with the right reason, reported once; the largest good one at the limit works. Nothing outside rings and
 * buffers is touched (canaries here; run under the address sanitizer as well).
 */
#include "link_fixture.h"

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

/* What a case may write to: one sent message is in the ring of `queue`, not seen by its receiver yet. */
struct scene {
	struct fixture *f;
	struct vring ring;
	struct vring_desc *desc; /**< of the message */
	uint8_t *message;        /**< its header */
	uint8_t *borrowed;       /**< header in a guard, which a case has made part of a message; or NULL */
};

struct hostile_case {
	const char *text;
	void (*write)(struct scene *s);
	int reason; /**< AMP_LINK_OK: the link must live */
};

static void run_case(void **state, const struct hostile_case *c, unsigned int queue, bool receiver_is_remote)
{
	struct fixture *f = *state;
	struct scene s = {.f = f, .ring = fixture_ring(f, queue)};
	struct side *receiver = receiver_is_remote ? &f->remote : &f->host;
	struct box *box = receiver_is_remote ? &remote_box : &host_box;
	unsigned int head;

	print_message("    %s\n", c->text);
	assert_int_equal(rpmsg_trysend(receiver_is_remote ? &host_box.ept : &remote_box.ept, "message", 8), 8);
	head = receiver_is_remote ? s.ring.avail->ring[0] : s.ring.used->ring[0].id;
	s.desc = &s.ring.desc[head];
	s.message = (uint8_t *)f->shm + (s.desc->addr - PHYS_BASE);
	c->write(&s);
	fixture_poll(receiver);
	if (c->reason == AMP_LINK_OK) {
		assert_up(receiver);
	} else {
		assert_lost(receiver, box, c->reason);
		assert_int_equal(box->count, 0);
	}
	if (s.borrowed)
		memset(s.borrowed, GUARD_BYTE, 16);
	fixture_check_guards(f);
}

static void run_cases(void **state, const struct hostile_case *cases, unsigned int num, unsigned int queue,
                      bool receiver_is_remote)
{
	for (unsigned int i = 0; i < num; i++) {
		run_case(state, &cases[i], queue, receiver_is_remote);
		fixture_down(state);
		up(state);
	}
}

/* ------------------------------------------------------------------ remote against a hostile host */

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

/* The last header that fits; where caches are not coherent, it begins a line. */
#define LAST (SHARED_MEMORY_FLAGS ? 64u : 16u)

static uint64_t end_of_memory(struct scene *s)
{
	(void)s;
	return PHYS_BASE + sizeof(struct shared);
}

CASE(
	avail_idx_ring_size, s->ring.avail->idx = RING_NUM;
	for (unsigned int i = 1; i < RING_NUM; i++) { s->ring.avail->ring[i] = s->ring.avail->ring[0]; })
CASE(avail_idx_beyond, s->ring.avail->idx = RING_NUM + 1)
CASE(avail_idx_back, s->ring.avail->idx = 0xffff)
CASE(avail_head_last, s->ring.avail->ring[0] = RING_NUM - 1; s->ring.desc[RING_NUM - 1] = *s->desc)
CASE(avail_head_beyond, s->ring.avail->ring[0] = RING_NUM)
CASE(avail_head_max, s->ring.avail->ring[0] = 0xffff)
CASE(desc_next, s->desc->flags = VRING_DESC_F_NEXT)
CASE(desc_write, s->desc->flags = VRING_DESC_F_WRITE)
CASE(desc_indirect, s->desc->flags = VRING_DESC_F_INDIRECT)
CASE(desc_high_flag, s->desc->flags = 0x8000)
CASE(addr_before, s->desc->addr = PHYS_BASE - 4)
CASE(addr_zero, s->desc->addr = 0)
CASE(addr_first, s->desc->addr = PHYS_BASE; s->desc->len = 16; borrow(s, s->f->shm))
CASE(addr_last, s->desc->addr = end_of_memory(s) - LAST; s->desc->len = LAST;
     borrow(s, (uint8_t *)(s->f->shm + 1) - LAST))
CASE(addr_last_too_long, s->desc->addr = end_of_memory(s) - LAST; s->desc->len = LAST + 1)
CASE(addr_end, s->desc->addr = end_of_memory(s))
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
CASE(message_reserved, memset(s->message + 8, 0xff, 4); memset(s->message + 14, 0xff, 2))
CASE(message_to_nobody, memset(s->message + 4, 0xee, 4))
CASE(ring_zeroed, memset(&s->ring.used->ring[RING_NUM], 0, sizeof(uint16_t)))

static void the_remote_survives_each_bad_word_of_a_host(void **state)
{
	static const struct hostile_case cases[] = {
		{"available index: as far as the ring is large", avail_idx_ring_size, AMP_LINK_OK},
		{"available index: one more", avail_idx_beyond, AMP_LINK_BAD_INDEX},
		{"available index: backwards", avail_idx_back, AMP_LINK_BAD_INDEX},
		{"head: the last descriptor", avail_head_last, AMP_LINK_OK},
		{"head: behind the last descriptor", avail_head_beyond, AMP_LINK_BAD_DESCRIPTOR},
		{"head: 65535", avail_head_max, AMP_LINK_BAD_DESCRIPTOR},
		{"flags: a chain", desc_next, AMP_LINK_BAD_FLAGS},
		{"flags: wrong direction", desc_write, AMP_LINK_BAD_FLAGS},
		{"flags: indirect", desc_indirect, AMP_LINK_BAD_FLAGS},
		{"flags: unknown", desc_high_flag, AMP_LINK_BAD_FLAGS},
		{"address: just before the memory", addr_before, AMP_LINK_BAD_ADDRESS},
		{"address: 0", addr_zero, AMP_LINK_BAD_ADDRESS},
		{"address: the first byte of the memory", addr_first, AMP_LINK_OK},
		{"address: the last header that fits", addr_last, AMP_LINK_OK},
		{"address: one byte more than fits", addr_last_too_long, AMP_LINK_BAD_ADDRESS},
		{"address: behind the memory", addr_end, AMP_LINK_BAD_ADDRESS},
		{"address: 4 GiB too high", addr_high_half, AMP_LINK_BAD_ADDRESS},
		{"address: the end of all addresses", addr_wraps, AMP_LINK_BAD_ADDRESS},
		{"address: odd", addr_odd, AMP_LINK_BAD_ADDRESS},
		{"address: not a multiple of 4", addr_half, AMP_LINK_BAD_ADDRESS},
		{"length: 4 GiB", len_max, AMP_LINK_BAD_ADDRESS},
		{"length: a header", len_header, AMP_LINK_OK},
		{"length: less than a header", len_below_header, AMP_LINK_BAD_LENGTH},
		{"length: 0", len_zero, AMP_LINK_BAD_LENGTH},
		{"message: fills its buffer", message_fills, AMP_LINK_OK},
		{"message: one byte longer", message_beyond, AMP_LINK_BAD_MESSAGE},
		{"message: 65535 bytes", message_max, AMP_LINK_BAD_MESSAGE},
		{"message: reserved fields set", message_reserved, AMP_LINK_OK},
		{"message: for nobody", message_to_nobody, AMP_LINK_OK},
		{"used index changed by the host", ring_zeroed, AMP_LINK_PEER_RESET},
	};

	run_cases(state, cases, sizeof(cases) / sizeof(cases[0]), 1, true);
}

/* ------------------------------------------------------------------ host against a hostile remote */

CASE(
	used_idx_all, s->ring.used->idx = RING_NUM; for (unsigned int i = 1; i < RING_NUM; i++) {
		s->ring.used->ring[i].id = i;
		s->ring.used->ring[i].len = 16;
		/* buffers for the host are every second one */
		memset(s->f->shm->buffers + 2 * i * BUF_SIZE, 0, 16);
	})
CASE(used_idx_beyond, s->ring.used->idx = RING_NUM + 1)
CASE(used_idx_back, s->ring.used->idx = 0xffff)
CASE(used_id_last, s->ring.used->ring[0].id = RING_NUM - 1;
     memset(s->f->shm->buffers + 2 * (RING_NUM - 1) * BUF_SIZE, 0, 16))
CASE(used_id_beyond, s->ring.used->ring[0].id = RING_NUM)
CASE(used_id_high, s->ring.used->ring[0].id = 0x10000)
CASE(used_id_max, s->ring.used->ring[0].id = UINT32_MAX)
CASE(used_len_header, s->ring.used->ring[0].len = 16; memset(s->message + 12, 0, 4))
CASE(used_len_below, s->ring.used->ring[0].len = 15)
CASE(used_len_zero, s->ring.used->ring[0].len = 0)
CASE(used_len_buffer, s->ring.used->ring[0].len = BUF_SIZE; s->message[12] = PAYLOAD)
CASE(used_len_beyond, s->ring.used->ring[0].len = BUF_SIZE + 1)
CASE(used_len_max, s->ring.used->ring[0].len = UINT32_MAX)
/* A remote that says how much it used, not how large the buffer is: that is the limit then. */
CASE(used_message_fills, s->ring.used->ring[0].len = 24; s->message[12] = 8)
CASE(used_message_beyond, s->ring.used->ring[0].len = 24; s->message[12] = 9)
CASE(message_beyond_buffer, s->message[12] = PAYLOAD + 1)
CASE(descriptors_overwritten, memset(s->ring.desc, 0xff, RING_NUM * sizeof(*s->ring.desc)))
CASE(avail_overwritten, memset(s->ring.avail, 0xff, 4 + RING_NUM * 2))

static void the_host_survives_each_bad_word_of_a_remote(void **state)
{
	static const struct hostile_case cases[] = {
		{"used index: as many as the remote had", used_idx_all, AMP_LINK_OK},
		{"used index: one more", used_idx_beyond, AMP_LINK_BAD_INDEX},
		{"used index: backwards", used_idx_back, AMP_LINK_BAD_INDEX},
		{"used id: another buffer that the remote had", used_id_last, AMP_LINK_OK},
		{"used id: behind the last descriptor", used_id_beyond, AMP_LINK_BAD_DESCRIPTOR},
		{"used id: 65536", used_id_high, AMP_LINK_BAD_DESCRIPTOR},
		{"used id: 4 Gi", used_id_max, AMP_LINK_BAD_DESCRIPTOR},
		{"used length: a header", used_len_header, AMP_LINK_OK},
		{"used length: less than a header", used_len_below, AMP_LINK_BAD_LENGTH},
		{"used length: 0", used_len_zero, AMP_LINK_BAD_LENGTH},
		{"used length: the buffer", used_len_buffer, AMP_LINK_OK},
		{"used length: more than the buffer", used_len_beyond, AMP_LINK_BAD_LENGTH},
		{"used length: 4 GiB", used_len_max, AMP_LINK_BAD_LENGTH},
		{"message: as much as was used", used_message_fills, AMP_LINK_OK},
		{"message: one byte more than was used", used_message_beyond, AMP_LINK_BAD_MESSAGE},
		{"message: one byte more than the buffer", message_beyond_buffer, AMP_LINK_BAD_MESSAGE},
		{"message: reserved fields set", message_reserved, AMP_LINK_OK},
		{"message: for nobody", message_to_nobody, AMP_LINK_OK},
		{"descriptors overwritten: the host does not read them", descriptors_overwritten, AMP_LINK_OK},
		{"available ring overwritten: nor that", avail_overwritten, AMP_LINK_OK},
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
		{PHYS_BASE + sizeof(struct shared) - 63, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{PHYS_BASE + sizeof(struct shared) - 60, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{PHYS_BASE + 0x402, 64, VRING_DESC_F_WRITE, AMP_LINK_BAD_ADDRESS},
		{PHYS_BASE + 0x400, 15, VRING_DESC_F_WRITE, AMP_LINK_BAD_LENGTH},
		{PHYS_BASE + 0x400, 64, 0, AMP_LINK_BAD_FLAGS},
		{PHYS_BASE + 0x400, 64, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, AMP_LINK_BAD_FLAGS},
	};
	struct vring ring;
	struct fixture *f;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f = *state;
		ring = fixture_ring(f, 0);
		for (unsigned int k = 0; k < RING_NUM; k++) {
			ring.desc[k].addr = cases[i].addr;
			ring.desc[k].len = cases[i].len;
			ring.desc[k].flags = cases[i].flags;
		}
		assert_int_equal(rpmsg_trysend(&remote_box.ept, "x", 1), RPMSG_ERR_DEV_STATE);
		assert_lost(&f->remote, &remote_box, cases[i].reason);
		fixture_down(state);
		up(state);
	}
}

static void a_message_larger_than_the_offered_buffer_is_refused_and_the_buffer_kept(void **state)
{
	struct fixture *f = *state;
	struct vring ring = fixture_ring(f, 0);
	uint8_t payload[PAYLOAD + 1] = {0};

	assert_int_equal(rpmsg_trysend(&remote_box.ept, payload, PAYLOAD + 1), RPMSG_ERR_BUFF_SIZE);
	for (unsigned int k = 0; k < RING_NUM; k++)
		ring.desc[k].len = 16 + 4;
	assert_int_equal(rpmsg_trysend(&remote_box.ept, payload, 5), RPMSG_ERR_BUFF_SIZE);
	for (unsigned int k = 0; k < RING_NUM; k++)
		assert_int_equal(rpmsg_trysend(&remote_box.ept, payload, 4), 4);
	assert_int_equal(rpmsg_trysend(&remote_box.ept, payload, 4), RPMSG_ERR_NO_BUFF);
	fixture_poll(&f->host);
	assert_int_equal(host_box.count, RING_NUM);
	assert_up(&f->remote);
	assert_up(&f->host);
}

static void a_buffer_returned_twice_is_not_used_twice(void **state)
{
	struct fixture *f = *state;
	struct vring ring = fixture_ring(f, 1);
	uint32_t room;

	assert_int_equal(rpmsg_trysend(&host_box.ept, "1", 1), 1);
	assert_int_equal(rpmsg_trysend(&host_box.ept, "2", 1), 1);
	fixture_poll(&f->remote);
	ring.used->ring[1].id = ring.used->ring[0].id;
	for (unsigned int i = 0; i < RING_NUM - 1; i++)
		assert_non_null(rpmsg_get_tx_payload_buffer(&host_box.ept, &room, false));
	assert_null(rpmsg_get_tx_payload_buffer(&host_box.ept, &room, false));
	assert_lost(&f->host, &host_box, AMP_LINK_BAD_DESCRIPTOR);
}

static void marks_of_held_buffers_that_the_peer_rewrites_harm_only_the_peer(void **state)
{
	struct fixture *f = *state;
	uint32_t room;
	uint8_t *buf;

	/* the largest mark that looks like one, and all around it */
	for (uint32_t mark = 0; mark < 0x30000; mark += 0xfff) {
		buf = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
		if (!buf)
			break;
		memcpy(buf - 8, &mark, sizeof(mark));
		(void)rpmsg_send_nocopy(&remote_box.ept, buf, 4);
		(void)rpmsg_release_tx_buffer(&remote_box.ept, buf);
	}
	for (uint32_t mark = 0; mark < 0x30000; mark += 0xfff) {
		buf = rpmsg_get_tx_payload_buffer(&host_box.ept, &room, false);
		if (!buf)
			break;
		memcpy(buf - 8, &mark, sizeof(mark));
		(void)rpmsg_send_nocopy(&host_box.ept, buf, 4);
		(void)rpmsg_release_tx_buffer(&host_box.ept, buf);
	}
	fixture_poll(&f->host);
	fixture_poll(&f->remote);
	fixture_check_guards(f);
}

/* The host plants a descriptor where it may write, and lets the link of a buffer that was given back lead there. */
static void a_link_that_the_peer_rewrites_leads_to_no_descriptor_beyond_the_ring(void **state)
{
	struct fixture *f = *state;
	struct vring ring = fixture_ring(f, 0);
	struct vring_desc *planted =
		(struct vring_desc *)(void *)(f->shm->buffers + sizeof(f->shm->buffers) - BUF_SIZE);
	uint8_t *wanted =
		(uint8_t *)seen_by(VIRTIO_DEV_DEVICE, f->shm->buffers + 4); /* no buffer of the ring begins there */
	uint32_t room, link = (uint32_t)(planted - ring.desc);
	uint8_t *taken[RING_NUM], *last;

	for (unsigned int i = 0; i < RING_NUM; i++)
		taken[i] = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
	assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, taken[0]), RPMSG_SUCCESS);
	assert_int_equal(rpmsg_release_tx_buffer(&remote_box.ept, taken[1]), RPMSG_SUCCESS);
	planted->addr = metal_io_virt_to_phys(&f->remote.io, wanted);
	planted->len = BUF_SIZE;
	planted->flags = VRING_DESC_F_WRITE;
	memcpy(taken[1] - 8, &link, sizeof(link));

	assert_ptr_equal(rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false), taken[1]);
	last = rpmsg_get_tx_payload_buffer(&remote_box.ept, &room, false);
	assert_non_null(last);
	assert_ptr_not_equal(last, wanted + 16);
	fixture_check_guards(f);
}

/* Any word at any moment: nothing outside is touched, and every call returns. */
static void random_words_in_the_shared_memory_do_no_harm(void **state)
{
	uint32_t seed = 12345, room;
	struct fixture *f;
	uint8_t *bytes;
	void *buf;

	for (unsigned int life = 0; life < 300; life++) {
		f = *state;
		amp_rpmsg_set_send_timeout(&f->host.rvdev, 0);
		amp_rpmsg_set_send_timeout(&f->remote.rvdev, 0);
		for (unsigned int step = 0; step < 60; step++) {
			seed = seed * 1664525u + 1013904223u;
			bytes = f->shm->vring[(seed >> 8) & 1];
			if (seed >> 30)
				bytes[(seed >> 9) % 512] = (uint8_t)(seed >> 20);
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
		cmocka_unit_test_setup_teardown(a_message_larger_than_the_offered_buffer_is_refused_and_the_buffer_kept,
	                                        up, fixture_down),
		cmocka_unit_test_setup_teardown(a_buffer_returned_twice_is_not_used_twice, up, fixture_down),
		cmocka_unit_test_setup_teardown(marks_of_held_buffers_that_the_peer_rewrites_harm_only_the_peer, up,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_link_that_the_peer_rewrites_leads_to_no_descriptor_beyond_the_ring,
	                                        up, fixture_down),
		cmocka_unit_test_setup_teardown(random_words_in_the_shared_memory_do_no_harm, up, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
