// SPDX-License-Identifier: BSD-3-Clause
/* How many buffers are held. Who asks is told of those that are still held in the end. */
#include "../../rpmsg/on_demand.h"

#include <amprelay/link.h>

#include <metal/log.h>

uint32_t amp_rpmsg_held_buffers(const struct rpmsg_virtio_device *rvdev)
{
	return rvdev ? __atomic_load_n(&rvdev->held, __ATOMIC_RELAXED) : 0;
}

void amp_rpmsg_report_held(const struct rpmsg_virtio_device *rvdev)
{
	(void)rvdev; /* without WITH_LOG */
	metal_log(METAL_LOG_WARNING, "rpmsg: %u held buffers were never released\n", (unsigned int)rvdev->held);
}
