/* SPDX-License-Identifier: BSD-3-Clause */
/* What lib/metal asks of a port, and its own modules of each other. Internal. */
#ifndef AMP_METAL_PORT_H
#define AMP_METAL_PORT_H

#include <metal/device.h>
#include <metal/io.h>

/* ports/<port>/port.c */

/** First metal_init(). Returns 0 or a negative error number, which metal_init() passes on. */
int amp_port_init(void);

/** Last metal_finish(): no handler runs afterwards. */
void amp_port_finish(void);

/** metal_shmem_open() for a name that the program did not describe; arguments are checked. -ENOENT: no such memory. */
int amp_port_shmem_open(const char *name, size_t size, struct metal_io_region **io);

/* dma.c: the generic bus's hooks */
int amp_generic_dma_map(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg_in,
                        int nents_in, struct metal_sg *sg_out);
void amp_generic_dma_unmap(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg,
                           int nents);

/* named.c */

/** A list of things whose first member is their name. */
struct amp_named {
	struct metal_list *list;
	size_t node; /**< offset of a thing's list node */
};

/** The one with this name, or NULL. */
void *amp_named_find(const struct amp_named *named, const char *name);

/** @return 0, -EINVAL (it has no name), -EEXIST (its name is taken) */
int amp_named_add(const struct amp_named *named, void *thing);

/** @return whether it was there */
bool amp_named_remove(const struct amp_named *named, struct metal_list *node);

/** Remove all. */
void amp_named_forget(const struct amp_named *named);

/* lib/metal: forget everything registered, for metal_finish() */
void amp_device_finish(void);         /* device.c */
void amp_irq_controller_finish(void); /* irq_controller.c */
void amp_shmem_finish(void);          /* shmem.c */
void amp_softirq_finish(void);        /* softirq.c */

#endif /* AMP_METAL_PORT_H */
