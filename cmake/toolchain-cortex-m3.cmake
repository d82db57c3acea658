# SPDX-License-Identifier: GPL-2.0-only
set(AMP_CPU cortex-m3)
include(${CMAKE_CURRENT_LIST_DIR}/toolchain-cortex-m.cmake)
