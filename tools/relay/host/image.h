/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A firmware that the relay loads: its bytes in the relay's own memory, where nobody else writes, and checked there if
 * the core takes signed firmware only. What is loaded afterwards is these bytes.
 *
 * Context: the event loop.
 */
#ifndef AMPRELAY_RELAY_IMAGE_H
#define AMPRELAY_RELAY_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "secure/secure.h"

struct core;

struct image {
	struct secure_file file, signature;
	const uint8_t *elf; /**< within the file */
	size_t elf_size;
	uint32_t version; /**< of one that is signed */
};

/** Reads a file of this machine, and its signature beside it. @return 0, or -1 and a text */
int amp_image_read(struct image *image, const struct core *core, const char *path, char *error, size_t error_size);

/**
 * Copies what the host has staged at the start of the firmware region, and wipes it there.
 *
 * @param size, signature_size  checked: they are within the region
 * @return 0, or -1 and a text
 */
int amp_image_take(struct image *image, struct core *core, uint32_t size, uint32_t signature_size, char *error,
                   size_t error_size);

/** Checks the copy, if the core asks for that. @return 0, or -1 and a text */
int amp_image_check(struct image *image, const struct core *core, char *error, size_t error_size);

/** Older images than this one are refused from now on. @return 0, or -1 and a text: it is one itself */
int amp_image_accept(const struct image *image, const struct core *core, char *error, size_t error_size);

void amp_image_drop(struct image *image);

/** The highest version that the core has accepted; 0: none, or that is not known. */
uint32_t amp_image_accepted(const struct core *core);

/** Reads the key by which the core's firmware is checked; nothing if it takes any. @return 0, or -1 and a text */
int amp_image_load_key(struct core *core, char *error, size_t error_size);

#endif /* AMPRELAY_RELAY_IMAGE_H */
