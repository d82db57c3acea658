// SPDX-License-Identifier: GPL-2.0-only
/* What the relay watches by looking: the heartbeat, and the watchdog of a core that has none of its own. */
#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

static int on_look(sd_event_source *source, uint64_t usec, void *userdata);

static void look_at(struct sense *sense, uint64_t ns)
{
	uint64_t accuracy = sense->beat.timeout / NS_PER_US / 16;

	sense->timer = sd_event_source_disable_unref(sense->timer);
	sd_event_add_time(sense->core->lab->loop, &sense->timer, CLOCK_MONOTONIC, ns / NS_PER_US, accuracy, on_look,
	                  sense);
}

static void on_sign_of_life(void *userdata, const json_t *result)
{
	struct sense *sense = userdata;
	uint64_t next = amp_heartbeat_answered(&sense->beat, now_ns());

	(void)result;
	if (next != 0 && sense->timer)
		look_at(sense, next);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct sense *sense = userdata;
	struct core *core = sense->core;
	uint64_t now = now_ns(), next;
	uint32_t value = sense->read(&core->shm);
	char text[AMP_TEXT_LEN];

	(void)source;
	(void)usec;
	if (value == 0 && sense->detector == AMP_DETECTOR_WATCHDOG) {
		sense->timer = sd_event_source_disable_unref(sense->timer); /* stopped by the core */
		return 0;
	}
	switch (amp_heartbeat_check(&sense->beat, now, value, &next)) {
	case HEARTBEAT_ASK:
		if (!amp_qmp_command(&core->qmp, "query-status", NULL, on_sign_of_life, sense))
			amp_core_warn(core, "QEMU's monitor takes no more commands");
		break;
	case HEARTBEAT_DEAD:
		amp_text(text, sizeof(text), "%s for %llu ms", sense->silence,
		         (unsigned long long)((now - sense->beat.changed) / NS_PER_MS));
		sense->on_silence(core, sense->detector, text);
		return 0;
	case HEARTBEAT_MUTE:
		amp_text(text, sizeof(text), "%s, and its QEMU does not answer either", sense->silence);
		sense->on_silence(core, sense->detector, text);
		return 0;
	case HEARTBEAT_ALIVE:
		break;
	}
	look_at(sense, next);
	return 0;
}

static void watch(struct core *core, struct sense *sense, uint32_t timeout_ms, core_detected_fn on_silence)
{
	uint64_t now = now_ns();

	sense->core = core;
	sense->on_silence = on_silence;
	amp_heartbeat_start(&sense->beat, now, sense->read(&core->shm), core->config->heartbeat_ms, timeout_ms);
	look_at(sense, now + sense->beat.timeout / 4);
}

void amp_core_watch(struct core *core, core_detected_fn on_silence)
{
	core->heartbeat.detector = AMP_DETECTOR_HEARTBEAT;
	core->heartbeat.silence = "no heartbeat";
	core->heartbeat.read = amp_shm_heartbeat;
	watch(core, &core->heartbeat, core->config->heartbeat_timeout_ms, on_silence);

	core->watchdog.detector = AMP_DETECTOR_WATCHDOG;
	core->watchdog.silence = "watchdog not fed";
	core->watchdog.read = amp_shm_watchdog;
	if (core->config->watchdog_ms && amp_shm_watchdog(&core->shm))
		watch(core, &core->watchdog, core->config->watchdog_ms, on_silence);
}

void amp_core_look_away(struct core *core)
{
	core->heartbeat.timer = sd_event_source_disable_unref(core->heartbeat.timer);
	core->watchdog.timer = sd_event_source_disable_unref(core->watchdog.timer);
}

void amp_core_unwatch(struct core *core)
{
	amp_core_look_away(core);
	amp_core_link_end(core);
}
