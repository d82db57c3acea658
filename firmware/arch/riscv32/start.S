/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of a firmware, from the boot ROM: interrupts off, any stack. From here main() runs on the main stack, interrupts
 * on another, and faults on a third.
 */
	.section .text.start, "ax", %progbits
	.global amp_start
	.type amp_start, %function
amp_start:
	.cfi_startproc
	.cfi_undefined ra		/* outermost frame */
	csrci	mstatus, 8		/* MIE */
	csrw	mie, zero
	la	t0, riscv_trap_entry
	csrw	mtvec, t0
	la	sp, __main_stack_top

	/*
	 * Zero .bss again, so as not to depend on the loader, and paint the stacks: amp_stack_used() sees by that how
	 * deep they went.
	 */
	la	a0, __bss_start
	la	a1, __bss_end
	li	a2, 0
	call	fill_words
	la	a0, __stacks_start
	la	a1, __stacks_end
	li	a2, 0x5aa5c33c		/* AMP_STACK_PAINT */
	call	fill_words

	call	riscv_main
1:	j	1b
	.cfi_endproc
	.size amp_start, . - amp_start

/* a0 = first, a1 = end, a2 = value */
	.type fill_words, %function
fill_words:
	bgeu	a0, a1, 1f
	sw	a2, 0(a0)
	addi	a0, a0, 4
	j	fill_words
1:	ret
	.size fill_words, . - fill_words

/*
 * All traps enter here, interrupts off. Interrupts do not nest, so the handler stack is empty whenever one comes, and
 * nothing but these few instructions uses mscratch. The stack of a context that failed may be unusable, so it is not
 * touched.
 */
	.section .text.trap_entry, "ax", %progbits
	.balign 4
	.global riscv_trap_entry
	.type riscv_trap_entry, %function
riscv_trap_entry:
	.cfi_startproc
	.cfi_undefined ra
	csrw	mscratch, t0
	csrr	t0, mcause
	bgez	t0, fault

	/* an interrupt: save the registers that a C function may change, and the stack pointer */
	la	t0, __handler_stack_top - 80
	sw	sp, 0(t0)
	mv	sp, t0
	csrr	t0, mscratch
	sw	ra, 4(sp)
	sw	t0, 8(sp)
	sw	t1, 12(sp)
	sw	t2, 16(sp)
	sw	a0, 20(sp)
	sw	a1, 24(sp)
	sw	a2, 28(sp)
	sw	a3, 32(sp)
	sw	a4, 36(sp)
	sw	a5, 40(sp)
	sw	a6, 44(sp)
	sw	a7, 48(sp)
	sw	t3, 52(sp)
	sw	t4, 56(sp)
	sw	t5, 60(sp)
	sw	t6, 64(sp)
	csrr	a0, mcause
	call	riscv_interrupt
	lw	ra, 4(sp)
	lw	t0, 8(sp)
	lw	t1, 12(sp)
	lw	t2, 16(sp)
	lw	a0, 20(sp)
	lw	a1, 24(sp)
	lw	a2, 28(sp)
	lw	a3, 32(sp)
	lw	a4, 36(sp)
	lw	a5, 40(sp)
	lw	a6, 44(sp)
	lw	a7, 48(sp)
	lw	t3, 52(sp)
	lw	t4, 56(sp)
	lw	t5, 60(sp)
	lw	t6, 64(sp)
	lw	sp, 0(sp)
	mret

	/* a fault: save everything on the fault stack, as struct fault_context. Never returns. */
fault:
	la	t0, __fault_stack_top - 144
	sw	zero, 0(t0)
	.irp	n, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sw	x\n, 4 * \n(t0)
	.endr
	csrr	t1, mscratch		/* x5, which is t0 */
	sw	t1, 4 * 5(t0)
	csrr	t1, mepc
	sw	t1, 128(t0)
	csrr	t1, mcause
	sw	t1, 132(t0)
	csrr	t1, mtval
	sw	t1, 136(t0)
	csrr	t1, mstatus
	sw	t1, 140(t0)
	mv	sp, t0
	mv	a0, t0
	call	riscv_fault
	.cfi_endproc
	.size riscv_trap_entry, . - riscv_trap_entry
