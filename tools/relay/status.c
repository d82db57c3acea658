// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <limits.h>

#include "common/clock.h"
#include "common/text.h"
#include "lab.h"
#include "relay/host/hosting.h"
#include "relay/host/image.h"

static double ms_since(uint64_t then)
{
	return ms_between(then, now_ns());
}

static json_t *doorbells(const struct core *core)
{
	json_t *to_remote = json_array(), *to_host = json_array();

	for (uint32_t id = 0; id < core->config->notify_ids; id++) {
		json_array_append_new(to_remote, json_integer((json_int_t)core->bells.to_remote_count[id]));
		json_array_append_new(to_host, json_integer((json_int_t)core->bells.to_host_count[id]));
	}
	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:b}", "to_remote", to_remote, "to_host", to_host, "coalesced",
	                 (json_int_t)core->bells.coalesced, "invalid", (json_int_t)core->bells.invalid, "pauses",
	                 (json_int_t)core->babble.pauses, "babbling", core->babble.timer != NULL);
}

static json_t *last_crash(const struct core *core)
{
	const struct amp_postmortem_summary *summary = &core->crash.summary;
	char pc[24];

	if (core->crashes == 0)
		return json_null();
	amp_text(pc, sizeof(pc), "0x%llx", (unsigned long long)summary->pc);
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:f}", "epoch", (json_int_t)core->crash.epoch, "detector",
	                 amp_detector_name(core->wire.report_detector), "cause",
	                 amp_postmortem_cause_name(summary->cause), "text", core->wire.report_text, "pc", pc, "pc_sym",
	                 core->wire.report_pc_sym, "age_ms", ms_since(core->crash.detected));
}

/* Those announced to the relay; what is announced to Linux, Linux knows. */
static json_t *channel_names(const struct core *core)
{
	json_t *list = json_array();

	for (uint32_t i = 0; core->hosting && i < core->hosting->channels; i++)
		json_array_append_new(list, json_string(core->hosting->channel[i].name));
	return list;
}

/* What runs: the file that was loaded, and the build id that the firmware itself tells. */
static void add_firmware(json_t *status, const struct core *core)
{
	char path[PATH_MAX] = "", id[2 * AMP_BUILD_ID_LEN + 1] = "";
	struct amp_remote remote;

	if (core->phase != PHASE_OFF) {
		amp_shm_read_remote(&core->shm, &remote);
		amp_core_firmware_path(core, path, sizeof(path));
		if (remote.build_id_len <= AMP_BUILD_ID_LEN)
			amp_text_hex(id, remote.build_id, remote.build_id_len);
	}
	json_object_set_new(status, "firmware_file", json_string(path));
	json_object_set_new(status, "build_id", json_string(id));
}

/* As the core tells it, which may tell anything. */
static json_t *usage(const struct core *core)
{
	struct amp_remote remote;

	amp_shm_read_remote(&core->shm, &remote);
	if (core->phase == PHASE_OFF || remote.usage.told == 0)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "load_permille", (json_int_t)remote.usage.load_permille,
	                 "stack_size", (json_int_t)remote.usage.stack_size, "stack_used",
	                 (json_int_t)remote.usage.stack_used, "heap_size", (json_int_t)remote.usage.heap_size,
	                 "heap_used", (json_int_t)remote.usage.heap_used, "memory_used",
	                 (json_int_t)remote.usage.memory_used, "memory_size",
	                 (json_int_t)amp_soc_region(core->config, AMP_REGION_FIRMWARE)->size);
}

/* Whose firmware it takes, which version runs, and which ones it takes no more. */
static json_t *secure(const struct core *core)
{
	char id[SECURE_ID_TEXT];

	if (!core->config->secure[0])
		return json_null();
	amp_key_id(&core->key, id);
	return json_pack("{s:s, s:s, s:I, s:I}", "key", id, "file", core->config->secure, "version",
	                 (json_int_t)core->loaded.version, "accepted", (json_int_t)amp_image_accepted(core));
}

static json_t *core_status(const struct core *core)
{
	bool on = core->phase != PHASE_OFF;
	json_t *status = json_pack(
		"{s:s, s:s, s:b, s:b, s:I, s:I, s:s, s:s, s:s, s:s, s:o, s:f, s:I, s:I, s:o, s:{s:I, s:I, s:I}, s:o}",
		"name", core->config->name, "state", amp_core_state_name(core), "ready", (int)core->ready, "flapping",
		(int)amp_core_flaps(core), "epoch", (json_int_t)core->wire.epoch, "pid", (json_int_t)core->process.pid,
		"firmware", on ? core->firmware : "", "loader",
		!on                                      ? ""
		: core->hosting || core->loaded.by_relay ? "relay"
							 : "linux",
		"host", on ? amp_core_host_name(core) : "", "link", on ? amp_core_link_name(core) : "", "channels",
		channel_names(core), "uptime_ms", on ? ms_since(core->started) : 0.0, "crashes",
		(json_int_t)core->crashes, "recoveries", (json_int_t)core->recoveries, "last_crash", last_crash(core),
		"heartbeat", "value", (json_int_t)amp_shm_heartbeat(&core->shm), "period_ms",
		(json_int_t)core->config->heartbeat_ms, "timeout_ms", (json_int_t)core->config->heartbeat_timeout_ms,
		"doorbells", doorbells(core));

	json_object_set_new(status, "swaps", json_integer((json_int_t)core->wire.swaps));
	json_object_set_new(status, "swapped", json_boolean(on && core->swapped_in == core->wire.epoch));
	add_firmware(status, core);
	json_object_set_new(status, "secure", secure(core));
	json_object_set_new(status, "usage", usage(core));
	json_object_set_new(status, "owner", json_string(amp_core_is_owned(core) ? "relay" : "linux"));
	return status;
}

static json_t *net_status(const struct amp_relay_options *options)
{
	if (!options->net)
		return json_null();
	return json_pack("{s:i, s:s}", "ssh_port", (int)options->ssh_port, "key", options->ssh_key);
}

void amp_relay_status(struct lab *lab, json_t *answer)
{
	json_t *cores = json_array();
	json_t *members;

	for (uint32_t i = 0; i < lab->soc.num_cores; i++)
		json_array_append_new(cores, core_status(&lab->core[i]));
	members = json_pack("{s:s, s:s, s:s, s:I, s:f, s:s, s:s, s:o, s:o, s:o, s:{s:s, s:I, s:s, s:s, s:s, s:s}, s:o}",
	                    "lab", lab->options->lab, "state", lab->going_down ? "going down" : "up", "soc",
	                    lab->soc.name, "pid", (json_int_t)getpid(), "uptime_ms", ms_since(lab->started),
	                    "state_dir", lab->options->state_dir, "firmware_dir", lab->options->firmware_dir,
	                    "debugger", amp_debugger_status(&lab->debugger), "share", amp_share_status(lab), "net",
	                    net_status(lab->options), "host", "state", amp_vm_runs(&lab->vm) ? "running" : "off", "pid",
	                    (json_int_t)lab->vm.process.pid, "agent", lab->agent.up ? "up" : "down", "kernel",
	                    lab->options->kernel, "initramfs", lab->options->initramfs, "release", lab->agent.release,
	                    "cores", cores);
	if (members)
		json_object_update(answer, members);
	json_decref(members);
}
