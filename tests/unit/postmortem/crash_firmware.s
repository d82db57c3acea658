@ SPDX-License-Identifier: GPL-2.0-only
@ outer calls middle calls inner. Tests know the addresses: outer 0x21100000, middle 0x21100100, inner 0x21100200.
	.syntax unified
	.thumb
	.cfi_sections .debug_frame
	.text

	.global outer
	.type outer, %function
	.thumb_func
outer:
	.cfi_startproc
	push {r4, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset r4, -8
	.cfi_offset lr, -4
	bl middle
	pop {r4, pc}
	.cfi_endproc
	.size outer, . - outer

	.org 0x100
	.global middle
	.type middle, %function
	.thumb_func
middle:
	.cfi_startproc
	push {r5, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset r5, -8
	.cfi_offset lr, -4
	bl inner
	pop {r5, pc}
	.cfi_endproc
	.size middle, . - middle

	.org 0x200
	.global inner
	.type inner, %function
	.thumb_func
inner:
	.cfi_startproc
	nop
	udf #0
	bx lr
	.cfi_endproc
	.size inner, . - inner

	.data
	.global inner_data
	.type inner_data, %object
	.size inner_data, 4
inner_data:
	.word 0x1234
