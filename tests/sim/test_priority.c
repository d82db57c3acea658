// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long an urgent message takes, in virtual time, while another endpoint floods the link: from the call that sends
 * it, buffers or none, to its callback. In both directions.
 */
#include <amprelay/flow_control.h>
#include <amprelay/link.h>
#include <openamp/open_amp.h>
#include <sim/sim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS       10u
#define URGENT      100u   /* messages in a run */
#define PAUSE_NS    50000u /* at least between two */
#define WORK_NS     5000u  /* what the callback of the flood takes */
#define BELL_NS     20000u /* a doorbell takes up to so long */
#define RING_SIZE   8u
#define RING_ALIGN  16u
#define BUFFER_SIZE 64u
#define TABLE_AT    64u
#define RING_AT(i)  (256u + 512u * (i))
#define BUFFERS_AT  1536u
#define BLOCK_SIZE  (BUFFERS_AT + 2 * RING_SIZE * BUFFER_SIZE)
#define FEATURES    (1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_FLOW)

enum {
	URGENT_ADDR = 10,
	FLOOD_ADDR = 11
};

struct table {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
};

/* Each side's own. */
static struct end {
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct rpmsg_virtio_shm_pool pool;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct amp_flow flow;
	struct amp_flow_endpoint urgent, flood;
	uint32_t kicks;
	bool ready;
} ends[SIM_SIDES];

/* What a run is like. */
static struct {
	enum sim_side_id sender;
	bool floods, prioritises;
} plan;

static uint64_t sent_at[URGENT];
static uint32_t latencies[SEEDS * URGENT]; /* ns */
static uint32_t num_latencies, num_floods;

static struct end *self(void)
{
	return &ends[sim_self()];
}

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	sim_ring(id);
	return 0;
}

static void look(struct end *end)
{
	end->kicks |= sim_take_doorbells();
	while (end->kicks) {
		end->kicks = 0;
		rproc_virtio_notified(end->vdev, RSC_NOTIFY_ID_ANY);
	}
}

/* Time passes; doorbells wait. */
static void work(struct end *end, uint64_t until)
{
	while (sim_now() < until) {
		end->kicks |= sim_take_doorbells();
		sim_idle(until);
	}
}

static int receive_urgent(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t number;

	(void)ept, (void)src, (void)priv;
	sim_copy_out(&number, data, sizeof(number));
	if (len != sizeof(number) || number >= URGENT || !sent_at[number])
		sim_fail("an urgent message that was not sent, or comes twice");
	latencies[num_latencies++] = (uint32_t)(sim_now() - sent_at[number]);
	sent_at[number] = 0;
	return RPMSG_SUCCESS;
}

static int receive_flood(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	num_floods++;
	work(self(), sim_now() + WORK_NS);
	return RPMSG_SUCCESS;
}

static void open_link(struct end *end)
{
	static const struct rpmsg_virtio_config sizes = {BUFFER_SIZE, BUFFER_SIZE, false};
	const struct amp_flow_config urgent = {.flags = AMP_FLOW_URGENT}, usual = {.window = 0};
	bool driver = sim_self() == SIM_HOST;
	char *view = sim_view(sim_self());
	int status;

	end->phys = 0x1000;
	metal_io_init(&end->io, view, &end->phys, BLOCK_SIZE, (unsigned int)-1, 0, NULL);
	end->vdev = rproc_virtio_create_vdev(driver ? VIRTIO_DEV_DRIVER : VIRTIO_DEV_DEVICE, 0, view + TABLE_AT,
	                                     &end->io, NULL, kick, NULL);
	for (uint32_t i = 0; i < 2; i++)
		rproc_virtio_init_vring(end->vdev, i, i, view + RING_AT(i), &end->io, RING_SIZE, RING_ALIGN);
	rpmsg_virtio_init_shm_pool(&end->pool, view + BUFFERS_AT, BLOCK_SIZE - BUFFERS_AT);
	if (driver)
		(void)amp_flow_accept(end->vdev);
	status = rpmsg_init_vdev_with_config(&end->rvdev, end->vdev, NULL, &end->io, &end->pool, &sizes);
	if (!status)
		status = amp_flow_open(&end->flow, &end->rvdev, 1);
	if (!status && plan.prioritises)
		status = amp_flow_prioritise(&end->flow, 2);
	if (!status)
		status = amp_flow_create_ept(&end->flow, &end->urgent, NULL, URGENT_ADDR, URGENT_ADDR, receive_urgent,
		                             NULL, &urgent);
	if (!status)
		status = amp_flow_create_ept(&end->flow, &end->flood, NULL, FLOOD_ADDR, FLOOD_ADDR, receive_flood, NULL,
		                             &usual);
	if (status)
		sim_fail("no link: %s", amp_strerror(status));
	end->ready = true;
}

/* Until it is time for the next urgent message. */
static void pass_time(struct end *end, uint64_t until)
{
	while (sim_now() < until) {
		look(end);
		if (!plan.floods || amp_flow_trysend(&end->flood, "flood", 5) != 5)
			work(end, plan.floods ? sim_now() + 1000 : until);
	}
}

static void send_main(struct end *end)
{
	for (uint32_t number = 0; number < URGENT; number++) {
		pass_time(end, sim_now() + PAUSE_NS + sim_random(PAUSE_NS));
		sent_at[number] = sim_now();
		while (amp_flow_trysend(&end->urgent, &number, sizeof(number)) != sizeof(number)) {
			work(end, sim_now() + 500);
			look(end);
		}
	}
	for (;;) {
		look(end);
		sim_idle(SIM_NEVER);
	}
}

static void side_main(void *arg)
{
	struct end *end = self();

	(void)arg;
	open_link(end);
	while (!ends[SIM_HOST].ready || !ends[SIM_REMOTE].ready) {
		look(end);
		sim_yield();
	}
	if (sim_self() == plan.sender)
		send_main(end);
	for (;;) {
		look(end);
		sim_idle(SIM_NEVER);
	}
}

static bool at_end(void *arg)
{
	(void)arg;
	return false;
}

static void run(uint32_t seed)
{
	const struct sim_program program = {.main = side_main};
	const struct table table = {
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .dfeatures = FEATURES, .num_of_vrings = 2},
		.vring = {{.align = RING_ALIGN, .num = RING_SIZE, .notifyid = 0},
	                  {.align = RING_ALIGN, .num = RING_SIZE, .notifyid = 1}},
	};
	struct sim_config config = {
		.seed = seed,
		.block_size = BLOCK_SIZE,
		.max_steps = 10000000,
		.switch_odds = 64,
		.commit_odds = 64,
		.bell_late = 256,
		.bell_delay_ns = BELL_NS,
		.on_idle = at_end,
	};
	struct sim_result result;

	memset(ends, 0, sizeof(ends));
	memset(sent_at, 0, sizeof(sent_at));
	sim_begin(&config);
	sim_allow_private(ends, sizeof(ends));
	for (size_t at = 0; at < sizeof(table); at += 4)
		sim_poke((uint32_t)(TABLE_AT + at), (const char *)&table + at, 4);
	sim_power_on(SIM_HOST, &program);
	sim_power_on(SIM_REMOTE, &program);
	sim_run(&result);
	if (result.failed)
		fail_msg("seed %u: %s", seed, result.text);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* @return the 99th percentile, in ns */
static uint32_t p99(enum sim_side_id sender, bool floods, bool prioritises, const char *what)
{
	plan.sender = sender;
	plan.floods = floods;
	plan.prioritises = prioritises;
	num_latencies = num_floods = 0;
	for (uint32_t seed = 1; seed <= SEEDS; seed++)
		run(seed);
	assert_int_equal(num_latencies, SEEDS * URGENT);
	qsort(latencies, num_latencies, sizeof(latencies[0]), compare);
	print_message("from %s, %-22s median %6.1f us, p99 %6.1f us, %u messages of the flood\n",
	              sender == SIM_HOST ? "host  " : "remote", what, latencies[num_latencies / 2] / 1e3,
	              latencies[num_latencies * 99 / 100] / 1e3, num_floods);
	return latencies[num_latencies * 99 / 100];
}

static void an_urgent_message_takes_at_most_twice_as_long_under_a_flood(void **state)
{
	(void)state;
	for (enum sim_side_id sender = SIM_HOST; sender < SIM_SIDES; sender++) {
		uint32_t idle = p99(sender, false, true, "idle:"), flood = p99(sender, true, true, "flood:"),
			 without = p99(sender, true, false, "flood, no priorities:");

		assert_true(flood <= 2 * idle);
		assert_true(without > 2 * idle); /* it was a flood */
		assert_true(num_floods > SEEDS * URGENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_urgent_message_takes_at_most_twice_as_long_under_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
