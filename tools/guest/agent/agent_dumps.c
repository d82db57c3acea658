// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands the kernel's device core dumps to the relay.
 *
 * An unread dump keeps its remoteproc from being removed and the next dump from being taken, so each is passed on and
 * freed at once. A child process does the reading: it takes long (sysfs gives page by page), and meanwhile the agent
 * must answer and, above all, the core that crashed is just being recovered by the same CPU: hence the low priority.
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
#include "common/output.h"
#include "guest/base/sysfs.h"

#define DUMP_CLASS "/sys/class/devcoredump"
#define NAME_LEN   32 /* what the child writes first: the core's name, with zeroes behind it */
#define COPY_SIZE  65536

static struct {
	bool look;             /* look for dumps when the child is free */
	unsigned long handled; /* dumps up to this number have been dealt with: the kernel counts them up */
	pid_t child;
	int data;   /* the child writes a name and the dump here; -1: no child */
	bool begun; /* the name has been passed on */
} dumps = {.data = -1};

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

/* ------------------------------------------------------------------ in the child */

static int copy(int from, int to)
{
	static char buf[COPY_SIZE];
	size_t used = 0;
	int err;

	/* sysfs gives a page at a time; the agent likes larger pieces */
	for (;;) {
		ssize_t n = read(from, buf + used, sizeof(buf) - used);

		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (n == 0 || used == sizeof(buf)) {
			err = amp_write_all(to, buf, used);
			if (err || n == 0)
				return err;
			used = 0;
		}
	}
}

/* @return 0 or a negative errno: whether the relay has all of it */
static int collect(unsigned long number, int out)
{
	char path[96], core[NAME_LEN] = "";
	int data, err;

	/* The agent's port and the commands' pipes: held open here, they could not end there. */
	close_range(3, (unsigned int)out - 1, 0);
	close_range((unsigned int)out + 1, ~0u, 0);
	setpriority(PRIO_PROCESS, 0, 19);
	snprintf(path, sizeof(path), DUMP_CLASS "/devcd%lu/failing_device", number);
	if (amp_attr_read(path, "name", core, sizeof(core)) <= 0)
		snprintf(core, sizeof(core), "unknown");
	snprintf(path, sizeof(path), DUMP_CLASS "/devcd%lu/data", number);
	data = open(path, O_RDWR | O_CLOEXEC);
	if (data < 0) {
		err = -errno;
		amp_guest_log("cannot open %s: %s", path, strerror(-err));
		return err;
	}
	err = amp_write_all(out, core, sizeof(core));
	if (!err)
		err = copy(data, out);
	if (err)
		amp_guest_log("cannot hand on the core dump of %s: %s", core, strerror(-err));
	if (write(data, "0", 1) < 0) /* any byte frees it */
		amp_guest_log("cannot free %s: %s", path, strerror(errno));
	return err;
}

/* ------------------------------------------------------------------ in the agent */

static void start_child(unsigned long number)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	dumps.child = fork();
	if (dumps.child == 0)
		_exit(-collect(number, ends[1]));
	close(ends[1]);
	if (dumps.child < 0) {
		amp_guest_log("cannot collect a core dump: %s", strerror(errno));
		close(ends[0]);
		return;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	dumps.data = ends[0];
	dumps.begun = false;
	dumps.handled = number;
}

/* A frame of data is worth its header only if it is large, and its end must fit behind it. */
static bool has_room(struct amp_frame_out *out)
{
	return amp_frame_room(out) == AMP_AGENT_PAYLOAD_MAX;
}

void amp_dumps_poll(struct amp_frame_out *out, struct amp_pollset *set)
{
	if (has_room(out))
		amp_pollset_add(set, dumps.data, POLLIN);
}

/* The pipe has ended, and so has the child, or is about to: the wait is short. @return its error */
static uint32_t reap(void)
{
	int status = 0;

	close(dumps.data);
	dumps.data = -1;
	waitpid(dumps.child, &status, 0);
	dumps.look = true;
	return WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status) : EINTR;
}

static void pass_on(struct amp_frame_out *out)
{
	uint8_t *payload = amp_frame_payload(out);
	ssize_t n = read(dumps.data, payload, dumps.begun ? AMP_AGENT_PAYLOAD_MAX : NAME_LEN);
	uint32_t err;

	if (n < 0)
		return; /* no more at the moment */
	if (n == 0) {
		err = reap();
		if (dumps.begun)
			amp_frame_put_le32(out, AMP_FRAME_DUMP_END, 0, err);
		return;
	}
	if (dumps.begun) {
		amp_frame_put(out, AMP_FRAME_DUMP_DATA, 0, (size_t)n);
		return;
	}
	/* less than a pipe takes at once, so it comes at once */
	amp_frame_put(out, AMP_FRAME_DUMP, 0, strnlen((const char *)payload, (size_t)n));
	dumps.begun = true;
}

void amp_dumps_work(struct amp_frame_out *out)
{
	/* one piece each time: commands' output comes between them */
	if (dumps.data >= 0 && has_room(out))
		pass_on(out);
	if (dumps.look && dumps.data < 0) {
		unsigned long number = next_dump();

		dumps.look = false;
		if (number)
			start_child(number);
	}
}

void amp_dumps_reset(void)
{
	/* the child notices, and frees the dump, of which nobody has the beginning any more */
	if (dumps.data >= 0)
		reap();
}
