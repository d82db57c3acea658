// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <amprelay/link.h>
#include <openamp/remoteproc_virtio.h>

#include "common/clock.h"
#include "common/text.h"
#include "hosting.h"
#include "relay/core/core.h"
#include "relay/lab.h"

/* A talk takes one answer. */
static const struct amp_flow_config takes = {.window = 1};

/** One message and the wait for its answer. */
struct host_talk {
	struct hosting *role;
	struct host_talk *next;
	struct amp_flow_endpoint end; /**< exists (end.ept.rdev) once the message has been sent */
	char channel[RPMSG_NAME_SIZE];
	host_talk_done done;
	void *userdata;
	size_t len;
	uint8_t data[];
};

/* ------------------------------------------------------------------ conversations */

static void free_talk(struct rpmsg_endpoint *ept)
{
	free(metal_container_of(ept, struct host_talk, end.ept));
}

void amp_hosting_talk_end(struct host_talk *talk)
{
	struct host_talk **link = &talk->role->talks;

	while (*link != talk)
		link = &(*link)->next;
	*link = talk->next;
	/* inside its own callback the endpoint, and with it the talk, lives until that returns */
	if (talk->end.ept.rdev)
		amp_flow_destroy_ept(&talk->end);
	else
		free(talk);
}

static void finish(struct host_talk *talk, const char *error, const void *answer, size_t len)
{
	talk->done(talk->userdata, error, answer, len);
	amp_hosting_talk_end(talk);
}

static int on_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	finish(metal_container_of(ept, struct host_talk, end.ept), NULL, data, len);
	return RPMSG_SUCCESS;
}

/* Says it, if the channel is there. @return false if the talk is over because that failed */
static bool try_to_say(struct host_talk *talk)
{
	struct hosting *role = talk->role;
	const struct host_channel *channel = NULL;
	char error[128];
	int status;

	for (uint32_t i = 0; i < role->channels; i++) {
		if (strcmp(role->channel[i].name, talk->channel) == 0)
			channel = &role->channel[i];
	}
	if (!channel || talk->end.ept.rdev)
		return true;
	status = amp_flow_create_ept(&role->flow, &talk->end, channel->name, RPMSG_ADDR_ANY, channel->addr, on_answer,
	                             NULL, &takes);
	talk->end.ept.release_cb = free_talk;
	if (status == RPMSG_SUCCESS)
		status = amp_flow_trysend(&talk->end, talk->data, (int)talk->len);
	if (status >= 0)
		return true;
	amp_text(error, sizeof(error), "channel '%s' takes no message: %s", talk->channel, amp_strerror(status));
	finish(talk, error, NULL, 0);
	return false;
}

struct host_talk *amp_hosting_talk(struct core *core, const char *channel, const void *data, size_t len,
                                   host_talk_done done, void *userdata)
{
	struct hosting *role = core->hosting;
	struct host_talk *talk;

	if (!role || !role->vdev || amp_rpmsg_link_state(&role->link) != AMP_LINK_UP) {
		done(userdata, "the relay has no RPMsg link to the core", NULL, 0);
		return NULL;
	}
	talk = calloc(1, sizeof(*talk) + len);
	if (!talk) {
		done(userdata, "the relay is out of memory", NULL, 0);
		return NULL;
	}
	talk->role = role;
	talk->done = done;
	talk->userdata = userdata;
	talk->len = len;
	memcpy(talk->data, data, len);
	amp_text(talk->channel, sizeof(talk->channel), "%s", channel);
	talk->next = role->talks;
	role->talks = talk;
	return try_to_say(talk) ? talk : NULL;
}

/* ------------------------------------------------------------------ channels */

static void record_channel(struct hosting *role, const char *name, uint32_t addr, bool there)
{
	struct core *core = role->core;
	uint32_t suppressed;

	if (amp_ratelimit(&role->announcements, now_ns(), &suppressed))
		amp_record(&core->lab->record, "core.channel", core->config->name, "{s:s, s:I, s:b, s:I, s:I}", "name",
		           name, "addr", (json_int_t)addr, "there", (int)there, "epoch", (json_int_t)core->wire.epoch,
		           "suppressed", (json_int_t)suppressed);
}

static struct hosting *role_of(struct rpmsg_device *rdev)
{
	struct rpmsg_virtio_device *link = metal_container_of(rdev, struct rpmsg_virtio_device, rdev);

	return metal_container_of(link, struct hosting, link);
}

/* The library has terminated the name; which bytes it has is the core's choice. */
static void on_channel(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	struct hosting *role = role_of(rdev);
	struct host_channel *channel;
	struct host_talk *next;

	if (role->channels == HOST_CHANNELS) {
		amp_core_warn(role->core, "it announces more than %d channels", HOST_CHANNELS);
		return;
	}
	channel = &role->channel[role->channels++];
	amp_text_clean(channel->name, sizeof(channel->name), name, RPMSG_NAME_SIZE);
	channel->addr = addr;
	record_channel(role, channel->name, addr, true);
	for (struct host_talk *talk = role->talks; talk; talk = next) {
		next = talk->next;
		try_to_say(talk);
	}
}

static void on_channel_gone(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	struct hosting *role = role_of(rdev);
	char clean[RPMSG_NAME_SIZE];

	amp_text_clean(clean, sizeof(clean), name, RPMSG_NAME_SIZE);
	for (uint32_t i = 0; i < role->channels; i++) {
		if (role->channel[i].addr != addr || strcmp(role->channel[i].name, clean) != 0)
			continue;
		role->channel[i] = role->channel[--role->channels];
		record_channel(role, clean, addr, false);
		return;
	}
}

/* ------------------------------------------------------------------ the link */

/* Context: inside a reception or a send, where the link cannot be taken down. It stays lost until the core stops. */
static void on_link_lost(struct rpmsg_virtio_device *link, int reason, void *arg)
{
	struct hosting *role = arg;

	(void)link;
	amp_core_warn(role->core, "its RPMsg link is lost: %s", amp_link_reason_text(reason));
}

void amp_hosting_link_up(struct hosting *role, struct host_memory *buffers)
{
	struct core *core = role->core;
	int status;

	role->vdev = remoteproc_create_virtio(&role->rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	if (!role->vdev || !buffers || role->vdev->id.device != VIRTIO_ID_RPMSG) {
		amp_core_warn(core, "its firmware has no RPMsg device that the relay could drive");
		goto remove;
	}
	rpmsg_virtio_init_shm_pool(&role->pool, metal_io_virt(&buffers->io, 0), metal_io_region_size(&buffers->io));
	(void)amp_flow_accept(role->vdev);
	status = rpmsg_init_vdev(&role->link, role->vdev, on_channel, &buffers->io, &role->pool);
	if (status == RPMSG_SUCCESS) {
		status = amp_flow_open(&role->flow, &role->link, 1); /* no talk holds a buffer */
		if (status)
			rpmsg_deinit_vdev(&role->link);
	}
	if (status) {
		amp_core_warn(core, "its RPMsg link cannot come up: %s", amp_strerror(status));
		goto remove;
	}
	rpmsg_virtio_get_rpmsg_device(&role->link)->ns_unbind_cb = on_channel_gone;
	amp_rpmsg_set_link_cb(&role->link, on_link_lost, role);
	/* what the library itself sends must not wait either */
	amp_rpmsg_set_send_timeout(&role->link, 0);
	return;
remove:
	remoteproc_remove_virtio(&role->rproc, role->vdev);
	role->vdev = NULL;
}

void amp_hosting_link_booted(struct core *core)
{
	struct hosting *role = core->hosting;

	if (role->vdev)
		role->rproc.ops->notify(&role->rproc, role->vdev->vrings_info[0].notifyid);
}

/*
 * A reception ends when the ring is empty, however the core kicks. It cannot refill it as fast as we empty it: it is
 * emulated, and we are not.
 */
void amp_hosting_link_notified(struct core *core, uint64_t notify)
{
	struct hosting *role = core->hosting;

	for (uint32_t id = 0; role->vdev && id < core->config->notify_ids; id++) {
		if (notify & UINT64_C(1) << id)
			remoteproc_get_notification(&role->rproc, id);
	}
}

void amp_hosting_link_down(struct hosting *role, const char *why)
{
	while (role->talks)
		finish(role->talks, why, NULL, 0);
	role->channels = 0;
	if (!role->vdev)
		return;
	rpmsg_deinit_vdev(&role->link);
	remoteproc_remove_virtio(&role->rproc, role->vdev);
	role->vdev = NULL;
}
