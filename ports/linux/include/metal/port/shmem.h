/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux: shared memory without a name, passed on as a file descriptor. */
#ifndef METAL_PORT_SHMEM_H
#define METAL_PORT_SHMEM_H

#include <metal/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Create anonymous shared memory, zeroed, and map it.
 *
 * Its size is sealed: nobody who gets the descriptor can shrink it under its users.
 *
 * Context: task.
 *
 * @param label for people, seen in /proc/PID/maps; at most 249 characters
 * @param size  bytes, more than 0; rounded up to whole pages in the file
 * @param fd    set to the descriptor, close-on-exec; the caller closes it, at any time
 * @param io    set to the region of `size` bytes; ends with metal_io_finish()
 * @return 0 or a negative error number
 */
int amp_shmem_create(const char *label, size_t size, int *fd, struct metal_io_region **io);

/**
 * @brief Map shared memory from a descriptor, for example one that a socket brought.
 *
 * Context: task. If the file can still shrink, a peer can make accesses fail with SIGBUS.
 *
 * @param fd   open for reading and writing; may be closed afterwards
 * @param size bytes from the file's start, more than 0
 * @param io   set to the region; ends with metal_io_finish()
 * @return 0; -EINVAL if the file is smaller than size, or another negative error number
 */
int amp_shmem_map(int fd, size_t size, struct metal_io_region **io);

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SHMEM_H */
