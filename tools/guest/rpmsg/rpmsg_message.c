// SPDX-License-Identifier: GPL-2.0-only
/* Messages: to a core, from a core, and to the reader. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/output.h"
#include "rpmsg.h"
#include "rpmsg_stats.h"

#define LOOK_AGAIN_NS 1000000u

static void set_blocking(int fd, bool blocking)
{
	fcntl(fd, F_SETFL, blocking ? O_RDWR : O_RDWR | O_NONBLOCK);
}

/* Wait a little. @return 0, or -EINTR, -EPIPE, other -errno */
static int pause_sending(int fd)
{
	struct pollfd pfd = {.fd = fd};
	int n = amp_wait(&pfd, 1, now_ns() + LOOK_AGAIN_NS);

	if (n > 0)
		return -EPIPE;
	return n == -EINTR && !interrupted ? 0 : n;
}

/*
 * Nobody is told when a buffer becomes free, unless he sits in a write that blocks. But that one does not end when it
 * is interrupted (Linux 6.1: it goes on without sleeping), and holds up the recovery of a crashed core for up to
 * fifteen seconds, unless the core's driver takes care of that as ours does. So, in this one place, look again from
 * time to time; a core that goes is told at once.
 */
int transmit(int fd, const void *data, size_t len, uint64_t deadline)
{
	int err = 0;

	set_blocking(fd, false);
	while (!err && write(fd, data, len) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			err = -errno;
		else
			err = now_ns() < deadline ? pause_sending(fd) : -ENOBUFS;
	}
	set_blocking(fd, true);
	return err;
}

int receive(int fd, void *buf, size_t size, uint64_t deadline)
{
	while (!stop_wanted()) {
		ssize_t n = read(fd, buf, size);

		if (n >= 0)
			return (int)n;
		if (errno != EINTR)
			return -errno;
		/* That was the tick. */
		if (now_ns() >= deadline)
			return stop_wanted() ? -EINTR : -ETIMEDOUT;
	}
	return -EINTR;
}

void drain(int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX];

	set_blocking(fd, false);
	while (!stop_wanted() && read(fd, message, sizeof(message)) >= 0)
		;
	set_blocking(fd, true);
}

void show(void)
{
	if (!amp_output_flush())
		interrupted = 1;
}

static bool is_printable(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f;
}

void print_text(const uint8_t *data, size_t len)
{
	while (len && (data[len - 1] == '\n' || data[len - 1] == '\0'))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (is_printable(data[i]) || data[i] == '\n' || data[i] == '\t')
			putchar(data[i]);
		else
			printf("\\x%02x", data[i]);
	}
}

void print_line(const uint8_t *data, size_t len)
{
	print_text(data, len);
	putchar('\n');
	show();
}

void print_hex(const uint8_t *data, size_t len)
{
	for (size_t line = 0; line < len; line += 16) {
		size_t n = len - line < 16 ? len - line : 16;

		printf("  %04zx ", line);
		for (size_t i = 0; i < 16; i++)
			i < n ? printf(" %02x", data[line + i]) : printf("   ");
		printf("  ");
		for (size_t i = 0; i < n; i++)
			putchar(is_printable(data[line + i]) ? data[line + i] : '.');
		putchar('\n');
	}
	show();
}

void print_json(const char *text)
{
	putchar('"');
	for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
		if (!is_printable(*p))
			printf("\\u%04x", *p);
		else if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else
			putchar(*p);
	}
	putchar('"');
}

void print_times(uint64_t *ns, size_t count, bool json)
{
	struct amp_stats s;

	if (!count)
		return;
	s = amp_stats_of(ns, count);
	printf(json ? "\"us\": {\"min\": %.1f, \"avg\": %.1f, \"median\": %.1f, \"p99\": %.1f, \"max\": %.1f}"
	            : "min/avg/median/p99/max = %.1f/%.1f/%.1f/%.1f/%.1f us\n",
	       (double)s.min / 1e3, s.mean / 1e3, (double)s.median / 1e3, (double)s.p99 / 1e3, (double)s.max / 1e3);
}
