// SPDX-License-Identifier: BSD-3-Clause
/*
 * What newlib calls for files, sent to the core that has some: rpmsg_set_default_rpc(). Weak, so that a program's own
 * win. Newlib's numbers are written out here, since they belong to its binary interface, and its headers need not be
 * installed.
 */
#include <amprelay/rpc_files.h>
#include <metal/compiler.h>
#include <metal/errno.h>

#define NEWLIB_ACCMODE 0x0003
#define NEWLIB_APPEND  0x0008
#define NEWLIB_CREAT   0x0200
#define NEWLIB_TRUNC   0x0400
#define NEWLIB_EXCL    0x0800

int _open(const char *path, int flags, int mode);
int _close(int fd);
int _read(int fd, char *buf, int size);
int _write(int fd, const char *buf, int size);

/* Results as newlib wants them: -1, and the error in errno. */
static int checked(int result)
{
	if (result >= 0)
		return result;
#ifdef errno
	errno = result > -1000 ? -result : EIO; /* RPMSG_ERR_*: newlib has no such numbers */
#endif
	return -1;
}

metal_weak int _open(const char *path, int flags, int mode)
{
	unsigned int wire = (unsigned int)flags & NEWLIB_ACCMODE;

	if (flags & NEWLIB_APPEND)
		wire |= AMP_RPC_O_APPEND;
	if (flags & NEWLIB_CREAT)
		wire |= AMP_RPC_O_CREAT;
	if (flags & NEWLIB_TRUNC)
		wire |= AMP_RPC_O_TRUNC;
	if (flags & NEWLIB_EXCL)
		wire |= AMP_RPC_O_EXCL;
	return checked(amp_rpc_open(path, wire, (unsigned int)mode));
}

metal_weak int _close(int fd)
{
	return checked(amp_rpc_close(fd));
}

metal_weak int _read(int fd, char *buf, int size)
{
	return checked(amp_rpc_read(fd, buf, size > 0 ? (size_t)size : 0));
}

metal_weak int _write(int fd, const char *buf, int size)
{
	return checked(amp_rpc_write(fd, buf, size > 0 ? (size_t)size : 0));
}
