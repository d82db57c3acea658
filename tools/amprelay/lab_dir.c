// SPDX-License-Identifier: GPL-2.0-only
#include "lab_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli.h"

char *amp_lab_state_dir(const char *name)
{
	const char *state = getenv("AMPRELAY_STATE"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char base[PATH_MAX], *path;
	int n;

	if (state && state[0] && realpath(state, base))
		n = asprintf(&path, "%s/%s", base, name);
	else if (state && state[0]) /* not there yet */
		n = asprintf(&path, "%s%s%s/%s",
		             state[0] == '/'              ? ""
		             : getcwd(base, sizeof(base)) ? base
		                                          : "",
		             state[0] == '/' ? "" : "/", state, name);
	else if (xdg && xdg[0] == '/')
		n = asprintf(&path, "%s/amprelay/%s", xdg, name);
	else if (home && home[0] == '/')
		n = asprintf(&path, "%s/.local/state/amprelay/%s", home, name);
	else
		amp_cli_usage("no place to keep a lab's files: set AMPRELAY_STATE or HOME to a directory");
	if (n < 0) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	return path;
}

int amp_lab_make_dir(const char *path)
{
	char *copy = strdup(path);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); !err && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			err = -errno;
		*slash = '/';
	}
	if (!err && mkdir(copy, 0700) && errno != EEXIST)
		err = -errno;
	free(copy);
	return err;
}

socklen_t amp_lab_address(const char *name, struct sockaddr_un *address)
{
	int n;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	n = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "amprelay/%u/%s", (unsigned int)getuid(),
	             name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

static int open_lock(const char *state_dir, int flags)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/lock", state_dir) < 0)
		return -ENOMEM;
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = -errno;
	free(path);
	return fd;
}

static void wake_up(int signal)
{
	(void)signal; /* it only interrupts flock() */
}

int amp_lab_lock(const char *state_dir)
{
	const struct itimerval second = {.it_value.tv_sec = 1, .it_interval.tv_usec = 100000}, never = {0};
	struct sigaction on = {.sa_handler = wake_up}, old;
	int fd = open_lock(state_dir, O_RDWR | O_CREAT), err = 0;

	if (fd < 0)
		return fd;
	sigaction(SIGALRM, &on, &old);
	setitimer(ITIMER_REAL, &second, NULL);
	if (flock(fd, LOCK_EX))
		err = errno == EINTR ? -EWOULDBLOCK : -errno;
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

bool amp_lab_is_held(const char *state_dir)
{
	int fd = open_lock(state_dir, O_RDONLY);
	bool held;

	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return held;
}
