/* SPDX-License-Identifier: BSD-3-Clause */
/* Simulator: there is nothing more to keep. Included by <metal/sys.h>. */
#ifndef METAL_PORT_SYS_H
#define METAL_PORT_SYS_H

#include <metal/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_state {
	struct metal_common_state common;
};

#define AMP_STATE_INIT                \
	{                             \
		AMP_COMMON_STATE_INIT \
	}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SYS_H */
