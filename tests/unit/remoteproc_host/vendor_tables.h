/* SPDX-License-Identifier: GPL-2.0-only */
/* Resource tables laid out as in public firmware of vendors. The includer says where the memory is: MEM_DA. */
#ifndef TESTS_VENDOR_TABLES_H
#define TESTS_VENDOR_TABLES_H

#include <openamp/remoteproc.h>

#define ANY FW_RSC_U32_ADDR_ANY

struct sample {
	const char *whose;
	uint32_t words[48];
	unsigned int count; /* of the words */
	int status;         /* of the adoption */
	int devices;
	unsigned int vendors;
	size_t vendor_len;
};

#define WORDS(...)                .words = {__VA_ARGS__}, .count = sizeof((uint32_t[]){__VA_ARGS__}) / 4
#define VRING(da, align, num, id) (da), (align), (num), (id), 0
#define VDEV(config_len)          3, 7, 0, 1, 0, (config_len), 0x200

static const struct sample samples[] = {
	{"LPC54114, Nordic, old Zephyr: type 4 in front, and one behind",
         WORDS(1, 2, 0, 0, 0x18, 0x2c, /**/ 4, MEM_DA + 0x400, MEM_DA + 0x400, 0x7c00, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 4, 32, 1), VRING(MEM_DA + 0x2400, 4, 32, 2)),
         0, 1, 0, 0},
	{"TI's PRU: type 5, an interrupt map",
         WORDS(1, 2, 0, 0, 0x18, 0x5c, /**/ VDEV(0), VRING(MEM_DA + 0x2000, 16, 16, 0),
               VRING(MEM_DA + 0x2400, 16, 16, 0),
               /**/ 5, 1, 0x14, 0xff00ff00, 0xffffff03, 0xffffffff, 2, 0x3a4),
         0, 1, 0, 0},
	{"NXP's i.MX DSP: a length without the type",
         WORDS(1, 2, 0, 0, 0x18, 0x2c, /**/ 128, 16, 0x6e787073, 0, 1, /**/ VDEV(0), VRING(MEM_DA + 0x2000, 16, 8, 0),
               VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 1, 20 + 28 + 40},
	{"openEuler: no length at all",
         WORDS(1, 2, 0, 0, 0x18, 0x40, /**/ 129, 0, 0, 0, 0, 0, 0x2000, 0, 0, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 16, 8, 0), VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 1, 40 + 28 + 40},
	{"NuttX: a configuration space, and a trace",
         WORDS(1, 2, 0, 0, 0x18, 0x74, /**/ VDEV(24), VRING(MEM_DA + 0x2000, 16, 8, 0),
               VRING(MEM_DA + 0x2400, 16, 8, 1), 0, 0, 0, 0, 0, 0, /**/ 2, MEM_DA + 0x1000, 0x400, 0, 0, 0, 0, 0, 0, 0,
               0, 0),
         0, 1, 0, 0},
	{"Cortex-M4 of STM32MP1 without a console: a trace of no bytes",
         WORDS(1, 2, 0, 0, 0x18, 0x48, /**/ 2, 0, 0, 0, 0x5f346d63, 0x00676f6c, 0, 0, 0, 0, 0, 0, /**/ VDEV(0),
               VRING(MEM_DA + 0x2000, 16, 8, 0), VRING(MEM_DA + 0x2400, 16, 8, 1)),
         0, 1, 0, 0},
	{"an alignment of 1 MiB",
         WORDS(1, 1, 0, 0, 0x14, /**/ VDEV(0), VRING(ANY, 0x100000, 256, 0), VRING(ANY, 0x100000, 256, 1)),
         -RPROC_EINVAL, 0, 0, 0},
	{"a vendor's entry that ends the table with its type", WORDS(1, 1, 0, 0, 0x14, /**/ 200), 0, 0, 1, 4},
	{"an unknown entry beyond the table", WORDS(1, 1, 0, 0, 0x18, 5), -RPROC_ERR_RSC_TAB_TRUNC, 0, 0, 0},
	{"an unknown entry on top of the header", WORDS(1, 1, 0, 0, 0x10, 5), -RPROC_EINVAL, 0, 0, 0},
};

#endif
