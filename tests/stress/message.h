/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages that say by themselves whether they are right: length and each byte follow from seed, direction and
 * number.
 */
#ifndef AMP_STRESS_MESSAGE_H
#define AMP_STRESS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_MAX 496u
#define MESSAGE_MIN 8u

/** Numbers that look random; equal for equal arguments. */
uint64_t message_hash(uint64_t seed, uint64_t number);

/** @return bytes, MESSAGE_MIN to MESSAGE_MAX: mostly few */
size_t message_len(uint64_t seed, uint64_t number);

/** Write message @p number: message_len() bytes. */
void message_fill(uint64_t seed, uint64_t number, void *data);

/** @return whether @p data is message @p number; if not, @p what says what is wrong */
bool message_check(uint64_t seed, uint64_t number, const void *data, size_t len, char *what, size_t what_size);

#endif
