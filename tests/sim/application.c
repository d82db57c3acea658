// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs of host and remote: ordinary users of the library, with a random way of using it.
 *
 * The remote announces an endpoint, the host binds to it; then both send numbered messages, answer some from their
 * callbacks, keep some buffers for a while, and write some messages in place (traffic.c). When a link ends they take it
 * down and bring up the next.
 */
#include "application.h"

#include <amprelay/buffer_sizes.h>
#include <openamp/remoteproc_virtio.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_PREFIX "session-"

static struct application application[SIM_SIDES];
const struct schedule *plan;

struct application *application_self(void)
{
	return &application[sim_self()];
}

/* ------------------------------------------------------------------ events */

static void on_link_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct application *app = arg;

	if (rvdev != &app->rvdev || app != application_self())
		sim_fail("the link callback of the other side was called");
	oracle_link_lost(sim_self(), reason);
	app->lost = true;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	struct application *app = application_self();

	if (strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) == 0)
		oracle_announced(sim_self(), (uint32_t)atoi(name + strlen(NAME_PREFIX)));
	if (app->ept.rdev) /* a hostile peer announces what it likes */
		return;
	if (rpmsg_create_ept(&app->ept, rdev, name, RPMSG_ADDR_ANY, dest, receive_message, NULL) != RPMSG_SUCCESS)
		sim_fail("the host cannot bind to an announced name");
}

static void take_events(struct application *app)
{
	uint32_t events = controller_events();
	unsigned int flags;

	if (events & EVENT_RELINK)
		app->relink = true;
	if (events & EVENT_LEAVE)
		app->leave = app->relink = true;
	if (events & EVENT_PEER_DIED) {
		flags = sim_irq_save(); /* a reception: see take_kicks() */
		if (app->connected)
			amp_rpmsg_peer_lost(&app->rvdev);
		sim_irq_restore(flags);
		app->relink = true;
	}
}

/* Let the library look after the kicks that came. */
static void take_kicks(struct application *app)
{
	unsigned int flags;
	uint32_t kicks;

	app->kicks |= sim_take_doorbells();
	if (!app->connected)
		return;
	/* Received in one context at a time: an interrupt between a message and its callback would overtake it. */
	flags = sim_irq_save();
	while ((kicks = app->kicks) != 0) {
		app->kicks = 0;
		for (uint32_t id = 0; id < SIM_DOORBELLS; id++)
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
	struct application *app = application_self();

	(void)rdev;
	(void)id;
	/* Where no doorbell is lost, a buffer that comes back rings; no look after a while must be needed. */
	sim_idle(plan->tick_ns == SIM_NEVER ? SIM_NEVER : sim_now() + plan->tick_ns);
	take_events(app);
	app->kicks |= sim_take_doorbells();
	return RPMSG_SUCCESS;
}

static int kick_peer(void *priv, uint32_t id)
{
	(void)priv;
	sim_ring(id % SIM_DOORBELLS);
	return 0;
}

/* ------------------------------------------------------------------ the life of a link */

static bool create_device(struct application *app, unsigned int role)
{
	char *view = sim_view(sim_self());

	app->phys = plan->seed & 1 ? PHYS_HIGH : PHYS_BASE;
	metal_io_init(&app->io, view, &app->phys, plan->sim.block_size, (unsigned int)-1, 0, NULL);
	app->vdev = rproc_virtio_create_vdev(role, 0, view + TABLE_AT, &app->io, app, kick_peer, NULL);
	for (uint32_t i = 0; app->vdev && i < 2; i++) {
		if (rproc_virtio_init_vring(app->vdev, i, i, view + RING_AT(i), &app->io, plan->ring_size,
		                            RING_ALIGN)) {
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
	if (WITH_RECEIPTS && amp_receipts_open(&app->receipts, &app->rvdev, app->slots, RING_MAX, 0))
		sim_fail("a link that is up has no receipts");
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

/* The sizes that the remote asks for, and no others. A host that knows nothing of that has its own. */
static void negotiate(struct application *app, struct rpmsg_virtio_config *config)
{
	const char *wrong = plan->ignored ? NULL : amp_rpmsg_negotiate_buffers(app->vdev, config, NULL, NULL);

	if (!oracle_trusts())
		return;
	if (wrong)
		sim_fail("the sizes of buffers are refused: %s", wrong);
	if (config->r2h_buf_size != buffer_size(plan, SIM_HOST) ||
	    config->h2r_buf_size != buffer_size(plan, SIM_REMOTE))
		sim_fail("buffers of %u and %u bytes are not what was asked for", config->r2h_buf_size,
		         config->h2r_buf_size);
}

static bool host_connect(struct application *app)
{
	struct rpmsg_virtio_config config = {BUFFER_SIZE, BUFFER_SIZE, false};
	char *view = sim_view(SIM_HOST);
	unsigned int flags;
	int status;

	if (!create_device(app, VIRTIO_DEV_DRIVER))
		return false;
	controller_start_remote();
	app->relink = false;
	flags = sim_irq_save();
	rpmsg_virtio_init_shm_pool(&app->pool, view + BUFFERS_AT, pool_size(plan));
	negotiate(app, &config);
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

static bool remote_connect(struct application *app)
{
	char name[RPMSG_NAME_SIZE];
	unsigned int flags;
	uint32_t session;
	int status;

	if (!app->vdev && !create_device(app, VIRTIO_DEV_DEVICE))
		return false;
	if (!plan->remote_blocks && !driver_ok(app))
		return false;
	flags = sim_irq_save();
	status = rpmsg_init_vdev(&app->rvdev, app->vdev, NULL, &app->io, NULL);
	if (status != RPMSG_SUCCESS) {
		if (status != RPMSG_ERR_DEV_STATE && oracle_trusts())
			sim_fail("the remote's link does not come up: %s", amp_strerror(status));
		sim_irq_restore(flags);
		return false;
	}
	link_is_up(app);
	if (oracle_trusts() &&
	    virtio_has_feature(app->vdev, plan->nuttx ? AMP_RPMSG_F_NUTTX_BUFSZ : AMP_RPMSG_F_BUFSZ) !=
	            (plan->asked[SIM_HOST] && !plan->ignored))
		sim_fail("the remote is told that its sizes are %s", plan->ignored ? "taken" : "not taken");
	session = oracle_session(SIM_REMOTE);
	sim_irq_restore(flags);
	snprintf(name, sizeof(name), NAME_PREFIX "%u", session);
	status = rpmsg_create_ept(&app->ept, &app->rvdev.rdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, receive_message,
	                          NULL);
	if (status != RPMSG_SUCCESS) {
		app->patient = true;
		check_error(status, "rpmsg_create_ept()");
		app->relink = true;
	}
	look(app);
	return true;
}

/* A host that uses nothing any more asks for a reset, and waits for the answer: WIRE.md, section 10. */
static void ask_for_reset(struct application *app, uint8_t request)
{
	uint8_t *status = (uint8_t *)sim_view(SIM_HOST) + TABLE_AT + offsetof(struct fw_rsc_vdev, status);
	uint64_t end = sim_now() + 100000000;

	sim_store(status, 1, request, true);
	sim_fence();
	for (uint32_t id = 0; id < 2; id++)
		sim_ring(id);
	while (sim_load(status, 1, true) && sim_now() < end) {
		sim_idle(end);
		app->kicks |= sim_take_doorbells();
	}
}

static void disconnect(struct application *app)
{
	unsigned int flags;
	uint8_t request = sim_self() == SIM_HOST ? controller_request() : 0;

	while (app->held)
		release_held(app);
	if (request) {
		flags = sim_irq_save();
		amp_rpmsg_peer_lost(&app->rvdev);
		sim_irq_restore(flags);
		ask_for_reset(app, request);
	}
	look_at_receipts(app);
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
			if (!send_message(app)) {
				sim_idle(sim_now() + (plan->slow_odds ? 1000000 : 10000));
				if (plan->tick_ns != SIM_NEVER)
					look(app);
			}
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
	sim_allow_private(application, sizeof(application));
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
	uint32_t receiving = (uint32_t)(rvq->vq_nentries - rvq->vq_free_cnt), sending = 0;

	if ((uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx) != receiving)
		sim_fail("the host has leaked %u receive buffers",
		         receiving - (uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx));
	for (uint32_t i = 0; i < svq->vq_nentries; i++)
		sending += svq->vq_descx[i].ndescs;
	if (sending + rvdev->reclaimed != (uint32_t)(svq->vq_nentries - svq->vq_free_cnt))
		sim_fail("the host has leaked a send buffer: %u on their way, %u free, of %u", sending,
		         rvdev->reclaimed, (uint32_t)(svq->vq_nentries - svq->vq_free_cnt));
}

static void check_remote_buffers(const struct rpmsg_virtio_device *rvdev)
{
	const struct virtqueue *rvq = rvdev->rvq, *svq = rvdev->svq;

	if (rvq->vq_available_idx != rvq->vq_used_cons_idx)
		sim_fail("the remote has leaked %u receive buffers",
		         (uint16_t)(rvq->vq_available_idx - rvq->vq_used_cons_idx));
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
