// SPDX-License-Identifier: GPL-2.0-only
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_virtio.h>
#include <openamp/version.h>

#define API_LIST  "list/rpmsg.h"
#define API_TABLE api_rpmsg
#include "check.h"
