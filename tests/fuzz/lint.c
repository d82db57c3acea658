// SPDX-License-Identifier: GPL-2.0-only
/*
 * The linter on firmware of which nothing is right. Input: how (1), then an image; or the words of a resource table in
 * an image that is right otherwise: then the linter finds an error wherever the library refuses the table.
 */
#include "fuzz.h"

#include "../unit/lint/base.h"

#include <amprelay/lint.h>
#include <openamp/rsc_table_parser.h>

#include <stdlib.h>
#include <string.h>

#define TABLE_ENTRIES 256 /* that the linter looks at */

struct found {
	enum amp_lint_host host;
	size_t size; /* of the image */
	unsigned int all, errors;
};

static void check_text(const char *text)
{
	fuzz_check(text[0]);
	for (; *text; text++)
		fuzz_check(*text >= 0x20 && *text < 0x7f);
}

static void take(const struct amp_lint_finding *finding, void *arg)
{
	struct found *found = arg;
	size_t count;
	const struct amp_lint_rule *rules = amp_lint_rules(&count);

	fuzz_check(finding->rule >= rules && finding->rule < rules + count);
	fuzz_check(finding->rule->hosts & 1u << found->host);
	fuzz_check(finding->offset <= found->size && finding->size <= found->size - finding->offset);
	check_text(finding->where);
	check_text(finding->text);
	found->all++;
	found->errors += finding->rule->severity == AMP_LINT_ERROR;
}

/* Twice: it says the same, and leaves the image as it is. */
static unsigned int look(const uint8_t *image, size_t size, const struct amp_lint_options *options)
{
	struct found found[2] = {{.host = options->host, .size = size}, {.host = options->host, .size = size}};
	uint8_t *copy = malloc(size + !size);

	fuzz_check(copy);
	memcpy(copy, image, size);
	for (unsigned int i = 0; i < 2; i++)
		fuzz_check(amp_lint_image(copy, size, options, take, &found[i]) == 0);
	fuzz_check(found[0].all == found[1].all && memcmp(copy, image, size) == 0);
	free(copy);
	return found[0].errors;
}

static void look_at_table(struct fuzz_input *in, struct amp_lint_options *options)
{
	struct image image = base_image();
	unsigned int errors, words = in->left / 4 < 1024 ? (unsigned int)(in->left / 4) : 1024;
	struct amp_rsc_fault fault;
	bool any = false;
	uint8_t *bytes;
	size_t size;

	fuzz_bytes(in, image.table, words * 4);
	image.words = words;
	image.segment[1].filesz = 0x1000;
	for (unsigned int i = 0; i < words; i++)
		any = any || image.table[i];
	options->host = AMP_LINT_AMPRELAY;
	bytes = image_build(&image, &size);
	errors = look(bytes, size, options);
	free(bytes);
	/* An empty table is none. */
	if (any && image.table[1] <= TABLE_ENTRIES && amp_rsc_table_check(image.table, words * 4, &fault))
		fuzz_check(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_u8(&in);
	struct amp_lint_options options = {.host = (enum amp_lint_host)((how >> 2) % AMP_LINT_HOSTS)};
	struct base_core base;

	base_core(&base);
	base.core.signed_only = how & 0x20;
	options.is_signed = how & 0x40;
	options.core = how & 1 ? &base.core : NULL;
	if (how & 2)
		look_at_table(&in, &options);
	else
		look(in.data, in.left, &options);
	return 0;
}
