// SPDX-License-Identifier: GPL-2.0-only
/* From reset to main(), and out again by semihosting. */
#include <stdint.h>

#include "core.h"

extern uint32_t load[], data[], data_end[], bss_end[], stack[];
void reset(void);
int main(void);

static uint32_t semihosting(uint32_t operation, uintptr_t argument)
{
	register uint32_t r0 __asm__("r0") = operation;
	register uintptr_t r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void core_say(const char *text)
{
	semihosting(0x04, (uintptr_t)text);
}

void core_end(int good)
{
	semihosting(0x18, good ? 0x20026 : 0x20023);
	for (;;)
		;
}

static void fault(void)
{
	core_say("a fault\n");
	core_end(0);
}

void reset(void)
{
	uint32_t *from = load, *to = data;

	while (to < data_end)
		*to++ = *from++;
	while (to < bss_end)
		*to++ = 0;
	core_end(main() == 0);
}

__attribute__((__section__(".vectors"), __used__)) static void *const vectors[16] = {
	stack, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
