// SPDX-License-Identifier: GPL-2.0-only
/* Start and end, log, version, described shared memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <amprelay/version.h>
#include <metal/alloc.h>
#include <metal/shmem.h>
#include <metal/sys.h>
#include <metal/version.h>
#include <openamp/version.h>

static enum metal_log_level last_level;
static char last_text[64];
static int messages;

static void keep(enum metal_log_level level, const char *format, ...)
{
	va_list args;

	last_level = level;
	messages++;
	va_start(args, format);
	vsnprintf(last_text, sizeof(last_text), format, args);
	va_end(args);
}

static int evaluated(int *count)
{
	return ++*count;
}

static void messages_pass_by_level(void **state)
{
	const struct metal_init_params params = {keep, METAL_LOG_WARNING};
	int count = 0;

	(void)state;
	messages = 0;
	assert_int_equal(metal_init(&params), 0);
	assert_int_equal(metal_get_log_level(), METAL_LOG_WARNING);
	assert_true(metal_get_log_handler() == keep);
	metal_log(METAL_LOG_NOTICE, "%d\n", evaluated(&count));
	assert_int_equal(messages, 0);
	assert_int_equal(count, 0);
	metal_log(METAL_LOG_WARNING, "queue %d of %s", 3, "vdev0");
	assert_int_equal(messages, 1);
	assert_int_equal(last_level, METAL_LOG_WARNING);
	assert_string_equal(last_text, "queue 3 of vdev0");
	metal_set_log_level(METAL_LOG_EMERGENCY);
	metal_log(METAL_LOG_ALERT, "hidden");
	metal_log(METAL_LOG_EMERGENCY, "shown");
	assert_string_equal(last_text, "shown");
	assert_int_equal(messages, 2);
	metal_finish();
}

static void without_a_handler_messages_are_dropped(void **state)
{
	const struct metal_init_params params = {NULL, METAL_LOG_DEBUG};
	int count = 0;

	(void)state;
	assert_int_equal(metal_init(&params), 0);
	assert_null(metal_get_log_handler());
	metal_log(METAL_LOG_EMERGENCY, "%d\n", evaluated(&count));
	assert_int_equal(count, 0);
	metal_finish();
}

static void defaults_are_used_without_parameters(void **state)
{
	const struct metal_init_params defaults = METAL_INIT_DEFAULTS;

	(void)state;
	assert_int_equal(metal_init(NULL), 0);
	assert_true(metal_get_log_handler() == metal_default_log_handler);
	assert_int_equal(metal_get_log_level(), defaults.log_level);
	assert_true(defaults.log_handler == metal_default_log_handler);
	metal_finish();
}

static void only_the_last_finish_ends_the_layer(void **state)
{
	struct metal_generic_shmem shmem = {.name = "described"};
	struct metal_io_region *io;
	char memory[16];

	(void)state;
	metal_finish(); /* without init: nothing */
	assert_int_equal(metal_init(NULL), 0);
	assert_int_equal(metal_init(NULL), 0);
	metal_io_init(&shmem.io, memory, NULL, sizeof(memory), -1, 0, NULL);
	assert_int_equal(metal_shmem_register_generic(&shmem), 0);
	metal_finish();
	assert_int_equal(metal_shmem_open("described", 16, &io), 0);
	assert_ptr_equal(io, &shmem.io); /* else it was forgotten, and this is another memory of that name */
	metal_finish();
	assert_int_equal(metal_shmem_register_generic(&shmem), 0); /* it was forgotten */
	assert_int_equal(metal_init(NULL), 0);
	metal_finish();
}

static void described_shared_memory_is_opened_by_name(void **state)
{
	struct metal_generic_shmem shmem = {.name = "vrings"}, twin = {.name = "vrings"}, nameless = {.name = ""};
	struct metal_generic_shmem other = {.name = "buffers"};
	struct metal_io_region *io = NULL;
	char memory[16];

	(void)state;
	assert_int_equal(metal_init(NULL), 0);
	metal_io_init(&shmem.io, memory, NULL, sizeof(memory), -1, 0, NULL);
	assert_int_equal(metal_shmem_register_generic(&shmem), 0);
	assert_int_equal(metal_shmem_register_generic(&twin), -EEXIST);
	assert_int_equal(metal_shmem_register_generic(&nameless), -EINVAL);
	nameless.name = NULL;
	assert_int_equal(metal_shmem_register_generic(&nameless), -EINVAL);
	assert_int_equal(metal_shmem_register_generic(&other), 0);
	assert_int_equal(metal_shmem_register_generic(NULL), -EINVAL);
	assert_int_equal(metal_shmem_open("vrings", 17, &io), -EINVAL);
	assert_int_equal(metal_shmem_open("vrings", 0, &io), -EINVAL);
	assert_int_equal(metal_shmem_open(NULL, 16, &io), -EINVAL);
	assert_int_equal(metal_shmem_open("", 16, &io), -EINVAL);
	assert_int_equal(metal_shmem_open("vrings", 16, NULL), -EINVAL);
	assert_null(io);
	assert_int_equal(metal_shmem_open("vrings", 16, &io), 0);
	assert_ptr_equal(io, &shmem.io);
	metal_io_init(&other.io, memory, NULL, sizeof(memory), -1, 0, NULL);
	assert_int_equal(metal_shmem_open("buffers", 16, &io), 0);
	assert_ptr_equal(io, &other.io);
	metal_finish();
}

static void the_version_is_that_of_the_header(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", metal_ver_major(), metal_ver_minor(), metal_ver_patch());
	assert_string_equal(metal_ver(), text);
	assert_string_equal(METAL_VER, text);
	assert_int_equal(metal_ver_major(), METAL_VER_MAJOR);
	assert_int_equal(metal_ver_minor(), METAL_VER_MINOR);
	assert_int_equal(metal_ver_patch(), METAL_VER_PATCH);
}

static void the_library_has_a_version_of_its_own(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", AMPRELAY_VERSION_MAJOR, AMPRELAY_VERSION_MINOR,
	         AMPRELAY_VERSION_PATCH);
	assert_string_equal(AMPRELAY_VERSION, text);
	assert_string_equal(amp_version(), text);
}

static void both_names_of_the_library_have_one_version(void **state)
{
	(void)state;
	assert_int_equal(openamp_version_major(), 1);
	assert_int_equal(openamp_version_major(), metal_ver_major());
	assert_int_equal(openamp_version_minor(), metal_ver_minor());
	assert_int_equal(openamp_version_patch(), metal_ver_patch());
	assert_string_equal(openamp_version(), metal_ver());
}

static void memory_of_size_0_is_not_allocated(void **state)
{
	void *ptr = metal_allocate_memory(100);

	(void)state;
	assert_non_null(ptr);
	memset(ptr, 0xff, 100);
	metal_free_memory(ptr);
	metal_free_memory(NULL);
	assert_null(metal_allocate_memory(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_pass_by_level),
		cmocka_unit_test(without_a_handler_messages_are_dropped),
		cmocka_unit_test(defaults_are_used_without_parameters),
		cmocka_unit_test(only_the_last_finish_ends_the_layer),
		cmocka_unit_test(described_shared_memory_is_opened_by_name),
		cmocka_unit_test(the_version_is_that_of_the_header),
		cmocka_unit_test(the_library_has_a_version_of_its_own),
		cmocka_unit_test(both_names_of_the_library_have_one_version),
		cmocka_unit_test(memory_of_size_0_is_not_allocated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
