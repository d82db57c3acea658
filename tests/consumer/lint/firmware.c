// SPDX-License-Identifier: GPL-2.0-only
/* Something with a resource table. */
#include <stdint.h>

#define ANY 0xffffffffu

__attribute__((section(".resource_table"), used)) static uint32_t table[] = {
	1,   1,    0,           0, 20,             /* one entry */
	3,   7,    0,           1, 0,  0,   0x200, /* RPMsg with two rings */
	ANY, 4096, DESCRIPTORS, 0, 0,  ANY, 4096,  DESCRIPTORS, 1, 0,
};

int main(void)
{
	return 0;
}
