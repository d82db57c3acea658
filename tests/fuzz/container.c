// SPDX-License-Identifier: GPL-2.0-only
/*
 * OP-TEE's container of signed firmware, and where an image would lie. Input: changes to an image, the TLVs of its
 * container, which are signed as they are, and changes to the whole afterwards.
 */
#include "fuzz.h"

#include "secure/secure.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define HEADER     20u
#define ROW        64u
#define SIGNATURE  64u
#define SEGMENTS   3u
#define PRIVATE_DA 0x00100000u
#define SHARED_DA  0x21100000u
#define PLACE_SIZE 0x10000u

static const struct secure_core core = {
	.name = "m3",
	.elf_machine = EM_ARM,
	.elf_class = ELFCLASS32,
	.shared = {SHARED_DA, PLACE_SIZE},
	.private = {{PRIVATE_DA, PLACE_SIZE}},
	.num_private = 1,
};

/* As it lies in the file. */
struct image {
	Elf32_Ehdr header;
	Elf32_Phdr segment[SEGMENTS];
	Elf32_Shdr section[3];
	char names[32];
	uint8_t code[64], table[32], data[32];
};

/* A file that grows; it is no larger than that. */
struct file {
	uint8_t data[8192];
	size_t size;
};

static struct secure_key key;

static void make_key(void)
{
	if (!key.pem)
		key.pem = EVP_EC_gen("P-256");
	fuzz_check(key.pem);
}

/* ------------------------------------------------------------------ making one */

static void add_segment(struct image *image, uint32_t i, uint32_t at, uint32_t size, uint32_t address, uint32_t flags)
{
	image->segment[i] = (Elf32_Phdr){.p_type = PT_LOAD,
	                                 .p_offset = at,
	                                 .p_vaddr = address,
	                                 .p_paddr = address,
	                                 .p_filesz = size,
	                                 .p_memsz = size,
	                                 .p_flags = flags};
}

static void make_image(struct image *image)
{
	*image = (struct image){
		.header = {.e_type = ET_EXEC,
	                   .e_machine = EM_ARM,
	                   .e_version = EV_CURRENT,
	                   .e_entry = PRIVATE_DA + 1,
	                   .e_ehsize = sizeof(Elf32_Ehdr),
	                   .e_phoff = offsetof(struct image, segment),
	                   .e_phentsize = sizeof(Elf32_Phdr),
	                   .e_phnum = SEGMENTS,
	                   .e_shoff = offsetof(struct image, section),
	                   .e_shentsize = sizeof(Elf32_Shdr),
	                   .e_shnum = 3,
	                   .e_shstrndx = 1},
		.section = {[1] = {.sh_name = 1, .sh_offset = offsetof(struct image, names), .sh_size = 32},
	                    [2] = {.sh_name = 11, .sh_addr = SHARED_DA, .sh_size = 32}},
		.names = "\0.shstrtab\0.resource_table",
		.code = "code",
		.table = "table",
		.data = "data",
	};
	memcpy(image->header.e_ident, ELFMAG, SELFMAG);
	image->header.e_ident[EI_CLASS] = ELFCLASS32;
	image->header.e_ident[EI_DATA] = ELFDATA2LSB;
	image->header.e_ident[EI_VERSION] = EV_CURRENT;
	add_segment(image, 0, offsetof(struct image, code), sizeof(image->code), PRIVATE_DA, PF_R | PF_X);
	add_segment(image, 1, offsetof(struct image, table), sizeof(image->table), SHARED_DA, PF_R | PF_W);
	add_segment(image, 2, offsetof(struct image, data), sizeof(image->data), PRIVATE_DA + 0x100, PF_R | PF_W);
}

/* 1 to 4 bytes somewhere in it. */
static void change(uint8_t *bytes, size_t size, struct fuzz_input *in)
{
	size_t at = fuzz_u16(in) % size, n = 1 + fuzz_u8(in) % 4;

	for (size_t i = 0; i < n && at + i < size; i++)
		bytes[at + i] = fuzz_u8(in);
}

static void put(struct file *file, const void *data, size_t size)
{
	if (file->size + size + 8 > sizeof(file->data))
		return;
	memcpy(file->data + file->size, data, size);
	file->size += size;
	while (file->size % 8 != HEADER % 8)
		file->data[file->size++] = 0;
}

static void put_tlv(struct file *file, uint32_t type, const void *value, uint32_t len, struct fuzz_input *in)
{
	static const uint8_t zeroes[ROW * SEGMENTS];
	uint32_t head[2] = {type, len};
	uint8_t how = fuzz_u8(in);

	if (how == 1)
		return;
	if (how == 2)
		head[1] += fuzz_u8(in) - 128u;
	if (how == 3)
		head[0] = fuzz_u8(in);
	if (file->size + sizeof(head) + len + 16 > sizeof(file->data))
		return;
	memcpy(file->data + file->size, head, sizeof(head));
	file->size += sizeof(head);
	put(file, how == 4 ? zeroes : value, len);
	if (how == 5)
		put_tlv(file, type, value, len, in);
}

static void put_tlvs(struct file *file, const struct image *image, struct fuzz_input *in)
{
	static const uint8_t one = 1, ecdsa = 2;
	uint32_t size = (sizeof(*image) + 7) & ~7u, version = 7, entry = PRIVATE_DA + 1;
	uint8_t rows[SEGMENTS][ROW] = {{0}};

	for (uint32_t i = 0; i < SEGMENTS; i++) {
		const Elf32_Phdr *segment = &image->segment[i];

		memcpy(rows[i], segment, sizeof(*segment));
		if (segment->p_offset <= sizeof(*image) && segment->p_filesz <= sizeof(*image) - segment->p_offset)
			SHA256((const uint8_t *)image + segment->p_offset, segment->p_filesz,
			       rows[i] + sizeof(*segment));
	}
	put_tlv(file, 1, &ecdsa, 1, in);
	put_tlv(file, 3, &one, 1, in);
	put_tlv(file, 4, &one, 1, in);
	put_tlv(file, 5, &size, 4, in);
	put_tlv(file, 2, &one, 1, in);
	put_tlv(file, 0x10, rows, sizeof(rows), in);
	put_tlv(file, SECURE_TLV_VERSION, &version, 4, in);
	put_tlv(file, SECURE_TLV_CORE, "m3 m3a", 6, in);
	put_tlv(file, SECURE_TLV_ENTRY, &entry, 4, in);
}

static void put_signature(struct file *file)
{
	uint8_t der[128], raw[SIGNATURE];
	const unsigned char *at = der;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t len = sizeof(der);
	ECDSA_SIG *pair;

	fuzz_check(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key.pem) == 1);
	fuzz_check(EVP_DigestSign(context, der, &len, file->data, file->size) == 1);
	EVP_MD_CTX_free(context);
	pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
	fuzz_check(pair);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	ECDSA_SIG_free(pair);
	put(file, raw, sizeof(raw));
}

static void make_container(struct file *file, const struct image *image, struct fuzz_input *in)
{
	uint32_t header[5] = {0x3543a468, 1, 0, SIGNATURE, (sizeof(*image) + 7) & ~7u};

	file->size = HEADER;
	put_tlvs(file, image, in);
	header[2] = (uint32_t)(file->size - HEADER);
	memcpy(file->data, header, sizeof(header));
	put_signature(file);
	put(file, image, sizeof(*image));
}

/* ------------------------------------------------------------------ claims */

static bool within(const struct secure_range *range, uint64_t address, uint64_t size)
{
	return address >= range->base && address + size <= range->base + range->size;
}

/* What is admitted executes from private memory only, and lies where it may. */
static void check_admitted(const struct secure_image *image)
{
	Elf32_Ehdr header;
	Elf32_Phdr segment;
	bool entered = false;

	memcpy(&header, image->elf, sizeof(header));
	fuzz_check(header.e_machine == EM_ARM && image->elf[EI_CLASS] == ELFCLASS32);
	fuzz_check(!image->has_entry || image->entry == header.e_entry);
	for (uint32_t i = 0; i < header.e_phnum; i++) {
		size_t at = header.e_phoff + i * sizeof(segment);
		bool private;

		fuzz_check(at + sizeof(segment) <= image->elf_size);
		memcpy(&segment, image->elf + at, sizeof(segment));
		if (segment.p_type != PT_LOAD || !segment.p_memsz)
			continue;
		private = within(&core.private[0], segment.p_paddr, segment.p_memsz);
		fuzz_check((uint64_t)segment.p_offset + segment.p_filesz <= image->elf_size);
		fuzz_check(segment.p_filesz <= segment.p_memsz);
		fuzz_check(private || within(&core.shared, segment.p_paddr, segment.p_memsz));
		fuzz_check(private || !(segment.p_flags & PF_X));
		entered = entered || (private && segment.p_flags & PF_X && header.e_entry >= segment.p_paddr &&
		                      header.e_entry - segment.p_paddr < segment.p_filesz);
	}
	fuzz_check(entered);
}

/* Of its own size, so that the address sanitizer sees a read behind its end. @return to be freed */
static uint8_t *verify(const uint8_t *data, size_t size, struct secure_image *image, bool *good)
{
	char error[SECURE_TEXT_MAX] = "";
	uint8_t *own = malloc(size + !size);

	fuzz_check(own);
	memcpy(own, data, size);
	*good = amp_secure_verify(&key, own, size, NULL, 0, image, error) == 0;
	fuzz_check(*good == !error[0] && memchr(error, '\0', sizeof(error)));
	if (!*good)
		return own;
	fuzz_check(image->elf > own && image->elf + image->elf_size <= own + size && image->has_entry);
	fuzz_check(memchr(image->cores, '\0', sizeof(image->cores)));
	if (amp_secure_admit(&core, image, error) == 0)
		check_admitted(image);
	else
		fuzz_check(error[0] && memchr(error, '\0', sizeof(error)));
	return own;
}

/* All that a core would get of the two is the same. */
static void check_same(const struct secure_image *a, const struct secure_image *b)
{
	Elf32_Ehdr header, other;
	Elf32_Phdr segment;

	fuzz_check(strcmp(a->cores, b->cores) == 0 && a->version == b->version && a->entry == b->entry);
	memcpy(&header, a->elf, sizeof(header));
	memcpy(&other, b->elf, sizeof(other));
	fuzz_check(header.e_phnum == other.e_phnum);
	for (uint32_t i = 0; i < header.e_phnum; i++) {
		const uint8_t *at = a->elf + header.e_phoff + i * sizeof(segment);

		fuzz_check(memcmp(at, b->elf + other.e_phoff + i * sizeof(segment), sizeof(segment)) == 0);
		memcpy(&segment, at, sizeof(segment));
		fuzz_check(memcmp(a->elf + segment.p_offset, b->elf + segment.p_offset, segment.p_filesz) == 0);
	}
}

/* An image as it comes, of which nobody has checked anything. */
static void admit_raw(struct fuzz_input *in)
{
	struct secure_image image = {.cores = "m3"};
	char error[SECURE_TEXT_MAX] = "";
	uint8_t *own = fuzz_block(in, 4096, &image.elf_size);

	image.elf = own;
	if (amp_secure_admit(&core, &image, error) == 0)
		check_admitted(&image);
	else
		fuzz_check(error[0] && memchr(error, '\0', sizeof(error)));
	free(own);
}

static void sign_and_change(struct fuzz_input *in)
{
	static struct file file;
	struct secure_image honest, found;
	struct image image;
	uint8_t *before, *after;
	bool good, still;

	make_image(&image);
	for (uint8_t n = fuzz_u8(in) % 4; n; n--)
		change((uint8_t *)&image, sizeof(image), in);
	make_container(&file, &image, in);
	before = verify(file.data, file.size, &honest, &good);
	for (uint8_t n = fuzz_u8(in) % 4; n; n--)
		change(file.data, file.size, in);
	if (fuzz_u8(in) & 1)
		file.size -= fuzz_u16(in) % file.size;
	after = verify(file.data, file.size, &found, &still);
	fuzz_check(good || !still);
	if (still)
		check_same(&honest, &found);
	free(before);
	free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	make_key();
	if (fuzz_u8(&in) & 1)
		admit_raw(&in);
	else
		sign_and_change(&in);
	return 0;
}
