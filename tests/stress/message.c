// SPDX-License-Identifier: GPL-2.0-only
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STEP UINT64_C(0x9e3779b97f4a7c15) /* odd: no two words of a message are equal */

uint64_t message_hash(uint64_t seed, uint64_t number)
{
	uint64_t x = seed + number * STEP;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* One of eight is of any length. */
size_t message_len(uint64_t seed, uint64_t number)
{
	uint64_t hash = message_hash(~seed, number);
	uint64_t span = hash & 7 ? 40 : MESSAGE_MAX - MESSAGE_MIN;

	return MESSAGE_MIN + (size_t)((hash >> 8) % (span + 1));
}

/* The first word is the number, scrambled with the seed; from it the rest follows. */
void message_fill(uint64_t seed, uint64_t number, void *data)
{
	size_t len = message_len(seed, number), at;
	uint64_t word = number ^ seed;

	for (at = 0; at + sizeof(word) <= len; at += sizeof(word), word = (word ^ seed) * STEP + at)
		memcpy((char *)data + at, &word, sizeof(word));
	memcpy((char *)data + at, &word, len - at);
}

bool message_check(uint64_t seed, uint64_t number, const void *data, size_t len, char *what, size_t what_size)
{
	unsigned char right[MESSAGE_MAX];
	size_t expected = message_len(seed, number), at;
	uint64_t got;

	message_fill(seed, number, right);
	if (len == expected && memcmp(data, right, len) == 0)
		return true;
	memcpy(&got, data, sizeof(got)); /* no message is shorter; a buffer never is */
	got ^= seed;
	if (got != number)
		snprintf(what, what_size, "message %" PRIu64 " was due, and %" PRIu64 " came, with %zu bytes", number,
		         got, len);
	else if (len != expected)
		snprintf(what, what_size, "message %" PRIu64 " has %zu bytes in place of %zu", number, len, expected);
	else {
		for (at = 0; ((const unsigned char *)data)[at] == right[at]; at++)
			;
		snprintf(what, what_size, "message %" PRIu64 " of %zu bytes is wrong from byte %zu on", number, len,
		         at);
	}
	return false;
}
