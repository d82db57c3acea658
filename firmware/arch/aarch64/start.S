/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of a firmware, from the boot ROM: EL1, interrupts off, any stack. From here main() runs on a stack of its own
 * (SP_EL0), interrupts on another (SP_EL1), and faults on a third.
 */
	.section .text.start, "ax", %progbits
	.global amp_start
	.type amp_start, %function
amp_start:
	.cfi_startproc
	.cfi_undefined x30		/* outermost frame */
	msr	daifset, #15
	ldr	x0, =aarch64_vectors
	msr	vbar_el1, x0
	msr	spsel, #1
	ldr	x0, =__handler_stack_top
	mov	sp, x0
	msr	spsel, #0
	ldr	x0, =__main_stack_top
	mov	sp, x0
	isb
	msr	daifclr, #12		/* debugging and SError: neither is expected */

	/*
	 * Zero .bss again, so as not to depend on the loader, and paint the stacks: amp_stack_used() sees by that how
	 * deep they went.
	 */
	ldr	x0, =__bss_start
	ldr	x1, =__bss_end
	mov	w2, wzr
	bl	fill_words
	ldr	x0, =__stacks_start
	ldr	x1, =__stacks_end
	ldr	w2, =0x5aa5c33c		/* AMP_STACK_PAINT */
	bl	fill_words

	mov	x29, xzr
	mov	x30, xzr
	bl	aarch64_main
1:	b	1b
	.cfi_endproc
	.size amp_start, . - amp_start

/* x0 = first, x1 = end, w2 = value */
	.type fill_words, %function
fill_words:
	cmp	x0, x1
	b.hs	1f
	str	w2, [x0], #4
	b	fill_words
1:	ret
	.size fill_words, . - fill_words

/*
 * All exceptions enter here, interrupts off. Interrupts do not nest, so the handler stack is empty whenever one comes.
 * The stack of a context that failed may be unusable, so it is not touched: registers go to the fault stack, as struct
 * fault_context, and nothing but that uses TPIDR_EL1. Never returns from a fault.
 */
	.macro	fault entry, sp
	.balign	128
	msr	tpidr_el1, x0
	ldr	x0, =__fault_stack_top - 304
	stp	x1, x2, [x0, #8]
	mov	x1, #\entry
	.ifc	\sp, sp_el0
	mrs	x2, sp_el0
	.else
	mov	x2, sp
	.endif
	b	save_and_fault
	.endm

	.section .text.vectors, "ax", %progbits
	.balign	2048
	.global aarch64_vectors
	.type aarch64_vectors, %function
aarch64_vectors:
	.cfi_startproc
	.cfi_undefined x30
	/* from main(), on SP_EL0 */
	fault	0, sp_el0
	.balign	128
	b	interrupt
	fault	2, sp_el0
	fault	3, sp_el0
	/* from handlers, on SP_EL1 */
	fault	0, sp_el1
	fault	1, sp_el1
	fault	2, sp_el1
	fault	3, sp_el1
	/* from EL0, where nothing runs */
	.rept	8
	fault	3, sp_el0
	.endr
	.ltorg

interrupt:
	/* the registers that a C function may change; ELR_EL1 and SPSR_EL1 stay, since nothing nests */
	stp	x0, x1, [sp, #-160]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	bl	aarch64_interrupt
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp], #160
	eret

	/* x0 = the context, x1 = why, x2 = the stack pointer; x1 and x2 are saved */
save_and_fault:
	msr	spsel, #1
	stp	x3, x4, [x0, #24]
	stp	x5, x6, [x0, #40]
	stp	x7, x8, [x0, #56]
	stp	x9, x10, [x0, #72]
	stp	x11, x12, [x0, #88]
	stp	x13, x14, [x0, #104]
	stp	x15, x16, [x0, #120]
	stp	x17, x18, [x0, #136]
	stp	x19, x20, [x0, #152]
	stp	x21, x22, [x0, #168]
	stp	x23, x24, [x0, #184]
	stp	x25, x26, [x0, #200]
	stp	x27, x28, [x0, #216]
	stp	x29, x30, [x0, #232]
	mrs	x3, tpidr_el1
	str	x3, [x0]
	mrs	x3, elr_el1
	stp	x2, x3, [x0, #248]
	mrs	x2, spsr_el1
	mrs	x3, esr_el1
	stp	x2, x3, [x0, #264]
	mrs	x2, far_el1
	stp	x2, x1, [x0, #280]
	mov	sp, x0
	bl	aarch64_fault
	.cfi_endproc
	.size aarch64_vectors, . - aarch64_vectors
