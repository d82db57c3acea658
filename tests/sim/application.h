/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs of the sides are made of: application.c brings links up and down, traffic.c sends and
 * receives.
 */
#ifndef SIM_APPLICATION_H
#define SIM_APPLICATION_H

#include "oracle.h"
#include "schedule.h"

#include <amprelay/link.h>
#include <amprelay/receipts.h>
#include <openamp/rpmsg_virtio.h>

#define PAYLOAD_MAX (BUFFER_SIZE_MAX - 16)

/** The state of one side's program; gone when the side dies. */
struct application {
	struct metal_io_region io;
	metal_phys_addr_t phys;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct amp_receipts receipts;
	struct amp_receipt_slot slots[RING_MAX];
	struct rpmsg_endpoint ept;
	bool connected; /* messages may be received */
	bool lost;      /* the link callback was called */
	bool relink;    /* told to take the link down */
	bool leave;     /* told to leave */
	uint32_t kicks; /* doorbells that came and were not looked after */
	uint32_t to_send;
	bool patient;                /* a send waits: it must find a buffer in the end */
	void *held;                  /* a received buffer that is kept … */
	struct message held_message; /* … and what stands in it */
};

/** Of the running side. */
struct application *application_self(void);

/** The schedule of this run. */
extern const struct schedule *plan;

/* traffic.c */

/** Fail the run unless a call of the library may return this. */
void check_error(int status, const char *call);

/** Bytes of the longest message to a side. */
uint32_t payload_max(enum sim_side_id receiver);

/** Callback of the endpoints. */
int receive_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv);

/** The link ends: tell the oracle what the receipts say. */
void look_at_receipts(struct application *app);

/** Give the held buffer back, perhaps. */
void release_held(struct application *app);

/** Try to send the next message. @return false: not now */
bool send_message(struct application *app);

#endif /* SIM_APPLICATION_H */
