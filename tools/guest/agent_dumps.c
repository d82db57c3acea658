// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saves the kernel's device core dumps to the share "out".
 *
 * An unread dump keeps its remoteproc from being removed and the next dump from being taken, so each is written out and
 * freed at once. A child process does the copying: it takes long (file server, sysfs page by page), and meanwhile the
 * agent must answer and, above all, the core that crashed is just being recovered by the same CPU: hence the low
 * priority.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "dump_names.h"
#include "sysfs.h"

#define DUMP_CLASS "/sys/class/devcoredump"
#define OUT_DIR    "/out"
#define DUMPS_KEPT 8
#define COPY_SIZE  65536

static struct {
	bool look;             /* look for dumps when the child is free */
	unsigned long handled; /* dumps up to this number have been dealt with: the kernel counts them up */
	pid_t child;
	int result;                   /* the child writes the file's name here; -1: no child */
	char name[AMP_DUMP_NAME_LEN]; /* saved, DUMP frame still to be sent */
} dumps = {.result = -1};

void amp_dumps_look(void)
{
	dumps.look = true;
}

/* Lowest numbered dump that is new, 0 if there is none. */
static unsigned long next_dump(void)
{
	unsigned long best = 0, n;
	struct dirent *entry;
	DIR *dir = opendir(DUMP_CLASS);

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "devcd", 5) != 0)
			continue;
		n = strtoul(entry->d_name + 5, NULL, 10);
		if (n > dumps.handled && (best == 0 || n < best))
			best = n;
	}
	if (dir)
		closedir(dir);
	return best;
}

/* ---- in the child */

static unsigned int highest_number(const char *core)
{
	unsigned int highest = 0, n;
	struct dirent *entry;
	DIR *dir = opendir(OUT_DIR);

	while (dir && (entry = readdir(dir))) {
		n = amp_dump_number(entry->d_name, core);
		if (n > highest)
			highest = n;
	}
	if (dir)
		closedir(dir);
	return highest;
}

static void remove_old(const char *core, unsigned int newest)
{
	struct dirent *entry;
	DIR *dir = opendir(OUT_DIR);

	while (dir && (entry = readdir(dir))) {
		unsigned int n = amp_dump_number(entry->d_name, core);

		if (n && n + DUMPS_KEPT <= newest)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int copy(int from, int to)
{
	static char buf[COPY_SIZE];
	size_t used = 0;
	int err;

	/* sysfs gives a page at a time; the file server likes larger pieces */
	for (;;) {
		ssize_t n = read(from, buf + used, sizeof(buf) - used);

		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (n == 0 || used == sizeof(buf)) {
			err = write_all(to, buf, used);
			if (err || n == 0)
				return err;
			used = 0;
		}
	}
}

/* The reader of "out" never sees half a dump: it is renamed when complete. */
static int save(int data, const char *name)
{
	char temporary[AMP_PATH_LEN], path[AMP_PATH_LEN];
	int fd, err;

	snprintf(temporary, sizeof(temporary), OUT_DIR "/.%s.tmp", name);
	snprintf(path, sizeof(path), OUT_DIR "/%s", name);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = copy(data, fd);
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

static void collect(unsigned long number, int result)
{
	char path[96], core[32], name[AMP_DUMP_NAME_LEN];
	unsigned int n;
	int data, err;

	/* The agent's port and the commands' pipes: held open here, they could not end there. */
	close_range(3, (unsigned int)result - 1, 0);
	close_range((unsigned int)result + 1, ~0u, 0);
	setpriority(PRIO_PROCESS, 0, 19);
	snprintf(path, sizeof(path), DUMP_CLASS "/devcd%lu/failing_device", number);
	if (amp_attr_read(path, "name", core, sizeof(core)) <= 0)
		snprintf(core, sizeof(core), "unknown");
	n = highest_number(core) + 1;
	if (!amp_dump_name(name, core, n))
		amp_dump_name(name, "unknown", n);
	snprintf(path, sizeof(path), DUMP_CLASS "/devcd%lu/data", number);
	data = open(path, O_RDWR | O_CLOEXEC);
	if (data < 0) {
		amp_agent_log("cannot open %s: %s", path, strerror(errno));
		return;
	}
	err = save(data, name);
	if (err)
		amp_agent_log("cannot save the core dump of %s to %s/%s: %s", core, OUT_DIR, name, strerror(-err));
	else
		remove_old(core, n);
	if (write(data, "0", 1) < 0) /* any byte frees it */
		amp_agent_log("cannot free %s: %s", path, strerror(errno));
	if (!err && write(result, name, strlen(name)) < 0)
		amp_agent_log("core dump %s was saved, but the agent has gone", name);
}

/* ---- in the agent */

static void start_child(unsigned long number)
{
	int result[2];

	if (pipe2(result, O_CLOEXEC) < 0)
		return;
	dumps.child = fork();
	if (dumps.child == 0) {
		collect(number, result[1]);
		_exit(0);
	}
	close(result[1]);
	if (dumps.child < 0) {
		amp_agent_log("cannot collect a core dump: %s", strerror(errno));
		close(result[0]);
		return;
	}
	fcntl(result[0], F_SETFL, O_NONBLOCK);
	dumps.result = result[0];
	dumps.handled = number;
}

void amp_dumps_poll(struct amp_pollset *set)
{
	amp_pollset_add(set, dumps.result, POLLIN);
}

static void finish_child(void)
{
	ssize_t n = read(dumps.result, dumps.name, sizeof(dumps.name) - 1);

	if (n < 0)
		return; /* still at work */
	dumps.name[n] = '\0';
	close(dumps.result);
	dumps.result = -1;
	/* Its pipe is readable because it has written its only message or has ended: the wait is short. */
	waitpid(dumps.child, NULL, 0);
	dumps.look = true;
}

void amp_dumps_work(struct amp_frame_out *out, bool connected)
{
	size_t len;

	if (dumps.result >= 0)
		finish_child();
	len = strlen(dumps.name);
	if (len && connected && amp_frame_room(out) >= len) {
		memcpy(amp_frame_payload(out), dumps.name, len);
		amp_frame_put(out, AMP_FRAME_DUMP, 0, len);
		dumps.name[0] = '\0';
	}
	if (dumps.look && dumps.result < 0 && !dumps.name[0]) {
		unsigned long number = next_dump();

		dumps.look = false;
		if (number)
			start_child(number);
	}
}
