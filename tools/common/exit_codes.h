/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit statuses of the amprelay program. Stable: scripts rely on them. The manual page lists the same table. */
#ifndef AMPRELAY_EXIT_CODES_H
#define AMPRELAY_EXIT_CODES_H

enum amp_exit {
	AMP_EXIT_OK = 0,
	AMP_EXIT_FAILED = 1,        /**< it was tried and did not work; the message says why */
	AMP_EXIT_USAGE = 2,         /**< unknown command, option, core, fault kind … */
	AMP_EXIT_NO_LAB = 3,        /**< no lab of that name is up */
	AMP_EXIT_LAB_EXISTS = 4,    /**< a lab of that name is up already */
	AMP_EXIT_ENVIRONMENT = 5,   /**< something the machine should have is missing: QEMU, a file, a package */
	AMP_EXIT_REFUSED = 6,       /**< Linux or the relay refused it: bad firmware, core already running … */
	AMP_EXIT_TIMEOUT = 7,       /**< nothing happened in time */
	AMP_EXIT_INTERRUPTED = 130, /**< Ctrl-C */
	AMP_EXIT_EXEC = 125, /**< `exec` itself failed; else its status is the command's (126, 127 as in a shell) */
};

#endif
