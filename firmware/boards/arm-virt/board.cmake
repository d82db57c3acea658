# SPDX-License-Identifier: BSD-3-Clause
# QEMU's machine "virt" with one Arm core: drivers of its devices. It has no watchdog, so the relay is that.
set(BOARD_HAS_PRIVATE_MEMORY FALSE)
set(BOARD_SOURCES devices/no_console.c devices/relay_watchdog.c)
