// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host and remote in two threads that sleep until they are kicked. A kick that is not sent although somebody waits for
 * it shows as a wait that ends by its time-out; a message before its content, as wrong content; a data race, under the
 * thread sanitizer.
 */
#include "link_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define MESSAGES 30000u

struct party {
	struct rpmsg_virtio_device rvdev;
	struct virtio_device *vdev;
	struct rpmsg_endpoint ept;
	struct party *other;
	sem_t kicked;
	unsigned int sent, received, errors, lost_kicks;
};

static struct fixture *fixture;
static unsigned int ring_num = RING_NUM;
static struct party host, remote;

static int kick(void *priv, uint32_t id)
{
	struct party *party = priv;

	(void)id;
	sem_post(&party->other->kicked);
	return 0;
}

static int sleep_until_kicked(struct party *party)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 5;
	while (sem_timedwait(&party->kicked, &end)) {
		if (errno != EINTR) {
			party->lost_kicks++;
			return -1;
		}
	}
	return 0;
}

static int wait_for_room(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	return sleep_until_kicked(rdev == &host.rvdev.rdev ? &host : &remote) ? RPMSG_ERR_NO_BUFF : RPMSG_SUCCESS;
}

static int count_up(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct party *party = priv;
	uint32_t words[4];

	(void)ept;
	(void)src;
	if (len != sizeof(words)) {
		party->errors++;
		return 0;
	}
	memcpy(words, data, sizeof(words));
	for (unsigned int i = 0; i < 4; i++)
		if (words[i] != party->received * (i + 1))
			party->errors++;
	party->received++;
	return 0;
}

static void send_one(struct party *party)
{
	uint32_t words[4];

	for (unsigned int i = 0; i < 4; i++)
		words[i] = party->sent * (i + 1);
	if (rpmsg_send(&party->ept, words, sizeof(words)) != sizeof(words))
		party->errors++;
	party->sent++;
}

/* Send all, in bursts of changing length, and receive what comes; sleep when there is nothing to do. */
static void *run(void *arg)
{
	struct party *party = arg;
	unsigned int seed = 1;

	while ((party->sent < MESSAGES || party->received < MESSAGES) && !party->errors && !party->lost_kicks) {
		seed = seed * 1664525u + 1013904223u;
		for (unsigned int burst = (seed >> 16) % 12; burst && party->sent < MESSAGES && !party->errors; burst--)
			send_one(party);
		rproc_virtio_notified(party->vdev, RSC_NOTIFY_ID_ANY);
		if (party->sent == MESSAGES && party->received < MESSAGES)
			sleep_until_kicked(party);
	}
	return NULL;
}

static void add_party(struct party *party, struct party *other, unsigned int role, struct side *side)
{
	memset(party, 0, sizeof(*party));
	party->other = other;
	assert_int_equal(sem_init(&party->kicked, 0, 0), 0);
	party->vdev =
		rproc_virtio_create_vdev(role, 0, seen_by(role, &fixture->shm->rsc), &side->io, party, kick, NULL);
	assert_non_null(party->vdev);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(party->vdev, i, i, seen_by(role, fixture->shm->vring[i]),
		                                         &side->io, ring_num, RING_ALIGN),
		                 0);
}

/* Send one message at a time, never when it is expected. */
static void *send_at_odd_times(void *arg)
{
	struct party *party = arg;
	unsigned int seed = 1;

	while (party->sent < MESSAGES && !party->errors && !party->lost_kicks) {
		seed = seed * 1664525u + 1013904223u;
		for (volatile unsigned int spin = (seed >> 16) % 700; spin; spin--)
			;
		send_one(party);
	}
	return NULL;
}

/* Sleep whenever the queue is empty: each message that finds this asleep must bring a kick. */
static void *receive_and_sleep(void *arg)
{
	struct party *party = arg;
	unsigned int before;

	while (party->received < MESSAGES && !party->errors && !party->lost_kicks) {
		before = party->received;
		rproc_virtio_notified(party->vdev, RSC_NOTIFY_ID_ANY);
		if (party->received == before)
			sleep_until_kicked(party);
	}
	return NULL;
}

static void both_up(void)
{
	static const struct rpmsg_virtio_config config = {BUF_SIZE, BUF_SIZE, false};

	add_party(&host, &remote, VIRTIO_DEV_DRIVER, &fixture->host);
	add_party(&remote, &host, VIRTIO_DEV_DEVICE, &fixture->remote);
	rpmsg_virtio_init_shm_pool(&fixture->pool, seen_by(VIRTIO_DEV_DRIVER, fixture->shm->buffers),
	                           2 * ring_num * BUF_SIZE);
	assert_int_equal(
		rpmsg_init_vdev_with_config(&host.rvdev, host.vdev, NULL, &fixture->host.io, &fixture->pool, &config),
		0);
	assert_int_equal(rpmsg_init_vdev(&remote.rvdev, remote.vdev, NULL, &fixture->remote.io, NULL), 0);
	rpmsg_virtio_set_wait_cb(&host.rvdev, wait_for_room);
	rpmsg_virtio_set_wait_cb(&remote.rvdev, wait_for_room);
	host.ept.priv = &host;
	remote.ept.priv = &remote;
	assert_int_equal(rpmsg_create_ept(&host.ept, &host.rvdev.rdev, NULL, 1, 2, count_up, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&remote.ept, &remote.rvdev.rdev, NULL, 2, 1, count_up, NULL), 0);
}

static void run_both(void *(*host_side)(void *), void *(*remote_side)(void *))
{
	pthread_t thread[2];

	assert_int_equal(pthread_create(&thread[0], NULL, host_side, &host), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, remote_side, &remote), 0);
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	assert_int_equal(host.lost_kicks + remote.lost_kicks, 0);
	assert_int_equal(host.errors + remote.errors, 0);
	fixture_check_guards(fixture);
}

static void both_down(void)
{
	rpmsg_deinit_vdev(&remote.rvdev);
	rpmsg_deinit_vdev(&host.rvdev);
	rproc_virtio_remove_vdev(remote.vdev);
	rproc_virtio_remove_vdev(host.vdev);
	sem_destroy(&host.kicked);
	sem_destroy(&remote.kicked);
}

static void no_message_is_lost_while_both_send_and_receive(void **state)
{
	fixture = *state;
	both_up();
	run_both(run, run);
	assert_int_equal(host.received, MESSAGES);
	assert_int_equal(remote.received, MESSAGES);
	both_down();
}

static void a_side_that_sleeps_is_kicked_for_each_message(void **state)
{
	fixture = *state;
	both_up();
	run_both(send_at_odd_times, receive_and_sleep);
	assert_int_equal(remote.received, MESSAGES);
	both_down();
	both_up();
	run_both(receive_and_sleep, send_at_odd_times);
	assert_int_equal(host.received, MESSAGES);
	both_down();
}

/* One buffer for each direction: both are out of buffers nearly always. */
static void both_sides_out_of_their_only_buffer_is_no_deadlock(void **state)
{
	fixture = *state;
	for (ring_num = 1; ring_num <= 2; ring_num++) {
		both_up();
		run_both(run, run);
		assert_int_equal(host.received, MESSAGES);
		assert_int_equal(remote.received, MESSAGES);
		both_down();
	}
	ring_num = RING_NUM;
}

static sem_t waits;

static int tell_and_let_the_port_wait(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	sem_post(&waits);
	return RPMSG_EOPNOTSUPP;
}

static void *send_until_refused(void *arg)
{
	struct party *party = arg;
	static int status;

	do
		status = rpmsg_send(&party->ept, "x", 1);
	while (status == 1);
	return &status;
}

static void a_send_that_waits_in_another_thread_ends_at_once_when_the_peer_is_gone(void **state)
{
	struct timespec start, end;
	struct party *party;
	pthread_t thread;
	void *status;

	fixture = *state;
	for (unsigned int i = 0; i < 2; i++) {
		both_up();
		party = i ? &remote : &host;
		assert_int_equal(sem_init(&waits, 0, 0), 0);
		rpmsg_virtio_set_wait_cb(&party->rvdev, tell_and_let_the_port_wait);
		amp_rpmsg_set_send_timeout(&party->rvdev, 60000);
		assert_int_equal(pthread_create(&thread, NULL, send_until_refused, party), 0);
		sem_wait(&waits);
		clock_gettime(CLOCK_MONOTONIC, &start);
		amp_rpmsg_peer_lost(&party->rvdev);
		pthread_join(thread, &status);
		clock_gettime(CLOCK_MONOTONIC, &end);
		assert_int_equal(*(int *)status, RPMSG_ERR_DEV_STATE);
		assert_in_range(end.tv_sec - start.tv_sec, 0, 5);
		sem_destroy(&waits);
		both_down();
	}
}

/* ------------------------------------------------------------------ endpoints that come and go */

#define LIVES 300u

static struct rpmsg_endpoint shared_ept;
static atomic_uint lives;

static int ignore(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	return 0;
}

/* Ask whether it is ready, and send when it is, as a main loop does. */
static void *poll_and_send(void *arg)
{
	int status;

	(void)arg;
	while (atomic_load(&lives) < LIVES) {
		if (!is_rpmsg_ept_ready(&shared_ept))
			continue;
		status = rpmsg_trysend(&shared_ept, "x", 1);
		if (status != 1 && status != RPMSG_ERR_DEV_STATE && status != RPMSG_ERR_ADDR &&
		    status != RPMSG_ERR_NO_BUFF)
			host.errors++;
	}
	return NULL;
}

/* Created without a counterpart, which its first message makes known; destroyed while the other thread sends. */
static void endpoints_are_polled_and_sent_from_while_they_come_and_go(void **state)
{
	pthread_t thread;

	fixture = *state;
	both_up();
	atomic_store(&lives, 0);
	memset(&shared_ept, 0, sizeof(shared_ept));
	assert_int_equal(rpmsg_create_ept(&shared_ept, &host.rvdev.rdev, NULL, 7, RPMSG_ADDR_ANY, ignore, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, poll_and_send, NULL), 0);
	for (unsigned int life = 0; life < LIVES; life++) {
		assert_int_equal(rpmsg_sendto(&remote.ept, "x", 1, 7), 1);
		rproc_virtio_notified(host.vdev, 0);
		assert_int_equal(is_rpmsg_ept_ready(&shared_ept), 1);
		rproc_virtio_notified(remote.vdev, RSC_NOTIFY_ID_ANY);
		rpmsg_destroy_ept(&shared_ept);
		assert_int_equal(is_rpmsg_ept_ready(&shared_ept), 0);
		assert_int_equal(rpmsg_create_ept(&shared_ept, &host.rvdev.rdev, NULL, 7, RPMSG_ADDR_ANY, ignore, NULL),
		                 0);
		atomic_fetch_add(&lives, 1);
	}
	pthread_join(thread, NULL);
	assert_int_equal(host.errors, 0);
	both_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_message_is_lost_while_both_send_and_receive, fixture_devices,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(a_side_that_sleeps_is_kicked_for_each_message, fixture_devices,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(both_sides_out_of_their_only_buffer_is_no_deadlock, fixture_devices,
	                                        fixture_down),
		cmocka_unit_test_setup_teardown(endpoints_are_polled_and_sent_from_while_they_come_and_go,
	                                        fixture_devices, fixture_down),
		cmocka_unit_test_setup_teardown(a_send_that_waits_in_another_thread_ends_at_once_when_the_peer_is_gone,
	                                        fixture_devices, fixture_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
