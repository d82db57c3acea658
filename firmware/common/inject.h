/* SPDX-License-Identifier: BSD-3-Clause */
/** @file inject.h @brief Names of the faults that can be committed on request, as people write them. */
#ifndef AMP_FIRMWARE_INJECT_H
#define AMP_FIRMWARE_INJECT_H

#include <amprelay/wire.h>
#include <stddef.h>

/** @return the name, or NULL if there is no such fault */
const char *amp_fault_name(uint32_t fault);

/** @return the fault with this name (`length` characters, no NUL needed), or AMP_FAULT_NONE */
enum amp_fault amp_fault_by_name(const char *name, size_t length);

/** All names, separated by spaces. */
extern const char amp_fault_names[];

#endif
