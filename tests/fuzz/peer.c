// SPDX-License-Identifier: GPL-2.0-only
#include "peer.h"

#include <string.h>

#include <fuzz/shared_access.h>

struct attack {
	size_t at, size;
	uint8_t value[8];
};

static uint8_t *shared;
static size_t shared_size;
static unsigned int countdown; /* accesses until `armed` is carried out; 0: none is */
static struct attack armed;

void fuzz_peer_begin(void *memory, size_t size)
{
	shared = memory;
	shared_size = size;
	countdown = 0;
}

void fuzz_peer_end(void)
{
	shared = NULL;
	countdown = 0;
}

/* Words of the protocols lie on multiples of their size: mostly so does what is written. */
static struct attack read_attack(struct fuzz_input *in)
{
	struct attack attack = {.at = fuzz_u16(in)};
	uint8_t how = fuzz_u8(in);

	attack.size = (size_t)1 << (how & 3);
	if (!(how & 4))
		attack.at &= ~(attack.size - 1);
	fuzz_bytes(in, attack.value, attack.size);
	attack.at %= shared_size - sizeof(attack.value);
	return attack;
}

static void carry_out(const struct attack *attack)
{
	memcpy(shared + attack->at, attack->value, attack->size);
}

void fuzz_peer_write(struct fuzz_input *in)
{
	struct attack attack = read_attack(in);

	carry_out(&attack);
}

void fuzz_peer_arm(struct fuzz_input *in)
{
	countdown = 1u + fuzz_u8(in) % 64u;
	armed = read_attack(in);
}

void fuzz_peer_moment(void)
{
	if (countdown && --countdown == 0)
		carry_out(&armed);
}
