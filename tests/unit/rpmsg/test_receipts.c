// SPDX-License-Identifier: GPL-2.0-only
/* Loss receipts: what was not taken when the link was lost, in either role, at each boundary; and a peer that lies. */
#include "link_fixture.h"

#include <amprelay/receipts.h>

#include <stdlib.h>
#include <string.h>

/* Over the model of caches an access costs a hundred times as much. */
#ifdef AMP_CACHE_MODEL
#define PLACES 2u
#define LIES   100u
#define MANY   0x100u
#else
#define PLACES 5u
#define LIES   1500u
#define MANY   0x10003u /* more than an index has values */
#endif

/* A sender with receipts, its receiver, and what came of it. */
static struct {
	struct fixture *f;
	bool host_sends;
	struct side *sender, *receiver;
	struct box out, in;
	struct amp_receipts receipts;
	struct amp_receipt_slot slots[RING_NUM];
	struct amp_receipt lost[RING_NUM];
	int count;
	unsigned int handled, end_at; /* callbacks so far; the one in which the sender's link is lost */
	void *held;
} at;

static int setup(void **state)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	f->shm->rsc.vdev.dfeatures |= 1u << AMP_RPMSG_F_NS_ACK;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	return 0;
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

static void restart(uint32_t features)
{
	struct fixture *f = at.f;

	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
	shared_memory_settle();
	f->shm->rsc.vdev.dfeatures = features;
	f->host.lost_count = f->remote.lost_count = 0;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
}

/* A new life, in which one side sends. */
static void begin_with(void **state, bool host_sends, uint32_t features, unsigned int flags)
{
	memset(&at, 0, sizeof(at));
	at.f = *state;
	at.host_sends = host_sends;
	at.sender = host_sends ? &at.f->host : &at.f->remote;
	at.receiver = host_sends ? &at.f->remote : &at.f->host;
	restart(features);
	box_open(&at.out, at.sender, NULL, 10, 20);
	box_open(&at.in, at.receiver, NULL, 20, 10);
	at.in.ept.cb = receive;
	assert_int_equal(amp_receipts_open(&at.receipts, &at.sender->rvdev, at.slots, RING_NUM, flags), RPMSG_SUCCESS);
}

static void begin(void **state, bool host_sends)
{
	begin_with(state, host_sends, 1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_NS_ACK, 0);
}

static int send(uint32_t sequence)
{
	return amp_receipts_send(&at.receipts, &at.out.ept, sequence, &sequence, sizeof(sequence), false);
}

static int send_in_place(uint32_t sequence)
{
	uint32_t room;
	void *buffer = rpmsg_get_tx_payload_buffer(&at.out.ept, &room, false);

	if (!buffer)
		return RPMSG_ERR_NO_BUFF;
	memcpy(buffer, &sequence, sizeof(sequence));
	return amp_receipts_send_nocopy(&at.receipts, &at.out.ept, sequence, buffer, sizeof(sequence));
}

/* The sender learns that nobody takes any more. */
static void lose(void)
{
	amp_rpmsg_peer_lost(&at.sender->rvdev);
	if (at.host_sends)
		amp_virtio_peer_off(at.f->host.vdev);
	at.count = amp_receipts_collect(&at.receipts, at.lost, RING_NUM);
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t number;

	(void)len, (void)src, (void)priv;
	memcpy(&number, data, sizeof(number));
	if (number == 'h') {
		rpmsg_hold_rx_buffer(ept, data);
		at.held = data;
	}
	if (++at.handled == at.end_at)
		lose();
	return RPMSG_SUCCESS;
}

static void assert_entry(int i, uint32_t sequence, enum amp_receipt_state state)
{
	assert_int_equal(at.lost[i].sequence, sequence);
	assert_int_equal(at.lost[i].state, state);
}

/* ------------------------------------------------------------------ what is in the list */

/*
 * Each number of messages that were taken and that wait, from each place of the ring: with one that is held or none,
 * with messages among them that have no receipt or none.
 */
static void run_boundary(void **state, bool host_sends, unsigned int offset, unsigned int taken, unsigned int waiting,
                         unsigned int variant)
{
	bool hold = variant & 1 && taken, mixed = variant & 2;
	uint32_t expected[RING_NUM + 1];
	unsigned int expect = 0;
	int status;

	begin(state, host_sends);
	for (unsigned int i = 0; i < offset; i++) {
		assert_int_equal(send(1000 + i), 4);
		fixture_poll(at.receiver);
	}
	for (unsigned int i = 0; i < taken; i++) {
		if (i + 1 == taken && hold) {
			assert_int_equal(send('h'), 4);
			expected[expect++] = 'h';
		} else {
			assert_int_equal(i & 1 ? send_in_place(2000 + i) : send(2000 + i), 4);
		}
		if (i & 2 || i + 1 == taken) /* some at once, some together */
			fixture_poll(at.receiver);
	}
	for (unsigned int i = 0; i < waiting; i++) {
		if (mixed && i % 3 == 0) {
			status = rpmsg_trysend(&at.out.ept, "none", 4);
		} else {
			status = i & 1 ? send_in_place(3000 + i) : send(3000 + i);
			if (i + hold < RING_NUM)
				expected[expect++] = 3000 + i;
		}
		assert_int_equal(status, i + hold < RING_NUM ? 4 : RPMSG_ERR_NO_BUFF);
	}
	lose();
	assert_int_equal(at.count, expect);
	for (unsigned int i = 0; i < expect; i++)
		assert_entry((int)i, expected[i], expected[i] == 'h' ? AMP_RECEIPT_UNKNOWN : AMP_RECEIPT_NOT_TAKEN);
}

static void each_number_of_messages_taken_held_and_waiting_from_each_place(void **state)
{
	static const unsigned int offsets[] = {0, RING_NUM - 1, 1, RING_NUM, RING_NUM + 3};

	for (unsigned int variant = 0; variant < 4; variant++)
		for (unsigned int o = 0; o < PLACES; o++)
			for (unsigned int taken = 0; taken <= RING_NUM; taken++)
				for (unsigned int waiting = 0; waiting <= RING_NUM; waiting++) {
					run_boundary(state, true, offsets[o], taken, waiting, variant);
					run_boundary(state, false, offsets[o], taken, waiting, variant);
				}
}

static void a_message_whose_callback_was_cut_short_is_unknown(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		for (unsigned int cut = 1; cut <= RING_NUM; cut++) {
			begin(state, side);
			at.end_at = cut;
			for (uint32_t i = 1; i <= RING_NUM; i++)
				assert_int_equal(i & 1 ? send_in_place(i) : send(i), 4);
			fixture_poll(at.receiver);
			assert_int_equal(at.count, RING_NUM + 1 - cut);
			assert_entry(0, cut, AMP_RECEIPT_UNKNOWN);
			for (uint32_t i = cut + 1; i <= RING_NUM; i++)
				assert_entry((int)(i - cut), i, AMP_RECEIPT_NOT_TAKEN);
			at.end_at = 0;
		}
	}
}

/* Buffers come back and go out again without anybody looking: with a receipt, without one, and held meanwhile. */
static void messages_without_a_receipt_may_use_the_buffers_again(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		for (unsigned int hold = 0; hold < 2; hold++) {
			for (unsigned int others = 0; others <= 3 * RING_NUM; others++) {
				begin(state, side);
				assert_int_equal(send(hold ? 'h' : 7), 4);
				fixture_poll(at.receiver);
				for (unsigned int i = 0; i < others; i++) {
					assert_int_equal(rpmsg_trysend(&at.out.ept, "none", 4), 4);
					fixture_poll(at.receiver);
				}
				assert_int_equal(send(8), 4);
				lose();
				assert_int_equal(at.count, 1 + hold);
				if (hold)
					assert_entry(0, 'h', AMP_RECEIPT_UNKNOWN);
				assert_entry((int)hold, 8, AMP_RECEIPT_NOT_TAKEN);
			}
		}
	}
}

static void send_without_receipt(uint32_t number)
{
	assert_int_equal(rpmsg_trysend(&at.out.ept, &number, sizeof(number)), 4);
	fixture_poll(at.receiver);
}

/* Held messages make the order of the buffers another one: the entry of one that came back is written over. */
static void take_7_and_use_its_buffer_again(void **state, unsigned int side, unsigned int others)
{
	begin(state, side);
	send_without_receipt('h');
	assert_int_equal(send(7), 4);
	fixture_poll(at.receiver);
	for (unsigned int i = 0; i < RING_NUM - 2; i++)
		send_without_receipt(1);
	send_without_receipt('h'); /* in the buffer of 7 */
	for (unsigned int i = 0; i < others; i++)
		send_without_receipt(1);
}

static void a_taken_message_whose_entry_was_written_over_is_in_no_list(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		for (unsigned int others = 0; others < RING_NUM; others++) {
			take_7_and_use_its_buffer_again(state, side, others);
			lose();
			assert_int_equal(at.count, 0);
		}
	}
}

/* The same, where the next send with a receipt looks at fewer entries than the ring has, and its first is another's. */
static void an_entry_that_is_written_over_before_the_look_is_not_believed(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		for (unsigned int others = 0; others < RING_NUM; others++) {
			take_7_and_use_its_buffer_again(state, side, others);
			assert_int_equal(send(8), 4);
			lose();
			assert_int_equal(at.count, 1);
			assert_entry(0, 8, AMP_RECEIPT_NOT_TAKEN);
		}
	}
}

static void a_released_message_was_taken(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		begin(state, side);
		assert_int_equal(send('h'), 4);
		assert_int_equal(send(1), 4);
		fixture_poll(at.receiver);
		rpmsg_release_rx_buffer(&at.in.ept, at.held);
		lose();
		assert_int_equal(at.count, 0);
	}
}

static void indices_wrap(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		begin(state, side);
		for (uint32_t i = 0; i < MANY; i++) {
			assert_int_equal(send(0x100 + i), 4);
			fixture_poll(at.receiver);
		}
		assert_int_equal(send(1), 4);
		assert_int_equal(send(2), 4);
		lose();
		assert_int_equal(at.count, 2);
		assert_entry(0, 1, AMP_RECEIPT_NOT_TAKEN);
		assert_entry(1, 2, AMP_RECEIPT_NOT_TAKEN);
	}
}

/* ------------------------------------------------------------------ whose end it is */

static void remote_hears(struct fixture *f, uint32_t id)
{
	(void)id;
	if (f->remote.vdev)
		fixture_poll(&f->remote);
}

/* The driver resets: the remote still delivers what it finds, without giving it back, and lets go. */
static void a_driver_that_resets_waits_for_the_last_callbacks(void **state)
{
	begin(state, true);
	assert_int_equal(send(1), 4);
	assert_int_equal(send(2), 4);
	at.f->host.on_kick = remote_hears;
	amp_rpmsg_peer_lost(&at.f->host.rvdev);
	assert_int_equal(at.handled, 0);
	at.count = amp_receipts_collect(&at.receipts, at.lost, RING_NUM);
	assert_int_equal(at.handled, 2);
	assert_int_equal(at.count, 2);
	assert_entry(0, 1, AMP_RECEIPT_UNKNOWN);
	assert_entry(1, 2, AMP_RECEIPT_UNKNOWN);
	at.f->host.on_kick = NULL;
}

static void a_device_that_does_not_let_go_may_go_on(void **state)
{
	begin(state, true);
	assert_int_equal(send(1), 4);
	fixture_poll(at.receiver);
	assert_int_equal(send(2), 4);
	amp_rpmsg_peer_lost(&at.f->host.rvdev); /* and nobody has switched it off */
	at.count = amp_receipts_collect(&at.receipts, at.lost, RING_NUM);
	assert_int_equal(at.count, 1);
	assert_entry(0, 2, AMP_RECEIPT_UNKNOWN);
}

/* The device finds what the driver has taken back when it hears of the reset, and keeps it. */
static void a_device_looks_before_it_lets_go(void **state)
{
	begin(state, false);
	assert_int_equal(send(1), 4);
	assert_int_equal(send('h'), 4);
	fixture_poll(at.receiver);
	assert_int_equal(send(3), 4);
	assert_int_equal(virtio_reset_device(at.f->host.vdev), 0);
	fixture_poll(&at.f->remote);
	assert_int_equal(at.f->remote.lost_count, 1);
	memset(at.f->shm->vring, 0, sizeof(at.f->shm->vring)); /* the driver's next life */
	assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), 2);
	assert_entry(0, 'h', AMP_RECEIPT_UNKNOWN);
	assert_entry(1, 3, AMP_RECEIPT_NOT_TAKEN);
	rpmsg_deinit_vdev(&at.f->remote.rvdev); /* it may be asked again */
	memset(at.lost, 0, sizeof(at.lost));
	assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, 1), 2);
	assert_entry(0, 'h', AMP_RECEIPT_UNKNOWN);
	assert_entry(1, 0, 0);
	assert_int_equal(amp_receipts_collect(&at.receipts, NULL, 0), 2);
}

static void nothing_is_believed_of_a_ring_that_was_or_may_be_zeroed(void **state)
{
	struct vring ring;
	uint32_t sent;

	for (unsigned int i = 0; i < 4; i++) {
		if (i == 0)
			begin(state, false);
		else /* a driver of another library, which zeroes in no order */
			begin_with(state, false, 1u << VIRTIO_RPMSG_F_NS, AMP_RECEIPTS_ONE_BY_ONE);
		sent = i == 3 ? RING_NUM : 2; /* with nothing in the driver's ring that could be read */
		for (uint32_t n = 1; n <= sent; n++)
			assert_int_equal(send(n), 4);
		shared_memory_settle();
		ring = fixture_ring(at.f, 0);
		if (i == 0) /* wholly */
			memset(ring.desc, 0, (size_t)((char *)(&ring.used->ring[RING_NUM]) + 2 - (char *)ring.desc));
		else if (i & 1) /* by a driver that begins: its ring was the only word that came so far */
			at.f->shm->rsc.vdev.status = 3;
		else { /* up to its mark */
			memset(ring.desc, 0, (size_t)((char *)(&ring.used->ring[RING_NUM]) - (char *)ring.desc));
			at.f->shm->rsc.vdev.status = 3;
		}
		fixture_poll(&at.f->remote);
		assert_int_equal(at.f->remote.lost_count, 1);
		assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), (int)sent);
		for (uint32_t n = 1; n <= sent; n++)
			assert_entry((int)n - 1, n, AMP_RECEIPT_UNKNOWN);
	}
}

/* Linux writes no marks, and accepts no acknowledgements; a remote of another library neither. */
static void without_marks_what_did_not_come_back_is_unknown(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		for (unsigned int flags = 0; flags <= AMP_RECEIPTS_ONE_BY_ONE; flags++) {
			begin_with(state, side, 1u << VIRTIO_RPMSG_F_NS, flags);
			assert_int_equal(send(1), 4);
			fixture_poll(at.receiver);
			for (uint32_t i = 2; i < 5; i++)
				assert_int_equal(send(i), 4);
			shared_memory_settle();
			if (side)
				memset(&fixture_ring(at.f, 1).used->ring[RING_NUM], 0, 2);
			lose();
			assert_int_equal(at.count, 3);
			assert_entry(0, 2, AMP_RECEIPT_UNKNOWN);
			assert_entry(1, 3, flags ? AMP_RECEIPT_NOT_TAKEN : AMP_RECEIPT_UNKNOWN);
			assert_entry(2, 4, flags ? AMP_RECEIPT_NOT_TAKEN : AMP_RECEIPT_UNKNOWN);
		}
	}
}

static void a_driver_that_broke_the_protocol_may_go_on(void **state)
{
	begin(state, false);
	assert_int_equal(send(1), 4);
	shared_memory_settle();
	fixture_ring(at.f, 1).avail->idx = 0x4000;
	fixture_poll(&at.f->remote);
	assert_int_equal(at.f->remote.lost_reason, AMP_LINK_BAD_INDEX);
	assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), 1);
	assert_entry(0, 1, AMP_RECEIPT_UNKNOWN);
}

/* ------------------------------------------------------------------ a peer that lies */

static uint32_t state_of_random;

static uint32_t random_number(uint32_t n)
{
	state_of_random = state_of_random * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)state_of_random * n) >> 32);
}

/* Words of rings, behind the descriptors, and of headers, anywhere and at any time: the list names each message once at
 * most, and only messages. */
static void a_peer_that_lies_chooses_among_what_was_sent(void **state)
{
	uint32_t sent, named[4];

	for (uint32_t seed = 1; seed <= LIES; seed++) {
		state_of_random = seed;
		begin(state, seed & 1);
		sent = 0;
		memset(named, 0, sizeof(named));
		for (unsigned int i = 0; i < 30; i++) {
			if (random_number(4) && (random_number(2) ? send(sent) : send_in_place(sent)) == 4)
				sent++;
			if (random_number(3) == 0)
				fixture_poll(at.receiver);
			shared_memory_settle();
			if (random_number(3) == 0 && i > 4)
				((uint16_t *)(void *)at.f->shm->vring[!!at.host_sends])[64 + random_number(68)] =
					(uint16_t)(random_number(2) ? random_number(RING_NUM + 2)
				                                    : random_number(0x10000));
			if (random_number(8) == 0)
				at.f->shm->buffers[random_number(NUM_BUFS) * BUF_SIZE + 8 + random_number(4)] =
					(uint8_t)random_number(256);
		}
		lose();
		assert_in_range(at.count, 0, RING_NUM);
		for (int i = 0; i < at.count; i++) {
			assert_true(at.lost[i].sequence < sent);
			assert_false(named[at.lost[i].sequence / 32] >> at.lost[i].sequence % 32 & 1);
			named[at.lost[i].sequence / 32] |= 1u << at.lost[i].sequence % 32;
			assert_true(at.lost[i].state == AMP_RECEIPT_NOT_TAKEN ||
			            at.lost[i].state == AMP_RECEIPT_UNKNOWN);
		}
		fixture_check_guards(at.f);
	}
}

/* A driver moves a descriptor to the end of the memory and beyond: the mark is looked for inside only. */
static void a_mark_is_looked_for_inside_the_shared_memory(void **state)
{
	static const int64_t places[] = {
		-16, 0, 2, (int64_t)sizeof(struct shared) - 15, (int64_t)sizeof(struct shared), INT64_MAX / 2};

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		begin(state, false);
		assert_int_equal(send(1), 4);
		shared_memory_settle();
		fixture_ring(at.f, 0).desc[fixture_ring(at.f, 0).used->ring[0].id].addr =
			PHYS_BASE + (uint64_t)places[i];
		lose();
		assert_int_equal(at.count, 1);
		assert_entry(0, 1, AMP_RECEIPT_UNKNOWN);
	}
}

/* ------------------------------------------------------------------ calls */

static void refused_messages_are_in_no_list(void **state)
{
	uint8_t too_much[PAYLOAD + 1] = {0};
	uint32_t room;
	void *buffer;

	for (unsigned int side = 0; side < 2; side++) {
		begin(state, side);
		assert_int_equal(amp_receipts_send(&at.receipts, &at.out.ept, 1, too_much, sizeof(too_much), false),
		                 RPMSG_ERR_BUFF_SIZE);
		assert_int_equal(amp_receipts_send(&at.receipts, &at.out.ept, 2, "x", -1, false), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_sendto(&at.receipts, &at.out.ept, 3, "x", 1, RPMSG_ADDR_ANY, false),
		                 RPMSG_ERR_ADDR);
		assert_int_equal(amp_receipts_send(&at.receipts, &at.in.ept, 4, "x", 1, false), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_send(NULL, &at.out.ept, 5, "x", 1, false), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_send(&at.receipts, NULL, 5, "x", 1, false), RPMSG_ERR_PARAM);
		buffer = rpmsg_get_tx_payload_buffer(&at.out.ept, &room, false);
		assert_non_null(buffer);
		assert_int_equal(amp_receipts_send_nocopy(&at.receipts, &at.out.ept, 6, buffer, (int)room + 1),
		                 RPMSG_ERR_BUFF_SIZE);
		assert_int_equal(rpmsg_release_tx_buffer(&at.out.ept, buffer), 0);
		assert_int_equal(amp_receipts_send_nocopy(&at.receipts, &at.out.ept, 7, buffer, 1), RPMSG_ERR_PARAM);
		buffer = rpmsg_get_tx_payload_buffer(&at.out.ept, &room, false);
		for (uint32_t i = 0; i < RING_NUM - 1; i++)
			assert_int_equal(send(100 + i), 4);
		assert_int_equal(send(8), RPMSG_ERR_NO_BUFF);
		amp_rpmsg_set_send_timeout(&at.sender->rvdev, 1);
		assert_int_equal(amp_receipts_send(&at.receipts, &at.out.ept, 9, "x", 1, true), RPMSG_ERR_NO_BUFF);
		lose();
		assert_int_equal(amp_receipts_send_nocopy(&at.receipts, &at.out.ept, 10, buffer, 1),
		                 RPMSG_ERR_DEV_STATE);
		assert_int_equal(send(11), RPMSG_ERR_DEV_STATE);
		assert_int_equal(at.count, RING_NUM - 1);
		for (uint32_t i = 0; i < RING_NUM - 1; i++)
			assert_entry((int)i, 100 + i, AMP_RECEIPT_NOT_TAKEN);
	}
}

static void receiver_looks(struct fixture *f, uint32_t id)
{
	(void)f, (void)id;
	fixture_poll(at.receiver);
}

static int receiver_looks_while_we_wait(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	receiver_looks(at.f, id);
	return RPMSG_SUCCESS;
}

static void a_send_with_a_receipt_waits_for_a_buffer(void **state)
{
	for (unsigned int side = 0; side < 2; side++) {
		begin(state, side);
		for (uint32_t i = 0; i < RING_NUM; i++)
			assert_int_equal(send(i), 4);
		rpmsg_virtio_set_wait_cb(&at.sender->rvdev, receiver_looks_while_we_wait);
		assert_int_equal(amp_receipts_send(&at.receipts, &at.out.ept, 50, "wait", 4, true), 4);
		assert_int_equal(at.handled, RING_NUM);
		lose();
		assert_int_equal(at.count, 1);
		assert_entry(0, 50, AMP_RECEIPT_NOT_TAKEN);
	}
}

static void calls_say_what_is_wrong(void **state)
{
	struct amp_receipts other;

	for (unsigned int side = 0; side < 2; side++) {
		begin(state, side);
		assert_int_equal(amp_receipts_open(&other, &at.sender->rvdev, at.slots, RING_NUM, 0), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_open(&other, &at.receiver->rvdev, at.slots, RING_NUM - 1, 0),
		                 RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_open(&other, &at.receiver->rvdev, at.slots, RING_NUM, 2),
		                 RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_open(&other, &at.receiver->rvdev, NULL, RING_NUM, 0), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_open(&other, NULL, at.slots, RING_NUM, 0), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_open(NULL, &at.receiver->rvdev, at.slots, RING_NUM, 0), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_collect(NULL, at.lost, RING_NUM), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_collect(&at.receipts, NULL, 1), RPMSG_ERR_PARAM);
		assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), RPMSG_ERR_PERM);
		rpmsg_deinit_vdev(&at.sender->rvdev);
		assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), RPMSG_ERR_DEV_STATE);
		assert_int_equal(amp_receipts_open(&at.receipts, &at.sender->rvdev, at.slots, RING_NUM, 0),
		                 RPMSG_ERR_DEV_STATE);
		restart(1);
		/* the receipts of the life before */
		box_open(&at.out, at.sender, NULL, 10, 20);
		assert_int_equal(send(1), RPMSG_ERR_DEV_STATE);
		assert_int_equal(amp_receipts_collect(&at.receipts, at.lost, RING_NUM), RPMSG_ERR_DEV_STATE);
	}
}

int main(void)
{
#define RECEIPT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_down)
	const struct CMUnitTest tests[] = {
		RECEIPT_TEST(each_number_of_messages_taken_held_and_waiting_from_each_place),
		RECEIPT_TEST(a_message_whose_callback_was_cut_short_is_unknown),
		RECEIPT_TEST(messages_without_a_receipt_may_use_the_buffers_again),
		RECEIPT_TEST(a_taken_message_whose_entry_was_written_over_is_in_no_list),
		RECEIPT_TEST(an_entry_that_is_written_over_before_the_look_is_not_believed),
		RECEIPT_TEST(a_released_message_was_taken),
		RECEIPT_TEST(indices_wrap),
		RECEIPT_TEST(a_driver_that_resets_waits_for_the_last_callbacks),
		RECEIPT_TEST(a_device_that_does_not_let_go_may_go_on),
		RECEIPT_TEST(a_device_looks_before_it_lets_go),
		RECEIPT_TEST(nothing_is_believed_of_a_ring_that_was_or_may_be_zeroed),
		RECEIPT_TEST(without_marks_what_did_not_come_back_is_unknown),
		RECEIPT_TEST(a_driver_that_broke_the_protocol_may_go_on),
		RECEIPT_TEST(a_peer_that_lies_chooses_among_what_was_sent),
		RECEIPT_TEST(a_mark_is_looked_for_inside_the_shared_memory),
		RECEIPT_TEST(refused_messages_are_in_no_list),
		RECEIPT_TEST(a_send_with_a_receipt_waits_for_a_buffer),
		RECEIPT_TEST(calls_say_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
