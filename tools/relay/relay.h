/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The relay: always-on system controller of one lab. The only header that other programs include.
 *
 * One process, one thread (post-mortems are written by a forked one). It is the ivshmem server and the mailbox fabric
 * between Linux and the cores, their reset and power controller, their watchdog, the fault injector, the flight
 * recorder, and the server of the control socket (tools/common/control.h).
 */
#ifndef AMPRELAY_RELAY_H
#define AMPRELAY_RELAY_H

#include <stdbool.h>

#include "relay/base/soc_config.h"

/** All strings and descriptors stay the caller's and must live as long as amp_relay_run() runs. Paths are absolute. */
struct amp_relay_options {
	const char *lab;       /**< name, already checked against control.h's rule */
	const char *state_dir; /**< exists, and is this lab's own; files as in control.h */
	int lock_fd; /**< <state_dir>/lock, open and flock'ed by the caller; the relay keeps it open until its end */
	const char *soc_file;  /**< soc.json, from tools/socgen */
	const char *kernel;    /**< Image for arm64 */
	const char *initramfs; /**< initramfs.cpio */
	const char *share_dir; /**< the user's folder that Linux sees, with scripts that run at its boot; NULL: none */
	bool share_writable;   /**< Linux may write there */
	const char *net;       /**< QEMU's options for a network of Linux; NULL: none */
	unsigned int ssh_port; /**< of this machine, that leads to Linux' ssh server */
	const char *ssh_key;   /**< a file: the private key that it takes */
	const char *early[SOC_MAX_CORES]; /**< firmware file of each core that is to run before Linux, which one that
	                                     the relay owns always does; NULL: Linux's */
	bool owned[SOC_MAX_CORES]; /**< the relay owns that core, whatever its description says; `early` is set for it
	                            */
	const char *bootrom_dir;   /**< holds the "bootrom" file of each core named in soc.json */
	const char *firmware_dir;  /**< shared read-only with Linux, which loads from there; also read for symbols */
	int ready_fd;              /**< pipe to tell the starter, see below; -1 = nobody listens. Closed by the relay */
	int tty_fd;                /**< a terminal, or a pipe's end, whose hang-up takes the lab down; -1 = none */
	bool keep;                 /**< the lab outlives the terminal: tty_fd is ignored, and so is SIGHUP */
};

/**
 * Run a lab until it is told to go down (control socket, SIGTERM, SIGINT, SIGHUP or hang-up of the terminal without
 * `keep`), or until Linux's process ends.
 *
 * Call it in a process made for it (fork first): it makes a process group of its own in the same session, takes
 * standard input from /dev/null, sends standard output and error to <state_dir>/relay.log, marks every other descriptor
 * close-on-exec, and changes signal dispositions. It does not fork itself into the background.
 *
 * To `ready_fd` it writes lines, and closes it after the last one:
 *   "up\n"             the control socket listens and Linux's process runs: ask for the rest with "wait"
 *   "error N TEXT\n"   it could not start, or has ended; N is an enum amp_exit, TEXT for people; everything has been
 *                     cleaned up
 * End of file without an error means that the relay died.
 *
 * Context: blocks until the lab is down. All children have been reaped when it returns.
 *
 * @return the exit status for the process: AMP_EXIT_OK after an orderly end, another enum amp_exit if it could not
 * start or Linux's process failed.
 */
int amp_relay_run(const struct amp_relay_options *options);

#endif /* AMPRELAY_RELAY_H */
