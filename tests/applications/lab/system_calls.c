// SPDX-License-Identifier: BSD-3-Clause
/* What newlib wants of a system, beside the files that are the other core's. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#undef errno
extern int errno;

void *_sbrk(ptrdiff_t increment);
int _fstat(int fd, struct stat *st);
int _isatty(int fd);
off_t _lseek(int fd, off_t offset, int whence);
_Noreturn void _exit(int status);
int _kill(int pid, int signal);
int _getpid(void);

void *_sbrk(ptrdiff_t increment)
{
	static _Alignas(8) char heap[16384];
	static size_t used;
	char *old = heap + used;

	if (increment < 0 || (size_t)increment > sizeof(heap) - used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	used += (size_t)increment;
	return old;
}

int _fstat(int fd, struct stat *st)
{
	(void)fd;
	st->st_mode = S_IFREG;
	st->st_blksize = 0;
	return 0;
}

int _isatty(int fd)
{
	return fd <= STDERR_FILENO;
}

off_t _lseek(int fd, off_t offset, int whence)
{
	(void)fd;
	(void)offset;
	(void)whence;
	errno = ESPIPE;
	return -1;
}

/* abort() and the like: a crash, which the lab reports. */
_Noreturn void _exit(int status)
{
	(void)status;
	__builtin_trap();
}

int _kill(int pid, int signal)
{
	(void)pid;
	_exit(signal);
}

int _getpid(void)
{
	return 1;
}
