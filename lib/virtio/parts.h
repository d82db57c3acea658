/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of buffers, and tables of them: for rings of both kinds. The functions are in parts.c. */
#ifndef AMP_PARTS_H
#define AMP_PARTS_H

#include "ring.h"

#include <amprelay/ring_features.h>

#include <metal/utilities.h>

/* ------------------------------------------------------------------ driver */

/** What virtqueue_add_buffer() checks of its arguments, but for room. @return VQUEUE_SUCCESS or its error */
int amp_vq_check_list(const struct virtqueue *vq, const struct virtqueue_buf *buf_list, int readable, int writable,
                      const void *cookie);

/** The descriptor of a part, its flags 0 or VRING_DESC_F_WRITE. @return false: there is none for it */
bool amp_vq_fill_part(struct virtqueue *vq, const struct virtqueue_buf *part, bool writable, struct vring_desc *desc);

/**
 * Write the table of an indirect descriptor, and fill that one.
 * @param packed  as packed rings have it: one entry behind the other; else each one names the next
 * @return VQUEUE_SUCCESS or ERROR_VQUEUE_INVLD_PARAM
 */
int amp_vq_fill_table(struct virtqueue *vq, void *table, const struct virtqueue_buf *buf_list, int readable, int parts,
                      bool packed, struct vring_desc *desc);

/* ------------------------------------------------------------------ device */

/** A list that is being filled. */
struct amp_vq_parts {
	struct amp_vq_part *part;
	unsigned int num, room;
};

/** Check a direct descriptor, a copy, and append it. @return AMP_LINK_OK or a reason */
int amp_vq_read_part(const struct virtqueue *vq, const struct vring_desc *desc, struct amp_vq_parts *parts);

/**
 * The same of an indirect descriptor, and all that is in its table, each word of which is read once.
 * @param packed  as packed rings have it
 */
int amp_vq_read_table(const struct virtqueue *vq, const struct vring_desc *desc, bool packed,
                      struct amp_vq_parts *parts);

#endif /* AMP_PARTS_H */
