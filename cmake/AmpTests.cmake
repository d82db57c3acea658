# SPDX-License-Identifier: GPL-2.0-only
# amp_unit_test(NAME SOURCES file... [LIBS target...] [DEFINES def...]): a cmocka program, one ctest entry with the
# label "unit".
function(amp_unit_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS;DEFINES;ARGS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LIBS} cmocka amp_warnings)
  target_compile_definitions(${name} PRIVATE ${T_DEFINES})
  add_test(NAME ${name} COMMAND ${name} ${T_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
