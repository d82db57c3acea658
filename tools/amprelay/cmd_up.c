// SPDX-License-Identifier: GPL-2.0-only
/* up: check, take the lock, let the relay go its own way in a process of its own, and tell what comes up when. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "common/text.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "relay/relay.h"
#include "terminal.h"

#define DOWN_MS        5000 /* how long a relay may take to end before it is killed */
#define RELAY_LINE_MAX 1024
/* Linux starts its cores, or refuses to, within milliseconds after the agent; later on a machine that boots slowly. */
#define AUTO_BOOT_MS 3000

struct up {
	struct lab_choice choice;
	bool keep, no_wait;
	int lifeline; /* descriptor whose hang-up ends the lab; -1: the terminal's does */
	int timeout_ms;

	struct lab_files files;
	char *state_dir;
	char *firmware_dir, *initramfs;
	char *share; /* NULL: none */
	bool share_writable;
	struct lab_net net;
	struct {
		const char *option, *core; /* as given: CORE or CORE=FILE */
	} early[SOC_MAX_CORES];
	unsigned int num_early;
	char *early_path[SOC_MAX_CORES]; /* of each core; NULL: Linux starts it */
	bool owned[SOC_MAX_CORES];       /* … and it is never Linux's */
	int lock_fd;
	pid_t relay;
	int ready_fd;
	int signal_fd;
	sigset_t old_signals;
	int interrupted;            /* the signal, or 0 */
	struct amp_terminal reason; /* Linux's, for not starting a core */
	bool hung_up;               /* the relay ended a request without an answer */
	int64_t start;
	json_t *scripts; /* of the shared folder */
	json_t *cores;   /* what became of each, for --json */
};

enum {
	KEY_LAB = 0x3000,
	KEY_SOC,
	KEY_FIRMWARE,
	KEY_KERNEL,
	KEY_INITRAMFS,
	KEY_EARLY,
	KEY_OWNED,
	KEY_SHARE,
	KEY_SHARE_RW,
	KEY_NET,
	KEY_FORWARD,
	KEY_SSH_KEY,
	KEY_KEEP,
	KEY_LIFELINE,
	KEY_NO_WAIT,
	KEY_TIMEOUT
};

static const struct argp_option options[] = {
	{"lab", KEY_LAB, "DIR", 0, "The lab's files: Image, initramfs.cpio, SOC.json, boot ROMs, firmware/", 0},
	{"soc", KEY_SOC, "NAME|FILE", 0, "The SoC: m3 (default), or another that the lab has; or a file from socgen",
         0},
	{"firmware", KEY_FIRMWARE, "FILE|DIR", 0, "Your firmware: an ELF file, or a directory for Linux to load from",
         0},
	{"kernel", KEY_KERNEL, "IMAGE", 0, "Your arm64 kernel", 0},
	{"initramfs", KEY_INITRAMFS, "FILE", 0,
         "A cpio archive more for Linux, plain or with gzip: its files are added, and win over the lab's own", 0},
	{"early", KEY_EARLY, "CORE[=FILE]", 0,
         "This core runs before Linux, which attaches to it: its own firmware, or FILE; may be repeated", 0},
	{"owned", KEY_OWNED, "CORE[=FILE]", 0,
         "The same, and the core stays the relay's: Linux can neither start nor stop it, only attach and use it", 0},
	{"share", KEY_SHARE, "DIR", 0,
         "A folder that Linux sees at /share and cannot write to; the scripts in it (*.sh) run at its boot, in order",
         0},
	{"share-rw", KEY_SHARE_RW, "DIR", 0, "The same, and Linux may write there", 0},
	{"net", KEY_NET, NULL, 0, "A network for Linux, out through this machine, and an ssh server in it", 0},
	{"forward", KEY_FORWARD, "HOST:GUEST", 0,
         "A TCP port of this machine that leads into Linux, such as 2222:22; may be repeated. With --net alone, a free "
         "one leads to ssh",
         0},
	{"ssh-key", KEY_SSH_KEY, "FILE", 0,
         "The private key to log in with, FILE.pub beside it (default: one that is made for the lab)", 0},
	{"keep", KEY_KEEP, NULL, 0, "The lab outlives this terminal", 0},
	{"lifeline", KEY_LIFELINE, "FD", 0,
         "The lab ends when the other end of this pipe or socket closes, for programs", 0},
	{"no-wait", KEY_NO_WAIT, NULL, 0, "Do not wait until Linux and the cores run", 0},
	{"timeout", KEY_TIMEOUT, "S", 0, "How long to wait for them (default: 60 seconds)", 0},
	{0},
};

static void take_early(struct up *up, const char *option, const char *core)
{
	if (up->num_early == SOC_MAX_CORES)
		amp_cli_usage("%s %s: a lab has at most %d cores", option, core, SOC_MAX_CORES);
	up->early[up->num_early].option = option;
	up->early[up->num_early++].core = core;
}

static void take_share(struct up *up, const char *dir, bool writable)
{
	struct stat st;

	if (up->share)
		amp_cli_usage("one folder can be shared, not two: --share or --share-rw, once");
	up->share = realpath(dir, NULL);
	if (!up->share || stat(up->share, &st) || !S_ISDIR(st.st_mode) || access(up->share, R_OK | X_OK))
		amp_cli_usage("--share %s: it is no folder, or cannot be read", dir);
	up->share_writable = writable;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct up *up = state->input;

	switch (key) {
	case KEY_LAB:
		up->choice.dir = arg;
		return 0;
	case KEY_SOC:
		up->choice.soc = arg;
		return 0;
	case KEY_FIRMWARE:
		up->choice.firmware = arg;
		return 0;
	case KEY_KERNEL:
		up->choice.kernel = arg;
		return 0;
	case KEY_INITRAMFS:
		up->choice.initramfs = arg;
		return 0;
	case KEY_EARLY:
	case KEY_OWNED:
		take_early(up, key == KEY_OWNED ? "--owned" : "--early", arg);
		return 0;
	case KEY_SHARE:
	case KEY_SHARE_RW:
		take_share(up, arg, key == KEY_SHARE_RW);
		return 0;
	case KEY_NET:
		up->net.wanted = true;
		return 0;
	case KEY_FORWARD:
		amp_lab_net_forward(&up->net, arg);
		return 0;
	case KEY_SSH_KEY:
		up->net.key = arg;
		up->net.wanted = true;
		return 0;
	case KEY_KEEP:
		up->keep = true;
		return 0;
	case KEY_LIFELINE:
		up->lifeline = (int)amp_cli_number(arg, "--lifeline", 1 << 20);
		if (fcntl(up->lifeline, F_GETFD) < 0)
			amp_cli_usage("--lifeline: %s is no open descriptor", arg);
		return 0;
	case KEY_NO_WAIT:
		up->no_wait = true;
		return 0;
	case KEY_TIMEOUT:
		up->timeout_ms = amp_cli_seconds(arg, "--timeout");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Start a lab, and return when Linux answers and its cores run. The lab goes on in the background "
	       "until 'amprelay down', or until this terminal closes (unless --keep is given). If a core does not "
	       "start, Linux stays up, for you to look at it.\vThe lab's files are looked for in --lab DIR, else in "
	       "$AMPRELAY_LAB, else beside the program (../share/amprelay, or ../../lab in a build tree).\n\n"
	       "A firmware FILE is copied into the lab under the name that Linux loads. After rebuilding it, "
	       "'amprelay restart CORE' (or start) copies the new one; an automatic recovery uses the copy that it "
	       "has. A firmware directory is shared as it is.\n\n"
	       "Logs, events and dumps of a lab are kept in $AMPRELAY_STATE/LAB, else "
	       "$XDG_STATE_HOME/amprelay/LAB, else ~/.local/state/amprelay/LAB.",
	.children = amp_cli_common,
};

static int need_qemu(const char *program, const char *package)
{
	char *path = amp_lab_find_program(program);

	if (!path)
		amp_cli_error("%s is not in $PATH: install Debian's package %s", program, package);
	free(path);
	return path ? AMP_EXIT_OK : AMP_EXIT_ENVIRONMENT;
}

static int check_programs(const struct up *up)
{
	const struct soc_config *soc = &up->files.soc;
	int err = need_qemu(LAB_QEMU_HOST, "qemu-system-arm");

	for (unsigned int i = 0; !err && i < soc->num_cores; i++) {
		const char *program = amp_soc_qemu_program(soc->core[i].isa);

		err = need_qemu(program, strstr(program, "riscv") ? "qemu-system-misc" : "qemu-system-arm");
	}
	return err;
}

static int lab_exists(void)
{
	amp_cli_error("lab '%s' is up already: use it, end it with 'amprelay down', or take another --name",
	              amp_cli.lab);
	return AMP_EXIT_LAB_EXISTS;
}

static int take_state_dir(struct up *up)
{
	int err = amp_lab_make_dir(up->state_dir);

	if (err) {
		amp_cli_error("state directory %s: %s: set AMPRELAY_STATE to a directory of yours", up->state_dir,
		              strerror(-err));
		return AMP_EXIT_ENVIRONMENT;
	}
	up->lock_fd = amp_lab_lock(up->state_dir);
	if (up->lock_fd == -EWOULDBLOCK)
		return lab_exists();
	if (up->lock_fd < 0) {
		amp_cli_error("%s/lock: %s: set AMPRELAY_STATE to a directory of yours", up->state_dir,
		              strerror(-up->lock_fd));
		return AMP_EXIT_ENVIRONMENT;
	}
	return AMP_EXIT_OK;
}

/* @return the number of the core whose name the argument begins with, -1: there is none */
static int early_core(const struct soc_config *soc, const char *arg, size_t len)
{
	for (unsigned int i = 0; i < soc->num_cores; i++) {
		if (strlen(soc->core[i].name) == len && memcmp(soc->core[i].name, arg, len) == 0)
			return (int)i;
	}
	return -1;
}

/* @param file  NULL: what Linux would load */
static int set_early(struct up *up, int core, const char *file)
{
	const struct core_config *config = &up->files.soc.core[core];
	char path[PATH_MAX];

	if (file)
		amp_text(path, sizeof(path), "%s", file);
	else
		amp_text(path, sizeof(path), "%s/%s", up->firmware_dir, config->firmware);
	up->early_path[core] = realpath(path, NULL);
	if (up->early_path[core])
		return AMP_EXIT_OK;
	amp_cli_error("core %s, which runs before Linux: %s: %s", config->name, path, strerror(errno));
	return AMP_EXIT_ENVIRONMENT;
}

static int find_early(struct up *up)
{
	const struct soc_config *soc = &up->files.soc;
	int err = AMP_EXIT_OK;

	for (unsigned int i = 0; i < up->num_early && !err; i++) {
		const char *arg = up->early[i].core, *file = strchr(arg, '=');
		int core = early_core(soc, arg, file ? (size_t)(file - arg) : strlen(arg));

		if (core < 0 || up->early_path[core]) {
			amp_cli_error("%s %s: %s", up->early[i].option, arg,
			              core < 0 ? "the SoC has no such core" : "this core has been named before");
			return AMP_EXIT_USAGE;
		}
		up->owned[core] = strcmp(up->early[i].option, "--owned") == 0;
		err = set_early(up, core, file ? file + 1 : NULL);
	}
	for (unsigned int i = 0; i < soc->num_cores && !err; i++) {
		if (soc->core[i].denied_linux & AMP_VERB_START && !up->early_path[i])
			err = set_early(up, (int)i, NULL);
	}
	return err;
}

static int prepare(struct up *up)
{
	char error[LAB_FILES_ERROR];
	int err;

	if (amp_client_lab_is_up(amp_cli.lab))
		return lab_exists();
	err = amp_lab_files_resolve(&up->files, &up->choice, error);
	if (err) {
		amp_cli_error("%s", error);
		return err;
	}
	err = check_programs(up);
	if (!err)
		err = take_state_dir(up);
	if (err)
		return err;
	up->firmware_dir = amp_lab_firmware_prepare(&up->files, up->state_dir, error);
	if (!up->firmware_dir) {
		amp_cli_error("%s", error);
		return AMP_EXIT_ENVIRONMENT;
	}
	err = find_early(up);
	if (err)
		return err;
	if (up->net.wanted)
		err = amp_lab_net_prepare(&up->net, up->state_dir, error);
	if (!err)
		up->initramfs = amp_lab_initramfs_prepare(&up->files, &up->net, up->state_dir, error);
	if (up->initramfs)
		return AMP_EXIT_OK;
	amp_cli_error("%s", error);
	return AMP_EXIT_ENVIRONMENT;
}

/* What the lab's life hangs on. */
static int watched_fd(const struct up *up)
{
	if (up->keep)
		return -1;
	if (up->lifeline >= 0)
		return up->lifeline;
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* In the new process; does not return. */
static void become_relay(struct up *up, int ready_fd)
{
	struct amp_relay_options relay = {
		.lab = amp_cli.lab,
		.state_dir = up->state_dir,
		.lock_fd = up->lock_fd,
		.soc_file = up->files.soc_file,
		.kernel = up->files.kernel,
		.initramfs = up->initramfs,
		.net = up->net.wanted ? up->net.options : NULL,
		.ssh_port = up->net.ssh_port,
		.ssh_key = up->net.key_path,
		.share_dir = up->share,
		.share_writable = up->share_writable,
		.bootrom_dir = up->files.dir,
		.firmware_dir = up->firmware_dir,
		.ready_fd = ready_fd,
		.tty_fd = watched_fd(up),
		.keep = up->keep,
	};

	for (unsigned int i = 0; i < SOC_MAX_CORES; i++) {
		relay.early[i] = up->early_path[i];
		relay.owned[i] = up->owned[i];
	}
	close(up->signal_fd);
	sigprocmask(SIG_SETMASK, &up->old_signals, NULL);
	_exit(amp_relay_run(&relay));
}

static int fork_relay(struct up *up)
{
	int ready[2];

	if (pipe2(ready, O_CLOEXEC)) {
		amp_cli_error("pipe: %s", strerror(errno));
		return AMP_EXIT_FAILED;
	}
	fflush(NULL); /* or both processes would print it */
	up->relay = fork();
	if (up->relay < 0) {
		amp_cli_error("fork: %s", strerror(errno));
		return AMP_EXIT_FAILED;
	}
	if (!up->relay) {
		close(ready[0]);
		become_relay(up, ready[1]);
	}
	close(ready[1]);
	close(up->lock_fd); /* the relay's copy keeps the lock */
	up->ready_fd = ready[0];
	return AMP_EXIT_OK;
}

/* Ends a relay that is not wanted any more, and waits for it. */
static void end_relay(struct up *up)
{
	int pidfd = (int)syscall(SYS_pidfd_open, up->relay, 0);
	struct pollfd pfd = {.fd = pidfd, .events = POLLIN};

	kill(up->relay, SIGTERM);
	if (pidfd < 0 || poll(&pfd, 1, DOWN_MS) != 1)
		kill(up->relay, SIGKILL); /* its QEMU processes die with it */
	waitpid(up->relay, NULL, 0);
	if (pidfd >= 0)
		close(pidfd);
}

/* A relay that hung up on us is about to die, if it has not yet. */
static bool has_died(const struct up *up)
{
	struct pollfd pfd = {.fd = (int)syscall(SYS_pidfd_open, up->relay, 0), .events = POLLIN};
	bool died = pfd.fd >= 0 && poll(&pfd, 1, up->hung_up ? DOWN_MS : 0) == 1;

	if (pfd.fd >= 0)
		close(pfd.fd);
	return died;
}

static int left_ms(const struct up *up)
{
	int64_t left = up->start + up->timeout_ms - amp_cli_now_ms();

	return left > 0 ? (int)left : 0;
}

/* How long to wait for a core that Linux starts by itself: twice what Linux took to boot, at least AUTO_BOOT_MS. */
static int auto_boot_ms(const struct up *up)
{
	int64_t booted = 2 * (amp_cli_now_ms() - up->start);
	int left = left_ms(up);

	if (booted < AUTO_BOOT_MS)
		booted = AUTO_BOOT_MS;
	return left < booted ? left : (int)booted;
}

static double seconds(const struct up *up)
{
	return (double)(amp_cli_now_ms() - up->start) / 1000;
}

static bool take_signal(struct up *up)
{
	struct signalfd_siginfo info;

	if (read(up->signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	up->interrupted = (int)info.ssi_signo;
	return true;
}

/* The relay's next line, not a byte more; empty when it has died. @return false in time, or when interrupted */
static bool read_line(struct up *up, char *line, size_t size, int timeout_ms)
{
	struct pollfd fds[2] = {{.fd = up->ready_fd, .events = POLLIN}, {.fd = up->signal_fd, .events = POLLIN}};
	size_t used = 0;

	for (;;) {
		ssize_t n;

		if (poll(fds, 2, timeout_ms) == 0 || (fds[1].revents && take_signal(up)))
			return false;
		n = fds[0].revents ? read(up->ready_fd, line + used, used < size - 1) : -1;
		if ((n <= 0 && fds[0].revents) || (n > 0 && line[used] == '\n'))
			break;
		used += n > 0 ? (size_t)n : 0;
	}
	line[used] = '\0';
	return true;
}

/* "error CODE TEXT". @return the enum amp_exit, 0: it is no such line */
static int parse_error(char *line, const char **text)
{
	char *end;
	long code = strncmp(line, "error ", 6) == 0 ? strtol(line + 6, &end, 10) : 0;

	if (code <= 0 || code > 255 || *end != ' ')
		return 0;
	*text = end + 1;
	return (int)code;
}

/* Returns an enum amp_exit; the message has been printed. */
static int read_ready(struct up *up)
{
	const char *text = "the relay died while starting: see 'amprelay logs relay'";
	char line[RELAY_LINE_MAX];
	int code;

	if (!read_line(up, line, sizeof(line), left_ms(up))) {
		if (up->interrupted)
			return AMP_EXIT_INTERRUPTED;
		amp_cli_error("the relay did not start within %.3g s: see 'amprelay logs relay'",
		              up->timeout_ms / 1000.0);
		return AMP_EXIT_TIMEOUT;
	}
	if (strcmp(line, "up") == 0)
		return AMP_EXIT_OK;
	code = parse_error(line, &text);
	amp_cli_error("%s", text);
	return code ? code : AMP_EXIT_FAILED;
}

static int on_signal(void *context, int signal)
{
	struct up *up = context;

	up->interrupted = signal;
	return -1;
}

static struct client_io interruptible(struct up *up)
{
	return (struct client_io){
		.has_signals = true, .signal_fd = up->signal_fd, .context = up, .on_signal = on_signal};
}

/* A lab that ends before it has taken our call cannot answer it: its last line says why it ended. */
static void note_end(struct up *up, struct client_result *result)
{
	char line[RELAY_LINE_MAX];
	const char *why;
	int code;

	if (result->answered || up->interrupted || result->exit == AMP_EXIT_TIMEOUT)
		return;
	up->hung_up = true;
	if (!read_line(up, line, sizeof(line), DOWN_MS))
		return;
	code = parse_error(line, &why);
	if (code)
		amp_text(result->error, sizeof(result->error), "%s", why);
	if (code)
		result->exit = code;
}

static int wait_for(struct up *up, const char *what, const char *core, int timeout_ms, struct client_result *result)
{
	const struct client_io io = interruptible(up);

	amp_client_wait(amp_cli.lab, what, core, timeout_ms, &io, result);
	note_end(up, result);
	return up->interrupted ? AMP_EXIT_INTERRUPTED : result->exit;
}

static int wait_for_linux(struct up *up)
{
	struct client_result result;
	int err = wait_for(up, "agent", NULL, left_ms(up), &result);

	if (!err && !amp_cli.json)
		printf("Linux is up after %.1f s\n", seconds(up));
	else if (err && err != AMP_EXIT_INTERRUPTED)
		amp_cli_error("Linux did not come up: %s ('amprelay logs linux' has its console)",
		              result.error[0] ? result.error : "no reason given");
	amp_client_release(&result);
	amp_output_flush();
	return err;
}

/* The scripts of the shared folder, in their order. @return AMP_EXIT_FAILED if one of them failed */
static int report_scripts(struct up *up)
{
	const json_t *share, *script;
	struct client_result result;
	int status = AMP_EXIT_OK;
	size_t i;

	amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), NULL, &result);
	share = json_object_get(result.answer, "share");
	if (amp_event_string(share, "error")[0]) {
		amp_cli_error("--share %s: %s", up->share, amp_event_string(share, "error"));
		status = AMP_EXIT_FAILED;
	}
	json_array_foreach (json_object_get(share, "scripts"), i, script) {
		int ended = (int)amp_event_integer(script, "exit", 0);

		if (ended)
			amp_cli_error("script %s ended with %d: 'amprelay logs linux' has what it said",
			              amp_event_string(script, "name"), ended);
		else if (!amp_cli.json)
			printf("script %s is done\n", amp_event_string(script, "name"));
		status = ended ? AMP_EXIT_FAILED : status;
	}
	up->scripts = json_incref(json_object_get(share, "scripts"));
	amp_client_release(&result);
	amp_output_flush();
	return status;
}

static int wait_for_scripts(struct up *up)
{
	struct client_result result;
	int err;

	if (!up->share)
		return AMP_EXIT_OK;
	err = wait_for(up, "scripts", NULL, left_ms(up) + 1, &result);
	if (err && err != AMP_EXIT_INTERRUPTED)
		amp_cli_error("--share %s: %s", up->share, result.error);
	amp_client_release(&result);
	return err ? err : report_scripts(up);
}

static bool show_reason(void *context, char stream, const void *data, size_t len)
{
	struct up *up = context;

	(void)stream;
	amp_terminal_write(&up->reason, data, len);
	return true;
}

/* Linux has asked for it: on a busy machine that takes its time, and asked again Linux would count two starts. */
static bool is_on_its_way(const char *core)
{
	const json_t *cores, *entry;
	struct client_result result;
	bool on = false;
	size_t i;

	amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), NULL, &result);
	cores = json_object_get(result.answer, "cores");
	json_array_foreach (cores, i, entry)
		on |= strcmp(amp_event_string(entry, "name"), core) == 0 &&
		      strcmp(amp_event_string(entry, "state"), "off") != 0;
	amp_client_release(&result);
	return on;
}

/*
 * Nobody reports that Linux has refused to boot a core by itself. When it does not run in time, Linux is asked to start
 * it: the answer says why not, or it runs after all.
 */
static int wait_for_core(struct up *up, const char *core, struct client_result *result)
{
	int err = wait_for(up, "running", core, auto_boot_ms(up), result);
	struct client_io io = interruptible(up);

	if (err != AMP_EXIT_TIMEOUT || !left_ms(up))
		return err;
	amp_client_release(result);
	if (is_on_its_way(core))
		return wait_for(up, "running", core, left_ms(up) + 1, result);
	io.timeout_ms = left_ms(up);
	io.on_output = show_reason;
	amp_client_core(amp_cli.lab, "start", core, &io, result);
	note_end(up, result);
	if (result->exit == AMP_EXIT_REFUSED) { /* it began to run just when we asked */
		struct client_result again;

		if (wait_for(up, "running", core, auto_boot_ms(up), &again) == AMP_EXIT_OK) {
			amp_client_release(result);
			*result = again;
		} else {
			amp_client_release(&again);
		}
	}
	return up->interrupted ? AMP_EXIT_INTERRUPTED : result->exit;
}

/*
 * The core runs; let Linux finish what that set off (channels, the kernel's sample driver), so that the next command
 * finds a lab at rest. A guest image of the user's may lack the script: then that is no matter.
 */
static void settle(struct up *up, const char *core)
{
	const struct client_io io = {.timeout_ms = left_ms(up),
	                             .has_signals = true,
	                             .signal_fd = up->signal_fd,
	                             .context = up,
	                             .on_signal = on_signal};
	struct client_result result;

	amp_client_exec(amp_cli.lab, (char *[]){"/etc/settled", (char *)core, NULL}, &io, &result);
	amp_client_release(&result);
}

/*
 * A core that runs may die at once, and be started again by Linux, and die again: it is looked at once more when Linux
 * is through with its start. One that does not start is no reason to take the others down. Returns the first error.
 */
static int wait_for_cores(struct up *up)
{
	int first = AMP_EXIT_OK;

	for (unsigned int i = 0; i < up->files.soc.num_cores; i++) {
		const char *core = up->files.soc.core[i].name;
		struct client_result result;
		int err = wait_for_core(up, core, &result);
		double started = seconds(up);

		if (!err) {
			settle(up, core);
			amp_client_release(&result);
			err = wait_for(up, "steady", core, left_ms(up) + 1, &result);
		}
		json_array_append_new(up->cores,
		                      json_pack("{s:s, s:b, s:f}", "name", core, "runs", !err, "seconds", started));
		if (!err && !amp_cli.json)
			printf("%s runs after %.1f s\n", core, started);
		else if (err && err != AMP_EXIT_INTERRUPTED)
			amp_cli_error("%s does not run: %s", core, result.error[0] ? result.error : "no reason given");
		amp_client_release(&result);
		amp_output_flush();
		if (up->interrupted)
			return AMP_EXIT_INTERRUPTED;
		if (err && !first)
			first = err;
	}
	return first;
}

static int bring_up(struct up *up)
{
	bool stays = false;
	int err;

	up->signal_fd = amp_client_catch_signals(0, &up->old_signals);
	err = fork_relay(up);
	if (err)
		return err;
	err = read_ready(up);
	if (!err && !up->no_wait)
		err = wait_for_linux(up);
	if (!err) {
		stays = true;
		if (!up->no_wait) {
			int cores;

			err = wait_for_scripts(up);
			cores = up->interrupted ? err : wait_for_cores(up);
			err = err ? err : cores;
		}
	}
	if (err == AMP_EXIT_NO_LAB) /* it went away while we waited: this is not somebody who forgot to start one */
		err = AMP_EXIT_FAILED;
	if (up->interrupted || !stays) {
		end_relay(up);
		if (up->interrupted)
			amp_cli_error("interrupted: lab '%s' was taken down again", amp_cli.lab);
		return up->interrupted ? AMP_EXIT_INTERRUPTED : err;
	}
	if (err && has_died(up))
		amp_cli_error("lab '%s' has ended: 'amprelay logs relay' may say why", amp_cli.lab);
	else if (err)
		amp_cli_error("lab '%s' is up without it: 'amprelay logs' says more, 'amprelay down' ends it",
		              amp_cli.lab);
	else if (!amp_cli.json)
		printf("lab '%s' is %s%s\n", amp_cli.lab, up->no_wait ? "starting" : "up",
		       up->net.wanted ? "; 'amprelay ssh' logs in to its Linux" : "");
	if (amp_cli.json)
		amp_cli_print_json(json_pack("{s:s, s:s, s:O, s:O?}", "lab", amp_cli.lab, "state",
		                             up->no_wait ? "starting" : "up", "cores", up->cores, "scripts",
		                             up->scripts));
	return err;
}

int cmd_up(int argc, char **argv)
{
	struct up up = {.timeout_ms = 60000 * amp_cli_patience(),
	                .lifeline = -1,
	                .reason = {.to = stderr},
	                .start = amp_cli_now_ms()};
	int err;

	amp_cli_parse(&argp, argc, argv, 0, &up);
	if (up.keep && up.lifeline >= 0)
		amp_cli_usage("--keep and --lifeline exclude each other");
	up.state_dir = amp_lab_state_dir(amp_cli.lab);
	up.cores = json_array();
	err = prepare(&up);
	if (!err)
		err = bring_up(&up);
	amp_lab_files_free(&up.files);
	free(up.firmware_dir);
	free(up.initramfs);
	for (unsigned int i = 0; i < SOC_MAX_CORES; i++)
		free(up.early_path[i]);
	free(up.share);
	free(up.net.authorized);
	json_decref(up.scripts);
	free(up.state_dir);
	json_decref(up.cores);
	return err;
}
