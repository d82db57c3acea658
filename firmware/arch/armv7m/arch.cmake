# SPDX-License-Identifier: BSD-3-Clause
# ARMv7-M, and ARMv8-M, which differs in its MPU only as far as this firmware goes.
if(AMP_CPU STREQUAL cortex-m33)
  set(mpu arch/armv7m/mpu_v8.c)
else()
  set(mpu arch/armv7m/mpu.c)
endif()
set(ARCH_CHECKS) # division by zero traps (fault.c)
set(ARCH_OPTIONS) # accesses to single words may be unaligned, as the compiler expects
set(ARCH_BOOT_SOURCES arch/armv7m/boot.c)
set(ARCH_SOURCES
  arch/armv7m/clock.c
  arch/armv7m/core.c
  arch/armv7m/fault.c
  ${mpu}
  arch/armv7m/start.S
  arch/armv7m/vectors.c)
