// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "ivshmem.h"
#include "lab.h"
#include "text.h"

#define CONSOLE_QUEUE 65536

/* ------------------------------------------------------------------ console */

static void scan_line(struct host *host)
{
	static const char mark[] = "Kernel panic - not syncing: ";
	const char *panic;

	host->line[host->fill] = '\0';
	host->fill = 0;
	panic = strstr(host->line, mark);
	if (panic && !host->panic[0]) {
		amp_text_clean(host->panic, sizeof(host->panic), panic, strlen(panic));
		amp_log("linux: %s", host->panic);
	}
}

static void on_console(void *userdata, const uint8_t *data, size_t len)
{
	struct host *host = userdata;

	amp_log_file_write(&host->console_file, data, len);
	amp_control_console(&host->lab->control, data, len);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n' || host->fill == sizeof(host->line) - 1)
			scan_line(host);
		if (data[i] != '\n' && data[i] != '\r' && data[i] != '\0')
			host->line[host->fill++] = (char)data[i];
	}
}

static void on_console_drained(void *userdata)
{
	struct host *host = userdata;

	amp_control_console_writable(&host->lab->control);
}

/* ------------------------------------------------------------------ process */

static void on_event(void *userdata, const char *event, const json_t *data)
{
	struct host *host = userdata;

	/* the agent closed its port: whatever comes next begins with a HELLO */
	if (strcmp(event, "VSERPORT_CHANGE") == 0 && json_is_false(json_object_get(data, "open")))
		amp_agent_port_closed(&host->lab->agent);
}

static void process_ended(void *userdata, const siginfo_t *info)
{
	struct host *host = userdata;
	char ending[64], words[CHILD_WORDS_MAX], reason[CHILD_WORDS_MAX + 80];

	amp_stream_drain(&host->console);
	amp_child_ending(info, ending, sizeof(ending));
	amp_child_last_words(&host->process, words, sizeof(words));
	if (host->panic[0])
		amp_text(reason, sizeof(reason), "Linux panicked: %s", host->panic);
	else
		amp_text(reason, sizeof(reason), "Linux's process %s%s%s", ending, words[0] ? ": " : "", words);
	amp_record(&host->lab->record, "host.exit", NULL, "{s:s, s:s, s:b}", "text", reason, "panic", host->panic,
	           "expected", (int)host->lab->going_down);
	amp_lab_down(host->lab,
	             host->panic[0] || info->si_code != CLD_EXITED || info->si_status ? AMP_EXIT_FAILED : AMP_EXIT_OK,
	             reason);
	amp_lab_changed(host->lab);
}

/* The child's ends of its sockets: open until it has been started. */
struct child_fds {
	int fd[CHILD_MAX_FDS];
	size_t count;
};

/* @return the child's end, or a negative errno */
static int make_pair(struct child_fds *theirs, int *ours)
{
	int child_end, err = amp_stream_pair(ours, &child_end);

	if (err < 0)
		return err;
	theirs->fd[theirs->count++] = child_end;
	return child_end;
}

static void machine_arguments(const struct lab *lab, struct arguments *args)
{
	amp_argument(args, "qemu-system-aarch64");
	amp_argument(args, "-name");
	amp_argument(args, "%s.linux", lab->options->lab);
	amp_argument(args, "-M");
	amp_argument(args, "%s", lab->soc.host_machine);
	amp_argument(args, "-cpu");
	amp_argument(args, "%s", lab->soc.host_cpu);
	amp_argument(args, "-smp");
	amp_argument(args, "%u", lab->soc.host_cpus);
	amp_argument(args, "-m");
	amp_argument(args, "%u", lab->soc.host_memory_mib);
	amp_argument(args, "-kernel");
	amp_argument(args, "%s", lab->options->kernel);
	amp_argument(args, "-initrd");
	amp_argument(args, "%s", lab->options->initramfs);
	amp_argument(args, "-append");
	amp_argument(args, "console=ttyAMA0 firmware_class.path=/firmware panic=1 quiet loglevel=3");
	amp_argument(args, "-no-reboot");
	amp_argument(args, "-nodefaults");
	amp_argument(args, "-display");
	amp_argument(args, "none");
}

static void device_arguments(const struct lab *lab, struct arguments *args, int console, int agent, int monitor)
{
	char path[PATH_MAX];

	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=console,fd=%d", console);
	amp_argument(args, "-serial");
	amp_argument(args, "chardev:console");
	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=monitor,fd=%d", monitor);
	amp_argument(args, "-mon");
	amp_argument(args, "chardev=monitor,mode=control");
	amp_argument(args, "-device");
	amp_argument(args, "virtio-serial-pci");
	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=agent,fd=%d", agent);
	amp_argument(args, "-device");
	amp_argument(args, "virtserialport,chardev=agent,name=" AMP_AGENT_PORT);
	/* the one folder that the guest sees, and it cannot write there: its dumps come through the agent */
	amp_argument(args, "-virtfs");
	amp_argument(args, "local,path=%s,mount_tag=firmware,security_model=none,readonly=on",
	             amp_qemu_escape(path, sizeof(path), lab->options->firmware_dir));
}

static int core_arguments(struct host *host, struct arguments *args, struct child_fds *theirs)
{
	struct lab *lab = host->lab;

	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		struct core *core = &lab->core[i];
		int fd = make_pair(theirs, &host->ivshmem[i]), err;

		if (fd < 0)
			return fd;
		err = amp_ivshmem_introduce(host->ivshmem[i], &core->shm, &core->bell);
		if (err < 0)
			return err;
		amp_argument(args, "-chardev");
		amp_argument(args, "socket,id=core%u,fd=%d", i, fd);
		amp_argument(args, "-device");
		amp_argument(args, "ivshmem-doorbell,chardev=core%u,vectors=%u", i, 1 + core->config->notify_ids);
	}
	return 0;
}

static int open_streams(struct host *host, struct arguments *args, struct child_fds *theirs)
{
	static const struct stream_ops console_ops = {.on_data = on_console, .on_drained = on_console_drained};
	struct lab *lab = host->lab;
	int console, agent, monitor, console_fd, agent_fd, monitor_fd, err;

	console_fd = make_pair(theirs, &console);
	if (console_fd < 0)
		return console_fd;
	err = amp_stream_open(&host->console, lab->loop, console, CONSOLE_QUEUE, &console_ops, host);
	if (err < 0)
		return err;
	agent_fd = make_pair(theirs, &agent);
	if (agent_fd < 0)
		return agent_fd;
	err = amp_agent_open(&lab->agent, lab, agent);
	if (err < 0)
		return err;
	monitor_fd = make_pair(theirs, &monitor);
	if (monitor_fd < 0)
		return monitor_fd;
	err = amp_qmp_open(&host->qmp, lab->loop, monitor, "linux", on_event, host);
	if (err < 0)
		return err;
	device_arguments(lab, args, console_fd, agent_fd, monitor_fd);
	return core_arguments(host, args, theirs);
}

void amp_host_prepare(struct host *host, struct lab *lab)
{
	*host = (struct host){.lab = lab, .console.fd = -1, .qmp.stream.fd = -1, .process.messages.fd = -1};
	memset(host->ivshmem, -1, sizeof(host->ivshmem));
	host->console_file.fd = host->kernel_file.fd = -1;
}

int amp_host_start(struct host *host)
{
	struct lab *lab = host->lab;
	struct child_fds theirs = {.count = 0};
	static struct arguments args;
	int err;

	err = amp_log_file_open(&host->console_file, lab->options->state_dir, "linux", "log");
	if (err == 0)
		err = amp_log_file_open(&host->kernel_file, lab->options->state_dir, "kernel", "log");
	if (err < 0)
		return err;
	args = (struct arguments){0};
	machine_arguments(lab, &args);
	err = open_streams(host, &args, &theirs);
	if (err == 0)
		err = amp_child_start(&host->process, lab->loop, "linux", &args, theirs.fd, theirs.count, process_ended,
		                      host);
	for (size_t i = 0; i < theirs.count; i++)
		close(theirs.fd[i]);
	if (err == 0)
		amp_record(&lab->record, "host.start", NULL, "{s:I}", "pid", (json_int_t)host->process.pid);
	return err;
}

void amp_host_stop(struct host *host)
{
	amp_child_kill(&host->process, SIGTERM);
}

void amp_host_kill(struct host *host)
{
	amp_child_kill(&host->process, SIGKILL);
}

void amp_host_destroy(struct host *host)
{
	amp_stream_close(&host->console);
	amp_qmp_close(&host->qmp);
	amp_child_release(&host->process);
	for (size_t i = 0; i < SOC_MAX_CORES; i++) {
		if (host->ivshmem[i] >= 0)
			close(host->ivshmem[i]);
		host->ivshmem[i] = -1;
	}
	amp_log_file_close(&host->console_file);
	amp_log_file_close(&host->kernel_file);
}
