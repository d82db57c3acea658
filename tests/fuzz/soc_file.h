/* SPDX-License-Identifier: GPL-2.0-only */
/* What the relay makes of a soc.json, and what holds if it takes it. */
#ifndef TESTS_FUZZ_SOC_FILE_H
#define TESTS_FUZZ_SOC_FILE_H

#include <stdbool.h>
#include <stddef.h>

/** @return true if the relay takes it; then everything that soc_config.h promises has been checked. */
bool soc_file_loads(const void *json, size_t size);

/** @return why the last one was refused */
const char *soc_file_error(void);

#endif
