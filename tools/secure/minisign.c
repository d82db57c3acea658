// SPDX-License-Identifier: GPL-2.0-only
/* FILE.minisig: an untrusted comment, the signature of the file, a trusted comment, the signature of these two. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "internal.h"

#define SIGNATURE_BYTES (2 + SECURE_KEY_ID + crypto_sign_BYTES)

struct parsed {
	uint8_t bytes[SIGNATURE_BYTES]; /* algorithm, key id, signature */
	uint8_t global[crypto_sign_BYTES];
	const char *comment; /* the trusted one */
	size_t comment_len;
};

static bool begins(const char *line, size_t len, const char *with)
{
	return len != SIZE_MAX && len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static int parse(const void *text, size_t size, struct parsed *parsed, char *error)
{
	struct lines lines = {text, (const char *)text + size};
	const char *line = NULL;
	size_t len = amp_line_next(&lines, &line);

	if (size > SECURE_SIGNATURE_MAX)
		return refuse(error, "its signature has %zu bytes, %d are the most", size, SECURE_SIGNATURE_MAX);
	if (!begins(line, len, COMMENT_UNTRUSTED))
		return refuse(error, "its signature is none of minisign: no untrusted comment");
	len = amp_line_next(&lines, &line);
	if (!amp_line_decode(line, len, parsed->bytes, sizeof(parsed->bytes)))
		return refuse(error, "its signature is damaged or cut short: line 2");
	len = amp_line_next(&lines, &line);
	if (!begins(line, len, COMMENT_TRUSTED))
		return refuse(error, "its signature is damaged or cut short: no trusted comment in line 3");
	parsed->comment = line + strlen(COMMENT_TRUSTED);
	parsed->comment_len = len - strlen(COMMENT_TRUSTED);
	len = amp_line_next(&lines, &line);
	if (!amp_line_decode(line, len, parsed->global, sizeof(parsed->global)))
		return refuse(error, "its signature is damaged or cut short: line 4");
	return 0;
}

/* @return false: the number is none, or too large */
static bool take_number(const char *word, size_t len, uint32_t *number)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)word[i]))
			return false;
		value = 10 * value + (uint64_t)(word[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return len > 0;
}

static int add_core(struct secure_image *image, const char *name, size_t len, char *error)
{
	size_t used = strlen(image->cores);

	if (len == 0 || used + 1 + len >= sizeof(image->cores))
		return refuse(error, "its signature names an empty core, or too many");
	if (used)
		image->cores[used++] = ' ';
	memcpy(image->cores + used, name, len);
	image->cores[used + len] = '\0';
	return 0;
}

int amp_minisign_claims(const char *comment, size_t len, struct secure_image *image, char *error)
{
	const char *end = comment + len;
	unsigned int versions = 0;

	while (comment < end) {
		const char *word = comment;
		size_t n;

		while (comment < end && *comment != ' ' && *comment != '\t')
			comment++;
		n = (size_t)(comment - word);
		if (n > 5 && memcmp(word, "core:", 5) == 0 && add_core(image, word + 5, n - 5, error))
			return -1;
		if (n >= 8 && memcmp(word, "version:", 8) == 0 &&
		    (!take_number(word + 8, n - 8, &image->version) || versions++))
			return refuse(error, "its signature has a version that is no number up to 4294967295, or two");
		comment += comment < end;
	}
	if (!image->cores[0] || !versions)
		return refuse(error, "its signature does not say %s: sign it with 'core:NAME version:N' in the comment",
		              image->cores[0] ? "which version it is" : "for which core it is");
	return 0;
}

static bool is_signed(const struct secure_key *key, const struct parsed *parsed, const uint8_t *file, size_t size)
{
	const uint8_t *signature = parsed->bytes + 2 + SECURE_KEY_ID;
	uint8_t hash[crypto_generichash_BYTES_MAX];

	if (memcmp(parsed->bytes, ALGORITHM_LEGACY, 2) == 0)
		return crypto_sign_verify_detached(signature, file, size, key->ed25519) == 0;
	crypto_generichash(hash, sizeof(hash), file, size, NULL, 0);
	return crypto_sign_verify_detached(signature, hash, sizeof(hash), key->ed25519) == 0;
}

static bool comment_is_signed(const struct secure_key *key, const struct parsed *parsed)
{
	uint8_t all[crypto_sign_BYTES + SECURE_SIGNATURE_MAX];

	memcpy(all, parsed->bytes + 2 + SECURE_KEY_ID, crypto_sign_BYTES);
	memcpy(all + crypto_sign_BYTES, parsed->comment, parsed->comment_len);
	return crypto_sign_verify_detached(parsed->global, all, crypto_sign_BYTES + parsed->comment_len,
	                                   key->ed25519) == 0;
}

int amp_minisign_verify(const struct secure_key *key, const uint8_t *file, size_t size, const void *signature,
                        size_t signature_size, struct secure_image *image, char *error)
{
	char theirs[SECURE_ID_TEXT], ours[SECURE_ID_TEXT];
	struct secure_key signer = {0};
	struct parsed parsed;

	if (!signature)
		return refuse(error, "it is not signed: there is no %s beside it", SECURE_SUFFIX);
	if (sodium_init() < 0)
		return refuse(error, "libsodium cannot be used");
	if (parse(signature, signature_size, &parsed, error))
		return -1;
	if (memcmp(parsed.bytes, ALGORITHM_HASHED, 2) != 0 && memcmp(parsed.bytes, ALGORITHM_LEGACY, 2) != 0)
		return refuse(error, "its signature has an unknown algorithm: neither ED nor Ed");
	memcpy(signer.id, parsed.bytes + 2, SECURE_KEY_ID);
	if (memcmp(signer.id, key->id, SECURE_KEY_ID) != 0) {
		amp_key_id(&signer, theirs);
		amp_key_id(key, ours);
		return refuse(error, "it is signed with key %s, not with %s", theirs, ours);
	}
	if (!is_signed(key, &parsed, file, size))
		return refuse(error,
		              "its signature is wrong: it is not what was signed, or was signed with a false key");
	if (!comment_is_signed(key, &parsed))
		return refuse(error, "the trusted comment of its signature has been changed");
	image->elf = file;
	image->elf_size = size;
	return amp_minisign_claims(parsed.comment, parsed.comment_len, image, error);
}
