// SPDX-License-Identifier: GPL-2.0-only
#include "fault_kinds.h"

#include <string.h>

#include "common/text.h"

const struct fault_kind amp_fault_kinds[] = {
#define KIND(number, id, name, what, arm, riscv, cause, bound)                    \
	{#name,                                                                   \
	 what,                                                                    \
	 AMP_DETECTOR_##arm,                                                      \
	 AMP_DETECTOR_##riscv,                                                    \
	 AMP_CRASH_##cause,                                                       \
	 AMP_DETECTOR_##arm == AMP_DETECTOR_NONE ? FAULT_MASKED : FAULT_DETECTED, \
	 bound},
	AMP_FAULTS(KIND) AMP_FAULTS_FROM_OUTSIDE(KIND)
#define RINGS(id, name, what, masked, corrupted, stuck, bound)                      \
	{#name,                                                                     \
	 what,                                                                      \
	 AMP_DETECTOR_NONE,                                                         \
	 AMP_DETECTOR_NONE,                                                         \
	 AMP_CRASH_NONE,                                                            \
	 (masked)*FAULT_MASKED | (corrupted)*FAULT_CORRUPTED | (stuck)*FAULT_STUCK, \
	 bound},
		AMP_FAULTS_OF_RINGS(RINGS){0},
};

const char *const amp_host_faults[] = {
#define NAME(name, ...) #name,
	AMP_FAULTS_OF_HOST(NAME) NULL,
};

const struct fault_kind *amp_fault_find(const char *name)
{
	for (const struct fault_kind *k = amp_fault_kinds; k->name; k++) {
		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

void amp_fault_list(char *out, size_t size)
{
	out[0] = '\0';
	for (const struct fault_kind *k = amp_fault_kinds; k->name; k++) {
		size_t len = strlen(out);

		amp_text(out + len, size - len, "%s%s", len ? ", " : "", k->name);
	}
}

const char *amp_fault_outcome_name(enum fault_outcome outcome)
{
	switch (outcome) {
	case FAULT_DETECTED:
		return "detected";
	case FAULT_MASKED:
		return "masked";
	case FAULT_CORRUPTED:
		return "corrupted";
	default:
		return "stuck";
	}
}

const char *amp_fault_noticed_by(enum amp_detector detector)
{
	static const char *const words[] = {
#define WORDS(number, id, name, text) [number] = (text),
		AMP_DETECTORS(WORDS)};

	return words[detector];
}
