// SPDX-License-Identifier: GPL-2.0-only
#include "load_fixture.h"

#include <stdlib.h>
#include <string.h>

struct elf_spec spec_with_table(bool wide)
{
	struct elf_spec spec = elf_default_spec(wide);

	spec.table = &good_table;
	spec.table_size = sizeof(good_table);
	return spec;
}

int read_source(void *arg, void *buf, size_t size)
{
	struct source *source = arg;

	size = metal_min(metal_min(size, source->piece), source->end - source->at);
	if (source->at + size > source->fail_at)
		return -99;
	memcpy(buf, source->image->bytes + source->at, size);
	source->at += size;
	return (int)size;
}

static int rewind_source(void *arg)
{
	struct source *source = arg;

	source->at = 0;
	source->rewinds++;
	return source->rewinds > source->may_rewind ? -98 : 0;
}

int load_source(struct source *source)
{
	struct amp_stream_store store = {.read = read_source,
	                                 .arg = source,
	                                 .buf = malloc(source->piece),
	                                 .buf_size = source->piece,
	                                 .rewind = source->may_rewind ? rewind_source : NULL};
	int status = remoteproc_load(&rproc, "not used", &store, &amp_stream_store_ops, NULL);

	free(store.buf);
	return status;
}

int load_stream(const struct elf_image *image, size_t piece, size_t end)
{
	struct source source = {.image = image, .piece = piece, .end = end, .fail_at = SIZE_MAX};

	return load_source(&source);
}

int load_mem(const struct elf_image *image, size_t end)
{
	/* A copy of exactly that size: the sanitizer sees each byte that is read behind it. */
	void *copy = memcpy(malloc(end + !end), image->bytes, end);
	struct amp_mem_store store = {copy, end};
	int status = remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL);

	free(copy);
	return status;
}

void expect_loaded(const struct elf_spec *spec, const struct elf_image *image)
{
	assert_int_equal(rproc.state, RPROC_READY);
	assert_int_equal(rproc.bootaddr, ELF_ENTRY);
	assert_int_equal(rproc.rsc_len, spec->table_size);
	if (spec->table)
		assert_ptr_equal(rproc.rsc_table, memory + (spec->segment[1].da - MEM_DA));
	else
		assert_null(rproc.rsc_table);
	check_loaded(spec, image);
	check_canaries();
	assert_int_equal(live_allocations(), 0);
	memset(memory, FRESH, MEM_SIZE);
}
