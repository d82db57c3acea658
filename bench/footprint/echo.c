// SPDX-License-Identifier: GPL-2.0-only
/* The remote's side with nothing besides: one endpoint, its announcement, echo; a static virtio device. */
#include <openamp/rpmsg_virtio.h>

#define SHM        0x21000000u
#define RING_NUM   256
#define RING_ALIGN 4096

static struct virtqueue queues[2];
static struct virtio_vring_info vrings[2] = {
	{.vq = &queues[0], .info = {(void *)(SHM + 0x8000), RING_ALIGN, RING_NUM, 0}, .notifyid = 0},
	{.vq = &queues[1], .info = {(void *)(SHM + 0xc000), RING_ALIGN, RING_NUM, 0}, .notifyid = 1},
};

/* What a resource table and a doorbell register are on a real core. */
static volatile uint8_t driver_status;
static volatile uint32_t doorbell;

static uint8_t get_status(struct virtio_device *vdev)
{
	(void)vdev;
	return driver_status;
}

static uint32_t get_features(struct virtio_device *vdev)
{
	(void)vdev;
	return 1u << VIRTIO_RPMSG_F_NS;
}

static void notify(struct virtqueue *vq)
{
	doorbell = vq->vq_queue_index;
}

static const struct virtio_dispatch dispatch = {
	.get_status = get_status,
	.get_features = get_features,
	.notify = notify,
};

static struct virtio_device vdev = {
	.role = VIRTIO_DEV_DEVICE, .func = &dispatch, .vrings_num = 2, .vrings_info = vrings};
static metal_phys_addr_t phys = 0x10000000;
static struct metal_io_region shm = {
	.virt = (void *)SHM,
	.physmap = &phys,
	.size = 0x1000000,
	.page_shift = (unsigned long)-1,
	.page_mask = (metal_phys_addr_t)-1,
};
static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint ept;

static int echo(struct rpmsg_endpoint *from, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
#ifdef ECHO_NOCOPY
	uint32_t room;
	void *buf = rpmsg_get_tx_payload_buffer(from, &room, ECHO_NOCOPY);

	rpmsg_hold_rx_buffer(from, data);
	rpmsg_release_rx_buffer(from, data);
	return rpmsg_send_nocopy(from, buf, (int)len);
#elif defined(ECHO_TRY)
	return rpmsg_trysend(from, data, (int)len);
#else
	return rpmsg_send(from, data, (int)len);
#endif
}

int main(void)
{
	int status;

	do /* without WITH_WAIT_FOR_DRIVER it does not wait */
		status = rpmsg_init_vdev(&rvdev, &vdev, NULL, &shm, NULL);
	while (status == RPMSG_ERR_DEV_STATE);
	if (status || rpmsg_create_ept(&ept, &rvdev.rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, echo, NULL))
		return 1;
	for (;;)
		virtqueue_notification(rvdev.rvq);
}
