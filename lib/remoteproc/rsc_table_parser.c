// SPDX-License-Identifier: BSD-3-Clause
/* Reading resource tables for who has no remote processor. */
#include "rsc_check.h"

int amp_rsc_table_check(const void *table, size_t size, struct amp_rsc_fault *fault)
{
	struct amp_rsc_fault none;
	size_t found;

	if (!fault)
		fault = &none;
	fault->entry = UINT_MAX;
	fault->offset = 0;
	if (!table || (uintptr_t)table % 4)
		return -RPROC_EINVAL;
	return -rsc_check(table, size, fault, 0, UINT_MAX, &found);
}

size_t find_rsc(void *rsc_table, unsigned int type, unsigned int index)
{
	const struct resource_table *table = rsc_table;
	const struct fw_rsc_hdr *entry;

	for (uint32_t i = 0; table && i < table->num; i++) {
		entry = (const void *)((const char *)table + table->offset[i]);
		if (entry->type == type && index-- == 0)
			return table->offset[i];
	}
	return 0;
}
