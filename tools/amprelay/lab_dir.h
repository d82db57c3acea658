/* SPDX-License-Identifier: GPL-2.0-only */
/* A lab by its name: state directory, lock, address of the control socket. */
#ifndef AMPRELAY_LAB_DIR_H
#define AMPRELAY_LAB_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

/**
 * Where lab `name` keeps its files; the directory need not exist.
 *
 * @return the absolute path, from malloc. Ends the program if neither $AMPRELAY_STATE, $XDG_STATE_HOME nor $HOME helps.
 */
char *amp_lab_state_dir(const char *name);

/** Makes the directory and its parents. @return 0 or a negative errno */
int amp_lab_make_dir(const char *path);

/** Fills in the address of the control socket. @return its length */
socklen_t amp_lab_address(const char *name, struct sockaddr_un *address);

/**
 * Takes the lab's lock, which the relay then holds for its life. Waits up to a second: an ending relay, or someone who
 * asks amp_lab_is_held(), lets go soon.
 *
 * @return the descriptor (close-on-exec); -EWOULDBLOCK if another relay holds it; another negative errno
 */
int amp_lab_lock(const char *state_dir);

/** @return true if somebody holds the lock: the lab is up, starting or ending. */
bool amp_lab_is_held(const char *state_dir);

/**
 * The newest dump that this program's lab (amp_cli.lab) has of a core.
 *
 * @param whole  only an ELF core with registers, which a debugger opens; else also what Linux has dumped
 * @return its path, from malloc; NULL: there is none
 */
char *amp_lab_newest_dump(const char *core, bool whole);

#endif
