/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a board may define in place of the weak defaults of the bare-metal port.
 *
 * Besides amp_board_idle() these are, in the headers that declare them: metal_get_timestamp() (no clock),
 * metal_default_log_handler() (no messages) and amp_assert_failed() (stops the core).
 */
#ifndef METAL_PORT_BOARD_H
#define METAL_PORT_BOARD_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Nothing to do until an interrupt: sleep, feed a watchdog, count idle time.
 *
 * Called by waits of the library, with interrupts disabled as by metal_irq_save_disable(), after a check that found
 * nothing; must return when an interrupt is pending, without taking it, and may return early. Default: the CPU's wait
 * instruction.
 */
void amp_board_idle(void);

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_BOARD_H */
