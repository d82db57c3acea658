// SPDX-License-Identifier: BSD-3-Clause
/*
 * Messages and ring entries that no sound core sends. This is a service without a channel: as a service it has turns in
 * the main loop, and an endpoint to send from.
 */
#include "misbehave.h"

#include "format.h"
#include "services.h"

#include <openamp/rpmsg_virtio.h>
#include <openamp/virtqueue.h>

#include <string.h>

#define NS_CREATE  0u
#define NS_DESTROY 1u

/* As many in one turn, so that the main loop comes round. */
#define BATCH 16u

struct announcement {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;
	uint32_t flags;
};

static const struct kind *current;
static uint32_t left, done;

static int announce(struct rpmsg_endpoint *ept, const char *name, uint32_t addr, uint32_t flags)
{
	struct announcement message = {.addr = addr, .flags = flags};

	amp_format(message.name, sizeof(message.name), "%s", name);
	return rpmsg_trysendto(ept, &message, sizeof(message), RPMSG_NS_EPT_ADDR);
}

/* Asks Linux to destroy its own name service. */
static bool destroy_name_service(struct rpmsg_endpoint *ept)
{
	return announce(ept, "rpmsg_ns", RPMSG_NS_EPT_ADDR, NS_DESTROY) >= 0;
}

/* Asks Linux to destroy its control device, whatever its address. */
static bool destroy_control(struct rpmsg_endpoint *ept)
{
	return announce(ept, "rpmsg_ctrl", RPMSG_ADDR_ANY, NS_DESTROY) >= 0;
}

/* Announces a channel that nobody needs. */
static bool announce_another(struct rpmsg_endpoint *ept)
{
	return announce(ept, "amp-flood", 0x10000u + done, NS_CREATE) >= 0;
}

/* Returns a buffer as if less than a header had been written, with a message that claims 65 535 bytes. */
static bool used_too_short(struct rpmsg_endpoint *ept)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
	uint32_t length;
	uint16_t index;
	uint32_t *header = virtqueue_get_first_avail_buffer(rvdev->svq, &index, &length);

	if (!header)
		return false;
	header[0] = ept->addr;
	header[1] = RPMSG_NS_EPT_ADDR;
	header[2] = 0;
	header[3] = UINT16_MAX; /* length; the flags above it are 0 */
	if (virtqueue_add_consumed_buffer(rvdev->svq, index, 4) == VQUEUE_SUCCESS)
		virtqueue_kick(rvdev->svq);
	return true;
}

const char misbehave_kinds[] = "ns-destroy, ctrl-destroy, ns-flood, used-length";

static const struct kind {
	const char *name;
	bool (*once)(struct rpmsg_endpoint *ept); /**< false: no buffer is free now */
} kinds[] = {
	{"ns-destroy", destroy_name_service},
	{"ctrl-destroy", destroy_control},
	{"ns-flood", announce_another},
	{"used-length", used_too_short},
};

bool misbehave(const char *text)
{
	const char *digit = text;
	uint32_t count = 0;
	size_t name;

	while (*digit && *digit != ' ')
		digit++;
	name = (size_t)(digit - text);
	while (*digit == ' ')
		digit++;
	if (!*digit)
		count = 1;
	for (; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || count >= 100000)
			return false;
		count = count * 10 + (uint32_t)(*digit - '0');
	}
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == name && memcmp(kinds[i].name, text, name) == 0) {
			current = &kinds[i];
			left = count;
			done = 0;
			return true;
		}
	}
	return false;
}

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	(void)ept;
	(void)data;
	(void)len;
	(void)src;
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	(void)now_ms;
	for (uint32_t batch = 0; batch < BATCH && left && current->once(ept); batch++) {
		left--;
		done++;
	}
}

static void link_down(void)
{
	left = 0;
}

const struct service service_misbehave = {
	.addr = 0x3ff,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
};
