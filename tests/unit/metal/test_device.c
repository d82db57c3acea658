// SPDX-License-Identifier: GPL-2.0-only
/* Buses, devices and DMA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <metal/device.h>
#include <metal/sys.h>

static struct metal_device device;
static int closed_buses, closed_devices, unmapped;

static int setup(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	device.name = "mailbox";
	device.num_regions = 2;
	closed_buses = 0;
	closed_devices = 0;
	unmapped = 0;
	return metal_init(NULL);
}

static int teardown(void **state)
{
	(void)state;
	metal_finish();
	return 0;
}

static void close_bus(struct metal_bus *bus)
{
	assert_string_equal(bus->name, "fabric");
	closed_buses++;
}

static int open_device(struct metal_bus *bus, const char *name, struct metal_device **dev)
{
	assert_string_equal(bus->name, "fabric");
	if (strcmp(name, "mailbox") != 0)
		return -EACCES;
	*dev = &device;
	return 0;
}

static void close_device(struct metal_bus *bus, struct metal_device *dev)
{
	assert_string_equal(bus->name, "fabric");
	assert_ptr_equal(dev, &device);
	closed_devices++;
}

static int map(struct metal_bus *bus, struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in,
               struct metal_sg *sg_out)
{
	(void)bus;
	(void)sg_in;
	(void)sg_out;
	assert_ptr_equal(dev, &device);
	assert_int_equal(dir, METAL_DMA_DEV_W);
	return nents_in - 1;
}

static void unmap(struct metal_bus *bus, struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents)
{
	(void)bus;
	(void)dev;
	(void)dir;
	(void)sg;
	unmapped += nents;
}

static void a_described_device_is_opened_by_name(void **state)
{
	struct metal_device *dev = NULL;

	(void)state;
	assert_int_equal(metal_register_generic_device(&device), 0);
	assert_int_equal(metal_device_open("generic", "mailbox", &dev), 0);
	assert_ptr_equal(dev, &device);
	assert_string_equal(dev->bus->name, "generic");
	assert_ptr_equal(metal_device_io_region(dev, 0), &device.regions[0]);
	assert_ptr_equal(metal_device_io_region(dev, 1), &device.regions[1]);
	assert_null(metal_device_io_region(dev, 2));
	device.num_regions = 1000; /* as if it was overwritten */
	assert_null(metal_device_io_region(dev, METAL_MAX_DEVICE_REGIONS));
	metal_device_close(dev);
	metal_device_close(NULL);
}

static void devices_and_buses_that_do_not_exist_are_told_apart(void **state)
{
	struct metal_device *dev = NULL;

	(void)state;
	assert_int_equal(metal_device_open("generic", "mailbox", &dev), -ENODEV);
	assert_int_equal(metal_device_open("platform", "mailbox", &dev), -ENOENT);
	assert_int_equal(metal_device_open(NULL, "mailbox", &dev), -EINVAL);
	assert_int_equal(metal_device_open("generic", NULL, &dev), -EINVAL);
	assert_int_equal(metal_device_open("generic", "mailbox", NULL), -EINVAL);
	assert_null(dev);
}

static void devices_that_make_no_sense_are_refused(void **state)
{
	struct metal_device twin = {.name = "mailbox"}, nameless = {.name = NULL}, large = {.name = "large"};

	(void)state;
	large.num_regions = METAL_MAX_DEVICE_REGIONS + 1;
	assert_int_equal(metal_register_generic_device(NULL), -EINVAL);
	assert_int_equal(metal_register_generic_device(&nameless), -EINVAL);
	nameless.name = "";
	assert_int_equal(metal_register_generic_device(&nameless), -EINVAL);
	assert_int_equal(metal_register_generic_device(&large), -EINVAL);
	assert_int_equal(metal_register_generic_device(&device), 0);
	assert_int_equal(metal_register_generic_device(&twin), -EEXIST);
}

static void a_bus_opens_and_closes_its_devices(void **state)
{
	struct metal_bus bus = {.name = "fabric",
	                        .ops = {.bus_close = close_bus, .dev_open = open_device, .dev_close = close_device}};
	struct metal_bus *found = NULL;
	struct metal_device *dev = NULL;

	(void)state;
	assert_int_equal(metal_bus_register(&bus), 0);
	assert_int_equal(metal_bus_find("fabric", &found), 0);
	assert_ptr_equal(found, &bus);
	assert_int_equal(metal_device_open("fabric", "uart", &dev), -EACCES);
	assert_int_equal(metal_device_open("fabric", "mailbox", &dev), 0);
	assert_ptr_equal(dev->bus, &bus);
	metal_device_close(dev);
	assert_int_equal(closed_devices, 1);
	assert_int_equal(metal_bus_unregister(&bus), 0);
	assert_int_equal(closed_buses, 1);
	assert_int_equal(metal_bus_find("fabric", NULL), -ENOENT);
	assert_int_equal(metal_bus_unregister(&bus), -EINVAL);
	assert_int_equal(closed_buses, 1);
}

static void bus_names_are_unique_and_the_generic_bus_stays(void **state)
{
	struct metal_bus bus = {.name = "fabric"}, twin = {.name = "fabric"}, generic = {.name = "generic"};
	struct metal_bus nameless = {.name = NULL}, *found;
	struct metal_device *dev;

	(void)state;
	assert_int_equal(metal_bus_register(&bus), 0);
	assert_int_equal(metal_bus_register(&twin), -EEXIST);
	assert_int_equal(metal_bus_register(&generic), -EEXIST);
	assert_int_equal(metal_bus_register(&nameless), -EINVAL);
	nameless.name = "";
	assert_int_equal(metal_bus_register(&nameless), -EINVAL);
	assert_int_equal(metal_bus_register(NULL), -EINVAL);
	assert_int_equal(metal_bus_find(NULL, &found), -EINVAL);
	assert_int_equal(metal_bus_find("generic", &found), 0);
	assert_int_equal(metal_bus_unregister(found), -EBUSY);
	assert_int_equal(metal_bus_unregister(NULL), -EINVAL);
	assert_int_equal(metal_device_open("fabric", "mailbox", &dev), -ENODEV);
	assert_int_equal(metal_bus_unregister(&bus), 0);
}

static void buses_and_devices_are_told_apart_by_their_whole_name(void **state)
{
	/* They stay registered until the teardown. */
	static struct metal_bus buses[2] = {{.name = "fabric"}, {.name = "fabric2"}};
	static struct metal_device second = {.name = "mailbox2"};
	struct metal_device *dev;
	struct metal_bus *found;

	(void)state;
	assert_int_equal(metal_bus_register(&buses[0]), 0);
	assert_int_equal(metal_bus_register(&buses[1]), 0);
	assert_int_equal(metal_bus_find("fabric2", &found), 0);
	assert_ptr_equal(found, &buses[1]);
	assert_int_equal(metal_bus_find("fabr", &found), -ENOENT);
	assert_int_equal(metal_register_generic_device(&device), 0);
	assert_int_equal(metal_register_generic_device(&second), 0);
	assert_int_equal(metal_device_open("generic", "mailbox2", &dev), 0);
	assert_ptr_equal(dev, &second);
	assert_int_equal(metal_device_open("generic", "mailbox", &dev), 0);
	assert_ptr_equal(dev, &device);
	assert_int_equal(metal_device_open("generic", "mail", &dev), -ENODEV);
}

static void a_device_without_bus_or_hook_closes_quietly(void **state)
{
	struct metal_bus bus = {.name = "fabric"};

	(void)state;
	metal_device_close(&device);
	device.bus = &bus;
	metal_device_close(&device);
	assert_int_equal(closed_devices, 0);
}

static void finishing_closes_buses_and_forgets_devices(void **state)
{
	struct metal_bus bus = {.name = "fabric", .ops = {.bus_close = close_bus}};
	struct metal_device *dev;

	(void)state;
	assert_int_equal(metal_bus_register(&bus), 0);
	assert_int_equal(metal_register_generic_device(&device), 0);
	metal_finish();
	assert_int_equal(closed_buses, 1);
	assert_int_equal(metal_init(NULL), 0);
	assert_int_equal(metal_bus_find("fabric", NULL), -ENOENT);
	assert_int_equal(metal_device_open("generic", "mailbox", &dev), -ENODEV);
	assert_int_equal(metal_register_generic_device(&device), 0);
}

static void dma_of_a_generic_device_maps_piece_by_piece(void **state)
{
	char memory[2][16];
	struct metal_sg in[2] = {{memory[0], NULL, 16}, {memory[1], NULL, 8}}, out[2] = {{0}};

	(void)state;
	assert_int_equal(metal_register_generic_device(&device), 0);
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_WR, in, 2, out), 2);
	assert_ptr_equal(out[1].virt, memory[1]);
	assert_int_equal(out[1].len, 8);
	metal_dma_unmap(&device, METAL_DMA_DEV_WR, out, 2);
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_R, in, 2, in), 2);
	metal_dma_unmap(&device, METAL_DMA_DEV_R, in, 2);
}

static void dma_arguments_are_checked(void **state)
{
	struct metal_sg sg[2] = {{0}};

	(void)state;
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_R, sg, 1, sg), -EINVAL); /* it has no bus yet */
	assert_int_equal(metal_register_generic_device(&device), 0);
	assert_int_equal(metal_dma_map(NULL, METAL_DMA_DEV_R, sg, 1, sg), -EINVAL);
	assert_int_equal(metal_dma_map(&device, 0, sg, 1, sg), -EINVAL);
	assert_int_equal(metal_dma_map(&device, 4, sg, 1, sg), -EINVAL);
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_R, NULL, 1, sg), -EINVAL);
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_R, sg, 0, sg), -EINVAL);
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_R, sg, 1, NULL), -EINVAL);
}

static void a_bus_may_map_dma_its_own_way_or_not_at_all(void **state)
{
	struct metal_bus bus = {.name = "fabric"};
	struct metal_sg sg[3] = {{0}};

	(void)state;
	device.bus = &bus;
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_W, sg, 3, sg), -ENODEV);
	metal_dma_unmap(&device, METAL_DMA_DEV_W, sg, 3);
	bus.ops.dev_dma_map = map;
	bus.ops.dev_dma_unmap = unmap;
	assert_int_equal(metal_dma_map(&device, METAL_DMA_DEV_W, sg, 3, sg), 2);
	metal_dma_unmap(&device, METAL_DMA_DEV_W, sg, 2);
	assert_int_equal(unmapped, 2);
	metal_dma_unmap(&device, METAL_DMA_DEV_W, NULL, 2);
	assert_int_equal(unmapped, 2);
}

#define device_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(a_described_device_is_opened_by_name),
		device_test(devices_and_buses_that_do_not_exist_are_told_apart),
		device_test(devices_that_make_no_sense_are_refused),
		device_test(a_bus_opens_and_closes_its_devices),
		device_test(bus_names_are_unique_and_the_generic_bus_stays),
		device_test(buses_and_devices_are_told_apart_by_their_whole_name),
		device_test(a_device_without_bus_or_hook_closes_quietly),
		device_test(finishing_closes_buses_and_forgets_devices),
		device_test(dma_of_a_generic_device_maps_piece_by_piece),
		device_test(dma_arguments_are_checked),
		device_test(a_bus_may_map_dma_its_own_way_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
