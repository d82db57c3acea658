// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot swap: another firmware takes over, under traffic, and Linux sees nothing of it.
 *
 *      SPAWNED ── the new QEMU answers ──► PREPARED
 *      PREPARED ── the old one has handed over ──► STOPPING ── its processor stands still ──► TRIAL ── RESUMED ──► DONE
 *         │                                          │                                         │ crash, time-out
 *         └───────────────► GOING_ON ◄───────────────┴──────────────── BACK ◄──────────────────┘
 *
 * The new firmware gets a QEMU of its own, started beforehand: one that has run sees no code that is written from
 * outside. The old one is stopped, not ended, until the new one has said that it goes on. So the way back is exact: its
 * memory as it was, and its processor where it was.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <amprelay/hand_over.h>
#include <amprelay/resource_table2.h>
#include <openamp/remoteproc.h>

#include "common/clock.h"
#include "common/exit_codes.h"
#include "common/text.h"
#include "common/vdevs.h"
#include "core.h"
#include "relay/lab.h"

#define HAND_OVER_MS 1000 /* messages may have to wait for buffers that Linux gives back late */
#define TRIAL_MS     2000 /* from the boot to the end of its start takes milliseconds; more on a busy machine */
#define GO_ON_MS     1000

enum stage {
	SPAWNED,  /* the new QEMU comes up */
	PREPARED, /* it waits; the old firmware has been asked to hand over */
	STOPPING, /* it has; its QEMU has been asked to stop */
	TRIAL,    /* the new one runs */
	BACK,     /* it is to be gone */
	GOING_ON, /* the old one has been told to go on */
	DONE,     /* the other QEMU is to be gone */
};

/* What the old firmware's life is made of, but for its QEMU. */
struct old_life {
	uint8_t *memory; /* snapshot */
	uint32_t epoch;
	uint64_t boot_addr;
	char firmware[AMP_FIRMWARE_LEN];
	char image[PATH_MAX];
	uint64_t started, booted;
	uint32_t quick_deaths;
	struct journal journal; /* of which all has been taken */
};

struct swap {
	enum stage stage;
	struct staged_image image;
	struct amp_hand_over record;
	struct emulator other; /* TRIAL, BACK: the old one's; else the new one's, or what has been given up */
	pid_t other_pid;       /* 0: it has ended */
	struct old_life old;
	bool booted;
	uint64_t asked; /* ns: from here on the old one takes no message */
};

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata);

static void limit(struct core *core, uint64_t ms)
{
	core->answer_limit = sd_event_source_disable_unref(core->answer_limit);
	if (ms)
		sd_event_add_time_relative(core->lab->loop, &core->answer_limit, CLOCK_MONOTONIC, ms * 1000, 1000,
		                           on_limit, core);
}

static void ring(struct core *core, uint8_t byte)
{
	amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, byte));
}

/* ------------------------------------------------------------------ is it one for this core? */

/* What a host fills in does not count. */
static void clean(uint8_t *table, uint32_t size)
{
	struct amp_vdev vdev;
	uint32_t entry = 0;

	while (amp_vdev_next(table, size, &entry, &vdev)) {
		struct fw_rsc_vdev *head = (struct fw_rsc_vdev *)(void *)(table + vdev.at);
		struct fw_rsc_vdev_vring *ring = (struct fw_rsc_vdev_vring *)(void *)(head + 1);

		head->status = 0;
		head->gfeatures = 0;
		for (uint32_t i = 0; i < vdev.rings; i++)
			ring[i].da = ring[i].notifyid = ring[i].reserved = 0;
	}
	if (amp_rsc_table_check(table, size, NULL) == 0)
		amp_table2_clean((struct resource_table *)(void *)table, size);
}

/* @return why the new firmware cannot go on where this one is; NULL: it can */
static const char *table_differs(const struct core *core, const struct staged_image *image)
{
	static _Alignas(uint32_t) uint8_t now[CORE_TABLE_MAX], then[CORE_TABLE_MAX];
	uint32_t size = image->table_size;

	if (!core->link.found)
		return image->table_size ? "it has a resource table, and the firmware that runs has none that is known"
		                         : NULL;
	if (!size)
		return "it has no resource table, and the firmware that runs has one";
	if (image->table_da != core->wire.table_da || size != core->wire.table_size)
		return "its resource table is of another size, or elsewhere, than that of the firmware that runs";
	if (size > CORE_TABLE_MAX)
		return "its resource table is too large to be compared";
	amp_shm_read(&core->shm, core->link.table, now, size);
	amp_shm_read(&image->memory, core->link.table, then, size);
	clean(now, size);
	clean(then, size);
	return memcmp(now, then, size) == 0 ? NULL
	                                    : "its resource table asks for something else than that of the firmware "
	                                      "that runs";
}

static const char *cannot_be_swapped(const struct core *core)
{
	if (core->lab->going_down)
		return "the lab goes down";
	if (core->swap)
		return "another swap of it is under way";
	if (core->sleep != SLEEP_AWAKE)
		return "it is suspended: resume it first";
	if (core->phase != PHASE_RUNNING || !core->ready)
		return "it does not run";
	if (core->config->secure[0])
		return "it takes signed firmware only: 'amprelay restart' starts a newer one";
	if (core->loaded.private_fd[0] >= 0 || core->loaded.private_fd[1] >= 0)
		return "its firmware is in private memory, which is filled at power-on only: 'amprelay restart' starts "
		       "another";
	if (core->hosting)
		return "the relay is its host: 'amprelay stop' gives it back";
	if (core->held_time.since || core->qmp.on_run)
		return "a debugger is attached";
	return NULL;
}

/* ------------------------------------------------------------------ the end, whatever it is */

static void forget(struct core *core)
{
	struct swap *swap = core->swap;

	limit(core, 0);
	core->swap = NULL;
	amp_core_release_other(&swap->other);
	amp_shm_snapshot_free(&core->shm, swap->old.memory);
	amp_shm_destroy(&swap->image.memory);
	free(swap);
}

void amp_core_swap_forget(struct core *core)
{
	if (core->swap)
		forget(core);
}

/* The other QEMU has no purpose any more; when it has ended, so has the swap. */
static void finish(struct core *core)
{
	struct swap *swap = core->swap;

	limit(core, 0);
	swap->stage = DONE;
	if (swap->other_pid)
		amp_child_kill(&swap->other.process, SIGKILL);
	else
		forget(core);
	amp_relay_changed(core->lab);
}

static void failed(struct core *core, int exit, const char *why, bool rolled_back)
{
	struct swap_outcome *outcome = &core->swapped;

	outcome->exit = exit;
	outcome->gap_ms = ms_between(core->swap->asked, now_ns());
	amp_text(outcome->text, sizeof(outcome->text), "%s", why);
	amp_record(&core->lab->record, "core.swap_failed", core->config->name, "{s:I, s:s, s:s, s:b, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "firmware", core->swap->image.path, "why", why, "rolled_back",
	           (int)rolled_back, "gap_ms", outcome->gap_ms);
	amp_log("%s: %s was not swapped in%s: %s", core->config->name, core->swap->image.path,
	        rolled_back ? ", and the old firmware goes on" : "", why);
}

/* Before the new firmware has run: the old one goes on as if nothing had been. */
static void call_off(struct core *core, const char *why)
{
	amp_qmp_command(&core->qmp, "cont", NULL, NULL, NULL);
	ring(core, AMP_DB_RESUME);
	if (!core->heartbeat.timer)
		amp_core_watch(core, core->on_crash);
	failed(core, AMP_EXIT_REFUSED, why, false);
	finish(core);
}

void amp_core_swap_end(struct core *core)
{
	if (!core->swap || core->swap->stage == DONE)
		return;
	failed(core, AMP_EXIT_FAILED, "the core was stopped, or has crashed, meanwhile", false);
	finish(core);
}

/* ------------------------------------------------------------------ over to the new firmware */

/* Its pages, and nothing where it has nothing. */
static void write_image(struct core *core, const struct shared_memory *image)
{
	off_t at = (off_t)amp_soc_region(core->config, AMP_REGION_FIRMWARE)->offset, end;

	/* what its host has filled in stays: it is in use */
	memcpy(image->base + core->link.table, core->shm.base + core->link.table, core->wire.table_size);
	while ((at = lseek(image->fd, at, SEEK_DATA)) >= 0 && at < image->size) {
		end = lseek(image->fd, at, SEEK_HOLE);
		memcpy(core->shm.base + at, image->base + at, (size_t)(end - at));
		at = end;
	}
}

static void keep_old_life(struct core *core)
{
	struct old_life *old = &core->swap->old;

	old->epoch = core->wire.epoch;
	old->boot_addr = core->wire.boot_addr;
	old->started = core->started;
	old->booted = core->booted;
	old->quick_deaths = core->quick_deaths;
	old->journal = core->journal;
	memcpy(old->firmware, core->firmware, sizeof(old->firmware));
	memcpy(old->image, core->image, sizeof(old->image));
}

static void begin_life(struct core *core)
{
	const struct swap *swap = core->swap;
	const char *name = strrchr(swap->image.path, '/');

	amp_shm_clear_remote(&core->shm);
	amp_trace_reset(&core->trace);
	amp_core_journal_begin(core);
	amp_core_clock_end(core); /* another QEMU's begins anew */
	core->wire.epoch++;
	core->wire.boot_addr = swap->image.entry;
	core->wire.takeover = swap->old.epoch;
	core->ready = false;
	core->started = now_ns();
	amp_text(core->image, sizeof(core->image), "%s", swap->image.path);
	memset(core->firmware, 0, sizeof(core->firmware));
	amp_text(core->firmware, sizeof(core->firmware), "%s", name ? name + 1 : swap->image.path);
	amp_shm_write_power(&core->shm, &core->wire);
}

static void on_stopped(void *userdata, const json_t *result)
{
	struct core *core = userdata;
	struct swap *swap = core->swap;

	(void)result;
	if (!swap || swap->stage != STOPPING)
		return;
	swap->old.memory = amp_shm_snapshot(&core->shm);
	if (!swap->old.memory) {
		call_off(core, "the relay is out of memory");
		return;
	}
	amp_core_end_trace(core);
	amp_core_journal_end(core);
	keep_old_life(core);
	amp_core_exchange(core, &swap->other);
	swap->other_pid = swap->other.process.pid;
	write_image(core, &swap->image.memory);
	/* as it was checked: nothing else counts */
	memcpy(core->shm.base + AMP_HANDOVER_OFFSET, &swap->record, sizeof(swap->record));
	begin_life(core);
	swap->stage = TRIAL;
	limit(core, TRIAL_MS);
	amp_core_uart_interest(core, core->bells.pending_notify || core->bells.pending_control);
	amp_qmp_command(&core->qmp, "cont", NULL, NULL, NULL);
}

/* @return NULL: the rings are where the record says; else what is wrong with it */
static const char *rings_differ(const struct core *core, const struct amp_hand_over *record)
{
	uint8_t table[CORE_TABLE_MAX];
	struct amp_ring_fault fault;
	struct amp_vdev device;
	struct amp_ring ring;
	uint16_t used;

	if (!record->link)
		return NULL;
	amp_shm_read(&core->shm, core->link.table, table, core->link.table_size);
	if (!core->link.found || !amp_vdev_find_rpmsg(table, core->link.table_size, &device))
		return "the record tells of a link, and there is no device for one";
	for (int i = 0; i < 2; i++) {
		if (!amp_core_lay_out(core, &device.ring[i], &ring, &fault) || ring.used + 4 > core->shm.size)
			return "a ring of its link is not where one can be";
		amp_shm_read(&core->shm, (uint32_t)ring.used + 2, &used, sizeof(used));
		if (used != record->index[i])
			return "a ring of its link is not where the record says";
	}
	return NULL;
}

bool amp_core_swap_suspended(struct core *core)
{
	struct swap *swap = core->swap;
	const char *wrong;

	if (!swap || swap->stage != PREPARED)
		return false;
	swap->stage = STOPPING;
	amp_core_look_away(core);
	amp_shm_read(&core->shm, AMP_HANDOVER_OFFSET, &swap->record, sizeof(swap->record));
	wrong = amp_hand_over_wrong(&swap->record, core->wire.epoch);
	if (!wrong)
		wrong = rings_differ(core, &swap->record);
	if (wrong)
		call_off(core, wrong);
	else if (!amp_qmp_command(&core->qmp, "stop", NULL, on_stopped, core))
		call_off(core, "its emulator does not listen");
	return true;
}

bool amp_core_swap_booted(struct core *core)
{
	struct swap *swap = core->swap;

	if (!swap || swap->stage != TRIAL || swap->booted)
		return false;
	swap->booted = true;
	core->booted = now_ns();
	amp_record(&core->lab->record, "core.boot", core->config->name, "{s:I, s:f}", "epoch",
	           (json_int_t)core->wire.epoch, "ms", ms_between(core->started, core->booted));
	return true;
}

static void done(struct core *core)
{
	struct swap_outcome *outcome = &core->swapped;

	*outcome = (struct swap_outcome){.exit = AMP_EXIT_OK, .gap_ms = ms_between(core->swap->asked, now_ns())};
	core->wire.swaps++;
	core->swapped_in = core->wire.epoch;
	core->wire.takeover = 0;
	amp_shm_write_power(&core->shm, &core->wire);
	amp_record(&core->lab->record, "core.swapped", core->config->name, "{s:I, s:s, s:f, s:s}", "epoch",
	           (json_int_t)core->wire.epoch, "firmware", core->image, "gap_ms", outcome->gap_ms, "linux_loads",
	           core->config->firmware);
	amp_log("%s: %s has taken over, after %.1f ms", core->config->name, core->image, outcome->gap_ms);
	amp_bells_ring_host(&core->bells, AMP_VECTOR_CONTROL);
	amp_relay_changed(core->lab);
	finish(core);
}

/* ------------------------------------------------------------------ back to the old one */

static void restore(struct core *core)
{
	const struct amp_region *region = amp_soc_region(core->config, AMP_REGION_FIRMWARE);
	const struct swap *swap = core->swap;
	const struct old_life *old = &swap->old;

	memcpy(core->shm.base + region->offset, old->memory + region->offset, region->size);
	memcpy(core->shm.base + AMP_REMOTE_OFFSET, old->memory + AMP_REMOTE_OFFSET, sizeof(struct amp_remote));
	/* what its host has written meanwhile is newer than the snapshot */
	memcpy(core->shm.base + core->link.table, swap->image.memory.base + core->link.table, core->wire.table_size);
	core->trace.tail = amp_shm_trace_head(&core->shm);
	amp_core_journal_go_on(core, &old->journal);
	amp_core_clock_end(core);
	amp_core_clock_heard(core, now_ns()); /* the old one's can be asked again */
	core->wire.epoch = old->epoch;
	core->wire.boot_addr = old->boot_addr;
	core->wire.takeover = 0;
	core->started = old->started;
	core->booted = old->booted;
	core->quick_deaths = old->quick_deaths;
	memcpy(core->firmware, old->firmware, sizeof(core->firmware));
	memcpy(core->image, old->image, sizeof(core->image));
	core->ready = true;
	amp_shm_write_power(&core->shm, &core->wire);
}

static void go_on(struct core *core)
{
	struct swap *swap = core->swap;

	amp_core_end_trace(core);
	amp_core_journal_end(core);
	/* what its host has written to the table while the new one had it */
	memcpy(swap->image.memory.base + core->link.table, core->shm.base + core->link.table, core->wire.table_size);
	amp_core_exchange(core, &swap->other);
	swap->other_pid = 0;
	restore(core);
	swap->stage = GOING_ON;
	limit(core, GO_ON_MS);
	amp_qmp_command(&core->qmp, "cont", NULL, NULL, NULL);
	/* kicks that were for the new one, too */
	for (uint32_t id = 0; id < core->config->notify_ids; id++)
		ring(core, (uint8_t)id);
	ring(core, AMP_DB_RESUME);
}

/* Whether nothing was taken from the rings, or put there, by a firmware that is to be forgotten. */
static bool is_untouched(const struct core *core)
{
	return rings_differ(core, &core->swap->record) == NULL;
}

static void roll_back(struct core *core, const char *why)
{
	struct swap *swap = core->swap;

	amp_text(core->swapped.text, sizeof(core->swapped.text), "%s", why);
	swap->stage = BACK;
	limit(core, 0);
	amp_core_look_away(core);
	if (core->process.pid)
		amp_child_kill(&core->process, SIGKILL);
	else
		go_on(core);
}

bool amp_core_swap_crashed(struct core *core, const char *text)
{
	struct swap *swap = core->swap;
	struct amp_remote remote;
	char words[AMP_TEXT_LEN];

	if (!swap || swap->stage == DONE)
		return false;
	if (swap->stage == BACK)
		return true; /* it is known */
	if (swap->stage != TRIAL || !swap->other_pid || !is_untouched(core)) {
		amp_core_swap_end(core);
		return false;
	}
	if (!text) {
		amp_shm_read_remote(&core->shm, &remote);
		amp_core_boot_failure(&remote, words, sizeof(words));
		text = words;
	}
	roll_back(core, text);
	return true;
}

bool amp_core_swap_resumed(struct core *core)
{
	struct swap *swap = core->swap;
	char why[sizeof(core->swapped.text)];

	if (swap && swap->stage == TRIAL && core->ready) {
		done(core);
		return true;
	}
	if (!swap || swap->stage != GOING_ON)
		return false;
	amp_core_watch(core, core->on_crash);
	memcpy(why, core->swapped.text, sizeof(why));
	failed(core, AMP_EXIT_FAILED, why, true);
	finish(core);
	return true;
}

bool amp_core_swap_ended(struct core *core, const siginfo_t *info)
{
	struct swap *swap = core->swap;
	char ending[64], why[160];

	if (!swap)
		return false;
	amp_child_ending(info, ending, sizeof(ending));
	if (swap->other_pid && info->si_pid == swap->other_pid) {
		swap->other_pid = 0;
		amp_text(why, sizeof(why), "the emulator that was to run it %s", ending);
		if (swap->stage == DONE)
			finish(core);
		else if (swap->stage < TRIAL)
			call_off(core, why);
		return true; /* TRIAL: the new firmware goes on, or the core has crashed */
	}
	if (swap->stage == BACK) {
		go_on(core);
		return true;
	}
	amp_text(why, sizeof(why), "the core lost power: its process %s", ending);
	return swap->stage == TRIAL && amp_core_swap_crashed(core, why);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	switch (core->swap->stage) {
	case SPAWNED:
		call_off(core, "the emulator that was to run it does not come up");
		break;
	case PREPARED:
		call_off(core,
		         "the firmware that runs was asked to hand over, and does not answer: it does not know how, or "
		         "has messages in hand that it cannot get rid of");
		break;
	case STOPPING:
		call_off(core, "the emulator of the firmware that runs does not stop");
		break;
	case TRIAL:
		core->on_crash(core, AMP_DETECTOR_HEARTBEAT,
		               core->ready          ? "it runs, and has not taken the link over: it does not know how"
		               : core->swap->booted ? "it has not come up in time: its main loop has not been heard of"
		                                    : "it has not come up in time: its boot ROM has not been heard of");
		break;
	case GOING_ON:
		core->on_crash(core, AMP_DETECTOR_HEARTBEAT, "it does not go on after a swap that was rolled back");
		break;
	case BACK:
	case DONE:
		break;
	}
	return 0;
}

/* ------------------------------------------------------------------ begin */

/* Only now: until the new QEMU can run, the old firmware works on. */
static void on_prepared(void *userdata, const json_t *result)
{
	struct core *core = userdata;
	struct swap *swap = core->swap;

	(void)result;
	if (!swap || swap->stage != SPAWNED)
		return;
	swap->stage = PREPARED;
	swap->asked = now_ns();
	limit(core, HAND_OVER_MS);
	ring(core, AMP_DB_HANDOVER);
}

int amp_core_swap(struct core *core, struct staged_image *image, char *error, size_t error_size)
{
	const char *why = cannot_be_swapped(core);
	struct swap *swap = NULL;
	int err = 0;

	if (!why)
		why = table_differs(core, image);
	if (!why)
		swap = calloc(1, sizeof(*swap));
	if (swap)
		err = amp_core_spawn_other(core, core->ears, &swap->other);
	if (!swap || err < 0) {
		amp_text(error, error_size, "core %s: %s", core->config->name,
		         why    ? why
		         : swap ? strerror(-err)
		                : "the relay is out of memory");
		free(swap);
		amp_shm_destroy(&image->memory);
		return why ? AMP_EXIT_REFUSED : AMP_EXIT_FAILED;
	}
	swap->image = *image;
	swap->other_pid = swap->other.process.pid;
	swap->asked = now_ns();
	core->swap = swap;
	core->swapped = (struct swap_outcome){0};
	limit(core, core->config->boot_timeout_ms);
	amp_qmp_command(&swap->other.qmp, "query-status", NULL, on_prepared, core);
	return AMP_EXIT_OK;
}
