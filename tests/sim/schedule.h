/* SPDX-License-Identifier: GPL-2.0-only */
/* One schedule: what a seed makes of a class of faults, and the system that it runs. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include <openamp/remoteproc.h>
#include <sim/sim.h>

/** The shared block. Rings and buffers as many as a schedule has of them. */
#define TABLE_AT        64u
#define RING_AT(n)      (192u + 256u * (n))
#define BUFFERS_AT      704u
#define RING_MAX        8u
#define RING_ALIGN      16u
#define BUFFER_SIZE     64u /* unless the remote asks for others, and the host takes them */
#define BUFFER_SIZE_MAX 192u
#define PHYS_BASE       0x40000000ul  /* of the shared memory … */
#define PHYS_HIGH       0x140000000ul /* … in every other schedule */

/** A link over packed rings has none. */
#define WITH_RECEIPTS (!AMP_WITH_PACKED_RINGS)

enum fault {
	FAULT_REMOTE_CRASH,  /**< the remote dies; the host hears of it, takes its link down and has the remote started
	                      */
	FAULT_REMOTE_REBOOT, /**< the remote restarts by itself; the host hears of it later */
	FAULT_REMOTE_LEAVE,  /**< the remote takes its link down; the host hears of it later */
	FAULT_HOST_CRASH,    /**< the host dies and is started again; the remote goes on */
	FAULT_HOST_RELINK,   /**< the host takes its link down and brings it up again */
	FAULT_HOST_ASK_10,   /**< the same, but first it asks for a reset: by a status of its own … */
	FAULT_HOST_ASK_20,   /**< … or by the other one */
	FAULT_RESTARTS,      /**< so many of them can be drawn; the rest are not */
	FAULT_POWER_CYCLE = FAULT_RESTARTS, /**< both die; fresh memory; both start */
	FAULT_CORRUPT,                      /**< a word of the shared block changes */
};

enum fault_class {
	CLASS_ORDER,    /**< no faults: every interleaving and every delay of a write must do */
	CLASS_DOORBELL, /**< lost, late, doubled and spurious doorbells */
	CLASS_RESTART,  /**< either side dies, restarts or leaves, at any step */
	CLASS_HOSTILE,  /**< words of the shared block change, as if the peer were hostile */
	CLASS_SLOW,  /**< the host begins again and again, while callbacks last longer than it waits for the remote */
	CLASS_EVERY, /**< one restart of either side, of each kind, at each step of short runs: see schedule_every() */
	CLASSES,
	CLASSES_DRAWN = CLASS_EVERY, /**< those before are drawn from seeds */
};

extern const char *const class_names[CLASSES];

#define FAULTS_MAX 32u

/** Longer than a driver waits for a device to let go of its rings, which is 50 ms. */
#define SLOW_NS 60000000u

/** What a seed says. */
struct schedule {
	enum fault_class class;
	uint64_t seed;
	struct sim_config sim;
	uint32_t ring_size;            /**< descriptors, each ring */
	uint32_t buffers;              /**< in both directions together */
	uint32_t messages[SIM_SIDES];  /**< that each session of a side sends */
	bool interrupts[SIM_SIDES];    /**< receives in an interrupt handler; otherwise in the main loop */
	bool wait_callback[SIM_SIDES]; /**< waits for buffers in the application's callback */
	uint32_t echo_odds;            /**< that a message is answered from its callback */
	uint32_t hold_odds;            /**< that a receiver keeps a buffer for a while */
	uint32_t nocopy_odds;          /**< that a message is written in place */
	uint32_t receipt_odds;         /**< that a message is sent with a receipt */
	bool ns_ack;                   /**< announcements are acknowledged */
	uint32_t asked[SIM_SIDES];     /**< sizes of buffers, by receiver, that the remote asks for; 0: none */
	bool nuttx;                    /**< it does so in NuttX's dialect, else in Linux's */
	bool ignored;                  /**< the host knows neither */
	uint32_t slow_odds;            /**< that a callback lasts for SLOW_NS, before what it does or after */
	bool waits[SIM_SIDES]; /**< sends that find no buffer wait for one; otherwise they are tried again later */
	bool remote_blocks;    /**< the remote waits for the driver inside rpmsg_init_vdev() */
	uint32_t send_timeout_ms;
	uint64_t tick_ns; /**< how often a side looks by itself; SIM_NEVER if it relies on doorbells */
	struct {
		uint64_t step;
		enum fault kind;
	} fault[FAULTS_MAX];
	uint32_t num_faults;
};

/** Of the buffers in which a side receives. */
static inline uint32_t buffer_size(const struct schedule *schedule, enum sim_side_id receiver)
{
	return schedule->asked[receiver] && !schedule->ignored ? schedule->asked[receiver] : BUFFER_SIZE;
}

/** Of all of them: they are cut alternately, first one for the host. */
static inline uint32_t pool_size(const struct schedule *schedule)
{
	return (schedule->buffers + 1) / 2 * buffer_size(schedule, SIM_HOST) +
	       schedule->buffers / 2 * buffer_size(schedule, SIM_REMOTE);
}

/** Draw schedule @p seed of a class. */
void schedule_draw(struct schedule *schedule, enum fault_class class, uint64_t seed);

/**
 * Class CLASS_EVERY: in place of a seed the number of a way to run, of a scenario, of a kind of fault, and of the step
 * at which it comes, in this order, so that neighbours differ in the step.
 */
struct every {
	uint32_t way;      /**< 0: each side runs until it waits; others: some interleaving */
	uint32_t scenario; /**< announce, send, receive, …: see schedule.c */
	uint32_t fault;    /**< enum fault, below FAULT_RESTARTS */
	uint32_t step;     /**< from 1; behind the last one the fault comes at rest */
};

#define EVERY_SCENARIOS 7u

uint64_t every_number(const struct every *every);
struct every every_of(uint64_t number);

/** Whether the last run's fault came at rest, since the run had no step of that number. */
bool schedule_fault_came_at_rest(void);

/** Print what was drawn. */
void schedule_print(const struct schedule *schedule);

/** Run it. @return whether all invariants held; otherwise see @p result */
bool schedule_run(const struct schedule *schedule, struct sim_result *result);

/* ------------------------------------------------------------------ the system's controller: controller.c */

/** Events for a side's program. */
#define EVENT_PEER_DIED 1u /**< host: the remote is gone, or has restarted */
#define EVENT_RELINK    2u /**< host: take the link down and bring it up again */
#define EVENT_LEAVE     4u /**< remote: take the link down, say controller_remote_left(), and wait for the next */

/** Take the events of the running side. */
uint32_t controller_events(void);

/** The host asks for the remote to be switched on, if it is off. */
void controller_start_remote(void);

/** Host: whether the remote is off, and stays off until controller_start_remote(). */
bool controller_remote_is_off(void);

/** The status with which the host is to ask for a reset before it takes its link down; 0: none. Taken once. */
uint8_t controller_request(void);

/** The remote has taken its link down as it was told; the host will hear of it. */
void controller_remote_left(void);

/** Whether nobody has zeroed the ring that carries messages to the remote since a remote began to use it. */
bool controller_ring_stands(void);

/* ------------------------------------------------------------------ the sides' programs: application.c */

void application_begin(const struct schedule *schedule);
const struct sim_program *application_program(enum sim_side_id id);

/** Both have sent what they were to send. */
bool application_done(void);

/** Both are connected, and no buffer is missing. Fails the run otherwise. For the end of a run. */
void application_check_end(void);

#endif /* SIM_SCHEDULE_H */
