// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "guest/base/kmsg.h"

/* Formatted only where the longest record fits, after a line about a gap: so no record is ever cut. */
#define LINE_MAX_BYTES (AMP_KMSG_RECORD_MAX + 192)

static int log_fd = -1;
static uint64_t next_seq;

void amp_guest_kmsg_rewind(void)
{
	if (log_fd < 0)
		log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		return; /* no kernel log in this kernel: the stream stays empty */
	lseek(log_fd, 0, SEEK_SET);
	next_seq = 0;
}

void amp_guest_kmsg_poll(struct amp_frame_out *out, struct amp_pollset *set)
{
	if (amp_frame_room(out) >= LINE_MAX_BYTES)
		amp_pollset_add(set, log_fd, POLLIN);
}

static size_t format_gap(uint64_t lost, char *buf, size_t size)
{
	int n = snprintf(buf, size,
	                 "[  lost   ] %llu records of the kernel log were overwritten before they were read\n",
	                 (unsigned long long)lost);

	return n < 0 ? 0 : (size_t)n;
}

void amp_guest_kmsg_work(struct amp_frame_out *out)
{
	char record[AMP_KMSG_RECORD_MAX + 1];
	struct amp_kmsg msg;
	size_t room, used = 0;
	char *payload;

	if (log_fd < 0 || amp_frame_room(out) < LINE_MAX_BYTES)
		return;
	room = amp_frame_room(out);
	payload = (char *)amp_frame_payload(out);
	while (room - used >= LINE_MAX_BYTES && amp_kmsg_read(log_fd, record, &msg) == 1) {
		if (next_seq && msg.seq > next_seq)
			used += format_gap(msg.seq - next_seq, payload + used, room - used);
		next_seq = msg.seq + 1;
		used += amp_kmsg_format(&msg, payload + used, room - used);
	}
	if (used)
		amp_frame_put(out, AMP_FRAME_KMSG, 0, used);
}
