// SPDX-License-Identifier: GPL-2.0-only
/* A firmware that dies in each life with an odd number as soon as it runs, and sleeps in the others. */
#include <amprelay/wire.h>

#define ANY    0xffffffffu
#define MEMORY 0x21000000u /* qemu/mps2-an385.dtsi */

/* As the lab's own firmware has it: an RPMsg device with two vrings, which Linux takes some time to set up. */
__attribute__((section(".resource_table"), used)) const uint32_t table[] = {
	1,   1,    0,   0,   20,              /* version, entries, reserved, offset of the first */
	3,   7,    0,   1,   0,  0,   0x0200, /* vdev of id 7; one feature; two vrings */
	ANY, 4096, 256, ANY, 0,  ANY, 4096,   256, ANY, 0,
};

void start(void)
{
	const volatile struct amp_relay *relay = (const volatile void *)(MEMORY + AMP_RELAY_OFFSET);

	if (relay->epoch % 2 == 1)
		__builtin_trap();
	for (;;)
		__asm__ volatile("wfi");
}
