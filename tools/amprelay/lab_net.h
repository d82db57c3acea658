/* SPDX-License-Identifier: GPL-2.0-only */
/* A network for Linux (up --net): which ports of this machine lead into it, and the key that its ssh server takes. */
#ifndef AMPRELAY_LAB_NET_H
#define AMPRELAY_LAB_NET_H

#include <stdbool.h>
#include <stddef.h>

#define LAB_NET_FORWARDS 16
#define LAB_NET_SSH      22

struct lab_net {
	bool wanted;
	const char *key; /**< the user's private key; NULL: one is made for the lab */
	unsigned int count;
	struct {
		unsigned int host, guest;
	} forward[LAB_NET_FORWARDS];

	char options[1024]; /**< for QEMU */
	char key_path[4096];
	char *authorized; /**< the public key, from malloc */
	unsigned int ssh_port;
};

/** Takes "2222:22". A bad text ends the program with AMP_EXIT_USAGE. */
void amp_lab_net_forward(struct lab_net *net, const char *text);

/**
 * Finds a port for ssh if none is forwarded, and the key: the user's, or STATE_DIR/ssh_key, which is made if need be.
 *
 * @return enum amp_exit, with `error` (LAB_FILES_ERROR bytes)
 */
int amp_lab_net_prepare(struct lab_net *net, const char *state_dir, char *error);

/** Writes an archive for Linux with the key in it. @return false if that failed; errno says why */
bool amp_lab_net_write_key(const struct lab_net *net, const char *path);

#endif
