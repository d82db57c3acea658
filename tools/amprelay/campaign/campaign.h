/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A campaign: many rounds, each of which breaks a core or its host at random moments under messages on all channels,
 * and holds what comes of it against the catalogue of faults and against a ledger of the messages.
 *
 * A round is a scenario (docs/reference/scenario.md): drawn from the campaign's seed and its own number alone, written
 * as a file, loaded, run. So each can be run again by itself.
 */
#ifndef AMPRELAY_CAMPAIGN_H
#define AMPRELAY_CAMPAIGN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amprelay/scenario/run.h"

#define CAMPAIGN_SOCS_MAX   8
#define CAMPAIGN_CORES_MAX  4
#define CAMPAIGN_FAULTS_MAX 3
#define CAMPAIGN_KINDS_MAX  160
#define CAMPAIGN_ROUNDS_MAX 1000000u

struct campaign_soc {
	const char *name;
	char core[CAMPAIGN_CORES_MAX][SCENARIO_NAME_LEN];
	size_t num_cores;
};

/** What all rounds have in common. */
struct campaign {
	uint64_t seed;
	struct campaign_soc soc[CAMPAIGN_SOCS_MAX];
	size_t num_socs;
	const char *firmware;                  /**< absolute; NULL: the lab's own */
	const char *kinds[CAMPAIGN_KINDS_MAX]; /**< of cores, that are drawn */
	size_t num_kinds;
	const char *hosts[CAMPAIGN_KINDS_MAX]; /**< of the host, that are drawn */
	size_t num_hosts;
	unsigned int host_percent; /**< of the rounds, that break the host */
	bool has_debug_kernel;     /**< allocations in Linux can be made to fail */
	const char *dir;           /**< absolute: where the rounds' files are */
	const char *catalogue;     /**< folder of the scenarios of faults; NULL: it is not there */
	struct run_options options;
};

struct campaign_fault {
	const char *kind;
	unsigned int moment_ms; /**< after what was before it */
};

struct campaign_round {
	uint32_t number;
	const struct campaign_soc *soc;
	size_t core;      /**< that is broken */
	const char *host; /**< what befalls the host; NULL: it is the core that is broken */
	struct campaign_fault fault[CAMPAIGN_FAULTS_MAX];
	size_t num_faults;
};

/* plan.c */

/**
 * Takes all kinds that the lab's kernel is able to, or those that are named: "undef,kill".
 *
 * @return the first that there is not, or NULL
 */
const char *amp_campaign_choose(struct campaign *campaign, char *names);
/** The round of that number: the same each time. */
void amp_campaign_draw(const struct campaign *campaign, uint32_t number, struct campaign_round *round);
/** Is its fault brought about in the campaign's lab? Else its scenario of the catalogue is run, in a lab of its own. */
bool amp_campaign_is_inside(const struct campaign_round *round);
/** The round as a scenario's text, from malloc. */
char *amp_campaign_text(const struct campaign *campaign, const struct campaign_round *round);
/** Writes that to "DIR/round-NUMBER.yaml". @param path  gets the name */
bool amp_campaign_write(const struct campaign *campaign, const struct campaign_round *round, char path[PATH_MAX]);

/* shrink.c */

/**
 * Leaves out what it fails without: faults, then moments.
 *
 * @param fails  does it fail (again)?
 * @return false: it has not failed again at all, and is as it was
 */
bool amp_campaign_shrink(struct campaign_round *round, bool (*fails)(void *context, const struct campaign_round *round),
                         void *context);

/* crew.c */

/** Rounds one after the other, in one lab. */
struct campaign_batch {
	const struct campaign_round *const *round;
	size_t count;
};

/**
 * Runs all batches, `at_once` at a time, each in a process with a lab of its own.
 *
 * @param told  gets each round's result when it is there
 * @return false: interrupted; all that was under way has ended and is cleaned up in any case
 */
bool amp_campaign_crew(const struct campaign *campaign, const struct campaign_batch *batches, size_t count,
                       size_t at_once, void (*told)(void *context, json_t *result), void *context);

/* figures.c */

/** The report: "rounds", "messages", "kinds" … (docs/reference/campaign.md). */
json_t *amp_campaign_report(const struct campaign *campaign, const json_t *results, double seconds, bool whole);

#endif
