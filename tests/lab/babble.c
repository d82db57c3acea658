// SPDX-License-Identifier: GPL-2.0-only
/* A firmware that does nothing but ring: both virtqueues, as fast as the core can, from its first instruction on. */
#include <stdint.h>

#define ANY      0xffffffffu
#define DOORBELL 0x40005000u /* qemu/mps2-an385.dtsi */

/* As the lab's own firmware has it: an RPMsg device with two vrings. */
__attribute__((section(".resource_table"), used)) const uint32_t table[] = {
	1,   1,    0,   0,   20,              /* version, entries, reserved, offset of the first */
	3,   7,    0,   1,   0,  0,   0x0200, /* vdev of id 7; one feature; two vrings */
	ANY, 4096, 256, ANY, 0,  ANY, 4096,   256, ANY, 0,
};

void start(void)
{
	volatile uint32_t *const uart = (volatile uint32_t *)DOORBELL;

	uart[2] |= 1; /* transmit */
	for (uint32_t id = 0;; id ^= 1)
		uart[0] = id;
}
