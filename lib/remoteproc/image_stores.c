// SPDX-License-Identifier: BSD-3-Clause
/* The image stores that need no operating system: memory and stream. */
#include <amprelay/image_store.h>
#include <amprelay/remoteproc.h>

#include <limits.h>

static int load_mem(void *store, size_t offset, size_t size, const void **data, metal_phys_addr_t pa,
                    struct metal_io_region *io, char is_blocking)
{
	const struct amp_mem_store *mem = store;

	(void)pa;
	(void)io;
	(void)is_blocking;
	if (offset >= mem->size)
		return 0;
	*data = (const char *)mem->image + offset;
	return (int)metal_min(metal_min(size, mem->size - offset), (size_t)INT_MAX);
}

/* Hands over all of it; load_mem() is only reached again for an image that is larger than an int, or ends too early. */
static int open_mem(void *store, const char *path, const void **img_data)
{
	const struct amp_mem_store *mem = store;

	(void)path;
	if (!mem || !mem->image)
		return -AMP_RPROC_ERR_STORE;
	return load_mem(store, 0, mem->size, img_data, METAL_BAD_PHYS, NULL, 1);
}

const struct image_store_ops amp_mem_store_ops = {
	.open = open_mem,
	.load = load_mem,
	.features = AMP_SUPPORT_REWIND,
};

static int read_stream(const struct amp_stream_store *stream, size_t size, const void **data)
{
	*data = stream->buf;
	return stream->read(stream->arg, stream->buf, metal_min(size, stream->buf_size));
}

/* Always where the stream is, or at its beginning. */
static int load_stream(void *store, size_t offset, size_t size, const void **data, metal_phys_addr_t pa,
                       struct metal_io_region *io, char is_blocking)
{
	const struct amp_stream_store *stream = store;
	int status = 0;

	(void)pa;
	(void)io;
	(void)is_blocking;
	if (offset == 0)
		status = stream->rewind ? stream->rewind(stream->arg) : -AMP_RPROC_ERR_STREAM;
	return status ? status : read_stream(stream, size, data);
}

static int open_stream(void *store, const char *path, const void **img_data)
{
	const struct amp_stream_store *stream = store;

	(void)path;
	if (!stream || !stream->read || !stream->buf || stream->buf_size == 0)
		return -AMP_RPROC_ERR_STORE;
	return read_stream(stream, stream->buf_size, img_data);
}

const struct image_store_ops amp_stream_store_ops = {
	.open = open_stream,
	.load = load_stream,
	.features = AMP_SUPPORT_REWIND,
};
