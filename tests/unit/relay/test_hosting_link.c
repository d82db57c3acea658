// SPDX-License-Identifier: GPL-2.0-only
/* The relay's conversations with a core that it hosts. The core is the library in the device's role; no QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openamp/remoteproc_virtio.h>

#include "relay/host/hosting.h"
#include "relay/lab.h"

#define MEM_DA   0x21000000u
#define MEM_SIZE 0x10000u
#define VRING(n) (0x4000u + (n)*0x1000u)
#define BUFFERS  0x6000u
#define TABLE    0x8000u
#define RING_NUM 8u
#define SERVICE  0x104u
#define WINDOW   8u

struct table {
	struct resource_table header;
	uint32_t offset;
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
};

static struct amp_relay_options options = {.lab = "test", .lock_fd = -1};
static struct lab *lab;
static struct core *core;
static char dir[] = "/tmp/hosting_link_test.XXXXXX";

/* The relay's side. */
static struct hosting *role;
static struct host_memory *memory;
static uint32_t kicked_core, kicked_relay; /* bit n: notify id n */

/* The core. */
static struct {
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct amp_flow flow;
	struct amp_flow_endpoint service;
	struct rpmsg_endpoint listener; /* at flow control's address, where the core knows nothing of it */
	uint32_t heard, said_to_listener;
} remote;

/* What became of a talk. */
static struct {
	unsigned int calls;
	char error[128], answer[32];
} result;

static int kick_core(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	kicked_core |= 1u << id;
	return 0;
}

static const struct remoteproc_ops platform = {.notify = kick_core};

static int kick_relay(void *priv, uint32_t id)
{
	(void)priv;
	kicked_relay |= 1u << id;
	return 0;
}

static void everything_is_heard(void)
{
	while (kicked_core || kicked_relay) {
		uint32_t core_hears = kicked_core, relay_hears = kicked_relay;

		kicked_core = kicked_relay = 0;
		for (uint32_t id = 0; id < 2; id++) {
			if (core_hears & 1u << id)
				assert_int_equal(rproc_virtio_notified(remote.vdev, id), 0);
		}
		amp_hosting_link_notified(core, relay_hears);
	}
}

static void add_region(const char *name, enum amp_region_kind kind, uint32_t offset, uint32_t size)
{
	struct core_config *config = &lab->soc.core[0];
	struct amp_region *region = &config->region[config->num_regions++];

	*region = (struct amp_region){.kind = kind, .offset = offset, .size = size};
	snprintf(region->name, sizeof(region->name), "%s", name);
}

static int set_up(void **state)
{
	struct core_config *config;

	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0 || !mkdtemp(dir))
		return -1;
	options.state_dir = options.firmware_dir = dir;
	lab->options = &options;
	if (amp_record_open(&lab->record, dir) < 0)
		return -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	config->notify_ids = 2;
	add_region("control", AMP_REGION_CONTROL, 0, AMP_CTRL_SIZE);
	core = &lab->core[0];
	amp_core_prepare(core, lab);
	if (amp_core_init(core, config) < 0)
		return -1;
	memset(&remote, 0, sizeof(remote));
	memset(&result, 0, sizeof(result));
	kicked_core = kicked_relay = 0;
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	core->hosting = NULL;
	amp_core_destroy(core);
	amp_record_close(&lab->record);
	sd_event_unref(lab->loop);
	free(lab);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* The relay brings its end of the link up, of a core whose device offers these features; then so does the core. */
static void link_up(uint32_t features)
{
	struct table *table = (struct table *)(void *)(core->shm.base + TABLE);

	*table = (struct table){
		.header = {.ver = 1, .num = 1},
		.offset = offsetof(struct table, vdev),
		.vdev = {.type = RSC_VDEV, .id = VIRTIO_ID_RPMSG, .dfeatures = features, .num_of_vrings = 2},
		.vring = {{.da = MEM_DA + VRING(0), .align = 64, .num = RING_NUM, .notifyid = 0},
	                  {.da = MEM_DA + VRING(1), .align = 64, .num = RING_NUM, .notifyid = 1}},
	};
	role = calloc(1, sizeof(*role));
	assert_non_null(role);
	role->core = core;
	role->shm = &core->shm;
	role->announcements = (struct ratelimit)RATELIMIT(64, 100);
	core->hosting = role;
	memory = &role->memory[role->memories++];
	memory->pa = MEM_DA;
	metal_io_init(&memory->io, core->shm.base, &memory->pa, MEM_SIZE, (unsigned int)-1, AMP_IO_NORMAL, NULL);
	remoteproc_init(&role->rproc, &platform, role);
	remoteproc_init_mem(&memory->mem, "memory", MEM_DA, MEM_DA, MEM_SIZE, &memory->io);
	remoteproc_add_mem(&role->rproc, &memory->mem);
	assert_int_equal(remoteproc_set_rsc_table(&role->rproc, &table->header, sizeof(*table)), 0);

	memory = &role->memory[role->memories++];
	memory->pa = MEM_DA + BUFFERS;
	metal_io_init(&memory->io, core->shm.base + BUFFERS, &memory->pa, TABLE - BUFFERS, (unsigned int)-1,
	              AMP_IO_NORMAL, NULL);
	amp_hosting_link_up(role, memory);
	assert_non_null(role->vdev);

	remote.vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, table->vdev.notifyid, &table->vdev,
	                                       &role->memory[0].io, NULL, kick_relay, NULL);
	assert_non_null(remote.vdev);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(remote.vdev, i, table->vring[i].notifyid,
		                                         core->shm.base + VRING(i), &role->memory[0].io, RING_NUM, 64),
		                 0);
	assert_int_equal(rpmsg_init_vdev(&remote.rvdev, remote.vdev, NULL, &memory->io, NULL), RPMSG_SUCCESS);
}

static void link_down(void)
{
	amp_hosting_link_down(role, "the test is over");
	rpmsg_deinit_vdev(&remote.rvdev);
	rproc_virtio_remove_vdev(remote.vdev);
	remoteproc_shutdown(&role->rproc);
	remoteproc_remove(&role->rproc);
	core->hosting = NULL;
	free(role);
}

/* The core's service hears a message, and answers when the test says so. */
static int hear(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)data, (void)len, (void)priv;
	remote.heard++;
	ept->dest_addr = src;
	return RPMSG_SUCCESS;
}

static int listen_to_flow(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)data, (void)len, (void)src, (void)priv;
	remote.said_to_listener++;
	return RPMSG_SUCCESS;
}

static void open_service(void)
{
	static const struct amp_flow_config config = {.window = WINDOW};

	assert_int_equal(amp_flow_open(&remote.flow, &remote.rvdev, 1), RPMSG_SUCCESS);
	assert_int_equal(amp_flow_create_ept(&remote.flow, &remote.service, "service", SERVICE, RPMSG_ADDR_ANY, hear,
	                                     NULL, &config),
	                 RPMSG_SUCCESS);
	everything_is_heard();
}

static void done(void *userdata, const char *error, const void *answer, size_t len)
{
	(void)userdata;
	result.calls++;
	snprintf(result.error, sizeof(result.error), "%s", error ? error : "");
	snprintf(result.answer, sizeof(result.answer), "%.*s", (int)len, answer ? (const char *)answer : "");
}

static void say(const char *text)
{
	uint32_t heard = remote.heard;

	result.calls = 0;
	(void)amp_hosting_talk(core, "service", text, strlen(text), done, NULL);
	everything_is_heard();
	assert_int_equal(remote.heard, heard + 1);
	assert_int_equal(result.calls, 0);
}

static void is_answered(const char *text)
{
	everything_is_heard();
	assert_int_equal(result.calls, 1);
	assert_string_equal(result.error, "");
	assert_string_equal(result.answer, text);
}

static void with_a_core_that_offers_it_credits_go_both_ways(void **state)
{
	struct amp_flow_endpoint *service = &remote.service;

	(void)state;
	link_up(1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_FLOW);
	open_service();
	/* each talk is a counterpart of its own, though it has the address of the one before */
	for (unsigned int i = 0; i < 3; i++) {
		say("hello");
		/* the core knows its counterpart now, and asks; the answer says that the talk takes one message */
		assert_int_equal(rpmsg_set_flow_control(&service->ept, false, service->ept.dest_addr), RPMSG_SUCCESS);
		everything_is_heard();
		assert_true(service->counted);
		assert_int_equal(amp_flow_credit(service), 1);
		assert_int_equal(service->told - service->received, WINDOW);
		assert_int_equal(amp_flow_trysend(service, "hi", 2), 2);
		assert_int_equal(amp_flow_credit(service), 0);
		assert_int_equal(amp_flow_trysend(service, "more", 4), RPMSG_ERR_NO_BUFF);
		is_answered("hi");
	}
	assert_int_equal(amp_flow_refused(&role->flow), 0);
	assert_int_equal(amp_flow_refused(&remote.flow), 0);
	link_down();
}

static void a_core_that_does_not_offer_it_is_served_as_before(void **state)
{
	(void)state;
	link_up(1u << VIRTIO_RPMSG_F_NS);
	assert_int_equal(rpmsg_create_ept(&remote.listener, &remote.rvdev.rdev, NULL, AMP_FLOW_EPT_ADDR,
	                                  AMP_FLOW_EPT_ADDR, listen_to_flow, NULL),
	                 RPMSG_SUCCESS);
	assert_int_equal(rpmsg_create_ept(&remote.service.ept, &remote.rvdev.rdev, "service", SERVICE, RPMSG_ADDR_ANY,
	                                  hear, NULL),
	                 RPMSG_SUCCESS);
	everything_is_heard();
	for (unsigned int i = 0; i < 3; i++) {
		say("hello");
		assert_int_equal(rpmsg_trysend(&remote.service.ept, "hi", 2), 2);
		is_answered("hi");
	}
	assert_int_equal(remote.said_to_listener, 0);
	link_down();
}

static void who_waits_when_the_link_ends_is_told(void **state)
{
	(void)state;
	link_up(1u << VIRTIO_RPMSG_F_NS | 1u << AMP_RPMSG_F_FLOW);
	open_service();
	say("hello");
	link_down();
	assert_int_equal(result.calls, 1);
	assert_string_equal(result.error, "the test is over");
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(with_a_core_that_offers_it_credits_go_both_ways),
		TEST(a_core_that_does_not_offer_it_is_served_as_before),
		TEST(who_waits_when_the_link_ends_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
