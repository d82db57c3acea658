// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/rpmsg/rpmsg_channel.h"
#include "guest/rpmsg/rpmsg_stats.h"

static void the_core_is_found_in_a_channels_path(void **state)
{
	static const char core[] = "/sys/devices/pci0000:00/0000:00:04.0/remoteproc/remoteproc12";
	static const char path[] =
		"/sys/devices/pci0000:00/0000:00:04.0/remoteproc/remoteproc12/rproc-virtio.0.auto/virtio3/"
		"virtio3.amp-echo.-1.1026";

	(void)state;
	assert_int_equal(amp_channel_core_prefix(path), strlen(core));
	assert_int_equal(amp_channel_core_prefix(core), strlen(core));
}

static void a_path_without_a_core_has_none(void **state)
{
	(void)state;
	assert_int_equal(amp_channel_core_prefix("/sys/devices/platform/glink/x"), 0);
	assert_int_equal(amp_channel_core_prefix("/sys/devices/remoteproc/remoteproc"), 0);
	assert_int_equal(amp_channel_core_prefix("/sys/devices/remoteproc/remoteproc0x/y"), 0);
}

static void an_announcement_is_matched_by_its_whole_name(void **state)
{
	(void)state;
	assert_true(amp_channel_modalias("rpmsg:amp-echo", "amp-echo"));
	assert_false(amp_channel_modalias("rpmsg:amp-echo2", "amp-echo"));
	assert_false(amp_channel_modalias("rpmsg:amp", "amp-echo"));
	assert_false(amp_channel_modalias("virtio:amp-echo", "amp-echo"));
	assert_false(amp_channel_modalias(NULL, "amp-echo"));
}

static void statistics_are_taken_from_the_samples(void **state)
{
	uint64_t samples[200];
	struct amp_stats s;

	(void)state;
	for (unsigned int i = 0; i < 200; i++)
		samples[i] = 200 - i; /* 200 … 1 */
	s = amp_stats_of(samples, 200);
	assert_int_equal(s.min, 1);
	assert_int_equal(s.max, 200);
	assert_int_equal(s.median, 100);
	assert_int_equal(s.p99, 198);
	assert_true(s.mean > 100.49 && s.mean < 100.51);
}

static void one_sample_is_all_of_the_statistics(void **state)
{
	uint64_t sample = 42;
	struct amp_stats s = amp_stats_of(&sample, 1);

	(void)state;
	assert_int_equal(s.min, 42);
	assert_int_equal(s.median, 42);
	assert_int_equal(s.p99, 42);
	assert_int_equal(s.max, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_core_is_found_in_a_channels_path),
		cmocka_unit_test(a_path_without_a_core_has_none),
		cmocka_unit_test(an_announcement_is_matched_by_its_whole_name),
		cmocka_unit_test(statistics_are_taken_from_the_samples),
		cmocka_unit_test(one_sample_is_all_of_the_statistics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
