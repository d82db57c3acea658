/* SPDX-License-Identifier: BSD-3-Clause */
/* What whoever starts this core has set in version 2 of its resource table: `amprelay start CORE --param KEY=VALUE`. */
#ifndef AMP_FIRMWARE_PARAMS_H
#define AMP_FIRMWARE_PARAMS_H

#include <stddef.h>

#define PARAMS_TEXT_MAX 96 /**< longest text, with its NUL */

/** Use the parameters, before the services begin. What makes no sense is told, and as if it had not been set. */
void params_start(void);

/** "table=2 host=running label=… rate=…\n": version that the host has taken, its state, values. @return its length */
size_t params_format(char text[PARAMS_TEXT_MAX]);

#endif
