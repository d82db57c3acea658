/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One core's shared memory: a sealed memfd that Linux and the core map too, and that ends with the last of them.
 *
 * Both guests may write anywhere in it at any time. Reading means copying a structure once; writing means telling,
 * never remembering: the relay's own state is elsewhere.
 */
#ifndef AMPRELAY_RELAY_SHARED_MEMORY_H
#define AMPRELAY_RELAY_SHARED_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <amprelay/wire.h>

struct shared_memory {
	int fd; /**< close-on-exec; cannot shrink or grow */
	uint8_t *base;
	uint32_t size;
};

/**
 * @param touched  this many bytes at the start are allocated now, so that the relay's own accesses cannot fail later
 * @return 0 or a negative errno
 */
int amp_shm_create(struct shared_memory *shm, const char *name, uint32_t size, uint32_t touched);
void amp_shm_destroy(struct shared_memory *shm);

void amp_shm_read_host(const struct shared_memory *shm, struct amp_host *copy);
void amp_shm_read_remote(const struct shared_memory *shm, struct amp_remote *copy);
/** Copies any part; it must be inside. */
void amp_shm_read(const struct shared_memory *shm, uint32_t offset, void *copy, size_t size);
uint32_t amp_shm_heartbeat(const struct shared_memory *shm);
/** @return how often a watchdog that is the relay's was fed; 0 = the core has none, or has stopped it */
uint32_t amp_shm_watchdog(const struct shared_memory *shm);
uint32_t amp_shm_trace_head(const struct shared_memory *shm);

/** A byte that is the host's to write, in its stead. @param offset  inside the memory */
void amp_shm_write_byte(struct shared_memory *shm, uint32_t offset, uint8_t byte);
/** As a host does, before it starts the core: only while Linux is not the host. */
void amp_shm_write_mem_pa(struct shared_memory *shm, uint64_t mem_pa);
void amp_shm_write_soc(struct shared_memory *shm, const struct amp_soc *soc);

/** The number of a question to the core, or to its host: what does your clock say? */
void amp_shm_ask_clock(struct shared_memory *shm, uint32_t number);
void amp_shm_ask_host_clock(struct shared_memory *shm, uint32_t number);

/** So many buffers of the core's journal have been taken: what it looks at from here on is written after this. */
void amp_shm_write_journal_taken(struct shared_memory *shm, uint32_t buffers);

/** Before power-on: nothing of the last life, and no half of a crash record, is taken for the next one's. */
void amp_shm_clear_remote(struct shared_memory *shm);

/* Each writes its part of struct amp_relay; the word that announces the rest goes last, with release order. */
void amp_shm_write_power(struct shared_memory *shm,
                         const struct amp_relay *relay); /**< state, epoch, boot_addr, inject */
void amp_shm_write_answer(struct shared_memory *shm, const struct amp_relay *relay); /**< resp_*, resp_seq last */
void amp_shm_write_report(struct shared_memory *shm, const struct amp_relay *relay); /**< report_*, report_seq last */

/**
 * Copies what is allocated; holes stay zero and cost nothing.
 *
 * @return `size` bytes that amp_shm_snapshot_free() frees, or NULL
 */
uint8_t *amp_shm_snapshot(const struct shared_memory *shm);
void amp_shm_snapshot_free(const struct shared_memory *shm, uint8_t *snapshot);

#endif /* AMPRELAY_RELAY_SHARED_MEMORY_H */
