/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver that has found the fake device, in both register layouts. */
#ifndef AMP_MMIO_FIXTURE_H
#define AMP_MMIO_FIXTURE_H

#include "fake_device.h"

extern struct virtio_mmio_device vmdev;
extern struct virtqueue *vqs[FAKE_QUEUES]; /* each with room for 8 descriptors */
extern unsigned int called;                /* calls of on_queue() and on_vq(), and what the last one got */
extern void *called_with;
extern unsigned int resets; /* calls of the device's reset_cb */
extern unsigned int logged; /* errors */

/** Look at the fake device anew; as amp_virtio_mmio_init_regions(). */
int init(void);

/** cmocka set-up and tear-down: the device is there, no queue is set up. */
int start_legacy(void **state);
int start_modern(void **state);
int stop(void **state);

void on_queue(void *arg);
void on_vq(struct virtqueue *vq);

/** Set up a queue of vqs[]. */
struct virtqueue *setup(unsigned int idx);

/** Most tests run for both layouts. */
#define BOTH(name)                                                \
	{#name " (legacy)", name, start_legacy, stop, NULL},      \
	{                                                         \
#name " (modern)", name, start_modern, stop, NULL \
	}
#define MODERN(name) cmocka_unit_test_setup_teardown(name, start_modern, stop)

#endif /* AMP_MMIO_FIXTURE_H */
