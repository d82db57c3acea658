// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_account.h"

#include <string.h>

#include "rpmsg_sequence.h"

void amp_account_next(const struct amp_account *account, uint8_t *message)
{
	amp_sequence_fill(message, account->size, account->sent);
}

void amp_account_sent(struct amp_account *account, uint64_t now)
{
	account->under_way[account->num_under_way].number = account->sent++;
	account->under_way[account->num_under_way++].since = now;
}

static void settle(struct amp_account *account, unsigned int at)
{
	account->num_under_way--;
	memmove(&account->under_way[at], &account->under_way[at + 1],
	        (account->num_under_way - at) * sizeof(account->under_way[0]));
}

/* @return its place among those under way; their number: it is not one of them */
static unsigned int find(const struct amp_account *account, uint32_t number)
{
	unsigned int at = 0;

	while (at < account->num_under_way && account->under_way[at].number != number)
		at++;
	return at;
}

static bool was_told(const struct amp_account *account, uint32_t number)
{
	for (unsigned int i = 0; i < account->num_told; i++) {
		if (account->told[i] == number)
			return true;
	}
	return false;
}

static uint32_t number_in(const uint8_t *message)
{
	return message[0] | (uint32_t)message[1] << 8 | (uint32_t)message[2] << 16 | (uint32_t)message[3] << 24;
}

/* Which message it answers. @return UINT32_MAX: none that was ever sent */
static uint32_t answered(struct amp_account *account, const uint8_t *answer, size_t len)
{
	size_t prefix = strlen(account->prefix);
	uint8_t message[512];
	uint32_t number;

	if (len < prefix || memcmp(answer, account->prefix, prefix) != 0)
		return UINT32_MAX;
	if (account->same_text && account->text_len == 0 && len <= sizeof(account->text)) {
		memcpy(account->text, answer, len);
		account->text_len = len;
	}
	if (account->same_text) {
		if (len != account->text_len || memcmp(answer, account->text, len) != 0)
			return UINT32_MAX;
		return account->num_under_way ? account->under_way[0].number : account->sent - 1;
	}
	if (len != prefix + account->size)
		return UINT32_MAX;
	number = number_in(answer + prefix);
	if (number >= account->sent)
		return UINT32_MAX;
	amp_sequence_fill(message, account->size, number);
	return memcmp(message, answer + prefix, account->size) == 0 ? number : UINT32_MAX;
}

/* Whose answer it was is not known for sure: the oldest message's, unless the number in it says otherwise. */
static void take_corrupted(struct amp_account *account, const uint8_t *answer, size_t len)
{
	size_t prefix = strlen(account->prefix);
	unsigned int at = 0;

	account->corrupted++;
	if (!account->same_text && len >= prefix + sizeof(uint32_t))
		at = find(account, number_in(answer + prefix));
	if (at == account->num_under_way)
		at = 0;
	if (account->num_under_way)
		settle(account, at);
}

void amp_account_answer(struct amp_account *account, const uint8_t *answer, size_t len, uint64_t now)
{
	uint32_t number = answered(account, answer, len);
	unsigned int at = find(account, number);

	if (number == UINT32_MAX) {
		take_corrupted(account, answer, len);
	} else if (at < account->num_under_way) {
		uint64_t took = now - account->under_way[at].since;

		account->longest = took > account->longest ? took : account->longest;
		account->delivered++;
		settle(account, at);
	} else if (was_told(account, number)) {
		account->both++;
	} else {
		account->doubled++;
	}
}

void amp_account_lost(struct amp_account *account)
{
	for (unsigned int i = 0; i < account->num_under_way; i++)
		account->told[i] = account->under_way[i].number;
	if (account->num_under_way)
		account->num_told = account->num_under_way;
	account->reported += account->num_under_way;
	account->num_under_way = 0;
}

void amp_account_give_up(struct amp_account *account)
{
	account->unaccounted += account->num_under_way;
	account->num_under_way = 0;
}

void amp_account_add(struct amp_account *total, const struct amp_account *account)
{
	total->sent += account->sent;
	total->delivered += account->delivered;
	total->reported += account->reported;
	total->corrupted += account->corrupted;
	total->doubled += account->doubled;
	total->both += account->both;
	total->unaccounted += account->unaccounted;
	total->longest = account->longest > total->longest ? account->longest : total->longest;
}

bool amp_account_is_closed(const struct amp_account *account)
{
	return account->corrupted == 0 && account->doubled == 0 && account->both == 0 && account->unaccounted == 0 &&
	       account->delivered + account->reported == account->sent;
}
