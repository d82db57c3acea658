// SPDX-License-Identifier: GPL-2.0-only
/* The states of a remote processor and what leads from one to another. */
#include "fixture.h"

#include <string.h>

static struct elf_image image;

static int load(struct remoteproc *r)
{
	struct amp_mem_store store = {image.bytes, image.size};

	return remoteproc_load(r, NULL, &store, &amp_mem_store_ops, NULL);
}

static int config(struct remoteproc *r)
{
	return remoteproc_config(r, NULL);
}

struct operation {
	const char *name;
	int (*call)(struct remoteproc *r);
	int refusal;                 /* where it is not allowed */
	unsigned int to[RPROC_LAST]; /* state + 1 that it leads to from each state; 0: refused */
};

#define TO(state) (RPROC_##state + 1)

static const struct operation operations[] = {
	{"config",
         config,
         -RPROC_EINVAL,
         {[RPROC_OFFLINE] = TO(READY),
          [RPROC_CONFIGURED] = TO(READY),
          [RPROC_READY] = TO(READY),
          [RPROC_STOPPED] = TO(READY)}},
	{"load",
         load,
         -RPROC_EINVAL,
         {[RPROC_CONFIGURED] = TO(READY), [RPROC_READY] = TO(READY), [RPROC_STOPPED] = TO(READY)}},
	{"start", remoteproc_start, -RPROC_EINVAL, {[RPROC_READY] = TO(RUNNING)}},
	{"suspend", amp_remoteproc_suspend, -RPROC_EINVAL, {[RPROC_RUNNING] = TO(SUSPENDED)}},
	{"resume", amp_remoteproc_resume, -RPROC_EINVAL, {[RPROC_SUSPENDED] = TO(RUNNING)}},
	{"crashed",
         amp_remoteproc_crashed,
         -RPROC_EINVAL,
         {[RPROC_RUNNING] = TO(ERROR), [RPROC_SUSPENDED] = TO(ERROR)}},
	{"stop",
         remoteproc_stop,
         0,
         {TO(OFFLINE), TO(CONFIGURED), TO(READY), TO(STOPPED), TO(STOPPED), TO(STOPPED), TO(STOPPED)}},
	{"shutdown",
         remoteproc_shutdown,
         0,
         {TO(OFFLINE), TO(OFFLINE), TO(OFFLINE), TO(OFFLINE), TO(OFFLINE), TO(OFFLINE), TO(OFFLINE)}},
};

/* By legal ways only. */
static void bring_to(unsigned int state)
{
	struct amp_mem_store empty = {image.bytes, 10};

	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	if (state == RPROC_OFFLINE)
		return;
	assert_int_equal(remoteproc_config(&rproc, NULL), 0);
	if (state == RPROC_CONFIGURED)
		assert_int_equal(remoteproc_load(&rproc, NULL, &empty, &amp_mem_store_ops, NULL),
		                 -AMP_RPROC_ERR_TRUNCATED);
	if (state >= RPROC_RUNNING)
		assert_int_equal(remoteproc_start(&rproc), 0);
	if (state == RPROC_SUSPENDED)
		assert_int_equal(amp_remoteproc_suspend(&rproc), 0);
	if (state == RPROC_ERROR)
		assert_int_equal(amp_remoteproc_crashed(&rproc), 0);
	if (state == RPROC_STOPPED)
		assert_int_equal(remoteproc_stop(&rproc), 0);
	assert_int_equal(rproc.state, state);
}

static void each_operation_is_allowed_in_the_states_of_the_table_only(void **state)
{
	const struct operation *op;
	struct platform before;
	int status;

	(void)state;
	for (unsigned int i = 0; i < metal_dim(operations); i++) {
		op = &operations[i];
		for (unsigned int from = 0; from < RPROC_LAST; from++) {
			bring_to(from);
			before = platform;
			status = op->call(&rproc);
			if (op->to[from]) {
				if (status || rproc.state != op->to[from] - 1)
					fail_msg("%s in %s: %d, leads to %s", op->name, amp_remoteproc_state_name(from),
					         status, amp_remoteproc_state_name(rproc.state));
			} else {
				if (status != op->refusal || rproc.state != from)
					fail_msg("%s in %s is not refused: %d", op->name,
					         amp_remoteproc_state_name(from), status);
				assert_memory_equal(&before, &platform, sizeof(before));
			}
		}
	}
}

static void a_failed_operation_of_the_platform_leads_to_error_and_stop_leads_out(void **state)
{
	static const struct {
		unsigned int from;
		int (*call)(struct remoteproc *r);
	} cases[] = {{RPROC_READY, remoteproc_start},
	             {RPROC_RUNNING, amp_remoteproc_suspend},
	             {RPROC_SUSPENDED, amp_remoteproc_resume},
	             {RPROC_RUNNING, remoteproc_stop},
	             {RPROC_READY, remoteproc_shutdown}};

	(void)state;
	for (unsigned int i = 0; i < metal_dim(cases); i++) {
		bring_to(cases[i].from);
		platform.answer = -77;
		assert_int_equal(cases[i].call(&rproc), -77);
		assert_int_equal(rproc.state, RPROC_ERROR);
		assert_int_equal(remoteproc_start(&rproc), -RPROC_EINVAL);
		platform.answer = 0;
		assert_int_equal(remoteproc_stop(&rproc), 0);
		assert_int_equal(rproc.state, RPROC_STOPPED);
	}
}

static void a_failed_config_changes_nothing(void **state)
{
	(void)state;
	bring_to(RPROC_OFFLINE);
	platform.answer = -5;
	assert_int_equal(remoteproc_config(&rproc, NULL), -5);
	assert_int_equal(rproc.state, RPROC_OFFLINE);
}

static void shutdown_stops_a_running_core_first(void **state)
{
	(void)state;
	bring_to(RPROC_RUNNING);
	memset(&platform, 0, sizeof(platform));
	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	assert_int_equal(platform.stop, 1);
	assert_int_equal(platform.shutdown, 1);
}

static void shutdown_keeps_the_core_if_it_cannot_be_stopped(void **state)
{
	(void)state;
	bring_to(RPROC_RUNNING);
	memset(&platform, 0, sizeof(platform));
	platform.answer = -3;
	assert_int_equal(remoteproc_shutdown(&rproc), -3);
	assert_int_equal(platform.shutdown, 0);
	assert_int_equal(rproc.state, RPROC_ERROR);
}

static void remove_is_refused_until_the_processor_is_offline(void **state)
{
	(void)state;
	for (unsigned int from = RPROC_OFFLINE + 1; from < RPROC_LAST; from++) {
		bring_to(from);
		assert_int_equal(remoteproc_remove(&rproc), -RPROC_EAGAIN);
		assert_int_equal(platform.remove, 0);
	}
}

static void a_platform_without_operations_moves_through_all_states(void **state)
{
	(void)state;
	assert_int_equal(remoteproc_shutdown(&rproc), 0);
	memset(&platform_ops, 0, sizeof(platform_ops));
	bring_to(RPROC_SUSPENDED);
	assert_int_equal(amp_remoteproc_resume(&rproc), 0);
	assert_int_equal(remoteproc_stop(&rproc), 0);
}

static struct remoteproc *init_with(struct remoteproc *r, const struct remoteproc_ops *ops, void *arg)
{
	assert_ptr_equal(r->ops, ops);
	assert_ptr_equal(r->priv, arg);
	return arg ? r : NULL;
}

static void init_fails_when_the_platform_fails(void **state)
{
	static const struct remoteproc_ops ops = {.init = init_with};
	struct remoteproc other;
	int arg;

	(void)state;
	assert_null(remoteproc_init(&other, &ops, NULL));
	assert_ptr_equal(remoteproc_init(&other, &ops, &arg), &other);
	assert_int_equal(remoteproc_remove(&other), 0);
}

static void null_is_refused_everywhere(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < metal_dim(operations); i++)
		assert_int_equal(operations[i].call(NULL), -RPROC_EINVAL);
	assert_int_equal(remoteproc_remove(NULL), -RPROC_EINVAL);
	assert_null(remoteproc_init(NULL, &platform_ops, NULL));
	assert_null(remoteproc_init(&rproc, NULL, NULL));
}

static void every_error_and_state_has_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < AMP_RPROC_ERR_END; i++) {
		if (i == 8 || (i > RPROC_ERR_LOADER_STATE && i <= RPROC_EMAX))
			continue; /* not in use */
		assert_string_not_equal(amp_remoteproc_strerror(-i), "unknown error");
		assert_ptr_equal(amp_remoteproc_strerror(i), amp_remoteproc_strerror(-i));
	}
	assert_string_equal(amp_remoteproc_strerror(-8), "unknown error");
	assert_string_equal(amp_remoteproc_strerror(-AMP_RPROC_ERR_END), "unknown error");
	assert_string_equal(amp_remoteproc_strerror(INT32_MIN), "unknown error");
	for (int i = 0; i < RPROC_LAST; i++)
		assert_string_not_equal(amp_remoteproc_state_name((unsigned int)i), "unknown");
	assert_string_equal(amp_remoteproc_state_name(RPROC_LAST), "unknown");
}

static int build(void **state)
{
	struct elf_spec spec = elf_default_spec(false);

	(void)state;
	image = elf_build(&spec);
	return 0;
}

static int unbuild(void **state)
{
	(void)state;
	elf_free(&image);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_operation_is_allowed_in_the_states_of_the_table_only),
		TEST(a_failed_operation_of_the_platform_leads_to_error_and_stop_leads_out),
		TEST(a_failed_config_changes_nothing),
		TEST(shutdown_stops_a_running_core_first),
		TEST(shutdown_keeps_the_core_if_it_cannot_be_stopped),
		TEST(remove_is_refused_until_the_processor_is_offline),
		TEST(a_platform_without_operations_moves_through_all_states),
		TEST(init_fails_when_the_platform_fails),
		TEST(null_is_refused_everywhere),
		TEST(every_error_and_state_has_a_text),
	};

	return cmocka_run_group_tests(tests, build, unbuild);
}
