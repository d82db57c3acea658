// SPDX-License-Identifier: GPL-2.0-only
/* The simulator itself: its memory is as weak as it says, and not weaker; and runs repeat. */
#include <sim/sim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS 2000u
#define DATA  0u
#define FLAG  64u

/* How the two programs of a litmus test access the block. */
static struct {
	bool release, acquire, fence;
	uint64_t seen_flag, seen_data, seen_twice;
	uint64_t other_seen;
	uint32_t doorbells;
} litmus;

static uint32_t *word(uint32_t offset)
{
	return (uint32_t *)(void *)((char *)sim_view(sim_self()) + offset);
}

static bool end_of_run(void *arg)
{
	(void)arg;
	return false;
}

static struct sim_config weak(uint64_t seed)
{
	return (struct sim_config){
		.seed = seed,
		.block_size = 256,
		.max_steps = 10000,
		.switch_odds = 64,
		.commit_odds = 32,
		.stale_odds = 128,
		.on_idle = end_of_run,
	};
}

static struct sim_result run(const struct sim_config *config, void (*host)(void *), void (*remote)(void *))
{
	struct sim_program program[SIM_SIDES] = {{.main = host}, {.main = remote}};
	struct sim_result result;

	sim_begin(config);
	sim_power_on(SIM_HOST, &program[SIM_HOST]);
	sim_power_on(SIM_REMOTE, &program[SIM_REMOTE]);
	sim_run(&result);
	return result;
}

/* ------------------------------------------------------------------ message passing */

static void publish(void *arg)
{
	(void)arg;
	sim_store(word(DATA), 4, 42, false);
	sim_store(word(FLAG), 4, 1, litmus.release);
}

static void look(void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < 10; i++) {
		litmus.seen_flag = sim_load(word(FLAG), 4, litmus.acquire);
		litmus.seen_data = sim_load(word(DATA), 4, false);
		if (litmus.seen_flag)
			return;
	}
}

static uint32_t messages_seen_before_their_data(bool release, bool acquire)
{
	struct sim_config config;
	uint32_t bad = 0, seen = 0;

	litmus.release = release;
	litmus.acquire = acquire;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		config = weak(seed);
		assert_false(run(&config, publish, look).failed);
		seen += litmus.seen_flag == 1;
		bad += litmus.seen_flag && litmus.seen_data != 42;
	}
	assert_true(seen > SEEDS / 10);
	return bad;
}

static void a_message_overtakes_its_data_without_release_or_acquire(void **state)
{
	(void)state;
	assert_true(messages_seen_before_their_data(false, true) > 0);
	assert_true(messages_seen_before_their_data(true, false) > 0);
}

static void a_message_never_overtakes_its_data_with_release_and_acquire(void **state)
{
	(void)state;
	assert_int_equal(messages_seen_before_their_data(true, true), 0);
}

/* ------------------------------------------------------------------ store buffering */

static void say_and_look(uint32_t mine, uint32_t theirs, uint64_t *seen)
{
	sim_store(word(mine), 4, 1, true);
	if (litmus.fence)
		sim_fence();
	*seen = sim_load(word(theirs), 4, true);
}

static void host_says_and_looks(void *arg)
{
	(void)arg;
	say_and_look(DATA, FLAG, &litmus.seen_flag);
}

static void remote_says_and_looks(void *arg)
{
	(void)arg;
	say_and_look(FLAG, DATA, &litmus.other_seen);
}

static uint32_t both_missed_the_other(bool fence)
{
	struct sim_config config;
	uint32_t missed = 0;

	litmus.fence = fence;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		config = weak(seed);
		assert_false(run(&config, host_says_and_looks, remote_says_and_looks).failed);
		missed += !litmus.seen_flag && !litmus.other_seen;
	}
	return missed;
}

static void two_sides_can_miss_each_other_without_a_fence_and_never_with_one(void **state)
{
	(void)state;
	assert_true(both_missed_the_other(false) > 0);
	assert_int_equal(both_missed_the_other(true), 0);
}

/* ------------------------------------------------------------------ coherence */

static void count_up(void *arg)
{
	(void)arg;
	for (uint32_t i = 1; i <= 50; i++) {
		sim_store(word(DATA), 4, i, false);
		if (sim_load(word(DATA), 4, false) != i)
			sim_fail("a side does not see its own write");
	}
}

static void watch_count(void *arg)
{
	uint64_t last = 0, next;

	(void)arg;
	for (uint32_t i = 0; i < 100; i++) {
		next = sim_load(word(DATA), 4, false);
		if (next < last)
			sim_fail("a word went back from %u to %u", (unsigned int)last, (unsigned int)next);
		last = next;
	}
}

static void a_side_sees_its_own_writes_and_no_word_goes_back(void **state)
{
	struct sim_config config;
	struct sim_result result;

	(void)state;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		config = weak(seed);
		result = run(&config, count_up, watch_count);
		if (result.failed)
			fail_msg("seed %u: %s", seed, result.text);
	}
}

/* ------------------------------------------------------------------ borders */

static void read_behind_the_block(void *arg)
{
	(void)arg;
	(void)sim_load(word(256), 4, false);
}

static void copy_over_the_end(void *arg)
{
	char bytes[16] = {0};

	(void)arg;
	sim_copy_in(word(248), bytes, sizeof(bytes));
}

static void read_as_the_other_side(void *arg)
{
	(void)arg;
	(void)sim_load(sim_view(SIM_REMOTE), 4, false);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void accesses_outside_of_the_block_end_the_run(void **state)
{
	static void (*const programs[])(void *) = {read_behind_the_block, copy_over_the_end, read_as_the_other_side};
	struct sim_config config = weak(1);
	struct sim_result result;

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		result = run(&config, programs[i], nothing);
		assert_true(result.failed);
		assert_non_null(strstr(result.text, "outside of the shared block"));
	}
}

static void endless(void *arg)
{
	(void)arg;
	for (;;)
		sim_yield();
}

static void a_run_that_does_not_end_is_a_failure(void **state)
{
	struct sim_config config = weak(1);
	struct sim_result result = run(&config, endless, nothing);

	(void)state;
	assert_true(result.failed);
	assert_non_null(strstr(result.text, "livelock"));
}

/* ------------------------------------------------------------------ doorbells and time */

static void ring_often(void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < 100; i++) {
		sim_ring(1);
		sim_idle(sim_now() + 100000);
	}
}

static void count_doorbells(void *arg)
{
	(void)arg;
	litmus.doorbells = 0;
	for (;;) {
		sim_idle(SIM_NEVER);
		litmus.doorbells += sim_take_doorbells() == 2;
	}
}

static uint32_t doorbells_heard(uint32_t lost, uint32_t late, uint32_t doubled)
{
	struct sim_config config = weak(1);

	config.bell_lost = lost;
	config.bell_late = late;
	config.bell_doubled = doubled;
	config.bell_delay_ns = 20000;
	assert_false(run(&config, ring_often, count_doorbells).failed);
	return litmus.doorbells;
}

static void doorbells_are_lost_late_or_doubled_as_often_as_asked_for(void **state)
{
	(void)state;
	assert_int_equal(doorbells_heard(0, 0, 0), 100);
	assert_int_equal(doorbells_heard(0, 256, 0), 100);
	assert_int_equal(doorbells_heard(256, 0, 0), 0);
	assert_in_range(doorbells_heard(128, 0, 0), 30, 70);
	assert_in_range(doorbells_heard(0, 0, 256), 150, 200); /* some second ones come while the first is pending */
}

static void time_jumps_to_the_next_deadline(void **state)
{
	struct sim_config config = weak(1);

	(void)state;
	assert_false(run(&config, ring_often, nothing).failed);
	assert_in_range(sim_now(), 100 * 100000, 110 * 100000);
}

/* ------------------------------------------------------------------ repetition */

static void a_seed_repeats_its_run_and_another_gives_another(void **state)
{
	struct sim_config one = weak(7), two = weak(8);
	struct sim_result first, again, other;
	uint64_t seen, time;

	(void)state;
	first = run(&one, publish, look);
	seen = litmus.seen_data;
	time = sim_now();
	other = run(&two, endless, look);
	assert_true(other.failed);
	again = run(&one, publish, look);
	assert_int_equal(first.steps, again.steps);
	assert_int_equal(seen, litmus.seen_data);
	assert_int_equal(time, sim_now());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_overtakes_its_data_without_release_or_acquire),
		cmocka_unit_test(a_message_never_overtakes_its_data_with_release_and_acquire),
		cmocka_unit_test(two_sides_can_miss_each_other_without_a_fence_and_never_with_one),
		cmocka_unit_test(a_side_sees_its_own_writes_and_no_word_goes_back),
		cmocka_unit_test(accesses_outside_of_the_block_end_the_run),
		cmocka_unit_test(a_run_that_does_not_end_is_a_failure),
		cmocka_unit_test(doorbells_are_lost_late_or_doubled_as_often_as_asked_for),
		cmocka_unit_test(time_jumps_to_the_next_deadline),
		cmocka_unit_test(a_seed_repeats_its_run_and_another_gives_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
