// SPDX-License-Identifier: GPL-2.0-only
#include <openamp/virtio.h>
#include <openamp/virtio_mmio.h>
#include <openamp/virtio_ring.h>
#include <openamp/virtqueue.h>

#define API_LIST  "list/virtio.h"
#define API_TABLE api_virtio
#include "check.h"
