// SPDX-License-Identifier: GPL-2.0-only
/* Sizes of buffers that the device offers and the driver takes, in the dialects of Linux and NuttX. */
#include "link_fixture.h"

#include <amprelay/buffer_sizes.h>

#include <string.h>

#define NS     (1u << VIRTIO_RPMSG_F_NS)
#define LINUX  (NS | 1u << AMP_RPMSG_F_BUFSZ)
#define NUTTX  (NS | 1u << AMP_RPMSG_F_NUTTX_BUFSZ)
#define PLACED (NUTTX | 1u << AMP_RPMSG_F_NUTTX_BUFADDR)
#define ACK    (1u << AMP_RPMSG_F_NUTTX_ACK)

/* Memory of links: an entry with room for either configuration space, rings, and buffers of the largest size. */
static struct {
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
		uint8_t space[64];
	} rsc __attribute__((__aligned__(64)));
	uint8_t vring[2][512] __attribute__((__aligned__(64)));
	uint8_t buffers[2 * RING_NUM * AMP_RPMSG_BUFFER_MAX] __attribute__((__aligned__(64)));
} shm;

static metal_phys_addr_t phys = PHYS_BASE;
static struct metal_io_region io;
static struct virtio_device *host, *remote;
static struct rpmsg_virtio_device host_link, remote_link;
static struct rpmsg_virtio_shm_pool pool, areas[2];
static struct rpmsg_virtio_config config;

static int ring(void *priv, uint32_t id)
{
	(void)priv, (void)id;
	return 0;
}

static struct virtio_device *add_device(unsigned int role)
{
	struct virtio_device *vdev = rproc_virtio_create_vdev(role, 0, &shm.rsc, &io, NULL, ring, NULL);

	assert_non_null(vdev);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(vdev, i, i, shm.vring[i], &io, RING_NUM, RING_ALIGN), 0);
	return vdev;
}

/* Both sides' devices, with this offer in the table. */
static void offer(uint32_t features, const void *space, uint32_t size)
{
	memset(&shm, 0, sizeof(shm.rsc) + sizeof(shm.vring));
	shm.rsc.vdev.type = RSC_VDEV;
	shm.rsc.vdev.id = VIRTIO_ID_RPMSG;
	shm.rsc.vdev.dfeatures = features;
	shm.rsc.vdev.config_len = size;
	shm.rsc.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++)
		shm.rsc.vring[i] = (struct fw_rsc_vdev_vring){.align = RING_ALIGN, .num = RING_NUM, .notifyid = i};
	memset(shm.rsc.space, 0, sizeof(shm.rsc.space));
	if (space)
		memcpy(shm.rsc.space, space, size);
	metal_io_init(&io, &shm, &phys, sizeof(shm), (unsigned int)-1, 0, NULL);
	host = add_device(VIRTIO_DEV_DRIVER);
	remote = add_device(VIRTIO_DEV_DEVICE);
	config = (struct rpmsg_virtio_config){512, 512, false};
	memset(areas, 0, sizeof(areas));
}

static void remove_devices(void)
{
	rpmsg_deinit_vdev(&remote_link);
	rpmsg_deinit_vdev(&host_link);
	rproc_virtio_remove_vdev(remote);
	rproc_virtio_remove_vdev(host);
}

static void links_up(void)
{
	rpmsg_virtio_init_shm_pool(&pool, shm.buffers, sizeof(shm.buffers));
	assert_int_equal(
		rpmsg_init_vdev_with_config(&host_link, host, NULL, &io, config.split_shpool ? areas : &pool, &config),
		0);
	assert_int_equal(rpmsg_init_vdev(&remote_link, remote, NULL, &io, NULL), 0);
}

static uint8_t sent[AMP_RPMSG_BUFFER_MAX];
static size_t received;

static int check_received(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)ept, (void)src, (void)priv;
	assert_memory_equal(data, sent, len);
	received = len;
	return 0;
}

/* The largest message passes in one direction, and nothing larger. */
static void fills(struct rpmsg_endpoint *from, struct virtio_device *to, uint32_t buffer_size)
{
	int room = (int)buffer_size - 16;

	received = 0;
	assert_int_equal(rpmsg_get_tx_buffer_size(from), room);
	assert_int_equal(rpmsg_trysend(from, sent, room + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_trysend(from, sent, room), room);
	assert_int_equal(rproc_virtio_notified(to, RSC_NOTIFY_ID_ANY), 0);
	assert_int_equal(received, room);
}

static void messages_of(uint32_t h2r_size, uint32_t r2h_size)
{
	static struct rpmsg_endpoint at_host, at_remote; /* they outlive this function */

	for (unsigned int i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7 + i / 251);
	memset(&at_host, 0, sizeof(at_host));
	memset(&at_remote, 0, sizeof(at_remote));
	assert_int_equal(rpmsg_create_ept(&at_host, &host_link.rdev, NULL, 10, 20, check_received, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&at_remote, &remote_link.rdev, NULL, 20, 10, check_received, NULL), 0);
	fills(&at_host, remote, h2r_size);
	fills(&at_remote, host, r2h_size);
}

/* The host takes the offer, the link has those sizes, and both sides know that they were accepted. */
static void is_taken(uint32_t features, uint32_t accepted, const void *space, uint32_t size, uint32_t h2r, uint32_t r2h)
{
	offer(features, space, size);
	assert_null(amp_rpmsg_negotiate_buffers(host, &config, NULL, NULL));
	assert_int_equal(config.h2r_buf_size, h2r);
	assert_int_equal(config.r2h_buf_size, r2h);
	assert_false(config.split_shpool);
	links_up();
	assert_int_equal(shm.rsc.vdev.gfeatures, accepted);
	messages_of(h2r, r2h);
	remove_devices();
}

/* It is refused with words that say which part is wrong, nothing is changed, and nothing accepted. */
static void is_refused(uint32_t features, const void *space, uint32_t size, const char *word)
{
	const char *wrong;

	offer(features, space, size);
	wrong = amp_rpmsg_negotiate_buffers(host, &config, areas, &io);
	assert_non_null(wrong);
	if (!strstr(wrong, word))
		fail_msg("\"%s\" does not say \"%s\"", wrong, word);
	assert_int_equal(config.h2r_buf_size, 512);
	assert_int_equal(config.r2h_buf_size, 512);
	assert_false(config.split_shpool);
	assert_null(areas[0].base);
	assert_null(areas[1].base);
	links_up();
	assert_int_equal(shm.rsc.vdev.gfeatures, features & NS);
	messages_of(512, 512);
	remove_devices();
}

/* ------------------------------------------------------------------ Linux's dialect */

static void linux_is_taken(uint32_t tx, uint32_t rx)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(tx, rx);

	/* seen from the remote */
	is_taken(LINUX, LINUX, &space, sizeof(space), rx, tx);
}

static void sizes_of_linux_are_taken_from_64_bytes_to_64_kib_in_each_direction(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct amp_rpmsg_space), 11);
	linux_is_taken(64, 65536);
	linux_is_taken(65536, 64);
	linux_is_taken(68, 512);
	linux_is_taken(1024, 65532);
}

static void linux_is_refused(uint8_t version, uint16_t size, uint32_t tx, uint32_t rx, const char *word)
{
	struct amp_rpmsg_space space = {version, size, tx, rx};

	is_refused(LINUX, &space, sizeof(space), word);
}

static void other_sizes_of_linux_are_refused(void **state)
{
	static const uint32_t bad[] = {0,  15,    16,    60,    63,         65,         66,
	                               67, 65535, 65537, 65540, 0x7fffffc0, 0x80000000, 0xffffffff};

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		linux_is_refused(1, 11, bad[i], 512, "remote to host");
		linux_is_refused(1, 11, 512, bad[i], "host to remote");
	}
}

static void another_version_or_size_of_linux_is_refused(void **state)
{
	(void)state;
	linux_is_refused(0, 11, 512, 512, "version 1");
	linux_is_refused(2, 11, 512, 512, "version 1");
	linux_is_refused(255, 11, 512, 512, "version 1");
	linux_is_refused(1, 10, 512, 512, "other than 11");
	linux_is_refused(1, 12, 512, 512, "other than 11");
	linux_is_refused(1, 0, 512, 512, "other than 11");
	linux_is_refused(1, 0x0b00, 512, 512, "other than 11");
	linux_is_refused(1, 0xffff, 512, 512, "other than 11");
}

static void a_configuration_space_that_is_too_short_is_refused(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(1024, 1024);
	struct amp_rpmsg_nuttx_space nuttx = {.h2r_size = 1024, .r2h_size = 1024};

	(void)state;
	is_refused(LINUX, &space, 10, "below 11");
	is_refused(LINUX, &space, 1, "below 11");
	is_refused(NUTTX, &nuttx, 7, "below 8");
	is_refused(NUTTX, NULL, 0, "below 8");
	is_refused(PLACED, &nuttx, 23, "below 24");
	is_refused(PLACED, NULL, 0, "below 24");
}

static void more_than_the_dialect_has_in_its_configuration_space_is_not_looked_at(void **state)
{
	struct {
		struct amp_rpmsg_space space;
		uint8_t more[53];
	} space = {AMP_RPMSG_SPACE(256, 128), {1, 2, 3}};

	(void)state;
	is_taken(LINUX, LINUX, &space, 12, 128, 256);
	is_taken(LINUX, LINUX, &space, 64, 128, 256);
}

/* ------------------------------------------------------------------ NuttX's dialect */

static void sizes_of_nuttx_are_taken_with_the_bits_beside_them(void **state)
{
	struct amp_rpmsg_nuttx_space space = {.h2r_size = 64, .r2h_size = 65536};

	(void)state;
	assert_int_equal(sizeof(space), 40);
	is_taken(NUTTX, NUTTX, &space, 8, 64, 65536);
	/* acknowledgements and names are not accepted, and what says where buffers lie is not without areas */
	is_taken(NUTTX | ACK, NUTTX, &space, sizeof(space), 64, 65536);
	is_taken(PLACED | ACK | 1u << AMP_RPMSG_F_NUTTX_CPUNAME, NUTTX, &space, sizeof(space), 64, 65536);
	/* 0x0b01 as the first bytes: half of Linux's header */
	space = (struct amp_rpmsg_nuttx_space){.h2r_size = 0xb00, .r2h_size = 512};
	is_taken(NUTTX | ACK, NUTTX, &space, sizeof(space), 0xb00, 512);
}

static void other_sizes_of_nuttx_are_refused(void **state)
{
	static const uint32_t bad[] = {0, 60, 63, 65, 66, 65535, 65537, 65540, 0x80000000, 0xffffffff};
	struct amp_rpmsg_nuttx_space space;

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		space = (struct amp_rpmsg_nuttx_space){.h2r_size = bad[i], .r2h_size = 512};
		is_refused(NUTTX, &space, sizeof(space), "host to remote");
		space = (struct amp_rpmsg_nuttx_space){.h2r_size = 512, .r2h_size = bad[i]};
		is_refused(NUTTX | ACK, &space, sizeof(space), "remote to host");
	}
}

/* Where they say, in 64 bits; the gap between them stays as it is. */
static void buffers_lie_where_nuttx_says(void **state)
{
	const uint64_t first = PHYS_BASE + (uint64_t)(shm.buffers - (uint8_t *)&shm);
	struct amp_rpmsg_nuttx_space space = {256, 128, first + 4096, first, "host", "remote"};

	(void)state;
	offer(PLACED, &space, sizeof(space));
	memset(shm.buffers, 0x5a, 8192);
	assert_null(amp_rpmsg_negotiate_buffers(host, &config, areas, &io));
	assert_true(config.split_shpool);
	links_up();
	assert_int_equal(shm.rsc.vdev.gfeatures, PLACED);
	messages_of(256, 128);
	for (unsigned int i = 128 * RING_NUM; i < 4096; i++)
		assert_int_equal(shm.buffers[i], 0x5a);
	for (unsigned int i = 4096 + 256 * RING_NUM; i < 8192; i++)
		assert_int_equal(shm.buffers[i], 0x5a);
	remove_devices();
}

static void placed_is_refused(uint64_t h2r, uint64_t r2h, const char *word)
{
	struct amp_rpmsg_nuttx_space space = {.h2r_size = 256, .r2h_size = 128, .h2r_addr = h2r, .r2h_addr = r2h};

	is_refused(PLACED, &space, sizeof(space), word);
}

static void buffers_at_other_places_are_refused(void **state)
{
	const uint64_t start = PHYS_BASE, end = PHYS_BASE + sizeof(shm), good = start + 0x10000;

	(void)state;
	placed_is_refused(start - 4, good, "inside");
	placed_is_refused(good, start - 4, "inside");
	placed_is_refused(end - 256 * RING_NUM + 4, good, "inside");
	placed_is_refused(good, end - 128 * RING_NUM + 4, "inside");
	placed_is_refused(end, good, "inside");
	placed_is_refused(good, UINT64_MAX & ~3ull, "inside");
	placed_is_refused(0, good, "inside");
	placed_is_refused(good + 1, good + 0x10000, "multiple of 4");
	placed_is_refused(good + 0x10000, good + 2, "multiple of 4");
	placed_is_refused(good, good, "same place");
	placed_is_refused(good, good + 256 * RING_NUM - 4, "same place");
	placed_is_refused(good + 128 * RING_NUM - 4, good, "same place");
}

static void the_largest_areas_that_fit_are_taken(void **state)
{
	const uint64_t first = PHYS_BASE + (uint64_t)(shm.buffers - (uint8_t *)&shm), end = PHYS_BASE + sizeof(shm);
	struct amp_rpmsg_nuttx_space space = {
		.h2r_size = 256, .r2h_size = 128, .h2r_addr = end - 256 * RING_NUM, .r2h_addr = first};

	(void)state;
	offer(PLACED, &space, sizeof(space));
	assert_null(amp_rpmsg_negotiate_buffers(host, &config, areas, &io));
	assert_int_equal(areas[0].size, 256 * RING_NUM);
	assert_int_equal(areas[1].size, 128 * RING_NUM);
	assert_ptr_equal(areas[1].base, shm.buffers);
	remove_devices();
}

/* ------------------------------------------------------------------ both, and neither */

static void both_dialects_at_once_are_refused(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(1024, 1024);
	uint8_t padded[64] = {0};

	(void)state;
	memcpy(padded, &space, sizeof(space));
	is_refused(LINUX | NUTTX, padded, sizeof(padded), "both dialects");
	is_refused(LINUX | PLACED, padded, sizeof(padded), "both dialects");
	is_refused(LINUX | 1u << AMP_RPMSG_F_NUTTX_CPUNAME, padded, sizeof(padded), "both dialects");
}

/* NuttX's acknowledgements, or a configuration space of Linux's that is broken? */
static void what_cannot_be_told_apart_is_refused(void **state)
{
	struct amp_rpmsg_nuttx_space space = {.h2r_size = 1024, .r2h_size = 1024};

	(void)state;
	is_refused(NS | ACK, &space, sizeof(space), "no bit of NuttX's");
}

static void stays_at_512(uint32_t features, const void *space, uint32_t size)
{
	is_taken(features, features & NS, space, size, 512, 512);
}

static void without_an_offer_the_sizes_stay_as_they_are(void **state)
{
	struct amp_rpmsg_space linux_space = AMP_RPMSG_SPACE(1024, 1024);
	struct amp_rpmsg_nuttx_space space = {.h2r_size = 1024, .r2h_size = 1024};

	(void)state;
	stays_at_512(NS, NULL, 0);
	stays_at_512(0, NULL, 0);
	stays_at_512(NS, &linux_space, sizeof(linux_space));
	stays_at_512(NS | ACK, NULL, 0);
	stays_at_512(NS | 1u << AMP_RPMSG_F_NUTTX_CPUNAME, &space, sizeof(space));
	stays_at_512(NS | ACK | 1u << AMP_RPMSG_F_NUTTX_BUFADDR, &space, sizeof(space));
}

static void a_device_that_is_ignored_has_buffers_of_512_bytes(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(4096, 2048);

	(void)state;
	offer(LINUX, &space, sizeof(space));
	links_up();
	assert_false(virtio_has_feature(remote, AMP_RPMSG_F_BUFSZ));
	messages_of(512, 512);
	remove_devices();
}

/* As OpenAMP's does, which accepts whatever is offered. */
static void a_driver_that_accepts_and_knows_nothing_does_no_harm(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(4096, 2048);

	(void)state;
	offer(LINUX, &space, sizeof(space));
	links_up();
	shm.rsc.vdev.gfeatures = LINUX;
	assert_true(virtio_has_feature(remote, AMP_RPMSG_F_BUFSZ));
	messages_of(512, 512);
	remove_devices();
}

static void a_device_knows_that_its_sizes_were_taken(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(4096, 2048);

	(void)state;
	offer(LINUX, &space, sizeof(space));
	assert_null(amp_rpmsg_negotiate_buffers(host, &config, NULL, NULL));
	links_up();
	assert_true(virtio_has_feature(remote, AMP_RPMSG_F_BUFSZ));
	assert_int_equal(rpmsg_virtio_get_tx_buffer_size(&remote_link.rdev), 4096 - 16);
	remove_devices();
}

/* What was accepted in one life is not in the next, if that offers something else. */
static void each_life_is_negotiated_anew(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(128, 256);

	(void)state;
	offer(LINUX, &space, sizeof(space));
	assert_null(amp_rpmsg_negotiate_buffers(host, &config, NULL, NULL));
	links_up();
	assert_string_equal(amp_rpmsg_negotiate_buffers(host, &config, NULL, NULL), "the device is in use");
	rpmsg_deinit_vdev(&remote_link);
	rpmsg_deinit_vdev(&host_link);
	shm.rsc.space[0] = 2;
	config = (struct rpmsg_virtio_config){512, 512, false};
	assert_non_null(amp_rpmsg_negotiate_buffers(host, &config, NULL, NULL));
	links_up();
	assert_int_equal(shm.rsc.vdev.gfeatures, NS);
	messages_of(512, 512);
	remove_devices();
}

static void arguments_are_checked(void **state)
{
	struct amp_rpmsg_space space = AMP_RPMSG_SPACE(128, 256);

	(void)state;
	offer(LINUX, &space, sizeof(space));
	assert_non_null(amp_rpmsg_negotiate_buffers(NULL, &config, NULL, NULL));
	assert_non_null(amp_rpmsg_negotiate_buffers(host, NULL, NULL, NULL));
	assert_non_null(amp_rpmsg_negotiate_buffers(host, &config, areas, NULL));
	assert_non_null(amp_rpmsg_negotiate_buffers(remote, &config, NULL, NULL));
	assert_int_equal(config.h2r_buf_size, 512);
	remove_devices();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_linux_are_taken_from_64_bytes_to_64_kib_in_each_direction),
		cmocka_unit_test(other_sizes_of_linux_are_refused),
		cmocka_unit_test(another_version_or_size_of_linux_is_refused),
		cmocka_unit_test(a_configuration_space_that_is_too_short_is_refused),
		cmocka_unit_test(more_than_the_dialect_has_in_its_configuration_space_is_not_looked_at),
		cmocka_unit_test(sizes_of_nuttx_are_taken_with_the_bits_beside_them),
		cmocka_unit_test(other_sizes_of_nuttx_are_refused),
		cmocka_unit_test(buffers_lie_where_nuttx_says),
		cmocka_unit_test(buffers_at_other_places_are_refused),
		cmocka_unit_test(the_largest_areas_that_fit_are_taken),
		cmocka_unit_test(both_dialects_at_once_are_refused),
		cmocka_unit_test(what_cannot_be_told_apart_is_refused),
		cmocka_unit_test(without_an_offer_the_sizes_stay_as_they_are),
		cmocka_unit_test(a_device_that_is_ignored_has_buffers_of_512_bytes),
		cmocka_unit_test(a_driver_that_accepts_and_knows_nothing_does_no_harm),
		cmocka_unit_test(a_device_knows_that_its_sizes_were_taken),
		cmocka_unit_test(each_life_is_negotiated_anew),
		cmocka_unit_test(arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
