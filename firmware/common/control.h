/* SPDX-License-Identifier: BSD-3-Clause */
/* The control block as this core sees it: its own section, and those of the others, which it only reads. */
#ifndef AMP_FIRMWARE_CONTROL_H
#define AMP_FIRMWARE_CONTROL_H

#include <amprelay/wire.h>
#include <soc.h>
#include <stdint.h>

/* Volatile: others write these while we run, and we may be killed between any two stores. */
#define amp_remote_block ((volatile struct amp_remote *)(SOC_CONTROL_DA + AMP_REMOTE_OFFSET))
#define amp_soc_block    ((const volatile struct amp_soc *)(SOC_CONTROL_DA + AMP_SOC_OFFSET))
#define amp_host_block   ((const volatile struct amp_host *)(SOC_CONTROL_DA + AMP_HOST_OFFSET))
#define amp_relay_block  ((const volatile struct amp_relay *)(SOC_CONTROL_DA + AMP_RELAY_OFFSET))

/** Let the other sides see all earlier stores before any later one. */
static inline void amp_control_publish(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/** The state has changed: for an application that tells it elsewhere as well. crash.c has one that does nothing. */
void amp_state_told(uint32_t state, uint32_t cause);

/** Set this core's state (enum amp_remote_state). @p cause: enum amp_crash_cause of a crash, else 0 */
void amp_control_set_state(uint32_t state, uint32_t cause);

/**
 * Copy the firmware's GNU build id into the control block, so that a crash can be matched to its ELF file. If the
 * linker made none, its length there is 0.
 */
void amp_control_set_build_id(void);

/** This firmware's GNU build id. @return length, 0 to AMP_BUILD_ID_LEN */
uint32_t amp_control_build_id(uint8_t id[AMP_BUILD_ID_LEN]);

/** This core's name, as the SoC describes it. The same firmware may run on several. Context: task. */
const char *amp_control_core_name(void);

/**
 * Tell how busy this core is and what memory it takes: struct amp_usage. Looks through the unused part of the main
 * stack, one word after the other. Context: task.
 */
void amp_control_set_usage(uint32_t load_permille);

/** Write what this core's clock says, as the answer to the relay's last question. Context: task or ISR. */
void amp_control_set_clock(void);

/** Beats since start. */
uint32_t amp_control_heartbeat(void);

#endif
