# SPDX-License-Identifier: GPL-2.0-only
# Warnings for every target of the tree; errors where AMP_WERROR is on (the development presets).
add_library(amp_warnings INTERFACE)
target_compile_options(amp_warnings INTERFACE -Wall -Wextra -Wshadow -Wundef $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes
                                              -Wmissing-prototypes -Wold-style-definition>)
if(AMP_WERROR)
  target_compile_options(amp_warnings INTERFACE -Werror)
endif()
# GCC warns that its thread sanitizer does not follow fences. The rings need them; it follows all other atomics.
if(AMP_SANITIZER STREQUAL "tsan")
  target_compile_options(amp_warnings INTERFACE $<$<C_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
# With the sanitizers' instrumentation GCC loses track of string lengths and warns of truncation that cannot be.
if(AMP_SANITIZER)
  target_compile_options(amp_warnings INTERFACE $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
endif()
