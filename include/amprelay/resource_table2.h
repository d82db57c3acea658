/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file resource_table2.h
 * @brief Resource table, version 2: what version 1 has no room for, in the same image.
 *
 * It is one entry of the table of version 1, in the vendors' range: a host that does not know it passes it over, and
 * boots version 1. All integers are little-endian; WIRE.md, W-TABLE2, specifies it. A firmware's:
 *
 *     struct {
 *             struct resource_table header; // .ver = 1, .num = 2
 *             uint32_t offset[2];
 *             struct fw_rsc_vdev vdev;
 *             struct fw_rsc_vdev_vring vring[2];
 *             struct amp_table2 table2;     // {AMP_RSC_TABLE2, AMP_TABLE2_MAGIC, bytes from here to the end, …}
 *             struct amp_rsc2_vdev more;    // of the vdev above: .twin = 0
 *             AMP_RSC2_PARAM_OF(12) greeting; // AMP_RSC2_PARAM_INIT(12, "greeting", "hello")
 *     } table __attribute__((section(".resource_table")));
 *
 * A host: amp_remoteproc_use_table2(), then remoteproc_load(). The remote: amp_table2_get_param() and its like. The
 * first part of this file is for the Linux driver as well.
 */
#ifndef AMPRELAY_RESOURCE_TABLE2_H
#define AMPRELAY_RESOURCE_TABLE2_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/types.h>
#define AMP_TABLE2_ASSERT(cond, text) static_assert(cond, text)
#define AMP_TABLE2_ALIAS
#else
#include <amprelay/remoteproc.h>
#include <openamp/resource_table.h>
#include <openamp/rsc_table_parser.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
#define AMP_TABLE2_ASSERT(cond, text) static_assert(cond, text)
#else
#define AMP_TABLE2_ASSERT(cond, text) _Static_assert(cond, text)
#endif
#define AMP_TABLE2_ALIAS AMP_MAY_ALIAS
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ the format */

/** Type of the entry of version 1's table that a table of another version is. */
#define AMP_RSC_TABLE2     201u
#define AMP_TABLE2_MAGIC   0x324c4254u /**< "TBL2" */
#define AMP_TABLE2_VERSION 2u

/** Most entries that a table may have. */
#define AMP_TABLE2_ENTRIES_MAX 64u

/** Bytes of a name or key, its NUL included. */
#define AMP_RSC2_NAME_LEN 16

/** 64 bits, aligned to 4. */
struct amp_rsc_u64 {
	uint32_t low, high;
} AMP_TABLE2_ALIAS;

/** An address that the host is to choose, and to write there. */
#define AMP_RSC2_ADDR_ANY 0xffffffffffffffffull

/** Initialiser of a struct amp_rsc_u64; @p value is a constant. */
#define AMP_RSC2_U64(value)                                                      \
	{                                                                        \
		(uint32_t)(value), (uint32_t)((unsigned long long)(value) >> 32) \
	}

/** @return all 64 bits */
static inline uint64_t amp_rsc_u64_get(const struct amp_rsc_u64 *value)
{
	return value->low | (uint64_t)value->high << 32;
}

/** Who fills in what a table leaves open. */
enum amp_table2_owner {
	AMP_TABLE2_OWNER_HOST = 0,   /**< the host: as with version 1 */
	AMP_TABLE2_OWNER_REMOTE = 1, /**< nobody: nothing is open, the host writes only what is the driver's of a vdev,
	                                `taken`, and parameters */
};

/** Starts a table of version 2; the entries follow, one behind the other. */
struct amp_table2 {
	uint32_t type;    /**< AMP_RSC_TABLE2 */
	uint32_t magic;   /**< AMP_TABLE2_MAGIC: others in the vendors' range may use the type for something else */
	uint32_t size;    /**< bytes of all of it, this header included; a multiple of 4 */
	uint16_t version; /**< AMP_TABLE2_VERSION. Of another one only these four fields are known */
	uint16_t num;     /**< entries */
	uint16_t owner;   /**< enum amp_table2_owner */
	uint16_t taken;   /**< written by the host before it starts the core: version that it has taken; 0: version 1 */
} AMP_TABLE2_ALIAS;

/** What an entry describes. Those of version 1 have the same numbers. */
enum amp_rsc2_type {
	AMP_RSC2_CARVEOUT = 0, /**< struct amp_rsc2_memory */
	AMP_RSC2_DEVMEM = 1,   /**< struct amp_rsc2_memory */
	AMP_RSC2_TRACE = 2,    /**< struct amp_rsc2_trace */
	AMP_RSC2_VDEV = 3,     /**< struct amp_rsc2_vdev */
	AMP_RSC2_PARAM = 16,   /**< struct amp_rsc2_param */
	AMP_RSC2_DTREE = 17,   /**< struct amp_rsc2_dtree */
	AMP_RSC2_STATE = 18,   /**< struct amp_rsc2_state */
	AMP_RSC2_VENDOR = 19,  /**< struct amp_rsc2_vendor */
};

/** What a host does that cannot serve an entry: it does not know its type, version or method, or has no such memory. */
enum amp_rsc2_priority {
	AMP_RSC2_OPTIONAL = 0, /**< it passes the entry over, and says so */
	AMP_RSC2_REQUIRED = 1, /**< it refuses the firmware */
};

/** Version of each entry that is described here. */
#define AMP_RSC2_VERSION 1u

/** Starts an entry. */
struct amp_rsc2 {
	uint16_t type;    /**< enum amp_rsc2_type */
	uint8_t version;  /**< of what is described: AMP_RSC2_VERSION */
	uint8_t priority; /**< enum amp_rsc2_priority */
	uint32_t size;    /**< bytes, this header included; a multiple of 4. May be more than its structure has */
} AMP_TABLE2_ALIAS;

/** Memory, or registers, that the core needs. */
struct amp_rsc2_memory {
	struct amp_rsc2 head;
	struct amp_rsc_u64 da;        /**< where the core expects it, or AMP_RSC2_ADDR_ANY */
	struct amp_rsc_u64 pa;        /**< where it is; a carveout's is written by the host. A devmem has one */
	struct amp_rsc_u64 len;       /**< bytes, not 0 */
	uint32_t flags;               /**< of the IOMMU */
	uint32_t reserved;            /**< 0 */
	char name[AMP_RSC2_NAME_LEN]; /**< NUL-terminated */
} AMP_TABLE2_ALIAS;

/** How a trace buffer is read. */
enum amp_rsc2_trace_method {
	AMP_RSC2_TRACE_TEXT = 0,    /**< text from its beginning, or a ring that says nothing of where it begins */
	AMP_RSC2_TRACE_JOURNAL = 1, /**< two buffers, given in turn: struct amp_journal of amprelay/wire.h */
};

/** Text that the core writes, for people. */
struct amp_rsc2_trace {
	struct amp_rsc2 head;
	struct amp_rsc_u64 da;
	struct amp_rsc_u64 len;       /**< bytes; 0: none */
	uint32_t method;              /**< enum amp_rsc2_trace_method */
	uint32_t notifyid;            /**< what the core rings with when there is more; all ones: it does not ring */
	char name[AMP_RSC2_NAME_LEN]; /**< NUL-terminated */
} AMP_TABLE2_ALIAS;

/** Message buffers of a vdev in one direction. */
struct amp_rsc2_buffers {
	struct amp_rsc_u64 da;  /**< where they lie; AMP_RSC2_ADDR_ANY: where the host likes */
	struct amp_rsc_u64 len; /**< bytes for all of them; 0: as the host likes, and `da` is AMP_RSC2_ADDR_ANY */
	uint32_t size;          /**< bytes of each, a multiple of 4; 0: as the host likes */
} AMP_TABLE2_ALIAS;

/** amp_rsc2_vdev::buffers. */
enum amp_rsc2_direction {
	AMP_RSC2_TO_HOST = 0,   /**< queue 0 */
	AMP_RSC2_FROM_HOST = 1, /**< queue 1 */
};

/** amp_rsc2_vdev::twin: the device is in this table only. */
#define AMP_RSC2_NO_TWIN 0xffffffffu

/**
 * More of a virtio device of version 1; or, without a twin there, a device of its own: then a struct fw_rsc_vdev
 * follows, with its vrings and configuration space as in version 1, except that a vring's word behind its notify id is
 * the upper half of its address (both halves all ones: the host chooses).
 */
struct amp_rsc2_vdev {
	struct amp_rsc2 head;
	uint32_t twin;           /**< number of the vdev among those of version 1, or AMP_RSC2_NO_TWIN */
	uint32_t dfeatures_high; /**< device: offered, bits 32 … 63 */
	uint32_t gfeatures_high; /**< driver: accepted. 0 until it does */
	struct amp_rsc2_buffers buffers[2];
} AMP_TABLE2_ALIAS;

/** A parameter of the application; its value, NUL-terminated, has the rest of the entry, at least 4 bytes. */
struct amp_rsc2_param {
	struct amp_rsc2 head;
	char key[AMP_RSC2_NAME_LEN]; /**< NUL-terminated; printable, without '=' and blanks */
				     /* char value[head.size - sizeof(struct amp_rsc2_param)] */
} AMP_TABLE2_ALIAS;

/** Where a flattened device tree is for the core. */
struct amp_rsc2_dtree {
	struct amp_rsc2 head;
	struct amp_rsc_u64 da;  /**< a multiple of 8; AMP_RSC2_ADDR_ANY: the host has it, and writes the address */
	struct amp_rsc_u64 len; /**< bytes; 0: as many as its own header says */
} AMP_TABLE2_ALIAS;

/** States of a processor. */
enum amp_rsc2_processor_state {
	AMP_RSC2_STATE_OFF = 0, /**< or not known */
	AMP_RSC2_STATE_STARTING = 1,
	AMP_RSC2_STATE_RUNNING = 2,
	AMP_RSC2_STATE_STOPPED = 3,
	AMP_RSC2_STATE_CRASHED = 4,
	AMP_RSC2_STATE_SUSPENDED = 5, /**< touches nothing, until it is woken */
	AMP_RSC2_STATES
};

/** What each side tells of its own processor. Each word is whole, and has one writer. */
struct amp_rsc2_state {
	struct amp_rsc2 head;
	uint32_t remote; /**< enum amp_rsc2_processor_state; the remote's */
	uint32_t cause; /**< of the remote's: why it has crashed, a number of its own, else 0. Stored before `remote` */
	uint32_t host;  /**< enum amp_rsc2_processor_state; the host's */
} AMP_TABLE2_ALIAS;

/** A vendor's entry of version 1 follows, whose first word is its type: now with a known length, and a priority. */
struct amp_rsc2_vendor {
	struct amp_rsc2 head;
	uint32_t type; /**< 128 … 512, not AMP_RSC_TABLE2 */
} AMP_TABLE2_ALIAS;

AMP_TABLE2_ASSERT(sizeof(struct amp_table2) == 20, "amp_table2 has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2) == 8, "amp_rsc2 has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_memory) == 56, "amp_rsc2_memory has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_trace) == 48, "amp_rsc2_trace has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_vdev) == 60, "amp_rsc2_vdev has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_param) == 24, "amp_rsc2_param has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_dtree) == 24, "amp_rsc2_dtree has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_state) == 20, "amp_rsc2_state has no holes");
AMP_TABLE2_ASSERT(sizeof(struct amp_rsc2_vendor) == 12, "amp_rsc2_vendor has no holes");

/** @return the fewest bytes that an entry of a type can have, its head included; 0: of a type that is not known */
static inline uint32_t amp_rsc2_least_size(uint32_t type)
{
	switch (type) {
	case AMP_RSC2_CARVEOUT:
	case AMP_RSC2_DEVMEM:
		return (uint32_t)sizeof(struct amp_rsc2_memory);
	case AMP_RSC2_TRACE:
		return (uint32_t)sizeof(struct amp_rsc2_trace);
	case AMP_RSC2_VDEV:
		return (uint32_t)sizeof(struct amp_rsc2_vdev);
	case AMP_RSC2_PARAM:
		return (uint32_t)sizeof(struct amp_rsc2_param) + 4;
	case AMP_RSC2_DTREE:
		return (uint32_t)sizeof(struct amp_rsc2_dtree);
	case AMP_RSC2_STATE:
		return (uint32_t)sizeof(struct amp_rsc2_state);
	case AMP_RSC2_VENDOR:
		return (uint32_t)sizeof(struct amp_rsc2_vendor);
	default:
		return 0;
	}
}

#ifndef __KERNEL__

/** A parameter with room for a value of @p room bytes, its NUL included: a multiple of 4. */
#define AMP_RSC2_PARAM_OF(room)             \
	struct {                            \
		struct amp_rsc2_param head; \
		char value[room];           \
	}

/** Its initialiser. */
#define AMP_RSC2_PARAM_INIT(room, key, value)                                                                         \
	{                                                                                                             \
		{{AMP_RSC2_PARAM, AMP_RSC2_VERSION, AMP_RSC2_OPTIONAL, sizeof(struct amp_rsc2_param) + (room)}, key}, \
			value                                                                                         \
	}

/* ------------------------------------------------------------------ tables: table2.c */

/**
 * @brief Find the best table of a later version in a table of version 1.
 *
 * @param table   copy that amp_rsc_table_check() passed
 * @param size    its bytes
 * @param offset  set to the offset of a struct amp_table2; 0: there is none of a version that is known
 * @param fault   filled on an error: the number of the entry of version 1, and the offset in that table; may be NULL
 * @return 0; -RPROC_ERR_RSC_TAB_TRUNC: one is cut off; -RPROC_EINVAL: one has an impossible size, or there are two of
 * the version
 *
 * Context: any. Does not block.
 */
int amp_table2_find(const struct resource_table *table, size_t size, size_t *offset, struct amp_rsc_fault *fault);

/**
 * @brief Check a whole table of version 2: header, and each entry that is known.
 *
 * Entries of an unknown type, version or trace method pass if they are optional, and so does a vendor's: of these only
 * the place is checked. What is behind the structure of an entry is not looked at.
 *
 * @param table  copy that nobody else can write, 4-byte aligned
 * @param left   bytes there; the table may be shorter
 * @param vdevs  vdevs of version 1, of which an entry may be the twin
 * @param fault  filled on an error: number of the entry (UINT_MAX: the header), and the offset of the field in this
 * table; may be NULL
 * @return 0; -RPROC_ERR_RSC_TAB_TRUNC (it ends before what it says it holds), _VER, _RSVD (a reserved word is not 0),
 * _VDEV_NRINGS, _NS (a required entry is unknown); -RPROC_EINVAL
 *
 * Context: any. Does not block.
 */
int amp_table2_check(const struct amp_table2 *table, size_t left, unsigned int vdevs, struct amp_rsc_fault *fault);

/**
 * @brief The entries of a table that amp_table2_check() passed, or of one that nobody else can write.
 * @param entry  NULL: the first is wanted; else the one before
 * @return the next; NULL: there are no more
 */
const struct amp_rsc2 *amp_table2_next(const struct amp_table2 *table, const struct amp_rsc2 *entry);

/** @return whether an entry is of a type and version that is described here, and of a method */
bool amp_rsc2_is_known(const struct amp_rsc2 *entry);

/**
 * @brief An entry of a table that amp_table2_check() passed.
 * @param type   enum amp_rsc2_type
 * @param index  0: the first of this type, and of a known version
 * @return the entry; NULL: there is none
 */
const struct amp_rsc2 *amp_table2_entry(const struct amp_table2 *table, unsigned int type, unsigned int index);

/** @return the parameter with that key of a table that amp_table2_check() passed; NULL: there is none */
const struct amp_rsc2_param *amp_table2_param(const struct amp_table2 *table, const char *key);

/** @return the value of a parameter of a table that amp_table2_check() passed, NUL-terminated */
const char *amp_rsc2_param_value(const struct amp_rsc2_param *param);

/**
 * @brief Forget what hosts, cores and whoever starts them write to version 2, for who compares what two firmwares ask
 * for: `taken`, accepted features, the values of parameters, states; of a device without a twin, its status, accepted
 * features, and where its rings are.
 *
 * @param table  copy that amp_rsc_table_check() passed. Nothing is done if version 2 is not sound
 * @param size   its bytes
 *
 * Context: any. Does not block.
 */
void amp_table2_clean(struct resource_table *table, size_t size);

/* ------------------------------------------------------------------ the host: table2_host.c */

/**
 * @brief Have the host of this processor know version 2. Without, it is one that knows version 1, and passes the other
 * over.
 *
 * From the next remoteproc_load() or remoteproc_set_rsc_table() on, the best table that is known is checked after that
 * of version 1: carveouts and devmems are mapped, open addresses filled; a device tree that has an address, and buffers
 * and traces that are required, must be in memory (others are looked for when they are asked for); a vendor's entry
 * goes to ops->handle_rsc as if it stood in version 1, with the length that it has, and -RPROC_ERR_RSC_TAB_NS as an
 * answer means that nobody knows it. Then amp_table2::taken is written. What cannot be served is refused if it is
 * required, and else passed over with a message; what is malformed is refused.
 *
 * Errors are those of remoteproc_set_rsc_table(), and of amp_table2_find() and amp_table2_check(). Context: task,
 * before the load.
 */
void amp_remoteproc_use_table2(struct remoteproc *rproc);

/** Message buffers of a vdev in one direction. */
struct amp_buffers {
	metal_phys_addr_t da;       /**< METAL_BAD_PHYS: the firmware leaves it to the host */
	size_t len;                 /**< bytes for all of them; 0: the same */
	uint32_t size;              /**< bytes of each; 0: the same */
	struct metal_io_region *io; /**< region that holds them, NULL if da is METAL_BAD_PHYS … */
	unsigned long offset;       /**< … from here on */
};

/**
 * @brief Where a vdev's buffers are to lie, and how large they are to be.
 *
 * @param vdev_id    as for remoteproc_create_virtio()
 * @param direction  enum amp_rsc2_direction
 * @param buffers    filled. Give it to rpmsg_init_vdev_with_config() as a pool, with io's shared memory
 * @return 0; -RPROC_EINVAL; -RPROC_ENOMEM; -RPROC_ERR_RSC_TAB_NP: no table of version 2 was taken, or it says nothing
 * of this device; another error if the table has been damaged since
 *
 * Context: task.
 */
int amp_remoteproc_get_buffers(struct remoteproc *rproc, unsigned int vdev_id, unsigned int direction,
                               struct amp_buffers *buffers);

/**
 * @brief Find a trace buffer that version 2 names: as amp_remoteproc_get_trace().
 * @param method    set to enum amp_rsc2_trace_method; may be NULL
 * @param notifyid  set to what the remote rings with, RSC_NOTIFY_ID_ANY: it does not; may be NULL
 */
int amp_remoteproc_get_trace2(struct remoteproc *rproc, unsigned int index, struct amp_trace *trace, uint32_t *method,
                              uint32_t *notifyid);

/**
 * @brief Set a parameter of the application. Before remoteproc_start(): the remote may read them only once.
 * @return 0; -RPROC_EINVAL: the value is longer than there is room, or the state is not READY; -RPROC_ERR_RSC_TAB_NP:
 * no table of version 2 was taken, or it has no such parameter; -RPROC_ENOMEM; another error if the table has been
 * damaged since
 *
 * Context: task.
 */
int amp_remoteproc_set_param(struct remoteproc *rproc, const char *key, const char *value);

/**
 * @brief Say where the device tree is that the table has a place for. Before remoteproc_start().
 * @param da   device address, a multiple of 8
 * @param len  bytes, > 0
 * @return 0; -AMP_RPROC_ERR_RSC_MEMORY: that is not in memory; or as amp_remoteproc_set_param()
 *
 * If the table leaves the place open, and the entry is required, a host that has no tree does not start the core.
 */
int amp_remoteproc_set_dtree(struct remoteproc *rproc, metal_phys_addr_t da, size_t len);

/**
 * @brief What the remote says of its state.
 * @param state  set to enum amp_rsc2_processor_state
 * @param cause  set to why it has crashed, 0 if it has not; may be NULL
 * @return 0, or as amp_remoteproc_set_param(); -RPROC_EINVAL: it says a state that does not exist
 */
int amp_remoteproc_get_remote_state(struct remoteproc *rproc, unsigned int *state, uint32_t *cause);

/** @brief Tell the remote the state of the host's processor. @return 0, or as amp_remoteproc_set_param() */
int amp_remoteproc_set_host_state(struct remoteproc *rproc, unsigned int state);

/* ------------------------------------------------------------------ the remote: table2_remote.c */

/*
 * The remote's own table, as it is linked. The host may write to it at any time, so types, sizes and keys are looked at
 * where they lie, but never trusted to end: what is beyond the size that the caller gives does not exist.
 */

/**
 * @brief Read a parameter.
 * @param table  the remote's own, in its image
 * @param size   bytes of it, as linked
 * @param value  filled with as many bytes as fit, NUL-terminated
 * @param room   bytes there, > 0
 * @return length of the value, which may be more than fits; negative: there is no such parameter, or its value has no
 * end. Then value is ""
 *
 * Context: any. Does not block.
 */
int amp_table2_get_param(const struct amp_table2 *table, size_t size, const char *key, char *value, size_t room);

/** @brief Tell the host the state of this processor. @param entry of the remote's own table. Context: any */
void amp_rsc2_set_state(struct amp_rsc2_state *entry, unsigned int state, uint32_t cause);

/**
 * @brief What the host says of its processor. @return enum amp_rsc2_processor_state; AMP_RSC2_STATE_OFF if it says
 * anything else, or knows version 1 only
 */
unsigned int amp_rsc2_host_state(const struct amp_rsc2_state *entry);

/** @return whether the host has taken version 2; else it is one that knows version 1. Context: any */
bool amp_table2_is_taken(const struct amp_table2 *table);

#endif /* !__KERNEL__ */

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_RESOURCE_TABLE2_H */
