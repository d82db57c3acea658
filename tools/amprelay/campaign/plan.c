// SPDX-License-Identifier: GPL-2.0-only
/* What befalls whom and when: rounds are drawn, and written as scenarios. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/fault_kinds.h"
#include "campaign.h"
#include "common/text.h"

#define MOMENT_MAX_MS 500u /* the heartbeat's time-out, and a hundred turns of the ledger */
#define BEFORE_MAX_MS 150u /* from a fault that nobody need notice to the next one */

/* ------------------------------------------------------------------ what can befall the host */

#define OF_EACH(folder, pattern, commands) "cd " folder " && for d in " pattern "; do " commands " || exit; done"
#define OF_ITS_DIR(commands)                                                                  \
	"for r in /sys/class/remoteproc/remoteproc*; do [ $(cat $r/name) = @ ] || continue; " \
	"d=/sys/kernel/debug/remoteproc/${r##*/}; " commands "; done"
#define PAUSE(whose, seconds)                                                                                  \
	"pid=$($AMPRELAY --name ${lab} --json status | jq " whose ")\n      kill -STOP $pid && sleep " seconds \
	"; kill -CONT "                                                                                        \
	"$pid"

/*
 * One of the allocations of a start fails, whichever; then it is started again. Firmware comes from memory: see
 * scenarios/faults/host-allocations.yaml.
 */
#define ALLOCATIONS                                                                                    \
	"mkdir -p /tmp/firmware && cp /firmware/*.elf /tmp/firmware && "                               \
	"printf /tmp/firmware >/sys/module/firmware_class/parameters/path && "                         \
	"cd /sys/kernel/debug/failslab && echo N >ignore-gfp-wait && echo 0 >verbose && " OF_ITS_DIR(  \
		"sh -c \"echo $((${random} % 300 + 1)) >/proc/self/fail-nth; echo start >$r/state\"; " \
		"grep -q running $r/state || echo start >$r/state")

/* Steps of those that are brought about in the campaign's lab; '@' is the core. */
static const struct {
	const char *kind;
	bool debug_kernel;
	const char *steps[6]; /* "KEY: TEXT" */
} inside[] = {
	{"host-stop", false, {"stop: @", "start: @"}},
	{"host-unbind",
         false,
         {"exec: " OF_EACH("/sys/bus/pci/drivers/amprelay_rproc", "0000:*", "echo $d >unbind && echo $d >bind")}},
	{"host-rmmod", false, {"exec: rmmod amprelay_rproc && modprobe amprelay_rproc"}},
	{"host-unbind-rpmsg",
         false,
         {"exec: " OF_EACH("/sys/bus/virtio/drivers/virtio_rpmsg_bus", "virtio*", "echo $d >unbind && echo $d >bind")}},
	{"host-crash", false, {"mark:", "exec: " OF_ITS_DIR("echo 2 >$d/crash"), "wait: ev=core.ready,core=@"}},
	{"host-no-recovery",
         false,
         {"exec: " OF_ITS_DIR("echo disabled >$d/recovery"), "fault: @ kill",
          "wait: ev=core.crash,core=@,detector=exit",
          "exec: " OF_ITS_DIR("until grep -q crashed $r/state; do usleep 20000; done; echo recover >$d/recovery"),
          "wait: ev=core.recovered,core=@,link=up", "exec: " OF_ITS_DIR("echo enabled >$d/recovery")}},
	{"host-allocations", true, {"stop: @", "exec: " ALLOCATIONS}},
	{"host-pause", false, {"run: " PAUSE(".host.pid", "1")}},
	{"relay-pause", false, {"run: " PAUSE(".pid", "2")}},
};
#define INSIDE (sizeof(inside) / sizeof(inside[0]))

static size_t find_inside(const char *kind)
{
	size_t i = 0;

	while (i < INSIDE && strcmp(inside[i].kind, kind) != 0)
		i++;
	return i;
}

bool amp_campaign_is_inside(const struct campaign_round *round)
{
	return !round->host || find_inside(round->host) < INSIDE;
}

/* ------------------------------------------------------------------ the kinds that are drawn */

static bool add_kind(struct campaign *campaign, const char *name)
{
	const struct fault_kind *kind = amp_fault_find(name);

	if (kind && campaign->num_kinds < CAMPAIGN_KINDS_MAX)
		campaign->kinds[campaign->num_kinds++] = kind->name;
	for (const struct host_fault *host = amp_host_faults; host->name; host++) {
		if (strcmp(host->name, name) == 0 && campaign->num_hosts < CAMPAIGN_KINDS_MAX) {
			campaign->hosts[campaign->num_hosts++] = host->name;
			return true;
		}
	}
	return kind;
}

const char *amp_campaign_choose(struct campaign *campaign, char *names)
{
	char *rest;

	if (!names) {
		for (const struct fault_kind *kind = amp_fault_kinds; kind->name; kind++)
			add_kind(campaign, kind->name);
		for (const struct host_fault *host = amp_host_faults; host->name; host++) {
			size_t i = find_inside(host->name);

			if (i < INSIDE ? campaign->has_debug_kernel || !inside[i].debug_kernel
			               : campaign->catalogue != NULL)
				add_kind(campaign, host->name);
		}
		return NULL;
	}
	for (char *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		size_t i = find_inside(name);

		if ((i < INSIDE && inside[i].debug_kernel && !campaign->has_debug_kernel) || !add_kind(campaign, name))
			return name;
	}
	return NULL;
}

/* ------------------------------------------------------------------ drawing */

/* The same sequence everywhere (splitmix64): each round has its own. */
static uint32_t below(uint64_t *state, uint32_t n)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) >> 32) % n;
}

static bool is_survived(const char *kind)
{
	return amp_fault_find(kind)->outcome == FAULT_MASKED;
}

/* One of those that nobody need notice may come before the last, twice at most. */
static void draw_faults(const struct campaign *campaign, uint64_t *state, struct campaign_round *round)
{
	const char *kind;
	unsigned int before = below(state, 4);

	for (unsigned int i = 0; i + 1 < CAMPAIGN_FAULTS_MAX && i < before; i++) {
		kind = campaign->kinds[below(state, (uint32_t)campaign->num_kinds)];
		if (is_survived(kind))
			round->fault[round->num_faults++] = (struct campaign_fault){kind, below(state, BEFORE_MAX_MS)};
	}
	kind = campaign->kinds[below(state, (uint32_t)campaign->num_kinds)];
	round->fault[round->num_faults++] = (struct campaign_fault){kind, below(state, MOMENT_MAX_MS)};
}

void amp_campaign_draw(const struct campaign *campaign, uint32_t number, struct campaign_round *round)
{
	uint64_t state = campaign->seed ^ (uint64_t)number * UINT64_C(0xd1342543de82ef95);

	*round = (struct campaign_round){.number = number};
	round->soc = &campaign->soc[below(&state, (uint32_t)campaign->num_socs)];
	round->core = below(&state, (uint32_t)round->soc->num_cores);
	if (campaign->num_hosts && (!campaign->num_kinds || below(&state, 100) < campaign->host_percent))
		round->host = campaign->hosts[below(&state, (uint32_t)campaign->num_hosts)];
	if (round->host)
		round->fault[round->num_faults++] = (struct campaign_fault){round->host, below(&state, MOMENT_MAX_MS)};
	else
		draw_faults(campaign, &state, round);
}

/* ------------------------------------------------------------------ as a scenario */

static const char *core_of(const struct campaign_round *round)
{
	return round->soc->core[round->core];
}

static void put_head(const struct campaign *campaign, const struct campaign_round *round, FILE *out)
{
	fprintf(out, "# Round %u of a campaign with seed %llu.\nclaim: \"%s:", round->number,
	        (unsigned long long)campaign->seed, core_of(round));
	for (size_t i = 0; i < round->num_faults; i++)
		fprintf(out, "%s %s", i ? "," : "", round->fault[i].kind);
	fprintf(out, "; each message is delivered once, or reported lost\"\nsocs: [%s]\nlimit: 120\n",
	        round->soc->name);
	if (campaign->firmware)
		fprintf(out, "firmware: %s\n", campaign->firmware);
	fputs("steps:\n  - up:\n", out);
}

/* The fault that the round ends with; NULL: it is the host that is broken. */
static const struct fault_kind *last_of(const struct campaign_round *round)
{
	return round->num_faults && !round->host ? amp_fault_find(round->fault[round->num_faults - 1].kind) : NULL;
}

/* What a core's ledger lets pass: whoever is not broken loses nothing, nor does one that survives it. */
static const char *ledger_options(const struct campaign_round *round, size_t core)
{
	const struct fault_kind *last = last_of(round);

	if (round->host)
		return "";
	if (core != round->core || !last || last->outcome == FAULT_MASKED)
		return " --no-loss";
	return last->found ? " --corrupt --patience 1" : "";
}

static void put_ledgers(const struct campaign_round *round, FILE *out)
{
	for (size_t i = 0; i < round->soc->num_cores; i++)
		fprintf(out, "  - ledger: %s%s\n    as: ledger_%zu\n", round->soc->core[i], ledger_options(round, i),
		        i);
}

static unsigned int bound_of(const char *host)
{
	const struct host_fault *fault = amp_host_faults;

	while (strcmp(fault->name, host) != 0)
		fault++;
	return fault->bound_ms;
}

/* "KEY: TEXT", with the core's name for each '@'; a text may have lines. */
static void put_step(const char *step, const char *core, FILE *out)
{
	size_t key = strcspn(step, ":");
	const char *text = step[key] ? step + key + 1 : "";

	fprintf(out, "  - %.*s:", (int)key, step);
	if (*text)
		fputs(" |-\n      ", out);
	for (const char *p = *text ? text + 1 : ""; *p; p++) {
		if (*p == '@')
			fputs(core, out);
		else
			fputc(*p, out);
	}
	fputc('\n', out);
}

static void put_faults(const struct campaign_round *round, FILE *out)
{
	for (size_t i = 0; i < round->num_faults; i++) {
		const struct campaign_fault *fault = &round->fault[i];

		if (fault->moment_ms)
			fprintf(out, "  - pause: \"%u.%03u\"\n", fault->moment_ms / 1000, fault->moment_ms % 1000);
		if (!round->host)
			fprintf(out, "  - break: \"%s\"\n    core: %s\n", fault->kind, core_of(round));
	}
	for (size_t i = 0; round->host && i < 6 && inside[find_inside(round->host)].steps[i]; i++) {
		const char *step = inside[find_inside(round->host)].steps[i];

		put_step(step, core_of(round), out);
		if (step[strlen(step) - 1] != ':') /* a mark takes no time */
			fprintf(out, "    timeout: %u\n", bound_of(round->host) / 1000);
	}
	if (round->host)
		fprintf(out, "  - traffic: amp-echo\n    core: %s\n", core_of(round));
}

char *amp_campaign_text(const struct campaign *campaign, const struct campaign_round *round)
{
	const struct fault_kind *last = last_of(round);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_head(campaign, round, out);
	put_ledgers(round, out);
	put_faults(round, out);
	if (last && last->log != FAULT_LOG_NONE) /* one side refuses the rings: whoever sends is told by a new life */
		fprintf(out, "  - restart: %s\n  - traffic: amp-echo\n    core: %s\n", core_of(round), core_of(round));
	for (size_t i = 0; i < round->soc->num_cores; i++)
		fprintf(out, "  - settle: ledger_%zu\n", i);
	/*
	 * unmodified Linux warns by itself when a core goes away under a program that polls, and its lock checker, of
	 * the debug kernel, of two locks of one class
	 */
	put_step("exec: ! dmesg -c | grep -vE 'WARNING: (.* rpmsg_poll\\+|possible recursive locking)' | "
	         "grep -E 'BUG:|WARNING:|Oops|use-after-free|UBSAN:|list_(add|del) corruption'",
	         "", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

bool amp_campaign_write(const struct campaign *campaign, const struct campaign_round *round, char path[PATH_MAX])
{
	char *text = amp_campaign_text(campaign, round);
	FILE *file;
	bool ok;

	amp_text(path, PATH_MAX, "%s/round-%u.yaml", campaign->dir, round->number);
	file = text ? fopen(path, "we") : NULL;
	ok = file && fputs(text, file) >= 0;
	free(text);
	return file && fclose(file) == 0 && ok;
}
