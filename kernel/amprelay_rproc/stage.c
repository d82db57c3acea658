// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware that the relay loads, because it goes to memory that Linux does not reach, or has to be
 * checked by somebody whom Linux cannot deceive: the whole file is put at the start of the firmware
 * region, with its signature, and the relay takes it from there when it is asked to start the core.
 *
 * What this driver reads in the file is for Linux's own use. The relay believes none of it.
 */

#include <linux/align.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

#define SIGNATURE_SUFFIX ".minisig"

/* OP-TEE's container of a remote processor's firmware, with an ELF file at its end */
#define CONTAINER_MAGIC 0x3543a468

struct container {
	__le32 magic;
	__le32 version;
	__le32 tlv_len;
	__le32 sign_len;
	__le32 img_len;
};

/**
 * amp_image_unwrap() - find the ELF file in a container
 * @core: the core
 * @image: its data is all of the file; changed to the ELF file, if it is one in a container
 *
 * Return: 0, or -EINVAL after a message.
 */
int amp_image_unwrap(struct amp_core *core, struct amp_image *image)
{
	struct container header;
	u64 start;

	/* The relay unwraps it only where it checks it. */
	if (!core->soc.secure || image->size < sizeof(header))
		return 0;
	memcpy(&header, image->data, sizeof(header));
	if (le32_to_cpu(header.magic) != CONTAINER_MAGIC)
		return 0;
	start = sizeof(header) + (u64)le32_to_cpu(header.tlv_len) +
		ALIGN((u64)le32_to_cpu(header.sign_len), 8);
	if (start > image->size || le32_to_cpu(header.img_len) > image->size - start)
		return amp_refuse(core,
				  "is truncated: an image of %u bytes at %llu, file has %zu bytes",
				  le32_to_cpu(header.img_len), start, image->size);
	image->data += start;
	image->size = le32_to_cpu(header.img_len);
	return 0;
}

/* The first one, which the relay looks at: amp_soc_check() has seen that there is one. */
static const struct amp_region *firmware_region(const struct amp_core *core)
{
	const struct amp_region *region = core->soc.region;

	while (region->kind != AMP_REGION_FIRMWARE)
		region++;
	return region;
}

/**
 * amp_stage() - put a firmware file where the relay takes it from
 * @core: the core, which is off
 * @image: an image that amp_image_open() has accepted
 *
 * A signature that is not there is for the relay to speak of.
 *
 * Return: 0, -EFBIG or -ENOMEM after a message.
 */
int amp_stage(struct amp_core *core, const struct amp_image *image)
{
	const struct amp_region *region = firmware_region(core);
	const struct firmware *file = image->fw, *signature = NULL;
	char name[AMP_FIRMWARE_LEN + sizeof(SIGNATURE_SUFFIX)];
	size_t size = 0;
	void *to;

	if (core->soc.secure && image->data == file->data) {
		snprintf(name, sizeof(name), "%s" SIGNATURE_SUFFIX, core->rproc->firmware);
		if (!firmware_request_nowarn(&signature, name, core->dev))
			size = signature->size;
	}
	if (file->size > region->size || size > region->size - file->size) {
		amp_refuse(core, "has %zu bytes, and %zu of its signature: too many to hand over",
			   file->size, size);
		release_firmware(signature);
		return -EFBIG;
	}
	to = core->mem + region->offset;
	memcpy(to, file->data, file->size);
	if (size)
		memcpy(to + file->size, signature->data, size);
	release_firmware(signature);
	core->staged = file->size;
	core->signature_size = size;
	return 0;
}

/**
 * amp_stage_publish() - write to the core's table what remoteproc has filled in
 * @core: the core, which the relay has loaded and started
 *
 * As with a core that is attached to, the firmware runs already; it looks at the table when the
 * status of a device says that its driver is ready. Nothing happens if Linux has loaded it.
 */
void amp_stage_publish(struct amp_core *core)
{
	struct rproc *rproc = core->rproc;

	if (!core->staged || !core->table)
		return;
	amp_table_publish(core, rproc->cached_table);
	rproc->table_ptr = core->mem + (core->table_da - core->soc.mem_da);
}
