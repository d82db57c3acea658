// SPDX-License-Identifier: GPL-2.0-only
/*
 * On a small core without anything: both ends of an echo in one program, over a piece of its memory; software
 * interrupts, conditions and atomic operations of the application; a region at address 0; accesses to a device, which
 * run.sh checks.
 */
#include <metal/condition.h>
#include <metal/shmem.h>
#include <metal/softirq.h>
#include <metal/sys.h>
#include <openamp/open_amp.h>

#include <string.h>

#include "core.h"

#define RING_NUM   4
#define RING_ALIGN 64
#define MEMORY_PA  0u /* the remote sees it at physical address 0 */
#define MESSAGES   500

static struct {
	_Alignas(64) uint8_t ring[2][512];
	uint8_t buffers[2 * RING_NUM * RPMSG_BUFFER_SIZE];
	METAL_PACKED_BEGIN
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} METAL_PACKED_END entry;
} memory;

struct side {
	struct metal_io_region io;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_endpoint ept;
	int received;
};

static struct side host, remote;

static void check(int condition, const char *what)
{
	if (condition)
		return;
	core_say("not true: ");
	core_say(what);
	core_say("\n");
	core_end(0);
}

#define CHECK(condition) check(condition, #condition)

void amp_assert_failed(const char *text, const char *file, int line)
{
	(void)line;
	core_say(file);
	core_say(": ");
	core_say(text);
	core_end(0);
	for (;;)
		;
}

static int kick(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *side = priv;

	side->received++;
	if (side == &remote)
		CHECK(rpmsg_sendto(ept, data, (int)len, src) == (int)len);
	return RPMSG_SUCCESS;
}

static void bring_up(struct side *side, unsigned int role, struct rpmsg_virtio_shm_pool *pool)
{
	static const metal_phys_addr_t pa = MEMORY_PA;

	metal_io_init(&side->io, &memory, &pa, sizeof(memory), (unsigned int)-1, AMP_IO_NORMAL, NULL);
	side->vdev = rproc_virtio_create_vdev(role, 0, &memory.entry, &side->io, side, kick, NULL);
	CHECK(side->vdev != NULL);
	for (unsigned int i = 0; i < 2; i++)
		CHECK(rproc_virtio_init_vring(side->vdev, i, i, memory.ring[i], &side->io, RING_NUM, RING_ALIGN) == 0);
	side->ept.priv = side;
	CHECK(rpmsg_init_vdev(&side->rvdev, side->vdev, NULL, &side->io, pool) == 0);
	CHECK(rpmsg_create_ept(&side->ept, rpmsg_virtio_get_rpmsg_device(&side->rvdev), "echo", RPMSG_ADDR_ANY,
	                       RPMSG_ADDR_ANY, receive, NULL) == 0);
}

static void messages_come_and_go(void)
{
	struct rpmsg_virtio_shm_pool pool;

	memory.entry.vdev.type = RSC_VDEV;
	memory.entry.vdev.id = VIRTIO_ID_RPMSG;
	memory.entry.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS;
	memory.entry.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++) {
		memory.entry.vring[i].num = RING_NUM;
		memory.entry.vring[i].align = RING_ALIGN;
	}
	rpmsg_virtio_init_shm_pool(&pool, memory.buffers, sizeof(memory.buffers));
	bring_up(&host, VIRTIO_DEV_DRIVER, &pool);
	bring_up(&remote, VIRTIO_DEV_DEVICE, NULL);
	rproc_virtio_notified(host.vdev, RSC_NOTIFY_ID_ANY);
	rproc_virtio_notified(remote.vdev, RSC_NOTIFY_ID_ANY);
	for (unsigned int i = 0; i < MESSAGES; i++) {
		CHECK(rpmsg_send(&host.ept, "hello", 5) == 5);
		rproc_virtio_notified(remote.vdev, RSC_NOTIFY_ID_ANY);
		rproc_virtio_notified(host.vdev, RSC_NOTIFY_ID_ANY);
	}
	CHECK(remote.received == MESSAGES && host.received == MESSAGES);
	rpmsg_deinit_vdev(&host.rvdev);
	rpmsg_deinit_vdev(&remote.rvdev);
	rproc_virtio_remove_vdev(host.vdev);
	rproc_virtio_remove_vdev(remote.vdev);
}

static int soft;

static int on_softirq(int irq, void *arg)
{
	(void)irq;
	(void)arg;
	soft++;
	return METAL_IRQ_NOT_HANDLED;
}

/* What the compiler makes calls of on cores without instructions for it. */
static void operations_are_whole(void)
{
	static struct metal_condition condition = METAL_CONDITION_INIT;
	static atomic_uchar byte = 250;
	static atomic_ushort half = 65530;
	static atomic_uint word = 0xfffffff0u;
	static atomic_ullong wide = 0xfffffffffffffff0ull;
	unsigned char expected_byte = 4;
	unsigned long long expected = 1;
	int irq;

	CHECK(atomic_fetch_add(&byte, 10) == 250 && atomic_load(&byte) == 4);
	CHECK(!atomic_compare_exchange_strong(&byte, &(unsigned char){5}, 6) && atomic_load(&byte) == 4);
	CHECK(atomic_compare_exchange_strong(&byte, &expected_byte, 6) && atomic_load(&byte) == 6);
	CHECK(atomic_fetch_sub(&half, 65531) == 65530 && atomic_load(&half) == 65535);
	CHECK(atomic_exchange(&half, 7) == 65535 && atomic_fetch_xor(&half, 2) == 7 && atomic_load(&half) == 5);
	CHECK(atomic_fetch_or(&word, 0xf) == 0xfffffff0u && atomic_fetch_and(&word, 0xf0f) == 0xffffffffu);
	CHECK(atomic_load(&word) == 0xf0f);
	CHECK(atomic_fetch_add(&wide, 0x11) == 0xfffffffffffffff0ull && atomic_load(&wide) == 1);
	CHECK(atomic_compare_exchange_strong(&wide, &expected, 1ull << 40) && atomic_exchange(&wide, 3) == 1ull << 40);
	atomic_store(&wide, 1ull << 33);
	CHECK(!atomic_compare_exchange_strong(&wide, &expected, 9) && expected == 1ull << 33);

	CHECK(metal_condition_signal(&condition) == 0);
	CHECK(metal_softirq_init() == 0);
	irq = metal_softirq_allocate(1);
	CHECK(irq >= 0);
	CHECK(metal_irq_register(irq, on_softirq, NULL) == 0);
	metal_irq_enable((unsigned int)irq);
	metal_softirq_set(irq);
	metal_softirq_dispatch();
	metal_softirq_set(irq);
	metal_softirq_dispatch();
	CHECK(soft == 2);
}

/* The vectors are at 0: the first two words are the stack and, with bit 0 set, the reset handler. */
static void memory_at_address_0_is_memory(void)
{
	extern uint32_t stack[];
	struct metal_generic_shmem shmem = {.name = "vectors"};
	struct metal_io_region *io;
	uint32_t words[2] = {0, 0};

	metal_io_init(&shmem.io, (void *)0, NULL, 64, (unsigned int)-1, 0, NULL);
	CHECK(metal_shmem_register_generic(&shmem) == 0);
	CHECK(metal_shmem_open("vectors", 64, &io) == 0);
	CHECK(metal_io_read32(io, 0) == (uint32_t)(uintptr_t)stack);
	CHECK(metal_io_read8(io, 4) & 1);
	CHECK(metal_io_block_read(io, 0, words, 8) == 8 && words[0] == (uint32_t)(uintptr_t)stack && (words[1] & 1));
	io->mem_flags = AMP_IO_NORMAL;
	words[0] = 0;
	CHECK(metal_io_block_read(io, 0, words, 8) == 8 && words[0] == (uint32_t)(uintptr_t)stack);
	CHECK(metal_io_virt_to_offset(io, (void *)0) == 0);
}

/* In the order that run.sh expects. */
static void a_device_sees_accesses_of_their_width(void)
{
	struct metal_io_region io;
	uint32_t words[2];

	metal_io_init(&io, (void *)UART, NULL, 4096, (unsigned int)-1, 0, NULL);
	(void)metal_io_read32(&io, 0xffc); /* begin */
	metal_io_write8(&io, 0x500, 0);
	metal_io_write16(&io, 0x500, 0);
	metal_io_write32(&io, 0x500, 0);
	metal_io_write64(&io, 0x500, 0); /* two of 4 bytes */
	(void)metal_io_read8(&io, 0x500);
	(void)metal_io_read16(&io, 0x500);
	(void)metal_io_read32(&io, 0x500);
	(void)metal_io_read64(&io, 0x500);
	(void)metal_io_block_read(&io, 0x500, words, 4);
	(void)metal_io_block_write(&io, 0x500, words, 4);
	(void)metal_io_block_set(&io, 0x500, 0, 8);
	(void)metal_io_read32(&io, 0xffc); /* end */
}

int main(void)
{
	CHECK(metal_init(NULL) == 0);
	messages_come_and_go();
	operations_are_whole();
	memory_at_address_0_is_memory();
	a_device_sees_accesses_of_their_width();
	metal_finish();
	core_say("both ends: all is well\n");
	return 0;
}
