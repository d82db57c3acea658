// SPDX-License-Identifier: BSD-3-Clause
/* Send buffers that are given back unsent. */
#include "../../rpmsg/on_demand.h"

#include "../../rpmsg/carrier.h"
#include "../../rpmsg/endpoints.h"
#include "../../rpmsg/link.h"

#pragma weak amp_tx_wake

static int release_tx(struct rpmsg_virtio_device *rvdev, void *txbuf)
{
	struct rpmsg_hdr *hdr = payload_to_hdr(txbuf);
	bool driver = role_is_driver(rvdev->vdev);
	int status = RPMSG_SUCCESS;
	uint32_t idx;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (!ring_ours(rvdev, rvdev->svq, driver)) {
		amp_link_lost(rvdev, AMP_LINK_PEER_RESET);
		status = RPMSG_ERR_DEV_STATE;
	} else if (!is_handed_out(rvdev, hdr, &idx, driver)) {
		status = RPMSG_ERR_PARAM;
	} else {
		set_mark(rvdev, hdr, 0); /* a second release finds no mark */
		amp_tx_untake(rvdev, hdr, idx);
		if (rvdev->waits)
			amp_tx_wake(rvdev);
	}
	amp_link_unlock(rvdev);
	return status;
}

int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf)
{
	struct rpmsg_device *rdev = ept_home(ept);

	if (!ept || !txbuf)
		return RPMSG_ERR_PARAM;
	if (!rdev)
		return RPMSG_ERR_DEV_STATE;
	if (!is_foreign(rdev))
		return release_tx(rpmsg_to_virtio(rdev), txbuf);
	return rdev->ops.release_tx_buffer ? rdev->ops.release_tx_buffer(rdev, txbuf) : RPMSG_EOPNOTSUPP;
}
