// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

/* The machine's memory is the file, or memory of the core's own and then the file. */
static void memory_arguments(const struct core *core, struct arguments *args)
{
	const struct core_config *config = core->config;

	amp_argument(args, "-M");
	amp_argument(args, "%s%s", config->machine, config->memory_before ? "" : ",memory-backend=shared");
	amp_argument(args, "-object");
	amp_argument(args, "memory-backend-file,id=shared,size=%u,mem-path=/proc/self/fd/%d,share=on", config->mem_size,
	             core->shm.fd);
	if (!config->memory_before)
		return;
	amp_argument(args, "-m");
	amp_argument(args, "%lluK", (unsigned long long)(config->memory_before + config->mem_size) / 1024);
	amp_argument(args, "-object");
	amp_argument(args, "memory-backend-ram,id=own,size=%llu,reserve=off",
	             (unsigned long long)config->memory_before);
	amp_argument(args, "-numa");
	amp_argument(args, "node,memdev=own");
	amp_argument(args, "-numa");
	amp_argument(args, "node,memdev=shared");
}

/* Arm's microcontrollers start with the vectors in their ROM; others are told to start in the boot ROM. */
static void boot_arguments(const struct core *core, struct arguments *args)
{
	char path[PATH_MAX], option[2 * PATH_MAX];
	size_t n = 0;

	amp_text(path, sizeof(path), "%s/%s", core->lab->options->bootrom_dir, core->config->bootrom);
	if (strcmp(core->config->isa, "arm") == 0) {
		amp_argument(args, "-kernel");
		amp_argument(args, "%s", path);
		return;
	}
	for (const char *p = path; *p; p++) {
		if (*p == ',')
			option[n++] = ','; /* or it would end the value */
		option[n++] = *p;
	}
	option[n] = '\0';
	if (strcmp(core->config->isa, "aarch64") != 0) { /* which has no firmware of its own, and knows no "none" */
		amp_argument(args, "-bios");
		amp_argument(args, "none");
	}
	amp_argument(args, "-device");
	amp_argument(args, "loader,cpu-num=0,file=%s", option);
}

/* The child's ends of its sockets. */
struct core_sockets {
	int uart, monitor, console; /**< console: -1 if there is none */
};

#define CORE_FDS (4 + SOC_MAX_PRIVATE)

/* QEMU counts its serial ports; those that are nobody's are there, and lead nowhere. */
static void serial_arguments(const struct core_config *config, struct arguments *args,
                             const struct core_sockets *sockets)
{
	bool has_console = sockets->console >= 0;

	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=doorbell,fd=%d", sockets->uart);
	if (has_console) {
		amp_argument(args, "-chardev");
		amp_argument(args, "socket,id=console,fd=%d", sockets->console);
	}
	for (uint32_t i = 0; i <= config->doorbell_serial || (has_console && i <= config->console_serial); i++) {
		amp_argument(args, "-serial");
		amp_argument(args, "%s",
		             i == config->doorbell_serial                 ? "chardev:doorbell"
		             : has_console && i == config->console_serial ? "chardev:console"
		                                                          : "null");
	}
}

/* @param fds  gets the descriptors that are for QEMU. @return their number */
static size_t qemu_arguments(const struct core *core, struct arguments *args, const struct core_sockets *sockets,
                             bool waits, int fds[CORE_FDS])
{
	size_t n = 0;

	const struct core_config *config = core->config;

	amp_argument(args, "%s", amp_soc_qemu_program(config->isa));
	amp_argument(args, "-name");
	amp_argument(args, "%s.%s", core->lab->options->lab, config->name);
	memory_arguments(core, args);
	if (config->cpu[0]) {
		amp_argument(args, "-cpu");
		amp_argument(args, "%s", config->cpu);
	}
	boot_arguments(core, args);
	amp_argument(args, "-nodefaults");
	amp_argument(args, "-display");
	amp_argument(args, "none");
	amp_argument(args, "-action");
	/* whatever ends its life, it stands still as it was then: nothing runs after a reset */
	amp_argument(args, "watchdog=pause,reboot=shutdown,shutdown=pause");
	serial_arguments(config, args, sockets);
	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=monitor,fd=%d", sockets->monitor);
	amp_argument(args, "-mon");
	amp_argument(args, "chardev=monitor,mode=control");
	if (waits)
		amp_argument(args, "-S");
	fds[n++] = core->shm.fd;
	fds[n++] = sockets->uart;
	fds[n++] = sockets->monitor;
	if (sockets->console >= 0)
		fds[n++] = sockets->console;
	return n + amp_core_image_arguments(core, args, fds + n);
}

/* @param theirs  the child's end; -1: the core has none. @return 0 or a negative errno */
static int open_console(struct core *core, int *theirs)
{
	int ours, err;

	*theirs = -1;
	if (!core->config->has_console)
		return 0;
	err = amp_stream_pair(&ours, theirs);
	if (err < 0)
		return err;
	err = amp_core_console_open(core, ours);
	if (err < 0)
		close(*theirs);
	return err;
}

static int spawn(struct core *core, const struct core_ears *ears, bool waits)
{
	struct core_sockets theirs;
	int uart, monitor, err, fds[CORE_FDS];
	size_t num_fds;
	static struct arguments args; /* 17 KB, and there is one thread */

	err = amp_stream_pair(&uart, &theirs.uart);
	if (err < 0)
		return err;
	amp_bells_power_on(&core->bells, uart);
	err = open_console(core, &theirs.console);
	if (err < 0)
		goto close_uart;
	err = amp_stream_pair(&monitor, &theirs.monitor);
	if (err < 0)
		goto close_console;
	err = amp_qmp_open(&core->qmp, core->lab->loop, monitor, core->config->name, ears->on_monitor, core);
	if (err < 0)
		goto close_monitor;
	core->uart_wants_out = false;
	core->uart_events = EPOLLIN;
	err = sd_event_add_io(core->lab->loop, &core->uart, uart, EPOLLIN, ears->on_uart, core);
	if (err < 0)
		goto close_qmp;
	args = (struct arguments){0};
	num_fds = qemu_arguments(core, &args, &theirs, waits, fds);
	err = amp_child_start(&core->process, core->lab->loop, core->config->name, &args, fds, num_fds, ears->on_exit,
	                      core);
	if (err < 0)
		core->uart = sd_event_source_disable_unref(core->uart);
close_qmp:
	if (err < 0)
		amp_qmp_close(&core->qmp);
close_monitor:
	close(theirs.monitor);
close_console:
	if (theirs.console >= 0)
		close(theirs.console);
	if (err < 0)
		amp_core_console_close(core);
close_uart:
	close(theirs.uart);
	if (err < 0)
		amp_bells_power_off(&core->bells);
	return err;
}

int amp_core_spawn(struct core *core, const struct core_ears *ears)
{
	return spawn(core, ears, false);
}

int amp_core_spawn_other(struct core *core, const struct core_ears *ears, struct emulator *other)
{
	struct bells bells;
	int err;

	*other = (struct emulator){.uart_fd = -1, .console.fd = -1, .qmp.stream.fd = -1, .process.messages.fd = -1};
	amp_core_exchange(core, other);
	bells = core->bells;
	err = spawn(core, ears, true);
	bells.uart = core->bells.uart;
	core->bells = bells; /* what has been counted, and what is pending, goes on */
	amp_core_exchange(core, other);
	return err;
}

void amp_core_exchange(struct core *core, struct emulator *other)
{
	struct emulator mine = {core->process,    core->qmp,  core->console,
	                        core->bells.uart, core->uart, core->uart_events};

	core->process = other->process;
	core->qmp = other->qmp;
	core->console = other->console;
	core->bells.uart = other->uart_fd;
	core->uart = other->uart;
	core->uart_events = other->uart_events;
	*other = mine;
	amp_child_moved(&core->process);
	amp_qmp_moved(&core->qmp);
	amp_stream_moved(&core->console, core);
	amp_child_moved(&other->process);
	amp_qmp_moved(&other->qmp);
	amp_stream_moved(&other->console, core);
	if (core->uart)
		sd_event_source_set_enabled(core->uart, SD_EVENT_ON);
	if (other->uart)
		sd_event_source_set_enabled(other->uart, SD_EVENT_OFF);
}

void amp_core_release_other(struct emulator *other)
{
	other->uart = sd_event_source_disable_unref(other->uart);
	if (other->uart_fd >= 0)
		close(other->uart_fd);
	other->uart_fd = -1;
	amp_stream_close(&other->console);
	amp_qmp_close(&other->qmp);
	amp_child_release(&other->process);
}
