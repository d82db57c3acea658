// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/clock.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "sniff.h"

struct arguments {
	const char *core;
	const char *capture; /* -w */
	const char *trace;   /* --perfetto */
	const char *log;     /* --kernel-log */
	bool hex;
	char **command;
	struct sniffer sniffer;
};

enum {
	KEY_CHANNEL = 0x2000,
	KEY_LOG,
	KEY_TRACE,
};

static const struct argp_option options[] = {
	{"write", 'w', "FILE", 0, "Write a capture for Wireshark and tshark (pcapng); '-' is standard output", 0},
	{"perfetto", KEY_TRACE, "FILE", 0, "Write a timeline for ui.perfetto.dev; '-' is standard output", 0},
	{"channel", KEY_CHANNEL, "NAME", 0, "Only messages of this channel, and what announces it; may be repeated", 0},
	{"count", 'c', "N", 0, "End after N messages", 0},
	{"hex", 'x', NULL, 0, "All bytes of each message, header and all", 0},
	{"kernel-log", KEY_LOG, "FILE", 0,
         "Messages out of a board's kernel log ('-': standard input), in which virtio_rpmsg_bus told them; no lab is "
         "needed",
         0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'w':
		a->capture = arg;
		return 0;
	case 'c':
		a->sniffer.limit = amp_cli_number(arg, "--count", UINT64_MAX);
		return 0;
	case 'x':
		a->hex = true;
		return 0;
	case KEY_CHANNEL:
		if (a->sniffer.channels == SNIFF_CHANNELS)
			amp_cli_usage("--channel %s: that is one too many, %u are possible", arg, SNIFF_CHANNELS);
		a->sniffer.channel[a->sniffer.channels++] = arg;
		return 0;
	case KEY_LOG:
		a->log = arg;
		return 0;
	case KEY_TRACE:
		a->trace = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->quoted && state->next > state->quoted) {
			a->command = &state->argv[state->next - 1];
			state->next = state->argc;
			return 0;
		}
		if (a->core)
			return ARGP_ERR_UNKNOWN;
		a->core = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->log && a->command)
			amp_cli_usage("--kernel-log is about what has been: no command goes with it");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[CORE] [-- COMMAND...]",
	.doc = "Show every message between Linux and the cores as it passes, and what happens to the cores meanwhile, "
	       "until Ctrl-C. The relay reads the rings; neither side does anything for it. With a COMMAND, which runs "
	       "here and not in Linux: what passes while it runs; the exit status is the command's.\v"
	       "A line has the seconds since the lab came up, the direction, the channel, source and destination "
	       "address, the bytes of payload, and the payload: as text, or in hexadecimal. A message that passed "
	       "too fast is counted in an event wire.gap. With --json each line is one object.",
	.children = amp_cli_common,
};

/* ------------------------------------------------------------------ while it runs */

struct session {
	struct arguments *arguments;
	sigset_t signals; /* that the command gets back */
	pid_t command;    /* 0: none, or it has ended */
	int status;       /* of the command: enum amp_exit, or its own */
};

static void start_command(struct session *session)
{
	char **command = session->arguments->command;
	int status;

	session->command = fork();
	if (session->command == 0) {
		sigprocmask(SIG_SETMASK, &session->signals, NULL);
		execvp(command[0], command);
		status = errno == ENOENT ? 127 : 126;
		amp_cli_error("%s: %s", command[0], strerror(errno));
		_exit(status);
	}
	if (session->command < 0) {
		amp_cli_error("%s cannot be started: %s", command[0], strerror(errno));
		session->command = 0;
		session->status = AMP_EXIT_FAILED;
		raise(SIGTERM); /* which is blocked, and ends the listening in order */
	}
}

/* The relay listens for us. */
static void on_progress(void *context, const char *text)
{
	struct session *session = context;

	if (strcmp(text, "listening") == 0 && session->arguments->command && !session->command)
		start_command(session);
}

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	struct session *session = context;

	return stream != 'F' || amp_sniffer_take(&session->arguments->sniffer, data, len);
}

/* The relay is told that it is enough, and answers when everything until then has been sent. */
static int on_signal(void *context, int signal)
{
	struct session *session = context;
	int status;

	if (signal != SIGCHLD) {
		if (session->command && signal != SIGINT) /* which a terminal sends to it as well */
			kill(session->command, signal);
		return session->command ? 0 : signal;
	}
	if (!session->command || waitpid(session->command, &status, WNOHANG) != session->command)
		return 0;
	session->command = 0;
	session->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return signal;
}

static int listen_to_lab(struct arguments *a)
{
	struct session session = {.arguments = a};
	struct client_io io = {.has_signals = true,
	                       .context = &session,
	                       .on_output = on_output,
	                       .on_progress = on_progress,
	                       .on_signal = on_signal};
	json_t *request = json_pack("{s:s}", "cmd", "sniff");
	struct client_result result;

	if (a->core)
		json_object_set_new(request, "core", json_string(a->core));
	io.signal_fd = amp_client_catch_signals(SIGCHLD, &session.signals);
	amp_client_request(amp_cli.lab, request, &io, &result);
	if (session.command) { /* the relay has gone, or it is enough */
		kill(session.command, SIGTERM);
		waitpid(session.command, NULL, 0);
	}
	if (result.exit == AMP_EXIT_OK)
		result.exit = session.status;
	return amp_client_finish(&result);
}

/* ------------------------------------------------------------------ where it goes, and where it comes from */

static uint64_t wall_clock_offset(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec - now_ns();
}

static FILE *open_output(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? fdopen(dup(STDOUT_FILENO), "w") : fopen(path, "we");

	if (!file) {
		amp_cli_error("%s: %s", path, strerror(errno));
		exit(AMP_EXIT_FAILED);
	}
	return file;
}

static void add_sink(struct arguments *a, struct sniff_sink *sink)
{
	sink->next = a->sniffer.sinks;
	a->sniffer.sinks = sink;
}

static uint64_t start_of_lab(void)
{
	char *dir = amp_lab_state_dir(amp_cli.lab);
	uint64_t start = (uint64_t)amp_event_reader_start(dir);

	free(dir);
	return start;
}

static int read_log(struct arguments *a)
{
	FILE *log = strcmp(a->log, "-") == 0 ? stdin : fopen(a->log, "re");
	long found = log ? amp_sniff_kernel_log(&a->sniffer, log, a->core ? a->core : "core") : -1;
	int err = errno;

	if (log && log != stdin)
		fclose(log);
	if (found > 0 || a->sniffer.failed)
		return AMP_EXIT_OK;
	if (found == 0)
		amp_cli_error("%s: no line has \"rpmsg_virtio RX: \" or \"rpmsg_virtio TX: \": is dynamic debug on? "
		              "See 'man amprelay'",
		              a->log);
	else
		amp_cli_error("%s: %s", a->log, strerror(err));
	return AMP_EXIT_FAILED;
}

static void say_what_came(const struct arguments *a)
{
	fprintf(stderr, "%llu messages", (unsigned long long)a->sniffer.messages);
	if (a->sniffer.lost)
		fprintf(stderr, ", %llu missed", (unsigned long long)a->sniffer.lost);
	fputc('\n', stderr);
}

static void open_sinks(struct arguments *a)
{
	if (a->capture)
		add_sink(a, amp_sniff_pcapng(open_output(a->capture), a->log ? 0 : wall_clock_offset()));
	if (a->trace)
		add_sink(a, amp_sniff_trace(open_output(a->trace)));
	if (!a->sniffer.sinks)
		add_sink(a, amp_sniff_text(a->log ? 0 : start_of_lab(), a->hex));
}

static void close_sinks(struct arguments *a)
{
	struct sniffer *sniffer = &a->sniffer;

	for (struct sniff_sink *sink = sniffer->sinks, *next; sink; sink = next) {
		next = sink->next;
		if (sink->close(sink) || sniffer->failed)
			continue;
		sniffer->failed = true;
		sniffer->error = errno;
	}
	sniffer->sinks = NULL;
}

int cmd_sniff(int argc, char **argv)
{
	struct arguments *a = calloc(1, sizeof(*a)); /* ends with the program */
	bool files;
	int status;

	if (!a)
		return AMP_EXIT_FAILED;
	amp_cli_parse(&argp, argc, argv, ARGP_IN_ORDER, a);
	open_sinks(a);
	files = a->capture || a->trace;
	status = a->log ? read_log(a) : listen_to_lab(a);
	close_sinks(a);
	if (a->sniffer.failed && files) { /* standard output says it by itself */
		amp_cli_error("%s: %s", a->capture ? a->capture : a->trace,
		              a->sniffer.error ? strerror(a->sniffer.error) : "cannot be written");
		status = AMP_EXIT_FAILED;
	}
	if (files && (status == AMP_EXIT_OK || a->command))
		say_what_came(a);
	free(a);
	return status;
}
