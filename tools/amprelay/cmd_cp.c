// SPDX-License-Identifier: GPL-2.0-only
/* cp: a file into Linux or out of it, by a command that runs there; whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "event_reader.h"
#include "postmortem/new_file.h"

struct arguments {
	const char *from, *to;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (a->to)
			return ARGP_ERR_UNKNOWN;
		*(a->from ? &a->to : &a->from) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->to || (a->from[0] == ':') == (a->to[0] == ':'))
			amp_cli_usage("copy what where? 'amprelay cp FILE :PATH' into Linux, 'amprelay cp :FILE PATH' "
			              "out of it");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "FILE :PATH\n:FILE PATH",
	.doc = "Copy a file into Linux, or out of it; a colon stands before what is in Linux. If PATH is a directory, "
	       "the "
	       "file keeps its name there. It appears when it is whole.\vExit status 1 if it cannot be read or "
	       "written, "
	       "3 if no lab is up.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ the command in Linux */

struct transfer {
	FILE *file; /* what comes out, NULL: nothing should */
	json_int_t bytes;
	int failure;     /* errno of our own */
	char error[256]; /* what the command said */
	size_t error_len;
};

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	struct transfer *t = context;
	size_t room = sizeof(t->error) - 1 - t->error_len;

	if (stream == 'O' && t->file) {
		t->bytes += (json_int_t)len;
		if (fwrite(data, 1, len, t->file) == len)
			return true;
		t->failure = errno;
		return false;
	}
	memcpy(t->error + t->error_len, data, len < room ? len : room);
	t->error_len += len < room ? len : room;
	return true;
}

/* Nothing is half there if it is interrupted: the command in Linux ends with us. */
static int on_signal(void *context, int signal)
{
	struct transfer *t = context;

	(void)signal;
	t->failure = EINTR;
	return -1;
}

/* Runs a script with its arguments in Linux. @return an enum amp_exit, after a message */
static int run_script(const char *script, const char *const *arguments, int input_fd, struct transfer *t)
{
	char *argv[8] = {(char[]){"sh"}, (char[]){"-c"}, (char *)script, (char[]){"cp"}};
	struct client_io io = {.context = t, .on_output = on_output, .on_signal = on_signal, .has_input = true};
	struct client_result result;
	int exit;

	for (int n = 4; *arguments; n++)
		argv[n] = (char *)*arguments++;
	io.input_fd = input_fd;
	io.signal_fd = amp_client_catch_signals(0, NULL);
	io.has_signals = io.signal_fd >= 0;
	amp_client_exec(amp_cli.lab, argv, &io, &result);
	t->error[strcspn(t->error, "\n")] = '\0';
	if (t->failure == EINTR) {
		amp_client_release(&result);
		return AMP_EXIT_INTERRUPTED;
	}
	if (t->failure) {
		amp_client_release(&result);
		return AMP_EXIT_FAILED;
	}
	exit = result.exit;
	if (exit && t->error[0]) {
		amp_cli_error("Linux says: %s", t->error);
		exit = AMP_EXIT_FAILED;
	} else if (exit && result.error[0]) {
		amp_cli_error("%s", result.error);
	}
	amp_client_release(&result);
	return exit;
}

/* ------------------------------------------------------------------ in and out */

static int copy_in(const char *from, const char *to, struct transfer *t)
{
	static const char script[] =
		"d=$1; [ -d \"$d\" ] && d=$d/$2; p=$d.part.$$; "
		"{ cat >\"$p\" && chmod \"$3\" \"$p\" && mv -f \"$p\" \"$d\"; } || { rm -f \"$p\"; exit 1; }";
	int fd = open(from, O_RDONLY | O_CLOEXEC), exit;
	char *copy = strdup(from), mode[16];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || S_ISDIR(st.st_mode) || !copy) {
		amp_cli_error("%s: %s", from, fd >= 0 && copy ? strerror(EISDIR) : strerror(errno));
		if (fd >= 0)
			close(fd);
		free(copy);
		return AMP_EXIT_FAILED;
	}
	snprintf(mode, sizeof(mode), "%o", (unsigned int)(st.st_mode & 0777));
	t->bytes = (json_int_t)st.st_size;
	exit = run_script(script, (const char *[]){to, basename(copy), mode, NULL}, fd, t);
	close(fd);
	free(copy);
	return exit;
}

/* "PATH/NAME" if PATH is a directory, else PATH; from malloc */
static char *destination(const char *to, const char *from)
{
	const char *slash = strrchr(from, '/');
	struct stat st;
	char *path;
	int n;

	if (stat(to, &st) == 0 && S_ISDIR(st.st_mode))
		n = asprintf(&path, "%s/%s", to, slash ? slash + 1 : from);
	else
		n = asprintf(&path, "%s", to);
	return n < 0 ? NULL : path;
}

static int copy_out(const char *from, const char *to, struct transfer *t)
{
	char *path = destination(to, from);
	struct amp_new_file file;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), err = path ? amp_new_file_open(&file, path) : -ENOMEM, exit;

	if (err) {
		amp_cli_error("%s: %s", path ? path : to, strerror(-err));
		exit = AMP_EXIT_FAILED;
	} else {
		t->file = file.file;
		exit = run_script("exec cat <\"$1\"", (const char *[]){from, NULL}, null, t);
		err = amp_new_file_close(&file, path, exit ? -ECANCELED : 0);
		if (!exit && err) {
			amp_cli_error("%s: %s", path, strerror(-err));
			exit = AMP_EXIT_FAILED;
		} else if (t->failure && t->failure != EINTR) {
			amp_cli_error("%s: %s", path, strerror(t->failure));
		}
	}
	if (null >= 0)
		close(null);
	free(path);
	return exit;
}

int cmd_cp(int argc, char **argv)
{
	struct arguments a = {0};
	struct transfer t = {0};
	int exit;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.to[0] == ':')
		exit = copy_in(a.from, a.to + 1, &t);
	else
		exit = copy_out(a.from + 1, a.to, &t);
	if (!exit && amp_cli.json)
		amp_cli_print_json(json_pack("{s:o, s:o, s:I}", "from", amp_cli_json_text(a.from), "to",
		                             amp_cli_json_text(a.to), "bytes", t.bytes));
	return exit;
}
