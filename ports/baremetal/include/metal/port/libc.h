/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bare metal: the headers of the C library that applications use, and do not include themselves: those
 * that the compiler came with, perhaps none.
 */
#ifndef METAL_PORT_LIBC_H
#define METAL_PORT_LIBC_H

#include <limits.h>
#if __has_include(<fcntl.h>)
#include <fcntl.h>
#endif
#if __has_include(<pthread.h>)
#include <pthread.h>
#endif
#if __has_include(<sched.h>)
#include <sched.h>
#endif
#if __has_include(<signal.h>)
#include <signal.h>
#endif
#if __has_include(<stdio.h>)
#include <stdio.h>
#endif
#if __has_include(<stdlib.h>)
#include <stdlib.h>
#endif
#if __has_include(<string.h>)
#include <string.h>
#endif
#if __has_include(<syslog.h>)
#include <syslog.h>
#endif
#if __has_include(<time.h>)
#include <time.h>
#endif
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

#endif /* METAL_PORT_LIBC_H */
