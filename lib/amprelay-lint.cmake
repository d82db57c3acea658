# SPDX-License-Identifier: BSD-3-Clause
# Part of the CMake package: firmware is looked at as soon as it is linked.
#
#   find_package(amprelay REQUIRED)
#   amprelay_lint(TARGET [HOST host] [SOC name|file] [CORE core] [ALLOW rule...] [SARIF file])
#
# TARGET is an executable of the directory that calls this. An error that `amprelay lint` finds is an error of the
# build; warnings and notes are printed. The arguments are its options. It runs on the build machine: the program is
# AMPRELAY_PROGRAM, or the one that was installed with this package, or the one in the PATH.
get_filename_component(AMPRELAY_PREFIX ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)

function(amprelay_lint target)
  cmake_parse_arguments(PARSE_ARGV 1 LINT "" "HOST;SOC;CORE;SARIF" "ALLOW")
  if(LINT_UNPARSED_ARGUMENTS OR LINT_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "amprelay_lint(${target}): what is meant by \"${LINT_UNPARSED_ARGUMENTS}${LINT_KEYWORDS_MISSING_VALUES}\"? "
                        "It takes HOST, SOC, CORE, SARIF, each with one value, and ALLOW with rules")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "amprelay_lint(${target}): there is no such target; call it behind add_executable()")
  endif()
  find_program(AMPRELAY_PROGRAM amprelay HINTS ${AMPRELAY_PREFIX}/bin NO_CMAKE_FIND_ROOT_PATH
               DOC "The program amprelay, which looks at firmware")
  if(NOT AMPRELAY_PROGRAM)
    message(FATAL_ERROR "amprelay_lint(${target}): the program amprelay is not found; install it, or set AMPRELAY_PROGRAM")
  endif()
  set(options)
  foreach(option host soc core)
    string(TOUPPER ${option} name)
    if(DEFINED LINT_${name})
      list(APPEND options --${option} ${LINT_${name}})
    endif()
  endforeach()
  foreach(rule IN LISTS LINT_ALLOW)
    list(APPEND options --allow ${rule})
  endforeach()
  if(DEFINED LINT_SARIF)
    list(APPEND options --output ${LINT_SARIF})
  endif()
  add_custom_command(TARGET ${target} POST_BUILD COMMAND ${AMPRELAY_PROGRAM} lint ${options} $<TARGET_FILE:${target}>
                     COMMENT "Looking for mistakes in ${target}" VERBATIM)
endfunction()

# The library call, amprelay::lint, is there where the tools are.
include(${CMAKE_CURRENT_LIST_DIR}/amprelay-lint-targets.cmake OPTIONAL)
