// SPDX-License-Identifier: BSD-3-Clause
/*
 * What newlib calls for files, sent to the core that has some: rpmsg_set_default_rpc(), which brings this file into the
 * program. Not weak: a library of stubs that defines the same is then an error of the linker, and not the silent
 * winner.
 */
#include <amprelay/rpc_files.h>
#include <metal/compiler.h>
#include <metal/errno.h>

#ifndef AMP_NEWLIB_OPEN_FLAGS
#define AMP_NEWLIB_OPEN_FLAGS AMP_RPC_EITHER_NUMBERS
#endif

extern const char amp_newlib_files;
const char amp_newlib_files = 0;

int _open(const char *path, int flags, int mode);
int _close(int fd);
int _read(int fd, char *buf, int size);
int _write(int fd, const char *buf, int size);

/* Where newlib's errno is. Weak: a program without newlib has none, and this file perhaps all the same. */
int *__errno(void) __attribute__((weak));

/* Results as newlib wants them: -1, and the error in errno. */
static int checked(int result)
{
	if (result >= 0)
		return result;
	if (__errno)
		*__errno() = result > -1000 ? -result : EIO; /* RPMSG_ERR_*: newlib has no such numbers */
	return -1;
}

int _open(const char *path, int flags, int mode)
{
	int wire = amp_rpc_open_flags((unsigned int)flags, AMP_NEWLIB_OPEN_FLAGS);

	return checked(wire < 0 ? wire : amp_rpc_open(path, (unsigned int)wire, (unsigned int)mode));
}

int _close(int fd)
{
	return checked(amp_rpc_close(fd));
}

int _read(int fd, char *buf, int size)
{
	return checked(amp_rpc_read(fd, buf, size > 0 ? (size_t)size : 0));
}

int _write(int fd, const char *buf, int size)
{
	return checked(amp_rpc_write(fd, buf, size > 0 ? (size_t)size : 0));
}
