// SPDX-License-Identifier: BSD-3-Clause
#include "fault_names.h"

#include <string.h>

#define NAME(number, id, name, ...)           [number] = #name,
#define BEHIND_A_SPACE(number, id, name, ...) " " #name

static const char *const names[AMP_FAULT_COUNT] = {AMP_FAULTS(NAME)};

const char amp_fault_names[] = AMP_FAULTS(BEHIND_A_SPACE);

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
