// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_trips.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int trips_begin(struct trips *trips, const struct target *target)
{
	trips->times = malloc(trips->count * sizeof(*trips->times));
	trips->sequence.seen = calloc(AMP_SEQUENCE_BYTES(trips->count), 1);
	if (trips->times && trips->sequence.seen)
		return RPMSG_OK;
	return target_error(target, RPMSG_FAILED, "no memory for %u results: make it fewer", trips->count);
}

void trips_end(struct trips *trips)
{
	free(trips->times);
	free(trips->sequence.seen);
}

/* Enter a reply into the account. @return is it the one to the last message? */
static bool take(struct trips *trips, const uint8_t *reply, size_t len)
{
	size_t prefix = strlen(trips->prefix);
	int64_t number;

	if (len < prefix || memcmp(reply, trips->prefix, prefix) != 0) {
		trips->sequence.wrong++;
		return false;
	}
	number = amp_sequence_take(&trips->sequence, reply + prefix, len - prefix);
	if (number >= 0 && number != trips->sequence.sent - 1)
		trips->late++;
	return number == trips->sequence.sent - 1;
}

int trips_one(struct trips *trips, int fd)
{
	uint8_t message[RPMSG_PAYLOAD_MAX], reply[RPMSG_PAYLOAD_MAX];
	uint64_t start, end, deadline;
	int n;

	amp_sequence_fill(message, trips->sequence.size, trips->sequence.sent);
	start = now_ns();
	deadline = start + (uint64_t)trips->timeout_ms * 1000000;
	n = transmit(fd, message, trips->sequence.size, deadline);
	if (n)
		return n;
	trips->sequence.sent++;
	do {
		n = receive(fd, reply, sizeof(reply), deadline);
		end = now_ns();
	} while (n >= 0 && !take(trips, reply, (size_t)n));
	if (n == -ETIMEDOUT) {
		if (!trips->quiet) {
			printf("%u: lost\n", trips->sequence.sent);
			show();
		}
		return 0;
	}
	if (n < 0) {
		trips->sequence.sent -= n == -EINTR; /* still under way, not lost */
		return n;
	}
	trips->times[trips->timed++] = end - start;
	if (!trips->quiet) {
		printf("%u: %u bytes, %.1f us\n", trips->sequence.sent, trips->sequence.size,
		       (double)(end - start) / 1000);
		show();
	}
	return 0;
}

int trips_verdict(const struct trips *trips, const struct target *target, int err)
{
	const struct amp_sequence *seq = &trips->sequence;

	if (err == -EPIPE)
		return target_error(target, RPMSG_LOST, "the channel was lost after %u messages", seq->sent);
	if (err)
		return target_failed(target, err);
	if (seq->sent < trips->count)
		return ended_early();
	if (seq->sent && !seq->received)
		return RPMSG_TIMEOUT;
	return seq->received < seq->sent || trips->late || seq->doubled || seq->disordered || seq->wrong ? RPMSG_FAILED
	                                                                                                 : RPMSG_OK;
}

void trips_print(const struct trips *trips, bool json)
{
	const struct amp_sequence *seq = &trips->sequence;
	unsigned int lost = seq->sent - seq->received;
	bool cut = interrupted && seq->sent < trips->count;

	if (json) {
		printf("\"interrupted\": %s, \"size\": %u, \"sent\": %u, \"received\": %u, \"lost\": %u, "
		       "\"late\": %u, \"doubled\": %u, \"disordered\": %u, \"wrong\": %u%s",
		       cut ? "true" : "false", seq->size, seq->sent, seq->received, lost, trips->late, seq->doubled,
		       seq->disordered, seq->wrong, trips->timed ? ", " : "");
	} else {
		if (cut)
			printf("interrupted after %u of %u\n", seq->sent, trips->count);
		printf("%u sent, %u received, %.4g %% lost, %u late, %u doubled, %u out of order, %u wrong\n%s",
		       seq->sent, seq->received, seq->sent ? 100.0 * lost / seq->sent : 0, trips->late, seq->doubled,
		       seq->disordered, seq->wrong, trips->timed ? "round trip " : "");
	}
	print_times(trips->times, trips->timed, json);
}
