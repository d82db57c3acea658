// SPDX-License-Identifier: GPL-2.0-only
/* The platform, as both sides see it: memory, kicks, bringing the link up and down. */
#include "platform.h"

#include "resources.h"

#include <metal/port/shmem.h>
#include <metal/sys.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ------------------------------------------------------------------ kicks */

/* The library kicks. The counter of an eventfd grows until it is read: one kick is as good as many. */
static int ring(struct remoteproc *rproc, uint32_t id)
{
	struct platform *p = rproc->priv;

	(void)id;
	return eventfd_write(p->bell_out, 1) ? -RPROC_EAGAIN : 0;
}

/* Wait until the bell rings (1), the core's process has ended (-1), or the time is over (0). */
static int wait_for_bell(struct platform *p, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = p->bell_in, .events = POLLIN}, {.fd = p->process_fd, .events = POLLIN}};
	eventfd_t count;

	if (poll(fds, 2, timeout_ms) <= 0)
		return 0;
	if (fds[0].revents)
		eventfd_read(p->bell_in, &count);
	if (fds[1].revents && amp_rpmsg_link_state(&p->link) == AMP_LINK_UP)
		amp_rpmsg_peer_lost(&p->link);
	return fds[0].revents ? 1 : -1;
}

/* Inside a send that waits for a buffer. What it hears may be for the other queue, which the send leaves alone. */
static int wait_for_buffer(struct rpmsg_device *rdev, uint32_t id)
{
	struct rpmsg_virtio_device *link = metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct platform *p = metal_container_of(link, struct platform, link);

	(void)id;
	if (wait_for_bell(p, PLATFORM_PATIENCE) == 1)
		p->look = true;
	return RPMSG_SUCCESS;
}

int platform_wait(struct platform *p, int timeout_ms)
{
	int came;

	if (amp_rpmsg_link_state(&p->link) == AMP_LINK_LOST)
		return RPMSG_ERR_DEV_STATE;
	came = wait_for_bell(p, p->look ? 0 : timeout_ms);
	if (p->look)
		came = 1;
	p->look = false;
	if (came == 1)
		remoteproc_get_notification(&p->rproc, RSC_NOTIFY_ID_ANY);
	return amp_rpmsg_link_state(&p->link) == AMP_LINK_LOST ? RPMSG_ERR_DEV_STATE : came;
}

bool platform_wait_for(struct platform *p, const unsigned int *count, unsigned int least)
{
	int status = 1;

	while (*count < least && status == 1)
		status = platform_wait(p, PLATFORM_PATIENCE);
	if (*count < least)
		fprintf(stderr, "platform: %s\n", status ? amp_strerror(status) : "the other side does not answer");
	return *count >= least;
}

/* ------------------------------------------------------------------ link */

/*
 * The word "in use" of the remote says whether it may touch the rings. A host that restarts its link waits until it is
 * 0 before it makes the rings anew. A remoteproc device cannot answer a reset (the status is the driver's alone);
 * without an answer, a message that the remote has just finished could write its old index into the new ring.
 */
static atomic_uint *in_use(struct platform *p)
{
	return metal_io_phys_to_virt(&p->io, CORE_IN_USE_DA);
}

static bool driver_is_ready(struct platform *p)
{
	uint8_t status;

	return virtio_get_status(p->vdev, &status) == 0 && (status & VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

static int bring_up_host(struct platform *p, rpmsg_ns_bind_cb ns_bind_cb)
{
	rpmsg_virtio_init_shm_pool(&p->pool, metal_io_phys_to_virt(&p->io, CORE_BUFFERS_DA), CORE_BUFFERS_SIZE);
	return rpmsg_init_vdev(&p->link, p->vdev, ns_bind_cb, &p->io, &p->pool);
}

/* The host says DRIVER_OK when the rings are ready, and kicks after that. */
static int bring_up_remote(struct platform *p, rpmsg_ns_bind_cb ns_bind_cb)
{
	int status;

	for (;;) {
		while (!driver_is_ready(p))
			wait_for_bell(p, -1);
		atomic_store(in_use(p), 1);
		/* Word first, then the status; the host the other way round. So one of the two sees the other's. */
		atomic_thread_fence(memory_order_seq_cst);
		status = driver_is_ready(p) ? rpmsg_init_vdev(&p->link, p->vdev, ns_bind_cb, &p->io, NULL)
		                            : RPMSG_ERR_DEV_STATE;
		if (status != RPMSG_ERR_DEV_STATE)
			return status;
		platform_link_down(p); /* it was reset meanwhile: answer that, and wait for the next time */
		wait_for_bell(p, -1);
	}
}

struct rpmsg_device *platform_link_up(struct platform *p, rpmsg_ns_bind_cb ns_bind_cb)
{
	int status;

	if (!p->vdev)
		p->vdev = remoteproc_create_virtio(&p->rproc, 0, p->role, NULL);
	if (!p->vdev) {
		fprintf(stderr, "platform: no RPMsg device: the core has no resource table with one\n");
		return NULL;
	}
	status = p->role == VIRTIO_DEV_DRIVER ? bring_up_host(p, ns_bind_cb) : bring_up_remote(p, ns_bind_cb);
	if (status) {
		fprintf(stderr, "platform: the link cannot be brought up: %s\n", amp_strerror(status));
		return NULL;
	}
	rpmsg_virtio_set_wait_cb(&p->link, wait_for_buffer);
	p->look = true; /* a kick that came too early for the queues was for what is in them now */
	return rpmsg_virtio_get_rpmsg_device(&p->link);
}

void platform_link_down(struct platform *p)
{
	rpmsg_deinit_vdev(&p->link);
	if (p->role == VIRTIO_DEV_DEVICE)
		atomic_store(in_use(p), 0);
	ring(&p->rproc, RSC_NOTIFY_ID_ANY);
	atomic_thread_fence(memory_order_seq_cst);
	while (p->role == VIRTIO_DEV_DRIVER && atomic_load(in_use(p))) {
		if (wait_for_bell(p, PLATFORM_PATIENCE) != 1)
			break; /* it died, or is stuck: then it is platform_off() that helps */
	}
}

bool platform_connect(struct platform *p, struct rpmsg_endpoint *ept, const char *name, rpmsg_ept_cb cb)
{
	struct rpmsg_device *rdev;
	int status;

	if (platform_boot(p))
		return false;
	rdev = platform_link_up(p, NULL);
	if (!rdev)
		return false;
	/* An endpoint with a name and no counterpart is connected when the other side announces one with that name. */
	status = rpmsg_create_ept(ept, rdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, cb, NULL);
	while (!status && !is_rpmsg_ept_ready(ept)) {
		if (platform_wait(p, PLATFORM_PATIENCE) != 1)
			status = RPMSG_ERR_DEV_STATE;
	}
	if (status)
		fprintf(stderr, "platform: no service \"%s\": %s\n", name, amp_strerror(status));
	return !status;
}

int platform_serve(struct platform *p, const char *name, rpmsg_ept_cb cb)
{
	struct rpmsg_device *rdev = platform_link_up(p, NULL);
	struct rpmsg_endpoint ept = {0};
	int status = 1;

	if (rdev && !rpmsg_create_ept(&ept, rdev, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, cb, NULL)) {
		while (platform_wait(p, -1) >= 0)
			;
		status = 0;
	}
	/* The link knows the endpoint, which ends with this function: so the link ends first. */
	platform_link_down(p);
	return status;
}

/* ------------------------------------------------------------------ start */

/*
 * Make the memory known to the library. Descriptors hold addresses on the bus, on which both sides must agree; here the
 * bus has the addresses of the core. Where the memory is mapped is each side's own business.
 */
static void add_memory(struct platform *p)
{
	p->base = CORE_MEMORY_DA;
	metal_io_init(&p->io, metal_io_virt(p->mapping, 0), &p->base, CORE_MEMORY_SIZE, (unsigned int)-1, AMP_IO_NORMAL,
	              NULL);
	remoteproc_init_mem(&p->memory, "memory", p->base, CORE_MEMORY_DA, CORE_MEMORY_SIZE, &p->io);
	remoteproc_add_mem(&p->rproc, &p->memory);
}

int platform_open(struct platform *p, unsigned int role)
{
	struct metal_init_params metal = METAL_INIT_DEFAULTS;
	static const struct remoteproc_ops ops = {
		.notify = ring,
		.start = platform_start_core,
		.stop = platform_stop_core,
	};

	if (metal_init(&metal))
		return -1;
	p->role = role;
	p->process_fd = -1;
	if (role == VIRTIO_DEV_DRIVER) {
		p->bell_in = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		p->bell_out = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (p->bell_in < 0 || p->bell_out < 0 ||
		    amp_shmem_create("core", CORE_MEMORY_SIZE, &p->memory_fd, &p->mapping))
			return -1;
	} else {
		p->bell_in = CORE_FD_BELL_IN;
		p->bell_out = CORE_FD_BELL_OUT;
		p->memory_fd = CORE_FD_MEMORY;
		if (amp_shmem_map(p->memory_fd, CORE_MEMORY_SIZE, &p->mapping))
			return -1;
	}
	remoteproc_init(&p->rproc, &ops, p);
	add_memory(p);
	if (role == VIRTIO_DEV_DRIVER)
		return 0;
	return remoteproc_set_rsc_table(&p->rproc, metal_io_phys_to_virt(&p->io, CORE_TABLE_DA),
	                                sizeof(struct core_resources));
}

void platform_close(struct platform *p)
{
	platform_off(p);
	remoteproc_remove(&p->rproc);
	metal_io_finish(p->mapping);
	close(p->memory_fd);
	close(p->bell_in);
	close(p->bell_out);
	metal_finish();
}

int platform_main(int argc, char **argv, int (*host)(struct platform *p), int (*remote)(struct platform *p))
{
	bool is_remote = argc > 1 && strcmp(argv[1], "--remote") == 0;
	static struct platform platform;
	int status;

	if (!is_remote && !host) {
		fprintf(stderr, "%s: this is firmware: its host starts it\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (platform_open(&platform, is_remote ? VIRTIO_DEV_DEVICE : VIRTIO_DEV_DRIVER)) {
		fprintf(stderr, "%s: cannot set up the shared memory\n", argv[0]);
		return 1;
	}
	if (is_remote)
		return remote(&platform);
	status = host(&platform);
	platform_close(&platform);
	return status;
}
