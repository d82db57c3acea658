/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A debugger at one machine of the lab: a core, or Linux. Its bytes go to the stub in that machine's QEMU.
 *
 * Whenever the debugger halts its machine, the others are stopped, too, and no time passes for anyone: nobody takes the
 * core for dead, and Linux's clock does not jump. QEMU tells when each machine's clock stood and went on; when the
 * debugger has left, those that are ahead stand still for as long as they are, and all clocks are together again.
 *
 * One at a time. Context: the relay's event loop.
 */
#ifndef AMPRELAY_RELAY_DEBUGGER_H
#define AMPRELAY_RELAY_DEBUGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "relay/base/soc_config.h"
#include "relay/base/stream.h"
#include "relay/clocks.h"

struct lab;
struct core;
struct debugger;

#define DEBUGGER_TEXT 256

enum debugger_phase {
	DEBUGGER_NONE,
	DEBUGGER_OPENING,  /**< QEMU gets its end of the connection, and halts the machine */
	DEBUGGER_OPEN,     /**< the debugger has it */
	DEBUGGER_LEAVING,  /**< its breakpoints are taken out, and the machine goes on */
	DEBUGGER_ALIGNING, /**< the clocks are brought together */
};

/** The one who asked for it. Any call may be the last. */
struct debugger_ops {
	void (*on_open)(void *user);                                    /**< its bytes are awaited */
	void (*on_data)(void *user, const uint8_t *data, size_t len);   /**< from QEMU */
	void (*on_end)(void *user, const char *why, uint64_t apart_us); /**< `why` NULL: as it was asked for */
};

struct machine {
	struct debugger *debugger;
	struct core *core; /**< NULL: Linux */
	uint32_t life;     /**< that is followed */
	bool asked;        /**< we had it stop */
};

struct debugger {
	struct lab *lab;
	enum debugger_phase phase;
	const struct debugger_ops *ops;
	void *user; /**< NULL: has gone */
	struct machine machine[SOC_MAX_CORES + 1];
	uint32_t machines;
	struct machine_clocks clocks; /**< of the same */
	struct machine *target;
	struct machine *aligned; /**< stands still, to be overtaken; NULL: none does */
	struct stream stub;
	sd_event_source *timer;
	sd_event_time_handler_t on_timer;
	uint32_t sessions, halts; /**< … of this one, steps not counted */
	bool halted;              /**< the target is, or only makes steps; time stands still */
	bool leave;               /**< as soon as it is open */
	bool detached;            /**< it said so itself, and the stub knows of it no more */
	char before;              /**< the last byte that it sent */
};

/** Makes the structure safe to destroy; the first call. */
void amp_debugger_prepare(struct debugger *debugger, struct lab *lab);

/**
 * Begins. @param core  NULL: Linux
 *
 * @param error  DEBUGGER_TEXT bytes, on failure
 * @return enum amp_exit; if it is not AMP_EXIT_OK, there will be no call of `ops`
 */
int amp_debugger_begin(struct debugger *debugger, struct core *core, const struct debugger_ops *ops, void *user,
                       char *error);

/** Bytes of the debugger. */
void amp_debugger_write(struct debugger *debugger, const char *data, size_t len);

/** It has no more to say: the machine goes on, and on_end follows. */
void amp_debugger_leave(struct debugger *debugger);

/** The same when there is nobody to tell. */
void amp_debugger_forget(struct debugger *debugger);

/** Something in the lab has changed: ends it if what it debugs is gone. */
void amp_debugger_check(struct debugger *debugger);

/** @return for `status`: what is debugged and whether it is halted, or null */
json_t *amp_debugger_status(const struct debugger *debugger);

/** Ends it, whatever it was doing, with nobody told. */
void amp_debugger_destroy(struct debugger *debugger);

#endif /* AMPRELAY_RELAY_DEBUGGER_H */
