/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The relay as the owner of a core, as a hypervisor or a secure world is: it starts the core before Linux comes, and
 * again when it has crashed. Linux attaches, uses RPMsg, and can neither start nor stop it: the policy of the SoC's
 * description, or `amprelay up --owned`.
 *
 * Context: the event loop. Reads a firmware file.
 */
#ifndef AMPRELAY_RELAY_OWNER_H
#define AMPRELAY_RELAY_OWNER_H

#include <stddef.h>

struct core;

/** From now on the relay is the owner of this core. @param image  the file that it starts; stays the caller's */
void amp_owner_take(struct core *core, const char *image);
/**
 * Starts the core.
 *
 * @param error  on failure: one line for people
 * @return as amp_hosting_boot(); AMP_EXIT_REFUSED too if it is not off
 */
int amp_owner_start(struct core *core, char *error, size_t error_size);
/** Stops the core, and leaves it off. Who waits to attach to it is told. */
void amp_owner_stop(struct core *core, const char *why);

#endif /* AMPRELAY_RELAY_OWNER_H */
