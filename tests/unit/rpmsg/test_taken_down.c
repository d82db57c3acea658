// SPDX-License-Identifier: GPL-2.0-only
/*
 * In every callback of a link, on either side, an application may destroy endpoints, or take the link down. The memory
 * of endpoints goes in their release callback, so that a use after that is seen under the address sanitizer.
 */
#include "link_fixture.h"

#include <stdlib.h>
#include <string.h>

/** The callback that acts, and how it is reached. */
enum where {
	IN_ENDPOINT,
	IN_ENDPOINT_OF_A_WAITING_SEND,
	IN_BIND,
	IN_UNBIND,
	IN_UNBIND_OF_THE_DEVICE,
	IN_READY_BY_NAME,
	IN_READY_BY_MESSAGE,
	IN_WAIT,
	IN_LINK,
	IN_LINK_OF_A_SEND,
	IN_RELEASE_OF_A_RECEPTION,
	IN_RELEASE,
	IN_RESET,
	NUM_WHERE
};

/** What it does. */
enum what {
	DESTROYS_ITSELF_AND_ALL,
	DEINIT,
	DEINIT_AND_REMOVE,
	NUM_WHAT
};

struct end {
	struct rpmsg_endpoint ept;
	struct end **owner; /**< NULL once it is released */
};

static struct fixture *f;
static struct side *here, *there;
static struct end *named, *plain; /**< here */
static struct box counterpart;    /**< there */
static enum where where;
static enum what what;
static bool acted;
static unsigned int received;

static void act_in(enum where callback)
{
	static const struct rpmsg_virtio_config config = {BUF_SIZE, BUF_SIZE, false};

	if (callback != where || acted)
		return;
	acted = true;
	if (what == DESTROYS_ITSELF_AND_ALL) {
		if (plain)
			rpmsg_destroy_ept(&plain->ept);
		if (named)
			rpmsg_destroy_ept(&named->ept);
		return;
	}
	rpmsg_deinit_vdev(&here->rvdev);
	rpmsg_deinit_vdev(&here->rvdev);
	assert_int_equal(amp_rpmsg_link_state(&here->rvdev), AMP_LINK_DOWN);
	if (where == IN_RELEASE)
		return; /* of rpmsg_destroy_ept(), which does nothing after it */
	if (what == DEINIT_AND_REMOVE)
		rproc_virtio_remove_vdev(here->vdev); /* does nothing: the library goes on with the device */
	assert_int_equal(rpmsg_init_vdev_with_config(&here->rvdev, here->vdev, NULL, &here->io, &f->pool, &config),
	                 RPMSG_ERR_DEV_STATE);
}

static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data, (void)len, (void)src, (void)priv;
	received++;
	if (where == IN_RELEASE_OF_A_RECEPTION)
		rpmsg_destroy_ept(ept);
	act_in(IN_ENDPOINT);
	act_in(IN_ENDPOINT_OF_A_WAITING_SEND);
	return 0;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev, (void)name, (void)dest;
	act_in(IN_BIND);
}

static void on_unbind(struct rpmsg_endpoint *ept)
{
	(void)ept;
	act_in(IN_UNBIND);
}

static void on_device_unbind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev, (void)name, (void)dest;
	act_in(IN_UNBIND_OF_THE_DEVICE);
}

static void on_ready(struct rpmsg_endpoint *ept, void *arg)
{
	(void)ept, (void)arg;
	act_in(IN_READY_BY_NAME);
	act_in(IN_READY_BY_MESSAGE);
}

static int on_wait(struct rpmsg_device *rdev, uint32_t id)
{
	bool act = where == IN_WAIT && !acted;

	(void)rdev, (void)id;
	act_in(IN_WAIT);
	/* Go on waiting after the link was taken down; else it is enough. */
	return act && what != DESTROYS_ITSELF_AND_ALL ? RPMSG_SUCCESS : RPMSG_ERR_PERM;
}

static void on_link(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	(void)rvdev, (void)reason, (void)arg;
	act_in(IN_LINK);
	act_in(IN_LINK_OF_A_SEND);
}

static void on_reset(struct virtio_device *vdev)
{
	(void)vdev;
	act_in(IN_RESET);
}

static void on_release(struct rpmsg_endpoint *ept)
{
	struct end *end = ept->priv;

	*end->owner = NULL;
	free(end);
	act_in(IN_RELEASE_OF_A_RECEPTION);
	act_in(IN_RELEASE);
}

static void open_end(struct end **owner, const char *name, uint32_t src, uint32_t dest)
{
	struct end *end = calloc(1, sizeof(*end));

	assert_non_null(end);
	*owner = end;
	end->owner = owner;
	end->ept.priv = end;
	end->ept.release_cb = on_release;
	assert_int_equal(rpmsg_create_ept(&end->ept, &here->rvdev.rdev, name, src, dest, on_message, on_unbind), 0);
}

static void links_up(void)
{
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	here->rvdev.rdev.ns_bind_cb = on_bind;
	here->rvdev.rdev.ns_unbind_cb = on_device_unbind;
	here->vdev->reset_cb = on_reset;
	amp_rpmsg_set_link_cb(&here->rvdev, on_link, NULL);
	amp_rpmsg_set_ready_cb(&here->rvdev, on_ready, NULL);
	rpmsg_virtio_set_wait_cb(&here->rvdev, on_wait);
	amp_rpmsg_set_send_timeout(&here->rvdev, 60000);
	acted = false;
	received = 0;
}

/* Fill the ring, and one more. */
static void send_too_many(void)
{
	int sent = 0, status;

	do
		status = rpmsg_send(&plain->ept, "x", 1);
	while (status == 1 && ++sent < 100);
	assert_in_range(sent, 1, 99);
	if (what != DESTROYS_ITSELF_AND_ALL)
		assert_int_equal(status, RPMSG_ERR_DEV_STATE);
}

static void reach(void)
{
	switch (where) {
	case IN_ENDPOINT:
	case IN_RELEASE_OF_A_RECEPTION:
		assert_int_equal(rpmsg_sendto(&counterpart.ept, "x", 1, 30), 1);
		assert_int_equal(rpmsg_sendto(&counterpart.ept, "x", 1, 30), 1);
		break;
	case IN_READY_BY_MESSAGE:
		assert_int_equal(rpmsg_sendto(&counterpart.ept, "x", 1, 20), 1);
		break;
	case IN_ENDPOINT_OF_A_WAITING_SEND:
		assert_int_equal(rpmsg_sendto(&counterpart.ept, "x", 1, 30), 1);
		send_too_many();
		break;
	case IN_WAIT:
		send_too_many();
		break;
	case IN_LINK:
		amp_rpmsg_peer_lost(&here->rvdev);
		break;
	case IN_LINK_OF_A_SEND:
	case IN_RESET:
		assert_int_equal(virtio_reset_device(there->vdev), 0);
		if (where == IN_LINK_OF_A_SEND)
			assert_int_equal(rpmsg_send(&plain->ept, "x", 1), RPMSG_ERR_DEV_STATE);
		break;
	case IN_RELEASE:
		rpmsg_destroy_ept(&plain->ept);
		break;
	case IN_BIND:
		rpmsg_destroy_ept(&named->ept); /* nobody here waits for the name */
						/* fallthrough */
	default:
		rpmsg_destroy_ept(&counterpart.ept);
		box_open(&counterpart, there, "service", 11, RPMSG_ADDR_ANY);
	}
}

static void a_side_acts(struct side *side)
{
	struct box other;

	here = side;
	there = side == &f->host ? &f->remote : &f->host;
	links_up();
	open_end(&named, "service", 20, RPMSG_ADDR_ANY);
	open_end(&plain, NULL, 30, 10);
	fixture_poll(there);
	if (where == IN_UNBIND || where == IN_UNBIND_OF_THE_DEVICE) {
		box_open(&counterpart, there, "service", 10, RPMSG_ADDR_ANY);
		fixture_poll(here);
		assert_int_equal(named->ept.dest_addr, 10);
	} else {
		box_open(&counterpart, there, NULL, 10, 30);
	}
	reach();
	fixture_poll(here);
	fixture_poll(here);
	assert_true(acted);
	if (what == DESTROYS_ITSELF_AND_ALL || where == IN_ENDPOINT || where == IN_READY_BY_MESSAGE)
		assert_in_range(received, 0, 1); /* no callback begins for an endpoint that is gone */
	if (what != DESTROYS_ITSELF_AND_ALL)
		assert_int_equal(amp_rpmsg_link_state(&here->rvdev), AMP_LINK_DOWN);
	assert_null(plain);
	assert_null(named);
	assert_int_equal(here->vdev->users, 0);
	fixture_check_guards(f);

	/* and it comes up again, and works */
	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
	links_up();
	box_open(&other, here, NULL, 30, 10);
	box_open(&counterpart, there, NULL, 10, 30);
	assert_int_equal(rpmsg_send(&counterpart.ept, "new", 3), 3);
	fixture_poll(here);
	assert_int_equal(other.count, 1);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
}

static void in_every_callback(void **state, enum what action)
{
	f = *state;
	what = action;
	for (where = 0; where < NUM_WHERE; where++) {
		print_message("callback %d\n", (int)where);
		a_side_acts(&f->remote);
		/* only the device's side hears of a reset, and all three of the last kinds begin with one */
		if (where != IN_RESET && where != IN_LINK_OF_A_SEND)
			a_side_acts(&f->host);
	}
}

static void every_callback_may_destroy_every_endpoint(void **state)
{
	in_every_callback(state, DESTROYS_ITSELF_AND_ALL);
}

static void every_callback_may_take_the_link_down(void **state)
{
	in_every_callback(state, DEINIT);
}

static void a_device_is_not_removed_in_its_callbacks(void **state)
{
	in_every_callback(state, DEINIT_AND_REMOVE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_devices, fixture_down)
	const struct CMUnitTest tests[] = {
		TEST(every_callback_may_destroy_every_endpoint),
		TEST(every_callback_may_take_the_link_down),
		TEST(a_device_is_not_removed_in_its_callbacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
