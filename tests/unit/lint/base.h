/* SPDX-License-Identifier: GPL-2.0-only */
/* An image without a fault and the core that it is for: laid out as the lab's Cortex-M3. */
#ifndef TESTS_LINT_BASE_H
#define TESTS_LINT_BASE_H

#include <amprelay/lint.h>

#include "image.h"

#define CODE   0x21100000u
#define DATA   0x21108000u
#define STACK  0x2110d000u
#define TOP    0x2110f000u
#define HEAP   0x21800000u
#define RINGS  0x21008000u
#define ANY    0xffffffffu
#define VECTOR 0 /* symbols, by number */
#define LOW    1
#define HIGH   2
#define START  3
#define END    4

/* Words of its table. */
#define W_OFFSETS  4
#define W_CARVEOUT 7
#define W_TRACE    21
#define W_VDEV     33
#define W_RING0    40
#define W_RING1    45
#define W_END      50

struct image base_image(void);

#define BASE_MEMORIES 9

struct base_core {
	struct amp_lint_memory memory[BASE_MEMORIES];
	struct amp_lint_core core; /* whose memories those are */
};

/* In place: it points to itself. */
void base_core(struct base_core *base);

#endif
