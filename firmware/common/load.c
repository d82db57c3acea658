// SPDX-License-Identifier: BSD-3-Clause
#include "load.h"

bool amp_load_turn(struct amp_load *load, uint64_t now, uint32_t slept, uint64_t window)
{
	uint64_t passed = now - load->window_start;

	load->slept += slept;
	if (passed < window)
		return false;
	/* Rounding may make the sleep longer than the window. */
	load->permille = load->slept >= passed ? 0 : (uint32_t)((passed - load->slept) * 1000 / passed);
	load->window_start = now;
	load->slept = 0;
	return true;
}
