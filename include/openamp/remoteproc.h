/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file remoteproc.h
 * @brief Remote processors: their life, memories and virtio devices.
 */
#ifndef OPENAMP_REMOTEPROC_H
#define OPENAMP_REMOTEPROC_H

#include <openamp/resource_table.h>
#include <openamp/virtio.h>

#include <metal/compiler.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/mutex.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RPROC_MAX_VRING_DESC VIRTQUEUE_MAX_DESC /**< descriptors in a vring at most */

/** Pointers that are none: an error, and the end of something. */
#define RPROC_EPTR ((void *)-1)
#define RPROC_EOF  ((void *)-1)

/* ------------------------------------------------------------------ errors: positive, returned negated */

#define RPROC_EBASE                   0
#define RPROC_ENOMEM                  (RPROC_EBASE + 1)  /**< no memory */
#define RPROC_EINVAL                  (RPROC_EBASE + 2)  /**< an argument or a table entry that makes no sense */
#define RPROC_ENODEV                  (RPROC_EBASE + 3)  /**< no such device, memory or function */
#define RPROC_EAGAIN                  (RPROC_EBASE + 4)  /**< not yet: try again */
#define RPROC_ERR_RSC_TAB_TRUNC       (RPROC_EBASE + 5)  /**< the table ends before what it says it holds */
#define RPROC_ERR_RSC_TAB_VER         (RPROC_EBASE + 6)  /**< the table's version is not 1 */
#define RPROC_ERR_RSC_TAB_RSVD        (RPROC_EBASE + 7)  /**< a reserved field is not 0 */
#define RPROC_ERR_RSC_TAB_VDEV_NRINGS (RPROC_EBASE + 9)  /**< a vdev with an unsupported number of vrings */
#define RPROC_ERR_RSC_TAB_NP          (RPROC_EBASE + 10) /**< no such entry */
#define RPROC_ERR_RSC_TAB_NS          (RPROC_EBASE + 11) /**< an entry that is not supported */
#define RPROC_ERR_LOADER_STATE        (RPROC_EBASE + 12) /**< the loader is in the wrong state for this */
#define RPROC_EMAX                    (RPROC_EBASE + 16)

#define RPROC_PTR_MAX_ERRNO 4095

/** Error of a pointer-valued result. */
static inline long RPROC_PTR_ERR(const void *ptr)
{
	return (long)(intptr_t)ptr;
}

/** Is a pointer-valued result an error? */
static inline int RPROC_IS_ERR(const void *ptr)
{
	return (uintptr_t)ptr >= (uintptr_t)-RPROC_PTR_MAX_ERRNO;
}

/** Make a pointer-valued result of an error (negative). */
static inline void *RPROC_ERR_PTR(long error)
{
	return (void *)(intptr_t)error;
}

/* ------------------------------------------------------------------ remote processors */

/** Life of a remote processor. */
enum remoteproc_state {
	RPROC_OFFLINE = 0,
	RPROC_CONFIGURED = 1, /**< an image is being loaded, or could not be */
	RPROC_READY = 2,      /**< can start */
	RPROC_RUNNING = 3,
	RPROC_SUSPENDED = 4,
	RPROC_ERROR = 5, /**< crashed, or an operation failed half-way: only stop and shutdown lead out */
	RPROC_STOPPED = 6,
	RPROC_LAST = 7,
};

/** Progress of a loader; the low 16 bits are its own. */
#define RPROC_LOADER_MASK           0x00FF0000u
#define RPROC_LOADER_RESERVED_MASK  0x0F000000u
#define RPROC_LOADER_PRIVATE_MASK   0x0000FFFFu
#define RPROC_LOADER_NOT_READY      0x0u
#define RPROC_LOADER_READY_TO_LOAD  0x10000u
#define RPROC_LOADER_POST_DATA_LOAD 0x20000u
#define RPROC_LOADER_LOAD_COMPLETE  0x40000u

/** image_store_ops::features: `load` can go back. */
#define SUPPORT_SEEK 1u
/** image_store_ops::features: `load` can go back to the beginning. */
#define AMP_SUPPORT_REWIND 2u

struct remoteproc;
struct remoteproc_ops;
struct loader_ops;
struct image_store_ops;
struct amp_loader;
struct amp_table2_host;

/** A piece of memory as both sides know it. */
struct remoteproc_mem {
	metal_phys_addr_t da; /**< as the remote core sees it */
	metal_phys_addr_t pa; /**< as this side sees it */
	size_t size;
	char name[RPROC_MAX_NAME_LEN];
	struct metal_io_region *io;
	struct metal_list node;
};

/** Private: how far the loading of an image has come, and which part of it is wanted next. */
struct amp_load {
	unsigned char padding;      /**< fills the part of the memory that the file does not */
	int state;                  /**< RPROC_LOADER_* */
	size_t start;               /**< where the wanted part starts in the image */
	size_t offset;              /**< how far it has come */
	size_t len;                 /**< its bytes from there; 0: no image is being loaded */
	size_t memlen;              /**< bytes that they fill in the remote's memory */
	struct metal_io_region *io; /**< where it goes; NULL: to the loader */
	unsigned long io_offset;
	struct amp_load_part *parts; /**< that are the loader's */
};

/** A remote processor. */
struct remoteproc {
	metal_mutex_t lock;
	void *rsc_table;
	size_t rsc_len;
	struct metal_io_region *rsc_io;
	struct metal_list mems;
	struct metal_list vdevs;
	unsigned long bitmap; /**< notify ids in use */
	const struct remoteproc_ops *ops;
	metal_phys_addr_t bootaddr;
	const struct loader_ops *loader;
	unsigned int state; /**< enum remoteproc_state */
	void *priv;
	struct amp_loader *loaders; /**< added formats; see amp_remoteproc_add_loader() */
	uint32_t elf_machine;       /**< e_machine that runs here; set it after remoteproc_init(). 0: not checked */
	unsigned long table_ids;    /**< notify ids that belong to the resource table */
	struct amp_load load;       /**< image that is being loaded; private */
	void *rsc_copy;             /**< checked copy of the resource table, while somebody works with it; private */
	void *rsc_entry;            /**< amp_remoteproc_live_entry(); private */
	uint32_t ready_timeout_ms;  /**< its devices' virtio_device::ready_timeout_ms; set it after remoteproc_init() */
	bool was_off;               /**< stopped since a driver last had one of its devices; private */
	const struct amp_table2_host *table2; /**< amp_remoteproc_use_table2(); NULL: version 1 only; private */
	bool table2_taken;                    /**< the table has a version 2, which was taken; private */
};

/**
 * What a platform provides. Each member may be NULL: then nothing is done there.
 *
 * Those that return int return 0 or a negative error, which the caller gets. All but `notify` run in a task, inside the
 * function of this header that has the same name, with `lock` held: of this header they may call remoteproc_init_mem(),
 * remoteproc_add_mem(), remoteproc_mmap(), remoteproc_get_io_with_*() and remoteproc_allocate_id(), and no other.
 */
struct remoteproc_ops {
	/** First: set up the hardware. Returns @p rproc, or NULL if that failed. May set rproc->priv. */
	struct remoteproc *(*init)(struct remoteproc *rproc, const struct remoteproc_ops *ops, void *arg);
	/** Last: the opposite of init. May free @p rproc. */
	void (*remove)(struct remoteproc *rproc);
	/**
	 * Make memory accessible that no registered memory covers, or (both addresses METAL_BAD_PHYS) allocate some.
	 * Fills the address that was METAL_BAD_PHYS and *io; usually registers the memory with remoteproc_add_mem() as
	 * well. Returns its virtual address, or NULL. Called by remoteproc_mmap().
	 */
	void *(*mmap)(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
	              unsigned int attribute, struct metal_io_region **io);
	/**
	 * A vendor's entry of the resource table: @p rsc is a copy of the @p len bytes from its type to the end of the
	 * table, valid during the call; how many of them are the entry's, only its vendor knows. The entry itself:
	 * amp_remoteproc_live_entry(). -RPROC_ERR_RSC_TAB_NS: not mine; the entry is ignored.
	 */
	int (*handle_rsc)(struct remoteproc *rproc, void *rsc, size_t len);
	int (*config)(struct remoteproc *rproc, void *data); /**< power it, make its memory usable */
	int (*start)(struct remoteproc *rproc);              /**< let it run from rproc->bootaddr */
	int (*stop)(struct remoteproc *rproc);               /**< hold it; its memory stays */
	int (*shutdown)(struct remoteproc *rproc);           /**< power it off */
	/** Ring: the remote's queue with this notify id has something new. Context: that of virtqueue_kick(); no lock
	 * is held. */
	int (*notify)(struct remoteproc *rproc, uint32_t id);
	/**
	 * Look up a memory that is not registered: by name, or by an address that is not METAL_BAD_PHYS or NULL, with
	 * @p size bytes from there. Fills @p buf and returns it, or returns a memory of its own, or NULL. No lock need
	 * be held.
	 */
	struct remoteproc_mem *(*get_mem)(struct remoteproc *rproc, const char *name, metal_phys_addr_t pa,
	                                  metal_phys_addr_t da, void *va, size_t size, struct remoteproc_mem *buf);
	int (*suspend)(struct remoteproc *rproc); /**< amp_remoteproc_suspend(): it sleeps, and keeps its state */
	int (*resume)(struct remoteproc *rproc);  /**< amp_remoteproc_resume() */
	/**
	 * The device's role, while it waits for a driver: handle events, or sleep, until one came or @p deadline (of
	 * metal_get_timestamp()) has passed; may return early. Returns 0, or a negative error, which ends the wait.
	 * NULL: the status of the device is looked at again and again. May call remoteproc_get_notification() as well;
	 * `lock` may be held or not.
	 */
	int (*wait)(struct remoteproc *rproc, unsigned long long deadline);
	/**
	 * Cores that see different memories at one address (Harvard: code and data of TI's PRU both begin at 0): which
	 * one is it? Called for each segment of an ELF image before anything is written, with its physical address,
	 * bytes in memory, and flags (p_flags, AMP_ELF_EXECUTABLE among them). Returns the address under which the
	 * memory was registered; METAL_BAD_PHYS refuses the image. NULL: @p da is that. Not called for data that the
	 * resource table names, nor for the table.
	 *
	 *     static metal_phys_addr_t pru_segment_da(struct remoteproc *rproc, metal_phys_addr_t da, size_t size,
	 *                                             uint32_t flags)
	 *     {
	 *             return flags & AMP_ELF_EXECUTABLE ? PRU_CODE_DA + da : da; // registered with
	 * remoteproc_add_mem()
	 *     }
	 */
	metal_phys_addr_t (*segment_da)(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, uint32_t flags);
};

/** remoteproc_ops::segment_da: the segment holds code (the ELF specification's PF_X). */
#define AMP_ELF_EXECUTABLE 1u

/** Where an image comes from. See amprelay/image_store.h for stores that exist. Context: as remoteproc_load(). */
struct image_store_ops {
	/** Open; *img_data = the first bytes of the image, valid until the next call. Returns their number, or a
	 * negative error. */
	int (*open)(void *store, const char *path, const void **img_data);
	/** Close what was opened. Not called if open failed. May be NULL. */
	void (*close)(void *store);
	/**
	 * Get up to @p size bytes from @p offset on.
	 *
	 * @p io NULL: *data = the bytes, valid until the next call. Otherwise (only with SUPPORT_SEEK) put them at
	 * physical address
	 * @p pa of @p io. Without SUPPORT_SEEK each call asks for the bytes behind those of the call before; with
	 * AMP_SUPPORT_REWIND, or (@p offset 0) for the first bytes of the image once more.
	 *
	 * @p is_blocking is 1: wait for at least one byte. Returns the number of bytes, 0 at the end of the image, or a
	 * negative error, which the caller of remoteproc_load() gets.
	 */
	int (*load)(void *store, size_t offset, size_t size, const void **data, metal_phys_addr_t pa,
	            struct metal_io_region *io, char is_blocking);
	unsigned int features; /**< SUPPORT_SEEK */
};

/** Bytes that go nowhere in the remote's memory. */
#define RPROC_LOAD_ANYADDR ((metal_phys_addr_t)-1)

/**
 * How an image format is read. A loader says which part of the image it wants next, and is called again with that part.
 * The bytes that it gets stay where they are as long as the image is being loaded. Parts ought to be asked for in the
 * order of their offsets, since a stream cannot go back; but to what the loader has got already it can. A negative
 * result ends the loading; `release` follows.
 */
struct loader_ops {
	/**
	 * Called first, with the first bytes of the image, and until it returns RPROC_LOADER_READY_TO_LOAD: learn what
	 * is to be loaded. *img_info: NULL in the first call, then the loader's own. *noffset, *nlen: the part that is
	 * wanted next; 0 bytes when ready. Returns the new state (RPROC_LOADER_*, with own bits in
	 * RPROC_LOADER_PRIVATE_MASK) or a negative error.
	 */
	int (*load_header)(const void *img_data, size_t offset, size_t len, void **img_info, int last_state,
	                   size_t *noffset, size_t *nlen);
	/**
	 * Called after that, first with no bytes (@p len 0), until it returns RPROC_LOADER_LOAD_COMPLETE. *da: where
	 * the part that is wanted next goes in the remote's memory, whose *nmemsize bytes it fills, the last of them
	 * with *padding; or RPROC_LOAD_ANYADDR: the part is the loader's. What goes to memory is there when the loader
	 * is called with it; img_data is NULL then.
	 */
	int (*load_data)(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len, void **img_info,
	                 int last_load_state, metal_phys_addr_t *da, size_t *noffset, size_t *nlen,
	                 unsigned char *padding, size_t *nmemsize);
	/** After the last part: where the resource table is. 0, -RPROC_ERR_RSC_TAB_NP: there is none, or another
	 * negative error. */
	int (*locate_rsc_table)(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size);
	/** Free what load_header() allocated. */
	void (*release)(void *img_info);
	/** Where the remote starts. */
	metal_phys_addr_t (*get_entry)(void *img_info);
	/** RPROC_LOADER_*. */
	int (*get_load_state)(void *img_info);
};

/*
 * Life cycle: remoteproc.c.
 *
 *   function                  allowed in                                leads to
 *   remoteproc_config()       OFFLINE, CONFIGURED, READY, STOPPED       READY: an image may be loaded, or be there
 *   remoteproc_load*()        CONFIGURED, READY, STOPPED                READY; meanwhile, and if it fails, CONFIGURED
 *   remoteproc_start()        READY                                     RUNNING
 *   amp_remoteproc_suspend()  RUNNING                                   SUSPENDED
 *   amp_remoteproc_resume()   SUSPENDED                                 RUNNING
 *   amp_remoteproc_crashed()  RUNNING, SUSPENDED                        ERROR
 *   remoteproc_stop()         any; nothing to do in the first four      STOPPED
 *                             and in STOPPED
 *   remoteproc_shutdown()     any                                       OFFLINE
 *   remoteproc_remove()       OFFLINE
 *
 * Elsewhere they return -RPROC_EINVAL (remoteproc_remove(): -RPROC_EAGAIN) and change nothing. When an operation of the
 * platform fails, its error is returned; after a failed start, stop, shutdown, suspend or resume the state is ERROR.
 *
 * Context: task. They take `lock`, and block as long as the platform's operations do.
 */

/**
 * @brief Begin with a remote processor. Its content is overwritten.
 * @param ops   kept
 * @param priv  handed to ops->init; rproc->priv until that sets another
 * @return what ops->init returns (@p rproc), or NULL: an argument is NULL, or ops->init failed
 */
struct remoteproc *remoteproc_init(struct remoteproc *rproc, const struct remoteproc_ops *ops, void *priv);

/**
 * @brief The opposite of remoteproc_init(). Virtio devices that still exist are removed.
 * @return 0, -RPROC_EINVAL (NULL), -RPROC_EAGAIN (not offline: remoteproc_shutdown() first; or in a callback of
 * one of its virtio devices)
 */
int remoteproc_remove(struct remoteproc *rproc);

/**
 * @brief Power the remote processor up, as far as loading needs it.
 * @param data  handed to ops->config
 */
int remoteproc_config(struct remoteproc *rproc, void *data);

/** @brief Let it run what was loaded. */
int remoteproc_start(struct remoteproc *rproc);

/** @brief Stop it; the image stays, and can be started again after remoteproc_config(). */
int remoteproc_stop(struct remoteproc *rproc);

/** @brief Stop it if it runs, power it off, forget image and resource table. */
int remoteproc_shutdown(struct remoteproc *rproc);

/* Memories: memories.c. No lock is taken: add memories before others look them up. Context: any. */

/**
 * @brief Fill a memory's description.
 * @param mem   filled
 * @param name  copied, up to 31 characters; NULL: no name
 * @param pa    physical address here, METAL_BAD_PHYS: that of @p io's first byte
 * @param da    address as the remote core sees it; METAL_BAD_PHYS: it does not matter
 * @param size  bytes
 * @param io    region that holds it, which may be larger
 */
void remoteproc_init_mem(struct remoteproc_mem *mem, const char *name, metal_phys_addr_t pa, metal_phys_addr_t da,
                         size_t size, struct metal_io_region *io);

/** @brief Register a memory. It is kept by reference until remoteproc_remove(). Registering it twice does nothing. */
void remoteproc_add_mem(struct remoteproc *rproc, struct remoteproc_mem *mem);

/** @return region of the memory with this name, or NULL */
struct metal_io_region *remoteproc_get_io_with_name(struct remoteproc *rproc, const char *name);

/** @return region that holds this physical address, or NULL */
struct metal_io_region *remoteproc_get_io_with_pa(struct remoteproc *rproc, metal_phys_addr_t pa);

/**
 * @param da      address as the remote core sees it
 * @param offset  of it in the region; may be NULL
 * @return region that holds it, or NULL
 */
struct metal_io_region *remoteproc_get_io_with_da(struct remoteproc *rproc, metal_phys_addr_t da,
                                                  unsigned long *offset);

/** @return region that holds this virtual address, or NULL */
struct metal_io_region *remoteproc_get_io_with_va(struct remoteproc *rproc, void *va);

/**
 * @brief Find a range of memory by one of its addresses: in a registered memory, by ops->get_mem, or with ops->mmap.
 *
 * @param pa         in: physical address, or METAL_BAD_PHYS; out: physical address. NULL: not known, not wanted
 * @param da         the same for the remote's address; counts if both are given
 * @param size       bytes, > 0; all of them are in one region
 * @param attribute  handed to ops->mmap
 * @param io         set to the region; may be NULL
 * @return virtual address, or NULL
 *
 * Context: as ops->mmap.
 */
void *remoteproc_mmap(struct remoteproc *rproc, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                      unsigned int attribute, struct metal_io_region **io);

/* Images: remoteproc_load.c. */

/**
 * @brief Load an image and take over its resource table, if it has one.
 *
 * @param path       handed to store_ops->open
 * @param store      handed to store_ops
 * @param store_ops  where the image comes from
 * @param img_info   NULL, or set to what the loader learned: free it with rproc->loader->release(). NULL after an error
 * @return 0; -RPROC_EINVAL (an argument is NULL, or the state does not allow it); -RPROC_EAGAIN (virtio devices exist:
 * remove them first); -RPROC_ENOMEM; an error of the store; or what is wrong with the image: AMP_RPROC_ERR_* of
 * amprelay/remoteproc.h, RPROC_ERR_RSC_TAB_*
 *
 * After an error parts of the image may have been written, and remoteproc_start() is refused until another load
 * succeeds. The remote core must not run. Context: task; blocks as long as the store does.
 */
int remoteproc_load(struct remoteproc *rproc, const char *path, void *store, const struct image_store_ops *store_ops,
                    void **img_info);

/**
 * @brief Load an image piece by piece, without waiting: hand over a piece, learn which one is wanted next.
 *
 * A piece may be of any length. What it has before @p noffset of the call before is not used; if @p noffset is behind
 * its end it is not used at all. So a stream is handed over in pieces as they come; an image in memory, as they are
 * wanted. Parts that go to the remote's memory are copied there, or the caller has done so, and passes NULL for @p
 * img_data.
 *
 * @param img_data  the piece, not kept. NULL: the part that the call before wanted, or its beginning, is at *pa of *io
 * already
 * @param offset    of the piece in the image; 0 in the first call
 * @param len       bytes
 * @param img_info  NULL in *img_info starts a load; then the loader's, see remoteproc_load()
 * @param pa        where the wanted part goes, METAL_BAD_PHYS if that is not known or it does not go to memory; may be
 * NULL
 * @param io        its region; NULL in *io: it does not go to memory. May be NULL
 * @param noffset   set to the offset of the wanted part. Less than offset + len: it lies before the end of this piece,
 * and must be handed over again; a stream that cannot do that gives up
 * @param nlen      set to its length; 0: done, the state is READY
 * @param nmlen     set to what it fills in the memory (the rest is filled by the library); may be NULL
 * @param padding   set to what the rest is filled with; may be NULL
 * @return 0 or an error as remoteproc_load(); -RPROC_ERR_LOADER_STATE: no load was started. After an error the load is
 * over
 *
 * Context: task; does not wait for data.
 */
int remoteproc_load_noblock(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len, void **img_info,
                            metal_phys_addr_t *pa, struct metal_io_region **io, size_t *noffset, size_t *nlen,
                            size_t *nmlen, unsigned char *padding);

/* Resource table: rsc_table.c. */

/**
 * @brief Take a resource table that is there already: in memory that both sides share, or a copy.
 *
 * It is checked, and its entries are handled: carveouts and devmems are mapped, vendors' entries go to ops->handle_rsc,
 * those of unknown types are passed over. A device address in it, which has 32 bits, is the whole address of a memory,
 * or else the lower half of an address in one above 4 GiB.
 *
 * Addresses of carveouts that are open (FW_RSC_U32_ADDR_ANY) are filled. The reserved words of the header must be 0
 * now; later the firmware may use them.
 *
 * The memories are the host's to provide: a build without the driver's role passes carveouts and devmems over.
 *
 * An image whose section for the table is empty or all zero has none: call this after remoteproc_load() then, if there
 * is one elsewhere.
 *
 * @param rsc_table  4-byte aligned; kept
 * @param rsc_size   bytes, up to AMP_RSC_TABLE_MAX
 * @return 0, -RPROC_EINVAL, -RPROC_ENOMEM, RPROC_ERR_RSC_TAB_* (_NP: all zero), -AMP_RPROC_ERR_RSC_MEMORY (a memory
 * that it names does not exist), or an error of ops->handle_rsc. After an error the processor has no table
 *
 * Context: task.
 */
int remoteproc_set_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table, size_t rsc_size);

/** Largest resource table in bytes. */
#define AMP_RSC_TABLE_MAX 65536u

/* Virtio devices and notifications: vdevs.c. */

/**
 * @brief Create a virtio device of the resource table.
 *
 * @param vdev_id  0: the first vdev entry of the table
 * @param role     VIRTIO_DEV_DRIVER or VIRTIO_DEV_DEVICE
 * @param rst_cb   see rproc_virtio_create_vdev()
 * @return the device, the same one if it exists already; or NULL: no table, no such entry, a memory that does not
 * exist, or none left; device: no driver in time
 *
 * Driver: a vring whose address is open (FW_RSC_U32_ADDR_ANY) goes to the memory "vdev<id>vring<index>" if there is one
 * with that name, else where ops->mmap puts it; open notify ids are chosen; both are written to the table.
 * A vring of 0 descriptors is left to the caller, in both roles: rproc_virtio_init_vring().
 * Device: if a vring's address is open, waits until the driver has written it, and is ready; no longer than
 * rproc->ready_timeout_ms. See amp_virtio_wait_driver_ok().
 *
 * Context: task.
 */
struct virtio_device *remoteproc_create_virtio(struct remoteproc *rproc, int vdev_id, unsigned int role,
                                               void (*rst_cb)(struct virtio_device *vdev));

/**
 * @brief Remove a virtio device. Nobody may use it any more. NULL is allowed. Context: task.
 *
 * In a callback of the device (see "In callbacks" in openamp/rpmsg.h) it does nothing: the device stays, for a later
 * call, remoteproc_create_virtio(), or remoteproc_remove().
 */
void remoteproc_remove_virtio(struct remoteproc *rproc, struct virtio_device *vdev);

/**
 * @brief The remote rang: look at the queues with this notify id.
 * @param notifyid  RSC_NOTIFY_ID_ANY: all queues
 * @return 0, or -RPROC_EINVAL. An id that nobody has is ignored
 *
 * Context: task or ISR, not while a device is created or removed: receptions run inside.
 */
int remoteproc_get_notification(struct remoteproc *rproc, uint32_t notifyid);

/**
 * @brief Take a free notify id.
 * @param start  smallest that is wanted
 * @param end    smallest that is too large; 0, or more than there are: the number of bits of an unsigned long
 * @return the id, taken until remoteproc_init(); RSC_NOTIFY_ID_ANY: none is free
 *
 * Context: any; takes no lock.
 */
unsigned int remoteproc_allocate_id(struct remoteproc *rproc, unsigned int start, unsigned int end);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_REMOTEPROC_H */
