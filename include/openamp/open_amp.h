/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file open_amp.h
 * @brief Everything that an application needs, except remote procedure calls.
 *
 * rpmsg_rpc_client_server.h and rpmsg_retarget.h are not here: they cannot be in one source file.
 */
#ifndef OPENAMP_OPEN_AMP_H
#define OPENAMP_OPEN_AMP_H

#include <openamp/elf_loader.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_loader.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_virtio.h>
#include <openamp/rsc_table_parser.h>
#include <openamp/version.h>
#include <openamp/virtio.h>
#include <openamp/virtio_mmio.h>
#include <openamp/virtio_ring.h>
#include <openamp/virtqueue.h>

#endif /* OPENAMP_OPEN_AMP_H */
