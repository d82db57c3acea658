/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of this application share: one main loop, one link to Linux, a table of services.
 *
 * Everything runs in the main loop, including the services' callbacks; interrupts only say that there is something to
 * do.
 */
#ifndef AMP_FIRMWARE_APP_H
#define AMP_FIRMWARE_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Counters since start. */
struct app_stats {
	uint32_t rx;                /**< messages received by services */
	uint32_t tx;                /**< messages sent */
	uint32_t dropped;           /**< messages that could not be sent: no buffer, or no link */
	uint32_t refused;           /**< channels announced by Linux that got no endpoint */
	uint32_t links;             /**< times the link came up */
	uint32_t doorbells;         /**< turns of the main loop that a doorbell caused */
	uint32_t unknown_doorbells; /**< doorbell bytes without a meaning */
};

extern struct app_stats app_stats;

/** @return the share of the last full second in which the main loop was not asleep */
uint32_t app_load_permille(void);
void app_set_load(uint32_t permille);

/** Commit the fault (enum amp_fault) at the end of this turn of the main loop, when its answers have been sent. */
void app_crash_later(uint32_t fault);

/** @return what app_crash_later() was asked for; AMP_FAULT_NONE: nothing */
uint32_t app_fault_to_commit(void);

/* link.c */

/** Set up the virtio device of the resource table. Once. */
void app_link_start(void);

/** Kicks arrived: bit n is notify id n. May bring the link up or take it down. */
void app_link_notified(uint64_t notify);

/** Once per turn: receives what the last turn left, and notices a driver that came or went without a kick. */
void app_link_check(void);

/** Has this turn left messages for the next one? Then do not sleep. */
bool app_link_more(void);

/**
 * A send found no buffer: ask Linux to ring when it gives one back, which it otherwise does not do.
 * @return true if one has come back in the meantime, without a ring: try again
 */
bool app_link_want_buffers(void);

/** No send waits for a buffer any more. */
void app_link_need_no_buffers(void);

/** Take the link down for good. */
void app_link_stop(void);

struct amp_hand_over;

/** While it is quiet nothing is received; what comes waits in the ring. */
void app_link_quiet(bool quiet);

/** Write the record of the link. @return false: a message is still in the hands of a service */
bool app_link_hand_over(struct amp_hand_over *record);

/** Take over the link of the record. If Linux has reset it since, it comes up as any other. */
void app_link_take_over(const struct amp_hand_over *record);

/* handover.c */

/**
 * Write the record by which the next firmware goes on: the link, and what services keep.
 * @return false: a message is still in the hands of a service. Try again in the next turn; nothing new is received
 */
bool app_hand_over(void);

/** It was called off: go on. */
void app_hand_over_end(void);

/** Is this firmware to go on where another was? Then do, or crash with the reason. @return whether it is */
bool app_take_over(void);

#endif
