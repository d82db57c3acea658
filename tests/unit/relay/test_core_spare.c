// SPDX-License-Identifier: GPL-2.0-only
/* The QEMU of a core's next life, started beforehand. A program that only waits stands in for QEMU. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay/lab.h"

static char dir[] = "/tmp/spare_test.XXXXXX";
static struct amp_relay_options options = {.lab = "test", .lock_fd = -1, .bootrom_dir = dir};
static struct lab *lab;
static struct core *core;

static void stand_in(void)
{
	char path[64], search[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/qemu-system-arm", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("#!/bin/sh\nexec sleep 1000\n", file);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
	snprintf(search, sizeof(search), "%s:/usr/bin:/bin", dir);
	setenv("PATH", search, 1);
}

static int set_up(void **state)
{
	struct core_config *config;
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0 || !mkdtemp(dir))
		return -1;
	stand_in();
	options.state_dir = options.firmware_dir = dir;
	lab->options = &options;
	if (amp_record_open(&lab->record, dir) < 0)
		return -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	strcpy(config->isa, "arm");
	config->mem_da = 0x21000000;
	config->mem_size = 0x10000;
	config->notify_ids = 2;
	config->boot_timeout_ms = 60000;
	config->num_private = 1;
	core = &lab->core[0];
	amp_core_prepare(core, lab);
	core->spares = true;
	return amp_core_init(core, config);
}

static void until_off(void)
{
	amp_core_kill(core, "test");
	while (core->phase != PHASE_OFF)
		sd_event_run(lab->loop, UINT64_MAX);
}

static int tear_down(void **state)
{
	char command[64];
	pid_t spare = core->spare_pid;

	(void)state;
	until_off();
	amp_core_destroy(core);
	if (spare)
		assert_int_equal(kill(spare, 0), -1); /* it has been waited for */
	amp_record_close(&lab->record);
	sd_event_unref(lab->loop);
	free(lab);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static pid_t start(void)
{
	static const char firmware[AMP_FIRMWARE_LEN] = "test.elf";

	amp_core_start(core, 0x21008000, firmware, AMP_CORE_HOST_DRIVER, "test");
	assert_int_equal(core->phase, PHASE_STARTING);
	assert_true(core->process.pid > 0);
	return core->process.pid;
}

static pid_t spare(void)
{
	amp_core_spare_start(core);
	assert_true(core->spare_pid > 0);
	return core->spare_pid;
}

static void it_becomes_the_cores_at_power_on(void **state)
{
	pid_t pid = spare();

	(void)state;
	amp_core_spare_start(core);
	assert_int_equal(core->spare_pid, pid); /* there is one at a time */
	assert_int_equal(start(), pid);
	assert_int_equal(core->spare_pid, 0);
	assert_true(core->bells.uart >= 0);
	assert_non_null(core->uart);
	until_off(); /* the core hears of its end */
	assert_int_not_equal(start(), pid);
}

static void a_core_that_crashes_gets_one(void **state)
{
	(void)state;
	start();
	amp_core_set_phase(core, PHASE_RUNNING, "test");
	amp_core_crashed(core, AMP_DETECTOR_HEARTBEAT, "test");
	assert_true(core->spare_pid > 0);
	assert_int_not_equal(core->spare_pid, core->process.pid);
}

static void one_that_has_ended_is_nobodys(void **state)
{
	pid_t pid = spare();

	(void)state;
	kill(pid, SIGKILL);
	while (core->spare_pid)
		sd_event_run(lab->loop, UINT64_MAX);
	assert_int_equal(core->phase, PHASE_OFF);
	assert_int_not_equal(start(), pid);
	assert_int_equal(core->phase, PHASE_STARTING);
}

static void the_cores_own_goes_on_when_it_ends(void **state)
{
	pid_t own = start(), pid = spare();

	(void)state;
	kill(pid, SIGKILL);
	while (core->spare_pid)
		sd_event_run(lab->loop, UINT64_MAX);
	assert_int_equal(core->process.pid, own);
	assert_int_equal(core->phase, PHASE_STARTING);
}

static void firmware_in_private_memory_needs_another(void **state)
{
	pid_t pid = spare();

	(void)state;
	core->loaded.private_fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(start(), pid);
	while (core->spare_pid) /* nobody has a use for it */
		sd_event_run(lab->loop, UINT64_MAX);
	amp_core_spare_start(core);
	assert_int_equal(core->spare_pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_becomes_the_cores_at_power_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_core_that_crashes_gets_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_has_ended_is_nobodys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_cores_own_goes_on_when_it_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(firmware_in_private_memory_needs_another, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
