/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One remote core: its power, its doorbells, its senses. What each file of this folder does: tools/README.md.
 *
 *      OFF ── start ──► STARTING ── boot byte ──► RUNNING ── stop ──► STOPPING ──► KILLING ──► OFF
 *                          │ time-out, exit          │ a detector        │ it dies       ▲
 *                          └────────► KILLING        └──► EXAMINING ◄────┘               │
 *                                                             └──► CRASHED ── stop ──────┘
 */
#ifndef AMPRELAY_RELAY_CORE_H
#define AMPRELAY_RELAY_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "bells.h"
#include "common/channel_names.h"
#include "common/rings.h"
#include "heartbeat.h"
#include "mailbox.h"
#include "postmortem/postmortem.h"
#include "relay/base/child.h"
#include "relay/base/clock_offset.h"
#include "relay/base/log.h"
#include "relay/base/log_file.h"
#include "relay/base/qmp.h"
#include "relay/base/soc_config.h"
#include "relay/base/stream.h"
#include "secure/secure.h"
#include "shared_memory.h"
#include "trace_file.h"
#include "trace_ring.h"

struct lab;
struct core;
struct core_ears;
struct hosting;
struct fw_rsc_vdev_vring;

#define INJECTION_MS   10000 /**< a crash this long after an injection has another cause */
#define DUMPS_KEPT     16    /**< post-mortems of one flight that stay on disk, per core */
#define CORE_TABLE_MAX 1024  /**< bytes of a resource table that are looked at */

enum core_phase {
	PHASE_OFF,
	PHASE_STARTING, /**< process started, boot ROM not heard */
	PHASE_RUNNING,
	PHASE_STOPPING,  /**< asked to shut down */
	PHASE_KILLING,   /**< waiting for the process to be gone */
	PHASE_EXAMINING, /**< a detector fired; registers and memory are being taken */
	PHASE_CRASHED,   /**< reported to Linux */
};

/** The last crash: what was reported, and what has yet to be written to files. */
struct crash {
	enum amp_detector detector;
	char text[AMP_TEXT_LEN]; /**< the detector's words; empty = let the crash record tell */
	uint32_t epoch;
	bool stopping;            /**< it was being stopped, and will be */
	uint64_t detected;        /**< ns */
	struct amp_remote remote; /**< copy */
	char *registers;          /**< text, or NULL */
	uint8_t *memory;          /**< snapshot, or NULL */
	char firmware[PATH_MAX];  /**< that ran; empty if unknown */
	struct amp_postmortem_summary summary;
	sd_event_source *writer;  /**< writes the files when there is time; NULL = nothing to write */
	sd_event_source *writing; /**< hears of the end of the process that writes them */
	pid_t writing_pid;        /**< that process; 0 = none */
};

/** Lives of which there are files, so that a core that crashes all night fills no disk. */
struct kept_dumps {
	uint32_t epoch[DUMPS_KEPT]; /**< the oldest is overwritten; 0 = none */
	uint32_t count;
};

/** A crash report that Linux has not acknowledged yet: core_report.c. */
struct report {
	sd_event_source *timer; /**< the next ring; NULL: none is under way */
	uint64_t since;         /**< ns */
	uint32_t old_ack;       /**< amp_host.report_ack before: one that was there already acknowledges nothing */
	uint32_t wait_ms;       /**< until the next ring */
	uint32_t rings;
	bool told; /**< that it takes long */
};

/** How often the core rings: core_babble.c. */
struct babble {
	uint64_t bytes;         /**< that it may ring yet */
	uint64_t filled;        /**< ns; when that was counted last */
	bool paused;            /**< the doorbell is not read */
	sd_event_source *timer; /**< ends the pause, or the babbling; NULL: it does not babble */
	bool told;
	uint64_t pauses, before; /**< in this life, and before the babbling began */
	uint64_t since;          /**< ns */
};

/** What of a fault on purpose is still to come: core_faults.c. */
struct trouble {
	const char *kind;       /**< of the one that nobody need notice and that is not over yet; NULL: there is none */
	sd_event_source *timer; /**< NULL: nothing is to come at some time */
	unsigned int ring;  /**< what befalls a message or its ring: core_ring_faults.c, as the next ones; 0: nothing */
	unsigned int flips; /**< bits that have flipped */
	unsigned int stage; /**< how far that has come … */
	uint64_t until;     /**< … and until when it may stay there, ns */
	bool core_held, host_held; /**< the process stands still */
	uint16_t request, answer;  /**< entries of the rings that are, or will be, hit */
	uint16_t given;            /**< what the host had given to the ring when it was hit */
	uint32_t service;          /**< address of the endpoint that is to answer */
	int turns;                 /**< of slow motion that are left */
	bool to_host;              /**< whose doorbell is late */
};

/** The core's journal, in this life: core_journal.c. */
struct journal {
	bool sought, found;
	uint32_t at;    /**< offset in shared memory of a struct amp_journal … */
	uint32_t half;  /**< … and bytes of each of the two buffers behind it */
	uint32_t taken; /**< buffers */
	uint32_t ahead; /**< bytes of the buffer that it fills, which have been taken already */
	bool ended;     /**< all has been taken, of a core that will write no more */
	struct trace_ring lines;
};

/** What is known of a machine's clock, and the question that is out: core_clock.c. */
struct clock_question {
	struct core *core; /**< through which it is asked … */
	bool of_linux;     /**< … for Linux's clock, not its own */
	struct clock_offset offset;
	uint32_t asked;         /**< number of the last question */
	uint64_t at;            /**< ns; when it was asked; 0: it has been answered */
	uint32_t left, least;   /**< questions that may, and that must follow it without a pause */
	uint64_t told_error;    /**< ns; of the bounds in the flight record … */
	bool told;              /**< … if there are any */
	bool doubted;           /**< time has stood still: the clock may not be what it was */
	sd_event_source *timer; /**< asks again; NULL: it has not said that it can be asked */
};

#define CORE_TIMERS 9

/** Time that stands still for a core: core_hold.c. */
struct held_time {
	uint64_t since; /**< ns; 0: it runs */
	struct {
		sd_event_source *source; /**< NULL: was not under way */
		uint64_t left;           /**< us */
	} timer[CORE_TIMERS];
};

/** Whether the core sleeps: core_suspend.c. */
enum core_sleep {
	SLEEP_AWAKE,
	SLEEP_ASKED,  /**< to sleep */
	SLEEP_ASLEEP, /**< its processor stands still */
	SLEEP_WAKING, /**< asked to go on */
};

/** A core's QEMU, with its sockets. The one that is the core's at present is in struct core itself. */
struct emulator {
	struct child process;
	struct qmp qmp;
	struct stream console;
	int uart_fd; /**< -1: none */
	sd_event_source *uart;
	uint32_t uart_events;
};

/** A firmware that has been loaded, but not into the core. */
struct staged_image {
	struct shared_memory memory; /**< as the core's own, with nothing but this image in it */
	uint64_t entry;
	uint64_t table_da;
	uint32_t table_size; /**< of its resource table; 0: it has none */
	char path[PATH_MAX];
};

/** A firmware takes over from another: core_swap.c. */
struct swap;

/** What became of the last one. */
struct swap_outcome {
	int exit; /**< enum amp_exit */
	char text[AMP_TEXT_LEN + 160];
	double gap_ms; /**< for so long nobody took messages */
};

/** Hears of the core's life when it is the core's host in place of Linux. */
struct core_host {
	void (*booted)(struct core *core);                    /**< the boot ROM has been heard */
	void (*notified)(struct core *core, uint64_t notify); /**< bit n: the core kicked notify id n */
	void (*crashed)(struct core *core);
	void (*off)(struct core *core); /**< the power is off, in whatever way it came to that */
};

/** Hears of the core's life as its owner, whoever is its host. */
struct core_owner {
	void (*crashed)(struct core *core);
	void (*released)(struct core *core); /**< it is nobody's: the last host has let go of it */
	void (*off)(struct core *core);
};

/** A detector has fired: amp_core_crashed(). */
typedef void (*core_detected_fn)(struct core *core, enum amp_detector detector, const char *text);

/** What is known of the RPMsg link between the core and its host. */
enum core_link {
	LINK_DOWN,    /**< the driver has not brought the device up */
	LINK_LOST,    /**< the core has let go of its rings: something was wrong with them */
	LINK_SILENT,  /**< it has a name service, and has announced nothing */
	LINK_QUIET,   /**< nothing is wrong, but the core has used no buffer yet */
	LINK_UP,      /**< it has */
	LINK_NONE,    /**< its firmware has no RPMsg device */
	LINK_UNKNOWN, /**< its firmware file is not there, or not one that can be read */
};

/** The same of one life: core_link.c. */
struct link {
	enum core_link state;
	bool found;                 /**< the resource table, which is here: */
	uint32_t table, table_size; /**< offset in shared memory, bytes that are looked at */
	const char *why;            /**< if it is unknown */
	bool settled;               /**< the state is final, or has been waited for long enough */
	sd_event_source *limit;     /**< the end of the wait; NULL: none */
};

/** Where the messages of the link are, and how far they have been read: core_sniff.c. */
struct sniff {
	bool attached;   /**< the rest is valid */
	uint32_t status; /**< offset in shared memory of the device's status byte */
	struct amp_memory memory;
	struct amp_ring ring[2]; /**< by enum amp_direction, as the rest … */
	uint32_t buffers[2];     /**< that go round in it */
	uint16_t next[2];        /**< index of the first entry that has not been looked at */
	struct amp_names names;
};

/** Something in the shared memory that must not stand still: core_senses.c. */
struct sense {
	struct core *core;
	enum amp_detector detector;
	const char *silence;         /**< what there is to say of it … */
	core_detected_fn on_silence; /**< … and whom to say it to */
	uint32_t (*read)(const struct shared_memory *shm);
	struct heartbeat beat;
	sd_event_source *timer; /**< the next look; NULL: not watched */
};

/** What the relay has loaded for the next life, or this one: core_image.c. */
struct loaded {
	bool by_relay;                   /**< else the rest says nothing */
	int private_fd[SOC_MAX_PRIVATE]; /**< memfd with the contents of private memory; -1: nothing goes there */
	uint32_t table, table_size;      /**< where its resource table is: offset in shared memory; size 0: none */
	uint32_t version;                /**< of signed firmware */
};

#define CORE_PARAMS_MAX 8u

/** A parameter of the application, as it was asked for. */
struct core_param {
	char key[16]; /**< AMP_RSC2_NAME_LEN */
	char value[64];
};

/** All of them: core_params.c. */
struct core_params {
	uint32_t num;
	struct core_param param[CORE_PARAMS_MAX];
};

struct core {
	struct lab *lab;
	const struct core_config *config;
	struct shared_memory shm;
	struct bells bells;
	struct mailbox mailbox;
	struct amp_relay wire; /**< what we have told the others: the truth is here, a copy in shared memory */

	enum core_phase phase;
	bool ready; /**< AMP_DB_READY has come in this life */
	char firmware[AMP_FIRMWARE_LEN];
	char image[PATH_MAX]; /**< the file, if it is not the one of that name in the firmware directory; else "" */
	struct loaded loaded;
	struct core_params params; /**< that the firmware is started with */
	struct secure_key key;     /**< of core_config.secure */
	struct child process;
	struct qmp qmp;
	struct trace_ring trace;
	struct trace_file trace_file;
	struct journal journal;
	struct trace_file journal_file;
	struct stream console; /**< the core's own UART; closed while off */
	struct log_file console_file;
	struct sense heartbeat;
	struct sense watchdog; /**< of a core that has none of its own */
	enum core_sleep sleep;
	sd_event_source *answer_limit; /**< of a core that is to sleep, wake, or be swapped; NULL: none is waited for */
	struct swap *swap;             /**< NULL: none is under way */
	bool spares;                   /**< the QEMU of the next life may be started beforehand: core_spare.c … */
	struct emulator spare;         /**< … this one, which stands still */
	pid_t spare_pid;               /**< 0: there is none */
	sd_event_source *spare_timer;  /**< starts it; NULL: nothing is to come */
	struct swap_outcome swapped;
	uint32_t swapped_in; /**< the life of the last firmware that has taken over; 0: there was none */
	uint32_t outcome;    /**< enum amp_status, answered when the power is off … */
	char outcome_text[CHILD_WORDS_MAX + 80];

	sd_event_source *uart; /**< NULL while off */
	bool uart_wants_out;
	uint32_t uart_events; /**< that are waited for on it */
	sd_event_source *vectors[BELL_VECTORS];
	sd_event_source *deadline; /**< of the phase */
	sd_event_time_handler_t on_deadline;
	sd_event_source *prefetch; /**< opens the symbols when there is time */

	struct crash crash;
	struct report report;
	struct babble babble;
	struct trouble trouble;
	struct link link;
	struct sniff sniff;
	struct held_time held_time;
	struct clock_question clock;
	struct amp_symbols *symbols;
	uint64_t started;               /**< ns, power-on */
	uint64_t booted;                /**< ns, the boot ROM was heard: from here on the firmware lives */
	uint64_t crashed_at;            /**< ns; 0 when recovered from */
	uint64_t injected_at;           /**< ns; 0 = none in this life */
	const char *injected;           /**< kind */
	uint32_t ended;                 /**< the life that ended last */
	struct kept_dumps dumps;        /**< CORE-EPOCH.core and .txt */
	struct kept_dumps linux_dumps;  /**< CORE-EPOCH.devcoredump */
	uint32_t quick_deaths;          /**< lives in a row that ended by themselves within a second */
	sd_event_source *lasted;        /**< tells when this life has lasted a second, which ends that row */
	bool held;                      /**< the start waits because of them */
	const struct core_host *host;   /**< of this life; NULL: Linux */
	struct hosting *hosting;        /**< the relay is the core's host in this life; NULL: Linux is */
	const struct core_owner *owner; /**< NULL: Linux. Else the relay: host/owner.c, as the next three */
	const char *own_image;          /**< the file that it starts */
	bool returns;          /**< its owner is about to start it again: who wants to attach to it waits for that */
	sd_event_source *turn; /**< the next step of that; NULL: none */
	const struct core_ears *ears; /**< of its QEMU */
	core_detected_fn on_crash;    /**< amp_core_crashed() */
	uint32_t crashes, recoveries;
	struct ratelimit noise;    /**< of warnings that the guests can cause */
	struct ratelimit requests; /**< of request records */
	struct ratelimit refusals; /**< of their records */
	struct ratelimit trace_lines;
};

/* core.c */

/** Makes the structure safe to destroy; the first call. */
void amp_core_prepare(struct core *core, struct lab *lab);
/** Creates shared memory and doorbells, and describes the core in the control block. @return 0 or a negative errno */
int amp_core_init(struct core *core, const struct core_config *config);
/** The process must be gone. */
void amp_core_destroy(struct core *core);

/**
 * Powers on a core that is off: a new life. Its outcome is told through the phase, and to Linux if it asked.
 *
 * @param entry     device address inside the firmware region, checked
 * @param firmware  AMP_FIRMWARE_LEN bytes, a checked name, may be empty
 * @param host      whose it is in this life
 */
void amp_core_start(struct core *core, uint64_t entry, const char *firmware, enum amp_core_host host, const char *why);
/** Shuts down in order if the core still answers, else at once; PHASE_OFF follows. Does nothing when off. */
void amp_core_stop(struct core *core, const char *why);
/** As amp_core_stop(), without asking the core. */
void amp_core_kill(struct core *core, const char *why);

/** Does it die at once each time that it is started? Then its starts wait, ever longer. */
bool amp_core_flaps(const struct core *core);

/** The socket of the doorbell can be read or written. */
int amp_core_on_uart(sd_event_source *source, int fd, uint32_t revents, void *userdata);

#define QUICK_DEATH_MS   1000 /**< a life shorter than this was no life */
#define QUICK_DEATHS_MAX 3    /**< after so many in a row the core is flapping: its starts wait */

/* core_faults.c */

/** A kind of fault that can be committed on request: a row of include/amprelay/faults.h. */
struct core_fault {
	const char *name;
	enum amp_fault request;     /**< what the firmware is asked for; NONE: it comes from outside */
	unsigned int outside;       /**< which of those */
	unsigned int ring;          /**< which of those of the rings, from 1; 0: it is none of them */
	enum amp_detector detector; /**< NONE: the core survives it, and nobody need notice */
};

/** All of them; the last has no name. */
extern const struct core_fault amp_core_faults[];

/** @return false if the core is not running */
bool amp_core_commit(struct core *core, const struct core_fault *fault);
/** What of a fault is still to come does not. */
void amp_core_fault_end(struct core *core);

/* core_trouble.c */

/** A kick has passed: a fault that was waiting for it is over. */
void amp_core_fault_look(struct core *core);
/** The fault that nobody need notice is over. */
void amp_core_fault_over(struct core *core);
/** Calls the handler once, after that time, in place of what there was to come. */
void amp_core_fault_later(struct core *core, uint64_t ms, sd_event_time_handler_t handler);
/** … or not at all. */
void amp_core_fault_end_timer(struct core *core);

/* core_ring_faults.c */

/** A kick is to be passed on: a fault that was waiting for a message goes on. */
void amp_core_ring_fault_look(struct core *core, enum amp_direction direction);
/** It does not; whoever stands still for it is let go. */
void amp_core_ring_fault_end(struct core *core);

/* core_state.c */

/** @return "off", "starting", "running", "suspended", "stopping" or "crashed". */
const char *amp_core_state_name(const struct core *core);
void amp_core_set_phase(struct core *core, enum core_phase phase, const char *why);
/** The file that was loaded, which may have been replaced since; "" if it is not known. */
void amp_core_firmware_path(const struct core *core, char *out, size_t size);
/** A warning that a guest caused: rate-limited. */
__attribute__((format(printf, 2, 3))) void amp_core_warn(struct core *core, const char *format, ...);
/** (Re)arms the timer of the phase; 0 disarms. */
void amp_core_set_deadline(struct core *core, uint64_t ms);
/** The doorbell's socket: whether to hear when it can be written. */
void amp_core_uart_interest(struct core *core, bool pending);
/** Answers Linux's request that is under way, if there is one. @param status enum amp_status */
void amp_core_answer(struct core *core, uint32_t status, const char *text);

/* core_image.c */

/** The firmware that the relay has loaded is not the one of the next life. */
void amp_core_image_forget(struct core *core);
/** QEMU's arguments that put it into private memory, and the descriptors that they name. @return their number */
size_t amp_core_image_arguments(const struct core *core, struct arguments *args, int fds[SOC_MAX_PRIVATE]);

/* core_host.c */

/** @return "nobody", "linux" or "relay" */
const char *amp_core_host_name(const struct core *core);
/** From now on the core is this one's: its kicks and crash reports, and whose kicks it gets. */
void amp_core_set_host(struct core *core, enum amp_core_host host, const char *why);
/** The core runs: answers the request of Linux to start it, or to attach to it. Context: reads a file. */
void amp_core_answer_host(struct core *core);
/** Linux has gone without a word. Its cores run on; they are told. */
void amp_core_host_gone(struct core *core, const char *why);

/* core_policy.c */

/** Who asks: what is done by Linux, or through it; what `amprelay` is told to do. */
enum core_actor {
	ACTOR_LINUX,
	ACTOR_TOOLS
};

/** @return whether the relay is the core's owner, and not Linux */
bool amp_core_is_owned(const struct core *core);
/**
 * May they do all this to the core?
 *
 * @param wanted  bits of enum amp_verb
 * @param why     if not, the reason, one line; it is recorded, too
 */
bool amp_core_permits(struct core *core, enum core_actor who, uint32_t wanted, char *why, size_t size);

/* core_requests.c */

/** Listens to Linux's interrupt vectors. @return 0 or a negative errno */
int amp_core_listen(struct core *core);
/** Linux rang one of the core's vectors. Its kicks and requests count only while it is the core's host. */
int amp_core_on_vector(sd_event_source *source, int fd, uint32_t revents, void *userdata);

/* core_trace.c */

/** Takes what is in the trace buffer. */
void amp_core_drain_trace(struct core *core);
/** … and the line that has begun: the core will not end it. */
void amp_core_end_trace(struct core *core);

/* core_journal.c */

/** A new life. */
void amp_core_journal_begin(struct core *core);
/** The core has rung that it has given a buffer. Context: may read a file, once in a life. */
void amp_core_journal_look(struct core *core);
/** It will write no more: takes all that is there, before the host loads anything over it. */
void amp_core_journal_end(struct core *core);
/** After all it writes on, where it was when that was called. @param journal  a copy of core->journal from then */
void amp_core_journal_go_on(struct core *core, const struct journal *journal);

/* core_console.c, for a core that has one: core_config.has_console */

/** @return 0 or a negative errno */
int amp_core_console_init(struct core *core);
/** A life begins. @param fd  the relay's end; the console's own from now on. @return 0 or a negative errno */
int amp_core_console_open(struct core *core, int fd);
/** … and is over. */
void amp_core_console_close(struct core *core);

/* core_process.c */

/** Who hears of the process; each gets the core. */
struct core_ears {
	sd_event_io_handler_t on_uart;
	void (*on_monitor)(void *userdata, const char *event, const json_t *data);
	void (*on_exit)(void *userdata, const siginfo_t *info);
};

/** Starts the core's QEMU, its doorbell, its console and its monitor. @return 0 or a negative errno: nothing is left
 * open then */
int amp_core_spawn(struct core *core, const struct core_ears *ears);

/** The same for another QEMU, which stands still until it is told to `cont`; the core's own is as it was. */
int amp_core_spawn_other(struct core *core, const struct core_ears *ears, struct emulator *other);

/** The one becomes the core's, and the core's the other. Only the core's doorbell is heard. */
void amp_core_exchange(struct core *core, struct emulator *other);

/** Gives up another QEMU, which has ended. */
void amp_core_release_other(struct emulator *other);

/* core_spare.c */

/** The next life may be near: its QEMU is started, if there is none yet. */
void amp_core_spare_start(struct core *core);
/** The same, when this life has begun and there is time. */
void amp_core_spare_later(struct core *core);
/** It becomes that of the core, which is off, and runs. @return false: there is none that can */
bool amp_core_spare_take(struct core *core);
/** A process has ended. @return false: it was not the spare one */
bool amp_core_spare_ended(struct core *core, const siginfo_t *info);
/** Ends it. Context: blocks, for milliseconds. */
void amp_core_spare_drop(struct core *core);

/* core_suspend.c */

/**
 * Has a running core sleep. The end of it is told to Linux, if it asked for it.
 *
 * @param error  on failure: one line for people
 * @return enum amp_status
 */
uint32_t amp_core_suspend(struct core *core, char *error, size_t error_size);
/** … and go on. */
uint32_t amp_core_resume(struct core *core, char *error, size_t error_size);
/** The host that it has slept for goes, and the next one knows nothing of that: if it sleeps, it goes on. */
void amp_core_wake(struct core *core);
/** It says that it sleeps, or that it goes on. */
void amp_core_on_suspended(struct core *core);
void amp_core_on_resumed(struct core *core);
/** This life is over, or is to end. */
void amp_core_sleep_end(struct core *core);

/* core_swap.c */

/**
 * Has another firmware take over, under traffic. amp_relay_changed() tells of the end: core->swap is NULL then.
 *
 * @param image  taken over
 * @param error  on failure: one line for people
 * @return AMP_EXIT_OK: it is under way. AMP_EXIT_REFUSED: the core cannot be swapped, or not for this. AMP_EXIT_FAILED
 */
int amp_core_swap(struct core *core, struct staged_image *image, char *error, size_t error_size);
/** The old firmware has handed over. @return false: there is no swap that waits for it */
bool amp_core_swap_suspended(struct core *core);
/** The new firmware, or after all the old one, goes on. @return false: there is no swap that waits for it */
bool amp_core_swap_resumed(struct core *core);
/** The boot ROM has been heard. @return false: not that of a firmware that is to take over */
bool amp_core_swap_booted(struct core *core);
/** A QEMU has ended. @return false: that is no business of a swap */
bool amp_core_swap_ended(struct core *core, const siginfo_t *info);
/** A detector has fired. @return false: the core has crashed. true: the old firmware goes on in its stead */
bool amp_core_swap_crashed(struct core *core, const char *text);
/** This life is to end: no swap goes on. */
void amp_core_swap_end(struct core *core);
/** Frees what is left of one; its processes must be gone. */
void amp_core_swap_forget(struct core *core);

/* core_senses.c */

/** Starts to watch the heartbeat, and the watchdog if the relay is it. */
void amp_core_watch(struct core *core, core_detected_fn on_silence);
/** Stops it; the link is as it was. */
void amp_core_look_away(struct core *core);
void amp_core_unwatch(struct core *core);

/* core_hold.c */

/**
 * The core and its host stand still: nothing that is waited for from them is late. What is under way goes on, with the
 * time that it had left, after amp_core_release(). Both may be called again without harm.
 */
void amp_core_hold(struct core *core);
void amp_core_release(struct core *core);

/* core_clock.c */

/** The core has rung that it says what its clock says; the first time, that it can be asked. @param heard  when, ns */
void amp_core_clock_heard(struct core *core, uint64_t heard);
/** The life is over. */
void amp_core_clock_end(struct core *core);
/** The same for Linux, which has rung this core's control vector, for whatever reason. @param host  a copy */
void amp_linux_clock_heard(struct core *core, const struct amp_host *host, uint64_t heard);
/** Linux has been reset, or has gone. */
void amp_linux_clock_end(struct lab *lab);

/* core_crash.c */

/**
 * A detector fired: examine the core, then report to Linux. A stop that is under way goes on behind that. Ignored
 * unless the core is running or being stopped.
 *
 * @param text  one line; NULL lets the crash record tell
 */
void amp_core_crashed(struct core *core, enum amp_detector detector, const char *text);
/** Ends the examination with what is known. */
void amp_core_conclude(struct core *core);
/** Opens the firmware's symbols soon, so that a crash need not wait for it. */
void amp_core_prefetch_symbols(struct core *core);

/* core_babble.c */

/** A new life: it may ring as any other. */
void amp_core_babble_begin(struct core *core);
/** The host rang the core, which may answer. */
void amp_core_babble_credit(struct core *core);
/** It rang so many bytes: is that too much? Then its doorbell is not read for a while. */
void amp_core_babble_heard(struct core *core, uint32_t bytes);
/** It babbles no more. */
void amp_core_babble_end(struct core *core);

/* core_link.c */

/** A new life. */
void amp_core_link_begin(struct core *core);
/** The boot ROM has been heard, so the host has loaded the firmware. Context: reads a file. */
void amp_core_link_find(struct core *core);

/** Find the resource table alone, of a core that is about to start. @return whether there is one: core.link has it */
bool amp_core_link_table(struct core *core);

/* core_params.c */

/**
 * Keep the parameters for the next starts, in place of those before.
 * @param params  object of strings; NULL: none
 * @return false, and why: nothing has changed
 */
bool amp_core_params_take(struct core *core, const json_t *params, char *error, size_t error_size);

/** Write them to the table of the firmware that is about to start. @return false, and why: it must not start */
bool amp_core_params_put(struct core *core, char *text, size_t text_size);
/** The main loop runs: the link is waited for, within limits, before the core is said to have recovered. */
void amp_core_link_wait(struct core *core);
/** The core kicked: perhaps the link is up. */
void amp_core_link_look(struct core *core);
/** Its host has gone; another may come. */
void amp_core_link_down(struct core *core);
/** The life is over. */
void amp_core_link_end(struct core *core);
/** @return "up" and so on, in lower case */
const char *amp_core_link_name(const struct core *core);
/** @return true if something is wrong: the host cannot talk to the core */
bool amp_core_link_is_bad(const struct core *core);
/** @return what that is, for people */
const char *amp_core_link_text(const struct core *core);
/** Where a vring of the live table is, by offsets in the shared memory. @return false: it cannot be anywhere there */
bool amp_core_lay_out(const struct core *core, const struct fw_rsc_vdev_vring *place, struct amp_ring *ring,
                      struct amp_ring_fault *fault);

/* core_sniff.c */

/** A doorbell passes: takes the messages that are new, for those who listen. To be called before it is passed on. */
void amp_core_sniff_look(struct core *core);
/** The rings are not what they were: the power is off, or another life begins. */
void amp_core_sniff_end(struct core *core);
/** Something has been recorded. @param core  that it is about; NULL: the lab. @param text  a JSON object */
void amp_core_sniff_event(struct lab *lab, const struct core *core, const char *text, size_t len);
/** Writes a record (common/sniffed.h) for each channel that is known. @return bytes */
size_t amp_core_sniff_known(const struct core *core, uint8_t *records, size_t size);

/* core_report.c */

/**
 * Writes the report of a core in PHASE_CRASHED, and rings Linux if that is its host: again and again, ever less often,
 * until Linux has acknowledged it or stops the core.
 */
void amp_core_report(struct core *core);
/** Nobody need hear of it any more. */
void amp_core_report_end(struct core *core);

/* core_dump.c */

/** The text of a crash record that arrived before the core ran. */
void amp_core_boot_failure(const struct amp_remote *remote, char *out, size_t size);
/** @return all that is known of the last crash; it points into the core */
struct amp_postmortem amp_core_evidence(const struct core *core);
void amp_core_discard_evidence(struct core *core);
/** There are files of this life. Those of a life that is too long ago are removed. */
void amp_core_keep_dump(struct core *core, struct kept_dumps *kept, uint32_t epoch);
/** Has the files of the last crash written, soon and by another process. */
void amp_core_write_dump(struct core *core);
/** Waits until they have been, if there are any. Context: blocks, for milliseconds. */
void amp_core_finish_dump(struct core *core);

#endif /* AMPRELAY_RELAY_CORE_H */
