# SPDX-License-Identifier: BSD-3-Clause
# What a program can give up to become small: one row each. amprelay/config.h says what is different without it, and
# docs/how-to/make-it-small.md what it saves. scripts/option_names.sh reads the names here.
option(AMP_TINY "Without everything that a program can give up to become small" OFF)

# Off unless it is asked for: on a bare core, in a build for size and in a remote, what few programs use there.
set(on_bare_metal ON)
if(AMP_PORT STREQUAL "baremetal")
  set(on_bare_metal OFF)
endif()
set(for_size ON)
if(CMAKE_BUILD_TYPE STREQUAL "MinSizeRel")
  set(for_size OFF)
endif()
set(for_remotes ON)
if(DEFINED WITH_VIRTIO_DRIVER AND NOT WITH_VIRTIO_DRIVER)
  set(for_remotes OFF)
endif()

# amp_option(NAME FOLDER TEXT [DEFAULT]): FOLDER of lib/ is what it removes code from, or "all"
function(amp_option name folder text)
  set(default ON ${ARGN})
  list(GET default -1 default)
  if(AMP_TINY)
    set(default OFF)
  endif()
  option(${name} "${text}" ${default})
  target_compile_definitions(amprelay PUBLIC AMP_${name}=$<BOOL:${${name}}>)
endfunction()

amp_option(WITH_LOG all "The library's own messages")
amp_option(WITH_ELF64 remoteproc "ELF images of 64 bits")
amp_option(WITH_TABLE_MEMORIES remoteproc "Carveouts, devmems, vendors' entries and open addresses in resource tables")
amp_option(WITH_TRANSPORT_HOOKS virtio "Transports that create and delete virtqueues themselves, as virtio-mmio does"
           ${for_remotes})
amp_option(WITH_PAGE_MAPS rpmsg "Buffers and memories in regions of several pages, or with functions that translate addresses"
           ${on_bare_metal})
amp_option(WITH_ENDPOINT_TREE rpmsg "Endpoints are found in a time that does not grow with their number" ${for_size})
amp_option(WITH_WAIT_FOR_DRIVER rpmsg "rpmsg_init_vdev() waits until the driver is ready")
amp_option(WITH_NS_RECEPTION rpmsg "The other side's endpoints are heard of")
