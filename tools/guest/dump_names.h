/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file dump_names.h
 * @brief File names of saved core dumps: CORE-N.devcoredump.
 */
#ifndef AMPRELAY_GUEST_DUMP_NAMES_H
#define AMPRELAY_GUEST_DUMP_NAMES_H

#include <stdbool.h>

#define AMP_DUMP_NAME_LEN 64

/** @return false if `core` is no name that may stand in a file name: it comes from the driver, so it is checked. */
bool amp_dump_name(char name[AMP_DUMP_NAME_LEN], const char *core, unsigned int number);

/** The number in `name` if it is a dump of `core`, else 0. */
unsigned int amp_dump_number(const char *name, const char *core);

#endif
