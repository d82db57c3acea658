// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec KERNEL INITRAMFS: loads the kernel that Linux starts next, with the command line of this one.
 * kexec --execute: starts it, without a reset of the machine. The caller has ended programs and file systems, as
 * /etc/restart does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "kexec: %s: %s%s\n", what, strerror(errno),
	        errno == ENOSYS ? ": this Linux was built without CONFIG_KEXEC_FILE" : "");
	return 1;
}

/* @param size  of the buffer. @return length with the NUL at its end, or 0 */
static size_t read_command_line(char *line, size_t size)
{
	FILE *file = fopen("/proc/cmdline", "re");

	if (!file || !fgets(line, (int)size, file)) {
		if (file)
			fclose(file);
		return 0;
	}
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return strlen(line) + 1;
}

static int load(const char *kernel, const char *initramfs)
{
	int kernel_fd = open(kernel, O_RDONLY | O_CLOEXEC), initramfs_fd;
	char line[2048];
	size_t len;

	if (kernel_fd < 0)
		return fail(kernel);
	initramfs_fd = open(initramfs, O_RDONLY | O_CLOEXEC);
	if (initramfs_fd < 0)
		return fail(initramfs);
	len = read_command_line(line, sizeof(line));
	if (len == 0)
		return fail("/proc/cmdline");
	return syscall(SYS_kexec_file_load, kernel_fd, initramfs_fd, len, line, 0UL) ? fail(kernel) : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--execute") == 0) {
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
		return fail("cannot start it");
	}
	if (argc == 3)
		return load(argv[1], argv[2]);
	fputs("usage: kexec KERNEL INITRAMFS | kexec --execute\n", stderr);
	return 2;
}
