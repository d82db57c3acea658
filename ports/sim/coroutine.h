/* SPDX-License-Identifier: BSD-3-Clause */
/* Stacks to switch between. */
#ifndef SIM_COROUTINE_H
#define SIM_COROUTINE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

struct coroutine {
	ucontext_t context; /**< where it begins */
	bool fresh;         /**< it has not begun */
	jmp_buf place;      /**< where it was left */
	void *stack;        /**< NULL before the first start, and for the one that called */
	size_t size;
	void *fake_stack; /**< the address sanitizer's */
};

/** Begin at @p entry, with a fresh stack, at the next switch. What ran on it before is forgotten. @p entry never
 * returns. */
void coroutine_start(struct coroutine *co, void (*entry)(void));

/** Leave @p from here, go on in @p to. */
void coroutine_switch(struct coroutine *from, struct coroutine *to);

/** First thing in an entry: @p from is where coroutine_switch() came from. */
void coroutine_entered(struct coroutine *from);

#endif /* SIM_COROUTINE_H */
