# SPDX-License-Identifier: BSD-3-Clause
# RISC-V does not trap on a division by zero: it returns -1. So that it is a crash here as on other cores, the compiler
# checks each division and runs into an ebreak, which is then the only thing that an ebreak can mean.
set(ARCH_CHECKS -fsanitize=integer-divide-by-zero -fsanitize-undefined-trap-on-error
                -fno-isolate-erroneous-paths-dereference)
set(ARCH_OPTIONS -mstrict-align) # unaligned accesses may trap
set(ARCH_BOOT_SOURCES arch/riscv32/boot.c)
set(ARCH_SOURCES
  arch/riscv32/clock.c
  arch/riscv32/core.c
  arch/riscv32/fault.c
  arch/riscv32/pmp.c
  arch/riscv32/start.S)
