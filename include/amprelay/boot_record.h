/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file boot_record.h
 * @brief Where the boot ROM jumps, told out of the host's reach: WIRE.md, section 6.
 */
#ifndef AMPRELAY_BOOT_RECORD_H
#define AMPRELAY_BOOT_RECORD_H

#include <stdint.h>

#define AMP_BOOT_RECORD_MAGIC 0x43455242u /**< "BREC" */

/**
 * The last bytes of a core's first private memory, if the relay has loaded what runs there. Without the magic number
 * the boot ROM takes amp_relay.boot_addr, which the host could have changed.
 */
struct amp_boot_record {
	uint32_t magic; /**< AMP_BOOT_RECORD_MAGIC */
	uint32_t reserved;
	uint64_t entry; /**< device address */
};

#endif /* AMPRELAY_BOOT_RECORD_H */
