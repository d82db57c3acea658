/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A deterministic simulator: two sides in one process, over memory that is as weak as the memory model allows.
 *
 * Each side is a coroutine that runs a program which uses the library. Everything that is left to chance on a real
 * system (who runs when, when a write becomes visible, how old a value may be, when a doorbell arrives) is drawn from
 * one random number generator: the same seed gives the same run, step by step.
 *
 * One simulation exists at a time. Context: functions marked "side" are for the program of a side and for the library
 * below it; the others for the program that runs the simulation, while no side runs, or for its hooks.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_side_id {
	SIM_HOST = 0,
	SIM_REMOTE = 1,
	SIM_SIDES = 2,
};

/** Largest shared block, in bytes. */
#define SIM_BLOCK_MAX 4096u
/** Doorbells: notify ids 0 … SIM_DOORBELLS - 1, the same in both directions. */
#define SIM_DOORBELLS 8u
/** No deadline. */
#define SIM_NEVER UINT64_MAX

/** Chances are counted in 256ths. */
struct sim_config {
	uint64_t seed;
	uint32_t block_size;  /**< bytes of shared memory, up to SIM_BLOCK_MAX */
	uint32_t max_steps;   /**< more than this is a failure: a livelock */
	uint32_t switch_odds; /**< that the other side runs on, at each step */
	uint32_t commit_odds; /**< that one waiting write becomes visible, at each step and side; 256: writes never wait
	                       */
	uint32_t stale_odds;  /**< that a load returns an older value, if the program's order allows it; 0: never */
	uint32_t interrupt_odds; /**< that an interrupt which is pending is taken, at each step */
	uint32_t bell_lost;      /**< that a doorbell is lost … */
	uint32_t bell_late;      /**< … comes up to bell_delay_ns later … */
	uint32_t bell_doubled;   /**< … or comes a second time, later */
	uint32_t bell_spurious;  /**< that a doorbell which nobody rang comes, per step, in 65536ths */
	uint32_t bell_delay_ns;
	uint32_t trace; /**< how many of the last events sim_print_trace() can show; 0: none are kept */

	/** Before every step, in the context of the side that takes it. May call sim_power_off() and others. May be
	 * NULL. */
	void (*on_step)(void *arg, uint64_t step);
	/** A side has just been switched off; its last writes are visible. May be NULL. */
	void (*on_power_off)(void *arg, enum sim_side_id id);
	/** Only routine looks (sim_idle_tick()) are to come: is all done, so that they need not be waited for? May be
	 * NULL: no. */
	bool (*at_rest)(void *arg);
	/** Nothing can happen any more by itself. Return true if that has been changed, false to end the run. */
	bool (*on_idle)(void *arg);
	void *arg;
};

/** What a side is. */
struct sim_program {
	void (*main)(void *arg); /**< runs from power-on; a return switches the side off */
	void (*interrupt)(
		void *arg); /**< taken between any two steps while not masked; NULL: doorbells only wake sim_idle() */
	void *arg;
};

/** How a run ended. */
struct sim_result {
	bool failed;
	uint64_t steps;
	char text[240]; /**< what failed */
};

/* ------------------------------------------------------------------ the run: scheduler.c */

/** Forget the last run, and start a new one with both sides switched off. */
void sim_begin(const struct sim_config *config);

/** Run until nothing can happen any more and on_idle() returns false, or until sim_fail(). */
void sim_run(struct sim_result *result);

/** Start a side with a fresh stack, at its program's main. It must be off. */
void sim_power_on(enum sim_side_id id, const struct sim_program *program);

/**
 * End the life of a side where it is. What it had written but what was not visible yet becomes visible or does not, by
 * chance, in the order of the memory model. Its allocations are freed; its doorbells are gone. Context: any; ends the
 * calling side too.
 */
void sim_power_off(enum sim_side_id id);

bool sim_is_on(enum sim_side_id id);

/** Whether this is called in the context of that side. */
bool sim_running(enum sim_side_id id);

/** Allocations of this side that were not freed. */
uint32_t sim_allocations(enum sim_side_id id);

/**
 * Something outside of the shared memory happened to this side (its controller speaks): wakes it like a doorbell.
 * Called by the side itself, from its interrupt handler: there is work for its main program; the next sim_idle()
 * returns at once.
 */
void sim_wake(enum sim_side_id id);

/** Something that must never happen did: end the run with this text. Does not return when called by a side. */
void sim_fail(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/** Steps of this run so far. */
uint64_t sim_step(void);

/** The virtual time in nanoseconds; never 0. */
uint64_t sim_now(void);

/** @return a random number from 0 to n - 1; n > 0 */
uint32_t sim_random(uint32_t n);

/** @return true odds times out of 256 */
bool sim_chance(uint32_t odds);

/* ------------------------------------------------------------------ for the program of a side: scheduler.c */

/** The side that runs. */
enum sim_side_id sim_self(void);

/** Wait for a doorbell, sim_wake(), a condition's signal, or the time; returns at once if one of these is pending. */
void sim_idle(uint64_t deadline_ns);

/**
 * Like sim_idle(), until the next routine look, for instance of a watchdog's loop: such looks alone do not keep a run
 * going that is at rest.
 */
void sim_idle_tick(uint64_t deadline_ns);

/** A busy-wait: let the other side run, or time pass. */
void sim_yield(void);

/** Mask the interrupt of this side. @return what sim_irq_restore() needs.
 * Context: side; outside of a run does nothing */
unsigned int sim_irq_save(void);
void sim_irq_restore(unsigned int flags);

/* ------------------------------------------------------------------ doorbells: doorbell.c */

/** Ring at the other side. Context: side. */
void sim_ring(uint32_t id);

/** Take the doorbells that came: bit n for id n. Context: side, main or interrupt. */
uint32_t sim_take_doorbells(void);

/* ------------------------------------------------------------------ shared memory: memory.c */

/**
 * Where a side sees the shared block. Nothing is mapped there: an access that does not go through the functions below
 * is a segmentation fault, and an access that does is checked against the block's size.
 */
void *sim_view(enum sim_side_id id);

/** Words outside of the block that the library accesses through the accessors too, such as a constant in place of a
 * status. */
void sim_allow_private(const void *ptr, size_t size);

/** Say that only @p id may store to these bytes (clearing is not a store). */
void sim_reserve(uint32_t offset, uint32_t size, enum sim_side_id id);

/** Name bytes of the block for traces. @p name is kept. */
void sim_name(uint32_t offset, uint32_t size, const char *name);

/** The block as it is in memory, without what waits in either side's store buffer. */
const uint8_t *sim_block(void);

/** Write 1 to 8 bytes to the block from outside (reset, corruption): visible at once. */
void sim_poke(uint32_t offset, const void *bytes, uint32_t size);

/* Context of these: side. size is 1, 2, 4 or 8. */
uint64_t sim_load(const volatile void *ptr, size_t size, bool acquire);
void sim_store(volatile void *ptr, size_t size, uint64_t value, bool release);
void sim_copy_in(volatile void *dst, const void *src, size_t len);
void sim_copy_out(void *dst, const volatile void *src, size_t len);
void sim_clear(volatile void *dst, size_t len);
void sim_fence(void);

/* ------------------------------------------------------------------ traces: trace.c */

/** Add a line to the trace, if one is kept. */
void sim_note(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/** Print what is kept, oldest first. */
void sim_print_trace(void);

#endif /* SIM_SIM_H */
