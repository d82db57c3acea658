// SPDX-License-Identifier: BSD-3-Clause
/*
 * The link to Linux: up while Linux's virtio driver says DRIVER_OK. Linux may take it down and bring it up again at any
 * time (a driver is unbound, a module reloaded), while this core runs on.
 */
#include "amp_assert.h"
#include "app.h"
#include "board.h"
#include "control.h"
#include "format.h"
#include "resource_table.h"
#include "services.h"
#include "trace.h"

#include <amprelay/hand_over.h>
#include <amprelay/link.h>
#include <metal/io.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

static struct {
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rpmsg;
	bool up;
	bool lost;                  /* noticed in a place where the link cannot be taken down */
	bool stopped;               /* for good */
	bool quiet;                 /* nothing is received */
	const char *last_complaint; /* why it does not come up: said once, not at every try */

	struct metal_io_region table_io; /* the firmware's memory, in which the resource table is */
	struct metal_io_region vring_io[2];
	struct metal_io_region buffers_io; /* the only memory to which a descriptor may point */
	metal_phys_addr_t buffers_pa;
} the_link;

/* The library calls these two from whatever it was doing when it noticed. */
static void on_reset(struct virtio_device *vdev)
{
	(void)vdev;
	the_link.lost = true;
}

static void on_loss(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	(void)rvdev;
	(void)arg;
	amp_trace("link: lost: %s\n", amp_link_reason_text(reason));
	the_link.lost = true;
}

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	amp_doorbell_ring((uint8_t)id);
	return 0;
}

void app_link_start(void)
{
	metal_io_init(&the_link.table_io, (void *)SOC_FIRMWARE_DA, NULL, SOC_FIRMWARE_SIZE, -1, AMP_IO_NORMAL, NULL);
	metal_io_init(&the_link.vring_io[0], (void *)SOC_VDEV0_VRING0_DA, NULL, SOC_VDEV0_VRING0_SIZE, -1,
	              AMP_IO_NORMAL, NULL);
	metal_io_init(&the_link.vring_io[1], (void *)SOC_VDEV0_VRING1_DA, NULL, SOC_VDEV0_VRING1_SIZE, -1,
	              AMP_IO_NORMAL, NULL);
	the_link.vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, app_resource_table.vdev.notifyid,
	                                         &app_resource_table.vdev, &the_link.table_io, NULL, kick, on_reset);
	amp_assert(the_link.vdev);
}

/** Say why the link does not come up, unless that was the last thing said. */
static void complain(const char *text)
{
	if (text != the_link.last_complaint)
		amp_trace("link: cannot come up: %s\n", text);
	the_link.last_complaint = text;
}

/** Use the vrings where Linux has put them: it wrote their addresses into the resource table before DRIVER_OK. */
static int init_vrings(void)
{
	for (unsigned i = 0; i < SOC_VDEV0_NUM_VRINGS; i++) {
		/* Copied once, so that what is used is what the library has checked against the region. */
		const volatile struct fw_rsc_vdev_vring *entry = &app_resource_table.vring[i];
		uint32_t da = entry->da, id = entry->notifyid, num = entry->num, align = entry->align;
		int error;

		if (id >= AMP_DB_NOTIFY_MAX)
			return -RPROC_EINVAL;
		error = rproc_virtio_init_vring(the_link.vdev, i, id, (void *)(uintptr_t)amp_table_da(SOC_MEM_DA, da),
		                                &the_link.vring_io[i], num, align);
		if (error)
			return error;
	}
	return 0;
}

/** Learn at which address Linux sees our memory. @return false if it cannot be right */
static bool init_buffers(void)
{
	uint64_t mem_pa = amp_host_block->mem_pa;

	if (mem_pa == 0 || mem_pa > UINTPTR_MAX - SOC_MEM_SIZE + 1)
		return false;
	the_link.buffers_pa = (metal_phys_addr_t)mem_pa + (SOC_VDEV0_BUFFER_DA - SOC_MEM_DA);
	metal_io_init(&the_link.buffers_io, (void *)SOC_VDEV0_BUFFER_DA, &the_link.buffers_pa, SOC_VDEV0_BUFFER_SIZE,
	              -1, AMP_IO_NORMAL, NULL);
	return true;
}

/* @return whether Linux has said where all is that a link needs */
static bool find_memory(void)
{
	if (init_vrings()) {
		complain("the resource table puts a vring where it may not be");
		return false;
	}
	if (!init_buffers()) {
		complain("the driver has not said where it sees our memory, or not in addresses that we have");
		return false;
	}
	the_link.lost = false;
	return true;
}

/* The library has a link. */
static void use(void)
{
	amp_rpmsg_set_link_cb(&the_link.rpmsg, on_loss, NULL);
	/* However much Linux sends, the main loop must come round to its watchdog. */
	amp_rpmsg_bound_reception(&the_link.rpmsg, true);
	/* If a send waited for a Linux that gives no buffers, the watchdog would not be fed. */
	amp_rpmsg_set_send_timeout(&the_link.rpmsg, 0);
	the_link.up = true;
	the_link.last_complaint = NULL;
}

static void bring_up(void)
{
	int error;

	if (!find_memory())
		return;
	error = rpmsg_init_vdev(&the_link.rpmsg, the_link.vdev, services_bind, &the_link.buffers_io, NULL);
	if (error) {
		complain(error == RPMSG_ERR_DEV_STATE ? "the driver has not reset the rings" : amp_strerror(error));
		return;
	}
	use();
	app_stats.links++;
	amp_trace("link: up\n");
	services_link_up(rpmsg_virtio_get_rpmsg_device(&the_link.rpmsg));
	/* Kicks may have come before there were queues. */
	rproc_virtio_notified(the_link.vdev, RSC_NOTIFY_ID_ANY);
}

static void take_down(void)
{
	the_link.up = false;
	services_link_down();
	rpmsg_deinit_vdev(&the_link.rpmsg);
	amp_trace("link: down, waiting for the driver\n");
}

void app_link_notified(uint64_t notify)
{
	for (uint32_t id = 0; the_link.up && !the_link.quiet && notify; id++, notify >>= 1) {
		if (notify & 1)
			rproc_virtio_notified(the_link.vdev, id);
	}
}

bool app_link_more(void)
{
	return the_link.up && !the_link.quiet && amp_rpmsg_more(&the_link.rpmsg);
}

void app_link_check(void)
{
	uint8_t status = 0;

	if (the_link.stopped)
		return;
	if (app_link_more())
		rproc_virtio_notified(the_link.vdev, RSC_NOTIFY_ID_ANY);
	virtio_get_status(the_link.vdev, &status);
	if (the_link.up && (the_link.lost || amp_rpmsg_link_state(&the_link.rpmsg) != AMP_LINK_UP ||
	                    !(status & VIRTIO_CONFIG_STATUS_DRIVER_OK)))
		take_down();
	if (!(status & VIRTIO_CONFIG_STATUS_DRIVER_OK))
		the_link.last_complaint = NULL;
	else if (!the_link.up)
		bring_up();
}

bool app_link_want_buffers(void)
{
	return the_link.up && virtqueue_enable_cb(the_link.rpmsg.svq);
}

void app_link_need_no_buffers(void)
{
	if (the_link.up)
		virtqueue_disable_cb(the_link.rpmsg.svq);
}

void app_link_stop(void)
{
	the_link.stopped = true;
	if (the_link.up)
		take_down();
}

void app_link_quiet(bool quiet)
{
	the_link.quiet = quiet;
	/* Kicks may have come, and were not looked at. */
	if (!quiet && the_link.up)
		rproc_virtio_notified(the_link.vdev, RSC_NOTIFY_ID_ANY);
}

bool app_link_hand_over(struct amp_hand_over *record)
{
	return amp_rpmsg_hand_over(the_link.up ? &the_link.rpmsg : NULL, record) == RPMSG_SUCCESS;
}

/* A crash, in whose stead the old firmware goes on. A macro, as that is what assertions are. */
#define refuse(...)                                                                \
	do {                                                                       \
		amp_format(amp_assert_text, sizeof(amp_assert_text), __VA_ARGS__); \
		amp_assert_trap(amp_assert_text);                                  \
	} while (0)

void app_link_take_over(const struct amp_hand_over *record)
{
	uint32_t orphan;
	int error;

	if (!find_memory())
		return;
	error = amp_rpmsg_take_over(&the_link.rpmsg, the_link.vdev, services_bind, &the_link.buffers_io, record);
	if (error == RPMSG_ERR_DEV_STATE)
		return;
	if (error)
		refuse("its link cannot be taken over: %s", amp_strerror(error));
	use();
	orphan = services_take_over(rpmsg_virtio_get_rpmsg_device(&the_link.rpmsg), record);
	if (orphan != RPMSG_ADDR_ANY)
		refuse("it has no service for the channel with address 0x%x", (unsigned)orphan);
	/* What has come is received in the main loop: until then the old firmware can still go on. */
}
