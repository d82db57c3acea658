// SPDX-License-Identifier: BSD-3-Clause
/* Virtio over memory-mapped registers: identity, status, features, configuration space, interrupts. */
#include "mmio_internal.h"

#include <metal/cpu.h>
#include <metal/errno.h>
#include <metal/log.h>
#include <metal/time.h>

#include <string.h>

/* What a bus gives where nothing answers; no register here has this value in a sound device. */
#define NO_ANSWER 0xffffffffu

#define RESET_LOOKS_WITHOUT_CLOCK 1000000u
#define CONFIG_TRIES              100u

/* Not offered by this library, whatever a device has: its rings, or its kicks, work otherwise. */
#define UNSUPPORTED_FEATURES                                                                                     \
	(1ULL << VIRTIO_RING_F_INDIRECT_DESC | 1ULL << VIRTIO_RING_F_EVENT_IDX | 1ULL << 34 /* packed rings */ | \
	 1ULL << 38 /* kicks with data */)

void amp_mmio_fail(struct virtio_mmio_device *vmdev, const char *what, uint32_t value)
{
	if (vmdev->failed)
		return;
	vmdev->failed = true;
	metal_log(METAL_LOG_ERROR, "virtio-mmio: device %lu is out of use: %s 0x%lx\n",
	          (unsigned long)vmdev->vdev.id.device, what, (unsigned long)value);
	mmio_write(vmdev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_STATUS_FAILED);
}

/* ------------------------------------------------------------------ status */

static uint8_t get_status(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	uint32_t status;

	if (vmdev->failed)
		return VIRTIO_CONFIG_STATUS_FAILED;
	status = mmio_read(vmdev, VIRTIO_MMIO_STATUS);
	if (status > UINT8_MAX) {
		amp_mmio_fail(vmdev, "its status is", status);
		return VIRTIO_CONFIG_STATUS_FAILED;
	}
	return (uint8_t)status;
}

/* The device may take its time: the reset is done when it shows status 0. Its rings must not be touched before. */
static int reset_and_wait(struct virtio_mmio_device *vmdev)
{
	unsigned long long end = metal_get_timestamp();
	unsigned int looks = RESET_LOOKS_WITHOUT_CLOCK;

	vmdev->failed = false;
	vmdev->features_done = false;
	mmio_write(vmdev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_STATUS_RESET);
	if (end)
		end += AMP_VIRTIO_MMIO_RESET_MS * 1000000ULL;
	while (mmio_read(vmdev, VIRTIO_MMIO_STATUS) != VIRTIO_CONFIG_STATUS_RESET) {
		if (end ? metal_get_timestamp() >= end : --looks == 0) {
			amp_mmio_fail(vmdev, "it does not get reset, its status is",
			              mmio_read(vmdev, VIRTIO_MMIO_STATUS));
			return -ETIMEDOUT;
		}
		metal_cpu_yield();
	}
	amp_mmio_forget_rings(vmdev);
	return 0;
}

static void reset_device(struct virtio_device *vdev)
{
	(void)reset_and_wait(to_vmdev(vdev));
}

/* ------------------------------------------------------------------ features */

static uint32_t offered(struct virtio_mmio_device *vmdev, uint32_t half)
{
	mmio_write(vmdev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, half);
	return mmio_read(vmdev, VIRTIO_MMIO_DEVICE_FEATURES);
}

static void accept(struct virtio_mmio_device *vmdev, uint32_t half, uint32_t features)
{
	mmio_write(vmdev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
	mmio_write(vmdev, VIRTIO_MMIO_DRIVER_FEATURES, features);
}

/* Returns what holds from now on. Until the next reset there is no second time. */
static uint64_t negotiate_all(struct virtio_device *vdev, uint64_t features)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	uint8_t status;

	if (vmdev->failed)
		return 0;
	if (vmdev->features_done)
		return vdev->features;
	if (vmdev->version != MMIO_MODERN)
		features &= UINT32_MAX; /* there are no more */
	features &= offered(vmdev, 0) | (features >> 32 ? (uint64_t)offered(vmdev, 1) << 32 : 0);
	features &= ~UNSUPPORTED_FEATURES;
	if (vmdev->version == MMIO_MODERN)
		features |= 1ULL << VIRTIO_F_VERSION_1;
	accept(vmdev, 0, (uint32_t)features);
	vdev->features = features;
	if (vmdev->version == MMIO_MODERN) {
		accept(vmdev, 1, (uint32_t)(features >> 32));
		status = get_status(vdev) | VIRTIO_CONFIG_FEATURES_OK;
		mmio_write(vmdev, VIRTIO_MMIO_STATUS, status);
		if (!(get_status(vdev) & VIRTIO_CONFIG_FEATURES_OK)) {
			amp_mmio_fail(vmdev, "it does not accept its own features", (uint32_t)features);
			vdev->features = 0;
			return 0;
		}
	}
	vmdev->features_done = true;
	return features;
}

static uint32_t negotiate_features(struct virtio_device *vdev, uint32_t features)
{
	return (uint32_t)negotiate_all(vdev, features);
}

static uint32_t get_features(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);

	if (vmdev->failed)
		return 0;
	return vmdev->features_done ? (uint32_t)vdev->features : offered(vmdev, 0);
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	(void)negotiate_features(vdev, features);
}

/* Bits are only added: the specification allows no other way back than a reset. */
static void set_status(struct virtio_device *vdev, uint8_t status)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);

	if (status == VIRTIO_CONFIG_STATUS_RESET) {
		reset_device(vdev);
		return;
	}
	/* A device of layout 2 does not start before features were agreed on, be it none. */
	if ((status & VIRTIO_CONFIG_STATUS_DRIVER_OK) && !vmdev->features_done)
		(void)negotiate_features(vdev, 0);
	status |= get_status(vdev);
	if (!vmdev->failed)
		mmio_write(vmdev, VIRTIO_MMIO_STATUS, status);
}

/* ------------------------------------------------------------------ configuration space */

static bool config_range_ok(struct virtio_mmio_device *vmdev, uint32_t offset, int length)
{
	size_t size = vmdev->cfg_io.size - VIRTIO_MMIO_CONFIG; /* checked at the beginning */

	if (!vmdev->failed && length >= 0 && offset <= size && (size_t)length <= size - offset)
		return true;
	metal_log(METAL_LOG_ERROR, "virtio-mmio: %d bytes at %lu of the configuration space refused: it has %lu\n",
	          length, (unsigned long)offset, (unsigned long)size);
	return false;
}

/* Fields are accessed as the specification wants: in one piece of their own width, 64 bits in two halves, else in
 * bytes. */
static int access_width(uint32_t offset, int length)
{
	int width = length == 8 ? 4 : length;

	return (width == 2 || width == 4) && offset % (unsigned int)width == 0 ? width : 1;
}

static void access_config(struct virtio_mmio_device *vmdev, uint32_t offset, unsigned char *bytes, int length,
                          bool write)
{
	int width = access_width(offset, length);
	uint64_t value = 0;
	unsigned long at;

	for (int i = 0; i < length; i += width) {
		at = VIRTIO_MMIO_CONFIG + (unsigned long)offset + (unsigned long)i;
		if (write) {
			memcpy(&value, bytes + i, (size_t)width);
			metal_io_write(&vmdev->cfg_io, at, value, memory_order_seq_cst, width);
		} else {
			value = metal_io_read(&vmdev->cfg_io, at, memory_order_seq_cst, width);
			memcpy(bytes + i, &value, (size_t)width);
		}
	}
}

static void read_config(struct virtio_device *vdev, uint32_t offset, void *dst, int length)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);
	unsigned int tries = CONFIG_TRIES;
	uint32_t before, after;

	memset(dst, 0, (size_t)metal_max(length, 0));
	if (!config_range_ok(vmdev, offset, length))
		return;
	/* Of several pieces some could be from before a change and some from after it. Layout 1 cannot tell. */
	do {
		before = vmdev->version == MMIO_LEGACY ? 0 : mmio_read(vmdev, VIRTIO_MMIO_CONFIG_GENERATION);
		access_config(vmdev, offset, dst, length, false);
		after = vmdev->version == MMIO_LEGACY ? 0 : mmio_read(vmdev, VIRTIO_MMIO_CONFIG_GENERATION);
	} while (before != after && --tries);
	if (before != after) {
		memset(dst, 0, (size_t)length);
		amp_mmio_fail(vmdev, "its configuration space changes all the time, generation", after);
	}
}

static void write_config(struct virtio_device *vdev, uint32_t offset, void *src, int length)
{
	struct virtio_mmio_device *vmdev = to_vmdev(vdev);

	if (config_range_ok(vmdev, offset, length))
		access_config(vmdev, offset, src, length, true);
}

/* ------------------------------------------------------------------ interrupts */

void virtio_mmio_isr(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vmdev;
	uint32_t status;

	if (!vdev)
		return;
	vmdev = to_vmdev(vdev);
	if (vmdev->failed)
		return;
	status = mmio_read(vmdev, VIRTIO_MMIO_INTERRUPT_STATUS);
	if (status == NO_ANSWER) {
		amp_mmio_fail(vmdev, "its interrupt status is", status);
		virtio_device_lost(vdev);
		return;
	}
	if (!status)
		return; /* a neighbour's, on a shared line */
	/* All of it, also bits that have no meaning yet: they would hold the line for ever. Before the queues are
	 * looked at: what comes after that look raises it again. */
	mmio_write(vmdev, VIRTIO_MMIO_INTERRUPT_ACK, status);
	if (status & VIRTIO_MMIO_INT_VRING) {
		for (struct amp_mmio_queue *queue = vmdev->queues; queue; queue = queue->next)
			if (queue->started)
				virtqueue_notification(queue->vq);
	}
	if ((status & VIRTIO_MMIO_INT_CONFIG) &&
	    (get_status(vdev) & (VIRTIO_CONFIG_STATUS_NEEDS_RESET | VIRTIO_CONFIG_STATUS_FAILED)))
		virtio_device_lost(vdev);
}

/* ------------------------------------------------------------------ life */

static const struct virtio_dispatch mmio_dispatch = {
	.create_virtqueues = amp_mmio_create_virtqueues,
	.delete_virtqueues = amp_mmio_delete_virtqueues,
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.negotiate_features = negotiate_features,
	.negotiate_all = negotiate_all,
	.read_config = read_config,
	.write_config = write_config,
	.reset_device = reset_device,
	.notify = amp_mmio_notify,
};

static int identify(struct virtio_mmio_device *vmdev)
{
	struct virtio_device_id *id = &vmdev->vdev.id;

	if (mmio_read(vmdev, VIRTIO_MMIO_MAGIC_VALUE) != VIRTIO_MMIO_MAGIC_VALUE_SIGNATURE)
		return -ENODEV;
	vmdev->version = mmio_read(vmdev, VIRTIO_MMIO_VERSION);
	if (vmdev->version != MMIO_LEGACY && vmdev->version != MMIO_MODERN)
		return -EOPNOTSUPP;
	id->version = vmdev->version;
	id->device = mmio_read(vmdev, VIRTIO_MMIO_DEVICE_ID);
	id->vendor = mmio_read(vmdev, VIRTIO_MMIO_VENDOR_ID);
	return id->device && id->device != NO_ANSWER ? 0 : -ENODEV;
}

/* The regions are there. */
static int start(struct virtio_mmio_device *vmdev, void *user_data)
{
	struct virtio_device *vdev = &vmdev->vdev;
	int status;

	vmdev->user_data = user_data;
	vmdev->queues = NULL;
	vmdev->failed = false;
	if (vmdev->device_mode != VIRTIO_DEV_DRIVER || vmdev->cfg_io.size < VIRTIO_MMIO_CONFIG)
		return -EINVAL;
	status = identify(vmdev);
	if (status)
		return status;
	vdev->role = VIRTIO_DEV_DRIVER;
	vdev->func = &mmio_dispatch;
	vdev->features = 0;
	vdev->vrings_num = 0;
	vdev->vrings_info = NULL;
	status = reset_and_wait(vmdev);
	if (status)
		return status;
	mmio_write(vmdev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_STATUS_ACK);
	mmio_write(vmdev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
	if (vmdev->version == MMIO_MODERN && !(offered(vmdev, 1) & (1u << (VIRTIO_F_VERSION_1 - 32)))) {
		amp_mmio_fail(vmdev, "it does not offer VIRTIO_F_VERSION_1, but its register layout is",
		              vmdev->version);
		return -EOPNOTSUPP;
	}
	return 0;
}

int virtio_mmio_device_init(struct virtio_mmio_device *vmdev, uintptr_t virt_mem_ptr, uintptr_t cfg_mem_ptr,
                            void *user_data)
{
	if (!vmdev || !virt_mem_ptr || !cfg_mem_ptr)
		return -EINVAL;
	vmdev->cfg_phys = (metal_phys_addr_t)(uintptr_t)vmdev->cfg_mem.base;
	vmdev->shm_phys = (metal_phys_addr_t)(uintptr_t)vmdev->shm_mem.base;
	metal_io_init(&vmdev->cfg_io, (void *)cfg_mem_ptr, &vmdev->cfg_phys, vmdev->cfg_mem.size, (unsigned int)-1, 0,
	              NULL);
	metal_io_init(&vmdev->shm_io, (void *)virt_mem_ptr, &vmdev->shm_phys, vmdev->shm_mem.size, (unsigned int)-1, 0,
	              NULL);
	return start(vmdev, user_data);
}

int amp_virtio_mmio_init_regions(struct virtio_mmio_device *vmdev, const struct metal_io_region *cfg,
                                 const struct metal_io_region *shm, void *user_data)
{
	if (!vmdev || !cfg || !shm)
		return -EINVAL;
	vmdev->cfg_io = *cfg;
	vmdev->shm_io = *shm;
	return start(vmdev, user_data);
}

void amp_virtio_mmio_release(struct virtio_mmio_device *vmdev)
{
	if (!vmdev || !vmdev->vdev.func || vmdev->vdev.users || vmdev->vdev.telling)
		return;
	(void)reset_and_wait(vmdev);
	amp_mmio_free_queues(vmdev);
	vmdev->vdev.func = NULL;
}
