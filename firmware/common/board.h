/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the firmware asks of its board and its instruction set. A new board implements this and nothing else.
 *
 * arch/ISA/ has the core (start-up, faults, clock), devices/ has drivers (doorbell, watchdog), and boards/BOARD/ says
 * in devices.h and board.cmake which of them a board has, and where.
 */
#ifndef AMP_FIRMWARE_BOARD_H
#define AMP_FIRMWARE_BOARD_H

#include <soc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* doorbell: devices/doorbell.c and the UART that devices.h includes */

/** Doorbell events since the last look; several rings of one bell are one event. */
struct amp_doorbell_events {
	uint64_t notify;  /**< bit n: notify id n */
	uint32_t control; /**< AMP_EVENT_* */
	uint32_t unknown; /**< bytes without a meaning since start */
};

#define AMP_EVENT_SHUTDOWN (1u << 0)
#define AMP_EVENT_INJECT   (1u << 1)
#define AMP_EVENT_TICK     (1u << 2) /**< the heartbeat's timer; not from the doorbell */
#define AMP_EVENT_CONSOLE  (1u << 3) /**< something was typed; not from the doorbell */
#define AMP_EVENT_JOURNAL  (1u << 4) /**< the relay has taken a buffer of the journal */
#define AMP_EVENT_SUSPEND  (1u << 5)
#define AMP_EVENT_RESUME   (1u << 6)
#define AMP_EVENT_HANDOVER (1u << 7)

/** Switch the doorbell on in both directions, without interrupts. Once per power-on. Context: boot ROM. */
void amp_doorbell_power_on(void);

/** Serve the doorbell by interrupt from now on. What came since amp_doorbell_power_on() is kept. Context: task. */
void amp_doorbell_start(void);

/**
 * Ring: send `byte` (a notify id, or AMP_DB_*) to the relay. If the UART has no room, an interrupt sends it later; a
 * byte that is rung twice until then is sent once. Context: task or ISR. Blocks: no.
 */
void amp_doorbell_ring(uint8_t byte);

/**
 * Send one byte by polling, before amp_doorbell_start() or with interrupts off. Blocks until the UART has room, which
 * is for ever if nobody reads: only for code that has nothing else to do (boot ROM, crash, end).
 */
void amp_doorbell_put(uint8_t byte);

/** Take what has rung since the last call. Context: task. */
struct amp_doorbell_events amp_doorbell_take(void);

/** Add an AMP_EVENT_* from another interrupt. Context: ISR. */
void amp_doorbell_post(uint32_t control);

/** Has anything rung since amp_doorbell_take()? Context: task, interrupts off (see amp_cpu_idle()). */
bool amp_doorbell_pending(void);

/** The interrupt handler, for both directions. */
void amp_doorbell_interrupt(void);

/* console: a UART of the core's own, a file of devices/. A board without one loses what is said, and hears nothing. */

/** Context: task. */
void amp_console_start(void);

/** Say it. What the UART has no room for, since nobody reads, is lost. Context: task. Blocks: no. */
void amp_console_put(const char *text, size_t length);

/** @return the next byte that was typed; -1: there is none, and AMP_EVENT_CONSOLE tells of the next. Context: task */
int amp_console_take(void);

/** The interrupt handler. */
void amp_console_interrupt(void);

/* watchdog: a file of devices/ */

/** Start, with period SOC_WATCHDOG_MS. A watchdog of the core's own warns by an NMI, and then has the SoC act. */
void amp_watchdog_start(void);

/** Start the period anew. Context: the main loop only, or the watchdog would not watch it. */
void amp_watchdog_feed(void);

void amp_watchdog_stop(void);

/** Has the watchdog warned? Always false if it cannot. Context: fault handler. */
bool amp_watchdog_expired(void);

/* clock: arch/ISA/clock.c */

/** Start the clock and its interrupt, which increments amp_remote.heartbeat every SOC_HEARTBEAT_MS. */
void amp_clock_start(void);

/**
 * Cycles of SOC_CLOCK_HZ since amp_clock_start(), of a counter that runs freely: the time that interrupts are off, or
 * come late, is in it. Context: any.
 */
uint64_t amp_clock_cycles(void);

/* core: arch/ISA */

/** Enable this interrupt, for which arch/ISA has the handler. Context: task. */
void amp_irq_enable(uint32_t irq);

/** Interrupts off and sleep until power-off. */
_Noreturn void amp_cpu_park(void);

/* core, the same on all: common/core.c */

/** Since amp_clock_start(). Context: any. */
uint64_t amp_clock_ns(void);
uint64_t amp_clock_us(void);
uint64_t amp_clock_ms(void);

/** Keep interrupts off, for microseconds. @return for amp_interrupts_restore(); pairs nest. Context: any. */
uint32_t amp_interrupts_off(void);
void amp_interrupts_restore(uint32_t state);

/** Sleep until an interrupt, unless something has already rung. @return cycles slept. Context: task. */
uint32_t amp_cpu_idle(void);

/** @return the most bytes of the main stack that were ever in use; `size` is set to all that there are */
uint32_t amp_stack_used(uint32_t *size);

#endif
