/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file application.c
 * @brief The programs of host and remote: ordinary users of the library, with a random way of using it.
 *
 * The remote announces an endpoint, the host binds to it; then both send numbered messages, answer some from their callbacks, keep
 * some buffers for a while, and write some messages in place. When a link ends they take it down and bring up the next.
 */
#include "oracle.h"
#include "schedule.h"

#include <amprelay/link.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOAD_MAX (BUFFER_SIZE - 16)
#define NAME_PREFIX "session-"

struct application {
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_endpoint ept;
	bool connected;  /* messages may be received */
	bool lost;       /* the link callback was called */
	bool relink;     /* told to take the link down */
	bool leave;      /* told to leave */
	uint32_t kicks;  /* doorbells that came and were not looked after */
	uint32_t to_send;
	bool patient;    /* a send waits: it must find a buffer in the end */
	void *held;      /* a received buffer that is kept … */
	struct message held_message; /* … and what stands in it */
};

static struct application application[SIM_SIDES];
static const struct schedule *plan;

static struct application *self(void)
{
	return &application[sim_self()];
}

static uint32_t *control_word(void)
{
	return (uint32_t *)(void *)((char *)sim_view(sim_self()) + CONTROL_AT);
}

/* ------------------------------------------------------------------ messages */

static void fill(const struct message *message, uint8_t *payload)
{
	uint32_t i;

	memcpy(payload, message, sizeof(*message));
	for (i = sizeof(*message); i < message->len; i++)
		payload[i] = (uint8_t)(message->number * 31 + message->session * 7 + message->stream + i);
}

static void check_payload(const struct message *message, const void *shared, const char *when)
{
	uint8_t is[PAYLOAD_MAX], should[PAYLOAD_MAX];

	sim_copy_out(is, shared, message->len);
	fill(message, should);
	if (oracle_trusts() && memcmp(is, should, message->len))
		sim_fail("the payload of message %u of session %u is not what was sent, %s", message->number, message->session, when);
}

/* The values that a call of the library may return, other than a count. */
static void check_error(int status, const char *call)
{
	bool honest = oracle_trusts();
	bool alone = plan->class == CLASS_RESTART || plan->class == CLASS_HASTY; /* nobody may be there to give a buffer back */

	if (status == RPMSG_ERR_NO_BUFF && (alone || !honest || self()->patient == false))
		return;
	if (status == RPMSG_ERR_ADDR && alone) /* it has said that it goes */
		return;
	if (status == RPMSG_ERR_DEV_STATE && (self()->lost || !honest))
		return;
	if (!honest && (status >= 0 || status == RPMSG_ERR_BUFF_SIZE || status == RPMSG_ERR_PARAM))
		return;
	sim_fail("%s returned %d, %s", call, status, amp_strerror(status));
}

/* ------------------------------------------------------------------ receiving */

static void answer(struct rpmsg_endpoint *ept)
{
	uint8_t payload[PAYLOAD_MAX];
	struct message message = {.len = (uint16_t)(sizeof(message) + sim_random(PAYLOAD_MAX - sizeof(message) + 1))};
	bool patient = self()->patient;
	unsigned int flags;
	int status;

	/* Callbacks of two contexts may answer at the same time: their numbers must be in the order of their messages. */
	flags = sim_irq_save();
	oracle_sending(sim_self(), STREAM_ECHO, &message);
	fill(&message, payload);
	status = rpmsg_trysend(ept, payload, message.len);
	oracle_sent(sim_self(), STREAM_ECHO, status >= 0);
	sim_irq_restore(flags);
	self()->patient = false;
	if (status != message.len)
		check_error(status, "rpmsg_trysend() in a callback");
	self()->patient = patient;
}

static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct application *app = self();
	struct message message = {0};
	unsigned int flags;

	(void)src;
	(void)priv;
	if (len > PAYLOAD_MAX)
		sim_fail("a message of %zu bytes in a buffer for %u", len, PAYLOAD_MAX);
	if (len < sizeof(message)) {
		if (oracle_trusts())
			sim_fail("a message of %zu bytes", len);
		return RPMSG_SUCCESS;
	}
	/* Another message may come in an interrupt from the first step on: what is first is noted before. */
	flags = sim_irq_save();
	sim_copy_out(&message, data, sizeof(message));
	oracle_received(sim_self(), &message);
	sim_irq_restore(flags);
	if (oracle_trusts() && message.len != len)
		sim_fail("a message of %u bytes arrives with %zu", message.len, len);
	message.len = (uint16_t)len;
	check_payload(&message, data, "when it arrives");
	flags = sim_irq_save();
	if (!app->held && sim_chance(plan->hold_odds)) {
		rpmsg_hold_rx_buffer(ept, data);
		app->held = data;
		app->held_message = message;
	}
	sim_irq_restore(flags);
	if (message.stream == STREAM_MAIN && sim_chance(plan->echo_odds))
		answer(ept);
	return RPMSG_SUCCESS;
}

static void release_held(struct application *app)
{
	void *held = app->held;

	if (!held || (!app->lost && sim_random(2)))
		return;
	if (!app->lost && app->rvdev.link_state == AMP_LINK_UP)
		check_payload(&app->held_message, held, "when it is released");
	rpmsg_release_rx_buffer(&app->ept, held);
	app->held = NULL;
}

/* ------------------------------------------------------------------ events */

static void on_link_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct application *app = arg;

	if (rvdev != &app->rvdev || app != self())
		sim_fail("the link callback of the other side was called");
	oracle_link_lost(sim_self(), reason);
	app->lost = true;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct application *app = self();

	if (strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) == 0)
		oracle_announced(sim_self(), (uint32_t)atoi(name + strlen(NAME_PREFIX)));
	if (app->ept.rdev) /* a hostile peer announces what it likes */
		return;
	if (rpmsg_create_ept(&app->ept, rdev, name, RPMSG_ADDR_ANY, dest, on_message, NULL) != RPMSG_SUCCESS)
		sim_fail("the host cannot bind to an announced name");
}

static void take_events(struct application *app)
{
	uint32_t events = controller_events();

	if (events & EVENT_RELINK)
		app->relink = true;
	if (events & EVENT_LEAVE)
		app->leave = app->relink = true;
	if (events & EVENT_PEER_DIED) {
		if (app->connected)
			amp_rpmsg_peer_lost(&app->rvdev);
		app->relink = true;
	}
}

/* Let the library look after the kicks that came. */
static void take_kicks(struct application *app)
{
	unsigned int flags;
	uint32_t kicks, id;

	app->kicks |= sim_take_doorbells();
	if (!app->connected)
		return;
	/* Received in one context at a time: an interrupt between a message and its callback would overtake it. */
	flags = sim_irq_save();
	while ((kicks = app->kicks) != 0) {
		app->kicks = 0;
		for (id = 0; id < SIM_DOORBELLS; id++)
			if (kicks >> id & 1)
				rproc_virtio_notified(app->vdev, id);
	}
	sim_irq_restore(flags);
}

/* Look at all queues, whatever rang. */
static void look(struct application *app)
{
	unsigned int flags = sim_irq_save();

	rproc_virtio_notified(app->vdev, RSC_NOTIFY_ID_ANY);
	sim_irq_restore(flags);
}

static void on_interrupt(void *arg)
{
	struct application *app = arg;

	take_events(app);
	take_kicks(app);
	sim_wake(sim_self()); /* whatever that changed, the main loop looks at it */
}

/* Called while a send waits for a buffer. */
static int wait_for_buffer(struct rpmsg_device *rdev, uint32_t id)
{
	struct application *app = self();

	(void)rdev;
	(void)id;
	take_events(app);
	app->kicks |= sim_take_doorbells();
	sim_idle(sim_now() + 1000000);
	return RPMSG_SUCCESS;
}

static int kick_peer(void *priv, uint32_t id)
{
	(void)priv;
	sim_ring(id % SIM_DOORBELLS);
	return 0;
}

/* ------------------------------------------------------------------ sending */

static int send_in_place(struct application *app, const uint8_t *payload, int len, bool wait)
{
	void *buffer;
	uint32_t room;
	int status;

	buffer = rpmsg_get_tx_payload_buffer(&app->ept, &room, wait);
	if (!buffer)
		return app->rvdev.link_state == AMP_LINK_UP ? RPMSG_ERR_NO_BUFF : RPMSG_ERR_DEV_STATE;
	if (room < (uint32_t)len && !oracle_trusts()) {
		rpmsg_release_tx_buffer(&app->ept, buffer);
		return RPMSG_ERR_BUFF_SIZE;
	}
	if (room != PAYLOAD_MAX && oracle_trusts())
		sim_fail("room for %u bytes in a buffer for %u", room, PAYLOAD_MAX);
	sim_copy_in(buffer, payload, (size_t)len);
	if (sim_random(8) == 0) {
		status = rpmsg_release_tx_buffer(&app->ept, buffer); /* changed its mind */
		return status ? status : RPMSG_ERR_NO_BUFF;
	}
	return rpmsg_send_nocopy(&app->ept, buffer, len);
}

static void send_one(struct application *app)
{
	uint8_t payload[PAYLOAD_MAX + 1] = {0};
	struct message message = {.len = (uint16_t)(sizeof(message) + sim_random(PAYLOAD_MAX - sizeof(message) + 1))};
	bool wait = plan->waits[sim_self()], in_place = sim_chance(plan->nocopy_odds);
	int status;

	if (sim_random(16) == 0) {
		/* More than fits: refused, and the buffer that was taken for it comes back. */
		status = rpmsg_trysend(&app->ept, payload, PAYLOAD_MAX + 1);
		if (status != RPMSG_ERR_BUFF_SIZE)
			check_error(status, "rpmsg_trysend() of too much");
		return;
	}
	oracle_sending(sim_self(), STREAM_MAIN, &message);
	fill(&message, payload);
	app->patient = wait && !in_place;
	if (in_place)
		status = send_in_place(app, payload, message.len, wait);
	else
		status = wait ? rpmsg_send(&app->ept, payload, message.len) : rpmsg_trysend(&app->ept, payload, message.len);
	oracle_sent(sim_self(), STREAM_MAIN, status >= 0);
	if (status == message.len) {
		app->to_send--;
	} else {
		check_error(status, "a send");
		sim_idle(sim_now() + 10000);
		if (plan->tick_ns != SIM_NEVER)
			look(app);
	}
	app->patient = false;
}

/* ------------------------------------------------------------------ the life of a link */

static bool create_device(struct application *app, unsigned int role)
{
	char *view = sim_view(sim_self());
	uint32_t i;

	app->phys = PHYS_BASE;
	metal_io_init(&app->io, view, &app->phys, plan->sim.block_size, (unsigned int)-1, 0, NULL);
	app->vdev = rproc_virtio_create_vdev(role, 0, view + TABLE_AT, &app->io, app, kick_peer, NULL);
	for (i = 0; app->vdev && i < 2; i++) {
		if (rproc_virtio_init_vring(app->vdev, i, i, view + RING_AT(i), &app->io, plan->ring_size, RING_ALIGN)) {
			rproc_virtio_remove_vdev(app->vdev);
			app->vdev = NULL;
		}
	}
	if (!app->vdev && oracle_trusts())
		sim_fail("the virtio device cannot be created");
	return app->vdev;
}

/* With interrupts masked: from here on they use the link. */
static void link_is_up(struct application *app)
{
	amp_rpmsg_set_link_cb(&app->rvdev, on_link_lost, app);
	amp_rpmsg_set_send_timeout(&app->rvdev, plan->send_timeout_ms);
	if (plan->wait_callback[sim_self()])
		rpmsg_virtio_set_wait_cb(&app->rvdev, wait_for_buffer);
	app->lost = false;
	app->patient = false;
	app->held = NULL;
	app->to_send = plan->messages[sim_self()];
	(void)oracle_open(sim_self());
	app->connected = true;
}

/* Wait until something rings, or until the next routine look. @return whether it is time for that */
static bool wait_for_something(void)
{
	uint64_t tick = plan->tick_ns == SIM_NEVER ? SIM_NEVER : sim_now() + plan->tick_ns;

	sim_idle_tick(tick);
	return sim_now() >= tick;
}

/*
 * Reset the device, and wait until the remote does not use the rings any more. A driver that went on at once could find the
 * last words of the remote's old life in its new rings.
 */
static void reset_and_wait(struct application *app)
{
	virtio_reset_device(app->vdev);
	sim_fence();
	sim_ring(0);
	while (plan->class != CLASS_HASTY && sim_load(control_word(), 4, true)) {
		wait_for_something();
		take_events(app);
		take_kicks(app);
		if (plan->tick_ns != SIM_NEVER)
			sim_ring(0); /* the first one may have been lost */
	}
	controller_start_remote();
}

static bool host_connect(struct application *app)
{
	static const struct rpmsg_virtio_config config = {BUFFER_SIZE, BUFFER_SIZE, false};
	char *view = sim_view(SIM_HOST);
	unsigned int flags;
	int status;

	if (!create_device(app, VIRTIO_DEV_DRIVER))
		return false;
	reset_and_wait(app);
	app->relink = false;
	flags = sim_irq_save();
	rpmsg_virtio_init_shm_pool(&app->pool, view + BUFFERS_AT, plan->buffers * BUFFER_SIZE);
	status = rpmsg_init_vdev_with_config(&app->rvdev, app->vdev, on_bind, &app->io, &app->pool, &config);
	if (status == RPMSG_SUCCESS)
		link_is_up(app);
	else if (oracle_trusts())
		sim_fail("the host's link does not come up: %s", amp_strerror(status));
	else
		rproc_virtio_remove_vdev(app->vdev);
	sim_irq_restore(flags);
	return status == RPMSG_SUCCESS;
}

static bool driver_ok(struct application *app)
{
	uint8_t status = 0;

	(void)virtio_get_status(app->vdev, &status);
	return status & VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

/* Says whether this side may touch the rings; see reset_and_wait(). */
static void say_link(uint32_t up)
{
	sim_store(control_word(), 4, up, true);
	sim_fence();
	if (!up)
		sim_ring(0);
}

static bool remote_connect(struct application *app)
{
	char name[RPMSG_NAME_SIZE];
	unsigned int flags;
	uint32_t session;
	int status;

	if (!app->vdev && !create_device(app, VIRTIO_DEV_DEVICE))
		return false;
	if (!driver_ok(app))
		return false;
	flags = sim_irq_save();
	status = rpmsg_init_vdev(&app->rvdev, app->vdev, NULL, &app->io, NULL);
	if (status != RPMSG_SUCCESS) {
		if (status != RPMSG_ERR_DEV_STATE && oracle_trusts())
			sim_fail("the remote's link does not come up: %s", amp_strerror(status));
		sim_irq_restore(flags);
		return false;
	}
	/* So far the rings were only looked at. A driver that has reset them since, and did not see our word, wrote its status before. */
	say_link(1);
	link_is_up(app);
	if (!driver_ok(app))
		app->relink = true;
	session = oracle_session(SIM_REMOTE);
	sim_irq_restore(flags);
	if (app->relink)
		return true;
	snprintf(name, sizeof(name), NAME_PREFIX "%u", session);
	status = rpmsg_create_ept(&app->ept, &app->rvdev.rdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, on_message, NULL);
	if (status != RPMSG_SUCCESS) {
		app->patient = true;
		check_error(status, "rpmsg_create_ept()");
		app->relink = true;
	}
	look(app);
	return true;
}

static void disconnect(struct application *app)
{
	unsigned int flags;

	while (app->held)
		release_held(app);
	flags = sim_irq_save();
	app->connected = false;
	rpmsg_deinit_vdev(&app->rvdev);
	oracle_close(sim_self(), false);
	if (app->ept.rdev)
		sim_fail("an endpoint outlives its link");
	rproc_virtio_remove_vdev(app->vdev);
	app->vdev = NULL;
	sim_irq_restore(flags);
}

/* Until the link is lost, or is to be taken down. */
static void talk(struct application *app)
{
	while (!app->lost && !app->relink) {
		take_events(app);
		take_kicks(app);
		release_held(app);
		if (app->lost || app->relink)
			break;
		if (app->to_send && is_rpmsg_ept_ready(&app->ept)) {
			send_one(app);
			continue;
		}
		if (app->held)
			continue;
		if (wait_for_something())
			look(app);
	}
}

static void host_main(void *arg)
{
	struct application *app = arg;

	for (;;) {
		if (host_connect(app)) {
			talk(app);
			disconnect(app);
		} else {
			sim_idle(SIM_NEVER);
			take_events(app);
			take_kicks(app);
		}
	}
}

static void remote_main(void *arg)
{
	struct application *app = arg;

	for (;;) {
		if (remote_connect(app)) {
			talk(app);
			disconnect(app);
			say_link(0);
			if (app->leave)
				controller_remote_left();
			app->leave = app->relink = false;
		} else {
			wait_for_something();
			take_events(app);
			take_kicks(app);
		}
	}
}

/* ------------------------------------------------------------------ for the controller */

void application_begin(const struct schedule *schedule)
{
	plan = schedule;
	memset(application, 0, sizeof(application));
}

const struct sim_program *application_program(enum sim_side_id id)
{
	static struct sim_program program[SIM_SIDES];

	memset(&application[id], 0, sizeof(application[id]));
	program[id].main = id == SIM_HOST ? host_main : remote_main;
	program[id].interrupt = plan->interrupts[id] ? on_interrupt : NULL;
	program[id].arg = &application[id];
	return &program[id];
}

/* At rest the other side's driver or device has every buffer that this side does not keep free. */
static void check_host_buffers(const struct rpmsg_virtio_device *rvdev)
{
	const struct virtqueue *rvq = rvdev->rvq, *svq = rvdev->svq;
	uint32_t receiving = (uint32_t)(rvq->vq_nentries - rvq->vq_free_cnt), sending = 0, i;

	if ((uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx) != receiving)
		sim_fail("the host has leaked %u receive buffers",
			 receiving - (uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx));
	for (i = 0; i < svq->vq_nentries; i++)
		sending += svq->vq_descx[i].ndescs;
	if (sending + rvdev->reclaimed != (uint32_t)(svq->vq_nentries - svq->vq_free_cnt))
		sim_fail("the host has leaked a send buffer: %u on their way, %u free, of %u", sending, rvdev->reclaimed,
			 (uint32_t)(svq->vq_nentries - svq->vq_free_cnt));
}

static void check_remote_buffers(const struct rpmsg_virtio_device *rvdev)
{
	const struct virtqueue *rvq = rvdev->rvq, *svq = rvdev->svq;

	if (rvq->vq_available_idx != rvq->vq_used_cons_idx)
		sim_fail("the remote has leaked %u receive buffers", (uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx));
	if ((uint16_t)(svq->vq_available_idx - svq->vq_used_cons_idx) != rvdev->reclaimed)
		sim_fail("the remote has leaked a send buffer: %u taken, %u free",
			 (uint16_t)(svq->vq_available_idx - svq->vq_used_cons_idx), rvdev->reclaimed);
}

bool application_done(void)
{
	return !application[SIM_HOST].to_send && !application[SIM_REMOTE].to_send;
}

void application_check_end(void)
{
	enum sim_side_id id;

	for (id = SIM_HOST; id < SIM_SIDES; id++) {
		if (!application[id].connected || application[id].held || application[id].to_send)
			sim_fail("side %d is at rest but not done: %u messages to send", id, application[id].to_send);
		if (sim_allocations(id) != 3) /* the device and its two queues */
			sim_fail("side %d has %u allocations, not 3", id, sim_allocations(id));
	}
	check_host_buffers(&application[SIM_HOST].rvdev);
	check_remote_buffers(&application[SIM_REMOTE].rvdev);
}
