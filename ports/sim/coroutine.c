// SPDX-License-Identifier: BSD-3-Clause
/* Coroutines on ucontext, with what the address sanitizer wants to know about them. */
#undef _FORTIFY_SOURCE /* it takes a jump to another stack for a mistake */
#include "coroutine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_SIZE (128u * 1024u)

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define start_switch(from, to) __sanitizer_start_switch_fiber(&(from)->fake_stack, (to)->stack, (to)->size)
#define finish_switch(co)      __sanitizer_finish_switch_fiber((co)->fake_stack, NULL, NULL)
#else
#define start_switch(from, to) ((void)(from), (void)(to))
#define finish_switch(co)      ((void)(co))
#endif

static void allocate_stack(struct coroutine *co)
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	char *mem = mmap(NULL, STACK_SIZE + guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* An overflow must not run silently into other memory. */
	if (mem == MAP_FAILED || mprotect(mem, guard, PROT_NONE)) {
		perror("simulator: cannot allocate a stack");
		exit(2);
	}
	co->stack = mem + guard;
	co->size = STACK_SIZE;
}

void coroutine_start(struct coroutine *co, void (*entry)(void))
{
	if (!co->stack)
		allocate_stack(co);
#ifdef __SANITIZE_ADDRESS__
	/* The frames of the life before were left, not returned from. */
	__asan_unpoison_memory_region(co->stack, co->size);
	co->fake_stack = NULL;
#endif
	getcontext(&co->context);
	co->context.uc_stack.ss_sp = co->stack;
	co->context.uc_stack.ss_size = co->size;
	co->context.uc_link = NULL;
	makecontext(&co->context, entry, 0);
	co->fresh = true;
}

/*
 * swapcontext() asks the kernel for the mask of signals, which takes longer than all that is done between two switches.
 * Only a fresh stack needs it; and the address sanitizer, which takes a jump for the end of the frames that it leaves.
 */
static void leave(struct coroutine *from, struct coroutine *to)
{
#ifdef __SANITIZE_ADDRESS__
	swapcontext(&from->context, &to->context);
#else
	if (_setjmp(from->place))
		return;
	if (!to->fresh)
		_longjmp(to->place, 1);
	to->fresh = false;
	setcontext(&to->context);
#endif
}

void coroutine_switch(struct coroutine *from, struct coroutine *to)
{
	start_switch(from, to);
	leave(from, to);
	finish_switch(from);
}

void coroutine_entered(struct coroutine *from)
{
#ifdef __SANITIZE_ADDRESS__
	const void *stack;
	size_t size;

	__sanitizer_finish_switch_fiber(NULL, &stack, &size);
	if (!from->stack) {
		from->stack = (void *)(uintptr_t)stack;
		from->size = size;
	}
#else
	(void)from;
#endif
}
