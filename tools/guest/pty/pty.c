// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty COLUMNSxROWS TERM COMMAND...: runs a command on a terminal of its own, for `amprelay exec -t`. Standard input is
 * typed on it, what it shows is standard output; the status is the command's. When this program ends, the terminal
 * hangs up.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/output.h"

#define NOT_RUN     126
#define NOT_FOUND   127
#define END_OF_FILE "\004\004" /* as typed: one ends a line that is not complete, one the input */

static int fail(const char *what)
{
	fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
	return NOT_RUN;
}

static int open_terminal(const char *size)
{
	char *rows;
	struct winsize window = {.ws_col = (unsigned short)strtoul(size, &rows, 10)};
	int ptmx;

	if (*rows == 'x')
		window.ws_row = (unsigned short)strtoul(rows + 1, NULL, 10);
	ptmx = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ptmx >= 0 &&
	    (grantpt(ptmx) || unlockpt(ptmx) || ioctl(ptmx, TIOCSWINSZ, &window) || fcntl(ptmx, F_SETFL, O_NONBLOCK))) {
		close(ptmx);
		return -1;
	}
	return ptmx;
}

/* In the new process: does not return. */
static void become(const char *terminal, char **argv)
{
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
		_exit(fail(terminal));
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? NOT_FOUND : NOT_RUN);
}

/* What was typed and does not fit the terminal's queue yet: it must not hold up what the command writes. */
struct typed {
	char data[4096];
	size_t start, len;
};

static void pass_typed(struct typed *typed, int ptmx)
{
	ssize_t n = write(ptmx, typed->data + typed->start, typed->len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		n = (ssize_t)typed->len; /* nobody has the terminal open */
	typed->start += (size_t)n;
	typed->len -= (size_t)n;
}

/* @return false at the end: of that, too, the command is told as if it was typed */
static bool read_typed(struct typed *typed)
{
	ssize_t n = read(STDIN_FILENO, typed->data, sizeof(typed->data));
	bool open = n > 0;

	if (!open) {
		memcpy(typed->data, END_OF_FILE, strlen(END_OF_FILE));
		n = (ssize_t)strlen(END_OF_FILE);
	}
	typed->start = 0;
	typed->len = (size_t)n;
	return open;
}

/* @return false if nobody has the terminal open, or nobody reads */
static bool pass_output(int ptmx)
{
	char data[4096];
	ssize_t n = read(ptmx, data, sizeof(data));

	return (n < 0 && errno == EAGAIN) || (n > 0 && amp_write_all(STDOUT_FILENO, data, (size_t)n) == 0);
}

/* Until the command has ended and all that it wrote has been passed on: what it left behind may hold the terminal. */
static void serve(int ptmx, int pidfd)
{
	struct typed typed = {0};
	bool open = true;

	for (;;) {
		struct pollfd fds[] = {{.fd = open && !typed.len ? STDIN_FILENO : -1, .events = POLLIN},
		                       {.fd = ptmx, .events = (short)(POLLIN | (typed.len ? POLLOUT : 0))},
		                       {.fd = pidfd, .events = POLLIN}};

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents & POLLIN) {
			if (!pass_output(ptmx))
				return;
			continue; /* before its end is looked at */
		}
		if (fds[2].revents)
			return;
		if (fds[1].revents & (POLLHUP | POLLERR))
			ptmx = -1; /* it may go on without a terminal */
		else if (fds[1].revents & POLLOUT)
			pass_typed(&typed, ptmx);
		if (fds[0].revents)
			open = read_typed(&typed);
	}
}

int main(int argc, char **argv)
{
	int ptmx, status;
	pid_t pid;

	if (argc < 4) {
		fputs("usage: pty COLUMNSxROWS TERM COMMAND...\n", stderr);
		return NOT_RUN;
	}
	ptmx = open_terminal(argv[1]);
	if (ptmx < 0)
		return fail("no terminal");
	setenv("TERM", argv[2], 1);
	pid = fork();
	if (pid == 0)
		become(ptsname(ptmx), argv + 3);
	if (pid < 0)
		return fail("no process");
	serve(ptmx, pidfd_open(pid, 0));
	close(ptmx); /* hangs up, if it still runs */
	if (waitpid(pid, &status, 0) < 0)
		return fail("its end");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
