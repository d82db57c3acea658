// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link that goes from one firmware to the next by a record that somebody else may have written, over rings that a
 * peer writes. Input: what happens before, what is in the record, what becomes of it and of the rings.
 */
#include "link.h"
#include "peer.h"

#include <amprelay/hand_over.h>

#include <stdlib.h>
#include <string.h>

#define BUF_SIZE 64u
#define EPOCH    7u
#define SERVICE  0x100u
#define SERVICES 3u

static struct link both;
static struct rpmsg_endpoint host_ept, old_ept[SERVICES], new_ept[AMP_HAND_OVER_ENDPOINTS];
static struct amp_hand_over record;
static unsigned int host_got, remote_got;
static void *held; /* by the old firmware */
static bool hold_next;

static int on_host(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept;
	(void)src;
	(void)priv;
	fuzz_check(link_holds(data, len));
	host_got++;
	return RPMSG_SUCCESS;
}

static int on_remote(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	fuzz_check(link_holds(data, len));
	remote_got++;
	if (hold_next) {
		rpmsg_hold_rx_buffer(ept, data);
		held = data;
		hold_next = false;
	}
	return RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ the old firmware */

static void begin(unsigned int services)
{
	static const char *const names[SERVICES] = {"amp-echo", "", "amp-command"};

	link_up(&both, BUF_SIZE, NULL, 0);
	host_got = remote_got = 0;
	held = NULL;
	hold_next = false;
	memset(&host_ept, 0, sizeof(host_ept));
	memset(old_ept, 0, sizeof(old_ept));
	memset(new_ept, 0, sizeof(new_ept));
	for (unsigned int i = 0; i < services; i++)
		fuzz_check(rpmsg_create_ept(&old_ept[i], &both.remote.rvdev.rdev, names[i], SERVICE + i, RPMSG_ADDR_ANY,
		                            on_remote, NULL) == RPMSG_SUCCESS);
	link_poll(&both.host);
	fuzz_check(rpmsg_create_ept(&host_ept, &both.host.rvdev.rdev, "", 10, SERVICE, on_host, NULL) == RPMSG_SUCCESS);
}

static void talk(unsigned int messages)
{
	for (unsigned int i = 0; i < messages; i++) {
		fuzz_check(rpmsg_trysend(&host_ept, "ping", 4) == 4);
		link_poll(&both.remote);
		fuzz_check(rpmsg_trysend(&old_ept[0], "pong", 4) == 4);
		link_poll(&both.host);
	}
}

/* A message in the application's hands is not handed over. */
static void hand_over(bool holds, unsigned int services)
{
	if (holds) {
		hold_next = true;
		fuzz_check(rpmsg_trysend(&host_ept, "ping", 4) == 4);
		link_poll(&both.remote);
		fuzz_check(held && amp_rpmsg_hand_over(&both.remote.rvdev, &record) == RPMSG_ERR_NO_BUFF);
		rpmsg_release_rx_buffer(&old_ept[0], held);
	}
	fuzz_check(amp_rpmsg_hand_over(&both.remote.rvdev, &record) == RPMSG_SUCCESS);
	fuzz_check(record.link == 1 && record.endpoints == services);
}

/* What is kept is found again. */
static void keep(struct fuzz_input *in)
{
	uint8_t data[300];
	char name[20];
	size_t size = fuzz_u16(in) % sizeof(data);
	const void *before, *after;

	fuzz_bytes(in, name, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	fuzz_bytes(in, data, size);
	before = amp_hand_over_get(&record, name, size);
	if (amp_hand_over_put(&record, name, data, size)) {
		fuzz_check(record.state_size + 20 + size > sizeof(record.state));
		return;
	}
	fuzz_check(record.state_size <= sizeof(record.state) && record.state_size % 4 == 0);
	after = amp_hand_over_get(&record, name, size);
	fuzz_check(!before || after == before); /* the first of a name counts */
	fuzz_check(!after || before || memcmp(after, data, size) == 0);
}

/* ------------------------------------------------------------------ the record on its way */

static void edit(struct fuzz_input *in)
{
	size_t at = fuzz_u16(in) % sizeof(record), n = 1 + fuzz_u8(in) % 4;

	for (size_t i = 0; i < n && at + i < sizeof(record); i++)
		((uint8_t *)&record)[at + i] = fuzz_u8(in);
}

/* All that the record says of itself can be, once it has been found to be in order. */
static void check_accepted(void)
{
	static const char *const names[] = {"stats", "closed", "amp-echo", ""};
	const uint8_t *state = record.state;

	fuzz_check(record.link <= 1 && record.endpoints <= AMP_HAND_OVER_ENDPOINTS);
	fuzz_check(record.link || !record.endpoints);
	fuzz_check(record.index[0] <= UINT16_MAX && record.index[1] <= UINT16_MAX);
	fuzz_check(record.state_size <= sizeof(record.state));
	for (uint32_t i = 0; i < record.endpoints; i++) {
		const struct amp_hand_over_endpoint *ept = &record.endpoint[i];

		fuzz_check(memchr(ept->name, '\0', sizeof(ept->name)) && ept->addr != RPMSG_ADDR_ANY);
		for (uint32_t k = 0; k < i; k++)
			fuzz_check(record.endpoint[k].addr != ept->addr);
		fuzz_check(strcmp(amp_hand_over_find(&record, ept->name)->name, ept->name) == 0);
	}
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		for (size_t size = 0; size <= sizeof(record.state); size++) {
			const uint8_t *item = amp_hand_over_get(&record, names[n], size);

			fuzz_check(!item || (item >= state + 20 && item + size <= state + record.state_size));
			fuzz_check(!item || (size_t)(item - state) % 4 == 0);
		}
	}
}

/*
 * What has changed by accident is seen; what was made with its sum right can be anything, but is either refused or can
 * be used.
 *
 * @return it is as it was
 */
static bool on_its_way(struct fuzz_input *in)
{
	struct amp_hand_over before = record;
	uint8_t how = fuzz_u8(in);
	const char *wrong;

	if (how % 4 == 1) {
		edit(in); /* no more than 32 bits side by side: which CRC-32 finds without exception */
	} else if (how % 4 > 1) {
		for (uint8_t n = how >> 4; n; n--)
			edit(in);
		amp_hand_over_seal(&record, EPOCH);
	}
	wrong = amp_hand_over_wrong(&record, EPOCH);
	fuzz_check(amp_hand_over_wrong(&record, EPOCH + 1)); /* of another life */
	if (memcmp(&before, &record, sizeof(record)) == 0) {
		fuzz_check(!wrong);
		return true;
	}
	fuzz_check(wrong || how % 4 > 1);
	if (wrong)
		record.magic = 0;
	else
		check_accepted();
	return false;
}

/* ------------------------------------------------------------------ the new firmware */

/* It starts from nothing: what the old one knew of the link is gone. */
static void forget(void)
{
	struct virtio_device *vdev = both.remote.vdev;

	metal_mutex_deinit(&both.remote.rvdev.rdev.lock);
	memset(&both.remote.rvdev, 0, sizeof(both.remote.rvdev));
	both.remote.told = 0;
	both.remote.reason = AMP_LINK_OK;
	vdev->up = false;
	vdev->priv = NULL;
	for (unsigned int i = 0; i < 2; i++) {
		struct virtqueue *vq = vdev->vrings_info[i].vq;

		vq->vq_used_cons_idx = vq->vq_available_idx = vq->vq_peer_idx = 0x7777;
		vq->vq_inuse = false;
	}
}

static void take_over_endpoints(bool as_it_was)
{
	for (uint32_t i = 0; i < record.endpoints; i++) {
		const struct amp_hand_over_endpoint *from = &record.endpoint[i];
		int status = amp_rpmsg_take_over_ept(&new_ept[i], &both.remote.rvdev.rdev, from, on_remote, NULL);

		fuzz_check(!as_it_was || status == RPMSG_SUCCESS);
		if (status)
			continue;
		fuzz_check(new_ept[i].addr == from->addr && new_ept[i].dest_addr == from->dest_addr);
		fuzz_check(strcmp(new_ept[i].name, from->name) == 0);
	}
}

/* @return whether it has the link */
static bool take_over(bool peer_writes, bool as_it_was)
{
	const struct metal_io_region *io = &both.remote.io;
	uint8_t *before = malloc(io->size);
	int status;

	fuzz_check(before);
	memcpy(before, io->virt, io->size);
	status = amp_rpmsg_take_over(&both.remote.rvdev, both.remote.vdev, NULL, &both.remote.io, &record);
	fuzz_check(status <= 0 && (!as_it_was || peer_writes || status == RPMSG_SUCCESS));
	fuzz_check(!status || peer_writes || memcmp(before, io->virt, io->size) == 0);
	free(before);
	for (unsigned int i = 0; i < 2 && !status; i++) {
		const struct virtqueue *vq = both.remote.vdev->vrings_info[i].vq;

		fuzz_check(vq->vq_used_cons_idx == record.index[i] && vq->vq_available_idx == record.index[i]);
	}
	return status == RPMSG_SUCCESS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned int services = 1 + fuzz_u8(&in) % SERVICES, waiting;
	bool peer_writes = false, as_it_was, taken = false;

	begin(services);
	talk(fuzz_u8(&in) % 12);
	hand_over(fuzz_u8(&in) & 1, services);
	for (uint8_t n = fuzz_u8(&in) % 5; n; n--)
		keep(&in);
	amp_hand_over_seal(&record, EPOCH);
	as_it_was = on_its_way(&in);
	/* the driver goes on meanwhile */
	waiting = fuzz_u8(&in) % (LINK_NUM + 1);
	for (unsigned int i = 0; i < waiting; i++)
		fuzz_check(rpmsg_trysend(&host_ept, "ping", 4) == 4);
	for (uint8_t n = fuzz_u8(&in) % 4; n; n--) {
		peer_writes = true;
		if (fuzz_u8(&in) & 1)
			fuzz_peer_arm(&in);
		else
			fuzz_peer_write(&in);
	}
	forget();
	if (record.magic && record.link)
		taken = take_over(peer_writes, as_it_was);
	if (taken) {
		remote_got = 0;
		take_over_endpoints(as_it_was);
		link_poll(&both.remote);
		link_poll(&both.host);
		fuzz_check(!as_it_was || peer_writes || remote_got == waiting);
	}
	link_down(&both);
	return 0;
}
