// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shared_memory.h"

int amp_shm_create(struct shared_memory *shm, const char *name, uint32_t size, uint32_t touched)
{
	int err;

	*shm = (struct shared_memory){.fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), .size = size};
	if (shm->fd < 0)
		return -errno;
	if (ftruncate(shm->fd, size) < 0 || fallocate(shm->fd, 0, 0, touched) < 0 ||
	    /* a QEMU that shrank the file would kill everyone who maps it with SIGBUS */
	    fcntl(shm->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto close_fd;
	shm->base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, shm->fd, 0);
	if (shm->base == MAP_FAILED)
		goto close_fd;
	return 0;

close_fd:
	err = -errno;
	close(shm->fd);
	shm->fd = -1;
	shm->base = NULL;
	return err;
}

void amp_shm_destroy(struct shared_memory *shm)
{
	if (shm->base)
		munmap(shm->base, shm->size);
	if (shm->fd >= 0)
		close(shm->fd);
	*shm = (struct shared_memory){.fd = -1};
}

static void copy_out(void *copy, const uint8_t *from, size_t size)
{
	atomic_thread_fence(memory_order_acquire);
	memcpy(copy, from, size);
	/* Without this the compiler might read the original again, after the copy was checked. */
	atomic_signal_fence(memory_order_seq_cst);
}

void amp_shm_read_host(const struct shared_memory *shm, struct amp_host *copy)
{
	copy_out(copy, shm->base + AMP_HOST_OFFSET, sizeof(*copy));
}

void amp_shm_read_remote(const struct shared_memory *shm, struct amp_remote *copy)
{
	copy_out(copy, shm->base + AMP_REMOTE_OFFSET, sizeof(*copy));
}

void amp_shm_read(const struct shared_memory *shm, uint32_t offset, void *copy, size_t size)
{
	copy_out(copy, shm->base + offset, size);
}

static uint32_t read_remote_word(const struct shared_memory *shm, size_t offset)
{
	const _Atomic uint32_t *word = (const _Atomic uint32_t *)(shm->base + AMP_REMOTE_OFFSET + offset);

	return atomic_load_explicit(word, memory_order_acquire);
}

uint32_t amp_shm_heartbeat(const struct shared_memory *shm)
{
	return read_remote_word(shm, offsetof(struct amp_remote, heartbeat));
}

uint32_t amp_shm_watchdog(const struct shared_memory *shm)
{
	return read_remote_word(shm, offsetof(struct amp_remote, watchdog));
}

uint32_t amp_shm_trace_head(const struct shared_memory *shm)
{
	return read_remote_word(shm, offsetof(struct amp_remote, trace_head));
}

void amp_shm_write_mem_pa(struct shared_memory *shm, uint64_t mem_pa)
{
	_Atomic uint64_t *word = (_Atomic uint64_t *)(shm->base + AMP_HOST_OFFSET + offsetof(struct amp_host, mem_pa));

	atomic_store_explicit(word, mem_pa, memory_order_release);
}

void amp_shm_write_byte(struct shared_memory *shm, uint32_t offset, uint8_t byte)
{
	atomic_store_explicit((_Atomic uint8_t *)(shm->base + offset), byte, memory_order_release);
}

void amp_shm_write_soc(struct shared_memory *shm, const struct amp_soc *soc)
{
	memcpy(shm->base + AMP_SOC_OFFSET, soc, sizeof(*soc));
}

void amp_shm_clear_remote(struct shared_memory *shm)
{
	memset(shm->base + AMP_REMOTE_OFFSET, 0, sizeof(struct amp_remote));
}

static struct amp_relay *relay_words(struct shared_memory *shm)
{
	return (struct amp_relay *)(shm->base + AMP_RELAY_OFFSET);
}

static void store_release(uint32_t *word, uint32_t value)
{
	atomic_store_explicit((_Atomic uint32_t *)word, value, memory_order_release);
}

void amp_shm_ask_clock(struct shared_memory *shm, uint32_t number)
{
	store_release(&relay_words(shm)->clock_asked, number);
}

void amp_shm_ask_host_clock(struct shared_memory *shm, uint32_t number)
{
	store_release(&relay_words(shm)->host_clock_asked, number);
}

void amp_shm_write_journal_taken(struct shared_memory *shm, uint32_t buffers)
{
	store_release(&relay_words(shm)->journal_taken, buffers);
	/* Either the core sees this when it has written a line, or we see the line when we look next. */
	atomic_thread_fence(memory_order_seq_cst);
}

void amp_shm_write_power(struct shared_memory *shm, const struct amp_relay *relay)
{
	struct amp_relay *out = relay_words(shm);

	out->epoch = relay->epoch;
	out->boot_addr = relay->boot_addr;
	out->inject = relay->inject;
	out->host = relay->host;
	out->table_da = relay->table_da;
	out->table_size = relay->table_size;
	out->takeover = relay->takeover;
	out->swaps = relay->swaps;
	out->suspended = relay->suspended;
	store_release(&out->state, relay->state);
}

void amp_shm_write_answer(struct shared_memory *shm, const struct amp_relay *relay)
{
	struct amp_relay *out = relay_words(shm);

	out->resp_status = relay->resp_status;
	memcpy(out->resp_text, relay->resp_text, sizeof(out->resp_text));
	store_release(&out->resp_seq, relay->resp_seq);
}

void amp_shm_write_report(struct shared_memory *shm, const struct amp_relay *relay)
{
	struct amp_relay *out = relay_words(shm);

	out->report_type = relay->report_type;
	out->report_detector = relay->report_detector;
	out->report_pc = relay->report_pc;
	out->report_lr = relay->report_lr;
	memcpy(out->report_text, relay->report_text, sizeof(out->report_text));
	memcpy(out->report_pc_sym, relay->report_pc_sym, sizeof(out->report_pc_sym));
	memcpy(out->report_lr_sym, relay->report_lr_sym, sizeof(out->report_lr_sym));
	store_release(&out->report_seq, relay->report_seq);
}

uint8_t *amp_shm_snapshot(const struct shared_memory *shm)
{
	uint8_t *copy =
		mmap(NULL, shm->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	off_t at = 0;

	if (copy == MAP_FAILED)
		return NULL;
	while ((at = lseek(shm->fd, at, SEEK_DATA)) >= 0 && at < shm->size) {
		off_t end = lseek(shm->fd, at, SEEK_HOLE);
		ssize_t n = pread(shm->fd, copy + at, (size_t)((end < 0 ? shm->size : end) - at), at);

		if (n <= 0)
			break;
		at += n;
	}
	return copy;
}

void amp_shm_snapshot_free(const struct shared_memory *shm, uint8_t *snapshot)
{
	if (snapshot)
		munmap(snapshot, shm->size);
}
