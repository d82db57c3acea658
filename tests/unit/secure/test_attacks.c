// SPDX-License-Identifier: GPL-2.0-only
/* Signed images are taken; each attack is refused, with the reason that Linux is told. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define COMMENT "timestamp:1\tfile:fw.elf\tcore:m3\tversion:7\thashed"

static struct firmware firmware;
static struct signed_file file;

static int fresh(void **state)
{
	(void)state;
	make_firmware(&firmware);
	file = (struct signed_file){0};
	return 0;
}

static void refused(const struct secure_key *key, const char *because)
{
	const char *reason = judge(key, &file);

	if (!strstr(reason, because))
		fail_msg("\"%s\" is not \"%s\"", reason, because);
}

/* ------------------------------------------------------------------ what is taken */

static void a_signed_image_is_taken(void **state)
{
	(void)state;
	sign(&file, &firmware, COMMENT);
	assert_string_equal(judge(&minisign_key, &file), "");
	sign_legacy(&file, &firmware, COMMENT);
	assert_string_equal(judge(&minisign_key, &file), "");
}

static void an_image_for_several_cores_is_taken_by_each(void **state)
{
	(void)state;
	sign(&file, &firmware, "core:m33 core:m3 version:7");
	assert_string_equal(judge(&minisign_key, &file), "");
}

static void a_container_is_taken(void **state)
{
	const struct secure_key *keys[] = {&rsa_key, &ecdsa_key};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct container_spec spec = spec_of(keys[i]);

		sign_container(&file, &firmware, &spec);
		assert_string_equal(judge(keys[i], &file), "");
	}
}

/* ------------------------------------------------------------------ attacks on the signature */

static void an_unsigned_image(void **state)
{
	(void)state;
	sign(&file, &firmware, COMMENT);
	file.signature_size = 0;
	refused(&minisign_key, "it is not signed: there is no .minisig");
	refused(&rsa_key, "it is not signed: it is no container");
}

static void a_changed_image(void **state)
{
	(void)state;
	sign(&file, &firmware, COMMENT);
	for (size_t i = 0; i < file.size; i += 13) {
		file.data[i] ^= 1;
		refused(&minisign_key, "its signature is wrong");
		file.data[i] ^= 1;
	}
	sign_legacy(&file, &firmware, COMMENT);
	file.data[sizeof(firmware) - 1] ^= 1;
	refused(&minisign_key, "its signature is wrong");
}

static void an_image_signed_with_another_key(void **state)
{
	struct secure_key other;
	char error[SECURE_TEXT_MAX];

	(void)state;
	assert_int_equal(amp_secure_keygen(in_dir("b.key"), in_dir("b.pub"), true, error), 0);
	assert_int_equal(amp_key_load(&other, in_dir("b.pub"), error), 0);
	sign(&file, &firmware, COMMENT);
	refused(&other, "it is signed with key ");
	/* … which says that it is ours */
	memcpy(other.id, minisign_key.id, sizeof(other.id));
	refused(&other, "its signature is wrong");
}

static void a_truncated_image(void **state)
{
	(void)state;
	sign(&file, &firmware, COMMENT);
	for (size_t size = 0; size < sizeof(firmware); size += 37) {
		file.size = size;
		refused(&minisign_key, "its signature is wrong");
	}
}

static void a_truncated_signature(void **state)
{
	size_t whole;

	(void)state;
	sign(&file, &firmware, COMMENT);
	whole = file.signature_size - 1; /* a missing last line end harms nobody */
	for (size_t size = 1; size < whole; size++) {
		file.signature_size = size;
		assert_string_not_equal(judge(&minisign_key, &file), "");
	}
	file.signature_size = 20;
	refused(&minisign_key, "damaged or cut short: line 2");
}

static void a_changed_comment(void **state)
{
	char *version;

	(void)state;
	sign(&file, &firmware, COMMENT);
	version = strstr(file.signature, "version:7");
	version[8] = '8';
	refused(&minisign_key, "the trusted comment of its signature has been changed");
}

static void the_comment_of_another_image(void **state)
{
	struct signed_file other = {0};

	(void)state;
	sign(&file, &firmware, COMMENT);
	firmware.code[0] ^= 1;
	sign(&other, &firmware, "core:m3 version:9");
	/* the first two lines of one, the last two of the other */
	strcpy(strstr(file.signature, "trusted comment: time"), strstr(other.signature, "trusted comment: core"));
	file.signature_size = strlen(file.signature);
	refused(&minisign_key, "the trusted comment of its signature has been changed");
}

static void an_unknown_algorithm(void **state)
{
	(void)state;
	sign(&file, &firmware, COMMENT);
	memcpy(strchr(file.signature, '\n') + 1, "RVQ", 3);
	refused(&minisign_key, "unknown algorithm");
}

static void a_signature_that_is_too_long(void **state)
{
	static char longer[SECURE_SIGNATURE_MAX + 1];
	struct secure_image image;
	char error[SECURE_TEXT_MAX];

	(void)state;
	assert_int_equal(
		amp_secure_verify(&minisign_key, &firmware, sizeof(firmware), longer, sizeof(longer), &image, error),
		-1);
	assert_string_equal(error, "its signature has 4097 bytes, 4096 are the most");
}

/* ------------------------------------------------------------------ attacks on what is signed with it */

static void an_image_for_another_core(void **state)
{
	(void)state;
	sign(&file, &firmware, "core:m33 core:m3b version:7");
	refused(&minisign_key, "it is signed for core m33 m3b, not for m3");
}

static void a_signature_that_says_too_little(void **state)
{
	(void)state;
	sign(&file, &firmware, "timestamp:1\tversion:7");
	refused(&minisign_key, "does not say for which core it is");
	sign(&file, &firmware, "core:m3");
	refused(&minisign_key, "does not say which version it is");
	sign(&file, &firmware, "core:m3 version:-1");
	refused(&minisign_key, "a version that is no number");
	sign(&file, &firmware, "core:m3 version:4294967296");
	refused(&minisign_key, "a version that is no number");
	sign(&file, &firmware, "core:m3 version:7 version:8");
	refused(&minisign_key, "or two");
}

/* ------------------------------------------------------------------ attacks by the place */

static void refused_when_signed(const char *because)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	spec.entry = firmware.header.e_entry;
	sign(&file, &firmware, COMMENT);
	refused(&minisign_key, because);
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, because);
}

static void code_in_shared_memory(void **state)
{
	(void)state;
	firmware.segment[TABLE].p_flags |= PF_X;
	refused_when_signed("segment 1 at 0x21100000 + 0x1000 is code in shared memory, where Linux can write");
}

static void a_segment_outside(void **state)
{
	static const uint32_t places[] = {0,          PRIVATE_DA - 4,  PRIVATE_DA + 0x300000 - 4,
	                                  0x20000000, FIRMWARE_DA - 4, FIRMWARE_DA + 0x700000,
	                                  0xfffffffc};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		firmware.segment[TABLE].p_paddr = places[i];
		refused_when_signed("is outside private and firmware memory");
	}
}

static void an_entry_point_elsewhere(void **state)
{
	static const uint32_t places[] = {0, FIRMWARE_DA, PRIVATE_DA - 1, PRIVATE_DA + CODE_SIZE, DATA_DA};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		firmware.header.e_entry = places[i];
		refused_when_signed("is not in a segment of code in private memory");
	}
}

static void a_resource_table_in_private_memory(void **state)
{
	(void)state;
	firmware.section[2].sh_addr = PRIVATE_DA;
	refused_when_signed("its resource table at 0x100000 + 0x40 is outside the firmware memory");
}

static void an_image_of_another_machine(void **state)
{
	(void)state;
	firmware.header.e_machine = EM_RISCV;
	refused_when_signed("it is for ELF machine 243 of class 1, core m3 needs 40 of class 1");
}

static void what_is_signed_is_no_elf_file(void **state)
{
	(void)state;
	firmware.header.e_ident[0] = 0;
	refused_when_signed("it is not an ELF file");
}

static void tables_beyond_the_file(void **state)
{
	(void)state;
	firmware.header.e_shoff = 0xfffffff0;
	refused_when_signed("section headers are beyond");
	make_firmware(&firmware);
	firmware.section[1].sh_offset = 0xfffffff0;
	refused_when_signed("its section names are beyond");
	make_firmware(&firmware);
	firmware.header.e_phoff = 0xfffffff0;
	sign(&file, &firmware, COMMENT);
	refused(&minisign_key, "program headers are beyond");
	make_firmware(&firmware);
	firmware.segment[CODE].p_offset = 0xfffffff0;
	sign(&file, &firmware, COMMENT);
	refused(&minisign_key, "segment 0 is beyond");
}

/* ------------------------------------------------------------------ attacks on the container */

static void a_changed_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);
	size_t end;

	(void)state;
	sign_container(&file, &firmware, &spec);
	end = (size_t)((uint8_t *)firmware_in(&file, &ecdsa_key) - file.data);
	for (size_t i = 0; i < end; i++) {
		file.data[i] ^= 1;
		assert_string_not_equal(judge(&ecdsa_key, &file), "");
		file.data[i] ^= 1;
	}
	file.data[30] ^= 1;
	refused(&ecdsa_key, "its signature is wrong");
}

static void a_truncated_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);
	size_t whole;

	(void)state;
	sign_container(&file, &firmware, &spec);
	whole = file.size;
	for (file.size = 0; file.size < whole; file.size++)
		assert_string_not_equal(judge(&ecdsa_key, &file), "");
	file.size = whole - 8;
	refused(&ecdsa_key, "it is truncated, or its header lies");
}

static void a_container_signed_with_another_key(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	sign_container(&file, &firmware, &spec);
	refused(&rsa_key, "its signature is wrong");
}

static void swapped_code_in_a_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	sign_container(&file, &firmware, &spec);
	firmware_in(&file, &ecdsa_key)->code[17] ^= 1;
	refused(&ecdsa_key, "its segment 0 at 0x100000 is not the one that was signed");
}

/* The ELF header is not signed in this format. */
static void another_entry_point_in_a_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	sign_container(&file, &firmware, &spec);
	firmware_in(&file, &ecdsa_key)->header.e_entry += 2;
	refused(&ecdsa_key, "its entry point is 0x100043, 0x100041 was signed");
}

static void another_program_header_in_a_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	sign_container(&file, &firmware, &spec);
	firmware_in(&file, &ecdsa_key)->segment[CODE].p_paddr += 4;
	refused(&ecdsa_key, "its program header 0 is not the one that was signed");
	sign_container(&file, &firmware, &spec);
	firmware_in(&file, &ecdsa_key)->header.e_phnum = 1;
	refused(&ecdsa_key, "its hashes are of 2 program headers, but it has 1");
}

static void a_resource_table_that_is_moved_in_a_container(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	sign_container(&file, &firmware, &spec);
	firmware_in(&file, &ecdsa_key)->section[2].sh_addr = PRIVATE_DA;
	refused(&ecdsa_key, "its resource table at 0x100000 + 0x40 is outside the firmware memory");
}

static void tlvs_that_lie(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	spec.tlv_lie = 0x7ffffff0;
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "its TLV 0x10 has ");
	spec = spec_of(&ecdsa_key);
	spec.tlv_lie = -64;
	sign_container(&file, &firmware, &spec);
	assert_string_not_equal(judge(&ecdsa_key, &file), "");
	spec = spec_of(&ecdsa_key);
	spec.twice = true;
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "its TLV 0x10000 is there twice");
	spec = spec_of(&ecdsa_key);
	spec.images = 2;
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "its TLV 0x3 (number of images) is 2, only 1 is taken");
	spec = spec_of(&ecdsa_key);
	spec.sign_type = 1;
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "its TLV 0x1 (type of signature) is 1, only 2 is taken");
}

static void a_container_for_another_core(void **state)
{
	struct container_spec spec = spec_of(&ecdsa_key);

	(void)state;
	spec.core = "m33";
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "it is signed for core m33, not for m3");
	spec.core = NULL;
	sign_container(&file, &firmware, &spec);
	refused(&ecdsa_key, "its TLV 0x10001 (core) is missing");
}

/* ------------------------------------------------------------------ old images */

static void a_replayed_image(void **state)
{
	const char *path = in_dir("accepted");
	char error[SECURE_TEXT_MAX];
	uint32_t version;

	(void)state;
	assert_int_equal(amp_rollback_read(path, "m3", &version, error), 0);
	assert_int_equal(version, 0);
	assert_int_equal(amp_rollback_raise(path, "m3", 7, error), 0);
	assert_int_equal(amp_rollback_raise(path, "m33", 3, error), 0);
	assert_int_equal(amp_rollback_raise(path, "m3", 7, error), 0); /* the same again is not older */
	assert_int_equal(amp_rollback_raise(path, "m3", 6, error), -1);
	assert_string_equal(error, "it is old: version 6, and version 7 has been accepted before");
	assert_int_equal(amp_rollback_read(path, "m3", &version, error), 0);
	assert_int_equal(version, 7);
	assert_int_equal(amp_rollback_read(path, "m33", &version, error), 0);
	assert_int_equal(version, 3);
}

static void a_damaged_counter_accepts_nothing(void **state)
{
	/* one for each: a text and its size, since a name with a NUL would not be written as it was read */
	static const struct {
		const char *text;
		size_t size;
	} files[] = {
#define FILE_OF(text) {text, sizeof(text) - 1}
		FILE_OF(""),        FILE_OF("m3 7"),     FILE_OF("m3\n"),         FILE_OF("m3 seven\n"),
		FILE_OF("m3 \n"),   FILE_OF("m3 7 8\n"), FILE_OF(" 7\n"),         FILE_OF("m3 99999999999\n"),
		FILE_OF("m3 -1\n"), FILE_OF("m3\0 7\n"), FILE_OF("m3 7\nm3 9\n"), FILE_OF("m3 4294967296\n"),
#undef FILE_OF
	};
	char error[SECURE_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = in_dir("damaged");
		FILE *out = fopen(path, "w");
		uint32_t version;

		fwrite(files[i].text, 1, files[i].size, out);
		fclose(out);
		assert_int_equal(amp_rollback_read(path, "m3", &version, error), -1);
		assert_non_null(strstr(error, "is damaged: mend it by hand"));
		assert_int_equal(amp_rollback_raise(path, "m3", 9, error), -1);
	}
}

static void a_counter_that_cannot_be_written_accepts_nothing(void **state)
{
	char error[SECURE_TEXT_MAX];

	(void)state;
	assert_int_equal(amp_rollback_raise(in_dir("missing/accepted"), "m3", 9, error), -1);
	assert_non_null(strstr(error, "cannot be written: No such file or directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_signed_image_is_taken, fresh),
		cmocka_unit_test_setup(an_image_for_several_cores_is_taken_by_each, fresh),
		cmocka_unit_test_setup(a_container_is_taken, fresh),
		cmocka_unit_test_setup(an_unsigned_image, fresh),
		cmocka_unit_test_setup(a_changed_image, fresh),
		cmocka_unit_test_setup(an_image_signed_with_another_key, fresh),
		cmocka_unit_test_setup(a_truncated_image, fresh),
		cmocka_unit_test_setup(a_truncated_signature, fresh),
		cmocka_unit_test_setup(a_changed_comment, fresh),
		cmocka_unit_test_setup(the_comment_of_another_image, fresh),
		cmocka_unit_test_setup(an_unknown_algorithm, fresh),
		cmocka_unit_test_setup(a_signature_that_is_too_long, fresh),
		cmocka_unit_test_setup(an_image_for_another_core, fresh),
		cmocka_unit_test_setup(a_signature_that_says_too_little, fresh),
		cmocka_unit_test_setup(code_in_shared_memory, fresh),
		cmocka_unit_test_setup(a_segment_outside, fresh),
		cmocka_unit_test_setup(an_entry_point_elsewhere, fresh),
		cmocka_unit_test_setup(a_resource_table_in_private_memory, fresh),
		cmocka_unit_test_setup(an_image_of_another_machine, fresh),
		cmocka_unit_test_setup(what_is_signed_is_no_elf_file, fresh),
		cmocka_unit_test_setup(tables_beyond_the_file, fresh),
		cmocka_unit_test_setup(a_changed_container, fresh),
		cmocka_unit_test_setup(a_truncated_container, fresh),
		cmocka_unit_test_setup(a_container_signed_with_another_key, fresh),
		cmocka_unit_test_setup(swapped_code_in_a_container, fresh),
		cmocka_unit_test_setup(another_entry_point_in_a_container, fresh),
		cmocka_unit_test_setup(another_program_header_in_a_container, fresh),
		cmocka_unit_test_setup(a_resource_table_that_is_moved_in_a_container, fresh),
		cmocka_unit_test_setup(tlvs_that_lie, fresh),
		cmocka_unit_test_setup(a_container_for_another_core, fresh),
		cmocka_unit_test_setup(a_replayed_image, fresh),
		cmocka_unit_test_setup(a_damaged_counter_accepts_nothing, fresh),
		cmocka_unit_test_setup(a_counter_that_cannot_be_written_accepts_nothing, fresh),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
