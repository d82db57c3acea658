// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_and_start: the host loads firmware into the core, and starts it.
 *
 * The firmware is an ELF file for this core (native_demo/firmware.c). Here it is a part of the host's own program, as
 * it is where there is no file system; amp_file_store_ops and a path load the same from a file. What the core needs, a
 * device for RPMsg with two vrings, stands in the resource table of that file; the host knows nothing of it beforehand.
 */
#include "common/platform.h"

#include <amprelay/image_store.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* FIRMWARE is the path of the file at build time. */
extern const uint8_t firmware[], firmware_end[];
__asm__(".pushsection .rodata\n"
        ".global firmware, firmware_end\n"
        "firmware: .incbin \"" FIRMWARE "\"\n"
        "firmware_end: .byte 0\n"
        ".popsection\n");

static unsigned int answers;

static int answer_came(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	printf("host: \"%s\" answers \"%.*s\"\n", ept->name, (int)len, (const char *)data);
	answers++;
	return RPMSG_SUCCESS;
}

static int failed(const char *what, int status)
{
	fprintf(stderr, "host: %s: %s\n", what, amp_remoteproc_strerror(status));
	return 1;
}

/* The life of a core: config, load, start … stop, shutdown. */
static int host(struct platform *p)
{
	struct amp_mem_store store = {.image = firmware, .size = (size_t)(firmware_end - firmware)};
	static struct rpmsg_endpoint ept;
	struct rpmsg_device *rdev;
	int status;

	/* Power, clocks, memory: whatever a core needs before it can be loaded. Nothing here. */
	status = remoteproc_config(&p->rproc, NULL);
	if (status)
		return failed("config", status);

	/* Half of an image is refused, and the core cannot start with it.
	 * Nothing is lost: the next one may be right. */
	store.size /= 2;
	status = remoteproc_load(&p->rproc, NULL, &store, &amp_mem_store_ops, NULL);
	printf("host: half of the firmware: %s\n", amp_remoteproc_strerror(status));

	store.size = (size_t)(firmware_end - firmware);
	status = remoteproc_load(&p->rproc, NULL, &store, &amp_mem_store_ops, NULL);
	if (status)
		return failed("load", status);
	printf("host: loaded %zu bytes, it begins at 0x%lx and is %s\n", store.size, p->rproc.bootaddr,
	       amp_remoteproc_state_name(p->rproc.state));

	status = remoteproc_start(&p->rproc);
	if (status)
		return failed("start", status);
	printf("host: %s\n", amp_remoteproc_state_name(p->rproc.state));

	/* The first virtio device of the resource table that was loaded; see platform_link_up(). */
	rdev = platform_link_up(p, NULL);
	if (!rdev || rpmsg_create_ept(&ept, rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, answer_came, NULL))
		return 1;
	while (!is_rpmsg_ept_ready(&ept)) {
		if (platform_wait(p, PLATFORM_PATIENCE) != 1)
			return 1;
	}
	if (rpmsg_send(&ept, "hello", 5) < 0 || !platform_wait_for(p, &answers, 1))
		return 1;

	platform_link_down(p);
	status = remoteproc_stop(&p->rproc);
	if (status)
		return failed("stop", status);
	printf("host: %s\n", amp_remoteproc_state_name(p->rproc.state));
	return 0;
}

int main(int argc, char **argv)
{
	return platform_main(argc, argv, host, NULL);
}
