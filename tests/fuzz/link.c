// SPDX-License-Identifier: GPL-2.0-only
#include "link.h"

#include "allocations.h"
#include "peer.h"

#include <metal/log.h>

#include <string.h>

#define ALIGN  64u
#define PHYS   0x40000000ul
#define CANARY 0xa5

struct shared {
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} rsc;
	uint8_t vring[2][256] __attribute__((__aligned__(64)));
	uint8_t buffers[2 * LINK_NUM * LINK_BUF_SIZE] __attribute__((__aligned__(64)));
};

static struct {
	uint8_t before[256] __attribute__((__aligned__(64)));
	struct shared shared;
	uint8_t after[256];
} block;

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

static void on_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct link_side *side = arg;

	fuzz_check(rvdev == &side->rvdev && reason != AMP_LINK_OK);
	side->told++;
}

static void create(struct link_side *side, unsigned int role)
{
	side->phys = PHYS;
	metal_io_init(&side->io, &block.shared, &side->phys, sizeof(block.shared), (unsigned int)-1, 0, NULL);
	side->vdev = rproc_virtio_create_vdev(role, 0, &block.shared.rsc, &side->io, side, kick, NULL);
	fuzz_check(side->vdev);
	for (unsigned int i = 0; i < 2; i++)
		fuzz_check(rproc_virtio_init_vring(side->vdev, i, i, block.shared.vring[i], &side->io, LINK_NUM,
		                                   ALIGN) == 0);
}

void link_up(struct link *link, uint32_t buf_size, rpmsg_ns_bind_cb bind, uint32_t features)
{
	struct rpmsg_virtio_config config = {buf_size, buf_size, false};
	struct shared *shared = &block.shared;

	metal_set_log_handler(NULL);
	memset(link, 0, sizeof(*link));
	memset(&block, CANARY, sizeof(block));
	memset(&shared->rsc, 0, sizeof(shared->rsc));
	shared->rsc.vdev.type = RSC_VDEV;
	shared->rsc.vdev.id = VIRTIO_ID_RPMSG;
	shared->rsc.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS | features;
	shared->rsc.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++)
		shared->rsc.vring[i] = (struct fw_rsc_vdev_vring){.align = ALIGN, .num = LINK_NUM, .notifyid = i};
	create(&link->host, VIRTIO_DEV_DRIVER);
	create(&link->remote, VIRTIO_DEV_DEVICE);
	link->host.vdev->rpmsg_accepts = features;
	rpmsg_virtio_init_shm_pool(&link->pool, shared->buffers, 2 * LINK_NUM * (size_t)buf_size);
	fuzz_check(rpmsg_init_vdev_with_config(&link->host.rvdev, link->host.vdev, bind, &link->host.io, &link->pool,
	                                       &config) == RPMSG_SUCCESS);
	fuzz_check(rpmsg_init_vdev(&link->remote.rvdev, link->remote.vdev, bind, &link->remote.io, NULL) ==
	           RPMSG_SUCCESS);
	amp_rpmsg_set_link_cb(&link->host.rvdev, on_lost, &link->host);
	amp_rpmsg_set_link_cb(&link->remote.rvdev, on_lost, &link->remote);
	/* nobody else runs who could free a buffer */
	amp_rpmsg_set_send_timeout(&link->host.rvdev, 0);
	amp_rpmsg_set_send_timeout(&link->remote.rvdev, 0);
	fuzz_peer_begin(shared, sizeof(*shared));
}

void link_poll(struct link_side *side)
{
	fuzz_check(rproc_virtio_notified(side->vdev, RSC_NOTIFY_ID_ANY) == 0);
}

static void check_side(struct link_side *side)
{
	int reason = amp_rpmsg_link_reason(&side->rvdev);

	fuzz_check(side->told <= 1);
	fuzz_check(!side->reason || reason == side->reason);
	fuzz_check((amp_rpmsg_link_state(&side->rvdev) == AMP_LINK_LOST) == (reason != AMP_LINK_OK));
	side->reason = reason;
}

void link_check(struct link *link)
{
	check_side(&link->host);
	check_side(&link->remote);
	fuzz_check(fuzz_all(block.before, sizeof(block.before), CANARY));
	fuzz_check(fuzz_all(block.after, sizeof(block.after), CANARY));
}

bool link_holds(const void *data, size_t len)
{
	const uint8_t *start = data, *shared = (const uint8_t *)&block.shared;

	return start >= shared && len <= sizeof(block.shared) && (size_t)(start - shared) <= sizeof(block.shared) - len;
}

void link_down(struct link *link)
{
	link_check(link);
	rpmsg_deinit_vdev(&link->remote.rvdev);
	rpmsg_deinit_vdev(&link->host.rvdev);
	rproc_virtio_remove_vdev(link->remote.vdev);
	rproc_virtio_remove_vdev(link->host.vdev);
	fuzz_peer_end();
	fuzz_check(fuzz_live_allocations() == 0);
}
