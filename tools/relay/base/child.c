// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "common/clock.h"
#include "common/text.h"

void amp_argument(struct arguments *args, const char *format, ...)
{
	size_t room = sizeof(args->text) - args->used;
	char *at = args->text + args->used;
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(at, room, format, list);
	va_end(list);
	if (len < 0 || (size_t)len >= room || args->count == ARGUMENTS_MAX) {
		args->overflow = true;
		return;
	}
	args->used += (size_t)len + 1;
	args->v[args->count++] = at;
	args->v[args->count] = NULL;
}

const char *amp_qemu_escape(char *out, size_t size, const char *value)
{
	size_t n = 0;

	for (; *value && n + 2 < size; value++) {
		if (*value == ',')
			out[n++] = ',';
		out[n++] = *value;
	}
	out[n] = '\0';
	return out;
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void become(char *const argv[], const int *fds, size_t num_fds, int messages, pid_t relay)
{
	const struct rlimit no_core = {0, 0};
	struct sigaction standard = {.sa_handler = SIG_DFL};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	/* the relay's death, however it comes, is the child's; if it came before this line, nobody would tell us */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != relay)
		_exit(127);
	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core); /* a locked-up core aborts its QEMU: that is news, not a bug to be dumped */
	sigaction(SIGPIPE, &standard, NULL);
	sigaction(SIGXFSZ, &standard, NULL);
	sigaction(SIGHUP, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(messages, STDOUT_FILENO) < 0 || dup2(messages, STDERR_FILENO) < 0)
		_exit(127);
	for (size_t i = 0; i < num_fds; i++)
		fcntl(fds[i], F_SETFD, 0);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* What says nothing about this lab: QEMU's boards create their network card whether one asks for it or not. */
static bool worth_logging(const char *line)
{
	return line[0] != '\0' && !strstr(line, "has no peer");
}

static void log_line(struct child *child, const char *line, size_t len)
{
	uint32_t suppressed;
	char clean[CHILD_WORDS_MAX];

	amp_text_clean(clean, sizeof(clean), line, len);
	if (!worth_logging(clean) || !amp_ratelimit(&child->noise, now_ns(), &suppressed))
		return;
	if (suppressed)
		amp_log("%s: (%u lines suppressed)", child->name, suppressed);
	amp_log("%s: %s", child->name, clean);
}

static void on_message(void *userdata, const uint8_t *data, size_t len)
{
	struct child *child = userdata;

	for (size_t i = 0; i < len; i++) {
		if (child->message_len == CHILD_MESSAGE_MAX) {
			size_t drop = CHILD_MESSAGE_MAX / 2;

			memmove(child->message, child->message + drop, CHILD_MESSAGE_MAX - drop);
			child->message_len -= drop;
			child->line_start = child->line_start > drop ? child->line_start - drop : 0;
		}
		child->message[child->message_len++] = (char)data[i];
		if (data[i] == '\n') {
			log_line(child, child->message + child->line_start, child->message_len - child->line_start - 1);
			child->line_start = child->message_len;
		}
	}
	child->message[child->message_len] = '\0';
}

static int on_child_exit(sd_event_source *source, const siginfo_t *info, void *userdata)
{
	struct child *child = userdata;

	(void)source;
	amp_stream_drain(&child->messages);
	amp_stream_close(&child->messages);
	child->exit = sd_event_source_disable_unref(child->exit);
	child->pid = 0;
	child->on_exit(child->userdata, info);
	return 0;
}

int amp_child_start(struct child *child, sd_event *loop, const char *name, struct arguments *args, const int *fds,
                    size_t num_fds, void (*on_exit)(void *userdata, const siginfo_t *info), void *userdata)
{
	static const struct stream_ops message_ops = {.on_data = on_message};
	pid_t relay = getpid();
	int pipes[2], err;

	if (args->overflow)
		return -E2BIG;
	*child = (struct child){.name = name, .noise = RATELIMIT(100, 100), .on_exit = on_exit, .userdata = userdata};
	child->messages.fd = -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	err = amp_stream_open(&child->messages, loop, pipes[0], 1, &message_ops, child);
	if (err < 0) {
		close(pipes[1]);
		return err;
	}
	child->pid = fork();
	if (child->pid == 0)
		become(args->v, fds, num_fds, pipes[1], relay);
	err = child->pid < 0 ? -errno : 0;
	close(pipes[1]);
	if (err == 0)
		err = sd_event_add_child(loop, &child->exit, child->pid, WEXITED, on_child_exit, child);
	if (err < 0) {
		if (child->pid > 0) {
			kill(child->pid, SIGKILL);
			waitpid(child->pid, NULL, 0);
		}
		child->pid = 0;
		amp_stream_close(&child->messages);
		return err;
	}
	return 0;
}

void amp_child_kill(const struct child *child, int signal)
{
	/* not reaped before on_exit, so the number cannot belong to anyone else */
	if (child->pid > 0)
		kill(child->pid, signal);
}

void amp_child_moved(struct child *child)
{
	amp_stream_moved(&child->messages, child);
	if (child->exit)
		sd_event_source_set_userdata(child->exit, child);
}

void amp_child_release(struct child *child)
{
	child->exit = sd_event_source_disable_unref(child->exit);
	amp_stream_close(&child->messages);
	child->pid = 0;
}

void amp_child_ending(const siginfo_t *info, char *out, size_t size)
{
	if (info->si_code == CLD_EXITED)
		amp_text(out, size, "ended with status %d", info->si_status);
	else
		amp_text(out, size, "was killed by signal %d (%s)", info->si_status, strsignal(info->si_status));
}

void amp_child_last_words(const struct child *child, char *out, size_t size)
{
	size_t end = child->message_len, start;

	while (end > 0 && child->message[end - 1] == '\n')
		end--;
	for (start = end; start > 0 && child->message[start - 1] != '\n'; start--)
		;
	amp_text_clean(out, size, child->message + start, end - start);
}
