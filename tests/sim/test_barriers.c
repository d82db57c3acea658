// SPDX-License-Identifier: GPL-2.0-only
/*
 * Barriers that stay unnoticed between two sides of this library's RPMsg, because other barriers stand beside them:
 * here each has to hold alone, for a device or a driver that uses virtio's functions without RPMsg.
 */
#include <openamp/open_amp.h>
#include <sim/sim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS      2000u
#define TURNS      100u /* looks that a side takes; not all seeds have to get so far */
#define TABLE_AT   64u
#define RING_AT    256u
#define RING_SIZE  4u
#define RING_ALIGN 16u
#define BUFFERS_AT 1024u
#define BLOCK_SIZE 2048u
#define FEATURES   ((1u << VIRTIO_RPMSG_F_NS) | (1u << 5))
#define READY      (VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER | VIRTIO_CONFIG_STATUS_DRIVER_OK)

struct table {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring;
};

/* Each side's own. */
static struct end {
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct virtio_device *vdev;
	struct virtqueue *vq;
} ends[SIM_SIDES];

static unsigned int reached; /* runs in which what matters came about */
static bool found_nothing;   /* the device's look after it asked for kicks */

static int ring_other(void *priv, uint32_t id)
{
	(void)priv;
	sim_ring(id);
	return 0;
}

static void heard(struct virtqueue *vq)
{
	(void)vq;
}

static struct end *open_device(unsigned int role)
{
	struct end *end = &ends[sim_self()];
	char *view = sim_view(sim_self());

	end->phys = 0x1000;
	metal_io_init(&end->io, view, &end->phys, BLOCK_SIZE, (unsigned int)-1, 0, NULL);
	end->vdev = rproc_virtio_create_vdev(role, 0, view + TABLE_AT, &end->io, NULL, ring_other, NULL);
	if (!end->vdev || rproc_virtio_init_vring(end->vdev, 0, 0, view + RING_AT, &end->io, RING_SIZE, RING_ALIGN))
		sim_fail("the virtio device cannot be created");
	return end;
}

/* @return false: the driver has not set the ring up yet */
static bool open_queue(struct end *end)
{
	vq_callback callback = heard;

	if (virtio_create_virtqueues(end->vdev, 0, 1, NULL, &callback, NULL))
		return false;
	end->vq = end->vdev->vrings_info[0].vq;
	virtqueue_set_shmem_io(end->vq, &end->io);
	return true;
}

static bool is_ready(struct end *end)
{
	uint8_t status = 0;

	return virtio_get_status(end->vdev, &status) == 0 && (status & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

/* The device's side, up to its queue. */
static struct end *open_when_ready(void)
{
	struct end *end = open_device(VIRTIO_DEV_DEVICE);

	while (!is_ready(end) || !open_queue(end))
		sim_yield();
	return end;
}

static void offer(struct end *end, unsigned int index)
{
	struct virtqueue_buf buf = {(char *)end->io.virt + BUFFERS_AT + 64 * index, 64};

	if (virtqueue_add_buffer(end->vq, &buf, 1, 0, buf.buf))
		sim_fail("buffer %u cannot be offered", index);
}

/* Nothing can happen any more. */
static bool at_end(void *arg)
{
	(void)arg;
	if (found_nothing)
		sim_fail("the device found nothing and asked for kicks, and was not kicked");
	return false;
}

static void check_seeds(void (*driver)(void *), void (*device)(void *))
{
	struct sim_program program[SIM_SIDES] = {{.main = driver}, {.main = device}};
	struct sim_result result;
	struct table table = {
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .dfeatures = FEATURES, .num_of_vrings = 1},
		.vring = {.align = RING_ALIGN, .num = RING_SIZE},
	};

	reached = 0;
	found_nothing = false;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		struct sim_config config = {
			.seed = seed,
			.block_size = BLOCK_SIZE,
			.max_steps = 20000,
			.switch_odds = 64,
			.commit_odds = 16,
			.stale_odds = 128,
			.on_idle = at_end,
		};

		sim_begin(&config);
		sim_allow_private(ends, sizeof(ends));
		for (size_t at = 0; at < sizeof(table); at += 4)
			sim_poke((uint32_t)(TABLE_AT + at), (char *)&table + at, 4);
		sim_power_on(SIM_HOST, &program[SIM_HOST]);
		sim_power_on(SIM_REMOTE, &program[SIM_REMOTE]);
		sim_run(&result);
		if (result.failed)
			fail_msg("seed %u: %s", seed, result.text);
	}
	assert_true(reached > SEEDS / 10);
}

/* ------------------------------------------------------------------ status */

static void agree(void *arg)
{
	struct end *end = open_device(VIRTIO_DEV_DRIVER);
	uint32_t features;

	(void)arg;
	if (virtio_negotiate_features(end->vdev, FEATURES, &features))
		sim_fail("no features");
	(void)virtio_set_status(end->vdev, READY);
	sim_idle(SIM_NEVER);
}

static void look_at_features(void *arg)
{
	struct end *end = open_device(VIRTIO_DEV_DEVICE);
	uint32_t features;

	(void)arg;
	for (uint32_t turn = 0; turn < TURNS; turn++) {
		if (is_ready(end)) {
			reached++;
			if (virtio_get_features(end->vdev, &features) || features != FEATURES)
				sim_fail("DRIVER_OK, and features 0x%x", (unsigned int)features);
			return;
		}
		sim_yield();
	}
}

/* Fails without the release in set_status(), and without the acquire in get_status(). */
static void a_device_that_sees_driver_ok_sees_the_features_that_were_agreed(void **state)
{
	(void)state;
	check_seeds(agree, look_at_features);
}

/* ------------------------------------------------------------------ the end of a life */

static void offer_two_and_reset(void *arg)
{
	struct end *end = open_device(VIRTIO_DEV_DRIVER);
	uint32_t used;

	(void)arg;
	(void)virtio_reset_device(end->vdev);
	if (!open_queue(end))
		sim_fail("no queue");
	offer(end, 0);
	offer(end, 1);
	(void)virtio_set_status(end->vdev, READY);
	while (!virtqueue_get_buffer(end->vq, NULL, NULL))
		sim_yield();
	(void)virtio_reset_device(end->vdev);
	virtio_delete_virtqueues(end->vdev);
	if (!open_queue(end))
		sim_fail("no queue after a reset");
	reached++;
	for (uint32_t turn = 0; turn < TURNS; turn++) {
		sim_fence();
		used = (uint32_t)sim_load(&end->vq->vq_ring.used->idx, 2, true);
		if (used)
			sim_fail("the ring is new, and has %u used buffers of the life before", (unsigned int)used);
		sim_yield();
	}
}

static void give_back_two_and_let_go(void *arg)
{
	struct end *end = open_when_ready();
	unsigned int returned = 0;
	uint16_t head;
	uint32_t len;

	(void)arg;
	while (returned < 2) {
		if (virtqueue_get_first_avail_buffer(end->vq, &head, &len) &&
		    virtqueue_add_consumed_buffer(end->vq, head, 0) == VQUEUE_SUCCESS)
			returned++;
		sim_yield();
	}
	virtio_delete_virtqueues(end->vdev);
	sim_idle(SIM_NEVER);
}

/* Fails without the release in amp_vq_stop(). */
static void what_a_device_stored_does_not_come_after_it_let_the_ring_go(void **state)
{
	(void)state;
	check_seeds(offer_two_and_reset, give_back_two_and_let_go);
}

/* ------------------------------------------------------------------ asking for kicks */

static void offer_one_and_kick(void *arg)
{
	struct end *end = open_device(VIRTIO_DEV_DRIVER);

	(void)arg;
	(void)virtio_reset_device(end->vdev);
	if (!open_queue(end))
		sim_fail("no queue");
	(void)virtio_set_status(end->vdev, READY);
	sim_idle(SIM_NEVER); /* until the device has its queue, and its kicks are off */
	(void)sim_take_doorbells();
	offer(end, 0);
	virtqueue_kick(end->vq);
	sim_idle(SIM_NEVER);
}

static void ask_for_kicks_and_look(void *arg)
{
	struct end *end = open_when_ready();

	(void)arg;
	virtqueue_disable_cb(end->vq);
	sim_fence();
	sim_ring(0);
	found_nothing = !virtqueue_enable_cb(end->vq);
	reached += found_nothing;
	while (found_nothing) { /* then there has to be a kick: without one, this is never left */
		sim_idle(SIM_NEVER);
		if (sim_take_doorbells())
			found_nothing = false;
	}
}

/* Fails without the fence in virtqueue_enable_cb(), and without the one before the driver's look at the flag. */
static void a_device_that_asks_for_kicks_sees_the_buffer_or_is_kicked(void **state)
{
	(void)state;
	check_seeds(offer_one_and_kick, ask_for_kicks_and_look);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_sees_driver_ok_sees_the_features_that_were_agreed),
		cmocka_unit_test(what_a_device_stored_does_not_come_after_it_let_the_ring_go),
		cmocka_unit_test(a_device_that_asks_for_kicks_sees_the_buffer_or_is_kicked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
