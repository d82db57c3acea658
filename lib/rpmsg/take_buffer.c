// SPDX-License-Identifier: BSD-3-Clause
/* A send buffer is taken when the usual way found none. */
#include "buffers.h"
#include "link.h"
#include "on_demand.h"
#include "short_error.h"

/* Only programs that put buffers back unsent contain this. */
#pragma weak amp_tx_retake
/* And only those that call a function that blocks, this. */
#pragma weak amp_tx_wait
/* And only those with urgent messages, this. */
#pragma weak amp_tx_look

AMP_COLD int amp_tx_take(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait)
{
	bool driver = role_is_driver(rvdev->vdev);
	struct amp_buffer *buf = &rvdev->taken;
	int reason = AMP_LINK_PEER_RESET;

	AMP_ASSERT_LOCKED(&rvdev->rdev.lock);
	if (link_ok(rvdev)) {
		if (rvdev->reclaimed) {
			reason = amp_tx_retake(rvdev, len);
			if (reason <= 0)
				return reason;
		} else if (link_ring_look_out(rvdev->out)) {
			reason = AMP_FAST || driver ? tx_next(rvdev, rvdev->out, buf, driver, false)
			                            : amp_device_next(rvdev, rvdev->out, VRING_DESC_F_WRITE);
			if (!reason && len > buf->size - sizeof(struct rpmsg_hdr))
				return SHORT_ERROR(RPMSG_ERR_BUFF_SIZE);
			if (!reason) {
				tx_advance(rvdev->out, driver);
				mark_buffer(rvdev->out, buf->idx, false, driver);
				return RPMSG_SUCCESS;
			}
		} else {
			reason = rvdev->out->vq_fault;
			if (!reason)
				return wait && amp_tx_wait ? amp_tx_wait(rvdev, len, wait)
				                           : SHORT_ERROR(RPMSG_ERR_NO_BUFF);
		}
	}
	amp_link_lost(rvdev, reason);
	return SHORT_ERROR(RPMSG_ERR_DEV_STATE);
}
