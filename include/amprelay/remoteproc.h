/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file amprelay/remoteproc.h
 * @brief What AmpRelay adds to OpenAMP's interface for remote processors: errors of images, sleep and crash, formats,
 * shutdown in agreement with the remote.
 */
#ifndef AMPRELAY_REMOTEPROC_H
#define AMPRELAY_REMOTEPROC_H

#include <openamp/remoteproc.h>

#include <metal/condition.h>
#include <metal/mutex.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ errors: remoteproc_text.c */

/** Errors beyond RPROC_*: what is wrong with an image. Positive, returned negated, like those. */
enum amp_rproc_error {
	AMP_RPROC_ERR_FORMAT = RPROC_EMAX + 1, /**< no loader knows this format */
	AMP_RPROC_ERR_TRUNCATED,               /**< the image is empty, or ends before what it says it holds */
	AMP_RPROC_ERR_STREAM,                  /**< the store cannot go back to a part that is needed now: the image's
	                                          order asks for one that can, or that can begin again */
	AMP_RPROC_ERR_STORE,                   /**< the store failed: no such file, no permission, read error */
	AMP_RPROC_ERR_ENDIAN,                  /**< ELF: big-endian */
	AMP_RPROC_ERR_MACHINE,                 /**< ELF: for another CPU (remoteproc::elf_machine) */
	AMP_RPROC_ERR_ELF_HEADER,              /**< ELF: class, version, type or size of the header */
	AMP_RPROC_ERR_ELF_SEGMENTS,   /**< ELF: place, size or number of the program headers; or nothing to load */
	AMP_RPROC_ERR_ELF_SECTIONS,   /**< ELF: place, size or number of the section headers; or their names */
	AMP_RPROC_ERR_SEGMENT,        /**< ELF: a segment with more file than memory, beyond all addresses, or with
	                                 bytes of the file where another has some */
	AMP_RPROC_ERR_SEGMENT_MEMORY, /**< a segment, or a table that no segment loads, where the core has no memory */
	AMP_RPROC_ERR_RSC_PLACE,  /**< the resource table is misaligned, too large, or where the core has no memory */
	AMP_RPROC_ERR_RSC_MEMORY, /**< the resource table names memory that does not exist */
	AMP_RPROC_ERR_TIMEOUT,    /**< the remote did not acknowledge in time */
	AMP_RPROC_ERR_END
};

/**
 * @brief Text of an error.
 * @param error  of a function of openamp/remoteproc.h or of this header, negative or positive
 * @return one line of English without a full stop; "unknown error" for others. Context: any
 */
const char *amp_remoteproc_strerror(int error);

/* ------------------------------------------------------------------ life cycle: remoteproc.c */

/** @brief RUNNING → SUSPENDED, with ops->suspend. @return as remoteproc_start(). Context: task */
int amp_remoteproc_suspend(struct remoteproc *rproc);

/** @brief SUSPENDED → RUNNING, with ops->resume. @return as remoteproc_start(). Context: task */
int amp_remoteproc_resume(struct remoteproc *rproc);

/**
 * @brief Somebody noticed that the remote crashed: RUNNING or SUSPENDED → ERROR. Then: remoteproc_stop(), load, start.
 * @return 0 or -RPROC_EINVAL. Context: task
 */
int amp_remoteproc_crashed(struct remoteproc *rproc);

/** @return name of a state ("running"); "unknown" for others. Context: any */
const char *amp_remoteproc_state_name(unsigned int state);

/* ------------------------------------------------------------------ formats: remoteproc_load.c */

/** An image format beside ELF. */
struct amp_loader {
	const struct loader_ops *ops;
	/** Is it this format? @p len is 16. Returns 0 if so. Context: as remoteproc_load(). */
	int (*identify)(const void *img_data, size_t len);
	struct amp_loader *next; /**< private */
};

/**
 * @brief Let this processor load another format. ELF is tried first, then the formats in the order in which they were
 * added.
 * @param loader  kept by reference until remoteproc_remove(); belongs to one processor
 * @return 0, or -RPROC_EINVAL (an argument or an operation is NULL, or it has been added before). Context: task
 */
int amp_remoteproc_add_loader(struct remoteproc *rproc, struct amp_loader *loader);

/* ------------------------------------------------------------------ vendors' entries: rsc_table.c */

/**
 * @brief The entry of which ops->handle_rsc was given a copy, in the table itself: for who has something to tell the
 * firmware.
 * @return its address, as long as that call lasts; NULL otherwise. The remote may read, and write, at any time
 *
 * Context: ops->handle_rsc.
 */
static inline void *amp_remoteproc_live_entry(const struct remoteproc *rproc)
{
	return rproc->rsc_entry;
}

/* ------------------------------------------------------------------ trace: rsc_table.c */

/** A trace buffer of the remote. */
struct amp_trace {
	char name[RPROC_MAX_NAME_LEN]; /**< NUL-terminated, for which a name of 32 letters loses one */
	metal_phys_addr_t da;
	size_t len;
	struct metal_io_region *io; /**< region that holds all of it … */
	unsigned long offset;       /**< … from here on */
};

/**
 * @brief Find a trace buffer that the resource table names.
 * @param index  0: the first
 * @param trace  filled
 * @return 0; -RPROC_EINVAL; -RPROC_ENOMEM; -RPROC_ERR_RSC_TAB_NP (no table, or no such entry); another
 * RPROC_ERR_RSC_TAB_* if the table has been damaged since; -AMP_RPROC_ERR_RSC_MEMORY (it is empty, or not in memory
 * that this side can reach)
 *
 * Context: task.
 */
int amp_remoteproc_get_trace(struct remoteproc *rproc, unsigned int index, struct amp_trace *trace);

/* ------------------------------------------------------------------ shutdown in agreement: shutdown.c */

/** How the remote is asked, and how the answer comes: by RPMsg, a mailbox, a register … */
struct amp_shutdown_ops {
	/** Ask the remote to finish. 0, or a negative error: it cannot be asked. */
	int (*request)(void *arg);
	/**
	 * Handle events until one came, or @p timeout_ms have passed, whichever is first. Returns 0, or a negative
	 * error which ends the wait. NULL: the answer comes in another context (an interrupt, a thread) and
	 * amp_shutdown_acknowledged() wakes the waiter.
	 */
	int (*wait)(void *arg, uint32_t timeout_ms);
};

/** One shutdown. Private members; amp_shutdown_init() fills it. */
struct amp_shutdown {
	const struct amp_shutdown_ops *ops;
	void *arg;
	metal_mutex_t lock;
	struct metal_condition cond;
	bool acknowledged;
};

/**
 * @brief Prepare a shutdown, before the answer can come.
 * @param ops  kept; request must not be NULL
 * @param arg  handed to the operations
 */
void amp_shutdown_init(struct amp_shutdown *shutdown, const struct amp_shutdown_ops *ops, void *arg);

/** @brief The remote's answer came. Context: thread or ISR, as the port allows for metal_condition_signal(). */
void amp_shutdown_acknowledged(struct amp_shutdown *shutdown);

/**
 * @brief Ask the remote to finish, wait for its answer, then stop it in any case.
 *
 * @param timeout_ms  longest wait for the answer
 * @return 0: it answered and was stopped. -AMP_RPROC_ERR_TIMEOUT: no answer came in time, it was stopped without.
 * Otherwise the error of remoteproc_stop(), or if that succeeded the one of request or wait; -RPROC_EINVAL (NULL):
 * nothing was done
 *
 * With `wait` NULL the port's clock must run (metal_get_timestamp()). Context: task, no lock of the processor held;
 * blocks.
 */
int amp_shutdown_run(struct amp_shutdown *shutdown, struct remoteproc *rproc, uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_REMOTEPROC_H */
