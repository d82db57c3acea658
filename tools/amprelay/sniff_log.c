// SPDX-License-Identifier: GPL-2.0-only
/*
 * Captures of real boards, without anything of ours there: with dynamic debug, Linux's own virtio_rpmsg_bus writes each
 * message into the kernel log, 16 bytes a line:
 *
 *   [   12.345678] rpmsg_virtio RX: 00 04 00 00 35 00 00 00 00 00 00 00 28 00 00 00  ....5.......(...
 *
 * The first line of a message is its header, which has the length: so messages of other virtio devices, whose lines may
 * come in between, are told apart as long as they go in other directions.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sniff.h"

#define PER_LINE 16u

/* A message that is being put together, for each direction. */
struct part {
	struct amp_sniffed head;
	uint8_t bytes[AMP_RPMSG_HEADER + UINT16_MAX];
	uint32_t fill;
};

/* "[   12.345678] …" or "<7>[   12.345678] …", or a line of journalctl -o short-monotonic. @return 0 if it has none */
static uint64_t time_of(const char *line)
{
	const char *bracket = strchr(line, '[');
	char *end;
	double seconds;

	if (!bracket)
		return 0;
	seconds = strtod(bracket + 1, &end);
	return end != bracket + 1 && *end == ']' && seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9) : 0;
}

/* @return bytes of the line: two digits and a blank for each */
static uint32_t bytes_of(const char *text, uint8_t bytes[PER_LINE])
{
	uint32_t n = 0;

	while (n < PER_LINE && isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]) &&
	       (text[2] == ' ' || text[2] == '\n' || text[2] == '\0')) {
		char digits[3] = {text[0], text[1], '\0'};

		bytes[n++] = (uint8_t)strtoul(digits, NULL, 16);
		if (text[2] != ' ')
			break;
		text += 3;
	}
	return n;
}

/* @return the rest of a line that says what was received or sent; NULL: it does not */
static const char *payload_of(const char *line, enum amp_direction *direction)
{
	static const char received[] = "rpmsg_virtio RX: ", sent[] = "rpmsg_virtio TX: ";
	const char *at = strstr(line, received);

	*direction = at ? AMP_TO_HOST : AMP_TO_REMOTE;
	if (!at)
		at = strstr(line, sent);
	return at ? at + strlen(received) : NULL;
}

static void begin(struct part *part, const char *core, enum amp_direction direction, uint64_t t, const uint8_t *bytes)
{
	struct amp_rpmsg head;
	size_t len = strlen(core);

	memcpy(&head, bytes, sizeof(head));
	part->head = (struct amp_sniffed){.t = t,
	                                  .whole = AMP_RPMSG_HEADER + head.len,
	                                  .kind = AMP_SNIFFED_MESSAGE,
	                                  .direction = (uint8_t)direction};
	memcpy(part->head.core, core, len < sizeof(part->head.core) ? len : sizeof(part->head.core));
}

/* @return false: it is enough, or a sink has failed */
static bool take_line(struct sniffer *sniffer, struct part *parts, const char *core, const char *line, long *found)
{
	enum amp_direction direction;
	const char *text = payload_of(line, &direction);
	struct part *part = &parts[direction];
	uint8_t bytes[PER_LINE];
	uint32_t n = text ? bytes_of(text, bytes) : 0;

	if (n == 0)
		return true;
	if (part->fill == 0) {
		if (n < PER_LINE) /* no header: the log begins within a message */
			return true;
		begin(part, core, direction, time_of(line), bytes);
	}
	if (n > part->head.whole - part->fill)
		n = part->head.whole - part->fill;
	memcpy(part->bytes + part->fill, bytes, n);
	part->fill += n;
	if (part->fill < part->head.whole && n == PER_LINE)
		return true;
	/* whole, or cut short by a line that was lost */
	part->head.len = part->fill < AMP_SNIFFED_MAX ? part->fill : AMP_SNIFFED_MAX;
	part->fill = 0;
	++*found;
	return amp_sniffer_message(sniffer, &part->head, part->bytes);
}

long amp_sniff_kernel_log(struct sniffer *sniffer, FILE *log, const char *core)
{
	struct part *parts = calloc(2, sizeof(*parts));
	char *line = NULL;
	size_t size = 0;
	long found = 0;
	int err;

	errno = 0;
	while (parts && getline(&line, &size, log) >= 0) {
		if (!take_line(sniffer, parts, core, line, &found))
			break;
	}
	err = ferror(log) || !parts ? errno : 0;
	free(line);
	free(parts);
	if (err || !amp_sniffer_take(sniffer, "", 0)) { /* hands on what there is */
		errno = err;
		return -1;
	}
	return found;
}
