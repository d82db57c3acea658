// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "ivshmem.h"
#include "relay/lab.h"
#include "vm.h"

#define CONSOLE_QUEUE 65536

/* ------------------------------------------------------------------ console */

static void scan_line(struct linux_vm *vm)
{
	static const char mark[] = "Kernel panic - not syncing: ";
	const char *panic;

	vm->line[vm->fill] = '\0';
	vm->fill = 0;
	panic = strstr(vm->line, mark);
	if (panic && !vm->panic[0]) {
		amp_text_clean(vm->panic, sizeof(vm->panic), panic, strlen(panic));
		amp_log("linux: %s", vm->panic);
	}
}

static void on_console(void *userdata, const uint8_t *data, size_t len)
{
	struct linux_vm *vm = userdata;

	amp_logfile_write(&vm->console_file, data, len);
	amp_server_console(&vm->lab->control, NULL, data, len);
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n' || vm->fill == sizeof(vm->line) - 1)
			scan_line(vm);
		if (data[i] != '\n' && data[i] != '\r' && data[i] != '\0')
			vm->line[vm->fill++] = (char)data[i];
	}
}

static void on_console_drained(void *userdata)
{
	struct linux_vm *vm = userdata;

	amp_server_console_writable(&vm->lab->control, NULL);
}

/* ------------------------------------------------------------------ process */

/* Its clock starts anew, and so do the stamps of its log. */
static void begin_boot(struct linux_vm *vm)
{
	static const char line[] = "[ restart ] Linux boots again\n";

	if (vm->resets)
		amp_logfile_write(&vm->kernel_file, line, sizeof(line) - 1);
	vm->began = now_ns();
	amp_linux_clock_end(vm->lab);
}

static void count_boot(struct linux_vm *vm, const char *why)
{
	vm->resets++;
	begin_boot(vm);
	amp_record(&vm->lab->record, "host.reset", NULL, "{s:s, s:s, s:I}", "text", why, "panic", vm->panic, "resets",
	           (json_int_t)vm->resets);
	amp_log("%s", why);
}

/* Linux boots again, and its cores run on. One that never gets anywhere is not let try for ever. */
static void on_reset(struct linux_vm *vm)
{
	struct lab *lab = vm->lab;
	char why[sizeof(vm->panic) + 40];

	amp_stream_drain(&vm->console);
	amp_text(why, sizeof(why), "%s%s", vm->panic[0] ? "Linux panicked: " : "Linux boots again", vm->panic);
	amp_agent_port_closed(&lab->agent); /* before anyone who waits for the next one looks */
	lab->agent.boot[0] = '\0';
	count_boot(vm, why);
	for (uint32_t i = 0; i < lab->soc.num_cores; i++)
		amp_core_host_gone(&lab->core[i], why);
	if (!vm->reached)
		amp_relay_down(lab, AMP_EXIT_FAILED,
		               vm->panic[0] ? why : "Linux reset itself before its agent answered");
	vm->reached = false;
	vm->panic[0] = '\0';
	amp_relay_changed(lab);
}

static void on_event(void *userdata, const char *event, const json_t *data)
{
	struct linux_vm *vm = userdata;

	if (strcmp(event, "RESET") == 0)
		on_reset(vm);

	/* The agent closed its port: whatever comes next begins with a HELLO. QEMU tells of ports that have an id. */
	if (strcmp(event, "VSERPORT_CHANGE") == 0 && json_is_false(json_object_get(data, "open")))
		amp_agent_port_closed(&vm->lab->agent);
}

static void process_ended(void *userdata, const siginfo_t *info)
{
	struct linux_vm *vm = userdata;
	char ending[64], words[CHILD_WORDS_MAX], reason[CHILD_WORDS_MAX + 80];

	amp_stream_drain(&vm->console);
	amp_child_ending(info, ending, sizeof(ending));
	amp_child_last_words(&vm->process, words, sizeof(words));
	if (vm->panic[0])
		amp_text(reason, sizeof(reason), "Linux panicked: %s", vm->panic);
	else
		amp_text(reason, sizeof(reason), "Linux's process %s%s%s", ending, words[0] ? ": " : "", words);
	amp_record(&vm->lab->record, "host.exit", NULL, "{s:s, s:s, s:b}", "text", reason, "panic", vm->panic,
	           "expected", (int)vm->lab->going_down);
	amp_relay_down(vm->lab,
	               vm->panic[0] || info->si_code != CLD_EXITED || info->si_status ? AMP_EXIT_FAILED : AMP_EXIT_OK,
	               reason);
	amp_relay_changed(vm->lab);
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
	amp_argument(args, "-accel");
	/* each boot leaves 36 MiB of translated code; QEMU's own limit for it is 1 GiB */
	amp_argument(args, "tcg,tb-size=256");
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
	amp_argument(args, "virtserialport,id=agent,chardev=agent,name=" AMP_AGENT_PORT);
	/* the guest cannot write there: its dumps come through the agent */
	amp_argument(args, "-virtfs");
	amp_argument(args, "local,path=%s,mount_tag=firmware,security_model=none,readonly=on",
	             amp_qemu_escape(path, sizeof(path), lab->options->firmware_dir));
	if (lab->options->net) {
		amp_argument(args, "-netdev");
		amp_argument(args, "%s", lab->options->net);
		amp_argument(args, "-device");
		amp_argument(args, "virtio-net-pci,netdev=net,romfile=");
	}
	if (!lab->options->share_dir)
		return;
	amp_argument(args, "-virtfs");
	amp_argument(args, "local,path=%s,mount_tag=share,security_model=none,readonly=%s",
	             amp_qemu_escape(path, sizeof(path), lab->options->share_dir),
	             lab->options->share_writable ? "off" : "on");
}

static int core_arguments(struct linux_vm *vm, struct arguments *args, struct child_fds *theirs)
{
	struct lab *lab = vm->lab;

	for (uint32_t i = 0; i < lab->soc.num_cores; i++) {
		struct core *core = &lab->core[i];
		int fd = make_pair(theirs, &vm->ivshmem[i]), err;

		if (fd < 0)
			return fd;
		err = amp_ivshmem_introduce(vm->ivshmem[i], &core->shm, &core->bells);
		if (err < 0)
			return err;
		amp_argument(args, "-chardev");
		amp_argument(args, "socket,id=core%u,fd=%d", i, fd);
		amp_argument(args, "-device");
		amp_argument(args, "ivshmem-doorbell,chardev=core%u,vectors=%u", i, 1 + core->config->notify_ids);
	}
	return 0;
}

/*
 * Its agent answers from another boot, and the machine was not reset: one kernel has started the next (kexec). The
 * former one's driver let go of its cores in order; this one's may have attached to them already.
 */
static void on_other_boot(struct lab *lab)
{
	count_boot(&lab->vm, "Linux was started by another Linux (kexec)");
	amp_relay_changed(lab);
}

static int open_streams(struct linux_vm *vm, struct arguments *args, struct child_fds *theirs)
{
	static const struct stream_ops console_ops = {.on_data = on_console, .on_drained = on_console_drained};
	struct lab *lab = vm->lab;
	int console, agent, monitor, console_fd, agent_fd, monitor_fd, err;

	console_fd = make_pair(theirs, &console);
	if (console_fd < 0)
		return console_fd;
	err = amp_stream_open(&vm->console, lab->loop, console, CONSOLE_QUEUE, &console_ops, vm);
	if (err < 0)
		return err;
	agent_fd = make_pair(theirs, &agent);
	if (agent_fd < 0)
		return agent_fd;
	err = amp_agent_open(&lab->agent, lab, agent);
	if (err < 0)
		return err;
	lab->agent.on_other_boot = on_other_boot;
	monitor_fd = make_pair(theirs, &monitor);
	if (monitor_fd < 0)
		return monitor_fd;
	err = amp_qmp_open(&vm->qmp, lab->loop, monitor, "linux", on_event, vm);
	if (err < 0)
		return err;
	/* that the port was closed is heard before what came through it afterwards */
	sd_event_source_set_priority(vm->qmp.stream.io, SD_EVENT_PRIORITY_NORMAL - 10);
	device_arguments(lab, args, console_fd, agent_fd, monitor_fd);
	return core_arguments(vm, args, theirs);
}

void amp_vm_prepare(struct linux_vm *vm, struct lab *lab)
{
	*vm = (struct linux_vm){.lab = lab, .console.fd = -1, .qmp.stream.fd = -1, .process.messages.fd = -1};
	memset(vm->ivshmem, -1, sizeof(vm->ivshmem));
	vm->console_file.fd = vm->kernel_file.fd = -1;
}

int amp_vm_start(struct linux_vm *vm)
{
	struct lab *lab = vm->lab;
	struct child_fds theirs = {.count = 0};
	static struct arguments args;
	int err;

	err = amp_logfile_open(&vm->console_file, lab->options->state_dir, "linux", "log");
	if (err == 0)
		err = amp_logfile_open(&vm->kernel_file, lab->options->state_dir, "kernel", "log");
	if (err < 0)
		return err;
	args = (struct arguments){0};
	machine_arguments(lab, &args);
	err = open_streams(vm, &args, &theirs);
	if (err == 0)
		err = amp_child_start(&vm->process, lab->loop, "linux", &args, theirs.fd, theirs.count, process_ended,
		                      vm);
	for (size_t i = 0; i < theirs.count; i++)
		close(theirs.fd[i]);
	begin_boot(vm);
	if (err == 0)
		amp_record(&lab->record, "host.start", NULL, "{s:I}", "pid", (json_int_t)vm->process.pid);
	return err;
}

void amp_vm_destroy(struct linux_vm *vm)
{
	amp_linux_clock_end(vm->lab);
	amp_stream_close(&vm->console);
	amp_qmp_close(&vm->qmp);
	amp_child_release(&vm->process);
	for (size_t i = 0; i < SOC_MAX_CORES; i++) {
		if (vm->ivshmem[i] >= 0)
			close(vm->ivshmem[i]);
		vm->ivshmem[i] = -1;
	}
	amp_logfile_close(&vm->console_file);
	amp_logfile_close(&vm->kernel_file);
}
