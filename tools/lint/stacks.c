// SPDX-License-Identifier: GPL-2.0-only
/* Stacks and heap, by the symbols that linker scripts define for them. */
#include <stdlib.h>

#include "internal.h"

#define ULL(x) ((unsigned long long)(x))

#define STACKS_MAX 8

/* Of what is between two symbols. */
struct span {
	const char *low_name, *high_name;
	uint64_t low, high;
};

/* Of this project, CMSIS, newlib's and the vendors' linker scripts. */
static const char *const stack_symbols[][2] = {
	{"__main_stack", "__main_stack_top"},
	{"__handler_stack", "__handler_stack_top"},
	{"__StackLimit", "__StackTop"},
	{"__stack_limit", "__stack_top"},
	{"_sstack", "_estack"},
	{"_vStackBase", "_vStackTop"},
	{"__stack_start__", "__stack_end__"},
	{"_stack_end", "__stack"},
	{"__stack", "__STACK_END"},
};

/* Scripts that name the top alone. */
static const char *const top_symbols[] = {"_estack", "__StackTop", "_vStackTop", "__stack_top"};

static const char *const heap_symbols[][2] = {
	{"__HeapBase", "__HeapLimit"}, {"__heap_start", "__heap_end"},   {"__heap_start__", "__heap_end__"},
	{"_heap_start", "_heap_end"},  {"_pvHeapStart", "_pvHeapLimit"},
};

static bool find_span(const struct lint *lint, const char *const names[2], struct span *span)
{
	span->low_name = names[0];
	span->high_name = names[1];
	return lint_symbol(lint, names[0], &span->low, NULL) && lint_symbol(lint, names[1], &span->high, NULL);
}

/* Is any byte of the range in the image, and not 0? Some linkers write zeroes for a stack. */
static bool covers_data(const struct lint *lint, const struct span *span, uint64_t *where)
{
	const struct segment *segment;
	uint64_t from, to, offset;

	for (unsigned int i = 0; i < lint->segments; i++) {
		segment = &lint->segment[i];
		if (segment->offset > lint->size || segment->filesz > lint->size - segment->offset ||
		    !lint_overlap(span->low, span->high - span->low, segment->vaddr, segment->filesz))
			continue;
		from = span->low > segment->vaddr ? span->low - segment->vaddr : 0;
		to = span->high - segment->vaddr < segment->filesz ? span->high - segment->vaddr : segment->filesz;
		for (offset = from; offset < to; offset++) {
			if (lint->image[segment->offset + offset]) {
				*where = segment->vaddr + offset;
				return true;
			}
		}
	}
	return false;
}

static bool in_core(const struct lint *lint, const struct span *span)
{
	const unsigned int kinds = LINT_KIND(AMP_LINT_FIRMWARE) | LINT_KIND(AMP_LINT_PRIVATE) | LINT_KIND(AMP_LINT_OWN);

	return !lint->core || lint_memory(lint, span->low, span->high - span->low, kinds);
}

static void check_span(struct lint *lint, const struct span *span, enum rule outside, enum rule over_data)
{
	struct place place = lint_at_symbol(span->low_name);
	uint64_t where;

	if (!in_core(lint, span))
		lint_say(lint, outside, place, "%s to %s is 0x%llx to 0x%llx, in no memory of core %s", span->low_name,
		         span->high_name, ULL(span->low), ULL(span->high), lint->core->name);
	if (covers_data(lint, span, &where))
		lint_say(lint, over_data, place, "%s to %s is 0x%llx to 0x%llx, and the image has data at 0x%llx",
		         span->low_name, span->high_name, ULL(span->low), ULL(span->high), ULL(where));
}

static unsigned int stack_align(const struct lint *lint)
{
	switch (lint->ehdr.e_machine) {
	case EM_AARCH64:
	case EM_RISCV:
		return 16;
	case EM_ARM:
		return 8;
	default:
		return 1;
	}
}

static void check_top(struct lint *lint, const char *name, uint64_t top)
{
	if (top % stack_align(lint))
		lint_say(lint, LINT_STACK_MISALIGNED, lint_at_symbol(name), "%s is 0x%llx, no multiple of %u", name,
		         ULL(top), stack_align(lint));
}

static void check_heap(struct lint *lint, const struct span *stacks, unsigned int num)
{
	struct span heap;

	for (unsigned int i = 0; i < sizeof(heap_symbols) / sizeof(heap_symbols[0]); i++) {
		/* A program may have none. */
		if (!find_span(lint, heap_symbols[i], &heap) || heap.low >= heap.high)
			continue;
		check_span(lint, &heap, LINT_HEAP_OUTSIDE_MEMORY, LINT_HEAP_OVER_DATA);
		for (unsigned int j = 0; j < num; j++) {
			if (lint_overlap(heap.low, heap.high - heap.low, stacks[j].low, stacks[j].high - stacks[j].low))
				lint_say(lint, LINT_HEAP_OVER_STACK, lint_at_symbol(heap.low_name),
				         "the heap is 0x%llx to 0x%llx, the stack %s 0x%llx to 0x%llx", ULL(heap.low),
				         ULL(heap.high), stacks[j].low_name, ULL(stacks[j].low), ULL(stacks[j].high));
		}
		return;
	}
}

void lint_stacks(struct lint *lint)
{
	struct span stack[STACKS_MAX];
	unsigned int num = 0;
	uint64_t top;

	for (unsigned int i = 0; i < sizeof(stack_symbols) / sizeof(stack_symbols[0]) && num < STACKS_MAX; i++) {
		if (!find_span(lint, stack_symbols[i], &stack[num]))
			continue;
		check_top(lint, stack[num].high_name, stack[num].high);
		if (stack[num].low >= stack[num].high) {
			lint_say(lint, LINT_STACK_EMPTY, lint_at_symbol(stack[num].low_name), "%s is 0x%llx, %s 0x%llx",
			         stack[num].low_name, ULL(stack[num].low), stack[num].high_name, ULL(stack[num].high));
			continue;
		}
		check_span(lint, &stack[num], LINT_STACK_OUTSIDE_MEMORY, LINT_STACK_OVER_DATA);
		num++;
	}
	for (unsigned int i = 0; i < sizeof(top_symbols) / sizeof(top_symbols[0]) && num == 0; i++) {
		if (lint_symbol(lint, top_symbols[i], &top, NULL)) {
			check_top(lint, top_symbols[i], top);
			break;
		}
	}
	check_heap(lint, stack, num);
}
