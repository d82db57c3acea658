// SPDX-License-Identifier: GPL-2.0-only
/*
 * OP-TEE's container of a remote processor's firmware:
 *
 *   header  magic, version, bytes of TLVs, of the signature, of the images
 *   TLVs    type, length, value, each padded to 8 bytes
 *   signature of the two, padded
 *   images  ELF files, padded
 *
 * The TLVs hold each image's program headers with a SHA-256 of what they name. The rest of an ELF file is not signed:
 * so its program headers are compared with these, the entry point is taken from a TLV of our own, and where its section
 * headers say that the resource table is has to be in shared memory, where nothing executes.
 */
#include <elf.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "internal.h"

#define MAGIC   0x3543a468u
#define VERSION 1u
#define HEADER  20u
#define ROW     64u /* of the table of hashes: a program header of 32 bytes, and its SHA-256 */

enum tlv_type {
	TLV_SIGNTYPE = 1,
	TLV_HASHTYPE = 2,
	TLV_NUM_IMG = 3,
	TLV_IMGTYPE = 4,
	TLV_IMGSIZE = 5,
	TLV_HASHTABLE = 0x10,
};

enum {
	SIGN_RSA = 1,
	SIGN_ECDSA = 2,
	HASH_SHA256 = 1,
	IMAGE_ELF = 1
};

struct container {
	const uint8_t *tlvs, *signature, *images;
	size_t tlvs_size, signature_size, images_size;
};

static uint32_t word(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t padded(uint64_t size)
{
	return (size + 7) & ~UINT64_C(7);
}

bool amp_secure_is_container(const void *file, size_t size)
{
	return size >= 4 && word(file) == MAGIC;
}

static int split(const uint8_t *file, size_t size, struct container *c, char *error)
{
	uint64_t tlvs, signature, images;

	if (size < HEADER || !amp_secure_is_container(file, size))
		return refuse(error,
		              "it is not signed: it is no container of OP-TEE's format, as the core's key asks for");
	if (word(file + 4) != VERSION)
		return refuse(error, "its header has version %u of OP-TEE's format, %u is known", word(file + 4),
		              VERSION);
	tlvs = word(file + 8);
	signature = word(file + 12);
	images = word(file + 16);
	if (tlvs % 8 || HEADER + tlvs + padded(signature) + padded(images) != size)
		return refuse(error, "it is truncated, or its header lies: %llu + %llu + %llu bytes, but it has %zu",
		              (unsigned long long)tlvs, (unsigned long long)signature, (unsigned long long)images,
		              size);
	*c = (struct container){
		.tlvs = file + HEADER,
		.tlvs_size = (size_t)tlvs,
		.signature = file + HEADER + tlvs,
		.signature_size = (size_t)signature,
		.images = file + HEADER + tlvs + padded(signature),
		.images_size = (size_t)images,
	};
	return 0;
}

/* ------------------------------------------------------------------ the signature */

/* r and s, 32 bytes each, as libcrypto wants them; NULL: they are not that, or there is no memory. */
static unsigned char *encode_ecdsa(const uint8_t *raw, size_t size, size_t *len)
{
	ECDSA_SIG *pair = size == 64 ? ECDSA_SIG_new() : NULL;
	BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
	unsigned char *der = NULL;
	int n = 0;

	if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
		r = s = NULL;
		n = i2d_ECDSA_SIG(pair, &der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	*len = n > 0 ? (size_t)n : 0;
	return n > 0 ? der : NULL;
}

static bool is_signed(const struct secure_key *key, const uint8_t *file, const struct container *c)
{
	bool ecdsa = EVP_PKEY_get_base_id(key->pem) == EVP_PKEY_EC, good = false;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const unsigned char *signature = c->signature;
	size_t len = c->signature_size;
	unsigned char *der = NULL;

	if (ecdsa)
		signature = der = c->signature_size == 64 ? encode_ecdsa(c->signature, c->signature_size, &len) : NULL;
	/* RSA's padding is PKCS#1 v1.5 unless asked for otherwise. */
	if (context && signature && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pem) == 1)
		good = EVP_DigestVerify(context, signature, len, file, HEADER + c->tlvs_size) == 1;
	EVP_MD_CTX_free(context);
	OPENSSL_free(der);
	return good;
}

/* ------------------------------------------------------------------ TLVs */

struct tlv {
	const uint8_t *value; /* NULL: not there */
	uint32_t len;
};

static struct tlv *slot(uint32_t type, struct tlv (*known)[9])
{
	static const uint32_t types[] = {TLV_SIGNTYPE,       TLV_HASHTYPE,    TLV_NUM_IMG,
	                                 TLV_IMGTYPE,        TLV_IMGSIZE,     TLV_HASHTABLE,
	                                 SECURE_TLV_VERSION, SECURE_TLV_CORE, SECURE_TLV_ENTRY};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i] == type)
			return &(*known)[i];
	}
	return NULL;
}

/* Those that are not known say nothing. What is left of less than a TLV, or of type 0, fills up to 8 bytes. */
static int read_tlvs(const struct container *c, struct tlv (*known)[9], char *error)
{
	size_t at = 0;

	while (c->tlvs_size - at >= 8) {
		uint32_t type = word(c->tlvs + at), len = word(c->tlvs + at + 4);
		struct tlv *tlv = slot(type, known);

		at += 8;
		if (type == 0 && len == 0)
			continue;
		if (padded(len) > c->tlvs_size - at)
			return refuse(error, "its TLV 0x%x has %u bytes, beyond the %zu of all", type, len,
			              c->tlvs_size);
		if (tlv && tlv->value)
			return refuse(error, "its TLV 0x%x is there twice", type);
		if (tlv)
			*tlv = (struct tlv){c->tlvs + at, len};
		at += padded(len);
	}
	return 0;
}

static int need_byte(struct tlv (*known)[9], uint32_t type, uint8_t value, const char *what, char *error)
{
	const struct tlv *tlv = slot(type, known);

	if (!tlv || !tlv->value || tlv->len < 1)
		return refuse(error, "its TLV 0x%x (%s) is missing", type, what);
	if (tlv->len != 1 || tlv->value[0] != value)
		return refuse(error, "its TLV 0x%x (%s) is %u, only %u is taken", type, what, tlv->value[0], value);
	return 0;
}

static int take_word(struct tlv (*known)[9], uint32_t type, const char *what, uint32_t *value, char *error)
{
	const struct tlv *tlv = slot(type, known);

	if (!tlv->value || tlv->len != 4)
		return refuse(error, "its TLV 0x%x (%s) is missing, or not 4 bytes long", type, what);
	*value = word(tlv->value);
	return 0;
}

static int take_claims(struct tlv (*known)[9], struct secure_image *image, char *error)
{
	const struct tlv *cores = slot(SECURE_TLV_CORE, known);
	uint32_t entry;

	if (!cores->value || cores->len == 0 || cores->len >= sizeof(image->cores))
		return refuse(error, "its TLV 0x%x (core) is missing, or too long", SECURE_TLV_CORE);
	memcpy(image->cores, cores->value, cores->len);
	if (take_word(known, SECURE_TLV_VERSION, "version", &image->version, error) ||
	    take_word(known, SECURE_TLV_ENTRY, "entry point", &entry, error))
		return -1;
	image->has_entry = true;
	image->entry = entry;
	return 0;
}

/* ------------------------------------------------------------------ images */

static int check_row(const struct elf_view *elf, uint32_t index, const uint8_t *row, char *error)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	struct elf_segment segment;

	if (memcmp(elf->data + elf->phoff + index * sizeof(Elf32_Phdr), row, sizeof(Elf32_Phdr)) != 0)
		return refuse(error, "its program header %u is not the one that was signed", index);
	if (amp_elf_segment(elf, index, &segment, error))
		return -1;
	SHA256(elf->data + segment.offset, segment.filesz, hash);
	if (memcmp(hash, row + sizeof(Elf32_Phdr), sizeof(hash)) != 0)
		return refuse(error, "its segment %u at 0x%llx is not the one that was signed", index,
		              (unsigned long long)segment.address);
	return 0;
}

static int check_image(const struct container *c, struct tlv (*known)[9], struct secure_image *image, char *error)
{
	const struct tlv *table = slot(TLV_HASHTABLE, known);
	struct elf_view elf;
	uint32_t size;

	if (need_byte(known, TLV_NUM_IMG, 1, "number of images", error) ||
	    need_byte(known, TLV_IMGTYPE, IMAGE_ELF, "type of the image", error) ||
	    need_byte(known, TLV_HASHTYPE, HASH_SHA256, "type of hash", error) ||
	    take_word(known, TLV_IMGSIZE, "size of the image", &size, error))
		return -1;
	if (size != c->images_size)
		return refuse(error, "its image has %u bytes, its header says %zu", size, c->images_size);
	if (amp_elf_open(&elf, c->images, c->images_size, error))
		return -1;
	if (elf.class != ELFCLASS32)
		return refuse(error, "it is an ELF file of 64 bits, OP-TEE's format knows 32");
	if (!table->value || table->len != (uint64_t)elf.phnum * ROW)
		return refuse(error, "its hashes are of %u program headers, but it has %u", table->len / ROW,
		              elf.phnum);
	for (uint32_t i = 0; i < elf.phnum; i++) {
		if (check_row(&elf, i, table->value + (size_t)i * ROW, error))
			return -1;
	}
	image->elf = c->images;
	image->elf_size = c->images_size;
	return 0;
}

int amp_optee_verify(const struct secure_key *key, const uint8_t *file, size_t size, struct secure_image *image,
                     char *error)
{
	uint8_t sign_type = EVP_PKEY_get_base_id(key->pem) == EVP_PKEY_EC ? SIGN_ECDSA : SIGN_RSA;
	struct tlv known[9] = {{0}};
	struct container c;

	if (split(file, size, &c, error))
		return -1;
	/* Before anything that it says is believed. */
	if (!is_signed(key, file, &c))
		return refuse(error, "its signature is wrong: its header or TLVs were changed, or it is another key's");
	if (read_tlvs(&c, &known, error) || need_byte(&known, TLV_SIGNTYPE, sign_type, "type of signature", error) ||
	    take_claims(&known, image, error))
		return -1;
	return check_image(&c, &known, image, error);
}
