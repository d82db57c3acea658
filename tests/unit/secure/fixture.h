/* SPDX-License-Identifier: GPL-2.0-only */
/* A small firmware with code in private memory, keys of both formats, and the two ways to sign it. */
#ifndef TESTS_SECURE_FIXTURE_H
#define TESTS_SECURE_FIXTURE_H

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secure/secure.h"

#define PRIVATE_DA  0x00100000u
#define DATA_DA     0x20100000u
#define FIRMWARE_DA 0x21100000u
#define CODE_SIZE   256u
#define ENTRY       (PRIVATE_DA + 0x41)
#define VERSION     7u

enum {
	CODE,
	TABLE,
	SEGMENTS
};

/** As it lies in the file. */
struct firmware {
	Elf32_Ehdr header;
	Elf32_Phdr segment[SEGMENTS];
	Elf32_Shdr section[3];
	char names[32];
	uint8_t code[CODE_SIZE];
	uint8_t table[64];
};

/** A file, and what is beside it. */
struct signed_file {
	uint8_t data[8192];
	size_t size;
	char signature[SECURE_SIGNATURE_MAX];
	size_t signature_size;
};

extern const struct secure_core m3;
extern struct secure_key minisign_key, rsa_key, ecdsa_key;

/** For a group of tests: makes the keys, in a directory of its own. */
int make_keys(void **state);
int drop_keys(void **state);
/** In that directory. */
const char *in_dir(const char *name);

void make_firmware(struct firmware *firmware);
/** With minisign's format, as `amprelay sign` does. */
void sign(struct signed_file *file, const struct firmware *firmware, const char *comment);
/** The legacy algorithm, "Ed". */
void sign_legacy(struct signed_file *file, const struct firmware *firmware, const char *comment);

/** What goes into OP-TEE's container. */
struct container_spec {
	const struct secure_key *key; /**< &rsa_key or &ecdsa_key */
	uint8_t sign_type, images;
	const char *core; /**< NULL: no such TLV */
	uint32_t version, entry;
	int32_t tlv_lie; /**< added to the length of the table of hashes */
	bool twice;      /**< the version is there twice */
};

struct container_spec spec_of(const struct secure_key *key);
void sign_container(struct signed_file *file, const struct firmware *firmware, const struct container_spec *spec);

/** Verifies and admits as the relay does. @return "" or the reason for which it was refused */
const char *judge(const struct secure_key *key, const struct signed_file *file);
/** The firmware of a file that has been signed, to be changed. */
struct firmware *firmware_in(struct signed_file *file, const struct secure_key *key);

#endif
