/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signed firmware: is it whole, from whom is it, for which core, is it an old one, and would all of its code lie where
 * Linux cannot write?
 *
 * What is checked here is bytes in memory that nobody else can write, and the same bytes have to be loaded afterwards.
 * Two formats are known; which one counts for a core is told by its key:
 *
 *   a key of minisign   the ELF file, and beside it FILE.minisig, as minisign writes it: Ed25519, over the file
 *                       (legacy, "Ed") or its BLAKE2b hash ("ED"). The trusted comment, which is signed as well, has
 *                       words `core:NAME` and `version:N`
 *   a PEM public key    OP-TEE's container of an ELF file, its header and a hash for each of its program headers,
 * signed by RSA (PKCS#1 v1.5) or ECDSA on P-256, with SHA-256. Its platform TLVs say the rest: SECURE_TLV_*
 *
 * Texts of errors are one line of at most SECURE_TEXT_MAX bytes with their NUL, so that Linux can be told them.
 */
#ifndef AMPRELAY_SECURE_H
#define AMPRELAY_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECURE_TEXT_MAX      128
#define SECURE_CORES_MAX     128 /**< bytes of the names of cores that an image is for, with the NUL */
#define SECURE_KEY_ID        8
#define SECURE_ID_TEXT       17
#define SECURE_SIGNATURE_MAX 4096 /**< bytes of a FILE.minisig */
#define SECURE_SUFFIX        ".minisig"
#define SECURE_PRIVATE_MAX   2

/** Platform TLVs of OP-TEE's container. */
#define SECURE_TLV_VERSION 0x10000u /**< 4 bytes: its version, against old images */
#define SECURE_TLV_CORE    0x10001u /**< text: the core that it is for, or several with spaces between them */
#define SECURE_TLV_ENTRY   0x10002u /**< 4 bytes: the entry point, since that format does not sign the ELF header */

/* ------------------------------------------------------------------ keys: key.c */

/** A public key. */
struct secure_key {
	struct evp_pkey_st *pem;   /**< NULL: it is one of minisign */
	uint8_t id[SECURE_KEY_ID]; /**< of minisign */
	uint8_t ed25519[32];
};

/** What runs `minisign -G -W`, without a password: for who signs. */
struct secure_secret {
	uint8_t id[SECURE_KEY_ID];
	uint8_t ed25519[64]; /**< to be wiped: amp_secret_wipe() */
};

/** Reads a public key: of minisign, or PEM. @return 0, or -1 and a text. The key is to be dropped then as well */
int amp_key_load(struct secure_key *key, const char *path, char error[SECURE_TEXT_MAX]);
void amp_key_drop(struct secure_key *key);
/** What people know the key by: minisign's key id, or the beginning of the SHA-256 of a PEM key. */
void amp_key_id(const struct secure_key *key, char out[SECURE_ID_TEXT]);

/** Reads a secret key of minisign that has no password. @return 0, or -1 and a text */
int amp_secret_load(struct secure_secret *secret, const char *path, char error[SECURE_TEXT_MAX]);
void amp_secret_wipe(struct secure_secret *secret);

/* ------------------------------------------------------------------ to sign: sign.c */

/**
 * Makes a pair of keys: `secret_path`, which only its owner can read, and `public_path`.
 *
 * @param force  replace files that are there
 * @return 0, or -1 and a text: nothing has been replaced
 */
int amp_secure_keygen(const char *secret_path, const char *public_path, bool force, char error[SECURE_TEXT_MAX]);

/**
 * Signs the file's bytes: writes minisign's four lines.
 *
 * @param comment  the trusted one, without line ends
 * @param out      SECURE_SIGNATURE_MAX bytes
 * @return 0, or -1 and a text
 */
int amp_secure_sign(const struct secure_secret *secret, const void *file, size_t size, const char *comment, char *out,
                    char error[SECURE_TEXT_MAX]);

/* ------------------------------------------------------------------ to check: check.c */

/** An image whose signature is right. The rest of it has not been looked at. */
struct secure_image {
	const uint8_t *elf; /**< within the file that was given */
	size_t elf_size;
	bool has_entry; /**< of OP-TEE's format: the ELF header's own may have been forged */
	uint64_t entry;
	char cores[SECURE_CORES_MAX]; /**< that it is for, with spaces between them */
	uint32_t version;
};

/** Is it OP-TEE's container? */
bool amp_secure_is_container(const void *file, size_t size);

/**
 * Checks the signature, and takes what is signed with the image.
 *
 * @param signature  the bytes of FILE.minisig; NULL: there are none, as it should be with OP-TEE's format
 * @return 0, or -1 and a text that says what is wrong
 */
int amp_secure_verify(const struct secure_key *key, const void *file, size_t size, const void *signature,
                      size_t signature_size, struct secure_image *image, char error[SECURE_TEXT_MAX]);

struct secure_range {
	uint64_t base, size;
};

/** What of a core matters here. */
struct secure_core {
	const char *name;
	uint32_t elf_machine, elf_class;
	struct secure_range shared; /**< where firmware may lie that Linux can write as well */
	struct secure_range private[SECURE_PRIVATE_MAX];
	uint32_t num_private;
};

/**
 * May this image run on this core? It must be signed for it, all of its code and its entry point must be in the core's
 * private memory, its resource table in the shared one, and nothing anywhere else.
 *
 * @return 0, or -1 and a text
 */
int amp_secure_admit(const struct secure_core *core, const struct secure_image *image, char error[SECURE_TEXT_MAX]);

/* ------------------------------------------------------------------ old images: rollback.c */

/**
 * The highest version that was accepted of a core's firmware; 0 if there is no file yet. A file that is not as
 * amp_rollback_raise() writes it is an error, and not a 0.
 *
 * @return 0, or -1 and a text
 */
int amp_rollback_read(const char *path, const char *core, uint32_t *version, char error[SECURE_TEXT_MAX]);

/**
 * Makes `version` the lowest that is accepted from now on, if it is higher than what there is. When this returns 0 it
 * is on the disk; the file is replaced whole or not at all.
 *
 * @return 0, or -1 and a text; an image of a lower version is such an error
 */
int amp_rollback_raise(const char *path, const char *core, uint32_t version, char error[SECURE_TEXT_MAX]);

/* ------------------------------------------------------------------ files: file.c */

/** A file's bytes, as they were when it was read. */
struct secure_file {
	uint8_t *data;
	size_t size;
};

#define SECURE_FILE_MAX (64u << 20)

/** Reads a regular file of at most `max` bytes. @return 0, or a negative errno; -EFBIG, -EINVAL (not a regular file) */
int amp_secure_read(struct secure_file *file, const char *path, size_t max);
void amp_secure_free(struct secure_file *file);

/** Replaces a file whole or not at all, and has it on the disk then. @return 0 or a negative errno */
int amp_secure_replace(const char *path, const void *data, size_t size, unsigned int mode);

#endif /* AMPRELAY_SECURE_H */
