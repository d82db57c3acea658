/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking at the vrings of others, alive or in a dump, without being a party: nothing is ever written.
 *
 * Everything that is read was written by cores that may have gone mad. So each word is copied once, checked, and only
 * the copy is used; what is wrong is told, with the value that is.
 */
#ifndef AMPRELAY_RINGS_H
#define AMPRELAY_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openamp/virtio_ring.h>

#define AMP_RING_MAX     32768u /**< descriptors of a ring at most */
#define AMP_RPMSG_HEADER 16u    /**< bytes before the payload (WIRE.md, section 10) */

/** Where a message comes from. The driver is the host, the device the remote core. */
enum amp_direction {
	AMP_TO_HOST,   /**< queue 0: a message is an entry of the used ring */
	AMP_TO_REMOTE, /**< queue 1: … of the avail ring */
};

/** The memory that the rings and buffers are in. */
struct amp_memory {
	/** Copies `size` bytes. @return false if not all of them are there */
	bool (*read)(void *context, uint64_t addr, void *copy, size_t size);
	void *context;
	uint64_t shift;                    /**< to be added to a descriptor's address, modulo 2^64, for `read` */
	uint64_t buffers_at, buffers_size; /**< where the buffers must be, for `read`; size 0: anywhere */
};

/** A split ring: addresses for amp_memory.read. */
struct amp_ring {
	uint64_t desc, avail, used;
	uint32_t num;
};

enum amp_ring_problem {
	AMP_RING_SOUND,
	AMP_RING_NUM,    /**< number of descriptors */
	AMP_RING_ALIGN,  /**< alignment of the used ring */
	AMP_RING_FLAGS,  /**< of the avail or the used ring: bits that nobody knows */
	AMP_RING_ABSENT, /**< the memory has no such address */
	AMP_RING_INDEX,  /**< of the avail or the used ring: ahead of, or behind, what it can be */
	AMP_RING_ID,     /**< an entry names no descriptor */
	AMP_RING_CHAIN,  /**< the descriptor's flags: a chain, or unknown bits */
	AMP_RING_WRITE,  /**< the descriptor's flags: the device may write what it is to read, or the other way round */
	AMP_RING_SIZE,   /**< a buffer too small for a header */
	AMP_RING_ADDR,   /**< a buffer outside the memory */
	AMP_RING_USED_LEN, /**< the device wrote more than the buffer, or less than its message */
	AMP_RING_LEN,      /**< the message says to be longer than its buffer */
	AMP_RING_TWICE,    /**< one buffer is in two places */
	AMP_RING_OVERLAP,  /**< a buffer that shares bytes with another one */
	AMP_RING_NAME,     /**< an announcement of a wrong length, or whose name has no end */
	AMP_RING_PROBLEMS,
};

/** What is wrong with a ring, first of all. */
struct amp_ring_fault {
	enum amp_ring_problem problem;
	uint64_t value; /**< that was found … */
	uint64_t limit; /**< … and what it may be at most; for AMP_RING_WRITE and AMP_RING_TWICE: what it ought to be */
};

/** One entry of the avail or used ring, with its descriptor. */
struct amp_ring_entry {
	uint32_t id;
	uint32_t used_len; /**< the used ring's */
	struct vring_desc desc;
};

/** The head of an RPMsg message. */
struct amp_rpmsg {
	uint32_t src, dst, reserved;
	uint16_t len, flags;
};

/** Lays out a ring as the resource table describes it. @return false with `fault` if there is no such ring */
bool amp_ring_lay_out(struct amp_ring *ring, uint64_t addr, uint32_t num, uint32_t align, struct amp_ring_fault *fault);

/** Copies flags and index of the avail (or used) ring. */
bool amp_ring_read_index(const struct amp_memory *memory, const struct amp_ring *ring, bool used, uint16_t *flags,
                         uint16_t *index);

/** Copies and checks entry `index` (modulo 2^16) of the avail (or used) ring, and the descriptor that it names. */
bool amp_ring_read_entry(const struct amp_memory *memory, const struct amp_ring *ring, bool used, uint16_t index,
                         struct amp_ring_entry *entry, struct amp_ring_fault *fault);

/** Checks a descriptor that holds a message, or room for one, of that direction. */
bool amp_ring_check_desc(const struct amp_memory *memory, const struct vring_desc *desc, enum amp_direction direction,
                         struct amp_ring_fault *fault);

/**
 * Copies and checks the message of entry `index`: of the used ring for AMP_TO_HOST, of the avail ring otherwise.
 *
 * @param head  the whole header as it is in memory, checked: the payload may then be read from entry->desc.addr + 16
 */
bool amp_ring_read_message(const struct amp_memory *memory, const struct amp_ring *ring, enum amp_direction direction,
                           uint16_t index, struct amp_ring_entry *entry, struct amp_rpmsg *head,
                           struct amp_ring_fault *fault);

/** Copies what is at a descriptor's buffer. */
bool amp_ring_read_buffer(const struct amp_memory *memory, const struct vring_desc *desc, size_t at, void *copy,
                          size_t size);

#define AMP_RING_TEXT 128

/** @return `text`, which says it to people: "descriptor 300 of a ring of 256" */
const char *amp_ring_fault_text(const struct amp_ring_fault *fault, char text[AMP_RING_TEXT]);

#endif /* AMPRELAY_RINGS_H */
