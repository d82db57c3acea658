/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What passes between the cores, on its way from the relay's records (common/sniffed.h), or from a kernel log, to text
 * or a file: names of channels are added, and what the user does not want to see is left out.
 */
#ifndef AMPRELAY_SNIFF_H
#define AMPRELAY_SNIFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/channel_names.h"
#include "common/sniffed.h"

#define SNIFF_LINKS    16u /**< cores that are told apart */
#define SNIFF_CHANNELS 16u /**< names that may be asked for */

/** A message, for a sink. */
struct sniff_message {
	uint64_t t; /**< nanoseconds, as in struct amp_sniffed */
	const char *core;
	enum amp_direction direction;
	const char *channel; /**< NULL: not known */
	struct amp_rpmsg head;
	const uint8_t *bytes; /**< as it lay in its buffer, header and all … */
	uint32_t kept, whole; /**< … so many of so many bytes */
};

/** An event, for a sink. */
struct sniff_event {
	uint64_t t;
	const char *core; /**< empty: of the lab */
	const char *text; /**< the JSON object as it came … */
	size_t len;
	json_t *object; /**< … and what it says */
};

/** Where messages and events go. */
struct sniff_sink {
	struct sniff_sink *next;
	void (*message)(struct sniff_sink *sink, const struct sniff_message *message);
	void (*event)(struct sniff_sink *sink, const struct sniff_event *event);
	/** After each portion: hands on what there is. @return false with errno if it cannot be written */
	bool (*flush)(struct sniff_sink *sink);
	/** No more will come. @return as above */
	bool (*close)(struct sniff_sink *sink);
};

struct sniffer {
	struct sniff_sink *sinks;
	const char *channel[SNIFF_CHANNELS]; /**< only messages of these … */
	size_t channels;                     /**< … unless this is 0 */
	uint64_t limit;                      /**< the end after so many messages; 0: none */
	uint64_t messages, lost;             /**< shown; missed, by the gaps' counts */
	bool failed;                         /**< a sink could not be written … */
	int error;                           /**< … with this errno */
	struct sniff_link {
		char core[sizeof(((struct amp_sniffed *)0)->core) + 1];
		struct amp_names names;
	} link[SNIFF_LINKS];
	size_t links;
};

/** One packet of records. @return false: it is enough, or a sink has failed */
bool amp_sniffer_take(struct sniffer *sniffer, const void *records, size_t len);

/** One message that does not come from the relay. Otherwise as amp_sniffer_take(). */
bool amp_sniffer_message(struct sniffer *sniffer, const struct amp_sniffed *head, const uint8_t *bytes);

/** "key=value key=value": what an event says beside its time, name and core. */
void amp_sniff_describe(const struct sniff_event *event, char *out, size_t size);

/* sniff_text.c */

/* Each of these is there once in a program. */

/** Lines for people, or with --json for programs. @param start  "t" that people count from */
struct sniff_sink *amp_sniff_text(uint64_t start, bool hex);

/* sniff_pcapng.c */

/**
 * A capture file: one interface for each core (link type USER0: RPMsg header and payload), one for events (USER1).
 *
 * @param file    its stream; is closed with the sink
 * @param offset  nanoseconds from the messages' clock to 1970
 */
struct sniff_sink *amp_sniff_pcapng(FILE *file, uint64_t offset);

/* sniff_trace.c */

/** A timeline for ui.perfetto.dev. @param file  its stream; is closed with the sink */
struct sniff_sink *amp_sniff_trace(FILE *file);

/* sniff_log.c */

/**
 * Takes the messages out of a Linux kernel log in which virtio_rpmsg_bus says what it sends and receives
 * (docs/how-to/watch-the-wire.md).
 *
 * @return messages found; -1 with errno if it cannot be read, or with errno 0: a sink could not be written
 */
long amp_sniff_kernel_log(struct sniffer *sniffer, FILE *log, const char *core);

#endif /* AMPRELAY_SNIFF_H */
