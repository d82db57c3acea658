/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux: the headers of the C library that applications use, and do not include themselves. */
#ifndef METAL_PORT_LIBC_H
#define METAL_PORT_LIBC_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#endif /* METAL_PORT_LIBC_H */
