# SPDX-License-Identifier: GPL-2.0-only
set(AMP_CPU cortex-m33)
set(AMP_CPU_EXTENSIONS +nodsp) # not every Cortex-M33 has it: the one of mps2-an521 does not
include(${CMAKE_CURRENT_LIST_DIR}/toolchain-cortex-m.cmake)
