/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One side of an RPMsg link, as it behaves on the wire: a model of another library or of Linux, or our own.
 *
 * A model is as simple as can be: raw rings in plain memory, no checks beyond those that its original makes. What each
 * of them does differently stands in struct habits. The world (world.h) says what a peer does when.
 */
#ifndef PEERS_PEER_H
#define PEERS_PEER_H

#include <openamp/virtio_ring.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDPOINTS_MAX          100u
#define NAME_SIZE              32u
#define NOBODY                 0xffffffffu
#define NAME_SERVICE           0x35u
#define FEATURE_NS             (1u << 0)
#define FEATURE_ACK            (1u << 16)
#define FEATURE_FLOW           (1u << 17)
#define FEATURE_SIZES(dialect) ((dialect) == NO_SIZES ? 0 : 1u << (dialect))
#define TO_HOST                0u /**< queue that carries messages to the host */
#define TO_REMOTE              1u

/** Dialects in which a remote asks for sizes of buffers: the number of the feature bit. */
enum dialect {
	NO_SIZES = 0,
	SIZES_OF_LINUX = 1,
	SIZES_OF_NUTTX = 2
};

/** Status of the virtio device. */
#define STATUS_DRIVER_OK 4u

/** Both: what starts a message. */
struct header {
	uint32_t src, dst, reserved;
	uint16_t len, flags;
};

/** What is sent to the name service. */
struct announcement {
	char name[NAME_SIZE];
	uint32_t addr, flags;
	uint32_t answered; /**< in acknowledgements only */
};

/** What both sides can see. */
struct shared {
	uint8_t *status; /**< NULL: this link has none */
	uint32_t *features_offered, *features_accepted;
	uint8_t *memory; /**< of everything: table, rings, buffers */
	size_t size;
	uint64_t phys; /**< address of `memory` for the driver's descriptors */
	uint8_t *ring[2];
	uint32_t ring_size, ring_align;
	uint8_t *buffers;
	uint32_t buffer_size[2]; /**< by queue, unless the host takes those that the remote asks for … */
	uint32_t agreed_size[2]; /**< … which makes it these */
	uint8_t *space;          /**< configuration space, if there is any */
};

/** In which ways a model differs. */
struct habits {
	bool used_length_is_size; /**< driver: a buffer that came back is as large as its used length says */
	bool message_is_length;   /**< driver: a descriptor of a message is as long as the message */
	bool used_from_start;     /**< driver: its send buffers stand in the used ring from the start */
	bool all_writable;        /**< driver: every descriptor says that the device may write */
	bool no_interrupt;        /**< driver: never asks for kicks, and relies on them */
	bool accepts_all;         /**< driver: accepts every offered feature */
	bool long_names;          /**< takes announcements of 40 bytes and more, not of 40 only */
	bool learns;              /**< a message tells the counterpart of an endpoint that has none */
	bool always_kicks;        /**< whatever the other side's flags say */
	bool no_status;           /**< waits for no status, and writes none */
	enum dialect sizes;       /**< driver: takes sizes of this dialect; device: asks for them */
};

struct peer;

struct peer_kind {
	const char *name;
	bool host;
	bool ours;
	struct habits habits;
	/** Bring the link up. @return false: not yet, try again at the next kick */
	bool (*start)(struct peer *peer);
	/** A kick of queue @p queue came. */
	void (*notified)(struct peer *peer, unsigned int queue);
	/** @return 1: sent; 0: no buffer now; -1: the endpoint has no counterpart, or the link is lost */
	int (*send)(struct peer *peer, unsigned int ept, const void *data, uint32_t len);
	/** Create endpoint @p ept, and announce it. @return false: no buffer now */
	bool (*create)(struct peer *peer, unsigned int ept);
	/** Take the link down, in order. */
	void (*stop)(struct peer *peer);
	/** The side loses power: forget everything. The world takes back what that stored, and mutes its kicks. */
	void (*die)(struct peer *peer);
	/** Give back what is held; may be NULL. */
	void (*settle)(struct peer *peer);
};

/** An endpoint of a model. */
struct model_endpoint {
	bool open;
	uint32_t addr, dest;
};

/** The private memory of a model. */
struct model {
	struct vring ring[2];
	uint16_t next[2];  /**< entry of the other side's ring to read */
	uint16_t given[2]; /**< entry of the own ring to write */
	uint32_t fresh;    /**< driver: send buffers that were never used */
	uint32_t size[2];  /**< driver: of its buffers, by queue */
	uint32_t len[2][256];
	struct model_endpoint ept[ENDPOINTS_MAX];
};

struct peer {
	const struct peer_kind *kind;
	const struct shared *shared;
	struct peer *other;
	bool up;    /**< start() succeeded; cleared by stop(), die(), or a loss that was told */
	bool heard; /**< a kick came since it has power */
	uint32_t life;
	uint32_t addr_base; /**< of its endpoints' addresses: another in each life */
	uint32_t kicks;     /**< that wait for this peer: a bit for each queue */
	uint32_t endpoints;
	struct model model;
	void *own; /**< of a peer that is no model */
};

extern const struct peer_kind linux_host, linux_sizes_host, openamp_host, openamp_host_40, nuttx_host, lite_host,
	our_host;
extern const struct peer_kind openamp_remote, linux_sizes_remote, nuttx_remote, lite_remote, our_remote,
	our_remote_lite;

/* ------------------------------------------------------------------ model.c: what model drivers and devices share */

/** A message came to a model. */
void model_received(struct peer *peer, const struct header *hdr);

/** Send an announcement of endpoint @p ept. @return false: no buffer now */
bool model_announce(struct peer *peer, unsigned int ept, uint32_t flags);

/** Of struct peer_kind. */
int model_send(struct peer *peer, unsigned int ept, const void *data, uint32_t len);
bool model_create(struct peer *peer, unsigned int ept);

/** Memory at an address that the driver wrote. */
void *at_phys(const struct peer *peer, uint64_t phys);

/* driver.c, device.c: send one message. @return whether there was a buffer */
bool driver_send(struct peer *peer, uint32_t src, uint32_t dst, const void *data, uint32_t len);
bool device_send(struct peer *peer, uint32_t src, uint32_t dst, const void *data, uint32_t len);

/* ------------------------------------------------------------------ world.c: what peers tell */

/** The peer rings the other side for a queue. */
void world_kick(struct peer *peer, unsigned int queue);

/** A message for endpoint @p ept came from address @p src. */
void world_received(struct peer *peer, unsigned int ept, uint32_t src, const void *data, uint32_t len);

/** Whether to hold a received buffer. */
bool world_holds(void);

/** The name of an endpoint, and back (ENDPOINTS_MAX: none of ours). */
void world_name(char *name, unsigned int ept);
unsigned int world_index(const char *name);

/** Something that must not be. Does not return. */
void world_fail(const struct peer *peer, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3), __noreturn__));

uint32_t world_random(uint32_t below);

#endif /* PEERS_PEER_H */
