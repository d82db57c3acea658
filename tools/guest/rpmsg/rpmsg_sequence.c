// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_sequence.h"

#include <stdbool.h>
#include <string.h>

static uint8_t byte_of(uint32_t number, unsigned int i, uint32_t *state)
{
	if (i < sizeof(number))
		return (uint8_t)(number >> 8 * i);
	*state = *state * 1664525u + 1013904223u;
	return (uint8_t)(*state >> 24);
}

void amp_sequence_fill(uint8_t *message, unsigned int size, uint32_t number)
{
	uint32_t state = number * 2654435761u + 1;

	for (unsigned int i = 0; i < size; i++)
		message[i] = byte_of(number, i, &state);
}

static bool is_message(const uint8_t *reply, unsigned int size, uint32_t number)
{
	uint32_t state = number * 2654435761u + 1;

	for (unsigned int i = 0; i < size; i++)
		if (reply[i] != byte_of(number, i, &state))
			return false;
	return true;
}

/* A short message does not hold all of its number: the latest that fits. */
static uint32_t number_in(const struct amp_sequence *sequence, const uint8_t *reply)
{
	unsigned int bytes = sequence->size < sizeof(uint32_t) ? sequence->size : sizeof(uint32_t);
	uint32_t low = 0, mask, last = sequence->sent - 1;

	for (unsigned int i = 0; i < bytes; i++)
		low |= (uint32_t)reply[i] << 8 * i;
	if (bytes == sizeof(uint32_t))
		return low;
	mask = (1u << 8 * bytes) - 1;
	return last - ((last - low) & mask);
}

int64_t amp_sequence_take(struct amp_sequence *sequence, const uint8_t *reply, size_t len)
{
	uint32_t number = len == sequence->size && sequence->sent ? number_in(sequence, reply) : UINT32_MAX;

	if (number >= sequence->sent || !is_message(reply, sequence->size, number)) {
		sequence->wrong++;
		return -1;
	}
	if (sequence->seen[number / 8] & 1u << number % 8) {
		sequence->doubled++;
		return -1;
	}
	sequence->seen[number / 8] |= (uint8_t)(1u << number % 8);
	sequence->received++;
	if (number < sequence->next)
		sequence->disordered++;
	else
		sequence->next = number + 1;
	return number;
}
