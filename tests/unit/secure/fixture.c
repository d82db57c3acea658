// SPDX-License-Identifier: GPL-2.0-only
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <sodium.h>

const struct secure_core m3 = {
	.name = "m3",
	.elf_machine = EM_ARM,
	.elf_class = ELFCLASS32,
	.shared = {FIRMWARE_DA, 0x700000},
	.private = {{PRIVATE_DA, 0x300000}, {DATA_DA, 0x300000}},
	.num_private = 2,
};
struct secure_key minisign_key, rsa_key, ecdsa_key;
static EVP_PKEY *rsa_secret, *ecdsa_secret;
static char dir[] = "/tmp/secure_test.XXXXXX";

const char *in_dir(const char *name)
{
	static char path[4][96];
	static unsigned int turn;
	char *out = path[turn++ % 4];

	snprintf(out, sizeof(path[0]), "%s/%s", dir, name);
	return out;
}

static void write_pem(const char *name, const EVP_PKEY *key)
{
	FILE *file = fopen(in_dir(name), "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	fclose(file);
}

int make_keys(void **state)
{
	char error[SECURE_TEXT_MAX];

	(void)state;
	assert_non_null(mkdtemp(dir));
	rsa_secret = EVP_RSA_gen(2048);
	ecdsa_secret = EVP_EC_gen("P-256");
	write_pem("rsa.pem", rsa_secret);
	write_pem("ecdsa.pem", ecdsa_secret);
	assert_int_equal(amp_secure_keygen(in_dir("a.key"), in_dir("a.pub"), false, error), 0);
	assert_int_equal(amp_key_load(&minisign_key, in_dir("a.pub"), error), 0);
	assert_int_equal(amp_key_load(&rsa_key, in_dir("rsa.pem"), error), 0);
	assert_int_equal(amp_key_load(&ecdsa_key, in_dir("ecdsa.pem"), error), 0);
	return 0;
}

int drop_keys(void **state)
{
	char command[128];

	(void)state;
	EVP_PKEY_free(rsa_secret);
	EVP_PKEY_free(ecdsa_secret);
	amp_key_drop(&rsa_key);
	amp_key_drop(&ecdsa_key);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

void make_firmware(struct firmware *f)
{
	*f = (struct firmware){0};
	memcpy(f->header.e_ident, ELFMAG, SELFMAG);
	f->header.e_ident[EI_CLASS] = ELFCLASS32;
	f->header.e_ident[EI_DATA] = ELFDATA2LSB;
	f->header.e_ident[EI_VERSION] = EV_CURRENT;
	f->header.e_type = ET_EXEC;
	f->header.e_machine = EM_ARM;
	f->header.e_version = EV_CURRENT;
	f->header.e_entry = ENTRY;
	f->header.e_ehsize = sizeof(f->header);
	f->header.e_phoff = offsetof(struct firmware, segment);
	f->header.e_phentsize = sizeof(Elf32_Phdr);
	f->header.e_phnum = SEGMENTS;
	f->header.e_shoff = offsetof(struct firmware, section);
	f->header.e_shentsize = sizeof(Elf32_Shdr);
	f->header.e_shnum = 3;
	f->header.e_shstrndx = 1;
	f->segment[CODE] = (Elf32_Phdr){.p_type = PT_LOAD,
	                                .p_offset = offsetof(struct firmware, code),
	                                .p_vaddr = PRIVATE_DA,
	                                .p_paddr = PRIVATE_DA,
	                                .p_filesz = CODE_SIZE,
	                                .p_memsz = CODE_SIZE,
	                                .p_flags = PF_R | PF_X};
	f->segment[TABLE] = (Elf32_Phdr){.p_type = PT_LOAD,
	                                 .p_offset = offsetof(struct firmware, table),
	                                 .p_vaddr = FIRMWARE_DA,
	                                 .p_paddr = FIRMWARE_DA,
	                                 .p_filesz = sizeof(f->table),
	                                 .p_memsz = 4096,
	                                 .p_flags = PF_R | PF_W};
	memcpy(f->names, "\0.shstrtab\0.resource_table", 27);
	f->section[1] = (Elf32_Shdr){.sh_name = 1,
	                             .sh_type = SHT_STRTAB,
	                             .sh_offset = offsetof(struct firmware, names),
	                             .sh_size = sizeof(f->names)};
	f->section[2] = (Elf32_Shdr){.sh_name = 11,
	                             .sh_type = SHT_PROGBITS,
	                             .sh_addr = FIRMWARE_DA,
	                             .sh_offset = offsetof(struct firmware, table),
	                             .sh_size = sizeof(f->table)};
	for (size_t i = 0; i < CODE_SIZE; i++)
		f->code[i] = (uint8_t)(i * 7);
	f->table[0] = 1;
}

/* ------------------------------------------------------------------ minisign's format */

void sign(struct signed_file *file, const struct firmware *firmware, const char *comment)
{
	char error[SECURE_TEXT_MAX];
	struct secure_secret secret;

	memcpy(file->data, firmware, sizeof(*firmware));
	file->size = sizeof(*firmware);
	assert_int_equal(amp_secret_load(&secret, in_dir("a.key"), error), 0);
	assert_int_equal(amp_secure_sign(&secret, file->data, file->size, comment, file->signature, error), 0);
	amp_secret_wipe(&secret);
	file->signature_size = strlen(file->signature);
}

void sign_legacy(struct signed_file *file, const struct firmware *firmware, const char *comment)
{
	uint8_t bytes[74] = "Ed", all[64 + 256], global[64];
	char line[128], global_line[128], error[SECURE_TEXT_MAX];
	struct secure_secret secret;

	memcpy(file->data, firmware, sizeof(*firmware));
	file->size = sizeof(*firmware);
	assert_int_equal(amp_secret_load(&secret, in_dir("a.key"), error), 0);
	memcpy(bytes + 2, secret.id, sizeof(secret.id));
	crypto_sign_detached(bytes + 10, NULL, file->data, file->size, secret.ed25519);
	memcpy(all, bytes + 10, 64);
	memcpy(all + 64, comment, strlen(comment));
	crypto_sign_detached(global, NULL, all, 64 + strlen(comment), secret.ed25519);
	amp_secret_wipe(&secret);
	sodium_bin2base64(line, sizeof(line), bytes, sizeof(bytes), sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(global_line, sizeof(global_line), global, sizeof(global), sodium_base64_VARIANT_ORIGINAL);
	file->signature_size =
		(size_t)snprintf(file->signature, sizeof(file->signature),
	                         "untrusted comment: x\n%s\ntrusted comment: %s\n%s\n", line, comment, global_line);
}

/* ------------------------------------------------------------------ OP-TEE's format */

struct container_spec spec_of(const struct secure_key *key)
{
	return (struct container_spec){
		.key = key,
		.sign_type = key == &rsa_key ? 1 : 2,
		.images = 1,
		.core = "m3",
		.version = VERSION,
		.entry = ENTRY,
	};
}

static void put(struct signed_file *file, const void *data, size_t size)
{
	assert_true(file->size + size + 8 <= sizeof(file->data));
	memcpy(file->data + file->size, data, size);
	file->size += size;
	while (file->size % 8 != 4) /* the header has 20 bytes */
		file->data[file->size++] = 0;
}

static void put_tlv(struct signed_file *file, uint32_t type, const void *value, uint32_t len, int32_t lie)
{
	uint32_t head[2] = {type, len + (uint32_t)lie};

	memcpy(file->data + file->size, head, sizeof(head));
	file->size += sizeof(head);
	put(file, value, len);
}

static size_t sign_bytes(const struct container_spec *spec, const uint8_t *data, size_t size, uint8_t *out)
{
	EVP_PKEY *key = spec->key == &rsa_key ? rsa_secret : ecdsa_secret;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const unsigned char *der = out;
	size_t len = 512;
	ECDSA_SIG *pair;

	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(context, out, &len, data, size), 1);
	EVP_MD_CTX_free(context);
	if (key == rsa_secret)
		return len;
	pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
	assert_non_null(pair);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
	ECDSA_SIG_free(pair);
	return 64;
}

void sign_container(struct signed_file *file, const struct firmware *firmware, const struct container_spec *spec)
{
	const uint8_t *image = (const uint8_t *)firmware;
	uint8_t rows[SEGMENTS][64], signature[512];
	uint32_t header[5] = {0x3543a468, 1, 0, 0, (sizeof(*firmware) + 7) & ~7u}, image_size = header[4];
	const uint8_t one = 1;
	size_t len;

	*file = (struct signed_file){.size = sizeof(header)};
	for (int i = 0; i < SEGMENTS; i++) {
		memcpy(rows[i], &firmware->segment[i], 32);
		SHA256(image + firmware->segment[i].p_offset, firmware->segment[i].p_filesz, rows[i] + 32);
	}
	put_tlv(file, 1, &spec->sign_type, 1, 0);
	put_tlv(file, 3, &spec->images, 1, 0);
	put_tlv(file, 4, &one, 1, 0);
	put_tlv(file, 5, &image_size, 4, 0);
	put_tlv(file, 2, &one, 1, 0);
	put_tlv(file, 0x10, rows, sizeof(rows), spec->tlv_lie);
	put_tlv(file, SECURE_TLV_VERSION, &spec->version, 4, 0);
	if (spec->twice)
		put_tlv(file, SECURE_TLV_VERSION, &spec->version, 4, 0);
	if (spec->core)
		put_tlv(file, SECURE_TLV_CORE, spec->core, (uint32_t)strlen(spec->core), 0);
	put_tlv(file, SECURE_TLV_ENTRY, &spec->entry, 4, 0);
	/* OP-TEE's own script fills up with eight zeroes where none are needed. */
	memset(file->data + file->size, 0, 8);
	file->size += 8;
	header[2] = (uint32_t)(file->size - sizeof(header));
	header[3] = spec->key == &rsa_key ? 256 : 64;
	memcpy(file->data, header, sizeof(header));
	len = sign_bytes(spec, file->data, file->size, signature);
	assert_int_equal(len, header[3]);
	put(file, signature, len);
	put(file, firmware, sizeof(*firmware));
}

/* ------------------------------------------------------------------ the judge */

const char *judge(const struct secure_key *key, const struct signed_file *file)
{
	static char error[SECURE_TEXT_MAX];
	struct secure_image image;
	/* Of its own size, so that a sanitizer sees what is read behind its end. */
	uint8_t *data = malloc(file->size), *signature = file->signature_size ? malloc(file->signature_size) : NULL;

	assert_non_null(data);
	memcpy(data, file->data, file->size);
	if (signature)
		memcpy(signature, file->signature, file->signature_size);
	error[0] = '\0';
	if (amp_secure_verify(key, data, file->size, signature, file->signature_size, &image, error) == 0 &&
	    amp_secure_admit(&m3, &image, error) == 0) {
		assert_string_equal(error, "");
		assert_int_equal(image.version, VERSION);
	}
	free(data);
	free(signature);
	assert_true(strlen(error) < SECURE_TEXT_MAX - 1); /* whole, and not cut */
	return error;
}

struct firmware *firmware_in(struct signed_file *file, const struct secure_key *key)
{
	uint32_t header[5];

	memcpy(header, file->data, sizeof(header));
	return (struct firmware *)(file->data + (key->pem ? 20 + header[2] + header[3] : 0));
}
