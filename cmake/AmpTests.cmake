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

# amp_wrap(TEST SOURCE FUNCTION…): the test has a __wrap_ function for each, which SOURCE of the library defines. The
# linker replaces no name that link-time optimisation has resolved already: neither file takes part in it.
function(amp_wrap test source)
  list(TRANSFORM ARGN PREPEND LINKER:--wrap= OUTPUT_VARIABLE options)
  target_link_options(${test} PRIVATE ${options})
  set_target_properties(${test} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    set_source_files_properties(${PROJECT_SOURCE_DIR}/${source} TARGET_DIRECTORY amprelay PROPERTIES COMPILE_OPTIONS -fno-lto)
  endif()
endfunction()
