/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file config.h
 * @brief What a build of the library contains. Each value can be set with -D; CMake does so from its options.
 *
 * Options remove code. None changes a prototype or a structure.
 */
#ifndef AMPRELAY_CONFIG_H
#define AMPRELAY_CONFIG_H

/** Size of a message buffer, the 16-byte header included: 32 … 65536. Linux uses 512. */
#ifndef RPMSG_BUFFER_SIZE
#define RPMSG_BUFFER_SIZE 512
#endif

/** Driver's (host's) role. Without, nothing is logged about a resource table. CMake: WITH_VIRTIO_DRIVER. */
#ifndef AMP_WITH_VIRTIO_DRIVER
#define AMP_WITH_VIRTIO_DRIVER 1
#endif

/** Device's (remote's) role. CMake: WITH_VIRTIO_DEVICE. */
#ifndef AMP_WITH_VIRTIO_DEVICE
#define AMP_WITH_VIRTIO_DEVICE 1
#endif

/** Cache maintenance for shared memory that is cached, decided per region. CMake: WITH_DCACHE. */
#ifndef AMP_WITH_DCACHE
#define AMP_WITH_DCACHE 0
#endif

/**
 * When the other side is told that its buffers are back: 1, once the receive queue is empty; 0, after each message.
 * Either way only if it wants to be told. CMake: WITH_VQ_RX_EMPTY_NOTIFY.
 */
#ifndef AMP_WITH_VQ_RX_EMPTY_NOTIFY
#define AMP_WITH_VQ_RX_EMPTY_NOTIFY 1
#endif

/** amp_virtio_rpmsg_lite_host(). CMake: WITH_RPMSG_LITE_HOST. */
#ifndef AMP_WITH_RPMSG_LITE_HOST
#define AMP_WITH_RPMSG_LITE_HOST 0
#endif

/**
 * RPMsg over packed rings (VIRTIO_F_RING_PACKED) in place of split ones: between two sides that are both built so.
 * Queues of other devices do not depend on it: amprelay/ring_features.h. CMake: WITH_PACKED_RINGS.
 */
#ifndef AMP_WITH_PACKED_RINGS
#define AMP_WITH_PACKED_RINGS 0
#endif

/** The library's own messages to metal_log(). Without, return values alone tell what was wrong. CMake: WITH_LOG. */
#ifndef AMP_WITH_LOG
#define AMP_WITH_LOG 1
#endif

/** ELF images of 64 bits. Without, they are refused. CMake: WITH_ELF64. */
#ifndef AMP_WITH_ELF64
#define AMP_WITH_ELF64 1
#endif

/**
 * What a resource table has besides virtio devices at known places: carveouts, devmems, vendors' entries, vrings whose
 * address is open. A build for a remote alone passes carveouts and devmems over, which are the host's to provide.
 * Without, a table with one of the entries is refused, and so is a vdev with such a vring; version 2 of the table is
 * passed over. CMake: WITH_TABLE_MEMORIES.
 */
#ifndef AMP_WITH_TABLE_MEMORIES
#define AMP_WITH_TABLE_MEMORIES 1
#endif

/**
 * Message buffers, and memories of a remote processor, in regions of several pages, or with functions that translate
 * addresses. Without, rpmsg_init_vdev() refuses such a region, virtqueue_add_buffer() a buffer in one, and nothing is
 * found in such a memory. CMake: WITH_PAGE_MAPS, off for AMP_PORT=baremetal.
 */
#ifndef AMP_WITH_PAGE_MAPS
#define AMP_WITH_PAGE_MAPS 1
#endif

/**
 * Endpoints are found in a tree: the time does not grow with their number. Without, in a list. CMake:
 * WITH_ENDPOINT_TREE, off for CMAKE_BUILD_TYPE=MinSizeRel.
 */
#ifndef AMP_WITH_ENDPOINT_TREE
#define AMP_WITH_ENDPOINT_TREE 1
#endif

/**
 * The other side's announcements are heard and acknowledged: bind, unbind and ready callbacks, counterparts. Without,
 * an endpoint still announces itself, and learns its counterpart from its first message. CMake: WITH_NS_RECEPTION.
 */
#ifndef AMP_WITH_NS_RECEPTION
#define AMP_WITH_NS_RECEPTION 1
#endif

/**
 * Transports that create and delete virtqueues themselves (struct virtio_dispatch), as virtio-mmio does. Without, they
 * lie where virtio_device::vrings_info says. CMake: WITH_TRANSPORT_HOOKS, off with WITH_VIRTIO_DRIVER=OFF.
 */
#ifndef AMP_WITH_TRANSPORT_HOOKS
#define AMP_WITH_TRANSPORT_HOOKS 1
#endif

/**
 * rpmsg_init_vdev() of a device waits for its driver. Without, it answers RPMSG_ERR_DEV_STATE at once if the driver is
 * not ready: the application calls it again at the next kick. CMake: WITH_WAIT_FOR_DRIVER.
 */
#ifndef AMP_WITH_WAIT_FOR_DRIVER
#define AMP_WITH_WAIT_FOR_DRIVER 1
#endif

/** How long a send waits for a buffer unless amp_rpmsg_set_send_timeout() says otherwise, in milliseconds. */
#ifndef AMP_RPMSG_SEND_TIMEOUT_MS
#define AMP_RPMSG_SEND_TIMEOUT_MS 15000
#endif

/** How long rpmsg_destroy_ept() waits for a buffer to say so in, unless the time-out of sends is shorter. */
#ifndef AMP_RPMSG_DESTROY_TIMEOUT_MS
#define AMP_RPMSG_DESTROY_TIMEOUT_MS 100
#endif

/**
 * How deep sends may wait inside each other: one that waits receives, and callbacks may send. The last one waits
 * without receiving. This bounds the stack.
 */
#ifndef AMP_RPMSG_SEND_DEPTH
#define AMP_RPMSG_SEND_DEPTH 4
#endif

#if AMP_RPMSG_SEND_DEPTH < 2
#error "AMP_RPMSG_SEND_DEPTH must be 2 or more: a send that waits has to receive"
#endif
#if RPMSG_BUFFER_SIZE < 32 || RPMSG_BUFFER_SIZE > 65536
#error "RPMSG_BUFFER_SIZE must be 32 ... 65536"
#endif
#if !AMP_WITH_VIRTIO_DRIVER && !AMP_WITH_VIRTIO_DEVICE
#error "Neither role is enabled: set WITH_VIRTIO_DRIVER or WITH_VIRTIO_DEVICE"
#endif

#endif /* AMPRELAY_CONFIG_H */
