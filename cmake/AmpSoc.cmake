# SPDX-License-Identifier: GPL-2.0-only
# amp_soc(SOC CORES core...): generate from qemu/SOC.dts and the *.dtsi that it includes
#   gen/SOC/soc.json           the relay's configuration                     target soc-SOC
#   gen/SOC/CORE/soc.h         constants for that core's firmware            interface library soc-SOC-CORE
#   gen/SOC/CORE/regions.ld    its linker regions (include path for -L too)
# A wrong description is a build error that names node and property.

if(AMP_TARGET STREQUAL "native")
  set(AMP_SOCGEN socgen) # the target in tools/socgen
else()
  # A cross build needs the generator on the build machine.
  find_program(AMP_HOST_CC NAMES cc gcc clang REQUIRED)
  set(AMP_SOCGEN ${CMAKE_BINARY_DIR}/gen/socgen)
  file(GLOB AMP_SOCGEN_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/socgen/*.[ch] ${PROJECT_SOURCE_DIR}/tools/common/output.[ch])
  set(AMP_SOCGEN_C ${AMP_SOCGEN_SOURCES})
  list(FILTER AMP_SOCGEN_C INCLUDE REGEX "\\.c$")
  add_custom_command(
    OUTPUT ${AMP_SOCGEN}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/gen
    COMMAND ${AMP_HOST_CC} -std=gnu11 -D_GNU_SOURCE -O1 -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/tools -o ${AMP_SOCGEN} ${AMP_SOCGEN_C} -lfdt
    DEPENDS ${AMP_SOCGEN_SOURCES} ${PROJECT_SOURCE_DIR}/include/amprelay/wire.h
    COMMENT "Building the SoC generator for this machine" VERBATIM)
  # The rule above is only known in this directory; amp_soc() is called from others.
  add_custom_target(amp-socgen DEPENDS ${AMP_SOCGEN})
endif()

find_program(AMP_DTC dtc REQUIRED)

function(amp_soc soc)
  cmake_parse_arguments(S "" "" "CORES" ${ARGN})
  set(dir ${CMAKE_BINARY_DIR}/gen/${soc})
  set(dts ${PROJECT_SOURCE_DIR}/qemu/${soc}.dts)
  file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/qemu/*.dtsi)
  set(outputs ${dir}/soc.json)
  foreach(core ${S_CORES})
    list(APPEND outputs ${dir}/${core}/soc.h ${dir}/${core}/regions.ld)
  endforeach()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}
    COMMAND ${AMP_DTC} -q -I dts -O dtb -o ${dir}/soc.dtb ${dts}
    COMMAND ${AMP_SOCGEN} -o ${dir} ${dir}/soc.dtb
    DEPENDS ${dts} ${parts} ${AMP_SOCGEN}
    COMMENT "Generating the description of SoC ${soc}" VERBATIM)
  add_custom_target(soc-${soc} ALL DEPENDS ${outputs})
  foreach(core ${S_CORES})
    add_library(soc-${soc}-${core} INTERFACE)
    add_dependencies(soc-${soc}-${core} soc-${soc})
    target_include_directories(soc-${soc}-${core} INTERFACE ${dir}/${core})
    target_link_directories(soc-${soc}-${core} INTERFACE ${dir}/${core})
  endforeach()
endfunction()
