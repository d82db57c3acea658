// SPDX-License-Identifier: GPL-2.0-only
#include <openamp/rpmsg_retarget.h>

#define API_LIST  "list/retarget.h"
#define API_TABLE api_retarget
#include "check.h"
