/* SPDX-License-Identifier: GPL-2.0-only */
/* The library's allocations, counted; any one of them can be made to fail. */
#ifndef TESTS_FUZZ_ALLOCATIONS_H
#define TESTS_FUZZ_ALLOCATIONS_H

/** The n-th from now on fails, counted from 1; 0: none. */
void fuzz_fail_allocation(unsigned int n);

/** @return blocks that have not been freed */
int fuzz_live_allocations(void);

#endif
