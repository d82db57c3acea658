/* SPDX-License-Identifier: BSD-3-Clause */
/* Much to say in the journal: numbered lines, as fast as they can be written. To see that none is lost. */
#ifndef AMP_FIRMWARE_CHATTER_H
#define AMP_FIRMWARE_CHATTER_H

#include <stdbool.h>
#include <stdint.h>

#define CHATTER_MAX 1000000u

/** Begin in the main loop. @return false: it has not finished yet */
bool chatter(uint32_t lines);

/** Once per turn of the main loop. @return true: there is more to say, do not sleep */
bool chatter_turn(void);

#endif
