/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file errno.h
 * @brief Error numbers; functions return them negated.
 *
 * Where the compiler comes without a C library, they are Linux's.
 */
#ifndef METAL_ERRNO_H
#define METAL_ERRNO_H

#if __has_include(<errno.h>)
#include <errno.h>
#else
#define EPERM        1
#define ENOENT       2
#define EINTR        4
#define EIO          5
#define ENXIO        6
#define E2BIG        7
#define ENOEXEC      8
#define EBADF        9
#define EAGAIN       11
#define ENOMEM       12
#define EACCES       13
#define EFAULT       14
#define EBUSY        16
#define EEXIST       17
#define ENODEV       19
#define EINVAL       22
#define ENFILE       23
#define EMFILE       24
#define ENOTTY       25
#define EFBIG        27
#define ENOSPC       28
#define ESPIPE       29
#define EROFS        30
#define EPIPE        32
#define EDOM         33
#define ERANGE       34
#define EDEADLK      35
#define ENAMETOOLONG 36
#define ENOSYS       38
#define ENOMSG       42
#define ENODATA      61
#define ETIME        62
#define EPROTO       71
#define EOVERFLOW    75
#define EBADMSG      74
#define EMSGSIZE     90
#define EOPNOTSUPP   95
#define ENOBUFS      105
#define EISCONN      106
#define ENOTCONN     107
#define ETIMEDOUT    110
#define ECONNREFUSED 111
#define EALREADY     114
#define EINPROGRESS  115
#define ECANCELED    125
#endif

#endif /* METAL_ERRNO_H */
