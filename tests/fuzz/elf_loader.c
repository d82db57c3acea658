// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images from a memory store, a stream that comes once or can begin again, a file, and piece by piece; for one memory,
 * or for two at one address. Input: how (1), size of pieces (1), allocation that fails (1), peer's move (up to 13),
 * then the image.
 */
#include "allocations.h"
#include "peer.h"
#include "target.h"

#include <amprelay/image_store.h>
#include <openamp/elf_loader.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct stream {
	const uint8_t *image;
	size_t size, at, piece;
};

static int read_stream(void *arg, void *buf, size_t size)
{
	struct stream *stream = arg;

	size = metal_min(metal_min(size, stream->piece), stream->size - stream->at);
	memcpy(buf, stream->image + stream->at, size);
	stream->at += size;
	return (int)size;
}

static int rewind_stream(void *arg)
{
	((struct stream *)arg)->at = 0;
	return 0;
}

static int load_stream(struct target *target, const uint8_t *image, size_t size, size_t piece, bool again, void **info)
{
	struct stream stream = {image, size, 0, piece};
	struct amp_stream_store store = {read_stream, &stream, malloc(piece), piece, again ? rewind_stream : NULL};
	int status;

	if (!store.buf)
		abort();
	status = remoteproc_load(&target->rproc, NULL, &store, &amp_stream_store_ops, info);
	free(store.buf);
	return status;
}

static int load_memory(struct target *target, const uint8_t *image, size_t size, void **info)
{
	struct amp_mem_store store = {image, size};

	return remoteproc_load(&target->rproc, NULL, &store, &amp_mem_store_ops, info);
}

/* From a file, of which a part may not fit into the buffer. */
static int load_file(struct target *target, const uint8_t *image, size_t size, void **info)
{
	struct amp_file_store store;
	char path[32];
	int status, fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, image, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	status = remoteproc_load(&target->rproc, path, &store, &amp_file_store_ops, info);
	close(fd);
	return status;
}

/* As an application does that is told what is wanted next; `piece` at a time. */
static int load_pieces(struct target *target, const uint8_t *image, size_t size, size_t piece, void **info)
{
	size_t offset = 0, wanted = 16, len, memlen;
	struct metal_io_region *io;
	metal_phys_addr_t pa;
	unsigned char padding;
	int status = 0;

	while (!status && wanted) {
		if (offset >= size)
			return -AMP_RPROC_ERR_TRUNCATED;
		len = metal_min(metal_min(wanted, piece), size - offset);
		status = remoteproc_load_noblock(&target->rproc, image + offset, offset, len, info, &pa, &io, &offset,
		                                 &wanted, &memlen, &padding);
		fuzz_check(status || !io || memlen >= wanted);
	}
	return status;
}

/* Code lies in the upper half of what is data at the same address. */
static metal_phys_addr_t code_elsewhere(struct remoteproc *rproc, metal_phys_addr_t da, size_t size, uint32_t flags)
{
	(void)rproc;
	fuzz_check(size > 0);
	return flags & AMP_ELF_EXECUTABLE ? da + TARGET_SIZE / 2 : da;
}

static void check_outcome(struct target *target, int status, void *info)
{
	struct remoteproc *rproc = &target->rproc;
	const uint8_t *table = (const uint8_t *)rproc->rsc_table;
	metal_phys_addr_t da;
	size_t size;

	target_check(target);
	if (status) {
		fuzz_check(status < 0 && status > -(int)AMP_RPROC_ERR_END);
		fuzz_check(rproc->state == RPROC_CONFIGURED);
		fuzz_check(!table);
		return;
	}
	fuzz_check(rproc->state == RPROC_READY);
	fuzz_check(elf_get_load_state(info) >= 0);
	if (!table)
		return;
	fuzz_check((uintptr_t)table % 4 == 0);
	fuzz_check(table >= target->memory && rproc->rsc_len <= TARGET_SIZE);
	fuzz_check((size_t)(table - target->memory) <= TARGET_SIZE - rproc->rsc_len);
	fuzz_check(elf_locate_rsc_table(info, &da, NULL, &size) == 0);
	fuzz_check(size == rproc->rsc_len && da == TARGET_DA + (size_t)(table - target->memory));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in);
	size_t piece = fuzz_u8(&in) + 1u, image_size;
	uint8_t fails = fuzz_u8(&in);
	struct remoteproc_ops harvard;
	struct target target;
	void *info = NULL;
	uint8_t *image;
	int status;

	target_up(&target);
	fuzz_peer_begin(target.memory, TARGET_SIZE);
	if (how & 8)
		fuzz_peer_arm(&in);
	image = fuzz_block(&in, 65536, &image_size);
	target.rproc.elf_machine = how & 4 ? EM_ARM : 0;
	if (how & 32) {
		harvard = *target.rproc.ops;
		harvard.segment_da = code_elsewhere;
		target.rproc.ops = &harvard;
	}
	fuzz_fail_allocation(fails);
	if ((how & 3) == 0)
		status = load_memory(&target, image, image_size, &info);
	else if ((how & 3) == 3)
		status = load_file(&target, image, image_size, &info);
	else if ((how & 3) == 1)
		status = load_stream(&target, image, image_size, piece, how & 16, &info);
	else
		status = load_pieces(&target, image, image_size, piece, &info);
	fuzz_fail_allocation(0);
	if (status != -AMP_RPROC_ERR_TRUNCATED || (how & 3) != 2)
		check_outcome(&target, status, info);
	fuzz_peer_end();
	elf_release(info);
	free(image);
	target_down(&target);
	return 0;
}
