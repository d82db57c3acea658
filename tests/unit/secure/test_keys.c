// SPDX-License-Identifier: GPL-2.0-only
/* Files of keys, and how long a check takes. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static char error[SECURE_TEXT_MAX];

static void only_its_owner_can_read_a_secret_key(void **state)
{
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(amp_secure_keygen(in_dir("mode.key"), in_dir("mode.pub"), false, error), 0);
	umask(mask);
	assert_int_equal(stat(in_dir("mode.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(in_dir("mode.pub"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void keys_are_replaced_only_when_that_is_said(void **state)
{
	struct secure_key before, after;

	(void)state;
	assert_int_equal(amp_secure_keygen(in_dir("c.key"), in_dir("c.pub"), false, error), 0);
	assert_int_equal(amp_key_load(&before, in_dir("c.pub"), error), 0);
	assert_int_equal(amp_secure_keygen(in_dir("c.key"), in_dir("other.pub"), false, error), -1);
	assert_non_null(strstr(error, "is there already: --force replaces it"));
	assert_int_equal(amp_secure_keygen(in_dir("other.key"), in_dir("c.pub"), false, error), -1);
	assert_int_not_equal(access(in_dir("other.key"), F_OK), 0);
	assert_int_equal(amp_key_load(&after, in_dir("c.pub"), error), 0);
	assert_memory_equal(before.ed25519, after.ed25519, sizeof(before.ed25519));
	assert_int_equal(amp_secure_keygen(in_dir("c.key"), in_dir("c.pub"), true, error), 0);
	assert_int_equal(amp_key_load(&after, in_dir("c.pub"), error), 0);
	assert_memory_not_equal(before.ed25519, after.ed25519, sizeof(before.ed25519));
}

static void store(const char *name, const char *text)
{
	FILE *out = fopen(in_dir(name), "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void files_that_are_no_keys_are_refused(void **state)
{
	struct secure_secret secret;
	struct secure_key key;

	(void)state;
	assert_int_equal(amp_key_load(&key, in_dir("nothing"), error), -1);
	assert_non_null(strstr(error, "No such file or directory"));
	assert_int_equal(amp_key_load(&key, in_dir("a.key"), error), -1);
	assert_non_null(strstr(error, "neither a public key of minisign nor one in PEM"));
	store("text", "untrusted comment: x\nhello\n");
	assert_int_equal(amp_key_load(&key, in_dir("text"), error), -1);
	store("bad.pem", "-----BEGIN PUBLIC KEY-----\nhello\n-----END PUBLIC KEY-----\n");
	assert_int_equal(amp_key_load(&key, in_dir("bad.pem"), error), -1);
	assert_non_null(strstr(error, "not a public key in PEM"));
	assert_int_equal(amp_secret_load(&secret, in_dir("a.pub"), error), -1);
	assert_non_null(strstr(error, "not a secret key of minisign"));
}

static void a_secret_key_with_a_password_is_refused(void **state)
{
	struct secure_secret secret;
	struct secure_file file;
	char *line;

	(void)state;
	assert_int_equal(amp_secure_read(&file, in_dir("a.key"), 4096), 0);
	file.data[file.size] = '\0';
	line = strchr((char *)file.data, '\n') + 1;
	memcpy(line, "RWRTYw", 6); /* "Ed", then "Sc": scrypt */
	store("password.key", (char *)file.data);
	amp_secure_free(&file);
	assert_int_equal(amp_secret_load(&secret, in_dir("password.key"), error), -1);
	assert_non_null(strstr(error, "it has a password"));
}

static void a_damaged_secret_key_is_refused(void **state)
{
	struct secure_secret secret;
	struct secure_file file;

	(void)state;
	assert_int_equal(amp_secure_read(&file, in_dir("a.key"), 4096), 0);
	file.data[file.size] = '\0';
	file.data[file.size - 100] ^= 1;
	store("damaged.key", (char *)file.data);
	amp_secure_free(&file);
	assert_int_equal(amp_secret_load(&secret, in_dir("damaged.key"), error), -1);
}

static void weak_keys_are_refused(void **state)
{
	EVP_PKEY *keys[] = {EVP_RSA_gen(1024), EVP_EC_gen("P-384")};
	static const char *const reasons[] = {"RSA of 1024 bits", "neither RSA nor ECDSA on P-256"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		FILE *out = fopen(in_dir("weak.pem"), "w");
		struct secure_key key;

		PEM_write_PUBKEY(out, keys[i]);
		fclose(out);
		assert_int_equal(amp_key_load(&key, in_dir("weak.pem"), error), -1);
		assert_non_null(strstr(error, reasons[i]));
		amp_key_drop(&key);
		EVP_PKEY_free(keys[i]);
	}
}

static double processor_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The best of five, in time of the processor: what others do on the machine does not count. */
static void a_check_of_a_mebibyte_takes_less_than_50_ms(void **state)
{
	size_t size = 1 << 20;
	uint8_t *data = calloc(1, size);
	char signature[SECURE_SIGNATURE_MAX];
	struct secure_secret secret;
	struct secure_image image;
	double best = 1e9;

	(void)state;
	assert_non_null(data);
	assert_int_equal(amp_secret_load(&secret, in_dir("a.key"), error), 0);
	assert_int_equal(amp_secure_sign(&secret, data, size, "core:m3 version:1", signature, error), 0);
	for (int i = 0; i < 5; i++) {
		double begin = processor_ms();

		assert_int_equal(
			amp_secure_verify(&minisign_key, data, size, signature, strlen(signature), &image, error), 0);
		begin = processor_ms() - begin;
		best = begin < best ? begin : best;
	}
	free(data);
	print_message("%.2f ms\n", best);
	assert_true(best < 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_its_owner_can_read_a_secret_key),
		cmocka_unit_test(keys_are_replaced_only_when_that_is_said),
		cmocka_unit_test(files_that_are_no_keys_are_refused),
		cmocka_unit_test(a_secret_key_with_a_password_is_refused),
		cmocka_unit_test(a_damaged_secret_key_is_refused),
		cmocka_unit_test(weak_keys_are_refused),
		cmocka_unit_test(a_check_of_a_mebibyte_takes_less_than_50_ms),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
