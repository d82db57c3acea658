/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file faults.h
 * @brief How cores fail: who notices, what the causes are, and which faults can be committed on request.
 *
 * Everything else about faults is made of these tables: the enums of wire.h, the firmware's injection, the relay's and
 * the command line's lists, the words in Linux's log, the lab's tests, the tables in the documentation. How to add a
 * row: docs/how-to/add-a-fault.md.
 *
 * A table is a macro that calls X, the macro that it is given, once for each row. Numbers are on the wire: a row keeps
 * its number for ever, and they grow by one from row to row. scripts/faults.sh reads the tables too, so each row is one
 * line.
 */
#ifndef AMPRELAY_FAULTS_H
#define AMPRELAY_FAULTS_H

/* clang-format off */

/**
 * What notices that a core has died: X(number, ID, name, words). The name is that in the flight record, the words are
 * those in Linux's log behind "noticed by".
 */
#define AMP_DETECTORS(X) \
	X(0, NONE, "none", "nobody in particular") \
	X(1, FAULT_HANDLER, "fault-handler", "its fault handler") \
	X(2, EXIT, "exit", "the end of its process") \
	X(3, WATCHDOG, "watchdog", "the watchdog") \
	X(4, HEARTBEAT, "heartbeat", "the missing heartbeat")

/**
 * Why a core stopped, in the words of its own fault handler: X(number, ID, name, words). The name is that in the flight
 * record, the words are those in Linux's log, in reports and in texts of events. The record's text may say more.
 */
#define AMP_CRASH_CAUSES(X) \
	X(0, NONE, "none", "no crash record") \
	X(1, UNDEFINED, "undefined", "undefined instruction") \
	X(2, BUS, "bus", "bus error") \
	X(3, DIVZERO, "divzero", "division by zero") \
	X(4, STACK, "stack", "stack overflow: the guard was hit") \
	X(5, MPU, "mpu", "memory protection violation") \
	X(6, ASSERT, "assert", "assertion failed") \
	X(7, WATCHDOG, "watchdog", "watchdog not fed in time") \
	X(8, HARD, "hard", "unexpected fault") \
	X(9, BOOT, "boot", "it stopped in the boot ROM")

/**
 * Faults that a firmware commits on request: X(number, ID, name, what the core does, detector on Arm, detector on
 * RISC-V, cause). Detectors and cause are IDs of the tables above; cause is NONE where no fault handler reports. The
 * firmware commits the fault in inject_NAME().
 */
#define AMP_FAULTS(X) \
	X(1, UNDEFINED, undef, "execute an undefined instruction", FAULT_HANDLER, FAULT_HANDLER, UNDEFINED) \
	X(2, BUS, bus, "access an address where nothing answers", FAULT_HANDLER, FAULT_HANDLER, BUS) \
	X(3, DIVZERO, divzero, "divide by zero", FAULT_HANDLER, FAULT_HANDLER, DIVZERO) \
	X(4, STACK_OVERFLOW, stack, "recurse until the stack hits its guard", FAULT_HANDLER, FAULT_HANDLER, STACK) \
	X(5, ASSERT, assert, "fail an assertion", FAULT_HANDLER, FAULT_HANDLER, ASSERT) \
	X(6, LOCKUP, lockup, "fault inside the fault handler", EXIT, HEARTBEAT, NONE) \
	X(7, HANG, hang, "loop for ever, interrupts off", HEARTBEAT, HEARTBEAT, NONE) \
	X(8, SLEEP, sleep, "wait for ever, interrupts off", HEARTBEAT, HEARTBEAT, NONE) \
	X(9, STARVE, starve, "stop feeding the watchdog, interrupts run on", WATCHDOG, WATCHDOG, NONE)

/** Faults that the relay brings about, whatever the firmware: columns as above, without a number on the wire. */
#define AMP_FAULTS_FROM_OUTSIDE(X) \
	X(0, NONE, kill, "lose its power: the relay kills its process", EXIT, EXIT, NONE)

/* clang-format on */

#endif /* AMPRELAY_FAULTS_H */
