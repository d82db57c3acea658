/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rsc_table_parser.h
 * @brief Reading resource tables that somebody else wrote.
 */
#ifndef OPENAMP_RSC_TABLE_PARSER_H
#define OPENAMP_RSC_TABLE_PARSER_H

#include <openamp/remoteproc.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What amp_rsc_table_check() found wrong. For people, amp_remoteproc_strerror() has a text for each error. */
struct amp_rsc_fault {
	unsigned int entry; /**< its number; UINT_MAX: the table's header */
	size_t offset;      /**< of the field in the table; of the entry, if the table ends inside it */
};

/**
 * @brief Check a whole table: header, offsets, the size of each entry, vrings.
 *
 * Of an entry of an unknown type, or of a vendor's, only the offset is checked. The names of entries may have no end. A
 * vring may have 0 descriptors: its size comes from elsewhere, see rproc_virtio_init_vring().
 *
 * @param table  copy that nobody else can write (the table may change between the check and the use otherwise), 4-byte
 * aligned
 * @param size   bytes at @p table
 * @param fault  filled on an error; may be NULL
 * @return 0, -RPROC_EINVAL, -RPROC_ERR_RSC_TAB_TRUNC, _VER, _RSVD or _VDEV_NRINGS
 *
 * Context: any. Does not block.
 */
int amp_rsc_table_check(const void *table, size_t size, struct amp_rsc_fault *fault);

/**
 * @brief Find an entry of a table that amp_rsc_table_check() passed.
 * @param type   enum fw_resource_type
 * @param index  0: the first of this type
 * @return its offset, or 0: there is none
 */
size_t find_rsc(void *rsc_table, unsigned int type, unsigned int index);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RSC_TABLE_PARSER_H */
