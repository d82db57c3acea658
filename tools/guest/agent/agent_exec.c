// SPDX-License-Identifier: GPL-2.0-only
/* Commands that the relay runs here: each a process group of its own with three pipes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define ARGS_MAX 1024

/* Control frames of the agent's own are queued only while this much is free for them. */
#define CONTROL_ROOM 64u

/** Standard input on its way to the command; the window bounds it. */
struct input {
	uint8_t *bytes; /* AMP_AGENT_WINDOW bytes, allocated when the first data comes */
	size_t start, len;
	bool eof;
};

struct command {
	uint16_t channel; /* 0: this entry is free */
	pid_t pid;        /* 0: it could not be run */
	int pidfd;        /* -1 once it has ended */
	int in, out, err;
	uint32_t status;
	bool abandoned;  /* nobody wants its output any more */
	uint32_t credit; /* bytes of output that the relay accepts */
	uint32_t owed;   /* bytes of input passed on and not yet reported */
	struct input input;
};

static struct command commands[AMP_AGENT_COMMANDS];

static struct command *find(uint16_t channel)
{
	for (unsigned int i = 0; i < AMP_AGENT_COMMANDS; i++)
		if (commands[i].channel == channel)
			return &commands[i];
	return NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void release_command(struct command *cmd)
{
	close_fd(&cmd->pidfd);
	close_fd(&cmd->in);
	close_fd(&cmd->out);
	close_fd(&cmd->err);
	free(cmd->input.bytes);
	memset(cmd, 0, sizeof(*cmd));
}

/* ------------------------------------------------------------------ starting */

struct pipes {
	int in[2], out[2], err[2];
};

/*
 * Output comes over sockets, not pipes: a program that has the kernel copy from a device that waits (busybox's cat on a
 * terminal, by sendfile) keeps its output pipe locked meanwhile, and our read would wait for that lock, non-blocking or
 * not. What a command loses by it: /dev/stdout and /dev/stderr cannot be opened by name.
 */
static int open_pipes(struct pipes *p)
{
	const int type = SOCK_STREAM | SOCK_CLOEXEC;

	if (pipe2(p->in, O_CLOEXEC) < 0)
		return errno;
	if (socketpair(AF_UNIX, type, 0, p->out) < 0)
		goto fail_in;
	if (socketpair(AF_UNIX, type, 0, p->err) < 0)
		goto fail_out;
	/* As of a pipe: the command's ends are not for reading. */
	shutdown(p->out[1], SHUT_RD);
	shutdown(p->err[1], SHUT_RD);
	/* Our ends only: a command may not expect its own to be non-blocking. */
	fcntl(p->in[1], F_SETFL, O_NONBLOCK);
	fcntl(p->out[0], F_SETFL, O_NONBLOCK);
	fcntl(p->err[0], F_SETFL, O_NONBLOCK);
	return 0;
fail_out:
	close(p->out[0]);
	close(p->out[1]);
fail_in:
	close(p->in[0]);
	close(p->in[1]);
	return errno;
}

static int spawn(char **argv, const struct pipes *p, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int err;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, p->in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, p->out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, p->err[1], STDERR_FILENO);
	err = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return err;
}

static void start_command(struct command *cmd, uint16_t channel, char **argv, const struct pipes *p)
{
	int err = spawn(argv, p, &cmd->pid);

	cmd->channel = channel;
	cmd->pidfd = -1;
	cmd->in = p->in[1];
	cmd->out = p->out[0];
	cmd->err = p->err[0];
	cmd->credit = AMP_AGENT_WINDOW;
	if (err) {
		cmd->pid = 0;
		cmd->status = err == ENOENT ? 127 : 126;
		dprintf(p->err[1], "%s: %s\n", argv[0], strerror(err));
	} else {
		cmd->pidfd = pidfd_open(cmd->pid, 0);
	}
	close(p->in[0]);
	close(p->out[1]);
	close(p->err[1]);
}

static void refuse(struct amp_frame_out *out, uint16_t channel, const char *why)
{
	char *text = (char *)amp_frame_payload(out);
	int n = snprintf(text, CONTROL_ROOM, "agent: %s\n", why);

	amp_frame_put(out, AMP_FRAME_STDERR, channel, (size_t)n);
	amp_frame_put_le32(out, AMP_FRAME_EXIT, channel, 126);
}

static const char *exec_frame(struct amp_frame_out *out, const struct amp_frame *frame, const uint8_t *payload)
{
	static char *argv[ARGS_MAX];
	struct command *cmd;
	struct pipes pipes;

	if (find(frame->channel))
		return "EXEC on a channel that is in use";
	if (amp_frame_argv(payload, frame->len, argv, ARGS_MAX) < 0)
		return "EXEC with a malformed argument list";
	cmd = find(0);
	if (!cmd)
		refuse(out, frame->channel, "too many commands are running");
	else if (open_pipes(&pipes))
		refuse(out, frame->channel, "out of file descriptors");
	else
		start_command(cmd, frame->channel, argv, &pipes);
	return NULL;
}

/* ------------------------------------------------------------------ standard input */

#ifndef __clang__ /* the analyzer of GCC 12 loses sight of what an element of an array points to */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static void drop_input(struct command *cmd)
{
	cmd->owed += (uint32_t)cmd->input.len;
	cmd->input.len = 0;
	close_fd(&cmd->in);
}

static const char *stdin_frame(struct command *cmd, const uint8_t *data, size_t len)
{
	struct input *input = &cmd->input;

	if (len == 0) {
		input->eof = true;
		return NULL;
	}
	if (input->eof)
		return "STDIN after its end of file";
	if (input->len + cmd->owed + len > AMP_AGENT_WINDOW)
		return "STDIN beyond the window";
	if (cmd->in < 0) { /* the command does not read any more */
		cmd->owed += (uint32_t)len;
		return NULL;
	}
	if (!input->bytes)
		input->bytes = malloc(AMP_AGENT_WINDOW);
	if (!input->bytes) {
		amp_guest_log("no memory for the input of channel %u", cmd->channel);
		drop_input(cmd);
		cmd->owed += (uint32_t)len;
		return NULL;
	}
	for (size_t i = 0; i < len;) {
		size_t end = (input->start + input->len) % AMP_AGENT_WINDOW;
		size_t part = AMP_AGENT_WINDOW - end < len - i ? AMP_AGENT_WINDOW - end : len - i;

		memcpy(input->bytes + end, data + i, part);
		input->len += part;
		i += part;
	}
	return NULL;
}

static void pass_input(struct command *cmd)
{
	struct input *input = &cmd->input;

	while (cmd->in >= 0 && input->len) {
		size_t part = AMP_AGENT_WINDOW - input->start;
		ssize_t n = write(cmd->in, input->bytes + input->start, part < input->len ? part : input->len);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) { /* EPIPE: it has closed its standard input */
			drop_input(cmd);
			return;
		}
		input->start = (input->start + (size_t)n) % AMP_AGENT_WINDOW;
		input->len -= (size_t)n;
		cmd->owed += (uint32_t)n;
	}
	if (input->eof)
		close_fd(&cmd->in);
}

/* ------------------------------------------------------------------ standard output and error */

static bool can_pass_output(struct command *cmd, struct amp_frame_out *out)
{
	return cmd->abandoned || (cmd->credit && amp_frame_room(out) > CONTROL_ROOM);
}

static void discard_output(int *fd)
{
	char waste[4096];
	ssize_t n;

	do
		n = read(*fd, waste, sizeof(waste));
	while (n > 0);
	if (n == 0 || errno != EAGAIN)
		close_fd(fd);
}

/* @return true if all that is there now has been passed on */
static bool pass_output(struct command *cmd, int *fd, enum amp_frame_type type, struct amp_frame_out *out)
{
	if (*fd < 0)
		return true;
	if (cmd->abandoned) {
		discard_output(fd);
		return true;
	}
	while (can_pass_output(cmd, out)) {
		size_t room = amp_frame_room(out) - CONTROL_ROOM;
		ssize_t n = read(*fd, amp_frame_payload(out), room < cmd->credit ? room : cmd->credit);

		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0) {
			close_fd(fd);
			return true;
		}
		cmd->credit -= (uint32_t)n;
		amp_frame_put(out, type, cmd->channel, (size_t)n);
	}
	return false;
}

/* ------------------------------------------------------------------ the end */

static void reap(struct command *cmd)
{
	int status;

	if (cmd->pid == 0 || waitpid(cmd->pid, &status, WNOHANG) != cmd->pid)
		return;
	cmd->status = (uint32_t)(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	cmd->pid = 0;
	close_fd(&cmd->pidfd);
}

static void kill_group(struct command *cmd, int signal)
{
	/* Not reaped yet, so the number still means this command's group. */
	if (cmd->pid)
		kill(-cmd->pid, signal);
}

static void work(struct command *cmd, struct amp_frame_out *out)
{
	bool drained;

	reap(cmd);
	pass_input(cmd);
	/*
	 * A process that the command left behind may hold the pipes open: what counts as the command's output is what
	 * is in them after its end, so reaping comes before reading.
	 */
	drained = pass_output(cmd, &cmd->out, AMP_FRAME_STDOUT, out);
	drained = pass_output(cmd, &cmd->err, AMP_FRAME_STDERR, out) && drained;
	if (cmd->owed && amp_frame_room(out) >= CONTROL_ROOM) {
		amp_frame_put_le32(out, AMP_FRAME_WINDOW, cmd->channel, cmd->owed);
		cmd->owed = 0;
	}
	if (cmd->pid == 0 && drained && amp_frame_room(out) >= CONTROL_ROOM) {
		amp_frame_put_le32(out, AMP_FRAME_EXIT, cmd->channel, cmd->status);
		release_command(cmd);
	}
}

/* ------------------------------------------------------------------ interface */

const char *amp_exec_frame(struct amp_frame_out *out, const struct amp_frame *frame, const uint8_t *payload)
{
	struct command *cmd;
	uint32_t value;

	if (frame->type == AMP_FRAME_EXEC)
		return exec_frame(out, frame, payload);
	cmd = find(frame->channel);
	if (!cmd)
		return NULL; /* crossed with our EXIT */
	switch (frame->type) {
	case AMP_FRAME_STDIN:
		return stdin_frame(cmd, payload, frame->len);
	case AMP_FRAME_SIGNAL:
		value = amp_frame_le32(payload);
		if (value < 1 || value >= NSIG)
			return "SIGNAL with a number that is no signal";
		kill_group(cmd, (int)value);
		return NULL;
	case AMP_FRAME_CLOSE:
		cmd->abandoned = true;
		kill_group(cmd, SIGKILL);
		return NULL;
	default: /* AMP_FRAME_WINDOW */
		value = amp_frame_le32(payload);
		if (value > AMP_AGENT_WINDOW - cmd->credit)
			return "WINDOW gives back more than was sent";
		cmd->credit += value;
		return NULL;
	}
}

void amp_exec_poll(struct amp_frame_out *out, struct amp_pollset *set)
{
	for (unsigned int i = 0; i < AMP_AGENT_COMMANDS; i++) {
		struct command *cmd = &commands[i];

		if (!cmd->channel)
			continue;
		amp_pollset_add(set, cmd->pidfd, POLLIN);
		if (can_pass_output(cmd, out)) {
			amp_pollset_add(set, cmd->out, POLLIN);
			amp_pollset_add(set, cmd->err, POLLIN);
		}
		if (cmd->input.len)
			amp_pollset_add(set, cmd->in, POLLOUT);
	}
}

void amp_exec_work(struct amp_frame_out *out)
{
	for (unsigned int i = 0; i < AMP_AGENT_COMMANDS; i++)
		if (commands[i].channel)
			work(&commands[i], out);
}

void amp_exec_reset(void)
{
	for (unsigned int i = 0; i < AMP_AGENT_COMMANDS; i++) {
		struct command *cmd = &commands[i];

		if (!cmd->channel)
			continue;
		kill_group(cmd, SIGKILL);
		/* SIGKILL ends it at once, so the wait is short; without it a zombie would be left. */
		if (cmd->pid)
			waitpid(cmd->pid, NULL, 0);
		release_command(cmd);
	}
}
