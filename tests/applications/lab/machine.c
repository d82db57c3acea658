// SPDX-License-Identifier: BSD-3-Clause
/*
 * A core of the lab as an application's machine: the other side is Linux. The core's own code is the firmware's
 * (firmware/common, firmware/arch); the device is set up as Zephyr's sample does it, with a region for the resource
 * table and one for each ring.
 */
#include "../machine.h"

#include "board.h"
#include "control.h"
#include "format.h"
#include "resource_table.h"
#include "trace.h"

/* main() of the application, which is compiled under this name. */
int application_main(int argc, char *argv[]);

static struct {
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct metal_io_region table_io, ring_io[2], buffers_io;
	metal_phys_addr_t buffers_pa;
	bool up, reset, shutdown;
} machine;

static void log_to_trace(enum metal_log_level level, const char *format, ...)
{
	va_list args;

	(void)level;
	va_start(args, format);
	amp_vtrace(format, args);
	va_end(args);
}

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	amp_doorbell_ring((uint8_t)id);
	return 0;
}

/* Linux has stopped its driver: the core goes off, or the driver comes again. */
static void on_reset(struct virtio_device *vdev)
{
	(void)vdev;
	machine.reset = true;
}

/* Sleep until something has rung. False: the lab wants us to end. */
static bool turn(void)
{
	amp_watchdog_feed();
	amp_cpu_idle();
	if (amp_doorbell_take().control & AMP_EVENT_SHUTDOWN)
		machine.shutdown = true;
	return !machine.shutdown;
}

static bool driver_is_ready(void)
{
	uint8_t status = 0;

	virtio_get_status(machine.vdev, &status);
	return status & VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

static void region(struct metal_io_region *io, uint32_t da, const metal_phys_addr_t *pa, uint32_t size)
{
	metal_io_init(io, (void *)(uintptr_t)da, pa, size, -1, 0, NULL);
}

static int init_rings(void)
{
	static const uint32_t ring_size[] = {SOC_VDEV0_VRING0_SIZE, SOC_VDEV0_VRING1_SIZE};
	struct fw_rsc_vdev_vring *vring = app_resource_table.vring;
	int ret;

	for (int i = 0; i < 2; i++, vring++) {
		region(&machine.ring_io[i], vring->da, NULL, ring_size[i]);
		ret = rproc_virtio_init_vring(machine.vdev, i, vring->notifyid, (void *)(uintptr_t)vring->da,
		                              &machine.ring_io[i], vring->num, vring->align);
		if (ret) {
			LPERROR("ring %d is refused: %d\n", i, ret);
			return ret;
		}
	}
	return 0;
}

struct rpmsg_device *machine_start(int argc, char *argv[], unsigned int role, rpmsg_ns_bind_cb bind_cb)
{
	(void)argc;
	(void)argv;
	region(&machine.table_io, SOC_FIRMWARE_DA, NULL, SOC_FIRMWARE_SIZE);
	machine.vdev = rproc_virtio_create_vdev(role, app_resource_table.vdev.notifyid, &app_resource_table.vdev,
	                                        &machine.table_io, NULL, kick, on_reset);
	if (!machine.vdev)
		return NULL;
	while (!driver_is_ready()) {
		if (!turn())
			return NULL;
	}
	/* Descriptors hold addresses as Linux has them. */
	machine.buffers_pa = (metal_phys_addr_t)amp_host_block->mem_pa + (SOC_VDEV0_BUFFER_DA - SOC_MEM_DA);
	region(&machine.buffers_io, SOC_VDEV0_BUFFER_DA, &machine.buffers_pa, SOC_VDEV0_BUFFER_SIZE);
	if (init_rings() || rpmsg_init_vdev(&machine.rvdev, machine.vdev, bind_cb, &machine.buffers_io, NULL)) {
		LPERROR("no RPMsg device\n");
		return NULL;
	}
	machine.up = true;
	rproc_virtio_notified(machine.vdev, RSC_NOTIFY_ID_ANY);
	return rpmsg_virtio_get_rpmsg_device(&machine.rvdev);
}

int machine_wait(void)
{
	bool goes_on = turn();

	rproc_virtio_notified(machine.vdev, RSC_NOTIFY_ID_ANY);
	return goes_on && !machine.reset && driver_is_ready() ? 0 : -1;
}

void machine_end(void)
{
	if (machine.up)
		rpmsg_deinit_vdev(&machine.rvdev);
	machine.up = false;
}

int main(void)
{
	const struct metal_init_params params = {.log_handler = log_to_trace, .log_level = METAL_LOG_INFO};
	int status;

	amp_trace_start();
	amp_clock_start();
	amp_control_set_build_id();
	amp_doorbell_start();
	amp_watchdog_start();
	metal_init(&params);
	amp_remote_block->state = AMP_REMOTE_RUNNING;
	amp_control_publish();
	amp_doorbell_ring(AMP_DB_READY);

	status = application_main(0, NULL);
	amp_trace("the application ended with status %d\n", status);
	while (turn())
		;
	amp_watchdog_stop();
	amp_remote_block->state = AMP_REMOTE_STOPPED;
	amp_control_publish();
	amp_interrupts_off();
	amp_doorbell_put(AMP_DB_STOPPED);
	amp_cpu_park();
}
