/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of a firmware, from the boot ROM: interrupts off, any stack. From here main() runs on a stack of its own (PSP),
 * exception handlers on another (MSP), and faults on a third.
 */
	.syntax unified
	.thumb

	.section .text.start, "ax", %progbits
	.global amp_start
	.type amp_start, %function
amp_start:
	.cfi_startproc
	.cfi_undefined lr		/* outermost frame */
	cpsid	i
	ldr	r0, =__vectors
	ldr	r1, =0xe000ed08		/* VTOR */
	str	r0, [r1]
	ldr	r0, =__handler_stack_top
	msr	msp, r0
	ldr	r0, =__main_stack_top
	msr	psp, r0
	movs	r0, #2			/* thread mode uses PSP */
	msr	control, r0
	isb

	/*
	 * Zero .bss again, so as not to depend on the loader, and paint the stacks: amp_stack_used() sees by that how
	 * deep they went.
	 */
	movs	r2, #0
	ldr	r0, =__bss_start
	ldr	r1, =__bss_end
	bl	fill_words
	ldr	r2, =0x5aa5c33c		/* AMP_STACK_PAINT */
	ldr	r0, =__stacks_start
	ldr	r1, =__stacks_end
	bl	fill_words

	movs	r0, #0
	mov	lr, r0
	bl	armv7m_main
	b	.
	.cfi_endproc
	.size amp_start, . - amp_start

/* r0 = first, r1 = end, r2 = value */
	.type fill_words, %function
fill_words:
	cmp	r0, r1
	it	lo
	strlo	r2, [r0], #4
	blo	fill_words
	bx	lr
	.size fill_words, . - fill_words

/*
 * All faults and the NMI enter here. The stack of the failed context may be unusable, so it is not touched, and its
 * registers are needed, so they are saved first: on the fault stack, as struct fault_context. r0-r3, r12, lr, pc and xpsr
 * are in the exception frame, if the core could write it. Never returns.
 */
	.section .text.fault_entry, "ax", %progbits
	.global armv7m_fault_entry
	.type armv7m_fault_entry, %function
armv7m_fault_entry:
	.cfi_startproc
	.cfi_undefined lr
	cpsid	i
	mrs	r0, msp
	mrs	r1, psp
	mov	r2, lr			/* EXC_RETURN */
	mrs	r3, ipsr
	ldr	r12, =__fault_stack_top
	mov	sp, r12
	push	{r0-r11}
	mov	r0, sp
	bl	armv7m_fault_handler
	b	.
	.cfi_endproc
	.size armv7m_fault_entry, . - armv7m_fault_entry
