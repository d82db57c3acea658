/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file resource_table.h
 * @brief The resource table: how a firmware image tells its host what it needs.
 *
 * Its layout is Linux' (remoteproc), little-endian, 32-bit addresses of the remote core ("device addresses", da).
 */
#ifndef OPENAMP_RESOURCE_TABLE_H
#define OPENAMP_RESOURCE_TABLE_H

#include <metal/compiler.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RPROC_MAX_NAME_LEN 32

#define RSC_NOTIFY_ID_ANY   0xFFFFFFFFu
#define FW_RSC_U32_ADDR_ANY 0xFFFFFFFFu
#define FW_RSC_U64_ADDR_ANY 0xFFFFFFFFFFFFFFFFull

/** What an entry describes. */
enum fw_resource_type {
	RSC_CARVEOUT = 0, /**< memory to allocate */
	RSC_DEVMEM = 1,   /**< memory-mapped device to map */
	RSC_TRACE = 2,    /**< buffer of text for people */
	RSC_VDEV = 3,     /**< virtio device */
	RSC_LAST = 4,
	RSC_VENDOR_START = 128,
	RSC_VENDOR_END = 512,
};

/* Tables lie in memory that images and applications access by other types as well: AMP_MAY_ALIAS. */

/** Starts a table; `num` offsets follow, counted from here. */
METAL_PACKED_BEGIN
struct resource_table {
	uint32_t ver; /**< 1 */
	uint32_t num; /**< entries */
	uint32_t reserved[2];
	__extension__ uint32_t offset[0];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** Starts an entry. */
METAL_PACKED_BEGIN
struct fw_rsc_hdr {
	uint32_t type; /**< enum fw_resource_type */
	__extension__ uint8_t data[0];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** Memory that the remote core needs. */
METAL_PACKED_BEGIN
struct fw_rsc_carveout {
	uint32_t type;
	uint32_t da; /**< where the remote core expects it, or FW_RSC_U32_ADDR_ANY */
	uint32_t pa; /**< where it is; filled by the host */
	uint32_t len;
	uint32_t flags; /**< of the IOMMU */
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** Registers that the remote core needs. */
METAL_PACKED_BEGIN
struct fw_rsc_devmem {
	uint32_t type;
	uint32_t da;
	uint32_t pa;
	uint32_t len;
	uint32_t flags;
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** Buffer that the remote core writes text into. */
METAL_PACKED_BEGIN
struct fw_rsc_trace {
	uint32_t type;
	uint32_t da;
	uint32_t len;
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** A vring of a virtio device. */
METAL_PACKED_BEGIN
struct fw_rsc_vdev_vring {
	uint32_t da; /**< FW_RSC_U32_ADDR_ANY: the host chooses, and writes it here */
	uint32_t align;
	uint32_t num;      /**< descriptors; 0: whoever makes the ring says, see remoteproc_create_virtio() */
	uint32_t notifyid; /**< RSC_NOTIFY_ID_ANY: the host chooses, and writes it here */
	uint32_t reserved;
} METAL_PACKED_END AMP_MAY_ALIAS;

/** A virtio device; `num_of_vrings` vrings and `config_len` bytes of configuration follow. */
METAL_PACKED_BEGIN
struct fw_rsc_vdev {
	uint32_t type;
	uint32_t id; /**< VIRTIO_ID_* */
	uint32_t notifyid;
	uint32_t dfeatures; /**< device: offered */
	uint32_t gfeatures; /**< driver: accepted */
	uint32_t config_len;
	uint8_t status; /**< VIRTIO_CONFIG_STATUS_*; the driver's */
	uint8_t num_of_vrings;
	uint8_t reserved[2];
	__extension__ struct fw_rsc_vdev_vring vring[0];
} METAL_PACKED_END AMP_MAY_ALIAS;

/** Something only its vendor knows. */
METAL_PACKED_BEGIN
struct fw_rsc_vendor {
	uint32_t type; /**< RSC_VENDOR_START … RSC_VENDOR_END */
	uint32_t len;  /**< bytes, this header included */
} METAL_PACKED_END AMP_MAY_ALIAS;

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RESOURCE_TABLE_H */
