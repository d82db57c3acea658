// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both ends of one packed ring, with or without indirect descriptors and event index, each against a peer that rewrites
 * any byte of ring, tables and buffers: what one end does honestly is the other's plausible peer. Input: the features,
 * then a list of moves.
 */
#include "allocations.h"
#include "peer.h"

#include <amprelay/ring_features.h>

#include <metal/log.h>

#include <string.h>

#define NUM    4u
#define ALIGN  16u
#define PHYS   0x1000ul
#define CANARY 0xa5
#define PARTS  8u /* that the device has room for */

#define RING_SIZE   256u
#define DATA_SIZE   1024u
#define SHARED_SIZE (RING_SIZE + DATA_SIZE)

static struct {
	uint8_t before[256] __attribute__((__aligned__(64)));
	uint8_t shared[SHARED_SIZE]; /* the ring, then the buffers and tables */
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
static bool taken[NUM];       /* by id: the device has it */
static unsigned int in_ring;  /* buffers that the driver has given and not got back */

static void kick(struct virtqueue *vq)
{
	(void)vq;
}

static void create(struct end *end, unsigned int role, uint64_t features)
{
	struct vring_alloc_info info = {.vaddr = block.shared, .align = ALIGN, .num_descs = NUM};

	memset(end, 0, sizeof(*end));
	end->dev.role = role;
	end->dev.features = features;
	end->vq = virtqueue_allocate(NUM);
	fuzz_check(end->vq);
	fuzz_check(amp_packed_create(&end->dev, 0, "fuzz", &info, NULL, kick, end->vq) == VQUEUE_SUCCESS);
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

static void offer(struct fuzz_input *in, bool indirect)
{
	int readable = fuzz_u8(in) % 4, writable = fuzz_u8(in) % 4, cookie = fuzz_u8(in) % (int)sizeof(offered), status;
	uint8_t *table = block.shared + RING_SIZE + fuzz_u8(in) * 8 % (DATA_SIZE + 16);
	struct virtqueue_buf list[6];

	if (offered[cookie])
		return;
	for (int i = 0; i < readable + writable; i++) {
		list[i].buf = block.shared + RING_SIZE + fuzz_u16(in) % (DATA_SIZE + 8);
		list[i].len = (int8_t)fuzz_u8(in);
	}
	status = indirect ? amp_packed_add_indirect(driver.vq, table, list, readable, writable, &offered[cookie])
	                  : amp_packed_add_buffer(driver.vq, list, readable, writable, &offered[cookie]);
	offered[cookie] = status == VQUEUE_SUCCESS;
	in_ring += status == VQUEUE_SUCCESS;
	fuzz_check(in_ring <= NUM);
	fuzz_check(!driver.fault || status == ERROR_VQUEUE_INVLD_PARAM);
	if (fuzz_u8(in) & 1)
		amp_packed_kick(driver.vq);
}

static void get_back(void)
{
	uint32_t len;
	uint16_t id;
	bool *cookie = amp_packed_get_buffer(driver.vq, &len, &id);

	if (!cookie)
		return;
	fuzz_check(!driver.fault && id < NUM);
	fuzz_check(cookie >= offered && cookie < offered + sizeof(offered));
	fuzz_check(*cookie); /* no buffer comes back twice */
	*cookie = false;
	in_ring--;
}

static void take(struct fuzz_input *in)
{
	struct amp_vq_part parts[PARTS];
	unsigned int room = 1 + fuzz_u8(in) % PARTS, num;
	bool writable = false;
	uint16_t id;

	num = amp_packed_take(device.vq, parts, room, &id);
	if (!num)
		return;
	fuzz_check(!device.fault && id < NUM && num <= room);
	fuzz_check(!taken[id]); /* nothing comes twice */
	taken[id] = true;
	for (unsigned int i = 0; i < num; i++) {
		check_inside(parts[i].buf, parts[i].len);
		fuzz_check(parts[i].writable || !writable); /* what is read comes first */
		writable = parts[i].writable;
	}
}

static void give_back(struct fuzz_input *in)
{
	uint16_t id = fuzz_u8(in) % (NUM + 1);
	bool had = id < NUM && taken[id];

	if (amp_packed_give_back(device.vq, id, fuzz_u32(in)) == VQUEUE_SUCCESS) {
		fuzz_check(had && !device.fault);
		taken[id] = false;
	} else {
		fuzz_check(!had || device.vq->vq_fault);
	}
	if (fuzz_u8(in) & 1)
		amp_packed_kick(device.vq);
}

static void ask(struct fuzz_input *in)
{
	struct virtqueue *vq = fuzz_u8(in) & 1 ? driver.vq : device.vq;

	amp_packed_disable_cb(vq);
	(void)amp_packed_enable_cb(vq);
	amp_packed_kick(vq);
	virtqueue_notification(vq);
}

static void check_end(struct end *end, bool is_driver)
{
	const struct virtqueue *vq = end->vq;

	fuzz_check(!end->fault || vq->vq_fault == end->fault); /* the first reason stays */
	end->fault = vq->vq_fault;
	/* Neither side believes that more is under way than the ring holds. */
	fuzz_check((uint16_t)(vq->vq_available_idx - vq->vq_used_cons_idx) <= NUM);
	fuzz_check(!is_driver || vq->vq_free_cnt == NUM - (uint16_t)(vq->vq_available_idx - vq->vq_used_cons_idx));
	fuzz_check(fuzz_all(block.before, sizeof(block.before), CANARY));
	fuzz_check(fuzz_all(block.after, sizeof(block.after), CANARY));
}

static void move(struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 10) {
	case 0:
		fuzz_peer_write(in);
		break;
	case 1:
		fuzz_peer_arm(in);
		break;
	case 2:
	case 3:
		offer(in, false);
		break;
	case 4:
		offer(in, true);
		break;
	case 5:
	case 6:
		take(in);
		break;
	case 7:
		give_back(in);
		break;
	case 8:
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
	uint64_t features = 1ull << VIRTIO_F_RING_PACKED;
	uint8_t choice = fuzz_u8(&in);

	metal_set_log_handler(NULL);
	features |= (uint64_t)(choice & 1) << VIRTIO_RING_F_INDIRECT_DESC;
	features |= (uint64_t)(choice >> 1 & 1) << VIRTIO_RING_F_EVENT_IDX;
	memset(&block, CANARY, sizeof(block));
	memset(offered, 0, sizeof(offered));
	memset(taken, 0, sizeof(taken));
	in_ring = 0;
	metal_io_init(&io, block.shared, &phys, SHARED_SIZE, (unsigned int)-1, 0, NULL);
	create(&driver, VIRTIO_DEV_DRIVER, features);
	create(&device, VIRTIO_DEV_DEVICE, features);
	fuzz_peer_begin(block.shared, SHARED_SIZE);
	while (in.left)
		move(&in);
	fuzz_peer_end();
	virtqueue_free(driver.vq);
	virtqueue_free(device.vq);
	fuzz_check(fuzz_live_allocations() == 0);
	return 0;
}
