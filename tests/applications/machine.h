/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a machine gives an application: a device for messages, and a way to wait for them.
 *
 * There are two: two Linux processes (linux/machine.c), and a core of the lab (lab/machine.c). An application includes
 * this file and nothing else: what it uses of the C library comes with the library's headers, on which applications
 * rely.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <metal/alloc.h>
#include <metal/device.h>
#include <metal/io.h>
#include <metal/log.h>
#include <metal/sys.h>
#include <metal/time.h>
#include <openamp/open_amp.h>

#define LPRINTF(...) metal_info(__VA_ARGS__)
#define LPERROR(...) metal_err(__VA_ARGS__)

/** A message that ends the application at the other end, as removing the endpoint does that talks to it. */
#define SHUTDOWN_MSG "shutdown"

/**
 * @brief Start the machine, and wait until the link is up.
 * @param role     VIRTIO_DEV_DRIVER (RPMSG_HOST) or VIRTIO_DEV_DEVICE (RPMSG_REMOTE): the other side has the other one
 * @param bind_cb  called for each name that the other side announces; may be NULL
 * @return the device, or NULL
 */
struct rpmsg_device *machine_start(int argc, char *argv[], unsigned int role, rpmsg_ns_bind_cb bind_cb);

/** @brief Wait until something may have come, and have it received. @return 0; -1: nothing will come any more */
int machine_wait(void);

/** @brief The opposite of machine_start(). */
void machine_end(void);

#endif /* MACHINE_H */
