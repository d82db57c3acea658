// SPDX-License-Identifier: GPL-2.0-only
/* Keys in files: minisign's two, and PEM. */
#include <errno.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <sodium.h>

#include "internal.h"

#define KEY_FILE_MAX 16384
#define RSA_BITS_MIN 2048

/* ------------------------------------------------------------------ lines */

size_t amp_line_next(struct lines *lines, const char **line)
{
	const char *end;
	size_t len;

	if (lines->at == lines->end)
		return SIZE_MAX;
	end = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	*line = lines->at;
	len = (size_t)((end ? end : lines->end) - lines->at);
	lines->at = end ? end + 1 : lines->end;
	if (len && (*line)[len - 1] == '\r')
		len--;
	return len;
}

bool amp_line_decode(const char *line, size_t len, uint8_t *out, size_t size)
{
	size_t got;

	return len != SIZE_MAX &&
	       sodium_base642bin(out, size, line, len, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == size;
}

/* The second line, behind a comment. */
static bool take_second(const struct secure_file *file, uint8_t *out, size_t size)
{
	struct lines lines = {(const char *)file->data, (const char *)file->data + file->size};
	const char *line;
	size_t len = amp_line_next(&lines, &line);

	if (len == SIZE_MAX || len < strlen(COMMENT_UNTRUSTED) ||
	    memcmp(line, COMMENT_UNTRUSTED, strlen(COMMENT_UNTRUSTED)) != 0)
		return false;
	len = amp_line_next(&lines, &line);
	return amp_line_decode(line, len, out, size);
}

static int load(struct secure_file *file, const char *path, char *error)
{
	int err = sodium_init() < 0 ? -EIO : amp_secure_read(file, path, KEY_FILE_MAX);

	return err ? refuse(error, "key %s: %s", path, strerror(-err)) : 0;
}

/* ------------------------------------------------------------------ public keys */

/* Only what is as strong as the rest. */
static int check_pem(const struct evp_pkey_st *key, const char *path, char *error)
{
	char curve[32] = "";

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
		if (EVP_PKEY_get_bits(key) >= RSA_BITS_MIN)
			return 0;
		return refuse(error, "key %s: RSA of %d bits, %d are the least", path, EVP_PKEY_get_bits(key),
		              RSA_BITS_MIN);
	}
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) == 1 &&
	    strcmp(curve, "prime256v1") == 0)
		return 0;
	return refuse(error, "key %s: neither RSA nor ECDSA on P-256", path);
}

static int take_pem(struct secure_key *key, const struct secure_file *file, const char *path, char *error)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->size);

	key->pem = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	if (!key->pem)
		return refuse(error, "key %s: not a public key in PEM", path);
	return check_pem(key->pem, path, error);
}

int amp_key_load(struct secure_key *key, const char *path, char error[SECURE_TEXT_MAX])
{
	uint8_t bytes[2 + SECURE_KEY_ID + 32];
	struct secure_file file;
	int err;

	*key = (struct secure_key){0};
	if (load(&file, path, error))
		return -1;
	if (file.size >= 10 && memcmp(file.data, "-----BEGIN", 10) == 0) {
		err = take_pem(key, &file, path, error);
	} else if (!take_second(&file, bytes, sizeof(bytes)) || memcmp(bytes, ALGORITHM_LEGACY, 2) != 0) {
		err = refuse(error, "key %s: neither a public key of minisign nor one in PEM", path);
	} else {
		memcpy(key->id, bytes + 2, SECURE_KEY_ID);
		memcpy(key->ed25519, bytes + 2 + SECURE_KEY_ID, sizeof(key->ed25519));
		err = 0;
	}
	amp_secure_free(&file);
	return err;
}

void amp_key_drop(struct secure_key *key)
{
	EVP_PKEY_free(key->pem);
	key->pem = NULL;
}

void amp_key_id(const struct secure_key *key, char out[SECURE_ID_TEXT])
{
	uint8_t hash[SHA256_DIGEST_LENGTH] = {0};
	unsigned char *der = NULL;
	int len;

	if (!key->pem) { /* as minisign shows it: a number */
		for (size_t i = 0; i < SECURE_KEY_ID; i++)
			amp_text(out + 2 * i, 3, "%02X", key->id[SECURE_KEY_ID - 1 - i]);
		return;
	}
	len = i2d_PUBKEY(key->pem, &der);
	if (len > 0)
		SHA256(der, (size_t)len, hash);
	OPENSSL_free(der);
	amp_text_hex(out, hash, 8);
}

/* ------------------------------------------------------------------ secret keys */

/* Signature algorithm, key derivation, checksum, then what a password would need: 32 bytes and two numbers. */
#define SECRET_HEAD (2 + 2 + 2 + 32 + 8 + 8)

int amp_secret_load(struct secure_secret *secret, const char *path, char error[SECURE_TEXT_MAX])
{
	uint8_t bytes[SECRET_HEAD + SECURE_KEY_ID + 64 + 32], seed[32], public[32], again[64];
	struct secure_file file;
	int err = 0;

	if (load(&file, path, error))
		return -1;
	if (!take_second(&file, bytes, sizeof(bytes)) || memcmp(bytes, ALGORITHM_LEGACY, 2) != 0) {
		err = refuse(error, "key %s: not a secret key of minisign", path);
	} else if (memcmp(bytes + 2, "\0", 2) != 0) {
		err = refuse(error, "key %s: it has a password: only keys without one ('minisign -G -W') sign here",
		             path);
	} else {
		memcpy(secret->id, bytes + SECRET_HEAD, SECURE_KEY_ID);
		memcpy(secret->ed25519, bytes + SECRET_HEAD + SECURE_KEY_ID, sizeof(secret->ed25519));
		/* Its second half is the public key. */
		crypto_sign_ed25519_sk_to_seed(seed, secret->ed25519);
		crypto_sign_seed_keypair(public, again, seed);
		if (sodium_memcmp(again, secret->ed25519, sizeof(again)) != 0)
			err = refuse(error, "key %s: it is damaged", path);
	}
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(again, sizeof(again));
	sodium_memzero(file.data, file.size);
	amp_secure_free(&file);
	if (err)
		amp_secret_wipe(secret);
	return err;
}

void amp_secret_wipe(struct secure_secret *secret)
{
	sodium_memzero(secret, sizeof(*secret));
}
