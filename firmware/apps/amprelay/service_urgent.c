// SPDX-License-Identifier: BSD-3-Clause
/*
 * Flow control, if the host accepted it; and an echo that has it, and whose messages pass all others, once amp-command
 * was told "urgent": until then there is no channel, and messages are handed out in their order. Its counterpart is
 * whoever has sent last.
 */
#include "urgent.h"

#include "app.h"
#include "services.h"
#include "trace.h"

#include <amprelay/flow_control.h>
#include <amprelay/link.h>

#define OTHERS  1u /* receive buffers that nobody holds: no endpoint with flow control holds any */
#define RESERVE 4u /* send buffers for urgent messages */
#define ADDRESS 0x104u
#define WINDOW  8u /* messages that it takes ahead */

static struct amp_flow flow;
static struct amp_flow_endpoint urgent;
static bool asked, begun, flows;

void urgent_begin(void)
{
	asked = true;
}

static int echo(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	app_stats.rx++;
	ept->dest_addr = src;
	if (amp_flow_trysend(&urgent, data, (int)len) < 0)
		app_stats.dropped++;
	else
		app_stats.tx++;
	return RPMSG_SUCCESS;
}

static struct rpmsg_virtio_device *link_of(struct rpmsg_endpoint *ept)
{
	return metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
}

static int open_flow(struct rpmsg_endpoint *ept)
{
	int error = flows ? RPMSG_SUCCESS : amp_flow_open(&flow, link_of(ept), OTHERS);

	flows = !error;
	return error;
}

/* A host that knows flow control finds it here from the first message on. */
static void link_up(struct rpmsg_endpoint *ept)
{
	if (virtio_has_feature(link_of(ept)->vdev, AMP_RPMSG_F_FLOW) && open_flow(ept) == RPMSG_SUCCESS)
		amp_trace("link: with flow control\n");
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	static const struct amp_flow_config config = {.window = WINDOW, .flags = AMP_FLOW_URGENT};
	int error;

	(void)now_ms;
	if (!asked || begun)
		return;
	begun = true;
	error = open_flow(ept);
	if (!error)
		error = amp_flow_prioritise(&flow, RESERVE);
	if (!error)
		error = amp_flow_create_ept(&flow, &urgent, "amp-urgent", ADDRESS, RPMSG_ADDR_ANY, echo, NULL, &config);
	if (error)
		amp_trace("urgent: %s\n", amp_strerror(error));
}

static void link_down(void)
{
	asked = begun = flows = false;
}

/* A message to it does nothing: it is here for its turn. */
static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	(void)ept, (void)data, (void)len, (void)src;
}

const struct service service_urgent = {
	.addr = 0x3fd,
	.receive = receive,
	.link_up = link_up,
	.turn = turn,
	.link_down = link_down,
};
