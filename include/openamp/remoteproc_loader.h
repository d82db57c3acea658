/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remoteproc_loader.h
 * @brief Where applications look for struct loader_ops and struct image_store_ops: they are in openamp/remoteproc.h.
 */
#ifndef OPENAMP_REMOTEPROC_LOADER_H
#define OPENAMP_REMOTEPROC_LOADER_H

#include <openamp/remoteproc.h>

#endif /* OPENAMP_REMOTEPROC_LOADER_H */
