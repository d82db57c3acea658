// SPDX-License-Identifier: GPL-2.0-only
/* The relay's loader of soc.json. Input: the file. */
#include "fuzz.h"

#include "soc_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)soc_file_loads(data, size);
	return 0;
}
