/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file hand_over.h
 * @brief One firmware hands its link over to the next, while the other side goes on: hot swap.
 *
 * The old firmware gives all buffers back, writes a record of its link, and touches the rings no more. The new one,
 * started on the same resource table, takes the link over by that record in place of bringing it up: the driver sees no
 * reset, endpoints have the same addresses and are not announced again, and what the driver has sent meanwhile waits
 * in the ring.
 *
 *     old:  amp_rpmsg_hand_over(&rvdev, &record);              new:  record = a copy of what lies there
 *           amp_hand_over_put(&record, "my-service", …);             if (amp_hand_over_wrong(&record, epoch)) …
 *           amp_hand_over_seal(&record, epoch);                      amp_rpmsg_take_over(&rvdev, vdev, …, &record);
 *           (store it where the new one looks for it)                amp_rpmsg_take_over_ept(…) for each endpoint
 *
 * The record is not trusted: it lies in memory that others can write. Copy it once, check the copy, use the copy.
 * WIRE.md has its bytes. Device's role only. In a program only if it calls one of these functions.
 */
#ifndef AMPRELAY_HAND_OVER_H
#define AMPRELAY_HAND_OVER_H

#include <openamp/rpmsg_virtio.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AMP_HAND_OVER_MAGIC     0x52564f48u /**< "HOVR" */
#define AMP_HAND_OVER_VERSION   1u
#define AMP_HAND_OVER_ENDPOINTS 32   /**< of a link, at most */
#define AMP_HAND_OVER_STATE     1024 /**< bytes for what services keep */
#define AMP_HAND_OVER_ITEM_NAME 16   /**< of what a service keeps, NUL-terminated */

/** An endpoint as it was. */
struct amp_hand_over_endpoint {
	char name[RPMSG_NAME_SIZE]; /**< NUL-terminated; empty: it has none */
	uint32_t addr;
	uint32_t dest_addr; /**< RPMSG_ADDR_ANY: not known yet */
};

/** What one firmware tells the next. Little-endian, no holes. */
struct amp_hand_over {
	uint32_t magic;      /**< AMP_HAND_OVER_MAGIC */
	uint32_t version;    /**< AMP_HAND_OVER_VERSION */
	uint32_t sum;        /**< CRC-32 of all that follows */
	uint32_t epoch;      /**< of the life that wrote it */
	uint32_t link;       /**< 1: the link is up, as the next members say; 0: there is none */
	uint32_t index[2];   /**< by queue: how many buffers were taken and given back, modulo 2^16 */
	uint32_t endpoints;  /**< valid entries of `endpoint` */
	uint32_t state_size; /**< bytes of `state`: items of amp_hand_over_put() */
	struct amp_hand_over_endpoint endpoint[AMP_HAND_OVER_ENDPOINTS];
	uint8_t state[AMP_HAND_OVER_STATE];
};

/**
 * @brief Write the record of a link that is to be handed over. Nothing of it may be used from here on, unless the
 * hand-over is called off: then it goes on as it was.
 * @param rvdev   NULL, or not up: the record says that there is no link
 * @param record  all of it is written
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (the driver's role); RPMSG_ERR_NO_BUFF (a message or a send buffer is still in
 * the application's hands: release it, and try again); RPMSG_ERR_NO_MEM (too many endpoints). Context: as receptions
 */
int amp_rpmsg_hand_over(struct rpmsg_virtio_device *rvdev, struct amp_hand_over *record);

/**
 * @brief Add what a service wants to keep.
 * @param name  what amp_hand_over_get() finds it by; at most AMP_HAND_OVER_ITEM_NAME - 1 characters count
 * @return RPMSG_SUCCESS; RPMSG_ERR_NO_MEM: there is no room. Context: any
 */
int amp_hand_over_put(struct amp_hand_over *record, const char *name, const void *data, size_t size);

/** @brief Complete a record. @param epoch  of the life that writes it. Context: any */
void amp_hand_over_seal(struct amp_hand_over *record, uint32_t epoch);

/**
 * @brief Check a private copy of a record.
 * @param epoch  of the life that should have written it
 * @return NULL: it is in order, and all that it says of itself holds; else what is wrong, for people. Context: any
 */
const char *amp_hand_over_wrong(const struct amp_hand_over *record, uint32_t epoch);

/**
 * @brief Find what a service has kept, in a record that has been checked.
 * @return its bytes, inside the record, 4-byte aligned; NULL: there is none of this name, or it does not have exactly
 * @p size bytes, since it is of another version. Context: any
 */
const void *amp_hand_over_get(const struct amp_hand_over *record, const char *name, size_t size);

/** @brief Find an endpoint by its name, in a record that has been checked. @return NULL: there is none. Context: any */
const struct amp_hand_over_endpoint *amp_hand_over_find(const struct amp_hand_over *record, const char *name);

/**
 * @brief Take a link over: rpmsg_init_vdev() for rings that are in use.
 * @param record  checked, with a link
 * @return as rpmsg_init_vdev(), and: RPMSG_ERR_DEV_STATE (the driver has reset the device since: there is no link to
 * take over, bring one up when it is ready again); RPMSG_ERR_PARAM (the rings are not as the record says). After an
 * error the rings are as they were
 */
int amp_rpmsg_take_over(struct rpmsg_virtio_device *rvdev, struct virtio_device *vdev, rpmsg_ns_bind_cb ns_bind_cb,
                        struct metal_io_region *shm_io, const struct amp_hand_over *record);

/**
 * @brief Create an endpoint as it was: with its address and its counterpart, and without an announcement.
 * @param from  of a record that has been checked
 * @return as rpmsg_create_ept()
 */
int amp_rpmsg_take_over_ept(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev,
                            const struct amp_hand_over_endpoint *from, rpmsg_ept_cb cb,
                            rpmsg_ns_unbind_cb ns_unbind_cb);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_HAND_OVER_H */
