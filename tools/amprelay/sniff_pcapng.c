// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capture files in the format pcapng, which Wireshark and tshark read: three kinds of block, a header and options each.
 * The packet of a message is its buffer's bytes, RPMsg header first; the direction is in the packet's flags. An event
 * is a packet of its own, its JSON text, and a comment, which Wireshark lists and marks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "event_reader.h"
#include "sniff.h"

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    6u
#define LINK_RPMSG      147u /* LINKTYPE_USER0 */
#define LINK_EVENT      148u /* LINKTYPE_USER1 */
#define INBOUND         1u
#define OUTBOUND        2u
#define BLOCK_MAX       (AMP_SNIFFED_MAX * 2 + 4096u)

enum option {
	OPTION_END,
	OPTION_COMMENT,
	OPTION_NAME = 2,        /* of an interface */
	OPTION_FLAGS = 2,       /* of a packet */
	OPTION_DESCRIPTION = 3, /* of an interface */
	OPTION_APPLICATION = 4, /* of a section */
	OPTION_RESOLUTION = 9,  /* of an interface */
};

struct pcapng_sink {
	struct sniff_sink sink;
	FILE *file;
	uint64_t offset;
	char interface[SNIFF_LINKS + 1][sizeof(((struct sniff_link *)0)->core)];
	uint32_t interfaces;
};

/* ------------------------------------------------------------------ blocks */

/* A block that is being made. What does not fit is left out: callers keep to the sizes above. */
struct block {
	uint8_t bytes[BLOCK_MAX];
	uint32_t fill;
};

static void put(struct block *block, const void *data, uint32_t len)
{
	uint32_t padded = (len + 3) & ~3u;

	if (padded > sizeof(block->bytes) - block->fill)
		return;
	memset(block->bytes + block->fill, 0, padded);
	memcpy(block->bytes + block->fill, data, len);
	block->fill += padded;
}

static void put32(struct block *block, uint32_t value)
{
	put(block, &value, sizeof(value));
}

static void begin_block(struct block *block, uint32_t type)
{
	block->fill = 0;
	put32(block, type);
	put32(block, 0); /* the length, when it is known */
}

static void put_option(struct block *block, enum option option, const void *data, uint32_t len)
{
	put32(block, (uint32_t)option | len << 16);
	put(block, data, len);
}

static void end_block(struct block *block, FILE *file)
{
	uint32_t len;

	put32(block, OPTION_END);
	len = block->fill + (uint32_t)sizeof(len);
	put32(block, len);
	memcpy(block->bytes + sizeof(uint32_t), &len, sizeof(len));
	fwrite(block->bytes, 1, len, file);
}

static void write_section(FILE *file)
{
	static const char application[] = "amprelay " AMPRELAY_VERSION;
	const uint64_t unknown = UINT64_MAX;
	struct block block;

	begin_block(&block, BLOCK_SECTION);
	put32(&block, 0x1a2b3c4du); /* tells the byte order */
	put32(&block, 1);           /* version 1.0 */
	put(&block, &unknown, sizeof(unknown));
	put_option(&block, OPTION_APPLICATION, application, sizeof(application) - 1);
	end_block(&block, file);
}

static void write_interface(FILE *file, uint32_t link_type, const char *name, const char *description)
{
	const uint8_t nanoseconds = 9;
	struct block block;

	begin_block(&block, BLOCK_INTERFACE);
	put32(&block, link_type);
	put32(&block, AMP_SNIFFED_MAX);
	put_option(&block, OPTION_NAME, name, (uint32_t)strlen(name));
	put_option(&block, OPTION_DESCRIPTION, description, (uint32_t)strlen(description));
	put_option(&block, OPTION_RESOLUTION, &nanoseconds, 1);
	end_block(&block, file);
}

/* The interface of that name; it is declared when it is needed first. */
static uint32_t interface_of(struct pcapng_sink *pcapng, const char *name, uint32_t link_type)
{
	char description[64];
	uint32_t new = pcapng->interfaces;

	for (uint32_t i = 0; i < pcapng->interfaces; i++) {
		if (strcmp(pcapng->interface[i], name) == 0)
			return i;
	}
	if (new == SNIFF_LINKS + 1)
		return new - 1;
	snprintf(pcapng->interface[new], sizeof(pcapng->interface[new]), "%s", name);
	amp_text(description, sizeof(description), "%s%s",
	         link_type == LINK_EVENT ? "what happened in the lab" : "RPMsg link of core ",
	         link_type == LINK_EVENT ? "" : name);
	write_interface(pcapng->file, link_type, name, description);
	pcapng->interfaces++;
	return new;
}

static void begin_packet(struct block *block, uint32_t interface, uint64_t t, const void *data, uint32_t kept,
                         uint32_t whole)
{
	begin_block(block, BLOCK_PACKET);
	put32(block, interface);
	put32(block, (uint32_t)(t >> 32));
	put32(block, (uint32_t)t);
	put32(block, kept);
	put32(block, whole);
	put(block, data, kept);
}

/* ------------------------------------------------------------------ packets */

static void write_message(struct sniff_sink *sink, const struct sniff_message *message)
{
	struct pcapng_sink *pcapng = (void *)sink;
	const uint32_t direction = message->direction == AMP_TO_HOST ? INBOUND : OUTBOUND;
	uint32_t interface = interface_of(pcapng, message->core, LINK_RPMSG);
	struct block block;

	begin_packet(&block, interface, message->t + pcapng->offset, message->bytes, message->kept, message->whole);
	put_option(&block, OPTION_FLAGS, &direction, sizeof(direction));
	end_block(&block, pcapng->file);
}

static void write_event(struct sniff_sink *sink, const struct sniff_event *event)
{
	struct pcapng_sink *pcapng = (void *)sink;
	const char *ev = amp_event_string(event->object, "ev");
	uint32_t interface = interface_of(pcapng, "events", LINK_EVENT);
	uint32_t len = event->len < AMP_SNIFFED_MAX ? (uint32_t)event->len : AMP_SNIFFED_MAX;
	char details[1024], comment[1280];
	struct block block;

	begin_packet(&block, interface, event->t + pcapng->offset, event->text, len, len);
	if (strcmp(ev, "wire.channel") != 0) {
		amp_sniff_describe(event, details, sizeof(details));
		amp_text(comment, sizeof(comment), "%s%s%s: %s", event->core, event->core[0] ? " " : "", ev, details);
		put_option(&block, OPTION_COMMENT, comment, (uint32_t)strlen(comment));
	}
	end_block(&block, pcapng->file);
}

/* A capture that is cut off by a signal, or read while it grows, has whole blocks. */
static bool flush_pcapng(struct sniff_sink *sink)
{
	struct pcapng_sink *pcapng = (void *)sink;

	return fflush(pcapng->file) == 0 && !ferror(pcapng->file);
}

static bool close_pcapng(struct sniff_sink *sink)
{
	struct pcapng_sink *pcapng = (void *)sink;
	bool written = flush_pcapng(sink);

	if (fclose(pcapng->file) && written)
		written = false;
	return written;
}

struct sniff_sink *amp_sniff_pcapng(FILE *file, uint64_t offset)
{
	static struct pcapng_sink pcapng;

	pcapng = (struct pcapng_sink){
		.sink = {.message = write_message, .event = write_event, .flush = flush_pcapng, .close = close_pcapng},
		.file = file,
		.offset = offset,
	};
	setvbuf(file, NULL, _IOFBF, 1 << 16);
	write_section(file);
	return &pcapng.sink;
}
