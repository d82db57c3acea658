// SPDX-License-Identifier: BSD-3-Clause
/* Shared memory: POSIX names, and descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <metal/alloc.h>
#include <metal/port/shmem.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metal/port.h"

/* A region and its memory end together. */
static void unmap(struct metal_io_region *io)
{
	munmap(io->virt, io->size);
	metal_free_memory(io);
}

int amp_shmem_map(int fd, size_t size, struct metal_io_region **io)
{
	static const struct metal_io_ops ops = {.close = unmap};
	struct metal_io_region *region;
	struct stat st;
	void *virt;
	int ret;

	if (size == 0 || !io)
		return -EINVAL;
	if (fstat(fd, &st))
		return -errno;
	if (st.st_size < 0 || (uintmax_t)st.st_size < size)
		return -EINVAL;
	region = metal_allocate_memory(sizeof(*region));
	if (!region)
		return -ENOMEM;
	virt = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (virt == MAP_FAILED) {
		ret = -errno;
		metal_free_memory(region);
		return ret;
	}
	/* User space does not learn physical addresses: who needs them, makes a region of its own over this memory. */
	metal_io_init(region, virt, NULL, size, -1, AMP_IO_NORMAL, &ops);
	*io = region;
	return 0;
}

static int page_aligned(size_t size, off_t *rounded)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (size == 0)
		return -EINVAL;
	if (size > (size_t)LONG_MAX - page)
		return -EOVERFLOW;
	*rounded = (off_t)metal_align_up(size, page);
	return 0;
}

int amp_shmem_create(const char *label, size_t size, int *fd, struct metal_io_region **io)
{
	off_t rounded;
	int ret, file;

	if (!label || !fd || !io)
		return -EINVAL;
	ret = page_aligned(size, &rounded);
	if (ret)
		return ret;
	file = memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (file < 0)
		return -errno;
	if (ftruncate(file, rounded) || fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		ret = -errno;
	else
		ret = amp_shmem_map(file, size, io);
	if (ret) {
		close(file);
		return ret;
	}
	*fd = file;
	return 0;
}

/* The file of a name, at least so large. Two programs may do this at once: nobody makes it smaller. */
static int open_named(const char *name, off_t size)
{
	char path[NAME_MAX + 1];
	struct stat st;
	int fd, ret;

	if (name[0] == '/')
		name++;
	ret = snprintf(path, sizeof(path), "/%s", name);
	if (ret < 2 || (size_t)ret >= sizeof(path) || strchr(name, '/'))
		return -EINVAL;
	fd = shm_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = fstat(fd, &st) ? errno : 0;
	if (ret == 0 && st.st_size < size)
		ret = posix_fallocate(
			fd, 0, size); /* takes the space now: a full file system is an error here, not SIGBUS later */
	if (ret) {
		close(fd);
		return -ret;
	}
	return fd;
}

int amp_port_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	off_t rounded;
	int ret, fd;

	ret = page_aligned(size, &rounded);
	if (ret)
		return ret;
	fd = open_named(name, rounded);
	if (fd < 0)
		return fd;
	ret = amp_shmem_map(fd, size, io);
	close(fd);
	return ret;
}
