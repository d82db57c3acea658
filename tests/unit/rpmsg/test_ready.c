// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints learn of their counterparts: by acknowledgements where both sides give them, else as with Linux. */
#include "link_fixture.h"

#include <string.h>

static struct box host_box, remote_box;

/** What the ready callback saw. */
static struct {
	unsigned int count;
	struct rpmsg_endpoint *ept;
	uint32_t dest;
	unsigned int messages; /**< that the endpoint had received by then */
} ready;

static void on_ready(struct rpmsg_endpoint *ept, void *arg)
{
	const struct box *box = ept->priv;

	assert_ptr_equal(arg, &ready);
	ready.count++;
	ready.ept = ept;
	ready.dest = ept->dest_addr;
	ready.messages = box->count;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	memset(&host_box, 0, sizeof(host_box));
	host_box.ept.priv = &host_box;
	assert_int_equal(rpmsg_create_ept(&host_box.ept, rdev, name, 77, dest, box_receive, box_unbind), 0);
}

static int up(void **state, uint32_t offered, rpmsg_ns_bind_cb bind)
{
	struct fixture *f;

	memset(&ready, 0, sizeof(ready));
	fixture_devices(state);
	f = *state;
	f->shm->rsc.vdev.dfeatures = offered;
	f->host_ns_bind = bind;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	amp_rpmsg_set_ready_cb(&f->remote.rvdev, on_ready, &ready);
	return 0;
}

static int up_with_ack(void **state)
{
	return up(state, 1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_NS_ACK, NULL);
}

static int up_with_ack_and_bind(void **state)
{
	return up(state, 1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_NS_ACK, on_bind);
}

static int up_as_linux(void **state)
{
	return up(state, 1u << VIRTIO_RPMSG_F_NS, on_bind);
}

static void an_acknowledged_announcement_makes_both_ends_ready_without_a_message(void **state)
{
	struct fixture *f = *state;

	box_open(&host_box, &f->host, "service", 10, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote); /* nobody there who cares */
	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	assert_int_equal(is_rpmsg_ept_ready(&remote_box.ept), 0);
	fixture_poll(&f->host);
	assert_int_equal(host_box.ept.dest_addr, 20);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
	assert_ptr_equal(ready.ept, &remote_box.ept);
	assert_int_equal(ready.dest, 10);
	assert_int_equal(rpmsg_send(&remote_box.ept, "first", 5), 5);
	fixture_poll(&f->host);
	assert_memory_equal(host_box.data, "first", 5);
	assert_int_equal(host_box.count, 1);
	assert_int_equal(remote_box.count, 0);
}

static void an_endpoint_created_for_an_announcement_acknowledges_it(void **state)
{
	struct fixture *f = *state;

	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
	assert_int_equal(ready.dest, 77);
	assert_int_equal(remote_box.count, 0);
}

static void without_the_feature_the_first_message_makes_an_endpoint_ready(void **state)
{
	struct fixture *f = *state;

	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 0);
	assert_int_equal(rpmsg_send(&host_box.ept, "hello", 5), 5);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
	assert_int_equal(ready.dest, 77);
	assert_int_equal(ready.messages, 0); /* told before the message itself */
	assert_int_equal(remote_box.count, 1);
}

static void an_announcement_makes_the_endpoint_that_waits_for_it_ready(void **state)
{
	struct fixture *f = *state;

	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	box_open(&host_box, &f->host, "service", 10, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
	assert_int_equal(ready.dest, 10);
	/* the acknowledgement of the other's announcement, which crossed this one, changes nothing */
	fixture_poll(&f->host);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
	assert_int_equal(host_box.ept.dest_addr, 20);
}

static void an_endpoint_is_ready_again_when_its_counterpart_comes_back(void **state)
{
	struct fixture *f = *state;

	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	fixture_poll(&f->remote);
	rpmsg_destroy_ept(&host_box.ept);
	fixture_poll(&f->remote);
	assert_int_equal(remote_box.unbound, 1);
	assert_int_equal(is_rpmsg_ept_ready(&remote_box.ept), 0);
	box_open(&host_box, &f->host, "service", 78, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 2);
	assert_int_equal(ready.dest, 78);
}

/* As on the wire: WIRE.md. */
struct ack {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;
	uint32_t flags;
	uint32_t answered;
};

static void send_to_name_service(struct box *from, const char *name, uint32_t flags, uint32_t answered, int len)
{
	struct ack msg = {.addr = from->ept.addr, .flags = flags, .answered = answered};

	strncpy(msg.name, name, sizeof(msg.name) - 1);
	assert_int_equal(rpmsg_sendto(&from->ept, &msg, len, RPMSG_NS_EPT_ADDR), len);
}

static void send_ack(struct box *from, const char *name, uint32_t answered)
{
	send_to_name_service(from, name, 2, answered, 44);
}

/* So that who does not know acknowledgements does the right thing, or nothing. */
static void an_acknowledgement_names_the_endpoint_that_answers_and_the_address_that_it_answers(void **state)
{
	struct fixture *f = *state;
	struct vring ring = fixture_ring(f, 0);
	struct ack ack;
	uint8_t *message;

	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	box_open(&host_box, &f->host, "service", 10, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote);
	assert_int_equal(fixture_used(f, 0), 2);
	message = f->shm->buffers +
	          (ring.desc[fixture_used_id(f, 0, 1)].addr - PHYS_BASE - offsetof(struct shared, buffers));
	assert_int_equal(message[12], 44);
	memcpy(&ack, message + 16, sizeof(ack));
	assert_string_equal(ack.name, "service");
	assert_int_equal(ack.addr, 20);
	assert_int_equal(ack.flags, 2);
	assert_int_equal(ack.answered, 10);
}

static void endpoints_of_one_name_are_told_apart_by_the_address_that_is_answered(void **state)
{
	struct fixture *f = *state;
	static struct box first, second, gone;

	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&first, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	box_open(&gone, &f->remote, "service", 21, RPMSG_ADDR_ANY);
	box_open(&second, &f->remote, "service", 22, RPMSG_ADDR_ANY);
	rpmsg_destroy_ept(&gone.ept);
	send_ack(&host_box, "service", 21);
	send_ack(&host_box, "service", 22);
	fixture_poll(&f->remote);
	assert_int_equal(is_rpmsg_ept_ready(&first.ept), 0);
	assert_int_equal(second.ept.dest_addr, 10);
	assert_int_equal(ready.count, 1);
}

static void acknowledgements_that_answer_nothing_are_dropped(void **state)
{
	struct fixture *f = *state;
	static struct box settled;

	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	box_open(&settled, &f->remote, "settled", 21, 99);
	send_ack(&host_box, "service", 22); /* nobody has that address */
	send_ack(&host_box, "servic", 20);  /* another name */
	send_ack(&host_box, "settled", 21); /* has a counterpart */
	send_ack(&host_box, "", 20);
	send_ack(&host_box, "service", RPMSG_ADDR_ANY);
	send_to_name_service(&host_box, "service", 0, 20, 44); /* an announcement is 40 bytes */
	send_to_name_service(&host_box, "service", 1, 20, 44);
	fixture_poll(&f->remote);
	send_to_name_service(&host_box, "service", 2, 20, 43);
	send_to_name_service(&host_box, "service", 2, 20, 39);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 0);
	assert_int_equal(is_rpmsg_ept_ready(&remote_box.ept), 0);
	assert_int_equal(settled.ept.dest_addr, 99);
	assert_int_equal(amp_rpmsg_link_state(&f->remote.rvdev), AMP_LINK_UP);
	send_ack(&host_box, "service", 20);
	fixture_poll(&f->remote);
	assert_int_equal(ready.dest, 10);
}

static void an_acknowledgement_that_was_not_agreed_on_is_dropped(void **state)
{
	struct fixture *f = *state;

	box_open(&host_box, &f->host, NULL, 10, 20);
	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	send_ack(&host_box, "service", 20);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 0);
}

/* The acknowledgement is sent where messages are received, so it does not wait for a buffer. */
static void an_acknowledgement_without_a_buffer_is_left_to_the_first_message(void **state)
{
	struct fixture *f = *state;

	box_open(&host_box, &f->host, "service", 10, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote);
	box_open(&remote_box, &f->remote, "service", 20, RPMSG_ADDR_ANY);
	while (rpmsg_trysendto(&host_box.ept, "x", 1, 999) == 1)
		;
	fixture_poll(&f->host);
	assert_int_equal(host_box.ept.dest_addr, 20);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 0);
	assert_int_equal(rpmsg_send(&host_box.ept, "x", 1), 1);
	fixture_poll(&f->remote);
	assert_int_equal(ready.count, 1);
}

static void an_answer_that_finds_no_buffer_makes_an_endpoint_all_the_same(void **state)
{
	struct fixture *f = *state;
	static struct box other;

	box_open(&host_box, &f->host, "service", 10, RPMSG_ADDR_ANY);
	box_open(&other, &f->remote, NULL, 30, 999);
	while (rpmsg_trysend(&other.ept, "x", 1) == 1)
		;
	box_open(&remote_box, &f->remote, "service", 20, 10); /* at once, not after the time-out of a send */
	fixture_poll(&f->host);
	assert_int_equal(is_rpmsg_ept_ready(&host_box.ept), 0);
	assert_int_equal(rpmsg_send(&remote_box.ept, "x", 1), 1);
	fixture_poll(&f->host);
	assert_int_equal(host_box.ept.dest_addr, 20);
}

int main(void)
{
#define ACK_TEST(name) cmocka_unit_test_setup_teardown(name, up_with_ack, fixture_down)
	const struct CMUnitTest tests[] = {
		ACK_TEST(an_acknowledged_announcement_makes_both_ends_ready_without_a_message),
		cmocka_unit_test_setup_teardown(an_endpoint_created_for_an_announcement_acknowledges_it,
	                                        up_with_ack_and_bind, fixture_down),
		cmocka_unit_test_setup_teardown(without_the_feature_the_first_message_makes_an_endpoint_ready,
	                                        up_as_linux, fixture_down),
		ACK_TEST(an_announcement_makes_the_endpoint_that_waits_for_it_ready),
		cmocka_unit_test_setup_teardown(an_endpoint_is_ready_again_when_its_counterpart_comes_back,
	                                        up_with_ack_and_bind, fixture_down),
		ACK_TEST(acknowledgements_that_answer_nothing_are_dropped),
		ACK_TEST(an_acknowledgement_names_the_endpoint_that_answers_and_the_address_that_it_answers),
		ACK_TEST(endpoints_of_one_name_are_told_apart_by_the_address_that_is_answered),
		cmocka_unit_test_setup_teardown(an_acknowledgement_that_was_not_agreed_on_is_dropped, up_as_linux,
	                                        fixture_down),
		ACK_TEST(an_acknowledgement_without_a_buffer_is_left_to_the_first_message),
		ACK_TEST(an_answer_that_finds_no_buffer_makes_an_endpoint_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
