/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults that can be committed on request, by name. */
#ifndef AMP_FIRMWARE_FAULT_NAMES_H
#define AMP_FIRMWARE_FAULT_NAMES_H

#include <amprelay/wire.h>
#include <stddef.h>

/** @return the name, or NULL if there is no such fault */
const char *amp_fault_name(uint32_t fault);

/** @return the fault with this name (`length` characters, no NUL needed), or AMP_FAULT_NONE */
enum amp_fault amp_fault_by_name(const char *name, size_t length);

/** All names, each behind a space. */
extern const char amp_fault_names[];

#endif
