# SPDX-License-Identifier: GPL-2.0-only
# ARMv6-M: no instructions for atomic operations (ports/baremetal/atomics.c). What the library needs of it is the same
# as of ARMv7-M.
set(AMP_CPU cortex-m0plus)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain-cortex-m.cmake)
