// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints: addresses, references, names. */
#include "link_fixture.h"

#include <string.h>
#include <unistd.h>

static struct rpmsg_device *rdev_of(struct side *side)
{
	return rpmsg_virtio_get_rpmsg_device(&side->rvdev);
}

static void missing_arguments_are_refused(void **state)
{
	struct fixture *f = *state;
	static struct rpmsg_endpoint ept;

	assert_int_equal(rpmsg_create_ept(NULL, rdev_of(&f->host), "x", 1, 2, box_receive, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(&ept, NULL, "x", 1, 2, box_receive, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(&ept, rdev_of(&f->host), "x", 1, 2, NULL, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send(NULL, "x", 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send_offchannel(NULL, 1, 2, "x", 1), RPMSG_ERR_PARAM);
	rpmsg_destroy_ept(NULL);
	assert_int_equal(is_rpmsg_ept_ready(NULL), 0);
}

static void wrong_payloads_and_addresses_are_refused(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->host, NULL, 5, 6);
	assert_int_equal(rpmsg_send(&box.ept, NULL, 1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send(&box.ept, "x", -1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_sendto(&box.ept, "x", 1, RPMSG_ADDR_ANY), RPMSG_ERR_ADDR);
	assert_int_equal(rpmsg_send_offchannel(&box.ept, RPMSG_ADDR_ANY, 6, "x", 1), RPMSG_ERR_ADDR);
}

static void assigned_addresses_start_above_the_reserved_ones_and_are_reused_late(void **state)
{
	struct fixture *f = *state;
	static struct box a, b, c;

	box_open(&a, &f->host, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(a.ept.addr, RPMSG_RESERVED_ADDRESSES);
	box_open(&b, &f->host, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(b.ept.addr, RPMSG_RESERVED_ADDRESSES + 1);
	rpmsg_destroy_ept(&a.ept);
	box_open(&c, &f->host, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(c.ept.addr, RPMSG_RESERVED_ADDRESSES + 2);
}

static void the_129th_assigned_address_is_refused_until_one_is_free(void **state)
{
	struct fixture *f = *state;
	static struct box box[RPMSG_ADDR_BMP_SIZE + 1];
	unsigned int last;

	for (last = 0; last < RPMSG_ADDR_BMP_SIZE; last++)
		box_open(&box[last], &f->host, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(
		rpmsg_create_ept(&box[last].ept, rdev_of(&f->host), NULL, RPMSG_ADDR_ANY, 1, box_receive, NULL),
		RPMSG_ERR_NO_MEM);
	rpmsg_destroy_ept(&box[77].ept);
	box_open(&box[last], &f->host, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(box[last].ept.addr, RPMSG_RESERVED_ADDRESSES + 77);
}

static void an_address_in_use_is_refused(void **state)
{
	struct fixture *f = *state;
	static struct box a, b, c;
	static struct rpmsg_endpoint other;

	box_open(&a, &f->host, NULL, 7, 1);
	assert_int_equal(rpmsg_create_ept(&other, rdev_of(&f->host), NULL, 7, 1, box_receive, NULL), RPMSG_ERR_ADDR);
	/* the name service has one too */
	assert_int_equal(rpmsg_create_ept(&other, rdev_of(&f->host), NULL, RPMSG_NS_EPT_ADDR, 1, box_receive, NULL),
	                 RPMSG_ERR_ADDR);
	/* a fixed address in the assignable range is not assigned again */
	box_open(&b, &f->host, NULL, RPMSG_RESERVED_ADDRESSES, 1);
	box_open(&c, &f->remote, NULL, RPMSG_RESERVED_ADDRESSES + 1, 1); /* the other side's addresses are its own */
	assert_int_equal(rpmsg_create_ept(&other, rdev_of(&f->host), NULL, RPMSG_ADDR_ANY, 1, box_receive, NULL), 0);
	assert_int_equal(other.addr, RPMSG_RESERVED_ADDRESSES + 1);
	rpmsg_destroy_ept(&other);
}

/* A small generator, so that the test does the same everywhere. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 4;
}

static void each_of_many_endpoints_gets_its_own_messages_while_others_come_and_go(void **state)
{
	enum {
		MANY = 300
	};
	struct fixture *f = *state;
	static struct box host, box[MANY];
	uint32_t seed = 1, value;
	unsigned int which;

	box_open(&host, &f->host, NULL, 1, 2);
	for (unsigned int i = 0; i < MANY; i++)
		box_open(&box[i], &f->remote, NULL, 0x100 + i * 0x1001, 1);
	for (unsigned int round = 0; round < 3000; round++) {
		which = next_random(&seed) % MANY;
		if (round % 3 == 0) {
			if (box[which].ept.rdev) {
				rpmsg_destroy_ept(&box[which].ept);
				assert_int_equal(box[which].released, 1);
			} else {
				box_open(&box[which], &f->remote, NULL, 0x100 + which * 0x1001, 1);
			}
			continue;
		}
		box[which].count = 0;
		assert_int_equal(rpmsg_sendto(&host.ept, &round, sizeof(round), 0x100 + which * 0x1001), sizeof(round));
		fixture_poll(&f->remote);
		assert_int_equal(box[which].count, box[which].ept.rdev ? 1 : 0);
		memcpy(&value, box[which].data, sizeof(value));
		if (box[which].ept.rdev)
			assert_int_equal(value, round);
	}
}

static void addresses_that_differ_in_the_highest_bits_only_are_told_apart(void **state)
{
	struct fixture *f = *state;
	static struct box host, box[4];

	box_open(&host, &f->host, NULL, 1, 2);
	for (unsigned int i = 0; i < 4; i++)
		box_open(&box[i], &f->remote, NULL, i << 30 | 5, 1);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(rpmsg_sendto(&host.ept, &i, sizeof(i), i << 30 | 5), sizeof(i));
	fixture_poll(&f->remote);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(box[i].count, 1);
	rpmsg_destroy_ept(&box[0].ept);
	for (unsigned int i = 1; i < 4; i++)
		assert_int_equal(rpmsg_sendto(&host.ept, &i, sizeof(i), i << 30 | 5), sizeof(i));
	fixture_poll(&f->remote);
	for (unsigned int i = 1; i < 4; i++)
		assert_int_equal(box[i].count, 2);
}

static int destroy_self(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct box *box = priv;

	(void)data;
	(void)len;
	(void)src;
	rpmsg_destroy_ept(ept);
	assert_int_equal(box->released, 0); /* not while the callback runs */
	box->count++;
	return 0;
}

static void an_endpoint_may_destroy_itself_in_its_callback(void **state)
{
	struct fixture *f = *state;
	static struct box host, remote;

	box_open(&host, &f->host, NULL, 1, 2);
	box_open(&remote, &f->remote, NULL, 2, 1);
	remote.ept.cb = destroy_self;
	assert_int_equal(rpmsg_send(&host.ept, "x", 1), 1);
	assert_int_equal(rpmsg_send(&host.ept, "y", 1), 1);
	fixture_poll(&f->remote);
	assert_int_equal(remote.count, 1);
	assert_int_equal(remote.released, 1);
	assert_int_equal(rpmsg_send(&remote.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	rpmsg_destroy_ept(&remote.ept); /* a second time does no harm */
	assert_int_equal(remote.released, 1);
}

/* ------------------------------------------------------------------ endpoints that live */

static void an_endpoint_that_lives_is_not_created_again(void **state)
{
	struct fixture *f = *state;
	static struct box host, fixed, assigned;

	box_open(&host, &f->host, NULL, 1, 2);
	box_open(&fixed, &f->remote, "fixed", 2, 1);
	box_open(&assigned, &f->remote, NULL, RPMSG_ADDR_ANY, 1);
	assert_int_equal(rpmsg_create_ept(&fixed.ept, rdev_of(&f->remote), "x", 2, 7, box_receive, NULL),
	                 RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(&fixed.ept, rdev_of(&f->remote), "x", 9, 7, box_receive, NULL),
	                 RPMSG_ERR_PARAM);
	assert_int_equal(
		rpmsg_create_ept(&assigned.ept, rdev_of(&f->remote), NULL, RPMSG_ADDR_ANY, 7, box_receive, NULL),
		RPMSG_ERR_PARAM);
	/* and goes on */
	assert_string_equal(fixed.ept.name, "fixed");
	assert_int_equal(rpmsg_send(&host.ept, "x", 1), 1);
	assert_int_equal(rpmsg_sendto(&host.ept, "x", 1, assigned.ept.addr), 1);
	fixture_poll(&f->remote);
	assert_int_equal(fixed.count, 1);
	assert_int_equal(assigned.count, 1);
	alarm(10);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	alarm(0);
	assert_int_equal(fixed.released, 1);
	assert_int_equal(assigned.released, 1);
}

static void the_name_of_an_endpoint_that_was_can_name_it_again(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	box_open(&box, &f->remote, "service", 2, 1);
	rpmsg_destroy_ept(&box.ept);
	assert_int_equal(rpmsg_create_ept(&box.ept, rdev_of(&f->remote), box.ept.name, 2, 1, box_receive, NULL), 0);
	assert_string_equal(box.ept.name, "service");
	rpmsg_destroy_ept(&box.ept);
	assert_int_equal(rpmsg_create_ept(&box.ept, rdev_of(&f->remote), box.ept.name + 4, 2, 1, box_receive, NULL), 0);
	assert_string_equal(box.ept.name, "ice");
}

/* What must not happen: memory that is an endpoint's still, cleared, or in another device's list. */
static void a_link_goes_down_whatever_its_list_holds(void **state)
{
	struct fixture *f = *state;
	static struct box first, cleared, last, lent;

	box_open(&first, &f->remote, NULL, 2, 1);
	box_open(&cleared, &f->remote, NULL, 3, 1);
	box_open(&last, &f->remote, NULL, 4, 1);
	memset(&cleared, 0, sizeof(cleared));
	alarm(10);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	assert_int_equal(first.released, 1);
	assert_int_equal(amp_rpmsg_link_state(&f->remote.rvdev), AMP_LINK_DOWN);
	/* one that was left behind does no harm */
	assert_int_equal(rpmsg_send(&last.ept, "x", 1), RPMSG_ERR_DEV_STATE);
	rpmsg_destroy_ept(&last.ept);

	box_open(&lent, &f->host, NULL, 5, 1);
	rpmsg_deinit_vdev(&f->host.rvdev);
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	box_open(&lent, &f->host, NULL, 5, 1);
	box_open(&lent, &f->remote, NULL, 5, 1);
	rpmsg_deinit_vdev(&f->host.rvdev);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	alarm(0);
}

static struct rpmsg_device *created_on;
static int created;

static void create_again(struct rpmsg_endpoint *ept)
{
	struct box *box = ept->priv;

	box->released++;
	created = rpmsg_create_ept(ept, created_on, "again", RPMSG_ADDR_ANY, 1, box_receive, NULL);
}

static void nothing_is_created_on_a_link_that_goes_down_or_is_down(void **state)
{
	struct fixture *f = *state;
	static struct box box;

	created_on = rdev_of(&f->remote);
	box_open(&box, &f->remote, NULL, 2, 1);
	box.ept.release_cb = create_again;
	created = 0;
	alarm(10);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	alarm(0);
	assert_int_equal(box.released, 1);
	assert_int_equal(created, RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_create_ept(&box.ept, created_on, NULL, 2, 1, box_receive, NULL), RPMSG_ERR_DEV_STATE);
}

/* ------------------------------------------------------------------ name service */

static struct {
	unsigned int count;
	char name[RPMSG_NAME_SIZE];
	uint32_t dest;
	struct box box;
	bool create;
} bound;

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	bound.count++;
	assert_non_null(memchr(name, '\0', RPMSG_NAME_SIZE));
	strncpy(bound.name, name, sizeof(bound.name) - 1);
	bound.dest = dest;
	if (bound.create) {
		memset(&bound.box, 0, sizeof(bound.box));
		bound.box.ept.priv = &bound.box;
		assert_int_equal(
			rpmsg_create_ept(&bound.box.ept, rdev, name, RPMSG_ADDR_ANY, dest, box_receive, box_unbind),
			RPMSG_SUCCESS);
	}
}

static int up_with_bind(void **state)
{
	struct fixture *f;

	memset(&bound, 0, sizeof(bound));
	fixture_devices(state);
	f = *state;
	f->host_ns_bind = on_bind;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	return 0;
}

static void an_announced_service_is_bound_used_and_unbound(void **state)
{
	struct fixture *f = *state;
	static struct box remote;

	bound.create = true;
	box_open(&remote, &f->remote, "service", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	assert_int_equal(is_rpmsg_ept_ready(&remote.ept), 0);
	assert_int_equal(rpmsg_send(&remote.ept, "x", 1), RPMSG_ERR_ADDR);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 1);
	assert_string_equal(bound.name, "service");
	assert_int_equal(bound.dest, remote.ept.addr);

	/* the first message tells the remote who its counterpart is */
	assert_int_equal(rpmsg_send(&bound.box.ept, "hello", 6), 6);
	fixture_poll(&f->remote);
	assert_string_equal((char *)remote.data, "hello");
	assert_int_equal(is_rpmsg_ept_ready(&remote.ept), 1);
	assert_int_equal(rpmsg_send(&remote.ept, "you", 4), 4);
	fixture_poll(&f->host);
	assert_string_equal((char *)bound.box.data, "you");

	rpmsg_destroy_ept(&remote.ept);
	fixture_poll(&f->host);
	assert_int_equal(bound.box.unbound, 1);
	assert_int_equal(bound.box.ept.dest_addr, RPMSG_ADDR_ANY);
}

static void announce(struct box *from, const char *name, uint32_t addr, uint32_t flags);

static void a_second_announcement_of_a_bound_endpoint_changes_nothing(void **state)
{
	struct fixture *f = *state;
	static struct box remote, waits;

	bound.create = true;
	box_open(&remote, &f->remote, "service", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 1);
	box_open(&waits, &f->host, "service", 50, RPMSG_ADDR_ANY);
	announce(&remote, "service", remote.ept.addr, 0);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 1);
	assert_int_equal(bound.box.ept.dest_addr, remote.ept.addr);
	assert_int_equal(waits.ept.dest_addr, RPMSG_ADDR_ANY); /* another counterpart may come for it */
	/* after it has gone, the same announcement is news again */
	rpmsg_destroy_ept(&waits.ept);
	announce(&remote, "service", remote.ept.addr, 1);
	fixture_poll(&f->host);
	assert_int_equal(bound.box.unbound, 1);
	rpmsg_destroy_ept(&bound.box.ept);
	announce(&remote, "service", remote.ept.addr, 0);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 2);
}

static void an_announcement_connects_an_endpoint_that_waits_for_it(void **state)
{
	struct fixture *f = *state;
	static struct box host, remote;

	box_open(&host, &f->host, "service", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	fixture_poll(&f->remote); /* nobody there who cares */
	box_open(&remote, &f->remote, "service", 44, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 0);
	assert_int_equal(host.ept.dest_addr, 44);
}

static void endpoints_without_name_or_with_a_counterpart_are_not_announced(void **state)
{
	struct fixture *f = *state;
	static struct box a, b;

	box_open(&a, &f->remote, NULL, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY);
	box_open(&b, &f->remote, "known", RPMSG_ADDR_ANY, 99);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 0);
}

static void names_are_cut_after_31_bytes(void **state)
{
	struct fixture *f = *state;
	static struct box remote;

	box_open(&remote, &f->remote, "0123456789012345678901234567890123456789", 44, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_string_equal(bound.name, "0123456789012345678901234567890");
}

struct ns_msg {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;
	uint32_t flags;
};

static void announce(struct box *from, const char *name, uint32_t addr, uint32_t flags)
{
	struct ns_msg msg = {.addr = addr, .flags = flags};

	strncpy(msg.name, name, sizeof(msg.name) - 1);
	assert_int_equal(rpmsg_sendto(&from->ept, &msg, sizeof(msg), RPMSG_NS_EPT_ADDR), sizeof(msg));
}

static void an_unterminated_name_is_terminated(void **state)
{
	struct fixture *f = *state;
	static struct box remote;
	struct ns_msg msg = {.addr = 9, .flags = 0};

	memset(msg.name, 'n', sizeof(msg.name));
	box_open(&remote, &f->remote, NULL, 44, 45);
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, sizeof(msg), RPMSG_NS_EPT_ADDR), sizeof(msg));
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 1);
	assert_int_equal(strlen(bound.name), RPMSG_NAME_SIZE - 1);
}

static void malformed_announcements_are_dropped_and_the_link_lives_on(void **state)
{
	struct fixture *f = *state;
	static struct box remote;
	struct {
		struct ns_msg msg;
		char more;
	} msg = {.msg = {.name = "x", .addr = 9}};

	box_open(&remote, &f->remote, NULL, 44, 45);
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 39, RPMSG_NS_EPT_ADDR), 39);
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 41, RPMSG_NS_EPT_ADDR), 41);
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 0, RPMSG_NS_EPT_ADDR), 0);
	msg.msg.addr = RPMSG_ADDR_ANY;
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 40, RPMSG_NS_EPT_ADDR), 40);
	msg.msg.addr = 9;
	msg.msg.name[0] = '\0';
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 40, RPMSG_NS_EPT_ADDR), 40);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 0);
	assert_int_equal(amp_rpmsg_link_state(&f->host.rvdev), AMP_LINK_UP);
	msg.msg.name[0] = 'x';
	assert_int_equal(rpmsg_sendto(&remote.ept, &msg, 40, RPMSG_NS_EPT_ADDR), 40);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 1);
}

static void without_the_feature_nothing_is_announced(void **state)
{
	struct fixture *f;
	static struct box remote;

	memset(&bound, 0, sizeof(bound));
	fixture_devices(state);
	f = *state;
	f->host_ns_bind = on_bind;
	f->shm->rsc.vdev.dfeatures = 0;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	box_open(&remote, &f->remote, "service", 44, RPMSG_ADDR_ANY);
	fixture_poll(&f->host);
	assert_int_equal(bound.count, 0);
}

int main(void)
{
#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
#define NAME_TEST(name) cmocka_unit_test_setup_teardown(name, up_with_bind, fixture_down)
	const struct CMUnitTest tests[] = {
		LINK_TEST(missing_arguments_are_refused),
		LINK_TEST(wrong_payloads_and_addresses_are_refused),
		LINK_TEST(assigned_addresses_start_above_the_reserved_ones_and_are_reused_late),
		LINK_TEST(the_129th_assigned_address_is_refused_until_one_is_free),
		LINK_TEST(an_address_in_use_is_refused),
		LINK_TEST(each_of_many_endpoints_gets_its_own_messages_while_others_come_and_go),
		LINK_TEST(addresses_that_differ_in_the_highest_bits_only_are_told_apart),
		LINK_TEST(an_endpoint_may_destroy_itself_in_its_callback),
		LINK_TEST(an_endpoint_that_lives_is_not_created_again),
		LINK_TEST(the_name_of_an_endpoint_that_was_can_name_it_again),
		LINK_TEST(a_link_goes_down_whatever_its_list_holds),
		LINK_TEST(nothing_is_created_on_a_link_that_goes_down_or_is_down),
		NAME_TEST(an_announced_service_is_bound_used_and_unbound),
		NAME_TEST(a_second_announcement_of_a_bound_endpoint_changes_nothing),
		NAME_TEST(an_announcement_connects_an_endpoint_that_waits_for_it),
		NAME_TEST(endpoints_without_name_or_with_a_counterpart_are_not_announced),
		NAME_TEST(names_are_cut_after_31_bytes),
		NAME_TEST(an_unterminated_name_is_terminated),
		NAME_TEST(malformed_announcements_are_dropped_and_the_link_lives_on),
		cmocka_unit_test_teardown(without_the_feature_nothing_is_announced, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
