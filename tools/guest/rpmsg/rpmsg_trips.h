/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips, one at a time: what `ping` and `bench` have in common. */
#ifndef AMPRELAY_GUEST_RPMSG_TRIPS_H
#define AMPRELAY_GUEST_RPMSG_TRIPS_H

#include "rpmsg.h"
#include "rpmsg_sequence.h"

struct trips {
	unsigned int count; /* to make */
	int timeout_ms;     /* of each */
	const char *prefix; /* that the service puts before each reply; "" */
	bool quiet;         /* else a line for each */
	/* results */
	struct amp_sequence sequence; /* .size is the caller's to set */
	unsigned int late;            /* came back, but not in time */
	unsigned int timed;
	uint64_t *times; /* ns, of those that came in time */
};

/** Memory for the results. Prints what is wrong. @return enum rpmsg_exit */
int trips_begin(struct trips *trips, const struct target *target);
void trips_end(struct trips *trips);

/** One round trip. @return 0 (also if its reply did not come), or the error that ends the whole run */
int trips_one(struct trips *trips, int fd);

/**
 * Print what ended the run, if it was an error.
 * @param err of the last trips_one()
 * @return enum rpmsg_exit of the run: RPMSG_OK only if every message came back as it should
 */
int trips_verdict(const struct trips *trips, const struct target *target, int err);

/** Print the account and the distribution of times: two lines, or members of a JSON object. */
void trips_print(const struct trips *trips, bool json);

#endif
