/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot ROM's entry and its vectors. The core starts at EL1, with MMU and caches off. */
	.section .vectors, "ax", %progbits
	.global boot_reset
	.type boot_reset, %function
boot_reset:
	.cfi_startproc
	.cfi_undefined x30		/* outermost frame */
	msr	daifset, #15
	msr	spsel, #1
	ldr	x0, =__boot_stack_top
	mov	sp, x0
	ldr	x0, =boot_vectors
	msr	vbar_el1, x0
	isb
	b	boot_main
	.cfi_endproc
	.size boot_reset, . - boot_reset
	.ltorg

	/* 16 entries of 128 bytes each, and all lead to the same place */
	.balign	2048
	.type boot_vectors, %function
boot_vectors:
	.cfi_startproc
	.cfi_undefined x30
	.rept	16
	.balign	128
	b	boot_trap
	.endr
boot_trap:
	ldr	x4, =__boot_stack_top	/* its own stack may be what is broken */
	mov	sp, x4
	mrs	x0, elr_el1
	mov	x1, x30
	mrs	x2, esr_el1
	mrs	x3, far_el1
	b	boot_fault
	.cfi_endproc
	.size boot_vectors, . - boot_vectors
	.ltorg
