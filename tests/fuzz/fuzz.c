// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_broken(const char *claim, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

void fuzz_bytes(struct fuzz_input *in, void *out, size_t size)
{
	size_t n = size < in->left ? size : in->left;

	memset(out, 0, size);
	if (n)
		memcpy(out, in->data, n);
	in->data += n;
	in->left -= n;
}

uint8_t fuzz_u8(struct fuzz_input *in)
{
	uint8_t value;

	fuzz_bytes(in, &value, sizeof(value));
	return value;
}

uint16_t fuzz_u16(struct fuzz_input *in)
{
	uint16_t value;

	fuzz_bytes(in, &value, sizeof(value));
	return value;
}

uint32_t fuzz_u32(struct fuzz_input *in)
{
	uint32_t value;

	fuzz_bytes(in, &value, sizeof(value));
	return value;
}

uint8_t *fuzz_block(struct fuzz_input *in, size_t max, size_t *size)
{
	uint8_t *block;

	*size = in->left < max ? in->left : max;
	block = malloc(*size + !*size);
	if (!block)
		abort();
	fuzz_bytes(in, block, *size);
	return block;
}

bool fuzz_all(const void *bytes, size_t size, uint8_t value)
{
	const uint8_t *byte = bytes;

	while (size && *byte == value) {
		byte++;
		size--;
	}
	return size == 0;
}
