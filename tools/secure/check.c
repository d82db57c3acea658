// SPDX-License-Identifier: GPL-2.0-only
/* The check of an image, in its order: who signed it, for whom, and where would it lie? */
#include <string.h>

#include "internal.h"

int amp_secure_verify(const struct secure_key *key, const void *file, size_t size, const void *signature,
                      size_t signature_size, struct secure_image *image, char error[SECURE_TEXT_MAX])
{
	*image = (struct secure_image){0};
	if (key->pem)
		return amp_optee_verify(key, file, size, image, error);
	return amp_minisign_verify(key, file, size, signature, signature_size, image, error);
}

static bool is_for(const char *cores, const char *name)
{
	size_t len = strlen(name);

	while (*cores) {
		size_t word = strcspn(cores, " ");

		if (word == len && memcmp(cores, name, len) == 0)
			return true;
		cores += word;
		cores += strspn(cores, " ");
	}
	return false;
}

int amp_secure_admit(const struct secure_core *core, const struct secure_image *image, char error[SECURE_TEXT_MAX])
{
	char cores[48];

	if (!is_for(image->cores, core->name)) {
		amp_text_clean(cores, sizeof(cores), image->cores, strlen(image->cores));
		return refuse(error, "it is signed for core %s, not for %s", cores, core->name);
	}
	return amp_elf_place(core, image, error);
}
