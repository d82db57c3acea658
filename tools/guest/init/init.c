// SPDX-License-Identifier: GPL-2.0-only
/*
 * First process of the lab's Linux: makes the file systems, loads the kernel modules, then becomes busybox's init (see
 * kernel/initramfs/inittab), which starts the agent. What is missing is reported on the console and does not stop the
 * boot. A program and no script, because each command of a script costs the emulated machine five milliseconds or more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUSYBOX "/bin/busybox"

static const struct {
	const char *source, *target, *type;
	unsigned long flags;
	const char *options;
	const char *advice; /* if it fails */
} mounts[] = {
	{.source = "devpts", .target = "/dev/pts", .type = "devpts"},
	{.source = "proc", .target = "/proc", .type = "proc"},
	{.source = "sys", .target = "/sys", .type = "sysfs"},
	{.source = "debug", .target = "/sys/kernel/debug", .type = "debugfs"},
	{.source = "tmp", .target = "/tmp", .type = "tmpfs"},
	/* a folder of the development machine, where remoteproc finds firmware */
	{.source = "firmware",
         .target = "/firmware",
         .type = "9p",
         .flags = MS_RDONLY,
         .options = "trans=virtio,version=9p2000.L,msize=131072",
         .advice = ": QEMU wants -virtfs local,path=...,mount_tag=firmware"},
};

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].target, 0755);
		if (mount(mounts[i].source, mounts[i].target, mounts[i].type, mounts[i].flags, mounts[i].options))
			fprintf(stderr, "init: %s is not mounted: %s%s\n", mounts[i].target, strerror(errno),
			        mounts[i].advice ? mounts[i].advice : "");
	}
}

/* @return its process, or -1 */
static pid_t start(char *const *argv)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	return got;
}

static void check_build(void)
{
	char expected[256], running[256];

	if (read_line("/etc/linux", expected, sizeof(expected)) &&
	    read_line("/proc/version", running, sizeof(running)) && strcmp(expected, running))
		fprintf(stderr, "init: the modules are of another build than this kernel: %s", expected);
}

static void load_module(const char *release, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/lib/modules/%s/%s.ko", release, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		fprintf(stderr, "init: kernel module %s was not loaded: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void load_modules(void)
{
	FILE *list = fopen("/etc/modules", "re");
	struct utsname system;
	char line[128];

	uname(&system);
	while (list && fgets(line, sizeof(line), list)) {
		line[strcspn(line, " \t\n")] = '\0';
		if (line[0] && line[0] != '#')
			load_module(system.release, line);
	}
	if (list)
		fclose(list);
}

/* The kernel has opened no standard streams: there was no device before this. */
static void open_console(void)
{
	int fd;

	mount("dev", "/dev", "devtmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	for (int i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

int main(void)
{
	char *commands[] = {BUSYBOX, "--install", "-s", NULL}, *init[] = {"init", NULL}, *net[] = {"/etc/net", NULL};
	pid_t pid;

	open_console();
	mount_all();
	pid = start(commands); /* under their names, for the shell and for the agent */
	check_build();
	load_modules();
	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (!access(net[0], X_OK)) /* what `amprelay up --net` brings along */
		start(net);
	execv(BUSYBOX, init);
	fprintf(stderr, "init: " BUSYBOX ": %s\n", strerror(errno));
	return 1;
}
