/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file wire.h
 * @brief Every number that the host's driver, the controller (relay) and a remote core share.
 *
 * The only header that the Linux driver, the relay and the firmware all include. WIRE.md explains it in prose and is
 * enough to write any of the three; this file is the same thing for a compiler.
 *
 * All integers are little-endian. Each structure below has ONE writer. Nobody trusts what another side wrote: a reader
 * copies a structure once, checks the copy, and then uses only the copy.
 *
 * "Offset" always counts from the start of the core's shared memory. The remote sees it at device address
 * `amp_soc.mem_da + offset`, the host at physical address `amp_host.mem_pa + offset`.
 */
#ifndef AMPRELAY_WIRE_H
#define AMPRELAY_WIRE_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/types.h>
#define AMP_WIRE_ASSERT(cond, text) static_assert(cond, text)
#else
#include <stdint.h>
#ifdef __cplusplus
#define AMP_WIRE_ASSERT(cond, text) static_assert(cond, text)
#else
#define AMP_WIRE_ASSERT(cond, text) _Static_assert(cond, text)
#endif
#endif

#include <amprelay/faults.h>

/* ------------------------------------------------------------------ doorbells */

/**
 * Doorbell bytes on the UART between relay and remote. Values below AMP_DB_NOTIFY_MAX are remoteproc notify ids: a kick
 * of that virtqueue, in either direction. A byte says "look at this ring", and may stand for many kicks.
 */
#define AMP_DB_NOTIFY_MAX 0x40u /**< notify ids are 0 … 63 */

#define AMP_DB_SHUTDOWN 0x80u /**< relay → remote: finish, answer AMP_DB_STOPPED, then wait for power-off */
#define AMP_DB_INJECT   0x81u /**< relay → remote: commit the fault named in amp_relay.inject */
#define AMP_DB_SUSPEND  0x82u /**< relay → remote: sleep, answer AMP_DB_SUSPENDED */
#define AMP_DB_RESUME   0x83u /**< relay → remote: go on, answer AMP_DB_RESUMED */
#define AMP_DB_HANDOVER 0x84u /**< relay → remote: as SUSPEND, with a record at AMP_HANDOVER_OFFSET */

#define AMP_DB_JOURNAL_TAKEN 0x88u /**< relay → remote: a buffer of the journal has been taken, and there is more */
#define AMP_DB_ASK_CLOCK                                                                               \
	0x89u /**< relay → remote: say in amp_remote.clock what your clock says, answer AMP_DB_CLOCK \
	       */

#define AMP_DB_BOOT      0xc0u /**< remote → relay: the boot ROM runs and its doorbell receives */
#define AMP_DB_READY     0xc1u /**< remote → relay: the firmware's main loop runs */
#define AMP_DB_TRACE     0xc2u /**< remote → relay: amp_remote.trace_head moved */
#define AMP_DB_CRASH     0xc3u /**< remote → relay: amp_remote.crash is complete */
#define AMP_DB_STOPPED   0xc4u /**< remote → relay: shutdown is done */
#define AMP_DB_SUSPENDED 0xc5u /**< remote → relay: it touches nothing any more, until RESUME */
#define AMP_DB_RESUMED   0xc6u /**< remote → relay: it has gone on, or has taken the link of amp_relay.takeover over */

#define AMP_DB_JOURNAL 0xc8u /**< remote → relay: a buffer of the journal is the relay's */
#define AMP_DB_CLOCK   0xc9u /**< remote → relay: amp_remote.clock is the answer; rung once unasked: it will answer */

/**
 * ivshmem doorbell vectors between Linux and the relay, the same number in both directions. The relay is the peer that
 * announces itself first; its id is AMP_IVSHMEM_RELAY_ID.
 */
#define AMP_IVSHMEM_RELAY_ID  0u
#define AMP_VECTOR_CONTROL    0u          /**< mailbox request / answer / crash report */
#define AMP_VECTOR_NOTIFY(id) ((id) + 1u) /**< virtqueue with notify id `id` */

/* ------------------------------------------------------------------ control block */

#define AMP_CTRL_MAGIC   0x52504d41u /**< "AMPR" */
#define AMP_CTRL_VERSION 2u
#define AMP_CTRL_OFFSET  0u /**< the control block starts the shared memory */
#define AMP_CTRL_SIZE    0x2000u

#define AMP_SOC_OFFSET    0x0000u
#define AMP_HOST_OFFSET   0x0400u
#define AMP_RELAY_OFFSET  0x0800u
#define AMP_REMOTE_OFFSET 0x1000u

/** Record of a link that is handed over, struct amp_hand_over (hand_over.h). Writer: the remote; when a new firmware
 * takes over, the relay has put the copy that it checked back here. */
#define AMP_HANDOVER_OFFSET 0x1400u
#define AMP_HANDOVER_SIZE   0x0c00u

#define AMP_NAME_LEN     16 /**< core and region names, NUL-terminated */
#define AMP_FIRMWARE_LEN 64 /**< firmware file name without a directory, NUL-terminated */
#define AMP_MAX_REGIONS  16

/** What a part of the shared memory is for. */
enum amp_region_kind {
	AMP_REGION_NONE = 0,
	AMP_REGION_CONTROL = 1,  /**< this control block */
	AMP_REGION_FIRMWARE = 2, /**< ELF segments go here, and nowhere else; code, data and stacks */
	AMP_REGION_TRACE = 3,    /**< the remote's trace buffer */
	AMP_REGION_VRING = 4,    /**< one vring; `name` is "vdevNvringM", `arg` its notify id */
	AMP_REGION_BUFFERS = 5,  /**< message buffers; `name` is "vdevNbuffer" */
	AMP_REGION_HEAP = 6,     /**< shared heap for bulk data */
	AMP_REGION_PRIVATE = 7,  /**< no part of the shared memory, but of the core's own, where the relay puts
	                            firmware: `offset` is a device address */
};

/** A part of the shared memory. */
struct amp_region {
	char name[AMP_NAME_LEN]; /**< as Linux names carveouts: "vdev0vring0", "vdev0buffer" … */
	uint16_t kind;           /**< enum amp_region_kind */
	uint16_t arg;            /**< depends on kind, else 0 */
	uint32_t size;           /**< bytes, multiple of 4096 */
	uint64_t offset;         /**< page aligned (4096) */
};

/**
 * What can be done to a core. START, STOP and LOAD are all denied to the host, or none: then the relay is the core's
 * owner, which starts it before any host comes, and again when it has crashed.
 */
enum amp_verb {
	AMP_VERB_START = 1u << 0,
	AMP_VERB_STOP = 1u << 1,
	AMP_VERB_LOAD = 1u << 2,  /**< say which firmware runs */
	AMP_VERB_DUMP = 1u << 3,  /**< keep the memory of a core that has crashed */
	AMP_VERB_DEBUG = 1u << 4, /**< halt it, look into it, break it on purpose */
};

#define AMP_VERBS_OF_OWNER (AMP_VERB_START | AMP_VERB_STOP | AMP_VERB_LOAD)

/** The SoC's description of this core. Writer: relay, before anyone else can see the memory; constant from then on. */
struct amp_soc {
	uint32_t magic;                  /**< AMP_CTRL_MAGIC */
	uint32_t version;                /**< AMP_CTRL_VERSION */
	char core[AMP_NAME_LEN];         /**< name of the core, "m3" */
	char firmware[AMP_FIRMWARE_LEN]; /**< default firmware file name */
	uint32_t elf_machine;            /**< e_machine that runs here: 40 ARM, 243 RISC-V, 183 AArch64 */
	uint32_t elf_class;              /**< 1 = ELFCLASS32, 2 = ELFCLASS64 */
	uint64_t mem_da;                 /**< remote's address of offset 0 */
	uint32_t mem_size;               /**< bytes; the memory does not cross a multiple of 4 GiB */
	uint32_t notify_ids;             /**< number of notify ids in use: 0 … notify_ids-1 */
	uint32_t num_regions;            /**< valid entries of `region` */
	uint32_t heartbeat_ms;           /**< the remote beats at least this often … */
	uint32_t heartbeat_timeout_ms;   /**< … and is dead after this long without */
	uint32_t watchdog_ms;            /**< watchdog period that the firmware programs */
	uint32_t denied;                 /**< what the host may not do: bits of enum amp_verb */
	uint32_t secure; /**< 1: the relay starts signed firmware only, which the host stages for it; else 0 */
	uint32_t reserved[2];
	struct amp_region region[AMP_MAX_REGIONS];
};

/**
 * The device address that 32 bits of a resource table of version 1 mean. Such a table has no room for more, and what it
 * tells the place of is in the shared memory: it gives the lower half of an address, of which that memory has the upper
 * one. Not for FW_RSC_ADDR_ANY.
 */
static inline uint64_t amp_table_da(uint64_t mem_da, uint32_t da)
{
	return (mem_da & ~(uint64_t)0xffffffffu) | da;
}

/** Requests of the host to the relay. */
enum amp_request {
	AMP_REQ_NONE = 0,
	AMP_REQ_RESET = 1, /**< the host's driver (re)starts: power the core off if the host may, forget; no argument */
	AMP_REQ_START = 2, /**< power on; arg = entry point (device address), `firmware` = file name for symbols */
	AMP_REQ_STOP = 3,  /**< shut down in order if the core still answers, power off; no argument */
	AMP_REQ_ATTACH = 4,  /**< the driver becomes the host of a core that runs; no argument */
	AMP_REQ_DETACH = 5,  /**< … and ceases to be: the core runs on, and nobody is its host; no argument */
	AMP_REQ_SUSPEND = 6, /**< the core sleeps, with all that it knows; no argument */
	AMP_REQ_RESUME = 7,  /**< … and goes on; no argument */
};

/** An entry of the resource table, in the vendors' range: a host that does not know it passes it over. */
#define AMP_RSC_JOURNAL     200u
#define AMP_JOURNAL_LEN_MAX (1u << 20)

/** The journal: trace without loss. */
struct amp_rsc_journal {
	uint32_t type; /**< AMP_RSC_JOURNAL */
	uint32_t da;   /**< of a struct amp_journal, and behind it two buffers of the same size; a multiple of 4 */
	uint32_t len;  /**< bytes of it all, at most AMP_JOURNAL_LEN_MAX */
	uint32_t reserved;
	char name[32];
};

/** Writer: the remote. The relay's part is amp_relay.journal_taken. */
struct amp_journal {
	uint32_t given;     /**< buffers given to the relay so far; the next one is number given % 2 */
	uint32_t filled[2]; /**< bytes in each */
	uint32_t lost;      /**< lines that found no room in time, so far */
};

/** What a machine's own clock said when it was asked. Writer: the machine. */
struct amp_clock {
	uint32_t asked; /**< number of the question that this answers. Stored last */
	uint32_t reserved;
	uint64_t ns; /**< of the clock that stamps the machine's log */
};

/** Host state, informational. */
enum amp_host_state {
	AMP_HOST_ABSENT = 0, /**< no driver bound */
	AMP_HOST_BOUND = 1,  /**< driver bound */
};

/**
 * Writer: the host's driver.
 *
 * Mailbox: fill `op`, `arg`, `firmware`, then store `req_seq` = last answered sequence + 1 with release order, then
 * ring AMP_VECTOR_CONTROL. The answer is there when amp_relay.resp_seq equals it. One request at a time.
 */
struct amp_host {
	uint64_t mem_pa; /**< host physical address of offset 0: vring descriptors hold addresses relative to it */
	uint32_t state;  /**< enum amp_host_state */
	uint32_t epoch;  /**< grows by one each time a driver binds */
	uint32_t req_seq;
	uint32_t op;  /**< enum amp_request */
	uint64_t arg; /**< of the request */
	char firmware[AMP_FIRMWARE_LEN];
	uint32_t staged;         /**< bytes of a firmware file that stands at the start of the firmware region, for the
	                            relay to take and to load; 0: the host has loaded it */
	uint32_t signature_size; /**< bytes of its signature, directly behind it; 0: none */
	struct amp_clock clock;  /**< ns is not 0: the driver answers amp_relay.host_clock_asked */
	uint32_t report_ack;     /**< last amp_relay.report_seq that the host has taken */
	uint32_t reserved[17];
};

/** Answer of the relay to a request. */
enum amp_status {
	AMP_OK = 0,
	AMP_EINVAL = 1,       /**< no such request, entry point outside the firmware region, or a bad name */
	AMP_EBUSY = 2,        /**< the core is already in that state, or in transition */
	AMP_ETIMEDOUT = 3,    /**< the core did not answer in time */
	AMP_EIO = 4,          /**< the core could not be powered on, or died while starting */
	AMP_EPERM = 5,        /**< the core's owner does not let the host do this */
	AMP_EKEYREJECTED = 6, /**< the core takes signed firmware only, and this one is not signed as it should be */
};

/** State of the core as its power controller sees it. */
enum amp_core_state {
	AMP_CORE_OFF = 0,
	AMP_CORE_STARTING = 1, /**< powered, boot ROM not heard yet */
	AMP_CORE_RUNNING = 2,
	AMP_CORE_STOPPING = 3,
	AMP_CORE_CRASHED = 4, /**< reported to the host, which has not asked for a stop yet */
};

/** Whom the core's kicks and crash reports are for, and whose kicks it gets. */
enum amp_core_host {
	AMP_CORE_HOST_NONE = 0,   /**< nobody: it is off, or runs by itself and can be attached to */
	AMP_CORE_HOST_DRIVER = 1, /**< the driver that started it or attached to it; it may be gone, with its Linux */
	AMP_CORE_HOST_RELAY = 2,  /**< the relay, which speaks RPMsg with it */
};

/** How bad it was; the driver maps these to enum rproc_crash_type. */
enum amp_report_type {
	AMP_REPORT_NONE = 0,
	AMP_REPORT_FATAL = 1,    /**< RPROC_FATAL_ERROR */
	AMP_REPORT_WATCHDOG = 2, /**< RPROC_WATCHDOG */
	AMP_REPORT_MMUFAULT = 3, /**< RPROC_MMUFAULT */
};

/* Each row of the tables in faults.h is one member of an enum: AMP_DETECTOR_EXIT = 2, AMP_FAULT_BUS = 2 … */
#define AMP_DETECTOR_MEMBER_(number, id, ...) AMP_DETECTOR_##id = (number),
#define AMP_CRASH_MEMBER_(number, id, ...)    AMP_CRASH_##id = (number),
#define AMP_FAULT_MEMBER_(number, id, ...)    AMP_FAULT_##id = (number),

/** Which of the system's senses noticed: AMP_DETECTORS. */
enum amp_detector {
	AMP_DETECTORS(AMP_DETECTOR_MEMBER_) AMP_DETECTOR_COUNT
};

/** Faults that a firmware commits on request (AMP_DB_INJECT): AMP_FAULTS. */
enum amp_fault {
	AMP_FAULT_NONE = 0,
	AMP_FAULTS(AMP_FAULT_MEMBER_) AMP_FAULT_COUNT
};

#define AMP_SYMBOL_LEN 48
#define AMP_TEXT_LEN   128

/** Writer: relay. */
struct amp_relay {
	uint32_t resp_seq;    /**< sequence number of the request answered last */
	uint32_t resp_status; /**< enum amp_status */
	uint32_t state;       /**< enum amp_core_state */
	uint32_t epoch;       /**< grows by one at every power-on */
	uint32_t reserved0;
	uint32_t inject;              /**< enum amp_fault, read by the remote on AMP_DB_INJECT */
	char resp_text[AMP_TEXT_LEN]; /**< why a request failed, one line, NUL-terminated */
	/* crash report: complete when report_seq grows; the host only copies report_seq to report_ack */
	uint32_t report_seq;
	uint32_t report_type;               /**< enum amp_report_type */
	uint32_t report_detector;           /**< enum amp_detector */
	uint32_t host;                      /**< enum amp_core_host; no part of the report */
	uint64_t report_pc;                 /**< where the core was, 0 if unknown */
	uint64_t report_lr;                 /**< who called, 0 if unknown */
	char report_text[AMP_TEXT_LEN];     /**< one line for people: "undefined instruction" … */
	char report_pc_sym[AMP_SYMBOL_LEN]; /**< "function+0x12 (file.c:34)", empty if unknown */
	char report_lr_sym[AMP_SYMBOL_LEN];
	uint64_t boot_addr; /**< entry point that the boot ROM jumps to */
	/* of the firmware that runs; complete when ATTACH is answered */
	uint64_t table_da;   /**< where the core has its resource table; 0: it has none */
	uint32_t table_size; /**< bytes of it */
	uint32_t reserved[13];
	uint32_t clock_asked;      /**< number of the last AMP_DB_ASK_CLOCK */
	uint32_t host_clock_asked; /**< the same for the host, which is rung with AMP_VECTOR_CONTROL */
	uint32_t journal_taken;    /**< buffers of the journal that the relay has taken in this life */
	uint32_t reserved2[5];
	uint32_t takeover;  /**< epoch of the life whose link the firmware is to take over; 0: none */
	uint32_t swaps;     /**< how often another firmware has taken the core over since the lab is up */
	uint32_t suspended; /**< 1: the core sleeps */
	uint32_t reserved3;
};

/** Why the core stopped, as its fault handler or its boot ROM says: AMP_CRASH_CAUSES. */
enum amp_crash_cause {
	AMP_CRASH_CAUSES(AMP_CRASH_MEMBER_) AMP_CRASH_COUNT
};

#define AMP_CRASH_MAGIC       0x48535243u /**< "CRSH" */
#define AMP_CRASH_REGS        40
#define AMP_CRASH_STATUS      8
#define AMP_CRASH_STACK_WORDS 32
#define AMP_BUILD_ID_LEN      20

/**
 * Crash record. Written by the remote's fault handler; `magic` is written last, then AMP_DB_CRASH is rung. The relay
 * clears `magic` at every power-on.
 */
struct amp_crash {
	uint32_t magic;                    /**< AMP_CRASH_MAGIC when complete */
	uint32_t epoch;                    /**< amp_relay.epoch of the life that crashed */
	uint32_t cause;                    /**< enum amp_crash_cause */
	uint32_t arch;                     /**< e_machine: tells what `reg` and `status` mean */
	uint64_t reg[AMP_CRASH_REGS];      /**< in the order of registers.h */
	uint64_t status[AMP_CRASH_STATUS]; /**< fault status, in the order of registers.h */
	uint32_t stack_da;                 /**< device address of stack[0], its lower half */
	uint32_t stack_words;              /**< valid entries of `stack` */
	uint32_t stack[AMP_CRASH_STACK_WORDS];
	uint32_t stack_da_high; /**< the upper half: 0 in version 1, which had none */
	uint32_t reserved;
	char text[AMP_TEXT_LEN]; /**< assertion text and place, NUL-terminated, may be empty */
};

/** The device address of `crash->stack[0]`. */
static inline uint64_t amp_crash_stack_da(const struct amp_crash *crash)
{
	return (uint64_t)crash->stack_da_high << 32 | crash->stack_da;
}

/** State of the remote, by itself. */
enum amp_remote_state {
	AMP_REMOTE_RESET = 0,
	AMP_REMOTE_BOOTROM = 1,
	AMP_REMOTE_RUNNING = 2,
	AMP_REMOTE_STOPPED = 3,
	AMP_REMOTE_CRASHED = 4,
	AMP_REMOTE_SUSPENDED = 5,
};

/**
 * What a firmware measures of itself, and tells about once a second. Each word is whole; together they are of about the
 * same time.
 */
struct amp_usage {
	uint32_t told;          /**< how often it has; 0: nothing of this is known. Stored last */
	uint32_t load_permille; /**< of the last second, not asleep */
	uint32_t stack_size;    /**< bytes of the main stack … */
	uint32_t stack_used;    /**< … and how deep it has ever been */
	uint32_t heap_size;     /**< bytes; 0: it has no heap */
	uint32_t heap_used;
	uint32_t memory_used; /**< bytes of the firmware's region that code, data and stacks take */
};

/** Writer: the remote core (boot ROM, then firmware). */
struct amp_remote {
	uint32_t state;        /**< enum amp_remote_state */
	uint32_t epoch;        /**< amp_relay.epoch as the boot ROM found it */
	uint32_t heartbeat;    /**< grows with every beat, from interrupt context */
	uint32_t trace_head;   /**< bytes ever written to the trace region; position is this modulo its size */
	uint32_t build_id_len; /**< bytes valid in build_id, 0 … 20 */
	uint8_t build_id[AMP_BUILD_ID_LEN]; /**< the firmware's GNU build id */
	uint32_t watchdog; /**< of a core whose watchdog is the relay: grows with each feeding; 0 = stopped */
	struct amp_usage usage;
	uint32_t reserved0[2];
	struct amp_clock clock;
	uint32_t reserved[8];
	struct amp_crash crash;
};

AMP_WIRE_ASSERT(sizeof(struct amp_region) == 32, "amp_region is 32 bytes");
AMP_WIRE_ASSERT(sizeof(struct amp_soc) == 144 + 32 * AMP_MAX_REGIONS, "amp_soc has no holes");
AMP_WIRE_ASSERT(AMP_SOC_OFFSET + sizeof(struct amp_soc) <= AMP_HOST_OFFSET, "amp_soc fits");
AMP_WIRE_ASSERT(sizeof(struct amp_host) == 192, "amp_host is 192 bytes");
AMP_WIRE_ASSERT(AMP_HOST_OFFSET + sizeof(struct amp_host) <= AMP_RELAY_OFFSET, "amp_host fits");
AMP_WIRE_ASSERT(sizeof(struct amp_relay) == 528, "amp_relay has no holes");
AMP_WIRE_ASSERT(AMP_RELAY_OFFSET + sizeof(struct amp_relay) <= AMP_REMOTE_OFFSET, "amp_relay fits");
AMP_WIRE_ASSERT(sizeof(struct amp_crash) ==
                        16 + 8 * (AMP_CRASH_REGS + AMP_CRASH_STATUS) + 16 + 4 * AMP_CRASH_STACK_WORDS + AMP_TEXT_LEN,
                "amp_crash has no holes");
AMP_WIRE_ASSERT(AMP_REMOTE_OFFSET + sizeof(struct amp_remote) <= AMP_HANDOVER_OFFSET, "amp_remote fits");
AMP_WIRE_ASSERT(AMP_HANDOVER_OFFSET + AMP_HANDOVER_SIZE <= AMP_CTRL_SIZE, "the hand-over record fits");

#endif /* AMPRELAY_WIRE_H */
