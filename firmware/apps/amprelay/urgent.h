/* SPDX-License-Identifier: BSD-3-Clause */
/* The channel amp-urgent, whose messages pass all others. */
#ifndef AMP_FIRMWARE_URGENT_H
#define AMP_FIRMWARE_URGENT_H

/** Open it in this turn of the main loop; it ends with the link. From there on this core looks ahead for it. */
void urgent_begin(void);

#endif
