/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file sys.h
 * @brief Start and end of the porting layer, and its basic types.
 */
#ifndef METAL_SYS_H
#define METAL_SYS_H

#include <metal/atomic.h>
#include <metal/cpu.h>
#include <metal/errno.h>
#include <metal/list.h>
#include <metal/log.h>
#include <metal/port/libc.h>
#include <metal/utilities.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A physical (bus) address. */
typedef unsigned long metal_phys_addr_t;

/** An interrupt: a number of the interrupt controller; on Linux a file descriptor. */
typedef int metal_irq_t;

#define METAL_BAD_OFFSET ((unsigned long)-1)
#define METAL_BAD_PHYS   ((metal_phys_addr_t)-1)
#define METAL_BAD_VA     ((void *)-1)
#define METAL_BAD_IRQ    ((metal_irq_t)-1)

/** No address. */
#define METAL_INVALID_VADDR NULL

/** metal_cpu_yield() by its other name. */
#define metal_yield() metal_cpu_yield()

/**
 * What the library keeps for the program, on every port. To look at, for instance from a bus that the program brings;
 * it is changed through functions.
 */
struct metal_common_state {
	metal_log_handler log_handler;         /**< NULL: no messages. See metal_set_log_handler() */
	enum metal_log_level log_level;        /**< see metal_set_log_level() */
	struct metal_list bus_list;            /**< struct metal_bus; "generic" joins when buses are first used */
	struct metal_list generic_shmem_list;  /**< struct metal_generic_shmem */
	struct metal_list generic_device_list; /**< struct metal_device: metal_register_generic_device() */
};

/** Initialiser of a port's struct metal_state: its first member. */
#define AMP_COMMON_STATE_INIT                                                                       \
	{                                                                                           \
		metal_default_log_handler, METAL_LOG_INFO, METAL_INIT_LIST(_metal.common.bus_list), \
			METAL_INIT_LIST(_metal.common.generic_shmem_list),                          \
			METAL_INIT_LIST(_metal.common.generic_device_list)                          \
	}

#ifdef __cplusplus
}
#endif

/* Defines struct metal_state, which begins with `struct metal_common_state common`,
 * and its initialiser AMP_STATE_INIT. */
#include <metal/port/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The library's state. */
extern struct metal_state _metal;

/** What metal_init() sets up. */
struct metal_init_params {
	metal_log_handler log_handler;  /**< NULL: no messages */
	enum metal_log_level log_level; /**< least severe level that is logged */
};

/** Initialiser of struct metal_init_params. */
#define METAL_INIT_DEFAULTS                               \
	{                                                 \
		metal_default_log_handler, METAL_LOG_INFO \
	}

/**
 * @brief Start the porting layer, before anything else of it is used.
 *
 * May be called again: log handler and level are replaced, and metal_finish() takes effect when called as often.
 *
 * Context: task.
 *
 * @param params copied; NULL stands for METAL_INIT_DEFAULTS
 * @return 0 or a negative error of the port
 */
int metal_init(const struct metal_init_params *params);

/**
 * @brief End the porting layer: the opposite of metal_init().
 *
 * Stops the delivery of interrupts (on Linux: ends the dispatcher thread, after the handler that runs now), then
 * forgets every bus, device, generic shared memory and interrupt controller. What was opened is closed by its user
 * before.
 *
 * Context: task, not an interrupt handler. Blocks until running interrupt handlers have returned.
 */
void metal_finish(void);

#ifdef __cplusplus
}
#endif

#endif /* METAL_SYS_H */
