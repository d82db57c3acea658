// SPDX-License-Identifier: GPL-2.0-only
#include "fault_kinds.h"

#include <string.h>

#include "common/text.h"

const struct fault_kind amp_fault_kinds[] = {
#define KIND(number, id, fault_name, text, on_cortex_m, on_other, of, bound)                         \
	{.name = #fault_name,                                                                        \
	 .what = (text),                                                                             \
	 .cortex_m = AMP_DETECTOR_##on_cortex_m,                                                     \
	 .other = AMP_DETECTOR_##on_other,                                                           \
	 .cause = AMP_CRASH_##of,                                                                    \
	 .outcome = AMP_DETECTOR_##on_cortex_m == AMP_DETECTOR_NONE ? FAULT_MASKED : FAULT_DETECTED, \
	 .bound_ms = (bound)},
	AMP_FAULTS(KIND) AMP_FAULTS_FROM_OUTSIDE(KIND)
#define RINGS(id, fault_name, text, is_found, whose, says, bound)         \
	{.name = #fault_name,                                             \
	 .what = (text),                                                  \
	 .outcome = FAULT_LOG_##whose != FAULT_LOG_NONE ? FAULT_DETECTED  \
	            : (is_found)                        ? FAULT_CORRUPTED \
	                                                : FAULT_MASKED,                          \
	 .of_rings = true,                                                \
	 .found = (is_found),                                             \
	 .log = FAULT_LOG_##whose,                                        \
	 .words = (says),                                                 \
	 .bound_ms = (bound)},
		AMP_FAULTS_OF_RINGS(RINGS){0},
};

const struct host_fault amp_host_faults[] = {
#define HOST(fault_name, what, seen, again, bound) {#fault_name, bound},
	AMP_FAULTS_OF_HOST(HOST){0},
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
	static const char *const names[FAULT_OUTCOMES] = {
		[FAULT_MASKED] = "masked",
		[FAULT_DETECTED] = "detected",
		[FAULT_CORRUPTED] = "corrupted",
	};

	return names[outcome];
}

const char *amp_fault_noticed_by(enum amp_detector detector)
{
	static const char *const words[] = {
#define WORDS(number, id, name, text) [number] = (text),
		AMP_DETECTORS(WORDS)};

	return words[detector];
}
