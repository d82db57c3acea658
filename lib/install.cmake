# SPDX-License-Identifier: BSD-3-Clause
# What an application needs of the library, below the prefix, as the component "library":
#   include/                  headers, with the ones of the port and architecture that were built
#   lib/libamprelay.a, .so    the library, and the names libopen_amp and libmetal for it
#   lib/pkgconfig/            amprelay, open_amp, libmetal
#   lib/cmake/amprelay/       find_package(amprelay): amprelay::amprelay, amprelay::amprelay-shared if there are both;
#                             amprelay_lint(): firmware is looked at when it is linked
# The prefix can be moved: nothing below it names it.
set(headers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
set(libraries DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
set(package DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/amprelay COMPONENT library)

# ------------------------------------------------------------------ headers
install(DIRECTORY ${AMP_ROOT}/include/metal ${AMP_ROOT}/include/openamp ${AMP_ROOT}/include/amprelay ${headers}
        FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${CMAKE_BINARY_DIR}/include/ ${AMP_ROOT}/ports/arch/${AMP_ARCH}/include/ ${headers} FILES_MATCHING PATTERN "*.h")

# ------------------------------------------------------------------ libraries
# Applications written for OpenAMP link with -lopen_amp -lmetal, or look for these files: links to the one library.
# They may be named both: what the first one gave, the second one need not give again.
function(amp_library_names suffix)
  foreach(name open_amp metal)
    set(link ${CMAKE_CURRENT_BINARY_DIR}/names/lib${name}${suffix})
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/names)
    file(CREATE_LINK libamprelay${suffix} ${link} SYMBOLIC)
    install(FILES ${link} ${libraries})
  endforeach()
endfunction()

if(WITH_STATIC_LIB)
  install(TARGETS amprelay EXPORT amprelay ARCHIVE ${libraries})
  amp_library_names(${CMAKE_STATIC_LIBRARY_SUFFIX})
endif()
if(WITH_SHARED_LIB)
  install(TARGETS amprelay-shared EXPORT amprelay LIBRARY ${libraries})
  amp_library_names(${CMAKE_SHARED_LIBRARY_SUFFIX})
endif()

# ------------------------------------------------------------------ CMake package
include(CMakePackageConfigHelpers)
install(EXPORT amprelay FILE amprelay-targets.cmake NAMESPACE amprelay:: ${package})
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/amprelay-config.cmake @ONLY CONTENT [[
if(@on_linux@)
  include(CMakeFindDependencyMacro)
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_dependency(Threads)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/amprelay-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/amprelay-lint.cmake)
]])
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/amprelay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/amprelay-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/amprelay-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/amprelay-lint.cmake ${package})

# ------------------------------------------------------------------ pkg-config
file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
set(threads)
if(on_linux)
  set(threads " -pthread")
endif()

# pkg_config_file(NAME DESCRIPTION VERSION line...)
function(pkg_config_file name description version)
  string(JOIN "\n" lines
    "prefix=\${pcfiledir}/${to_prefix}"
    "includedir=\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}"
    "libdir=\${prefix}/${CMAKE_INSTALL_LIBDIR}"
    ""
    "Name: ${name}"
    "Description: ${description}"
    "Version: ${version}"
    ${ARGN} "")
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc CONTENT "${lines}")
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
endfunction()

# The -D are the configuration that an application shares with the library; the CMake package has them too.
pkg_config_file(amprelay "Asymmetric multiprocessing: remoteproc and RPMsg, with the interface of OpenAMP" ${PROJECT_VERSION}
  "Cflags: -I\${includedir} -D$<JOIN:$<TARGET_PROPERTY:amprelay,INTERFACE_COMPILE_DEFINITIONS>, -D>${threads}"
  "Libs: -L\${libdir} -lamprelay${threads}")
# Under these names applications ask for a version of the interface.
file(STRINGS ${AMP_ROOT}/include/metal/version.h interface REGEX "METAL_VER +\"")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" interface ${interface})
pkg_config_file(open_amp "AmpRelay, under OpenAMP's name" ${interface} "Requires: amprelay")
pkg_config_file(libmetal "AmpRelay, under libmetal's name" ${interface} "Requires: amprelay")
