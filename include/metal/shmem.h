/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file shmem.h
 * @brief Shared memory by name.
 */
#ifndef METAL_SHMEM_H
#define METAL_SHMEM_H

#include <metal/io.h>
#include <metal/list.h>
#include <metal/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Shared memory that the program describes. */
struct metal_generic_shmem {
	const char *name;
	struct metal_io_region io;
	struct metal_list node; /**< of the list of them */
};

/**
 * @brief Open shared memory: one that was described, else one of the port.
 *
 * The port's, on Linux, is POSIX shared memory: created with mode 0600 if there is none, and enlarged if it is smaller;
 * the name, with or without a leading "/", outlives the process until shm_unlink().
 *
 * Context: task. Linux may block in system calls.
 *
 * @param name at most 254 characters on Linux, no "/" inside
 * @param size bytes that are needed, more than 0
 * @param io   set on success; the port's ends with metal_io_finish(), described memory belongs to who described it
 * @return 0; -EINVAL for a bad argument or if described memory is smaller than size, -ENOENT if there is none of that
 * name (bare metal), or another negative error number of the port
 */
int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io);

/**
 * @brief Describe shared memory.
 *
 * Context: task.
 *
 * @param shmem name and io filled in; must stay valid until metal_finish()
 * @return 0; -EINVAL without a name, -EEXIST if the name is taken
 */
int metal_shmem_register_generic(struct metal_generic_shmem *shmem);

#ifdef __cplusplus
}
#endif

#endif /* METAL_SHMEM_H */
