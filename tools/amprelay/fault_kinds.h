/* SPDX-License-Identifier: GPL-2.0-only */
/* The faults of include/amprelay/faults.h, for programs on this machine. */
#ifndef AMPRELAY_FAULT_KINDS_H
#define AMPRELAY_FAULT_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include <amprelay/wire.h>

enum fault_outcome {
	FAULT_MASKED,    /**< nobody need notice; nothing is lost */
	FAULT_DETECTED,  /**< something notices it; the core recovers in a new life, or is restarted */
	FAULT_CORRUPTED, /**< an answer is wrong, doubled or missing: the ledger of whoever sends finds it */
	FAULT_OUTCOMES,
};

/** Whose log tells of it. */
enum fault_log {
	FAULT_LOG_NONE,
	FAULT_LOG_CORE,
	FAULT_LOG_LINUX,
};

struct fault_kind {
	const char *name;
	const char *what;                  /**< completes "the core is to …" */
	enum amp_detector cortex_m, other; /**< what should notice it; NONE: nothing need, or a log tells */
	enum amp_crash_cause cause;        /**< in the crash record; NONE: there is none */
	enum fault_outcome outcome;
	bool of_rings;         /**< it befalls the memory that both sides share */
	bool found;            /**< by the ledger; also of one that is detected, if messages are doubled by then */
	enum fault_log log;    /**< the side that refuses the rings says so there … */
	const char *words;     /**< … with these */
	unsigned int bound_ms; /**< of the detection; of the delay, if nothing need notice it */
};

/** All of them; the last has no name. */
extern const struct fault_kind amp_fault_kinds[];

struct host_fault {
	const char *name;
	unsigned int bound_ms; /**< of each step that brings it about, or waits for what comes of it */
};

/** What can befall the host's side; the last has no name. */
extern const struct host_fault amp_host_faults[];

/** @return NULL: there is no such kind */
const struct fault_kind *amp_fault_find(const char *name);

/** "undef, bus, …" */
void amp_fault_list(char *out, size_t size);

/** @return "detected", "masked" or "corrupted" */
const char *amp_fault_outcome_name(enum fault_outcome outcome);

/** @return the words for a detector in Linux's log, behind "noticed by" */
const char *amp_fault_noticed_by(enum amp_detector detector);

#endif
