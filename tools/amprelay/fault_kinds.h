/* SPDX-License-Identifier: GPL-2.0-only */
/* The faults of include/amprelay/faults.h, for programs on this machine. */
#ifndef AMPRELAY_FAULT_KINDS_H
#define AMPRELAY_FAULT_KINDS_H

#include <stddef.h>

#include <amprelay/wire.h>

struct fault_kind {
	const char *name;
	const char *what;             /**< completes "the core is to …" */
	enum amp_detector arm, riscv; /**< what should notice it; NONE: nothing need */
	enum amp_crash_cause cause;   /**< in the crash record; NONE: there is none */
	unsigned int bound_ms;        /**< of the detection; of the delay, if nothing need notice it */
};

/** All of them; the last has no name. */
extern const struct fault_kind amp_fault_kinds[];

/** @return NULL: there is no such kind */
const struct fault_kind *amp_fault_find(const char *name);

/** "undef, bus, …" */
void amp_fault_list(char *out, size_t size);

/** @return the words for a detector in Linux's log, behind "noticed by" */
const char *amp_fault_noticed_by(enum amp_detector detector);

#endif
