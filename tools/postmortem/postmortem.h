/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a dead core leaves behind: its registers, an ELF core file for gdb, and a report for people.
 *
 * The caller first copies what it needs (crash record, shared memory, register text), because the host may reload the
 * core at any moment, then asks for the one-line summary that recovery waits for, and writes the files when there is
 * time.
 *
 * Everything that came from the core (crash record, memory, register text) is untrusted: counts are bounded, texts are
 * terminated and stripped of control characters.
 *
 * Context: one thread; the two writers do file input and output.
 */
#ifndef AMPRELAY_POSTMORTEM_H
#define AMPRELAY_POSTMORTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <amprelay/wire.h>

#include "symbols.h"

/** Most general registers of any architecture below. */
#define AMP_MAX_REGISTERS AMP_CRASH_REGS

/** The evidence. All pointers belong to the caller and stay valid during the calls. */
struct amp_postmortem {
	const char *core;     /**< name of the core */
	uint32_t epoch;       /**< of the life that ended, as the relay counts it */
	uint16_t elf_machine; /**< e_machine of the core */
	enum amp_detector detector;
	const char *text;                /**< one line: what the detector says; NULL if the crash record is to tell */
	const struct amp_remote *remote; /**< a private copy of the remote's words; NULL if there is none */
	const char *registers; /**< QEMU's `info registers`, or a locked-up QEMU's stderr; NULL if there is none */
	const uint8_t *memory; /**< a private copy, or the mapping, of the shared memory; NULL if there is none */
	size_t memory_size;
	uint64_t memory_da;          /**< device address of memory[0] */
	uint32_t trace_offset;       /**< trace region in memory; the report quotes its last lines */
	uint32_t trace_size;         /**< bytes, 0 if there is none */
	const char *firmware;        /**< path of the firmware's ELF file, NULL if unknown */
	struct amp_symbols *symbols; /**< handle to use; it is opened on `firmware` as needed */
};

/** Where the registers came from. */
enum amp_registers_source {
	AMP_REGISTERS_NONE,
	AMP_REGISTERS_CRASH_RECORD, /**< the core's own fault handler */
	AMP_REGISTERS_QEMU,         /**< the processor model, from outside */
};

struct amp_registers {
	enum amp_registers_source source;
	unsigned int count; /**< valid entries of value[], in the order of struct amp_crash */
	uint64_t value[AMP_MAX_REGISTERS];
	uint64_t valid; /**< bit n: value[n] is known */
};

/** What recovery waits for: enough for amp_relay.report_* and the flight record. */
struct amp_postmortem_summary {
	struct amp_registers registers;
	uint32_t cause;              /**< enum amp_crash_cause; AMP_CRASH_NONE without a valid crash record */
	uint64_t pc, lr;             /**< 0 if unknown */
	char text[AMP_TEXT_LEN];     /**< one line: what happened */
	char pc_sym[AMP_SYMBOL_LEN]; /**< "function+0x12 (file.c:34)", empty if unknown */
	char lr_sym[AMP_SYMBOL_LEN];
	char no_symbols[AMP_SYMBOLS_TEXT]; /**< why there are none; empty if there are */
};

/** @return text for people of an enum amp_crash_cause, never NULL. */
const char *amp_postmortem_cause_text(uint32_t cause);

/** @return short name of an enum amp_crash_cause, as in the flight record ("undefined", "bus" …), never NULL. */
const char *amp_postmortem_cause_name(uint32_t cause);

/** @return "fault-handler", "exit", "watchdog", "heartbeat" or "none": the names of the flight record. */
const char *amp_detector_name(uint32_t detector);

/** @return true if the crash record is complete and belongs to the life `epoch`. */
bool amp_postmortem_record_valid(const struct amp_crash *crash, uint32_t epoch);

/** Reads registers, crash record and symbols. Never fails: what cannot be known is left empty. */
void amp_postmortem_summarise(const struct amp_postmortem *pm, struct amp_postmortem_summary *summary);

/**
 * Writes an ELF core file: `gdb-multiarch FIRMWARE PATH -ex bt` shows registers, memory and the call chain. Pages that
 * are all zero take no space in the file. Written under a temporary name beside it and renamed.
 *
 * @return 0, or a negative errno (-ENOTSUP if the architecture has no core format here); nothing is left behind then
 */
int amp_postmortem_write_core(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                              const char *path);

/** Prints the report for people, as below. */
void amp_postmortem_print_report(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                                 FILE *out);

/**
 * Writes the report for people: cause, registers, fault status bits by name, stack with symbols, build id, last lines
 * of the trace buffer. Written under a temporary name and renamed.
 *
 * @return 0, or a negative errno; nothing is left behind then
 */
int amp_postmortem_write_report(const struct amp_postmortem *pm, const struct amp_postmortem_summary *summary,
                                const char *path);

#endif
