// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <amprelay/boot_record.h>

#include "common/text.h"
#include "relay/core/core.h"
#include "relay/lab.h"

/* The state file: which versions the cores of this lab have accepted. It outlives the lab. */
static void accepted_path(const struct core *core, char out[PATH_MAX])
{
	amp_text(out, PATH_MAX, "%s/accepted-versions", core->lab->options->state_dir);
}

int amp_image_load_key(struct core *core, char *error, size_t error_size)
{
	char soc_file[PATH_MAX], path[2 * PATH_MAX], text[SECURE_TEXT_MAX];

	if (!core->config->secure[0])
		return 0;
	/* beside the description that names it */
	amp_text(soc_file, sizeof(soc_file), "%s", core->lab->options->soc_file);
	amp_text(path, sizeof(path), "%s/%s", dirname(soc_file), core->config->secure);
	if (amp_key_load(&core->key, path, text) == 0)
		return 0;
	amp_key_drop(&core->key);
	amp_text(error, error_size, "core %s takes signed firmware only: %s", core->config->name, text);
	return -1;
}

int amp_image_read(struct image *image, const struct core *core, const char *path, char *error, size_t error_size)
{
	char signature[PATH_MAX + 16];
	int err;

	*image = (struct image){0};
	err = amp_secure_read(&image->file, path, SECURE_FILE_MAX);
	if (err) {
		amp_text(error, error_size, "firmware %s: %s", path,
		         err == -EINVAL || err == -ENOENT ? "there is no such file" : strerror(-err));
		return -1;
	}
	if (!core->config->secure[0] || core->key.pem)
		return 0;
	amp_text(signature, sizeof(signature), "%s" SECURE_SUFFIX, path);
	/* One that is not there is for the check to speak of. */
	err = amp_secure_read(&image->signature, signature, SECURE_SIGNATURE_MAX);
	if (err == 0 || err == -ENOENT)
		return 0;
	amp_text(error, error_size, "signature %s: %s", signature, strerror(-err));
	amp_image_drop(image);
	return -1;
}

static int copy(struct secure_file *file, const struct core *core, uint32_t offset, uint32_t size)
{
	file->data = malloc((size_t)size + 1);
	if (!file->data)
		return -1;
	file->size = size;
	amp_shm_read(&core->shm, offset, file->data, size);
	return 0;
}

int amp_image_take(struct image *image, struct core *core, uint32_t size, uint32_t signature_size, char *error,
                   size_t error_size)
{
	const struct amp_region *region = amp_soc_region(core->config, AMP_REGION_FIRMWARE);

	*image = (struct image){0};
	/* Its pages are allocated now: where the host wrote nothing, reading would do it, and could fail. */
	if (fallocate(core->shm.fd, 0, (off_t)region->offset, (off_t)size + signature_size) == 0 &&
	    copy(&image->file, core, region->offset, size) == 0 &&
	    (signature_size == 0 || copy(&image->signature, core, region->offset + size, signature_size) == 0)) {
		memset(core->shm.base + region->offset, 0, (size_t)size + signature_size);
		return 0;
	}
	amp_image_drop(image);
	amp_text(error, error_size, "the relay has no memory for a firmware of %u bytes", size);
	return -1;
}

/* What the description says of the core, as the check wants to know it. */
static struct secure_core places(const struct core *core)
{
	const struct core_config *config = core->config;
	const struct amp_region *region = amp_soc_region(config, AMP_REGION_FIRMWARE);
	struct secure_core out = {
		.name = config->name,
		.elf_machine = config->elf_machine,
		.elf_class = config->elf_class,
		.shared = {config->mem_da + region->offset, region->size},
		.num_private = config->num_private,
	};

	for (uint32_t i = 0; i < config->num_private; i++)
		out.private[i] = (struct secure_range){config->private[i].da, config->private[i].size};
	out.private[0].size -= sizeof(struct amp_boot_record); /* its end is the relay's */
	return out;
}

int amp_image_check(struct image *image, const struct core *core, char *error, size_t error_size)
{
	struct secure_core where = places(core);
	char text[SECURE_TEXT_MAX];
	struct secure_image found;

	image->elf = image->file.data;
	image->elf_size = image->file.size;
	if (!core->config->secure[0])
		return 0;
	if (amp_secure_verify(&core->key, image->file.data, image->file.size, image->signature.data,
	                      image->signature.size, &found, text) ||
	    amp_secure_admit(&where, &found, text)) {
		amp_text(error, error_size, "%s", text);
		return -1;
	}
	image->elf = found.elf;
	image->elf_size = found.elf_size;
	image->version = found.version;
	return 0;
}

int amp_image_accept(const struct image *image, const struct core *core, char *error, size_t error_size)
{
	char path[PATH_MAX], text[SECURE_TEXT_MAX];

	if (!core->config->secure[0])
		return 0;
	accepted_path(core, path);
	if (amp_rollback_raise(path, core->config->name, image->version, text) == 0)
		return 0;
	amp_text(error, error_size, "%s", text);
	return -1;
}

uint32_t amp_image_accepted(const struct core *core)
{
	char path[PATH_MAX], text[SECURE_TEXT_MAX];
	uint32_t version;

	accepted_path(core, path);
	return amp_rollback_read(path, core->config->name, &version, text) == 0 ? version : 0;
}

void amp_image_drop(struct image *image)
{
	amp_secure_free(&image->file);
	amp_secure_free(&image->signature);
}
