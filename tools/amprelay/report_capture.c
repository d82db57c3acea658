// SPDX-License-Identifier: GPL-2.0-only
#include "report_capture.h"

#include <amprelay/wire.h>
#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "event_reader.h"

/* Blocks and options of the format (draft-ietf-opsawg-pcapng). */
#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    6u
#define BYTE_ORDER_MARK 0x1a2b3c4du
#define OPT_IF_NAME     2u
#define OPT_IF_TSRESOL  9u
#define OPT_EPB_FLAGS   2u
#define OUTBOUND        2u   /* in the flags: to the core */
#define LINK_RPMSG      147u /* LINKTYPE_USER0: a message, its header first */
#define LINK_EVENT      148u /* LINKTYPE_USER1: a record of the listener's, as JSON */

#define BLOCK_MAX    (1u << 20)
#define LINKS_MAX    16
#define NAMES_MAX    256
#define MESSAGES_MAX 100000
#define SHOWN_MAX    128 /* bytes of a payload */

#define HEADER_SIZE 16u
#define NS_ADDR     0x35u
#define NS_NAME     32u
#define NS_SIZE     40u

struct link {
	uint16_t type;
	char core[32];
	uint64_t ticks; /* a second */
};

struct name {
	char core[32];
	uint32_t addr;
	char text[NS_NAME + 1];
};

struct capture {
	const char *path;
	bool swapped;
	int64_t shift; /* to the host's monotonic clock, nanoseconds */
	unsigned int num_links;
	struct link link[LINKS_MAX];
	unsigned int num_names;
	struct name name[NAMES_MAX];
	json_t *messages, *notes;
};

static uint32_t word(const struct capture *c, const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return c->swapped ? __builtin_bswap32(value) : value;
}

static uint16_t half(const struct capture *c, const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return c->swapped ? __builtin_bswap16(value) : value;
}

static void note(struct capture *c, const char *what)
{
	char text[512], clean[512];

	snprintf(text, sizeof(text), "%s: %s.", strrchr(c->path, '/') + 1, what);
	amp_text_clean(clean, sizeof(clean), text, sizeof(text));
	json_array_append_new(c->notes, json_string(clean));
}

/* ------------------------------------------------------------------ the format */

/* The value of an option, or NULL. */
static const uint8_t *option(const struct capture *c, const uint8_t *at, const uint8_t *end, uint16_t wanted,
                             uint16_t *len)
{
	while (end - at >= 4) {
		uint16_t code = half(c, at), size = half(c, at + 2);

		at += 4;
		if (code == 0 || size > end - at)
			return NULL;
		if (code == wanted) {
			*len = size;
			return at;
		}
		size = (uint16_t)((size + 3u) & ~3u);
		if (size > end - at)
			return NULL;
		at += size;
	}
	return NULL;
}

static uint64_t resolution(uint8_t value)
{
	uint64_t ticks = 1;

	if (value & 0x80)
		return (value & 0x7f) < 63 ? (uint64_t)1 << (value & 0x7f) : 0;
	for (; value > 0 && ticks < UINT64_MAX / 10; value--)
		ticks *= 10;
	return ticks;
}

static void add_link(struct capture *c, const uint8_t *body, size_t size)
{
	struct link *link = &c->link[c->num_links];
	const uint8_t *value;
	uint16_t len;

	if (size < 8 || c->num_links == LINKS_MAX)
		return;
	*link = (struct link){.type = half(c, body), .ticks = 1000000};
	value = option(c, body + 8, body + size, OPT_IF_NAME, &len);
	if (value)
		amp_text_clean(link->core, sizeof(link->core), (const char *)value, len);
	else
		snprintf(link->core, sizeof(link->core), "core%u", c->num_links);
	value = option(c, body + 8, body + size, OPT_IF_TSRESOL, &len);
	if (value && len == 1)
		link->ticks = resolution(value[0]);
	c->num_links++;
}

/* ------------------------------------------------------------------ messages */

static const char *find_name(const struct capture *c, const char *core, uint32_t addr)
{
	for (unsigned int i = c->num_names; i > 0; i--) {
		if (c->name[i - 1].addr == addr && strcmp(c->name[i - 1].core, core) == 0)
			return c->name[i - 1].text;
	}
	return NULL;
}

static void set_name(struct capture *c, const char *core, uint32_t addr, const char *text, size_t len)
{
	struct name *name = &c->name[c->num_names];

	if (c->num_names == NAMES_MAX)
		return;
	amp_text_clean(name->text, sizeof(name->text), text, len);
	amp_text_clean(name->core, sizeof(name->core), core, SIZE_MAX);
	name->addr = addr;
	c->num_names++;
}

/* An announcement: from now on that address has a name. */
static void learn(struct capture *c, const char *core, const uint8_t *payload, size_t len)
{
	uint32_t addr;

	if (len < NS_SIZE)
		return;
	memcpy(&addr, payload + NS_NAME, sizeof(addr)); /* the wire is little-endian, as this machine */
	set_name(c, core, addr, (const char *)payload, NS_NAME);
}

/* What the listener knew before it listened, and what it could not read in time. The rest is in the flight record. */
static void add_event(struct capture *c, uint64_t t, const uint8_t *data, size_t len)
{
	json_t *event = json_loadb((const char *)data, len, 0, NULL);
	const char *ev = amp_event_string(event, "ev"), *name = amp_event_string(event, "name");

	if (strcmp(ev, "wire.channel") == 0)
		set_name(c, amp_event_string(event, "core"), (uint32_t)amp_event_integer(event, "addr", 0), name,
		         strlen(name));
	else if (strcmp(ev, "wire.gap") == 0)
		json_array_append_new(c->messages,
		                      json_pack("[I, s, b, i, i, s, I, s, s]", (json_int_t)t,
		                                amp_event_string(event, "core"),
		                                strcmp(amp_event_string(event, "direction"), "to-remote") != 0, 0, 0,
		                                "missed", (json_int_t)amp_event_integer(event, "count", 0), "", "gap"));
	json_decref(event);
}

static void add_message(struct capture *c, const char *core, uint64_t t, bool to_host, const uint8_t *data, size_t len)
{
	const uint8_t *payload = data + HEADER_SIZE;
	char hex[2 * SHOWN_MAX + 1], number[16];
	uint32_t src, dst;
	const char *name;
	uint16_t size;

	if (len < HEADER_SIZE)
		return;
	memcpy(&src, data, sizeof(src));
	memcpy(&dst, data + 4, sizeof(dst));
	memcpy(&size, data + 12, sizeof(size));
	len -= HEADER_SIZE;
	if (dst == NS_ADDR)
		learn(c, core, payload, len);
	amp_text_hex(hex, payload, len < SHOWN_MAX ? len : SHOWN_MAX);
	snprintf(number, sizeof(number), "0x%x", to_host ? src : dst);
	name = dst == NS_ADDR ? "name service" : find_name(c, core, to_host ? src : dst);
	if (!name)
		name = find_name(c, core, to_host ? dst : src);
	json_array_append_new(c->messages,
	                      json_pack("[I, s, b, I, I, s, i, s]", (json_int_t)t, core, to_host, (json_int_t)src,
	                                (json_int_t)dst, name && name[0] ? name : number, (int)size, hex));
}

static void add_packet(struct capture *c, const uint8_t *body, size_t size)
{
	uint32_t link, captured;
	const uint8_t *flags;
	uint64_t ticks, second;
	uint16_t len;

	if (size < 20)
		return;
	link = word(c, body);
	captured = word(c, body + 12);
	if (link >= c->num_links || !c->link[link].ticks || captured > size - 20)
		return;
	ticks = (uint64_t)word(c, body + 4) << 32 | word(c, body + 8);
	second = c->link[link].ticks;
	ticks = ticks / second * 1000000000 + (uint64_t)((double)(ticks % second) * 1e9 / (double)second);
	flags = option(c, body + 20 + ((captured + 3u) & ~3u), body + size, OPT_EPB_FLAGS, &len);
	ticks += (uint64_t)c->shift;
	if (c->link[link].type == LINK_RPMSG)
		add_message(c, c->link[link].core, ticks, !flags || len != 4 || (word(c, flags) & 3) != OUTBOUND,
		            body + 20, captured);
	else if (c->link[link].type == LINK_EVENT)
		add_event(c, ticks, body + 20, captured);
}

/* ------------------------------------------------------------------ a file */

/* @return the block's body, from malloc; NULL at the end, or where the file is damaged */
static uint8_t *next_block(struct capture *c, FILE *file, uint32_t *type, size_t *size)
{
	uint8_t head[12];
	uint8_t *body;
	uint32_t total;

	if (fread(head, 1, 8, file) != 8)
		return NULL;
	*type = word(c, head);
	if (*type == BLOCK_SECTION) { /* reads the same in both byte orders */
		if (fread(head + 8, 1, 4, file) != 4)
			return NULL;
		c->swapped = false;
		c->swapped = word(c, head + 8) != BYTE_ORDER_MARK;
		c->num_links = 0;
		c->num_names = 0;
		fseek(file, -4, SEEK_CUR);
	}
	total = word(c, head + 4);
	if (total < 12 || total % 4 || total > BLOCK_MAX)
		return NULL;
	*size = total - 12;
	body = malloc(total);
	if (!body || fread(body, 1, total - 8, file) != total - 8) {
		free(body);
		return NULL;
	}
	return body;
}

static void read_capture(struct capture *c, FILE *file)
{
	uint8_t *body;
	uint32_t type;
	size_t size;

	while ((body = next_block(c, file, &type, &size))) {
		if (type == BLOCK_INTERFACE)
			add_link(c, body, size);
		else if (type == BLOCK_PACKET)
			add_packet(c, body, size);
		free(body);
		if (json_array_size(c->messages) >= MESSAGES_MAX) {
			note(c, "only the first 100000 messages are here");
			return;
		}
	}
	if (getc(file) != EOF)
		note(c, "it is damaged; what follows is not here");
}

json_t *amp_report_capture(const char *dir, const json_t *up, json_t *notes)
{
	int64_t time = amp_event_integer(up, "time", 0);
	json_t *messages = json_array();
	glob_t found;
	char *pattern;

	if (asprintf(&pattern, "%s/*.pcapng", dir) < 0)
		return NULL;
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			struct capture c = {.path = found.gl_pathv[i], .messages = messages, .notes = notes};
			FILE *file;

			c.shift = time ? amp_event_integer(up, "t", 0) - time : 0;
			file = fopen(c.path, "re");
			if (file) {
				read_capture(&c, file);
				fclose(file);
			}
		}
		globfree(&found);
	}
	free(pattern);
	if (json_array_size(messages))
		return json_pack("{s:o}", "messages", messages);
	json_decref(messages);
	return NULL;
}
