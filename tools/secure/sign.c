// SPDX-License-Identifier: GPL-2.0-only
/* Making keys and signatures, in minisign's files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "internal.h"

/* As minisign: what is signed with the image, and those bytes. */
#define SIGNATURE_BYTES (2 + SECURE_KEY_ID + crypto_sign_BYTES)
#define SECRET_BYTES    (2 + 2 + 2 + 32 + 8 + 8 + SECURE_KEY_ID + 64 + 32)
#define PUBLIC_BYTES    (2 + SECURE_KEY_ID + 32)
#define LINE_MAX_BYTES  512

static void encode(char *out, size_t room, const uint8_t *bytes, size_t size)
{
	sodium_bin2base64(out, room, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

static int there(const char *path, char *error)
{
	if (access(path, F_OK) == 0)
		return refuse(error, "%s is there already: --force replaces it, and what it signs is refused then",
		              path);
	return 0;
}

static int store(const char *path, const char *text, unsigned int mode, char *error)
{
	int err = amp_secure_replace(path, text, strlen(text), mode);

	return err ? refuse(error, "%s: %s", path, strerror(-err)) : 0;
}

int amp_secure_keygen(const char *secret_path, const char *public_path, bool force, char error[SECURE_TEXT_MAX])
{
	uint8_t secret[SECRET_BYTES] = "Ed\0\0B2", public[PUBLIC_BYTES] = "Ed", *keys = secret + 54;
	char line[LINE_MAX_BYTES], text[LINE_MAX_BYTES + 128], id[SECURE_ID_TEXT];
	struct secure_key key = {0};
	int err;

	if (sodium_init() < 0)
		return refuse(error, "libsodium cannot be used");
	if (!force && (there(secret_path, error) || there(public_path, error)))
		return -1;
	randombytes_buf(key.id, sizeof(key.id));
	crypto_sign_keypair(key.ed25519, keys + SECURE_KEY_ID);
	memcpy(keys, key.id, SECURE_KEY_ID);
	memcpy(public + 2, key.id, SECURE_KEY_ID);
	memcpy(public + 2 + SECURE_KEY_ID, key.ed25519, sizeof(key.ed25519));
	amp_key_id(&key, id);

	encode(line, sizeof(line), secret, sizeof(secret));
	amp_text(text, sizeof(text), COMMENT_UNTRUSTED "secret key %s, without a password\n%s\n", id, line);
	err = store(secret_path, text, 0600, error);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(line, sizeof(line));
	sodium_memzero(text, sizeof(text));
	if (err)
		return -1;
	encode(line, sizeof(line), public, sizeof(public));
	amp_text(text, sizeof(text), COMMENT_UNTRUSTED "minisign public key %s\n%s\n", id, line);
	return store(public_path, text, 0644, error);
}

int amp_secure_sign(const struct secure_secret *secret, const void *file, size_t size, const char *comment, char *out,
                    char error[SECURE_TEXT_MAX])
{
	uint8_t hash[crypto_generichash_BYTES_MAX], bytes[SIGNATURE_BYTES], all[crypto_sign_BYTES + LINE_MAX_BYTES + 1];
	uint8_t global[crypto_sign_BYTES], *signature = bytes + 2 + SECURE_KEY_ID;
	char line[LINE_MAX_BYTES], global_line[LINE_MAX_BYTES];
	size_t len = strlen(comment);

	if (sodium_init() < 0)
		return refuse(error, "libsodium cannot be used");
	if (len > LINE_MAX_BYTES || comment[strcspn(comment, "\r\n")] != '\0')
		return refuse(error, "the comment is too long, or has more than one line");
	crypto_generichash(hash, sizeof(hash), file, size, NULL, 0);
	bytes[0] = ALGORITHM_HASHED[0];
	bytes[1] = ALGORITHM_HASHED[1];
	memcpy(bytes + 2, secret->id, SECURE_KEY_ID);
	crypto_sign_detached(signature, NULL, hash, sizeof(hash), secret->ed25519);
	memcpy(all, signature, crypto_sign_BYTES);
	amp_text((char *)all + crypto_sign_BYTES, sizeof(all) - crypto_sign_BYTES, "%s", comment);
	crypto_sign_detached(global, NULL, all, crypto_sign_BYTES + len, secret->ed25519);
	encode(line, sizeof(line), bytes, sizeof(bytes));
	encode(global_line, sizeof(global_line), global, sizeof(global));
	amp_text(out, SECURE_SIGNATURE_MAX,
	         COMMENT_UNTRUSTED "signature by amprelay sign\n%s\n" COMMENT_TRUSTED "%s\n%s\n", line, comment,
	         global_line);
	return 0;
}
