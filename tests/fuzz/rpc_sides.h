/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file calls of rpc.c, in a source of their own: openamp/rpmsg_retarget.h and rpmsg_rpc_client_server.h
 * cannot be included together.
 */
#ifndef TESTS_FUZZ_RPC_SIDES_H
#define TESTS_FUZZ_RPC_SIDES_H

#include "link.h"

#define FILES_SERVER 255u
#define FILES_CLIENT 2000u

/** A file server on the host, whose files are in memory, and the default client on the remote. */
void rpc_files_up(struct link *link);

/** Every file that was opened has been closed. */
void rpc_files_down(void);

/** The server carries out what it was asked. */
void rpc_files_serve(void);

/** The client opens, closes, reads or writes; while it waits, the input plays the server. */
void rpc_files_call(struct fuzz_input *in);

#endif
