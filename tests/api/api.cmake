# SPDX-License-Identifier: GPL-2.0-only
# amp_api_tests(LIBRARY...): the checks of the public interface against a library: in the build tree, or an installed
# one.
#   api_headers    each header compiles as the first one of a source file, in strict C11 and C++17
#                  (api_system: and brings the system headers that applications do not include themselves)
#   api_c_test     prototypes, members and values, and every function linked, from C
#   api_cpp_test   the same from C++
set(AMP_API_DIR ${CMAKE_CURRENT_LIST_DIR})
set(AMP_API_HEADERS
  openamp/elf_loader.h openamp/open_amp.h openamp/remoteproc.h openamp/remoteproc_loader.h openamp/remoteproc_virtio.h
  openamp/rpmsg.h openamp/rpmsg_retarget.h openamp/rpmsg_rpc_client_server.h openamp/rpmsg_virtio.h openamp/version.h
  openamp/virtio.h openamp/virtio_mmio.h openamp/virtio_ring.h openamp/virtqueue.h
  openamp/resource_table.h openamp/rsc_table_parser.h openamp/elf_types.h
  metal/alloc.h metal/assert.h metal/atomic.h metal/cache.h metal/compiler.h metal/condition.h metal/config.h metal/cpu.h
  metal/device.h metal/dma.h metal/errno.h metal/io.h metal/irq.h metal/irq_controller.h metal/list.h metal/log.h metal/mutex.h metal/shmem.h metal/sleep.h
  metal/softirq.h metal/spinlock.h metal/sys.h metal/time.h metal/utilities.h metal/version.h
  amprelay/buffer_sizes.h amprelay/config.h amprelay/flow_control.h amprelay/hand_over.h amprelay/image_store.h amprelay/link.h amprelay/link_reason.h amprelay/receipts.h amprelay/remoteproc.h amprelay/rpc_files.h
  amprelay/version.h amprelay/wire.h amprelay/faults.h amprelay/registers.h openamp/compat.h openamp/lifecycle.h)
# What applications get through these headers, and do not include themselves.
set(AMP_API_SYSTEM "errno fcntl limits pthread sched signal stdio stdlib string syslog time unistd")
set(AMP_API_BRINGS
  "metal/sys.h ${AMP_API_SYSTEM}" "metal/shmem.h ${AMP_API_SYSTEM} assert stdint" "metal/device.h ${AMP_API_SYSTEM} assert stdint"
  "metal/io.h ${AMP_API_SYSTEM} assert stdint" "metal/alloc.h stdlib" "metal/irq.h stdlib" "metal/sleep.h unistd"
  "metal/mutex.h unistd" "openamp/open_amp.h ${AMP_API_SYSTEM} assert stdint" "openamp/remoteproc.h ${AMP_API_SYSTEM} assert stdint"
  "openamp/rpmsg_virtio.h ${AMP_API_SYSTEM} assert stdint" "openamp/rpmsg_rpc_client_server.h ${AMP_API_SYSTEM}"
  "openamp/rpmsg.h assert limits stdint stdlib string unistd")

function(amp_api_tests)
  set(groups rpmsg virtio remoteproc elf rpc retarget metal)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header_sources)
  foreach(header ${AMP_API_HEADERS})
    string(MAKE_C_IDENTIFIER ${header} id)
    foreach(language c cpp)
      # Twice: its include guard works. The object keeps the translation unit from being empty.
      file(CONFIGURE OUTPUT ${generated}/header_${id}.${language}
           CONTENT "#include <${header}>\n#include <${header}>\nextern int ${id};\nint ${id};\n")
      list(APPEND header_sources ${generated}/header_${id}.${language})
    endforeach()
  endforeach()
  add_library(api_headers OBJECT ${header_sources})
  set(system_sources)
  foreach(brings ${AMP_API_BRINGS})
    string(REPLACE " " ";" brings ${brings})
    list(POP_FRONT brings header)
    string(MAKE_C_IDENTIFIER ${header} id)
    list(TRANSFORM brings REPLACE "(.+)" "#define NEEDS_\\1\n")
    string(CONCAT needs ${brings})
    foreach(language c cpp)
      file(CONFIGURE OUTPUT ${generated}/system_${id}.${language}
           CONTENT "#include <${header}>\n${needs}#include \"${AMP_API_DIR}/system_names.h\"\n")
      list(APPEND system_sources ${generated}/system_${id}.${language})
    endforeach()
  endforeach()
  add_library(api_system OBJECT ${system_sources})

  set(c_sources ${AMP_API_DIR}/test_api.c)
  set(cpp_sources)
  foreach(group ${groups})
    list(APPEND c_sources ${AMP_API_DIR}/check_${group}.c)
  endforeach()
  foreach(source ${c_sources})
    get_filename_component(name ${source} NAME_WE)
    file(CONFIGURE OUTPUT ${generated}/${name}.cpp CONTENT "#include \"${source}\"\n")
    list(APPEND cpp_sources ${generated}/${name}.cpp)
  endforeach()
  add_executable(api_c_test ${c_sources})
  add_executable(api_cpp_test ${cpp_sources})
  target_include_directories(api_cpp_test PRIVATE ${AMP_API_DIR})

  foreach(target api_headers api_system api_c_test api_cpp_test)
    target_link_libraries(${target} PRIVATE ${ARGN})
    set_target_properties(${target} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON
                                               CXX_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Werror $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
                           $<$<COMPILE_LANGUAGE:CXX>:-Wno-ignored-attributes>) # of printf's kind, in template arguments
  endforeach()
  target_compile_options(api_headers PRIVATE -Wshadow -Wundef)
  foreach(target api_c_test api_cpp_test)
    add_test(NAME ${target} COMMAND ${target})
    set_tests_properties(${target} PROPERTIES LABELS unit TIMEOUT 60)
  endforeach()
endfunction()
