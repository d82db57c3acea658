// SPDX-License-Identifier: GPL-2.0-only
/* The core's power switch, which only the host has: start a process, kill it. */
#define _GNU_SOURCE
#include "platform.h"

#include "resources.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Kernels from 6.3 on want to be told; older ones refuse a flag that they do not know. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u
#endif

extern char **environ;

/* ------------------------------------------------------------------ what the core runs */

/* A file with @p size bytes from the core's memory. */
static int copy_to_file(struct platform *p, unsigned long offset, uint64_t size)
{
	const char *data = metal_io_virt(&p->io, offset);
	int fd = memfd_create("firmware", MFD_CLOEXEC | MFD_EXEC);
	ssize_t written;

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("firmware", MFD_CLOEXEC);
	while (fd >= 0 && size) {
		written = write(fd, data, size);
		if (written <= 0) {
			close(fd);
			return -1;
		}
		data += written;
		size -= (uint64_t)written;
	}
	return fd;
}

/*
 * The boot ROM of this core. At the boot address there is a Linux program behind a 64-bit word with its size. So it
 * runs what the loader put into its memory, and nothing else.
 */
static int open_image(struct platform *p)
{
	unsigned long offset = metal_io_phys_to_offset(&p->io, p->rproc.bootaddr);
	uint64_t size, room = CORE_PROGRAM_DA + CORE_PROGRAM_SIZE - p->rproc.bootaddr - sizeof(size);

	if (p->rproc.bootaddr < CORE_PROGRAM_DA || offset == METAL_BAD_OFFSET || room > CORE_PROGRAM_SIZE ||
	    metal_io_block_read(&p->io, offset, &size, sizeof(size)) != sizeof(size) || size == 0 || size > room) {
		fprintf(stderr, "platform: no program at the boot address 0x%lx\n", p->rproc.bootaddr);
		return -1;
	}
	return copy_to_file(p, offset + sizeof(size), size);
}

static int open_program(struct platform *p)
{
	int low = p->rproc.bootaddr ? open_image(p) : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, CORE_FD_MEMORY + CORE_FDS);

	if (low >= 0)
		close(low);
	return fd;
}

/* ------------------------------------------------------------------ on and off */

/* In the new process, from here on until exec only what is allowed in a child of a program with threads. */
static void become_core(int program, int fds[CORE_FDS], pid_t parent)
{
	static const char error[] = "platform: the program of the core cannot be executed\n";
	char *argv[] = {"core", "--remote", NULL};

	/* The core has no power without its host, however that ends. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent) {
		for (int i = 0; i < CORE_FDS; i++)
			dup2(fds[i], CORE_FD_MEMORY + i);
		fexecve(program, argv, environ);
	}
	_exit(write(STDERR_FILENO, error, sizeof(error) - 1) < 0 ? 126 : 127);
}

int platform_start_core(struct remoteproc *rproc)
{
	struct platform *p = rproc->priv;
	int fds[CORE_FDS] = {p->memory_fd, p->bell_out, p->bell_in};
	int program = open_program(p);
	pid_t parent = getpid();

	/* Out of the way of the numbers that they get in the child. */
	for (int i = 0; i < CORE_FDS; i++)
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, CORE_FD_MEMORY + CORE_FDS);
	p->process = program < 0 ? -1 : fork();
	if (p->process == 0)
		become_core(program, fds, parent);
	for (int i = 0; i < CORE_FDS; i++)
		close(fds[i]);
	if (program >= 0)
		close(program);
	if (p->process < 0) {
		perror("platform: the core cannot be started");
		return -RPROC_ENODEV;
	}
	p->process_fd = (int)syscall(SYS_pidfd_open, p->process, 0);
	if (p->process_fd < 0) {
		perror("platform: the core cannot be watched: pidfd_open");
		kill(p->process, SIGKILL);
		waitpid(p->process, NULL, 0);
		return -RPROC_ENODEV;
	}
	return 0;
}

int platform_stop_core(struct remoteproc *rproc)
{
	struct platform *p = rproc->priv;
	eventfd_t count;

	if (p->process_fd < 0)
		return 0;
	kill(p->process, SIGKILL);
	waitpid(p->process, NULL, 0);
	close(p->process_fd);
	p->process_fd = -1;
	/* What is left of this life does not belong to the next one. */
	eventfd_read(p->bell_in, &count);
	eventfd_read(p->bell_out, &count);
	metal_io_write32(&p->io, metal_io_phys_to_offset(&p->io, CORE_IN_USE_DA), 0);
	return 0;
}

int platform_boot(struct platform *p)
{
	static const struct core_resources resources = CORE_RESOURCES;
	void *table = metal_io_phys_to_virt(&p->io, CORE_TABLE_DA);
	int status = 0;

	/* An image brings its resource table with it. Without one, the host writes the table. */
	if (!p->rproc.rsc_table) {
		if (!table)
			return -1;
		memcpy(table, &resources, sizeof(resources));
		status = remoteproc_set_rsc_table(&p->rproc, table, sizeof(resources));
		if (!status)
			status = remoteproc_config(&p->rproc, NULL);
	}
	if (!status)
		status = remoteproc_start(&p->rproc);
	if (status)
		fprintf(stderr, "platform: the core does not start: %s\n", amp_remoteproc_strerror(status));
	return status;
}

void platform_off(struct platform *p)
{
	rpmsg_deinit_vdev(&p->link);
	remoteproc_remove_virtio(&p->rproc, p->vdev);
	p->vdev = NULL;
	remoteproc_shutdown(&p->rproc);
}
