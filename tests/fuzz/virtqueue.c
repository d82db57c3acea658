// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both ends of one ring, each against a peer that rewrites any byte of ring and buffers: what one end does honestly is
 * the other's plausible peer. Input: a list of moves.
 */
#include "allocations.h"
#include "peer.h"

#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

#include <metal/log.h>

#include <string.h>

#define NUM    8u
#define ALIGN  64u
#define PHYS   0x1000ul
#define CANARY 0xa5

#define RING_SIZE   512u
#define DATA_SIZE   1024u
#define SHARED_SIZE (RING_SIZE + DATA_SIZE)

static struct {
	uint8_t before[256] __attribute__((__aligned__(64)));
	uint8_t shared[SHARED_SIZE]; /* the ring, then the buffers */
	uint8_t after[256];
} block;

struct end {
	struct virtio_device dev;
	struct virtqueue *vq;
	uint8_t fault; /* the first one seen */
};

static struct end driver, device;
static struct metal_io_region io;
static const metal_phys_addr_t phys = PHYS;
static bool offered[NUM * 4]; /* by cookie: the driver has given it and not got it back */
static unsigned int taken;    /* chains that the device has */

static void kick(struct virtqueue *vq)
{
	(void)vq;
}

static void create(struct end *end, unsigned int role)
{
	struct vring_alloc_info info = {.vaddr = block.shared, .align = ALIGN, .num_descs = NUM};

	memset(end, 0, sizeof(*end));
	end->dev.role = role;
	end->vq = virtqueue_allocate(role == VIRTIO_DEV_DRIVER ? NUM : 0);
	fuzz_check(end->vq);
	fuzz_check(virtqueue_create(&end->dev, 0, "fuzz", &info, NULL, kick, end->vq) == VQUEUE_SUCCESS);
	virtqueue_set_shmem_io(end->vq, &io);
}

static void check_inside(const void *part, uint32_t len)
{
	const uint8_t *start = part;

	fuzz_check(start >= block.shared && start < block.shared + SHARED_SIZE);
	fuzz_check(len <= (size_t)(block.shared + SHARED_SIZE - start));
	/* all of it is really there; a volatile read is not optimised away */
	for (uint32_t i = 0; i < len; i += 64)
		(void)*(const volatile uint8_t *)(start + i);
}

static void offer(struct fuzz_input *in)
{
	int readable = fuzz_u8(in) % 4, writable = fuzz_u8(in) % 4, cookie = fuzz_u8(in) % (int)sizeof(offered);
	struct virtqueue_buf list[6];
	int status;

	if (offered[cookie])
		return;
	for (int i = 0; i < readable + writable; i++) {
		list[i].buf = block.shared + RING_SIZE + fuzz_u16(in) % (DATA_SIZE + 8);
		list[i].len = (int8_t)fuzz_u8(in);
	}
	status = virtqueue_add_buffer(driver.vq, list, readable, writable, &offered[cookie]);
	offered[cookie] = status == VQUEUE_SUCCESS;
	fuzz_check(!driver.fault || status == ERROR_VQUEUE_INVLD_PARAM);
	virtqueue_kick(driver.vq);
}

static void get_back(void)
{
	uint32_t len;
	uint16_t idx;
	bool *cookie = virtqueue_get_buffer(driver.vq, &len, &idx);

	if (!cookie)
		return;
	fuzz_check(!driver.fault && idx < NUM);
	fuzz_check(cookie >= offered && cookie < offered + sizeof(offered));
	fuzz_check(*cookie); /* no buffer comes back twice */
	*cookie = false;
}

static void take(struct fuzz_input *in)
{
	uint16_t idx;
	unsigned int parts = 1;
	uint32_t len;
	void *part = virtqueue_get_first_avail_buffer(device.vq, &idx, &len);

	if (!part)
		return;
	fuzz_check(!device.fault && idx < NUM);
	taken++;
	for (uint16_t next = idx; part && parts <= NUM; parts++) {
		check_inside(part, len);
		part = virtqueue_get_next_avail_buffer(device.vq, next, &next, &len);
	}
	if (fuzz_u8(in) & 1 && virtqueue_add_consumed_buffer(device.vq, idx, fuzz_u32(in)) == VQUEUE_SUCCESS)
		taken -= taken > 0;
}

static void give_back(struct fuzz_input *in)
{
	uint16_t head = fuzz_u8(in);

	if (virtqueue_add_consumed_buffer(device.vq, head, fuzz_u32(in)) != VQUEUE_SUCCESS)
		return;
	/* no more than were taken; a bad chain was taken, too, but is not handed out: it stops the queue */
	fuzz_check(head < NUM && (taken > 0 || device.vq->vq_fault));
	taken -= taken > 0;
}

static void ask(struct fuzz_input *in)
{
	struct virtqueue *vq = fuzz_u8(in) & 1 ? driver.vq : device.vq;
	uint16_t idx = fuzz_u8(in) % (NUM + 1);
	void *part = virtqueue_get_buffer_addr(vq, idx);

	if (part)
		check_inside(part, 1);
	(void)virtqueue_get_buffer_length(vq, idx);
	(void)virtqueue_get_desc_size(vq);
	virtqueue_disable_cb(vq);
	(void)virtqueue_enable_cb(vq);
	virtqueue_notification(vq);
}

static void check_end(struct end *end, bool is_driver)
{
	fuzz_check(!end->fault || end->vq->vq_fault == end->fault); /* the first reason stays */
	end->fault = end->vq->vq_fault;
	fuzz_check(!is_driver || end->vq->vq_free_cnt <= NUM);
	fuzz_check(fuzz_all(block.before, sizeof(block.before), CANARY));
	fuzz_check(fuzz_all(block.after, sizeof(block.after), CANARY));
}

static void move(struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 8) {
	case 0:
		fuzz_peer_write(in);
		break;
	case 1:
		fuzz_peer_arm(in);
		break;
	case 2:
	case 3:
		offer(in);
		break;
	case 4:
		take(in);
		break;
	case 5:
		give_back(in);
		break;
	case 6:
		get_back();
		break;
	default:
		ask(in);
	}
	check_end(&driver, true);
	check_end(&device, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	metal_set_log_handler(NULL);
	memset(&block, CANARY, sizeof(block));
	memset(offered, 0, sizeof(offered));
	taken = 0;
	metal_io_init(&io, block.shared, &phys, SHARED_SIZE, (unsigned int)-1, 0, NULL);
	create(&driver, VIRTIO_DEV_DRIVER);
	create(&device, VIRTIO_DEV_DEVICE);
	fuzz_peer_begin(block.shared, SHARED_SIZE);
	while (in.left)
		move(&in);
	fuzz_peer_end();
	virtqueue_free(driver.vq);
	virtqueue_free(device.vq);
	fuzz_check(fuzz_live_allocations() == 0);
	return 0;
}
