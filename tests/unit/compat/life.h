/* SPDX-License-Identifier: GPL-2.0-only */
/* Two programs written for the older life-cycle calls, and the memory and doorbells between them. */
#ifndef TESTS_LIFE_H
#define TESTS_LIFE_H

#include <openamp/lifecycle.h>

#define MEM_DA     0x20000000u
#define MEM_PA     0x80000000u
#define MEM_SIZE   0x4000u
#define BUFFERS    0x2800u /* offset of the message buffers */
#define BUFFERS_SZ 0x1000u

extern uint8_t *const life_memory;
extern struct metal_io_region life_io, life_buffers_io[2];
extern int life_rings[2]; /* of the host, of the remote: not yet heard */

/** What a side saw. */
struct life_seen {
	int created, deleted, messages;
	int started, stopped, removed; /* calls of the platform */
	char last[32];
};
extern struct life_seen host_seen, remote_seen;

/* The host's program, in the steps between which the remote runs. */
int host_begin(const void *image, size_t size);
int host_boot(void);
int host_send(const char *text);
void host_hear(void);
int host_end(void);
int host_shutdown_only(void);
struct rpmsg_endpoint *host_channel(void);

/* The remote's. */
int remote_main(struct resource_table *table, size_t size);
void remote_hear(void);
int remote_end(void);
struct rpmsg_endpoint *remote_channel(void);

#endif /* TESTS_LIFE_H */
