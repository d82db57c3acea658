/* SPDX-License-Identifier: BSD-3-Clause */
#include "inject.h"

#include <string.h>

// clang-format off
static const char *const names[AMP_FAULT_COUNT] = {
	[AMP_FAULT_UNDEFINED] = "undef",
	[AMP_FAULT_BUS] = "bus",
	[AMP_FAULT_DIVZERO] = "divzero",
	[AMP_FAULT_STACK_OVERFLOW] = "stack",
	[AMP_FAULT_ASSERT] = "assert",
	[AMP_FAULT_LOCKUP] = "lockup",
	[AMP_FAULT_HANG] = "hang",
	[AMP_FAULT_SLEEP] = "sleep",
	[AMP_FAULT_STARVE] = "starve",
};
// clang-format on

const char amp_fault_names[] = "undef bus divzero stack assert lockup hang sleep starve";

const char *amp_fault_name(uint32_t fault)
{
	return fault < AMP_FAULT_COUNT ? names[fault] : NULL;
}

enum amp_fault amp_fault_by_name(const char *name, size_t length)
{
	for (uint32_t i = AMP_FAULT_NONE + 1; i < AMP_FAULT_COUNT; i++) {
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
			return (enum amp_fault)i;
	}
	return AMP_FAULT_NONE;
}
