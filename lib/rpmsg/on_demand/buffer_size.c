// SPDX-License-Identifier: BSD-3-Clause
/* How large a message may be. */
#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/on_demand.h"

#include <amprelay/link.h>

#pragma weak amp_tx_look

/* Of the next buffer of a queue: the driver chose it, the device looks. */
static int queue_payload_size(struct rpmsg_device *rdev, bool sends)
{
	struct rpmsg_virtio_device *rvdev;
	uint32_t size;
	int status;

	if (!rdev)
		return RPMSG_ERR_PARAM;
	if (rdev->closed)
		return RPMSG_ERR_DEV_STATE; /* a link that is down has no lock */
	rvdev = rpmsg_to_virtio(rdev);
	metal_mutex_acquire(&rdev->lock);
	if (rvdev->link_state != AMP_LINK_UP) {
		status = RPMSG_ERR_DEV_STATE;
	} else {
		if (role_is_driver(rvdev->vdev))
			size = sends ? rvdev->config.h2r_buf_size : rvdev->config.r2h_buf_size;
		else
			size = link_ring_next_size(sends ? rvdev->svq : rvdev->rvq);
		(void)link_ring_look_out(rvdev->out); /* that look has shown the buffers of urgent messages, too */
		status = RPMSG_ERR_NO_BUFF;
		if (size >= sizeof(struct rpmsg_hdr))
			status = (int)metal_min(size - (uint32_t)sizeof(struct rpmsg_hdr), (uint32_t)MAX_PAYLOAD);
	}
	metal_mutex_release(&rdev->lock);
	return status;
}

int rpmsg_virtio_get_tx_buffer_size(struct rpmsg_device *rdev)
{
	return queue_payload_size(rdev, true);
}

int rpmsg_virtio_get_rx_buffer_size(struct rpmsg_device *rdev)
{
	return queue_payload_size(rdev, false);
}

int rpmsg_virtio_get_buffer_size(struct rpmsg_device *rdev)
{
	return queue_payload_size(rdev, true);
}

int rpmsg_get_tx_buffer_size(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;

	if (!rdev || !is_foreign(rdev))
		return queue_payload_size(rdev, true);
	return rdev->ops.get_tx_buffer_size ? rdev->ops.get_tx_buffer_size(rdev) : RPMSG_EOPNOTSUPP;
}

int rpmsg_get_rx_buffer_size(struct rpmsg_endpoint *ept)
{
	struct rpmsg_device *rdev = ept ? ept_device(ept) : NULL;

	if (!rdev || !is_foreign(rdev))
		return queue_payload_size(rdev, false);
	return rdev->ops.get_rx_buffer_size ? rdev->ops.get_rx_buffer_size(rdev) : RPMSG_EOPNOTSUPP;
}
