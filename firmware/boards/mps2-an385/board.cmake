# SPDX-License-Identifier: BSD-3-Clause
# Arm's MPS2 board with the image AN385: drivers of its devices.
set(BOARD_HAS_PRIVATE_MEMORY TRUE)
set(BOARD_SOURCES devices/cmsdk_console.c devices/cmsdk_watchdog.c)
