/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this directory share. */
#ifndef AMP_SERVICES_INTERNAL_H
#define AMP_SERVICES_INTERNAL_H

#include <openamp/rpmsg_retarget.h>

/** The client that rpmsg_set_default_rpc() chose, or NULL: rpc_call.c. */
extern struct rpmsg_rpc_data *amp_default_rpc;

#endif /* AMP_SERVICES_INTERNAL_H */
