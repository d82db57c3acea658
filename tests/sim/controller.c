// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands above both sides: it switches them on and off, tells the host about the remote, and injects the
 * faults.
 */
#include "oracle.h"
#include "schedule.h"

#include <amprelay/buffer_sizes.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define PLANS_MAX 8u
#define STATUS_AT offsetof(struct fw_rsc_vdev, status)

enum action {
	START_HOST,
	START_REMOTE,
	TELL_HOST, /* that its peer died */
	POWER_UP,  /* everything, with fresh memory */
};

static struct {
	const struct schedule *schedule;
	uint32_t next_fault;
	uint32_t events[SIM_SIDES];
	uint8_t request;    /* see controller_request() */
	bool fault_at_rest; /* the last fault came when nothing went on */
	struct {
		uint64_t when;
		enum action action;
	} plan[PLANS_MAX]; /* what will be done later */
	uint32_t num_plans;
	/* As they were at the last step: indices, or the states of a packed ring's descriptors. */
	uint16_t avail[2], used[2], state[2][RING_MAX];
} controller;

#define TABLE_SIZE (sizeof(struct fw_rsc_vdev) + 2 * sizeof(struct fw_rsc_vdev_vring))

/* What the remote asks for stands behind the vrings. */
struct table {
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	union {
		struct amp_rpmsg_space linuxs;
		struct amp_rpmsg_nuttx_space nuttxs;
	} space;
};

static void ask_for_sizes(struct table *table)
{
	const struct schedule *schedule = controller.schedule;

	if (!schedule->asked[SIM_HOST])
		return;
	if (schedule->nuttx) {
		table->vdev.dfeatures |= 1u << AMP_RPMSG_F_NUTTX_BUFSZ;
		table->space.nuttxs.r2h_size = schedule->asked[SIM_HOST];
		table->space.nuttxs.h2r_size = schedule->asked[SIM_REMOTE];
		table->vdev.config_len = sizeof(table->space.nuttxs);
	} else {
		table->vdev.dfeatures |= 1u << AMP_RPMSG_F_BUFSZ;
		table->space.linuxs =
			(struct amp_rpmsg_space)AMP_RPMSG_SPACE(schedule->asked[SIM_HOST], schedule->asked[SIM_REMOTE]);
		table->vdev.config_len = sizeof(table->space.linuxs);
	}
}

/* The remote's resource table, as its image has it, and nothing else. */
static void fresh_block(void)
{
	const struct schedule *schedule = controller.schedule;
	struct table table;
	uint64_t zero = 0;

	for (uint32_t i = 0; i < schedule->sim.block_size; i += sizeof(zero))
		sim_poke(i, &zero, sizeof(zero));
	memset(&table, 0, sizeof(table));
	table.vdev.type = RSC_VDEV;
	table.vdev.id = 7; /* RPMsg */
	table.vdev.dfeatures = 1 | (uint32_t)schedule->ns_ack << AMP_RPMSG_F_NS_ACK;
	table.vdev.num_of_vrings = 2;
	for (uint32_t i = 0; i < 2; i++) {
		table.vring[i].align = RING_ALIGN;
		table.vring[i].num = schedule->ring_size;
		table.vring[i].notifyid = i;
	}
	ask_for_sizes(&table);
	for (uint32_t i = 0; i < sizeof(table); i += 4)
		sim_poke(TABLE_AT + i, (const char *)&table + i, 4);
}

static void describe_block(void)
{
	static const char *const names[2][3] = {{"to_host.desc", "to_host.avail", "to_host.used"},
	                                        {"to_remote.desc", "to_remote.avail", "to_remote.used"}};
	uint32_t n = controller.schedule->ring_size, avail, used;
	bool honest =
		controller.schedule->class != CLASS_HOSTILE; /* descriptors of others lead anywhere in the block */

	sim_name(TABLE_AT, sizeof(struct table), "table");
	if (honest) {
		sim_reserve(TABLE_AT, STATUS_AT, SIM_HOST); /* a device answers requests in the status */
		sim_reserve(TABLE_AT + STATUS_AT + 1, TABLE_SIZE - STATUS_AT - 1, SIM_HOST);
		sim_reserve(TABLE_AT + TABLE_SIZE, sizeof(struct table) - TABLE_SIZE, SIM_REMOTE);
	}
	for (uint32_t i = 0; i < 2; i++) {
		avail = RING_AT(i) + 16 * n;
		used = (avail + 6 + 2 * n + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
		sim_name(RING_AT(i), 16 * n, names[i][0]);
		if (honest && AMP_WITH_PACKED_RINGS) {
			sim_reserve(avail, used - avail, SIM_HOST);
			sim_reserve(used, 4, SIM_REMOTE); /* both write to the descriptors */
			continue;
		}
		sim_name(avail, used - avail, names[i][1]);
		sim_name(used, 6 + 8 * n, names[i][2]);
		if (!honest)
			continue;
		sim_reserve(RING_AT(i), used - RING_AT(i), SIM_HOST);
		sim_reserve(used, 4 + 8 * n, SIM_REMOTE); /* a host answers for the mark of a dead one */
	}
	sim_name(BUFFERS_AT, pool_size(controller.schedule), "buffers");
}

/* ------------------------------------------------------------------ what it does */

static void later(enum action action)
{
	static const uint32_t delays[] = {0, 1000, 20000, 100000};
	uint32_t i = controller.num_plans;

	if (i == PLANS_MAX)
		return;
	controller.plan[i].when = sim_now() + sim_random(delays[sim_random(4)] + 1);
	controller.plan[i].action = action;
	controller.num_plans++;
}

static bool planned(enum action action)
{
	for (uint32_t i = 0; i < controller.num_plans; i++)
		if (controller.plan[i].action == action)
			return true;
	return false;
}

static void event(enum sim_side_id id, uint32_t events)
{
	controller.events[id] |= events;
	sim_wake(id);
}

static void act(enum action action)
{
	if (action == POWER_UP) {
		fresh_block();
		oracle_trust(true);
	}
	if (action == TELL_HOST)
		event(SIM_HOST, EVENT_PEER_DIED);
	if ((action == START_HOST || action == POWER_UP) && !sim_is_on(SIM_HOST))
		sim_power_on(SIM_HOST, application_program(SIM_HOST));
	if ((action == START_REMOTE || action == POWER_UP) && !sim_is_on(SIM_REMOTE))
		sim_power_on(SIM_REMOTE, application_program(SIM_REMOTE));
}

static void on_power_off(void *arg, enum sim_side_id id)
{
	(void)arg;
	oracle_close(id, true);
	controller.events[id] = 0;
}

/* What is to follow is planned first: if the side in whose context this runs dies, it does not come back here. */
static void inject(enum fault kind)
{
	uint32_t word;

	switch (kind) {
	case FAULT_REMOTE_CRASH:
		later(TELL_HOST);
		sim_power_off(SIM_REMOTE);
		break;
	case FAULT_REMOTE_REBOOT:
		if (!sim_is_on(SIM_REMOTE))
			break; /* who has switched it off knows that it stays off */
		later(START_REMOTE);
		later(TELL_HOST);
		sim_power_off(SIM_REMOTE);
		break;
	case FAULT_REMOTE_LEAVE:
		event(SIM_REMOTE, EVENT_LEAVE);
		break;
	case FAULT_HOST_CRASH:
		later(START_HOST);
		sim_power_off(SIM_HOST);
		break;
	case FAULT_HOST_RELINK:
	case FAULT_HOST_ASK_10:
	case FAULT_HOST_ASK_20:
		controller.request = kind == FAULT_HOST_RELINK ? 0 : kind == FAULT_HOST_ASK_10 ? 0x10 : 0x20;
		event(SIM_HOST, EVENT_RELINK);
		break;
	case FAULT_POWER_CYCLE:
		controller.num_plans = 0;
		later(POWER_UP);
		/* The one in whose context this runs last. */
		sim_power_off(sim_running(SIM_HOST) ? SIM_REMOTE : SIM_HOST);
		sim_power_off(sim_running(SIM_HOST) ? SIM_HOST : SIM_REMOTE);
		break;
	case FAULT_CORRUPT:
		word = sim_random(3) ? sim_random(UINT32_MAX) : sim_random(2) ? sim_random(16) : 1u << sim_random(32);
		sim_poke(4 * sim_random(controller.schedule->sim.block_size / 4), &word, 1u << sim_random(3));
		break;
	default:
		break;
	}
}

static bool next_fault(void)
{
	if (controller.next_fault == controller.schedule->num_faults)
		return false;
	inject(controller.schedule->fault[controller.next_fault++].kind);
	return true;
}

static uint16_t index_at(uint32_t offset)
{
	uint16_t index;

	memcpy(&index, sim_block() + offset, sizeof(index));
	return index;
}

bool controller_ring_stands(void)
{
	uint32_t n = controller.schedule->ring_size;

	/* A host that waited in vain zeroes the ring word by word; the mark goes last. */
	if (controller.schedule->class == CLASS_SLOW)
		return false;
	/* the device's mark behind the used entries, or its event suppression; nothing but a driver's zeroing takes it
	 * away */
	return index_at((RING_AT(1) + 16 * n + 6 + 2 * n + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN + 4 +
	                (AMP_WITH_PACKED_RINGS ? 0 : 8 * n)) != 0;
}

/* A descriptor becomes available, used, available in the other round, used in the other round, and so on. */
static void check_packed_ring(uint32_t ring)
{
	static const uint16_t next[4] = {0x0080, 0x8080, 0x0000, 0x8000}; /* behind 0, 0x0080, 0x8000, 0x8080 */
	uint16_t flags, id, *was;

	for (uint32_t i = 0; i < controller.schedule->ring_size; i++) {
		was = &controller.state[ring][i];
		id = index_at(RING_AT(ring) + 16 * i + 12);
		flags = index_at(RING_AT(ring) + 16 * i + 14);
		if (((flags & 0x8080) != *was && (flags & 0x8080) != next[*was >> 14 | (*was >> 7 & 1)]) ||
		    flags & ~0x8082 || id >= controller.schedule->ring_size)
			sim_fail("ring %u: descriptor %u has id %u and flags 0x%04x, and was 0x%04x", ring, i, id,
			         flags, *was);
		*was = flags & 0x8080;
	}
}

/*
 * What stands in memory is true at every moment, not only when somebody looks: no index goes back or ahead of what the
 * ring holds. For runs in which the rings are started once.
 */
static void check_rings(void)
{
	static const uint8_t driver_ok = 4;
	uint32_t n = controller.schedule->ring_size;
	uint16_t avail, used;

	if (!(sim_block()[TABLE_AT + STATUS_AT] & driver_ok))
		return;
	for (uint32_t i = 0; i < 2; i++) {
		if (AMP_WITH_PACKED_RINGS) {
			check_packed_ring(i);
			continue;
		}
		avail = index_at(RING_AT(i) + 16 * n + 2);
		used = index_at((RING_AT(i) + 16 * n + 6 + 2 * n + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN + 2);
		if (avail < controller.avail[i] || used < controller.used[i] || used > avail || avail > used + n)
			sim_fail("ring %u: available %u (was %u), used %u (was %u), of %u", i, avail,
			         controller.avail[i], used, controller.used[i], n);
		controller.avail[i] = avail;
		controller.used[i] = used;
	}
}

static void on_step(void *arg, uint64_t step)
{
	(void)arg;
	if (controller.schedule->class == CLASS_ORDER || controller.schedule->class == CLASS_DOORBELL)
		check_rings();
	for (uint32_t i = 0; i < controller.num_plans; i++) {
		enum action action = controller.plan[i].action;

		if (controller.plan[i].when > sim_now())
			continue;
		controller.plan[i--] = controller.plan[--controller.num_plans];
		act(action);
	}
	if (controller.next_fault < controller.schedule->num_faults &&
	    controller.schedule->fault[controller.next_fault].step <= step)
		(void)next_fault();
}

static bool at_rest(void *arg)
{
	(void)arg;
	return oracle_complete() && application_done();
}

static bool on_idle(void *arg)
{
	enum action action;
	char text[200];

	(void)arg;
	if (controller.num_plans) {
		action = controller.plan[0].action;
		controller.plan[0] = controller.plan[--controller.num_plans];
		act(action);
		return true;
	}
	if (next_fault()) {
		controller.fault_at_rest = true;
		return true;
	}
	if (!oracle_complete()) {
		oracle_explain(text, sizeof(text));
		sim_fail("both sides sleep, but are not done: a wake-up was lost. %s", text);
		return false;
	}
	application_check_end();
	return false;
}

uint32_t controller_events(void)
{
	uint32_t events = controller.events[sim_self()];

	controller.events[sim_self()] = 0;
	return events;
}

bool controller_remote_is_off(void)
{
	return !sim_is_on(SIM_REMOTE) && !planned(START_REMOTE);
}

uint8_t controller_request(void)
{
	uint8_t request = controller.request;

	controller.request = 0;
	return request;
}

bool schedule_fault_came_at_rest(void)
{
	return controller.fault_at_rest;
}

void controller_start_remote(void)
{
	if (!sim_is_on(SIM_REMOTE) && !planned(START_REMOTE))
		later(START_REMOTE);
}

void controller_remote_left(void)
{
	later(TELL_HOST);
}

bool schedule_run(const struct schedule *schedule, struct sim_result *result)
{
	struct sim_config config = schedule->sim;
	enum sim_side_id id;

	config.on_step = on_step;
	config.on_power_off = on_power_off;
	config.at_rest = at_rest;
	config.on_idle = on_idle;
	memset(&controller, 0, sizeof(controller));
	controller.schedule = schedule;
	oracle_begin();
	oracle_weak(schedule->sim.commit_odds < 256);
	oracle_trust(schedule->class != CLASS_HOSTILE);
	application_begin(schedule);
	for (id = SIM_HOST; id < SIM_SIDES; id++)
		if (schedule->interrupts[id] && schedule->waits[id])
			oracle_unordered(id);
	sim_begin(&config);
	describe_block();
	fresh_block();
	later(START_HOST);
	later(START_REMOTE);
	sim_run(result);
	return !result->failed;
}
