/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux: what there is to know of the system. Included by <metal/sys.h>. */
#ifndef METAL_PORT_SYS_H
#define METAL_PORT_SYS_H

#include <metal/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_state {
	struct metal_common_state common;
	unsigned long page_size;  /**< bytes of a page; this and what follows from metal_init() on */
	unsigned long page_shift; /**< log2 of it */
	int pagemap_fd;           /**< /proc/self/pagemap, to read; -1: there is none */
	const char *tmp_path;     /**< directory for temporary files: TMPDIR of the environment, or /tmp */
};

#define AMP_STATE_INIT                                \
	{                                             \
		AMP_COMMON_STATE_INIT, 0, 0, -1, NULL \
	}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SYS_H */
