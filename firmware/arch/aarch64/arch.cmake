# SPDX-License-Identifier: BSD-3-Clause
# AArch64 does not trap on a division by zero: it returns 0. So that it is a crash here as on other cores, the compiler
# checks each division and runs into a brk of its own.
set(ARCH_CHECKS -fsanitize=integer-divide-by-zero -fsanitize-undefined-trap-on-error
                -fno-isolate-erroneous-paths-dereference)
set(ARCH_OPTIONS -mstrict-align) # all memory is a device as long as the MMU is off, as in the boot ROM
set(ARCH_BOOT_SOURCES arch/aarch64/boot.c arch/aarch64/boot_entry.S)
set(ARCH_SOURCES
  arch/aarch64/clock.c
  arch/aarch64/core.c
  arch/aarch64/fault.c
  arch/aarch64/mmu.c
  arch/aarch64/start.S)
