# SPDX-License-Identifier: GPL-2.0-only
# Debian's compiler for arm64 Linux makes code for a bare core just as well. Of its header files only its own count, not
# those of Linux's C library; and floating-point registers, which would have to be saved at each interrupt, stay unused.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_ASM_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_AR aarch64-linux-gnu-ar)
set(CMAKE_RANLIB aarch64-linux-gnu-ranlib)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE AMP_COMPILER_HEADERS OUTPUT_STRIP_TRAILING_WHITESPACE)
set(cpu "-mcpu=cortex-a53 -mgeneral-regs-only -mno-outline-atomics -fno-pie")
# _LIBC_LIMITS_H_: or the compiler's <limits.h> would ask for the C library's.
set(CMAKE_C_FLAGS_INIT "${cpu} -nostdinc -isystem ${AMP_COMPILER_HEADERS} -D_LIBC_LIMITS_H_ -ffreestanding -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections -fno-common")
set(CMAKE_ASM_FLAGS_INIT "${cpu}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -no-pie -nostdlib -nostartfiles -Wl,-z,max-page-size=4096 -Wl,--gc-sections -Wl,--build-id=sha1")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(AMP_PORT baremetal)
set(AMP_CPU cortex-a53)
set(AMP_ARCH aarch64)
