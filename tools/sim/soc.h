/* SPDX-License-Identifier: GPL-2.0-only */
/* The SoC that the firmware's services find in the simulator: only what they ask for. */
#ifndef SOC_H
#define SOC_H

#include "common/resources.h"

#define SOC_VDEV0_VRING0_NUM CORE_VRING_NUM
#define SOC_VDEV0_VRING1_NUM CORE_VRING_NUM

#endif
