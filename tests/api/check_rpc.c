// SPDX-License-Identifier: GPL-2.0-only
#include <openamp/rpmsg_rpc_client_server.h>

#define API_LIST  "list/rpc.h"
#define API_TABLE api_rpc
#include "check.h"
