# SPDX-License-Identifier: BSD-3-Clause
# What a program can give up to become small: one row each. amprelay/config.h says what is different without it, and
# docs/how-to/make-it-small.md what it saves. tests/options/matrix.sh and bench/size.sh read the names here.
option(AMP_TINY "Without everything that a program can give up to become small" OFF)

# amp_option(NAME FOLDER TEXT): FOLDER of lib/ is what it removes code from, or "all"
function(amp_option name folder text)
  set(default ON)
  if(AMP_TINY)
    set(default OFF)
  endif()
  option(${name} "${text}" ${default})
  target_compile_definitions(amprelay PUBLIC AMP_${name}=$<BOOL:${${name}}>)
endfunction()

amp_option(WITH_LOG all "The library's own messages")
amp_option(WITH_ELF64 remoteproc "ELF images of 64 bits")
amp_option(WITH_TABLE_MEMORIES remoteproc "Carveouts, devmems, vendors' entries and open addresses in resource tables")
amp_option(WITH_TRANSPORT_HOOKS virtio "Transports that create and delete virtqueues themselves, as virtio-mmio does")
amp_option(WITH_PAGE_MAPS rpmsg "Buffers and memories in regions of several pages, or with functions that translate addresses")
amp_option(WITH_ENDPOINT_TREE rpmsg "Endpoints are found in a time that does not grow with their number")
amp_option(WITH_WAIT_FOR_DRIVER rpmsg "rpmsg_init_vdev() waits until the driver is ready")
amp_option(WITH_NS_RECEPTION rpmsg "The other side's endpoints are heard of")
