/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file image_store.h
 * @brief Places that remoteproc_load() takes images from: memory, a stream, and where there are files, a file.
 *
 *     struct amp_mem_store store = { .image = firmware, .size = firmware_size };
 *     remoteproc_load(rproc, NULL, &store, &amp_mem_store_ops, NULL);
 *
 * A store serves one load at a time. Context: as remoteproc_load().
 */
#ifndef AMPRELAY_IMAGE_STORE_H
#define AMPRELAY_IMAGE_STORE_H

#include <openamp/remoteproc.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An image in this side's memory, for instance linked into its own. The path is not used. */
struct amp_mem_store {
	const void *image;
	size_t size;
};

extern const struct image_store_ops amp_mem_store_ops;

/**
 * An image that comes in order: from a serial line, a socket, a decompressor. Files of GNU ld and LLVM's lld, whose
 * program headers stand at the front, load from a stream that comes once. Those of other linkers (TI, IAR), which put
 * them at the end, and those whose resource table runs elsewhere than it is loaded, need one that can begin again; for
 * others they are refused with AMP_RPROC_ERR_STREAM.
 */
struct amp_stream_store {
	/**
	 * Get the next bytes. Waits for at least one.
	 * @param size  at most this many, > 0
	 * @return their number, 0 at the end of the image, or a negative error for the caller of remoteproc_load()
	 */
	int (*read)(void *arg, void *buf, size_t size);
	void *arg;
	void *buf; /**< where they are put; the larger, the fewer the calls */
	size_t buf_size;
	/** Begin again: the next read gets the first bytes. 0, or a negative error for the caller.
	 * NULL: not possible. */
	int (*rewind)(void *arg);
};

/** The path is not used. */
extern const struct image_store_ops amp_stream_store_ops;

/** An image in a file. In ports that have files. */
struct amp_file_store {
	int fd;                  /**< private */
	int error;               /**< errno after -AMP_RPROC_ERR_STORE, for a message */
	unsigned char buf[4096]; /**< private */
};

/** The path is that of the file. */
extern const struct image_store_ops amp_file_store_ops;

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_IMAGE_STORE_H */
