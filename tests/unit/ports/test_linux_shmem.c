// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory on Linux: by name, and by descriptor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <metal/port/shmem.h>
#include <metal/shmem.h>
#include <metal/sys.h>

static char name[64]; /* of this process alone */

static int setup(void **state)
{
	(void)state;
	snprintf(name, sizeof(name), "amprelay-test-%d", (int)getpid());
	return metal_init(NULL);
}

static int teardown(void **state)
{
	char path[70];

	(void)state;
	snprintf(path, sizeof(path), "/%s", name);
	shm_unlink(path);
	metal_finish();
	return 0;
}

static void two_who_open_a_name_share_memory(void **state)
{
	struct metal_io_region *a = NULL, *b = NULL;
	char slash[70];

	(void)state;
	snprintf(slash, sizeof(slash), "/%s", name);
	assert_int_equal(metal_shmem_open(name, 5000, &a), 0);
	assert_int_equal(metal_shmem_open(slash, 100, &b), 0);
	assert_int_equal(metal_io_region_size(a), 5000);
	assert_int_equal(metal_io_region_size(b), 100);
	assert_ptr_not_equal(metal_io_virt(a, 0), metal_io_virt(b, 0));
	assert_int_equal(metal_io_read32(a, 4996), 0);
	metal_io_write32(a, 96, 0x600df00d);
	assert_int_equal(metal_io_read32(b, 96), 0x600df00d);
	assert_true(metal_io_phys(a, 0) == METAL_BAD_PHYS);
	metal_io_finish(b);
	assert_int_equal(metal_io_read32(a, 96), 0x600df00d);
	metal_io_finish(a);
}

static void existing_memory_grows_and_never_shrinks(void **state)
{
	struct metal_io_region *io;

	(void)state;
	assert_int_equal(metal_shmem_open(name, 10000, &io), 0);
	assert_int_equal(metal_io_block_set(io, 0, 0x5a, 10000), 10000);
	metal_io_finish(io);
	assert_int_equal(metal_shmem_open(name, 10, &io), 0);
	metal_io_finish(io);
	assert_int_equal(metal_shmem_open(name, 100000, &io), 0);
	assert_int_equal(metal_io_read8(io, 9999), 0x5a);
	assert_int_equal(metal_io_read8(io, 99999), 0);
	metal_io_finish(io);
}

static void bad_names_and_sizes_are_refused(void **state)
{
	struct metal_io_region *io = NULL;
	char longest[300];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	assert_int_equal(metal_shmem_open(longest, 1, &io), -EINVAL);
	assert_int_equal(metal_shmem_open("a/b", 1, &io), -EINVAL);
	assert_int_equal(metal_shmem_open("/", 1, &io), -EINVAL);
	assert_int_equal(metal_shmem_open(name, SIZE_MAX, &io), -EOVERFLOW);
	assert_true(metal_shmem_open(name, (size_t)1 << 62, &io) < 0); /* more than the file system has */
	assert_null(io);
}

static void a_descriptor_brings_the_same_memory(void **state)
{
	struct metal_io_region *a, *b;
	int fd = -1;

	(void)state;
	assert_int_equal(amp_shmem_create("test", 6000, &fd, &a), 0);
	assert_int_equal(amp_shmem_map(fd, 6000, &b), 0);
	close(fd);
	assert_int_equal(metal_io_read64(a, 5992), 0);
	metal_io_write64(a, 5992, 0x1122334455667788ULL);
	assert_true(metal_io_read64(b, 5992) == 0x1122334455667788ULL);
	metal_io_finish(a);
	metal_io_finish(b);
}

static void the_size_of_anonymous_memory_is_sealed(void **state)
{
	struct metal_io_region *io;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(amp_shmem_create("test", 5000, &fd, &io), 0);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 1 << 20), -1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_in_range(st.st_size, 5000, 65536);
	assert_int_equal(st.st_size % sysconf(_SC_PAGESIZE), 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	metal_io_finish(io);
	close(fd);
}

static void a_file_that_is_too_small_is_refused(void **state)
{
	struct metal_io_region *io = NULL;
	int fd = -1, other;

	(void)state;
	assert_int_equal(amp_shmem_create("test", 4096, &fd, &io), 0);
	metal_io_finish(io);
	io = NULL;
	assert_int_equal(amp_shmem_map(fd, 1 << 20, &io), -EINVAL);
	assert_int_equal(amp_shmem_map(fd, SIZE_MAX, &io), -EINVAL);
	assert_int_equal(amp_shmem_map(fd, 0, &io), -EINVAL);
	assert_int_equal(amp_shmem_map(fd, 4096, NULL), -EINVAL);
	assert_int_equal(amp_shmem_map(-1, 4096, &io), -EBADF);
	assert_int_equal(amp_shmem_create(NULL, 1, &other, &io), -EINVAL);
	assert_int_equal(amp_shmem_create("test", 0, &other, &io), -EINVAL);
	assert_int_equal(amp_shmem_create("test", SIZE_MAX, &other, &io), -EOVERFLOW);
	assert_null(io);
	close(fd);
}

#define shmem_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		shmem_test(two_who_open_a_name_share_memory),       shmem_test(existing_memory_grows_and_never_shrinks),
		shmem_test(bad_names_and_sizes_are_refused),        shmem_test(a_descriptor_brings_the_same_memory),
		shmem_test(the_size_of_anonymous_memory_is_sealed), shmem_test(a_file_that_is_too_small_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
