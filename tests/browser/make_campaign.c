// SPDX-License-Identifier: GPL-2.0-only
/* usage: make_campaign: the report of a campaign of known content, as `amprelay campaign --report` writes it. */
#include <jansson.h>
#include <stdio.h>

#include "amprelay/campaign/campaign.h"

#define ROUNDS 60
#define FAILED 17 /* the one round that was not as declared */

static const struct campaign campaign = {
	.seed = 7, .soc = {{"m3", {"m3"}, 1}, {"star", {"m3", "rv32"}, 2}}, .num_socs = 2};

/* The kinds take turns: recovered from, survived, found by the ledger, of the host. */
static json_t *fault_of(int round)
{
	switch (round % 4) {
	case 0:
		return json_pack("{s:s, s:i, s:s, s:f, s:f}", "kind", round % 8 ? "undef" : "hang", "moment_ms", 100,
		                 "outcome", "detected", "detect_ms", round % 8 ? 3.5 : 480.0, "recover_ms",
		                 50.0 + round);
	case 1:
		return json_pack("{s:s, s:i, s:s}", "kind", "core-bell-lost", "moment_ms", 30, "outcome",
		                 round == FAILED ? "" : "masked");
	case 2:
		return json_pack("{s:s, s:i, s:s}", "kind", "core-payload-flip", "moment_ms", 7, "outcome",
		                 "corrupted");
	default:
		return json_pack("{s:s, s:i, s:s}", "kind", "host-stop", "moment_ms", 400, "outcome", "");
	}
}

static json_t *round_of(int round)
{
	bool ok = round != FAILED;
	json_t *result = json_pack(
		"{s:i, s:s, s:s, s:b, s:f, s:b, s:[o], s:{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}, s:s, s:s}", "round",
		round, "soc", round % 2 ? "star" : "m3", "core", "m3", "ok", (int)ok, "ms", 1800.0, "host",
		round % 4 == 3, "faults", fault_of(round), "messages", "sent", 1000, "delivered", ok ? 990 : 989,
		"reported", 9, "corrupted", 0, "doubled", 0, "both", 0, "unaccounted", ok ? 0 : 1, "found",
		round % 4 == 2, "failure", ok ? "" : "round-17.yaml:8: settle: it ended with status 1 <b>not 0</b>\n",
		"logs", ok ? "" : "/tmp/labs/round-17");

	if (!ok) {
		json_object_set_new(result, "file", json_string("/tmp/campaign/round-17.yaml"));
		json_object_set_new(result, "fails_again", json_true());
	}
	return result;
}

int main(void)
{
	json_t *results = json_array(), *report;
	int failed;

	for (int i = 1; i <= ROUNDS; i++)
		json_array_append_new(results, round_of(i));
	report = amp_campaign_report(&campaign, results, 108, true);
	failed = !report || json_dumpf(report, stdout, JSON_COMPACT) || fflush(stdout);
	json_decref(report);
	json_decref(results);
	return failed;
}
