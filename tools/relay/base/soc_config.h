/* SPDX-License-Identifier: GPL-2.0-only */
/* The SoC as the relay builds it: soc.json, which tools/socgen makes from qemu/SOC.dts. */
#ifndef AMPRELAY_RELAY_SOC_CONFIG_H
#define AMPRELAY_RELAY_SOC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amprelay/wire.h>

#define SOC_MAX_CORES   8
#define SOC_MAX_PRIVATE 2
#define SOC_MACHINE_LEN 96
#define SOC_FILE_LEN    AMP_FIRMWARE_LEN

struct core_config {
	char name[AMP_NAME_LEN];
	char machine[SOC_MACHINE_LEN]; /**< QEMU's -M, without the memory backend */
	char cpu[SOC_MACHINE_LEN];     /**< QEMU's -cpu; "": the machine's own */
	char isa[16];                  /**< "arm", "riscv32", "aarch64" … */
	uint32_t elf_machine, elf_class;
	char firmware[SOC_FILE_LEN];
	char bootrom[SOC_FILE_LEN];
	uint32_t boot_timeout_ms;
	uint64_t mem_da;
	uint32_t mem_size;
	uint64_t memory_before;   /**< bytes of the machine's memory in front of the shared memory, which are the core's
	                             own */
	uint32_t doorbell_serial; /**< QEMU's number of the doorbell UART */
	bool has_console;
	uint32_t console_serial; /**< … and of the console */
	uint32_t watchdog_ms, heartbeat_ms, heartbeat_timeout_ms;
	uint32_t notify_ids;
	uint32_t denied_linux, denied_tools; /**< what they may not do: bits of enum amp_verb */
	char secure[SOC_FILE_LEN]; /**< its firmware must be signed with this key, in a file; "": it need not be signed
	                            */
	struct {
		uint64_t da, size;
	} rom, ram; /**< of the core's own, into which no firmware is loaded; size 0: none */
	uint32_t num_private;
	struct {
		uint64_t da;
		uint32_t size;
	} private[SOC_MAX_PRIVATE]; /**< memory of the core's own, where firmware may lie that Linux cannot reach */
	uint32_t num_regions;
	struct amp_region region[AMP_MAX_REGIONS]; /**< of the shared memory */
};

struct soc_config {
	char name[AMP_NAME_LEN];
	char host_machine[SOC_MACHINE_LEN];
	char host_cpu[SOC_MACHINE_LEN];
	uint32_t host_cpus, host_memory_mib;
	uint32_t num_cores;
	struct core_config core[SOC_MAX_CORES];
};

/**
 * Reads and checks soc.json: everything that the relay later relies on holds afterwards.
 *
 * @param error  on failure: one line that names the file and the key
 * @return 0, or -1
 */
int amp_soc_load(struct soc_config *soc, const char *path, char *error, size_t error_size);

/** @return the QEMU program for cores of this "isa"; NULL: none, which amp_soc_load() does not let pass */
const char *amp_soc_qemu_program(const char *isa);

/** @return the first region of that kind, or NULL. */
const struct amp_region *amp_soc_region(const struct core_config *core, enum amp_region_kind kind);

/** Fills the wire's description of a core. */
void amp_soc_describe(const struct core_config *core, struct amp_soc *wire);

#endif /* AMPRELAY_RELAY_SOC_CONFIG_H */
