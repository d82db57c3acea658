/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the simulator share. */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include <sim/sim.h>

#include "coroutine.h"

enum side_state {
	SIDE_OFF = 0,
	SIDE_READY,
	SIDE_IDLE,
};

/** One side, all but its memory. */
struct side {
	struct coroutine coroutine;
	struct sim_program program;
	enum side_state state;
	uint64_t deadline;   /**< SIDE_IDLE: latest end */
	bool routine;        /**< SIDE_IDLE: for a routine look at the deadline */
	uint32_t doorbells;  /**< came, and were not taken yet; bit n for id n */
	bool woken;          /**< sim_wake(), or a condition was signalled, since the last sim_idle() */
	bool interrupt_due;  /**< something came since the handler ran last */
	bool spinning;       /**< is in a turn of a busy-wait */
	unsigned int masked; /**< interrupts are */
};

struct sim {
	struct sim_config config;
	struct side side[SIM_SIDES];
	struct side *self;       /**< NULL: the scheduler runs */
	struct coroutine caller; /**< of sim_run() */
	uint64_t random;
	uint64_t step;
	uint64_t now;
	bool failed;
	char failure[240];
};

extern struct sim sim;

static inline const char *side_name(enum sim_side_id id)
{
	return id == SIM_HOST ? "host" : "remote";
}

/** Before an access: anything may happen. */
void sim_point(void);

/** A doorbell or another event arrived. */
void sim_arrived(struct side *side);

/* memory.c */
void sim_memory_begin(void);
void sim_memory_tick(void);                       /**< writes may become visible */
void sim_memory_drain(enum sim_side_id id);       /**< all waiting writes become visible, in an allowed order */
void sim_memory_power_off(enum sim_side_id id);   /**< some do, the rest is lost */
void sim_memory_synchronise(enum sim_side_id id); /**< no later load of this side returns anything older than now */
const char *sim_place(uint32_t offset, uint32_t *inside); /**< name of a place, and the offset in it */

/* doorbell.c */
void sim_doorbells_begin(void);
void sim_doorbells_tick(void);
uint64_t sim_doorbells_next(void); /**< when the next one comes; SIM_NEVER: none is on its way */
void sim_doorbells_power_off(enum sim_side_id id);

/* alloc.c */
void sim_alloc_power_off(enum sim_side_id id);

/* trace.c */
enum trace_kind {
	TRACE_LOAD,
	TRACE_STORE,
	TRACE_VISIBLE,
	TRACE_FENCE,
	TRACE_RING,
	TRACE_ARRIVED,
	TRACE_TEXT,
};

void sim_trace_begin(void);
void sim_trace(enum sim_side_id id, enum trace_kind kind, uint32_t offset, uint32_t size, uint64_t value,
               const char *note);

#endif /* SIM_INTERNAL_H */
