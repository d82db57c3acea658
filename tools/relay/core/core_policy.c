// SPDX-License-Identifier: GPL-2.0-only
/* Who may do what to a core: the policy of the SoC's description. What is refused is in the flight record. */
#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

static const struct {
	uint32_t verb;
	const char *name, *words;
} verbs[] = {
	{AMP_VERB_START, "start", "start it"}, {AMP_VERB_STOP, "stop", "stop it"},
	{AMP_VERB_LOAD, "load", "load it"},    {AMP_VERB_DUMP, "dump", "keep a dump of it"},
	{AMP_VERB_DEBUG, "debug", "debug it"},
};

bool amp_core_is_owned(const struct core *core)
{
	return (core->config->denied_linux & AMP_VERBS_OF_OWNER) != 0;
}

bool amp_core_permits(struct core *core, enum core_actor who, uint32_t wanted, char *why, size_t size)
{
	uint32_t denied = wanted & (who == ACTOR_LINUX ? core->config->denied_linux : core->config->denied_tools);
	uint32_t suppressed, i = 0;

	if (!denied)
		return true;
	while (!(denied & verbs[i].verb))
		i++;
	amp_text(why, size, "the owner of core %s, %s, does not let %s %s", core->config->name,
	         amp_core_is_owned(core) ? "the relay" : "Linux", who == ACTOR_LINUX ? "Linux" : "this machine's tools",
	         verbs[i].words);
	if (amp_ratelimit(&core->refusals, now_ns(), &suppressed))
		amp_record(&core->lab->record, "core.refused", core->config->name, "{s:s, s:s, s:s, s:I}", "who",
		           who == ACTOR_LINUX ? "linux" : "tools", "what", verbs[i].name, "text", why, "suppressed",
		           (json_int_t)suppressed);
	return false;
}
