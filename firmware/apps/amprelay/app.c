// SPDX-License-Identifier: BSD-3-Clause
#include "app.h"

#include <amprelay/wire.h>

struct app_stats app_stats;

static uint32_t load_permille, fault_to_commit = AMP_FAULT_NONE;

uint32_t app_load_permille(void)
{
	return load_permille;
}

void app_set_load(uint32_t permille)
{
	load_permille = permille;
}

void app_crash_later(uint32_t fault)
{
	fault_to_commit = fault;
}

uint32_t app_fault_to_commit(void)
{
	return fault_to_commit;
}
