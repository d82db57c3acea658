// SPDX-License-Identifier: GPL-2.0-only
/* Virtio devices of the resource table, the driver's and the device's end, in shared memory and with a copied table. */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

static const struct remoteproc_ops remote_ops;
static struct remoteproc remote;
static struct remoteproc_mem remote_mem;

static struct table *table(void)
{
	return (struct table *)(void *)(memory + 0x100);
}

/* The table is in the memory, and both sides have taken it. */
static int setup_both(void **state)
{
	if (setup(state))
		return -1;
	*table() = good_table;
	remoteproc_init(&remote, &remote_ops, NULL);
	remoteproc_init_mem(&remote_mem, "shared", MEM_PA, MEM_DA, MEM_SIZE, shared_mem.io);
	remoteproc_add_mem(&remote, &remote_mem);
	return remoteproc_set_rsc_table(&rproc, &table()->header, sizeof(struct table)) ||
	       remoteproc_set_rsc_table(&remote, &table()->header, sizeof(struct table));
}

static int teardown_both(void **state)
{
	assert_int_equal(remoteproc_remove(&remote), 0);
	return teardown(state);
}

static struct virtio_device *create_driver(void)
{
	return remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
}

static void the_driver_gets_rings_and_ids_from_the_table(void **state)
{
	struct virtio_device *vdev = create_driver();

	(void)state;
	assert_non_null(vdev);
	assert_int_equal(vdev->id.device, VIRTIO_ID_RPMSG);
	assert_int_equal(vdev->vrings_num, 2);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, memory + 0x2000);
	assert_ptr_equal(vdev->vrings_info[1].info.vaddr, memory + 0x2400);
	assert_ptr_equal(vdev->vrings_info[0].io, shared_mem.io);
	assert_int_equal(vdev->vrings_info[0].info.num_descs, 4);
	assert_int_equal(vdev->vrings_info[0].info.align, 16);
	/* 5 is the table's; the driver chose the open ones, and wrote them there. */
	assert_int_equal(vdev->vrings_info[0].notifyid, 5);
	assert_int_equal(vdev->notifyid, 0);
	assert_int_equal(vdev->vrings_info[1].notifyid, 1);
	assert_int_equal(table()->vdev.notifyid, 0);
	assert_int_equal(table()->vring[1].notifyid, 1);
	assert_int_equal(rproc.bitmap, 1 << 5 | 1 << 1 | 1);
	/* Once more: the same device. */
	assert_ptr_equal(create_driver(), vdev);
	remoteproc_remove_virtio(&rproc, vdev);
	assert_true(metal_list_is_empty(&rproc.vdevs));
	remoteproc_remove_virtio(&rproc, NULL);
	remoteproc_remove_virtio(NULL, vdev);
}

static void the_status_lives_where_the_table_does(void **state)
{
	static struct table copy;
	struct virtio_device *vdev = create_driver();
	uint8_t status;

	(void)state;
	assert_int_equal(virtio_set_status(vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	assert_int_equal(table()->vdev.status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	remoteproc_remove_virtio(&rproc, vdev);
	assert_int_equal(table()->vdev.status, 0);

	copy = good_table;
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &copy.header, sizeof(copy)), 0);
	vdev = create_driver();
	assert_non_null(vdev);
	assert_int_equal(virtio_set_status(vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	assert_int_equal(virtio_get_status(vdev, &status), 0);
	assert_int_equal(status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(copy.vdev.status, VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(copy.vring[1].notifyid, 1);
	assert_int_equal(table()->vdev.status, 0);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &table()->header, sizeof(struct table)), 0);
}

static void kicks_reach_the_platform_with_their_id(void **state)
{
	struct virtio_device *vdev = create_driver();
	struct virtqueue *vq = vdev->vrings_info[0].vq;
	vq_callback callbacks[2] = {NULL, NULL};

	(void)state;
	assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks, NULL), 0);
	virtqueue_kick(vq);
	assert_int_equal(platform.rings, 1);
	assert_int_equal(platform.rung, 5);
	platform_ops.notify = NULL; /* a host that is only polled */
	virtqueue_kick(vq);
	assert_int_equal(platform.rings, 1);
}

static int seen[2];

static void see0(struct virtqueue *vq)
{
	(void)vq;
	seen[0]++;
}

static void see1(struct virtqueue *vq)
{
	(void)vq;
	seen[1]++;
}

static void notifications_reach_the_queue_with_their_id(void **state)
{
	struct virtio_device *vdev = create_driver();
	vq_callback callbacks[2] = {see0, see1};

	(void)state;
	memset(seen, 0, sizeof(seen));
	assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks, NULL), 0);
	assert_int_equal(remoteproc_get_notification(&rproc, 5), 0);
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 0);
	assert_int_equal(remoteproc_get_notification(&rproc, 1), 0);
	assert_int_equal(seen[1], 1);
	assert_int_equal(remoteproc_get_notification(&rproc, 40), 0); /* nobody's */
	assert_int_equal(remoteproc_get_notification(&rproc, RSC_NOTIFY_ID_ANY), 0);
	assert_int_equal(seen[0], 2);
	assert_int_equal(seen[1], 2);
	assert_int_equal(remoteproc_get_notification(NULL, 5), -RPROC_EINVAL);
}

static void what_is_not_in_the_table_is_not_created(void **state)
{
	(void)state;
	assert_null(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL));
	assert_null(remoteproc_create_virtio(&rproc, -1, VIRTIO_DEV_DRIVER, NULL));
	assert_null(remoteproc_create_virtio(&rproc, 0, 2, NULL));
	assert_null(remoteproc_create_virtio(NULL, 0, VIRTIO_DEV_DRIVER, NULL));
	table()->vring[1].da = MEM_DA + MEM_SIZE - 16; /* the ring does not fit there */
	assert_null(create_driver());
	table()->vring[1].da = 0x1000;
	assert_null(create_driver());
	*table() = good_table;
	table()->vdev.num_of_vrings = 200; /* changed since it was checked */
	assert_null(create_driver());
	*table() = good_table;
	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	assert_null(create_driver()); /* no table any more */
}

static void each_failing_allocation_is_survived(void **state)
{
	struct virtio_device *vdev;
	unsigned int n;

	(void)state;
	for (n = 1;; n++) {
		fail_allocation(n);
		vdev = create_driver();
		if (!allocation_failed())
			break;
		assert_null(vdev);
		assert_int_equal(live_allocations(), 0);
	}
	fail_allocation(0);
	assert_non_null(vdev);
	assert_true(n > 3);
}

static void a_vring_without_a_place_goes_to_the_memory_with_its_name(void **state)
{
	struct remoteproc_mem mem;
	struct virtio_device *vdev;

	(void)state;
	if (!AMP_WITH_TABLE_MEMORIES)
		skip();
	remoteproc_init_mem(&mem, "vdev0vring1", MEM_PA + 0x2800, MEM_DA + 0x2800, 0x100, shared_mem.io);
	table()->vring[1].da = FW_RSC_U32_ADDR_ANY;
	assert_null(create_driver());
	remoteproc_add_mem(&rproc, &mem);
	vdev = create_driver();
	assert_non_null(vdev);
	assert_ptr_equal(vdev->vrings_info[1].info.vaddr, memory + 0x2800);
	assert_int_equal(table()->vring[1].da, (uint32_t)(MEM_DA + 0x2800));
	metal_list_del(&mem.node);
}

static metal_phys_addr_t answer_da;

static void *allocate(struct remoteproc *r, metal_phys_addr_t *pa, metal_phys_addr_t *da, size_t size,
                      unsigned int attribute, struct metal_io_region **io)
{
	(void)r;
	(void)attribute;
	if (*pa != METAL_BAD_PHYS || *da != METAL_BAD_PHYS || size > 0x400)
		return NULL;
	*da = answer_da;
	*pa = MEM_PA + 0x2c00;
	*io = shared_mem.io;
	return memory + 0x2c00;
}

static void a_vring_without_a_place_goes_where_the_platform_puts_it(void **state)
{
	struct virtio_device *vdev;

	(void)state;
	if (!AMP_WITH_TABLE_MEMORIES)
		skip();
	platform_ops.mmap = allocate;
	table()->vring[0].da = FW_RSC_U32_ADDR_ANY;
	answer_da = 0x100000000; /* not an address of the remote */
	assert_null(create_driver());
	answer_da = MEM_DA + 0x2c04; /* misaligned */
	assert_null(create_driver());
	answer_da = METAL_BAD_PHYS;
	assert_null(create_driver());
	assert_int_equal(table()->vring[0].da, FW_RSC_U32_ADDR_ANY);
	answer_da = MEM_DA + 0x2c00;
	vdev = create_driver();
	assert_non_null(vdev);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, memory + 0x2c00);
	assert_int_equal(table()->vring[0].da, (uint32_t)(MEM_DA + 0x2c00));
}

static void a_device_without_a_free_notify_id_is_not_created(void **state)
{
	unsigned int taken = 0;

	(void)state;
	/* All but the table's own, 5; then all but one, which the device gets: none is left for its second ring. */
	while (remoteproc_allocate_id(&rproc, 0, 0) != RSC_NOTIFY_ID_ANY)
		taken++;
	assert_int_equal(taken, METAL_BITS_PER_ULONG - 1);
	assert_null(create_driver());
	assert_int_equal(table()->vdev.notifyid, RSC_NOTIFY_ID_ANY);
	metal_bitmap_clear_bit(&rproc.bitmap, 9);
	assert_null(create_driver());
	assert_true(metal_list_is_empty(&rproc.vdevs));
	*table() = good_table;
	metal_bitmap_clear_bit(&rproc.bitmap, 9);
	metal_bitmap_clear_bit(&rproc.bitmap, 11);
	assert_non_null(create_driver());
	assert_int_equal(table()->vdev.notifyid, 9);
	assert_int_equal(table()->vring[1].notifyid, 11);
}

struct two_vdevs {
	struct resource_table header;
	uint32_t offset[2];
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
		uint32_t config[2];
	} device[2];
};

static void devices_of_one_table_are_told_apart(void **state)
{
	struct two_vdevs *two = (struct two_vdevs *)(void *)(memory + 0x1000);
	struct virtio_device *vdev[2];
	struct remoteproc_virtio foreign;

	(void)state;
	memset(two, 0, sizeof(*two));
	two->header = (struct resource_table){.ver = 1, .num = 2};
	for (unsigned int i = 0; i < 2; i++) {
		two->offset[i] = (uint32_t)offsetof(struct two_vdevs, device) + i * (uint32_t)sizeof(two->device[0]);
		two->device[i].vdev = good_table.vdev;
		memcpy(two->device[i].vring, good_table.vring, sizeof(good_table.vring));
		two->device[i].vring[0].notifyid = RSC_NOTIFY_ID_ANY;
	}
	two->device[1].vring[0].da += 0x800;
	two->device[1].vring[1].da += 0x800;
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &two->header, sizeof(*two)), 0);
	for (unsigned int i = 0; i < 2; i++) {
		vdev[i] = remoteproc_create_virtio(&rproc, (int)i, VIRTIO_DEV_DRIVER, NULL);
		assert_non_null(vdev[i]);
		assert_ptr_equal(vdev[i]->vrings_info[0].info.vaddr, memory + 0x2000 + i * 0x800);
		assert_int_equal(vdev[i]->notifyid, i * 3);
	}
	assert_ptr_not_equal(vdev[0], vdev[1]);
	/* A device that is not this processor's is left alone. */
	metal_list_init(&foreign.node);
	remoteproc_remove_virtio(&rproc, &foreign.vdev);
	assert_ptr_equal(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL), vdev[1]);
	remoteproc_remove_virtio(&rproc, vdev[0]);
	assert_ptr_equal(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DRIVER, NULL), vdev[1]);
}

static void a_driver_that_is_ready_without_places_for_its_rings_gets_no_device(void **state)
{
	(void)state;
	table()->vring[0].da = FW_RSC_U32_ADDR_ANY;
	table()->vdev.status = VIRTIO_CONFIG_STATUS_DRIVER_OK;
	assert_null(remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL));
	assert_true(metal_list_is_empty(&remote.vdevs));
}

/* What a driver does to the table between the device's first look at it and DRIVER_OK. */
static void fewer_rings(void)
{
	table()->vring[0].da = good_table.vring[0].da;
	table()->vdev.num_of_vrings = 1;
	table()->vdev.status = VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

static void no_table(void)
{
	table()->header.ver = 2;
	table()->vdev.status = VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

static void a_table_that_changes_while_the_device_waits_gives_no_device(void **state)
{
	static void (*const ways[])(void) = {fewer_rings, no_table};

	(void)state;
	for (unsigned int i = 0; i < metal_dim(ways); i++) {
		*table() = good_table;
		table()->vring[0].da = FW_RSC_U32_ADDR_ANY;
		at_allocation(2, ways[i]); /* that of the device, after that of the copy of the table */
		assert_null(remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL));
		assert_true(allocation_acted());
		assert_int_equal(live_allocations(), 0);
		assert_true(metal_list_is_empty(&remote.vdevs));
	}
}

static void *drive(void *arg)
{
	struct virtio_device *vdev = create_driver();

	(void)arg;
	assert_non_null(vdev);
	assert_int_equal(virtio_set_status(vdev, VIRTIO_CONFIG_STATUS_DRIVER_OK), 0);
	return NULL;
}

static void the_device_waits_for_an_open_address_until_the_driver_is_ready(void **state)
{
	struct virtio_device *vdev;
	pthread_t thread;

	(void)state;
	platform_ops.mmap = allocate;
	answer_da = MEM_DA + 0x2c00;
	table()->vring[0].da = FW_RSC_U32_ADDR_ANY;
	assert_int_equal(pthread_create(&thread, NULL, drive, NULL), 0);
	vdev = remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL);
	pthread_join(thread, NULL);
	assert_non_null(vdev);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, memory + 0x2c00);
	assert_int_equal(vdev->vrings_info[1].notifyid, 1); /* as the driver chose it */
}

static unsigned int waits;
static int wait_answer;

/* Handles events: with the second one the driver is ready. */
static int wait_for_event(struct remoteproc *r, unsigned long long deadline)
{
	assert_ptr_equal(r, &remote);
	assert_true(deadline > 0);
	if (++waits == 2)
		drive(NULL);
	return wait_answer;
}

static void a_device_waits_for_its_driver_by_the_platforms_events_and_no_longer_than_it_is_told(void **state)
{
	struct remoteproc_ops ops = {.wait = wait_for_event};
	struct virtio_device *vdev;

	(void)state;
	platform_ops.mmap = allocate;
	answer_da = MEM_DA + 0x2c00;
	table()->vring[0].da = FW_RSC_U32_ADDR_ANY;
	/* No driver, and nobody to wait with. */
	remote.ready_timeout_ms = 1;
	assert_null(remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL));
	assert_int_equal(live_allocations(), 0);
	/* An error of the wait ends it. */
	remote.ops = &ops;
	remote.ready_timeout_ms = AMP_VIRTIO_READY_NO_TIMEOUT;
	waits = 0;
	wait_answer = -5;
	assert_null(remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL));
	assert_int_equal(waits, 1);
	assert_true(metal_list_is_empty(&remote.vdevs));
	/* The second event is the driver's. */
	waits = 0;
	wait_answer = 0;
	vdev = remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL);
	assert_non_null(vdev);
	assert_int_equal(waits, 2);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, memory + 0x2c00);
	/* Once more, later, as rpmsg_init_vdev() does. */
	assert_int_equal(amp_virtio_wait_driver_ok(vdev), 0);
	table()->vdev.status = 0;
	wait_answer = -6;
	assert_int_equal(amp_virtio_wait_driver_ok(vdev), -6);
	rproc_virtio_wait_remote_ready(vdev); /* cannot tell, but ends */
	assert_int_equal(waits, 4);
	remoteproc_remove_virtio(&remote, vdev);
	remote.ops = &remote_ops;
}

/* What a device leaves in its rings, in the word behind the used entries, when its core goes off. */
static void leave_marks(struct virtio_device *vdev)
{
	struct vring ring;

	for (unsigned int i = 0; i < vdev->vrings_num; i++) {
		vring_init(&ring, vdev->vrings_info[i].info.num_descs, vdev->vrings_info[i].info.vaddr,
		           vdev->vrings_info[i].info.align);
		ring.used->ring[ring.num].id = 0xa301;
	}
}

/* Queues as a driver makes them. Returns whether the device was asked to let go of them, for which there is a kick. */
static bool driver_waits(struct virtio_device *vdev)
{
	vq_callback callbacks[2] = {see0, see1};
	int rings = platform.rings;

	assert_int_equal(virtio_create_virtqueues(vdev, 0, 2, NULL, callbacks, NULL), 0);
	virtio_delete_virtqueues(vdev);
	return platform.rings != rings;
}

static void a_driver_waits_for_a_device_of_a_core_that_may_run_and_of_no_other(void **state)
{
	struct virtio_device *vdev;

	(void)state;
	vdev = create_driver();
	leave_marks(vdev);
	assert_true(driver_waits(vdev));
	remoteproc_remove_virtio(&rproc, vdev);

	/* stopped while the device exists */
	assert_int_equal(remoteproc_start(&rproc), 0);
	vdev = create_driver();
	leave_marks(vdev);
	assert_int_equal(remoteproc_stop(&rproc), 0);
	assert_false(driver_waits(vdev));
	leave_marks(vdev);
	assert_true(driver_waits(vdev));

	/* removed behind that, while the core does not run */
	leave_marks(vdev);
	remoteproc_remove_virtio(&rproc, vdev);
	vdev = create_driver();
	assert_false(driver_waits(vdev));

	/* removed while it runs again */
	assert_int_equal(remoteproc_config(&rproc, NULL), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);
	leave_marks(vdev);
	remoteproc_remove_virtio(&rproc, vdev);
	vdev = create_driver();
	assert_true(driver_waits(vdev));

	/* and when a core cannot be stopped, nobody knows */
	platform_ops.stop = NULL;
	leave_marks(vdev);
	assert_int_equal(remoteproc_stop(&rproc), 0);
	assert_true(driver_waits(vdev));
	remoteproc_remove_virtio(&rproc, vdev);
}

static void a_load_is_refused_while_a_device_of_the_old_life_exists(void **state)
{
	struct elf_spec spec = elf_default_spec(false);
	struct elf_image image = elf_build(&spec);
	struct amp_mem_store store = {image.bytes, image.size};
	struct virtio_device *vdev = create_driver();

	(void)state;
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), -RPROC_EAGAIN);
	assert_ptr_equal(rproc.rsc_table, table());
	remoteproc_remove_virtio(&rproc, vdev);
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), 0);
	assert_int_equal(rproc.bitmap, 0);
	elf_free(&image);
}

static char received[32];

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	assert_true(len < sizeof(received));
	memcpy(received, data, len);
	received[len] = '\0';
	return ept->priv ? rpmsg_send(ept, "and back", 8) : RPMSG_SUCCESS;
}

/* From an ELF file to a message, with what both sides of an application call. */
static void a_loaded_image_exchanges_messages(void **state)
{
	struct elf_spec spec = elf_default_spec(true);
	struct rpmsg_virtio_device host_link, remote_link;
	struct rpmsg_endpoint host_ept, remote_ept;
	struct rpmsg_virtio_shm_pool pool;
	struct virtio_device *host_vdev, *remote_vdev;
	struct rpmsg_virtio_config config = {64, 64, false};
	struct amp_mem_store store;
	struct elf_image image;

	(void)state;
	spec.table = &good_table;
	spec.table_size = sizeof(good_table);
	image = elf_build(&spec);
	store = (struct amp_mem_store){image.bytes, image.size};
	assert_int_equal(remoteproc_load(&rproc, NULL, &store, &amp_mem_store_ops, NULL), 0);
	assert_int_equal(remoteproc_start(&rproc), 0);

	host_vdev = create_driver();
	assert_non_null(host_vdev);
	rpmsg_virtio_init_shm_pool(&pool, memory + 0x3000, 0x800);
	assert_int_equal(rpmsg_init_vdev_with_config(&host_link, host_vdev, NULL, shared_mem.io, &pool, &config), 0);

	assert_int_equal(remoteproc_set_rsc_table(&remote, (void *)(memory + 0x1000), sizeof(good_table)), 0);
	remote_vdev = remoteproc_create_virtio(&remote, 0, VIRTIO_DEV_DEVICE, NULL);
	assert_non_null(remote_vdev);
	assert_int_equal(rpmsg_init_vdev_with_config(&remote_link, remote_vdev, NULL, remote_mem.io, NULL, NULL), 0);

	memset(&host_ept, 0, sizeof(host_ept));
	memset(&remote_ept, 0, sizeof(remote_ept));
	assert_int_equal(
		rpmsg_create_ept(&host_ept, rpmsg_virtio_get_rpmsg_device(&host_link), "there", 50, 60, receive, NULL),
		0);
	assert_int_equal(rpmsg_create_ept(&remote_ept, rpmsg_virtio_get_rpmsg_device(&remote_link), "here", 60, 50,
	                                  receive, NULL),
	                 0);
	remote_ept.priv = &remote_ept;
	assert_int_equal(remoteproc_get_notification(&remote, RSC_NOTIFY_ID_ANY), 0);
	assert_int_equal(rpmsg_send(&host_ept, "there", 5), 5);
	assert_true(platform.rings > 0);
	assert_int_equal(remoteproc_get_notification(&remote, platform.rung), 0);
	assert_string_equal(received, "there");
	assert_int_equal(remoteproc_get_notification(&rproc, 5), 0);
	assert_int_equal(remoteproc_get_notification(&rproc, 1), 0);
	assert_string_equal(received, "and back");

	rpmsg_deinit_vdev(&remote_link);
	rpmsg_deinit_vdev(&host_link);
	remoteproc_remove_virtio(&remote, remote_vdev);
	remoteproc_remove_virtio(&rproc, host_vdev);
	elf_free(&image);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_both, teardown_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_driver_gets_rings_and_ids_from_the_table),
		TEST(the_status_lives_where_the_table_does),
		TEST(kicks_reach_the_platform_with_their_id),
		TEST(notifications_reach_the_queue_with_their_id),
		TEST(what_is_not_in_the_table_is_not_created),
		TEST(each_failing_allocation_is_survived),
		TEST(a_vring_without_a_place_goes_to_the_memory_with_its_name),
		TEST(a_vring_without_a_place_goes_where_the_platform_puts_it),
		TEST(a_device_without_a_free_notify_id_is_not_created),
		TEST(devices_of_one_table_are_told_apart),
		TEST(a_driver_that_is_ready_without_places_for_its_rings_gets_no_device),
		TEST(a_table_that_changes_while_the_device_waits_gives_no_device),
		TEST(the_device_waits_for_an_open_address_until_the_driver_is_ready),
		TEST(a_device_waits_for_its_driver_by_the_platforms_events_and_no_longer_than_it_is_told),
		TEST(a_driver_waits_for_a_device_of_a_core_that_may_run_and_of_no_other),
		TEST(a_load_is_refused_while_a_device_of_the_old_life_exists),
		TEST(a_loaded_image_exchanges_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
