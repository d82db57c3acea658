// SPDX-License-Identifier: GPL-2.0-only
#include <metal/alloc.h>
#include <metal/assert.h>
#include <metal/atomic.h>
#include <metal/cache.h>
#include <metal/compiler.h>
#include <metal/condition.h>
#include <metal/config.h>
#include <metal/cpu.h>
#include <metal/device.h>
#include <metal/dma.h>
#include <metal/errno.h>
#include <metal/io.h>
#include <metal/irq.h>
#include <metal/irq_controller.h>
#include <metal/list.h>
#include <metal/log.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/softirq.h>
#include <metal/spinlock.h>
#include <metal/sys.h>
#include <metal/time.h>
#include <metal/utilities.h>
#include <metal/version.h>

#define API_LIST  "list/metal.h"
#define API_TABLE api_metal
#include "check.h"
