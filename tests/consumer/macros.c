// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an application does with the macros of the headers, in C99 to C2x and C++11 to C++23 without a warning. Its log
 * messages are as odd as those of applications: arguments of another size than the format says, none, formats that are
 * no literals.
 */
#include <metal/device.h>
#include <metal/irq_controller.h>
#include <openamp/open_amp.h>

struct item {
	int value;
	struct metal_list node;
};

METAL_PACKED_BEGIN
struct packed {
	uint8_t a;
	uint32_t b;
} METAL_PACKED_END;

static METAL_DECLARE_LIST(items);
static METAL_MUTEX_DEFINE(mutex);

static int odd_messages(const char *format, unsigned long count, long offset, uint32_t word, uint64_t wide, void *ptr)
{
	metal_log(METAL_LOG_DEBUG, "%d of %d\n", count, offset);
	metal_log(METAL_LOG_DEBUG, format);
	metal_log(METAL_LOG_DEBUG, format, word);
	metal_emerg("none\n");
	metal_alert("%lx\n", word);
	metal_crit("%x %x\n", wide, ptr);
	metal_err("%s\n");
	metal_warn("%d\n", sizeof(int));
	metal_notice("%lu\n", count, "too many");
	metal_info(metal_fmt("100%\n"));
	metal_dbg("%p %u\n", word, ptr);
	if (count)
		metal_err("if\n");
	else
		metal_warn("else\n");
	/* As expressions. */
	(void)(count ? metal_info("one\n") : metal_dbg("other\n"));
	(void)metal_err("cast\n");
	return metal_warn("comma\n"), 0;
}

static int lists_and_bits(struct item *item, unsigned long *bitmap)
{
	struct metal_list *node, *next;
	unsigned int bit;
	int sum = 0;

	metal_list_add_tail(&items, &item->node);
	metal_list_for_each (&items, node) {
		sum += metal_container_of(node, struct item, node)->value;
	}
	metal_list_for_each_safe (&items, next, node) {
		metal_list_del(node);
	}
	metal_bitmap_for_each_set_bit (bitmap, bit, 64U) {
		sum += (int)bit;
	}
	metal_mutex_acquire(&mutex);
	metal_mutex_release(&mutex);
	metal_assert(sum >= 0);
	return metal_max(sum, 0) + metal_min(sum, 0) + metal_sign(sum) + (int)sizeof(struct packed);
}

static uint64_t registers(struct metal_io_region *io, struct vring *ring)
{
	metal_io_write8(io, 0, 1);
	metal_io_write16(io, 2, 1);
	metal_io_write32(io, 4, 1);
	metal_io_write64(io, 8, 1);
	vring_used_event(ring) = 1;
	vring_avail_event(ring) = 1;
	return metal_io_read8(io, 0) + metal_io_read16(io, 2) + metal_io_read32(io, 4) + metal_io_read64(io, 8) +
	       metal_align_up(metal_io_region_size(io), (size_t)KB) + metal_div_round_up(io->size, (size_t)MB);
}

static int queues(struct virtio_device *vdev, struct virtqueue *vq)
{
	int status = VQUEUE_SUCCESS;

	VQUEUE_BUSY(vq);
	VQ_PARAM_CHK(vq == NULL, status, ERROR_VQUEUE_INVLD_PARAM);
	VIRTIO_ASSERT(vq != NULL, "a queue");
	VQASSERT(vq, vq->vq_nentries > 0, "descriptors");
	VQ_RING_ASSERT_VALID_IDX(vq, vq->vq_desc_head_idx);
	VQUEUE_IDLE(vq);
	metal_yield();
	return status || VIRTIO_ROLE_IS_DRIVER(vdev) || VIRTIO_ROLE_IS_DEVICE(vdev) || VIRTIO_ENABLED(NO_SUCH_OPTION);
}

#ifdef __cplusplus
extern "C" int use_macros(struct item *item, unsigned long *bitmap, struct metal_io_region *io, struct vring *ring,
                          struct virtio_device *vdev, struct virtqueue *vq);
#else
int use_macros(struct item *item, unsigned long *bitmap, struct metal_io_region *io, struct vring *ring,
               struct virtio_device *vdev, struct virtqueue *vq);
#endif

int use_macros(struct item *item, unsigned long *bitmap, struct metal_io_region *io, struct vring *ring,
               struct virtio_device *vdev, struct virtqueue *vq)
{
	return odd_messages("%d\n", 1, 2, 3, 4, item) + lists_and_bits(item, bitmap) + (int)registers(io, ring) +
	       queues(vdev, vq);
}
