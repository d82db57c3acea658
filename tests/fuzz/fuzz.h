/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every fuzzer stands on: its input as a stream of choices, and claims that hold in all builds.
 *
 * A fuzzer is one source file with LLVMFuzzerTestOneInput(). It is linked with libFuzzer for `make fuzz`, and with
 * replay.c as an ordinary test that runs the kept corpus. What it claims is listed in
 * docs/explanation/trust-model.md.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One run. It starts from nothing and leaves nothing behind. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A claim of the trust model: the program ends if it does not hold. */
#define fuzz_check(claim) ((claim) ? (void)0 : fuzz_broken(#claim, __FILE__, __LINE__))

_Noreturn void fuzz_broken(const char *claim, const char *file, int line);

/** What is left of the input. Choices beyond its end are 0. */
struct fuzz_input {
	const uint8_t *data;
	size_t left;
};

uint8_t fuzz_u8(struct fuzz_input *in);
uint16_t fuzz_u16(struct fuzz_input *in);
uint32_t fuzz_u32(struct fuzz_input *in);

/** Fill `out`, with zeroes behind the end of the input. */
void fuzz_bytes(struct fuzz_input *in, void *out, size_t size);

/**
 * The next bytes as a block of their own from malloc(), at most `max`, so that the address sanitizer sees a read behind
 * them. The caller frees it.
 */
uint8_t *fuzz_block(struct fuzz_input *in, size_t max, size_t *size);

/** @return true if all `size` bytes are `value`. */
bool fuzz_all(const void *bytes, size_t size, uint8_t value);

#endif
