/* SPDX-License-Identifier: BSD-3-Clause */
/* The text commands of amp-command, for a person at the core's own UART: echo, backspace, a prompt. */
#ifndef AMP_FIRMWARE_CONSOLE_H
#define AMP_FIRMWARE_CONSOLE_H

#include <stdint.h>

/** Greets. @param life  of this core: its epoch */
void console_start(uint32_t life);

/** Takes what was typed, and answers lines that are complete. Context: the main loop, after AMP_EVENT_CONSOLE. */
void console_turn(void);

#endif
