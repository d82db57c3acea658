// SPDX-License-Identifier: GPL-2.0-only
/* A firmware that writes over what the relay says of its resource table's place, whenever it has a host. */
#include <amprelay/wire.h>

#define ANY      0xffffffffu
#define DOORBELL 0x40005000u /* qemu/mps2-an385.dtsi */
#define MEMORY   0x21000000u

/* As the lab's own firmware has it: an RPMsg device with two vrings. */
__attribute__((section(".resource_table"), used)) const uint32_t table[] = {
	1,   1,    0,   0,   20,              /* version, entries, reserved, offset of the first */
	3,   7,    0,   1,   0,  0,   0x0200, /* vdev of id 7; one feature; two vrings */
	ANY, 4096, 256, ANY, 0,  ANY, 4096,   256, ANY, 0,
};

void start(void)
{
	volatile struct amp_remote *remote = (volatile void *)(MEMORY + AMP_REMOTE_OFFSET);
	volatile struct amp_relay *relay = (volatile void *)(MEMORY + AMP_RELAY_OFFSET);
	volatile uint32_t *const uart = (volatile uint32_t *)DOORBELL;

	uart[2] |= 1; /* transmit */
	uart[0] = AMP_DB_READY;
	for (;;) {
		remote->heartbeat++;
		if (relay->host == AMP_CORE_HOST_DRIVER)
			relay->table_da = (uint64_t)1 << 32 | (uintptr_t)table; /* its lower half is right */
	}
}
