# SPDX-License-Identifier: BSD-3-Clause
set(ARCH_CHECKS) # division by zero traps (fault.c)
set(ARCH_OPTIONS -mno-unaligned-access) # they trap, too
set(ARCH_BOOT_SOURCES arch/armv7m/boot.c)
set(ARCH_SOURCES
  arch/armv7m/clock.c
  arch/armv7m/core.c
  arch/armv7m/fault.c
  arch/armv7m/mpu.c
  arch/armv7m/start.S
  arch/armv7m/vectors.c)
