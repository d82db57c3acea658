/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a board would be: two "cores" that are two Linux processes, memory that both have, and a bell for each.
 *
 *     memory     a memfd, mapped by both                     resources.h says what is where in it
 *     kicks      an eventfd in each direction                no number in it: a kick means "look at your queues"
 *     power      the host starts and kills the process       platform_host.c
 *
 * On hardware these files are yours to write. All that they do goes through the library's public interface.
 *
 * Context: one thread in each process. Only platform_wait(), and a send that waits for a buffer, block and handle
 * messages.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <amprelay/link.h>
#include <amprelay/remoteproc.h>
#include <openamp/open_amp.h>

#include <stdbool.h>
#include <sys/types.h>

/** No example waits longer than this for anything: the other side is broken then. Milliseconds. */
#define PLATFORM_PATIENCE 5000

struct platform {
	struct remoteproc rproc; /**< host: the core. Remote: what it knows of itself */
	struct remoteproc_mem memory;
	struct metal_io_region *mapping; /**< the memory, as this process has it … */
	struct metal_io_region io;       /**< … and as the bus has it */
	metal_phys_addr_t base;          /**< address of the memory on the "bus": see platform_map() */
	struct virtio_device *vdev;
	struct rpmsg_virtio_device link;
	struct rpmsg_virtio_shm_pool pool; /**< host */
	unsigned int role;                 /**< VIRTIO_DEV_DRIVER: host, VIRTIO_DEV_DEVICE: remote */
	int memory_fd;
	int bell_in;    /**< the other side rings it … */
	int bell_out;   /**< … and this side this one */
	bool look;      /**< a kick was heard, and the queues have not been looked at since */
	int process_fd; /**< host: readable when the remote's process has ended; -1 while there is none */
	pid_t process;
};

/**
 * @brief Run an example: the process that the user starts is the host; its core runs the same program as the remote.
 *
 * @param host    the host's main function; its result is the exit status. NULL: this program is only firmware
 * @param remote  the remote's; it may run for ever, until the host switches the core off
 */
int platform_main(int argc, char **argv, int (*host)(struct platform *p), int (*remote)(struct platform *p));

/**
 * @brief What platform_main() does before and after those: for a host that is part of a larger program.
 * @param p     all zero
 * @param role  VIRTIO_DEV_DRIVER: host
 * @return 0, or -1: the shared memory or the bells cannot be had
 */
int platform_open(struct platform *p, unsigned int role);
void platform_close(struct platform *p);

/**
 * @brief Host: switch the core on.
 *
 * It runs the image that was loaded with remoteproc_load(), or, if there is none, this program in the remote's role.
 * @return 0, or a negative error of remoteproc_start()
 */
int platform_boot(struct platform *p);

/**
 * @brief Bring up the link. The remote waits for the host to be ready, however long that takes.
 * @param ns_bind_cb  called for each service that the other side announces; may be NULL
 * @return the device for endpoints; NULL: it cannot be (a message says why)
 */
struct rpmsg_device *platform_link_up(struct platform *p, rpmsg_ns_bind_cb ns_bind_cb);

/** @brief Take the link down. It can be brought up again. */
void platform_link_down(struct platform *p);

/** @brief Host: link down, if it is up, and the core off. Its memory stays. */
void platform_off(struct platform *p);

/**
 * @brief Wait for a kick, and handle the messages that it stands for: callbacks run inside.
 * @param timeout_ms  at most this long; -1: no limit
 * @return 1: looked; 0: nothing came; RPMSG_ERR_DEV_STATE: the other side has reset the link, or is gone
 */
int platform_wait(struct platform *p, int timeout_ms);

/**
 * @brief platform_wait() until *count, which callbacks raise, is @p least.
 * @return true: it is; false: the link was lost, or PLATFORM_PATIENCE is over (a message says which)
 */
bool platform_wait_for(struct platform *p, const unsigned int *count, unsigned int least);

/**
 * @brief Host, all in one: switch the core on, bring up the link, and connect @p ept to the service @p name of the
 * remote.
 * @return whether it is connected; if not, a message says why
 */
bool platform_connect(struct platform *p, struct rpmsg_endpoint *ept, const char *name, rpmsg_ept_cb cb);

/**
 * @brief Remote, all in one: link up, offer the service @p name, handle messages until the link is lost, link down.
 * @return 0, or 1: the link or the service could not be had
 */
int platform_serve(struct platform *p, const char *name, rpmsg_ept_cb cb);

/* platform_host.c, for platform.c: operations of struct remoteproc_ops. */
int platform_start_core(struct remoteproc *rproc);
int platform_stop_core(struct remoteproc *rproc);

/** File descriptors that the core's process begins with. */
enum {
	CORE_FD_MEMORY = 3,
	CORE_FD_BELL_IN = 4,
	CORE_FD_BELL_OUT = 5,
	CORE_FDS = 3,
};

#endif /* PLATFORM_H */
