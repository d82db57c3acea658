// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/rpmsg/devname.h"
#include "guest/rpmsg/rpmsg_ctrl.h"

static void expect_link(const char *core, const char *name, bool taken, const char *expected)
{
	struct amp_device device = {.node = "rpmsg3"};
	char link[AMP_LINK_LEN];

	strncpy(device.core, core, sizeof(device.core) - 1);
	strncpy(device.name, name, sizeof(device.name) - 1);
	amp_devname_format(&device, taken, link);
	assert_string_equal(link, expected);
}

static void a_device_is_named_after_its_core_and_channel(void **state)
{
	(void)state;
	expect_link("m3", "rpmsg-raw", false, "rpmsg/m3/rpmsg-raw");
	expect_link("4000.m4", "a_b+c:d@e.f", false, "rpmsg/4000.m4/a_b+c:d@e.f");
}

static void a_namesake_gets_its_node_s_name_too(void **state)
{
	(void)state;
	expect_link("m3", "rpmsg-raw", true, "rpmsg/m3/rpmsg-raw.rpmsg3");
}

static void no_name_leads_out_of_the_directory(void **state)
{
	(void)state;
	expect_link("m3", "../../etc/passwd", false, "rpmsg/m3/_._.._etc_passwd");
	expect_link("m3", "..", false, "rpmsg/m3/_.");
	expect_link("m3", ".", false, "rpmsg/m3/_");
	expect_link("..", "/", false, "rpmsg/_./_");
	expect_link("m3", ".hidden", false, "rpmsg/m3/_hidden");
}

static void bytes_that_a_shell_or_a_terminal_would_take_amiss_are_replaced(void **state)
{
	(void)state;
	expect_link("m3", "a b\tc\n\033[2J$(x)\xff", false, "rpmsg/m3/a_b_c___2J__x__");
}

static void the_longest_names_fit(void **state)
{
	struct amp_device device;
	char link[AMP_LINK_LEN];

	(void)state;
	memset(&device, 'x', sizeof(device));
	device.node[sizeof(device.node) - 1] = '\0';
	device.core[sizeof(device.core) - 1] = '\0';
	device.name[sizeof(device.name) - 1] = '\0';
	amp_devname_format(&device, true, link);
	assert_int_equal(strlen(link), strlen("rpmsg/") + 63 + 1 + 32 + 1 + 31);
}

static void what_is_no_endpoint_has_no_name(void **state)
{
	struct amp_device device;

	(void)state;
	assert_int_equal(amp_devname_load("/sys/class/tty", &device), -ENOTTY);
	assert_int_equal(amp_devname_load("/sys/class/rpmsg/rpmsg987654", &device), -ENODEV);
	assert_int_equal(amp_devname_of_node("null", &device), -ENOTTY);
	assert_int_equal(amp_devname_of_node("rpmsg_ctrl0", &device), -ENOTTY);
	assert_int_equal(amp_devname_of_node("rpmsg1x", &device), -ENOTTY);
}

static void a_name_for_the_kernel_is_terminated_and_padded(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz12345";
	struct rpmsg_endpoint_info info;

	(void)state;
	memset(&info, 0xff, sizeof(info));
	assert_int_equal(amp_endpoint_info(longest, 100, 0x401, &info), 0);
	assert_string_equal(info.name, longest);
	assert_int_equal(info.src, 100);
	assert_int_equal(info.dst, 0x401);
	memset(&info, 0xff, sizeof(info));
	assert_int_equal(amp_endpoint_info("x", 1, 2, &info), 0);
	for (unsigned int i = 1; i < sizeof(info.name); i++)
		assert_int_equal(info.name[i], 0);
}

static void a_name_that_does_not_fit_or_is_none_is_refused(void **state)
{
	struct rpmsg_endpoint_info info;

	(void)state;
	assert_int_equal(amp_endpoint_info("abcdefghijklmnopqrstuvwxyz123456", 1, 2, &info), -ENAMETOOLONG);
	assert_int_equal(amp_endpoint_info("", 1, 2, &info), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_named_after_its_core_and_channel),
		cmocka_unit_test(a_namesake_gets_its_node_s_name_too),
		cmocka_unit_test(no_name_leads_out_of_the_directory),
		cmocka_unit_test(bytes_that_a_shell_or_a_terminal_would_take_amiss_are_replaced),
		cmocka_unit_test(the_longest_names_fit),
		cmocka_unit_test(what_is_no_endpoint_has_no_name),
		cmocka_unit_test(a_name_for_the_kernel_is_terminated_and_padded),
		cmocka_unit_test(a_name_that_does_not_fit_or_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
