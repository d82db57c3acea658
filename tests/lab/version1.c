// SPDX-License-Identifier: GPL-2.0-only
/*
 * A firmware as it was for version 1 of the control block, by its numbers and not by today's header. It beats, and when
 * it is to commit a fault it leaves a crash record that tells which.
 */
#include <stdint.h>

#define MEMORY 0x21000000u
#define UART   ((volatile uint32_t *)0x40005000u) /* qemu/mps2-an385.dtsi */

static volatile uint32_t *word(uint32_t offset)
{
	return (volatile uint32_t *)(MEMORY + offset);
}

static void put(uint8_t byte)
{
	while (UART[1] & 1) /* transmit buffer full */
		;
	UART[0] = byte;
}

static void crash(void)
{
	static const char text[] = "as of version 1";

	*word(0x1084) = *word(0x1004);       /* epoch */
	*word(0x1088) = 1;                   /* undefined instruction */
	*word(0x108c) = 40;                  /* ARM */
	*word(0x1090 + 15 * 8) = 0x21100040; /* pc */
	*word(0x1210) = 0x21102000;          /* address of the stack … */
	*word(0x1214) = 2;                   /* … of which two words were copied: */
	*word(0x1218) = *word(0x814);        /* the fault that it was told */
	*word(0x121c) = 0xfeedf00d;
	for (uint32_t i = 0; i < sizeof(text); i++)
		((volatile char *)word(0x12a0))[i] = text[i];
	*word(0x1080) = 0x48535243; /* CRSH */
	*word(0x1000) = 4;          /* crashed */
	put(0xc3);
	for (;;)
		;
}

void start(void)
{
	UART[2] |= 3; /* transmit, receive */
	*word(0x1000) = 2;
	put(0xc1); /* READY */
	for (uint32_t turn = 0;; turn++) {
		if (turn % 65536 == 0)
			++*word(0x1008);            /* the heart */
		if (UART[1] & 2 && UART[0] == 0x81) /* INJECT */
			crash();
	}
}
