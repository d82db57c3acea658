// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is signed in minisign's format, and its keys. Input: a file of a key; or else an image, a trusted comment, and a
 * list of changes to what was signed.
 */
#include "fuzz.h"

#include "secure/secure.h"

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHANGES_MAX 4

/* The same in each run. */
static struct secure_secret secret;
static struct secure_key key;

static void make_keys(void)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "a seed of a key for a fuzzer";

	fuzz_check(sodium_init() >= 0);
	crypto_sign_seed_keypair(key.ed25519, secret.ed25519, seed);
	memset(key.id, 0x5a, sizeof(key.id));
	memcpy(secret.id, key.id, sizeof(key.id));
}

/* ------------------------------------------------------------------ keys */

/* @return its descriptor, to be closed */
static int file_of(char path[32], const void *data, size_t size)
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	fuzz_check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void check_public(const struct secure_key *loaded)
{
	uint8_t bytes[2 + SECURE_KEY_ID + 32] = "Ed";
	char id[SECURE_ID_TEXT], path[32], text[128], line[96], error[SECURE_TEXT_MAX];
	struct secure_key again;
	int fd;

	amp_key_id(loaded, id);
	fuzz_check(strlen(id) == SECURE_ID_TEXT - 1 && strspn(id, "0123456789abcdefABCDEF") == SECURE_ID_TEXT - 1);
	if (loaded->pem)
		return;
	memcpy(bytes + 2, loaded->id, SECURE_KEY_ID);
	memcpy(bytes + 2 + SECURE_KEY_ID, loaded->ed25519, sizeof(loaded->ed25519));
	sodium_bin2base64(line, sizeof(line), bytes, sizeof(bytes), sodium_base64_VARIANT_ORIGINAL);
	snprintf(text, sizeof(text), "untrusted comment: \n%s", line);
	fd = file_of(path, text, strlen(text));
	fuzz_check(amp_key_load(&again, path, error) == 0);
	fuzz_check(memcmp(again.id, loaded->id, SECURE_KEY_ID) == 0 && memcmp(again.ed25519, loaded->ed25519, 32) == 0);
	close(fd);
}

/* What a secret key signs, its own second half verifies. */
static void check_secret(const struct secure_secret *loaded)
{
	char signature[SECURE_SIGNATURE_MAX], error[SECURE_TEXT_MAX];
	struct secure_key public = {0};
	struct secure_image image;

	memcpy(public.id, loaded->id, SECURE_KEY_ID);
	memcpy(public.ed25519, loaded->ed25519 + 32, 32);
	fuzz_check(amp_secure_sign(loaded, "image", 5, "core:m3 version:1", signature, error) == 0);
	fuzz_check(amp_secure_verify(&public, "image", 5, signature, strlen(signature), &image, error) == 0);
}

static void load_keys(struct fuzz_input *in)
{
	char path[32], error[SECURE_TEXT_MAX] = "";
	struct secure_secret other;
	struct secure_key loaded;
	int fd = file_of(path, in->data, in->left);

	if (amp_key_load(&loaded, path, error) == 0)
		check_public(&loaded);
	else
		fuzz_check(error[0] && memchr(error, '\0', sizeof(error)));
	amp_key_drop(&loaded);
	error[0] = '\0';
	if (amp_secret_load(&other, path, error) == 0)
		check_secret(&other);
	else
		fuzz_check(error[0] && fuzz_all(&other, sizeof(other), 0));
	close(fd);
}

/* ------------------------------------------------------------------ signatures */

/* Bytes in a block of their own size, so that the address sanitizer sees a read behind them. */
struct text {
	uint8_t *data;
	size_t size;
};

static struct text copy_of(const void *data, size_t size)
{
	struct text text = {malloc(size + !size), size};

	fuzz_check(text.data);
	memcpy(text.data, data, size);
	return text;
}

static void change(struct text *text, struct fuzz_input *in)
{
	size_t at = text->size ? fuzz_u16(in) % text->size : 0;
	uint8_t how = fuzz_u8(in), byte = fuzz_u8(in);
	struct text old = *text;

	switch (how % 4) {
	case 0: /* one more */
		*text = copy_of(old.data, old.size);
		free(old.data);
		text->data = realloc(text->data, text->size + 1);
		fuzz_check(text->data);
		memmove(text->data + at + 1, text->data + at, text->size - at);
		text->data[at] = byte;
		text->size++;
		break;
	case 1: /* cut off */
		*text = copy_of(old.data, at);
		free(old.data);
		break;
	default:
		if (text->size)
			text->data[at] = byte;
	}
}

static void take_comment(struct fuzz_input *in, char comment[256])
{
	size_t size = fuzz_u8(in);

	if (size & 1) {
		strcpy(comment, "core:m3 version:7 core:m3a");
		return;
	}
	fuzz_bytes(in, comment, size);
	comment[size] = '\0';
	for (size_t i = 0; i < size; i++) {
		if (strchr("\r\n", comment[i])) /* or at its end */
			comment[i] = ' ';
	}
}

static bool is_about_claims(const char *error)
{
	return strstr(error, "its signature does not say") || strstr(error, "a version that is no number") ||
	       strstr(error, "names an empty core");
}

static bool verify(const struct secure_key *with, const struct text *image, const struct text *signature,
                   struct secure_image *found, char *error)
{
	bool good;

	memset(error, 0, SECURE_TEXT_MAX);
	good = amp_secure_verify(with, image->data, image->size, signature->data, signature->size, found, error) == 0;
	fuzz_check(good == !error[0] && memchr(error, '\0', SECURE_TEXT_MAX));
	if (!good)
		return false;
	fuzz_check(found->elf == image->data && found->elf_size == image->size && !found->has_entry);
	fuzz_check(found->cores[0] && memchr(found->cores, '\0', sizeof(found->cores)));
	return true;
}

static void sign_and_change(struct fuzz_input *in)
{
	char comment[256], written[SECURE_SIGNATURE_MAX], error[SECURE_TEXT_MAX];
	struct secure_image honest, found;
	struct text image, signature, original;
	struct secure_key with = key;
	bool good;

	original.data = fuzz_block(in, fuzz_u8(in), &original.size);
	take_comment(in, comment);
	fuzz_check(amp_secure_sign(&secret, original.data, original.size, comment, written, error) == 0);
	image = copy_of(original.data, original.size);
	signature = copy_of(written, strlen(written));
	good = verify(&with, &image, &signature, &honest, error);
	fuzz_check(good || is_about_claims(error));
	for (int i = 0; i < CHANGES_MAX && in->left; i++) {
		uint8_t what = fuzz_u8(in);

		if (what < 100)
			change(&image, in);
		else if (what < 240)
			change(&signature, in);
		else
			with.ed25519[fuzz_u8(in) % 32] ^= fuzz_u8(in);
	}
	if (verify(&with, &image, &signature, &found, error)) {
		/* all that counts is as it was signed */
		fuzz_check(good && image.size == original.size);
		fuzz_check(memcmp(image.data, original.data, original.size) == 0);
		fuzz_check(memcmp(with.ed25519, key.ed25519, sizeof(key.ed25519)) == 0);
		fuzz_check(strcmp(found.cores, honest.cores) == 0 && found.version == honest.version);
	}
	free(image.data);
	free(signature.data);
	free(original.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	make_keys();
	if (fuzz_u8(&in) & 1)
		load_keys(&in);
	else
		sign_and_change(&in);
	return 0;
}
