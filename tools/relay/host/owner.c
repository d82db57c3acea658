// SPDX-License-Identifier: GPL-2.0-only
#include "owner.h"

#include "common/exit_codes.h"
#include "common/text.h"
#include "hosting.h"
#include "relay/core/core.h"
#include "relay/lab.h"

#define RELEASE_MS 5000 /* Linux takes its dump, and then lets go of a core that has crashed: some 50 ms */

/* It stays off; who waits to attach to it is told why. */
static void give_up(struct core *core, uint32_t status, const char *why)
{
	core->turn = sd_event_source_disable_unref(core->turn);
	core->returns = false;
	amp_core_answer(core, status, why);
}

/* The next step towards the next life: off, then on. */
static int on_turn(sd_event_source *source, void *userdata)
{
	struct core *core = userdata;
	char error[512];

	(void)source;
	core->turn = sd_event_source_disable_unref(core->turn);
	if (!core->returns)
		return 0;
	if (core->lab->going_down)
		give_up(core, AMP_EBUSY, "the lab goes down");
	else if (core->phase != PHASE_OFF)
		amp_core_kill(core, "its owner restarts it");
	else if (amp_hosting_boot(core, core->own_image, "its owner restarts it", error, sizeof(error)) !=
	         AMP_EXIT_OK) {
		amp_core_warn(core, "its owner cannot restart it: %s", error);
		give_up(core, AMP_EIO, error);
	}
	return 0;
}

/* Not at once: whoever has told us is still at work on the core. */
static void take_turn(struct core *core)
{
	core->turn = sd_event_source_disable_unref(core->turn);
	if (sd_event_add_defer(core->lab->loop, &core->turn, on_turn, core) < 0)
		give_up(core, AMP_EIO, "the relay is out of memory");
}

static int on_not_released(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	core->turn = sd_event_source_disable_unref(core->turn);
	amp_core_host_gone(core, "Linux has not let go of the crashed core in time");
	return 0;
}

static void on_crashed(struct core *core)
{
	core->returns = true;
	if (core->wire.host == AMP_CORE_HOST_NONE)
		take_turn(core);
	else if (sd_event_add_time_relative(core->lab->loop, &core->turn, CLOCK_MONOTONIC, RELEASE_MS * UINT64_C(1000),
	                                    1000, on_not_released, core) < 0)
		take_turn(core);
}

static void on_released(struct core *core)
{
	if (core->returns && core->phase == PHASE_CRASHED)
		take_turn(core);
}

static void on_off(struct core *core)
{
	if (!core->returns)
		return;
	if (core->outcome == AMP_OK)
		take_turn(core);
	else
		give_up(core, core->outcome, core->outcome_text); /* that was the attempt */
}

void amp_owner_take(struct core *core, const char *image)
{
	static const struct core_owner relay_as_owner = {.crashed = on_crashed, .released = on_released, .off = on_off};

	core->own_image = image;
	core->owner = &relay_as_owner;
}

int amp_owner_start(struct core *core, char *error, size_t error_size)
{
	if (core->phase != PHASE_OFF || core->lab->going_down) {
		amp_text(error, error_size, "core %s is %s", core->config->name,
		         core->lab->going_down ? "going down with the lab" : amp_core_state_name(core));
		return AMP_EXIT_REFUSED;
	}
	return amp_hosting_boot(core, core->own_image, "its owner starts it", error, error_size);
}

void amp_owner_stop(struct core *core, const char *why)
{
	give_up(core, AMP_EBUSY, "its owner stops it");
	amp_core_stop(core, why);
	give_up(core, AMP_EBUSY, "its owner stops it"); /* if that was a crash, which it was being examined for */
}
