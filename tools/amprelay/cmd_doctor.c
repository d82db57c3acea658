// SPDX-License-Identifier: GPL-2.0-only
/* doctor: each check looks at one thing that a lab needs and says what to do if it is not there. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "cli.h"
#include "client.h"
#include "lab_dir.h"
#include "lab_files.h"

#define TEXT_LEN        512
#define CORE_MEMORY_MIB 64 /* resident size of one core's QEMU, with room */

struct doctor {
	const char *soc; /* as for `up` */
	struct lab_files files;
	bool have_soc; /* files.soc is filled in */
	bool missing;  /* something is, without which `up` cannot work */
	json_t *report;
};

enum {
	KEY_SOC = 0x5000
};

static const struct argp_option options[] = {
	{"soc", KEY_SOC, "NAME|FILE", 0, "The SoC whose cores' programs and files are looked at (default: m3)", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor *d = state->input;

	if (key != KEY_SOC)
		return ARGP_ERR_UNKNOWN;
	d->soc = arg;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Check that this machine has all that a lab needs: QEMU and its devices, kernel, guest image, "
	       "firmware, what the operating system must allow. Each line says what was found, and what to do if it "
	       "is not right.\vExit status 5 if something is missing without which 'amprelay up' cannot work.",
	.children = amp_cli_common,
};

enum verdict {
	GOOD,
	NOTICE,
	BAD
};

/* One line. `todo` is NULL if all is well. */
__attribute__((format(printf, 5, 6))) static void tell(struct doctor *d, enum verdict verdict, const char *name,
                                                       const char *todo, const char *format, ...)
{
	static const char *const words[] = {"ok", "note", "problem"};
	static const char *const colors[] = {COLOR_GOOD, COLOR_NOTICE, COLOR_BAD};
	char found[TEXT_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(found, sizeof(found), format, args);
	va_end(args);
	if (verdict == BAD)
		d->missing = true;
	if (amp_cli.json) {
		json_t *check = json_pack("{s:s, s:s, s:s}", "check", name, "result", words[verdict], "found", found);

		if (todo)
			json_object_set_new(check, "todo", json_string(todo));
		json_array_append_new(d->report, check);
		return;
	}
	printf("%s%-8s%s%-20s %s%s%s\n", amp_cli_color(colors[verdict]), words[verdict], amp_cli_color(COLOR_END), name,
	       found, todo ? ": " : "", todo ? todo : "");
}

/* Runs a QEMU for a text; the caller frees it. Its arguments are ours, there is nothing to quote. */
static char *ask_program(const char *path, const char *arguments)
{
	char *command, *text = calloc(1, 65536);
	FILE *pipe;
	size_t n;

	if (!text || asprintf(&command, "'%s' %s 2>/dev/null </dev/null", path, arguments) < 0)
		return text;
	pipe = popen(command, "re"); /* NOLINT(cert-env33-c): the command is ours */
	if (pipe) {
		n = fread(text, 1, 65535, pipe);
		text[n] = '\0';
		pclose(pipe);
	}
	free(command);
	return text;
}

static void check_version(struct doctor *d, const char *program, const char *path)
{
	char *text = ask_program(path, "--version");
	const char *version = text ? strstr(text, "version ") : NULL;
	long major = 0, minor = 0;
	char *end;

	if (version) {
		major = strtol(version + strlen("version "), &end, 10);
		minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	}
	if (!major)
		tell(d, BAD, program, "reinstall Debian's package qemu-system-arm", "%s does not run", path);
	else if (major < 7 || (major == 7 && minor < 2))
		tell(d, BAD, program, "install 7.2 or newer", "%s is version %ld.%ld", path, major, minor);
	else
		tell(d, GOOD, program, NULL, "version %ld.%ld, %s", major, minor, path);
	free(text);
}

/* Is each word a word of the program's list? */
static void check_list(struct doctor *d, const char *program, const char *path, const char *arguments,
                       const char *const *words)
{
	char *text = ask_program(path, arguments);

	for (; text && *words; words++) {
		if (!strstr(text, *words))
			tell(d, BAD, program, "install a QEMU that has it (Debian's qemu-system-arm does)",
			     "%s lacks %s", path, *words);
	}
	free(text);
}

static void check_program(struct doctor *d, const char *program, const char *arguments, const char *const *words)
{
	char *path = amp_lab_find_program(program);

	if (!path) {
		tell(d, BAD, program, "install Debian's package qemu-system-arm (qemu-system-misc for RISC-V)",
		     "not in $PATH");
		return;
	}
	check_version(d, program, path);
	check_list(d, program, path, arguments, words);
	free(path);
}

static void check_qemu(struct doctor *d)
{
	static const char *const devices[] = {"\"ivshmem-doorbell\"", "\"virtio-serial-pci\"", "\"virtio-9p-pci\"",
	                                      "\"virtserialport\"", NULL};

	check_program(d, LAB_QEMU_HOST, "-device help", devices);
	for (unsigned int i = 0; d->have_soc && i < d->files.soc.num_cores; i++) {
		const struct core_config *core = &d->files.soc.core[i];
		const char *program = amp_soc_qemu_program(core->isa);
		char machine[SOC_MACHINE_LEN];
		const char *const machines[] = {machine, NULL};

		snprintf(machine, sizeof(machine), "%.*s", (int)strcspn(core->machine, ","), core->machine);
		check_program(d, program, "-machine help", machines);
	}
}

/* The first bytes of a file that tell what it is. */
static bool has_magic(const char *path, size_t offset, const char *magic, size_t len)
{
	char bytes[16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool same = fd >= 0 && pread(fd, bytes, len, (off_t)offset) == (ssize_t)len && memcmp(bytes, magic, len) == 0;

	if (fd >= 0)
		close(fd);
	return same;
}

static bool is_there(struct doctor *d, const char *name, const char *path, const char *todo)
{
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode) && !access(path, R_OK))
		return true;
	tell(d, BAD, name, todo, "%s: %s", path, strerror(errno ? errno : EINVAL));
	return false;
}

static void check_elf(struct doctor *d, const char *name, const char *dir, const char *file,
                      const struct core_config *core)
{
	char path[PATH_MAX];
	Elf32_Ehdr head;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (!is_there(d, name, path, "build it with 'make firmware'"))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, &head, sizeof(head));
	close(fd);
	if (n != sizeof(head) || memcmp(head.e_ident, ELFMAG, SELFMAG) || head.e_ident[EI_CLASS] != core->elf_class)
		tell(d, BAD, name, "build it with 'make firmware'", "%s is no ELF file of the right class", path);
	else if (head.e_machine != core->elf_machine)
		tell(d, BAD, name, "build it with 'make firmware'", "%s is for e_machine %u, the core is %" PRIu32,
		     path, head.e_machine, core->elf_machine);
	else
		tell(d, GOOD, name, NULL, "%s", path);
}

static void check_files(struct doctor *d)
{
	struct lab_choice choice = {.soc = d->soc};
	char error[LAB_FILES_ERROR], firmware[PATH_MAX];
	int err = amp_lab_files_resolve(&d->files, &choice, error);

	if (is_there(d, "kernel", d->files.kernel, "build it with 'make lab'")) {
		if (has_magic(d->files.kernel, 56, "ARM\x64", 4))
			tell(d, GOOD, "kernel", NULL, "%s", d->files.kernel);
		else
			tell(d, BAD, "kernel", "build it with 'make lab'", "%s is no arm64 Image", d->files.kernel);
	}
	if (is_there(d, "guest image", d->files.initramfs, "build it with 'make lab'")) {
		if (has_magic(d->files.initramfs, 0, "\x1f\x8b", 2))
			tell(d, GOOD, "guest image", NULL, "%s", d->files.initramfs);
		else
			tell(d, BAD, "guest image", "build it with 'make lab'", "%s is not gzipped",
			     d->files.initramfs);
	}
	if (!is_there(d, "SoC description", d->files.soc_file,
	              d->soc ? "give --soc a SoC that is there" : "build it with 'make tools'"))
		return;
	if (err && amp_soc_load(&d->files.soc, d->files.soc_file, error, sizeof(error))) {
		tell(d, BAD, "SoC description", "build it with 'make tools'", "%s", error);
		return;
	}
	d->have_soc = true;
	tell(d, GOOD, "SoC description", NULL, "%s: %" PRIu32 " core%s", d->files.soc_file, d->files.soc.num_cores,
	     d->files.soc.num_cores == 1 ? "" : "s");
	snprintf(firmware, sizeof(firmware), "%s/firmware", d->files.dir);
	for (unsigned int i = 0; i < d->files.soc.num_cores; i++) {
		check_elf(d, "boot ROM", d->files.dir, d->files.soc.core[i].bootrom, &d->files.soc.core[i]);
		check_elf(d, "firmware", firmware, d->files.soc.core[i].firmware, &d->files.soc.core[i]);
	}
}

static void check_memfd(struct doctor *d)
{
	char path[64];
	int fd = memfd_create("amprelay-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING), again = -1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0)
		again = open(path, O_RDWR | O_CLOEXEC);
	if (again < 0)
		tell(d, BAD, "shared memory", "mount /proc, and allow memfd_create",
		     "a memfd cannot be opened by name: %s", strerror(errno));
	else
		tell(d, GOOD, "shared memory", NULL, "memfd can be shared");
	if (again >= 0)
		close(again);
	if (fd >= 0)
		close(fd);
}

static void check_socket(struct doctor *d)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), n;

	n = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "amprelay/%u/doctor.%d",
	             (unsigned int)getuid(), (int)getpid());
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)))
		tell(d, BAD, "control socket", "allow AF_UNIX sockets in the abstract name space", "%s",
		     strerror(errno));
	else
		tell(d, GOOD, "control socket", NULL, "abstract sockets work");
	if (fd >= 0)
		close(fd);
}

static long available_mib(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	while (f && kib < 0 && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "MemAvailable:", 13) == 0)
			kib = strtol(line + 13, NULL, 10);
	}
	if (f)
		fclose(f);
	return kib < 0 ? -1 : kib / 1024;
}

static void check_memory(struct doctor *d)
{
	long have = available_mib(), want = 256;

	if (d->have_soc) {
		want = d->files.soc.host_memory_mib;
		for (unsigned int i = 0; i < d->files.soc.num_cores; i++)
			want += CORE_MEMORY_MIB + (d->files.soc.core[i].mem_size >> 20);
	}
	if (have >= 0 && have < want)
		tell(d, NOTICE, "memory", "end other programs", "%ld MiB available, a lab may use %ld", have, want);
	else
		tell(d, GOOD, "memory", NULL, "%ld MiB available, a lab may use %ld", have, want);
}

static void check_state_dir(struct doctor *d)
{
	char *dir = amp_lab_state_dir(amp_cli.lab);
	int err = amp_lab_make_dir(dir);

	if (err || access(dir, R_OK | W_OK | X_OK))
		tell(d, BAD, "state directory", "set AMPRELAY_STATE to a directory of yours", "%s: %s", dir,
		     strerror(err ? -err : errno));
	else
		tell(d, GOOD, "state directory", NULL, "%s", dir);
	if (amp_client_lab_is_up(amp_cli.lab))
		tell(d, NOTICE, "lab", NULL, "'%s' is up", amp_cli.lab);
	else if (!err && amp_lab_is_held(dir))
		tell(d, NOTICE, "lab", "wait, or end that process",
		     "'%s' is not up, but a process holds %s/lock: one that starts or ends", amp_cli.lab, dir);
	else
		tell(d, GOOD, "lab", NULL, "'%s' is not up", amp_cli.lab);
	free(dir);
}

static void check_gdb(struct doctor *d)
{
	char *path = amp_lab_find_program("gdb-multiarch");

	if (path)
		tell(d, GOOD, "gdb-multiarch", NULL, "%s", path);
	else
		tell(d, NOTICE, "gdb-multiarch", "install the package to open core files", "not in $PATH");
	free(path);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor d = {0};

	amp_cli_parse(&argp, argc, argv, 0, &d);
	d.report = json_array();
	check_files(&d);
	check_qemu(&d);
	check_memfd(&d);
	check_socket(&d);
	check_memory(&d);
	check_state_dir(&d);
	check_gdb(&d);
	if (amp_cli.json) {
		amp_cli_print_json(json_pack("{s:b, s:O}", "ok", !d.missing, "checks", d.report));
	} else if (d.missing) {
		printf("a lab cannot run here yet\n");
	}
	json_decref(d.report);
	amp_lab_files_free(&d.files);
	return d.missing ? AMP_EXIT_ENVIRONMENT : AMP_EXIT_OK;
}
