// SPDX-License-Identifier: BSD-3-Clause
/* Images in files. */
#include <amprelay/image_store.h>
#include <amprelay/remoteproc.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Bytes of the file, as many as there are up to a bufferful; negative: an error, noted. */
static int read_at(struct amp_file_store *file, size_t offset, size_t size)
{
	ssize_t got;

	size = metal_min(size, sizeof(file->buf));
	do {
		got = pread(file->fd, file->buf, size, (off_t)offset);
	} while (got < 0 && errno == EINTR);
	if (got >= 0)
		return (int)got;
	file->error = errno;
	return -AMP_RPROC_ERR_STORE;
}

static int open_file(void *store, const char *path, const void **img_data)
{
	struct amp_file_store *file = store;
	int got;

	if (!file)
		return -AMP_RPROC_ERR_STORE;
	file->error = 0;
	file->fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file->fd < 0) {
		file->error = path ? errno : EINVAL;
		return -AMP_RPROC_ERR_STORE;
	}
	got = read_at(file, 0, sizeof(file->buf));
	if (got < 0) {
		close(file->fd);
		file->fd = -1;
	}
	*img_data = file->buf;
	return got;
}

static void close_file(void *store)
{
	struct amp_file_store *file = store;

	close(file->fd);
	file->fd = -1;
}

static int load_file(void *store, size_t offset, size_t size, const void **data, metal_phys_addr_t pa,
                     struct metal_io_region *io, char is_blocking)
{
	struct amp_file_store *file = store;
	int got = read_at(file, offset, size);

	(void)is_blocking;
	*data = file->buf;
	/* By way of the buffer, since the region may have hooks, or be a device that the kernel cannot copy to. */
	if (got > 0 && io && metal_io_block_write(io, metal_io_phys_to_offset(io, pa), file->buf, got) != got) {
		file->error = EFAULT;
		return -AMP_RPROC_ERR_STORE;
	}
	return got;
}

const struct image_store_ops amp_file_store_ops = {
	.open = open_file,
	.close = close_file,
	.load = load_file,
	.features = SUPPORT_SEEK,
};
