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
 * Faults that a firmware commits on request: X(number, ID, name, what the core does, detector on Cortex-M, detector
 * on other cores, cause, bound). Detectors and cause are IDs of the tables above; cause is NONE where no fault handler reports.
 * A detector NONE: nobody need notice, nothing is lost. The bound is what detection may take on a busy machine, or what
 * a loss of nothing may delay a message; in milliseconds. The firmware commits the fault in inject_NAME().
 */
#define AMP_FAULTS(X) \
	X(1, UNDEFINED, undef, "execute an undefined instruction", FAULT_HANDLER, FAULT_HANDLER, UNDEFINED, 2000) \
	X(2, BUS, bus, "access an address where nothing answers", FAULT_HANDLER, FAULT_HANDLER, BUS, 2000) \
	X(3, DIVZERO, divzero, "divide by zero", FAULT_HANDLER, FAULT_HANDLER, DIVZERO, 2000) \
	X(4, STACK_OVERFLOW, stack, "recurse until the stack hits its guard", FAULT_HANDLER, FAULT_HANDLER, STACK, 2000) \
	X(5, ASSERT, assert, "fail an assertion", FAULT_HANDLER, FAULT_HANDLER, ASSERT, 2000) \
	X(6, LOCKUP, lockup, "fault inside the fault handler", EXIT, HEARTBEAT, NONE, 4000) \
	X(7, HANG, hang, "loop for ever, interrupts off", HEARTBEAT, HEARTBEAT, NONE, 4000) \
	X(8, SLEEP, sleep, "wait for ever, interrupts off", HEARTBEAT, HEARTBEAT, NONE, 4000) \
	X(9, STARVE, starve, "stop feeding the watchdog, interrupts run on", WATCHDOG, WATCHDOG, NONE, 5000) \
	X(10, EXECUTE, execute, "execute data", FAULT_HANDLER, FAULT_HANDLER, MPU, 2000) \
	X(11, OVERWRITE, overwrite, "write over its own code", FAULT_HANDLER, FAULT_HANDLER, MPU, 2000) \
	X(12, CONTROL, control, "write over what the host says in the control block", FAULT_HANDLER, FAULT_HANDLER, MPU, 2000) \
	X(13, NULL_POINTER, null, "read through a null pointer", FAULT_HANDLER, FAULT_HANDLER, MPU, 2000)

/** Faults that the relay brings about, whatever the firmware: columns as above, without a number on the wire. */
#define AMP_FAULTS_FROM_OUTSIDE(X) \
	X(0, KILL, kill, "lose its power: the relay kills its process", EXIT, EXIT, NONE, 2000) \
	X(0, ABORT, abort, "lose its emulator: its process dies of an abort", EXIT, EXIT, NONE, 2000) \
	X(0, QUIT, quit, "lose its emulator: its process ends with status 0", EXIT, EXIT, NONE, 2000) \
	X(0, RESET, reset, "be reset while it runs", EXIT, EXIT, NONE, 2000) \
	X(0, HALT, halt, "stand still, while its emulator answers", HEARTBEAT, HEARTBEAT, NONE, 4000) \
	X(0, FREEZE, freeze, "stand still, its emulator too", HEARTBEAT, HEARTBEAT, NONE, 8000) \
	X(0, STALL, stall, "stand still for 100 ms", NONE, NONE, NONE, 5000) \
	X(0, SLOW, slow, "run at a fifth of its speed for a second", NONE, NONE, NONE, 5000) \
	X(0, CORE_LOST, core-bell-lost, "miss the next kick", NONE, NONE, NONE, 5000) \
	X(0, CORE_DOUBLED, core-bell-doubled, "hear the next kick twice", NONE, NONE, NONE, 5000) \
	X(0, CORE_LATE, core-bell-late, "hear the next kick 50 ms late", NONE, NONE, NONE, 5000) \
	X(0, CORE_CROSSED, core-bell-crossed, "hear the next kick for another queue", NONE, NONE, NONE, 5000) \
	X(0, CORE_SPURIOUS, core-bell-spurious, "hear a kick for each queue without a reason", NONE, NONE, NONE, 5000) \
	X(0, CORE_STORM, core-bell-storm, "hear 1000 kicks for each queue without a reason", NONE, NONE, NONE, 5000) \
	X(0, HOST_LOST, host-bell-lost, "have its next kick missed by the host", NONE, NONE, NONE, 5000) \
	X(0, HOST_DOUBLED, host-bell-doubled, "have its next kick heard twice by the host", NONE, NONE, NONE, 5000) \
	X(0, HOST_LATE, host-bell-late, "have its next kick heard 50 ms late by the host", NONE, NONE, NONE, 5000) \
	X(0, HOST_CROSSED, host-bell-crossed, "have its next kick heard for another queue", NONE, NONE, NONE, 5000) \
	X(0, HOST_SPURIOUS, host-bell-spurious, "have a kick for each queue heard without a reason", NONE, NONE, NONE, 5000) \
	X(0, HOST_STORM, host-bell-storm, "have 1000 kicks for each queue heard without a reason", NONE, NONE, NONE, 5000)

/**
 * What can befall the memory that a core and its host share, in the rings and messages: X(ID, name, what happens, found,
 * log, words, bound). The relay brings it about under messages, in what is read next. Found, 1 or 0: an answer is wrong,
 * doubled or missing, which the ledger of whoever sends finds. The log, CORE or LINUX, is that of the side which refuses
 * what it reads, in these words, within the bound; then the core is to be restarted, which tells whoever sends of each
 * message that is lost. Neither (0 and NONE): it is masked; each message comes back, at most so much later.
 */
#define AMP_FAULTS_OF_RINGS(X) \
	X(CORE_PAYLOAD_FLIP, core-payload-flip, "have a bit of the payload flip in a message to it", 1, NONE, "", 2000) \
	X(HOST_PAYLOAD_FLIP, host-payload-flip, "have a bit of the payload flip in a message from it", 1, NONE, "", 2000) \
	X(CORE_PAYLOAD_OVERWRITE, core-payload-overwrite, "have the payload overwritten in a message to it", 1, NONE, "", 2000) \
	X(HOST_PAYLOAD_OVERWRITE, host-payload-overwrite, "have the payload overwritten in a message from it", 1, NONE, "", 2000) \
	X(CORE_HEADER_FLIP, core-header-flip, "have a bit of the destination flip in a message to it", 1, NONE, "", 2000) \
	X(HOST_HEADER_FLIP, host-header-flip, "have a bit of the destination flip in a message from it", 1, NONE, "", 2000) \
	X(CORE_HEADER_UNUSED, core-header-unused, "have a bit flip in the unused part of the header of a message to it", 0, NONE, "", 2000) \
	X(HOST_HEADER_UNUSED, host-header-unused, "have a bit flip in the unused part of the header of a message from it", 0, NONE, "", 2000) \
	X(CORE_HEADER_OVERWRITE, core-header-overwrite, "have the header overwritten in a message to it", 0, CORE, "a message longer than its buffer", 2000) \
	X(HOST_HEADER_OVERWRITE, host-header-overwrite, "have the header overwritten in a message from it", 0, LINUX, "inbound msg too big", 2000) \
	X(CORE_DESCRIPTOR_FLIP, core-descriptor-flip, "have a bit of the address flip in the descriptor of a message to it", 0, CORE, "a buffer that is not wholly inside the shared memory", 2000) \
	X(HOST_DESCRIPTOR_FLIP, host-descriptor-flip, "have a bit of the address flip in the descriptor that it takes for its next message", 0, CORE, "a buffer that is not wholly inside the shared memory", 2000) \
	X(CORE_DESCRIPTOR_UNUSED, core-descriptor-unused, "have a bit flip in the unused part of the descriptor of a message to it", 0, NONE, "", 2000) \
	X(HOST_DESCRIPTOR_UNUSED, host-descriptor-unused, "have a bit flip in the unused part of the descriptor that it takes for its next message", 0, NONE, "", 2000) \
	X(CORE_DESCRIPTORS_OVERWRITE, core-descriptors-overwrite, "have all descriptors of the messages to it overwritten", 0, CORE, "a chained, indirect or wrongly directed descriptor", 2000) \
	X(HOST_DESCRIPTORS_OVERWRITE, host-descriptors-overwrite, "have all descriptors of the messages from it overwritten", 0, CORE, "a chained, indirect or wrongly directed descriptor", 2000) \
	X(CORE_AVAIL_INDEX, core-avail-index, "have the index of the avail ring of the messages to it displaced", 0, CORE, "a ring index moved by more than the ring holds", 2000) \
	X(HOST_AVAIL_INDEX, host-avail-index, "have the index of the avail ring of the messages from it displaced", 0, CORE, "a ring index moved by more than the ring holds", 2000) \
	X(CORE_AVAIL_ENTRIES, core-avail-entries, "have the avail ring of the messages to it overwritten", 0, CORE, "a descriptor number outside the ring", 2000) \
	X(HOST_AVAIL_ENTRIES, host-avail-entries, "have the avail ring of the messages from it overwritten", 0, CORE, "a descriptor number outside the ring", 2000) \
	X(CORE_USED_INDEX, core-used-index, "have the index of the used ring of the messages to it displaced", 0, NONE, "", 2000) \
	X(HOST_USED_INDEX, host-used-index, "have the index of the used ring of the messages from it displaced", 1, CORE, "a ring index moved by more than the ring holds", 2000) \
	X(CORE_USED_ENTRIES, core-used-entries, "have the used ring of the messages to it overwritten", 0, LINUX, "id 4294967295 out of range", 2000) \
	X(HOST_USED_ENTRIES, host-used-entries, "have the used ring of the messages from it overwritten", 0, LINUX, "id 4294967295 out of range", 2000)

/**
 * What can befall the host's side, the relay and the firmware's files: X(name, what happens, what is seen of it, what
 * is there again afterwards, bound). Each is brought about by its scenario, scenarios/faults/NAME.yaml, of which no step but
 * `up` may take longer than the bound, in milliseconds: the time-out that a step has if it names none.
 */
#define AMP_FAULTS_OF_HOST(X) \
	X(host-stop, "Linux stops the core in the middle of messages, and starts it", "the sender is told that the channel is lost", "all channels, in a new life", 20000) \
	X(host-unbind, "the driver is taken from its device under messages, and bound again", "the sender is told that the channel is lost", "all channels, in a new life", 30000) \
	X(host-rmmod, "the driver's module is removed under messages, and loaded again", "the sender is told that the channel is lost", "all channels, in a new life", 20000) \
	X(host-unbind-rpmsg, "Linux's RPMsg bus is taken from the core's device, and bound again", "the core sees a reset of its device; the sender is told", "all channels, in the same life", 20000) \
	X(host-no-recovery, "the core dies while recovery is disabled in Linux", "Linux leaves the core crashed until it is told to recover it", "all channels, in a new life", 20000) \
	X(host-crash, "Linux itself says that the core has crashed", "its log: crash detected, and a recovery", "all channels, in a new life", 20000) \
	X(host-allocations, "an allocation fails in Linux while the core starts, recovers, or the driver binds (debug kernel only)", "Linux says so; the core stays off", "all channels, with the next attempt", 300000) \
	X(host-pause, "Linux stands still for a second", "nothing: the core waits", "every message", 40000) \
	X(host-detach, "Linux detaches from a core under messages, and attaches again", "the core sees a reset of its device; the sender is told", "all channels, in the same life", 20000) \
	X(host-attach, "Linux attaches to a core and detaches at once, ten times, while the core sends", "the core sees a reset of its device each time", "all channels, in the same life", 20000) \
	X(host-reboot, "Linux reboots under messages", "event `core.host` with nobody; the core sees a reset of its device", "all channels, in the same life, to the next Linux", 30000) \
	X(host-reset, "Linux's machine is reset under messages", "event `host.reset`; the core sees a reset of its device", "all channels, in the same life, to the next Linux", 30000) \
	X(host-panic, "Linux panics under messages", "event `host.reset`; the core sees a reset of its device", "all channels, in the same life, to the next Linux", 30000) \
	X(host-kill, "Linux's machine dies", "event `host.exit`; the lab ends, with status 1", "nothing: a new lab comes up", 10000) \
	X(relay-pause, "the relay stands still for two seconds", "nothing: messages are late", "every message", 40000) \
	X(relay-kill, "the relay dies", "all that it started ends with it", "nothing: a new lab comes up", 10000) \
	X(firmware-missing, "the core dies, and its firmware's file is gone", "Linux's log: it cannot load it; the core stays off", "all channels, when there is a file and the core is started", 10000) \
	X(firmware-broken, "the core dies, and its firmware's file is cut short", "Linux's log: it refuses it; the core stays off", "all channels, when there is a file and the core is started", 10000) \
	X(firmware-other, "the core dies, and another firmware is in the place of its own", "the recovery starts the other one", "the channels of the other one", 10000) \
	X(protocol-unknown-service, "Linux announces a service that the firmware does not have", "the core's log, its counter of refusals", "nothing is lost", 10000) \
	X(protocol-bad-name, "announcements without a name, with one without an end, of a wrong size", "the core's counter of refusals", "nothing is lost", 10000) \
	X(protocol-announcement-flood, "hundreds of announcements; a terminal comes and goes a hundred times", "the core's counter of refusals", "nothing is lost", 120000) \
	X(protocol-too-many, "Linux makes more terminals than the firmware has room for", "the core's counter of refusals; the one too many gets nothing", "nothing is lost; the others work", 10000) \
	X(protocol-unknown-address, "Linux makes a terminal whose other end is unknown", "writing it: Invalid argument", "nothing is lost", 10000) \
	X(protocol-dead-endpoint, "a thousand messages to an endpoint of the core that is gone", "nothing: they are dropped", "no buffer is lost", 10000) \
	X(protocol-too-long, "more than a message holds", "Message too long, or it comes in pieces; the longest reply is cut", "nothing is lost", 10000) \
	X(protocol-unread, "a terminal is flooded and not read; an endpoint is written and not read", "its own messages, when they are too many", "no other is touched", 10000) \
	X(memory-unused, "bits flip in memory that nobody uses", "nothing", "nothing is lost", 10000) \
	X(memory-trace, "the trace buffer and its head are overwritten", "its log, which has nonsense", "nothing is lost", 20000) \
	X(memory-crash-record, "the crash record is overwritten while the core is well", "nothing: nobody believes one without a crash", "nothing is lost", 30000) \
	X(memory-heartbeat, "the heartbeat's counter jumps", "nothing: it moves", "nothing is lost", 10000) \
	X(memory-resource-table, "the head of the resource table is overwritten while the core runs", "nothing, and no more after a crash", "all channels, in a new life", 20000) \
	X(memory-descriptor-chain, "the flag that another one follows is set in all descriptors of the messages from the core", "Linux follows it in a circle: it answers nothing any more", "nothing: a new lab comes up", 60000) \
	X(memory-data, "the core's data and stacks are overwritten", "event `core.crash`", "all channels, in a new life: the data are loaded anew", 20000) \
	X(memory-epoch, "the number of its life lies in what the core says, and the core dies", "event `core.crash`, by the heartbeat: its crash record is not believed", "all channels, in a new life", 20000) \
	X(memory-code, "the core's code is overwritten", "event `core.crash`", "all channels, in a new life: the code is loaded anew", 10000) \
	X(memory-control, "all of the control block is overwritten, and the core dies", "event `core.crash`", "all channels, in a new life; a driver can bind anew", 40000) \
	X(crash-loop, "the firmware dies as soon as it runs, each time", "event `core.flapping`: its starts wait, ever longer", "all channels, with a firmware that lives", 60000) \
	X(crash-boot, "the firmware has no code at its entry", "its fault is noticed before it is ready; the starts wait", "all channels, with a firmware that lives", 60000) \
	X(crash-announcing, "the core dies as soon as its boot ROM has answered, before or while it announces its channels", "a second event `core.crash`, and a recovery", "all channels, in the life after that", 40000) \
	X(crash-recovering, "the core dies, and Linux says that it has crashed while that is being handled", "one recovery, or two", "all channels, in a new life", 40000)

/* clang-format on */

#endif /* AMPRELAY_FAULTS_H */
