// SPDX-License-Identifier: GPL-2.0-only
#include "lab_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "lab_files.h"
#include "text_file.h"

#define KEY_MAX 16384

/* ------------------------------------------------------------------ ports */

void amp_lab_net_forward(struct lab_net *net, const char *text)
{
	const char *colon = strchr(text, ':');
	char host[16];

	if (!colon || (size_t)(colon - text) >= sizeof(host) || net->count == LAB_NET_FORWARDS)
		amp_cli_usage("--forward %s: HOST:GUEST is wanted, such as 2222:22, at most %d times", text,
		              LAB_NET_FORWARDS);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	net->forward[net->count].host = (unsigned int)amp_cli_number(host, "--forward", 65535);
	net->forward[net->count].guest = (unsigned int)amp_cli_number(colon + 1, "--forward", 65535);
	net->count++;
	net->wanted = true;
}

/* @param port  0: any. @return the port that is free on this machine, 0: it is not */
static unsigned int free_port(unsigned int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	unsigned int found = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &len) == 0)
		found = ntohs(address.sin_port);
	if (fd >= 0)
		close(fd);
	return found;
}

static int choose_ports(struct lab_net *net, char *error)
{
	size_t used = (size_t)snprintf(net->options, sizeof(net->options), "user,id=net");

	for (unsigned int i = 0; i < net->count; i++) {
		if (net->forward[i].guest == LAB_NET_SSH)
			net->ssh_port = net->forward[i].host;
	}
	if (!net->ssh_port && net->count < LAB_NET_FORWARDS) {
		net->ssh_port = free_port(0);
		net->forward[net->count].host = net->ssh_port;
		net->forward[net->count++].guest = LAB_NET_SSH;
	}
	for (unsigned int i = 0; i < net->count; i++) {
		if (!net->forward[i].host || !net->forward[i].guest || !free_port(net->forward[i].host)) {
			snprintf(error, LAB_FILES_ERROR, "--forward %u:%u: port %u of this machine is not free",
			         net->forward[i].host, net->forward[i].guest, net->forward[i].host);
			return AMP_EXIT_ENVIRONMENT;
		}
		used += (size_t)snprintf(net->options + used, sizeof(net->options) - used,
		                         ",hostfwd=tcp:127.0.0.1:%u-:%u", net->forward[i].host, net->forward[i].guest);
	}
	return AMP_EXIT_OK;
}

/* ------------------------------------------------------------------ keys */

static bool make_key(const char *path)
{
	const char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "amprelay", "-f", path, NULL};
	extern char **environ;
	int status;
	pid_t pid;

	return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

static int find_key(struct lab_net *net, const char *state_dir, char *error)
{
	char path[sizeof(net->key_path) + 8];
	char *real = net->key ? realpath(net->key, NULL) : NULL;

	if (net->key && !real) {
		snprintf(error, LAB_FILES_ERROR, "--ssh-key %.300s: %s", net->key, strerror(errno));
		return AMP_EXIT_ENVIRONMENT;
	}
	if (real)
		snprintf(net->key_path, sizeof(net->key_path), "%s", real);
	else
		snprintf(net->key_path, sizeof(net->key_path), "%s/ssh_key", state_dir);
	free(real);
	if (!net->key && access(net->key_path, F_OK) && !make_key(net->key_path)) {
		snprintf(error, LAB_FILES_ERROR, "ssh-keygen made no key: install Debian's package openssh-client");
		return AMP_EXIT_ENVIRONMENT;
	}
	snprintf(path, sizeof(path), "%s.pub", net->key_path);
	net->authorized = amp_text_file_read(path, KEY_MAX, NULL);
	if (net->authorized && strncmp(net->authorized, "ssh-", 4) == 0)
		return AMP_EXIT_OK;
	snprintf(error, LAB_FILES_ERROR, "%.300s: no public key of OpenSSH is there, and Linux needs it", path);
	return AMP_EXIT_ENVIRONMENT;
}

int amp_lab_net_prepare(struct lab_net *net, const char *state_dir, char *error)
{
	int err = choose_ports(net, error);

	return err ? err : find_key(net, state_dir, error);
}

/* ------------------------------------------------------------------ the archive */

static void pad(FILE *out, size_t len)
{
	fwrite("\0\0\0", 1, -len % 4, out);
}

/* One file in the format that cpio calls newc. */
static void add_entry(FILE *out, const char *name, unsigned int mode, const char *data)
{
	size_t len = strlen(data), name_len = strlen(name) + 1;
	static unsigned int inode;

	/* magic, inode, mode, user, group, links, time, size, device (2), device of the file (2), name's size, sum */
	fprintf(out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", ++inode, mode, 0, 0, 1, 0,
	        (unsigned int)len, 0, 0, 0, 0, (unsigned int)name_len, 0);
	fwrite(name, 1, name_len, out);
	pad(out, 110 + name_len);
	fwrite(data, 1, len, out);
	pad(out, len);
}

bool amp_lab_net_write_key(const struct lab_net *net, const char *path)
{
	FILE *out = fopen(path, "we");
	bool good;

	if (!out)
		return false;
	add_entry(out, "root", 040700, "");
	add_entry(out, "root/.ssh", 040700, "");
	add_entry(out, "root/.ssh/authorized_keys", 0100600, net->authorized);
	add_entry(out, "TRAILER!!!", 0, "");
	good = !ferror(out);
	return fclose(out) == 0 && good;
}
