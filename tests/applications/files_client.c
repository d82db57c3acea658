// SPDX-License-Identifier: BSD-3-Clause
/*
 * files_client: a core without files writes some with files_server, and reads them again. With newlib it calls open(),
 * write() … which the library sends there; on Linux, where those have a meaning of their own, it sends them itself.
 */
#include "machine.h"

#include <openamp/rpmsg_retarget.h>

#ifndef APP_ROLE
#define APP_ROLE RPMSG_REMOTE
#endif

#define SERVICE_NAME "app-files"

/* The numbers of the side that has the files, as programs have them that are older than newlib's being told apart. */
#define REDEF_O_WRONLY 1
#define REDEF_O_CREAT  0x40
#define REDEF_O_TRUNC  0x200

#ifndef FILE_NAME
#define FILE_NAME "/tmp/app-files"
#endif

#define RECORDS 9

/* Records of odd lengths, one behind the other: whatever is behind the first byte is at no even address
 * half the time. */
METAL_PACKED_BEGIN
struct record {
	unsigned char length;
	uint32_t number;
	uint16_t check;
	char text[];
} METAL_PACKED_END;

static struct rpmsg_rpc_data rpc;

static int poll_cb(void *arg)
{
	(void)arg;
	return machine_wait();
}

static void shutdown_cb(struct rpmsg_rpc_data *client)
{
	(void)client;
	LPRINTF("the server has gone\n");
}

#ifdef __NEWLIB__
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define far_open  open
#define far_close close
#define far_read  read
#define far_write write

/* Through the C library's streams as well. */
static int streams(void)
{
	FILE *file = fopen(FILE_NAME ".txt", "w");
	char line[32] = "";

	if (!file || fprintf(file, "%s %d %#x\n", "line", 1, 0xbeef) != 14 || fclose(file))
		return -1;
	file = fopen(FILE_NAME ".txt", "a");
	if (!file || fputs("line 2\n", file) < 0 || fclose(file))
		return -1;
	file = fopen(FILE_NAME ".txt", "r");
	if (!file || !fgets(line, sizeof(line), file) || strcmp(line, "line 1 0xbeef\n") ||
	    !fgets(line, sizeof(line), file) || strcmp(line, "line 2\n") || fclose(file))
		return -1;
	if (fopen(FILE_NAME "/not/there", "r") || (errno != ENOENT && errno != ENOTDIR))
		return -1;
	LPRINTF("streams: written, appended to, read\n");
	return 0;
}
#else
struct call {
	struct rpmsg_rpc_syscall syscall;
	char data[400];
};

static int far_call(struct call *call, uint32_t id, int field1, int field2, size_t len)
{
	call->syscall.id = id;
	call->syscall.args.int_field1 = field1;
	call->syscall.args.int_field2 = field2;
	call->syscall.args.data_len = len;
	if (rpmsg_rpc_send(&rpc, call, sizeof(call->syscall) + len, call, sizeof(*call)) < (int)sizeof(call->syscall))
		return -1;
	return call->syscall.args.int_field1;
}

static int far_open(const char *path, int flags, int mode)
{
	struct call call;

	strcpy(call.data, path);
	return far_call(&call, OPEN_SYSCALL_ID, flags, mode, strlen(path) + 1);
}

static int far_close(int fd)
{
	struct call call;

	return far_call(&call, CLOSE_SYSCALL_ID, fd, 0, 0);
}

static int far_read(int fd, void *buf, size_t size)
{
	struct call call;
	int got = far_call(&call, READ_SYSCALL_ID, fd, metal_min(size, sizeof(call.data)), 0);

	if (got > 0)
		memcpy(buf, call.data, got);
	return got;
}

static int far_write(int fd, const void *buf, size_t size)
{
	struct call call;

	memcpy(call.data, buf, size);
	return far_call(&call, WRITE_SYSCALL_ID, fd, size, size);
}

static int streams(void)
{
	return 0;
}
#endif

/* Text `n` is n + 1 letters long, so that records begin and end anywhere. */
static size_t make_records(char *buf)
{
	char *at = buf;

	for (uint32_t n = 0; n < RECORDS; n++) {
		struct record *record = (struct record *)at;

		record->length = sizeof(*record) + n + 1;
		record->number = n * 0x01010101u;
		record->check = n * 257;
		memcpy(record->text, "unaligned" + (RECORDS - 1 - n), n + 1);
		at += record->length;
	}
	return at - buf;
}

static int check_records(const char *buf, size_t len)
{
	const char *at = buf;

	for (uint32_t n = 0; n < RECORDS; n++) {
		const struct record *record = (const struct record *)at;

		if (at + sizeof(*record) > buf + len || record->length != sizeof(*record) + n + 1 ||
		    record->number != n * 0x01010101u || record->check != n * 257 ||
		    memcmp(record->text, "unaligned" + (RECORDS - 1 - n), n + 1)) {
			LPERROR("record %u is wrong\n", n);
			return -1;
		}
		at += record->length;
	}
	return at == buf + len ? 0 : -1;
}

static int run(void)
{
	static char written[256], read_back[256 + 3];
	size_t len = make_records(written);
	int fd, got;

	fd = far_open(FILE_NAME, REDEF_O_WRONLY | REDEF_O_CREAT | REDEF_O_TRUNC, 0644);
	if (fd < 0 || far_write(fd, written, len) != (int)len || far_close(fd)) {
		LPERROR("the records cannot be written\n");
		return -1;
	}
	for (int offset = 0; offset <= 3; offset++) {
		fd = far_open(FILE_NAME, 0, 0);
		got = fd < 0 ? -1 : far_read(fd, read_back + offset, sizeof(written));
		if (got != (int)len || far_read(fd, read_back + offset + got, 1) != 0 || far_close(fd) ||
		    check_records(read_back + offset, got)) {
			LPERROR("the records cannot be read again: %d\n", got);
			return -1;
		}
	}
	LPRINTF("%d records of %zu bytes written and read\n", RECORDS, len);
	return streams();
}

int main(int argc, char *argv[])
{
	struct rpmsg_device *rdev = machine_start(argc, argv, APP_ROLE, NULL);
	struct rpmsg_rpc_syscall term = {.id = TERM_SYSCALL_ID};
	int status;

	if (!rdev)
		return EXIT_FAILURE;
	status = rpmsg_rpc_init(&rpc, rdev, SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, NULL, poll_cb, shutdown_cb);
	if (status) {
		LPERROR("no server of files: %d\n", status);
	} else {
		rpmsg_set_default_rpc(&rpc);
		status = run();
		rpmsg_rpc_send(&rpc, &term, sizeof(term), NULL, 0);
		rpmsg_rpc_release(&rpc);
	}
	machine_end();
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
