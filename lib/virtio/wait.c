// SPDX-License-Identifier: BSD-3-Clause
/* A device waits for its driver. Linked only where a device does. */
#include "device.h"

#include <metal/cpu.h>
#include <metal/errno.h>
#include <metal/time.h>

#include <limits.h>

static unsigned long long deadline_of(const struct virtio_device *vdev)
{
	uint32_t ms = vdev->ready_timeout_ms ? vdev->ready_timeout_ms : AMP_VIRTIO_READY_TIMEOUT_MS;

	return ms == AMP_VIRTIO_READY_NO_TIMEOUT ? ULLONG_MAX : metal_get_timestamp() + ms * 1000000ULL;
}

int amp_virtio_wait_driver_ok(struct virtio_device *vdev)
{
	unsigned long long deadline = deadline_of(vdev);
	int error = 0;

	while (!error && !amp_virtio_driver_ok(vdev)) {
		if (metal_get_timestamp() >= deadline)
			return -ETIMEDOUT;
		if (vdev->wait)
			error = vdev->wait(vdev, deadline);
		else
			metal_cpu_yield();
	}
	return error;
}
