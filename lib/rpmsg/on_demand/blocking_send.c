// SPDX-License-Identifier: BSD-3-Clause
/* Sends that wait for a buffer. Without it announcements do not wait either. */
#include "waiting.h"

int rpmsg_send_offchannel_raw(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst, const void *data, int len,
                              int wait)
{
	/* With this function a program contains amp_tx_wait(), and so this one waits. */
	return amp_rpmsg_send(ept, src, dst, data, len, wait);
}

void *(rpmsg_get_tx_payload_buffer)(struct rpmsg_endpoint *ept, uint32_t *len, int wait)
{
	return amp_rpmsg_get_tx(ept, len, wait); /* the same */
}

AMP_COLD int amp_tx_wait(struct rpmsg_virtio_device *rvdev, uint32_t len, int wait)
{
	return wait_until(rvdev, len, wait, NULL, NULL);
}

void amp_tx_wake(struct rpmsg_virtio_device *rvdev)
{
	metal_condition_broadcast(&rvdev->sent);
}
