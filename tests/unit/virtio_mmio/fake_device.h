/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio-mmio device made of register hooks: behaves as the specification says, except where a test tells it
 * not to.
 */
#ifndef AMP_FAKE_DEVICE_H
#define AMP_FAKE_DEVICE_H

#include <openamp/virtio_mmio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FAKE_QUEUES 2
#define FAKE_CONFIG 16
#define SHM_SIZE    65536u
#define SHM_PHYS    0x80000000ul

struct fake_queue {
	uint32_t num_max, num, align, pfn, ready;
	uint64_t desc, avail, used;
	unsigned int notified;
};

struct fake_device {
	/* identity and behaviour: set by tests before the driver looks */
	uint32_t magic, version, id, vendor;
	uint32_t offered[2];
	unsigned int resets_late; /* looks at the status that still show the old one */
	bool ignores_reset;       /* for ever */
	bool refuses_features;    /* FEATURES_OK does not stick */
	bool refuses_rings;       /* ready and PFN do not stick */
	bool keeps_rings;         /* … or cannot be taken back */
	bool changes_config;      /* its generation never rests */
	uint32_t status_bits;     /* added to what the status register shows */
	/* state */
	uint32_t status, features_sel, accepted_sel, accepted[2], page_size, queue_sel, interrupt, generation;
	struct fake_queue queue[FAKE_QUEUES];
	uint8_t config[FAKE_CONFIG];
	int config_width;   /* of the last access */
	unsigned int acked; /* all bits that were ever acknowledged */
};

extern struct fake_device fake;
extern uint8_t *shm; /* SHM_SIZE bytes */

/** A sound device of this register layout: 2 queues of 8, features 0x30000003, 16 bytes of configuration. */
void fake_reset(uint32_t version);

/** Its registers and the shared memory, as regions for amp_virtio_mmio_init_regions(). */
extern struct metal_io_region fake_registers, fake_shm;

/** Allocator of rings, for virtio_device::mmops: out of the shared memory. */
extern const struct virtio_memory_ops fake_mmops;
extern unsigned int fake_allocated, fake_freed;

/** Play the device: take a buffer of a queue, write @p answer over it, give it back, raise the interrupt. */
void fake_echo(unsigned int queue, char answer);

#endif /* AMP_FAKE_DEVICE_H */
