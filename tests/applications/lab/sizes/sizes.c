// SPDX-License-Identifier: BSD-3-Clause
/*
 * sizes: answers each message with one that fills its buffer, and says in its first line what has come, how much there
 * is room for, and whether the other side has accepted the sizes that were asked for.
 */
#include "../../machine.h"

#include "format.h"

#include <amprelay/buffer_sizes.h>

static struct rpmsg_endpoint lept;
static int shutdown_req;

/* @return how many bytes at the beginning are as the first one */
static size_t alike(const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[n] == data[0])
		n++;
	return n;
}

static void answer(struct rpmsg_endpoint *ept, const char *data, size_t len, uint32_t dst)
{
	struct rpmsg_virtio_device *rvdev = metal_container_of(ept->rdev, struct rpmsg_virtio_device, rdev);
	bool accepted = virtio_has_feature(rvdev->vdev, AMP_RPMSG_F_BUFSZ);
	char *text;
	uint32_t room;
	size_t n;

	text = rpmsg_get_tx_payload_buffer(ept, &room, true);
	if (!text) {
		LPERROR("no buffer for 0x%x\n", dst);
		return;
	}
	n = amp_format(text, room, "%u bytes came, %u of them are %c; room for %u, %s\n", (unsigned)len,
	               (unsigned)alike(data, len), data[0], (unsigned)room, accepted ? "accepted" : "not accepted");
	memset(text + n, '.', room - n);
	if (rpmsg_sendto_nocopy(ept, text, (int)room, dst) < 0)
		LPERROR("%u bytes for 0x%x cannot be sent\n", (unsigned)room, dst);
}

static int sizes_cb(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	if (len == strlen(SHUTDOWN_MSG) && memcmp(data, SHUTDOWN_MSG, len) == 0)
		shutdown_req = 1;
	else if (len > 0)
		answer(ept, data, len, src);
	return RPMSG_SUCCESS;
}

static void unbind_cb(struct rpmsg_endpoint *ept)
{
	(void)ept;
	shutdown_req = 1;
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, VIRTIO_DEV_DEVICE, NULL);
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_create_ept(&lept, rdev, "app-sizes", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, sizes_cb, unbind_cb);
	while (!status && !shutdown_req)
		status = machine_wait();
	rpmsg_destroy_ept(&lept);
	machine_end();
	return shutdown_req ? EXIT_SUCCESS : EXIT_FAILURE;
}
