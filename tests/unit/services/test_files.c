// SPDX-License-Identifier: GPL-2.0-only
/* Files of a core without files: the calls, the server, and what each does when the other one misbehaves. */
#include "link_fixture.h"

#include <amprelay/rpc_files.h>
#include <openamp/rpmsg_retarget.h>

#include <metal/errno.h>
#include <metal/log.h>

#include <string.h>

#define CLIENT_ADDR 2000u
#define DATA_ROOM   ((int)PAYLOAD - 16) /* the fixture's messages are small */

static struct fixture *fixture;
static struct rpmsg_rpc_data rpc;
static struct amp_rpc_file_server server;
static struct box fake; /* a server that the tests play, where there is no real one */

/* ------------------------------------------------------------------ files in memory */

#define FIRST_HANDLE 100

static struct {
	char path[AMP_RPC_DATA_MAX];
	unsigned int flags, mode, opened, closed, wakes;
	char written[64];
	int written_to;
	int result; /* what the next read or write says, if it is not 0 */
} files;

static int file_open(void *arg, const char *path, unsigned int flags, unsigned int mode)
{
	assert_ptr_equal(arg, &files);
	if (strcmp(path, "missing") == 0)
		return -ENOENT;
	strcpy(files.path, path);
	files.flags = flags;
	files.mode = mode;
	return FIRST_HANDLE + (int)files.opened++;
}

static int file_close(void *arg, int handle)
{
	(void)arg;
	assert_in_range(handle, FIRST_HANDLE, FIRST_HANDLE + files.opened - 1);
	files.closed++;
	return files.result;
}

static int file_read(void *arg, int handle, void *buf, size_t size)
{
	static const char content[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
	size_t len = size < sizeof(content) ? size : sizeof(content);

	(void)arg;
	(void)handle;
	if (files.result)
		return files.result;
	memcpy(buf, content, len);
	return (int)len;
}

static int file_write(void *arg, int handle, const void *buf, size_t size)
{
	(void)arg;
	files.written_to = handle;
	assert_true(size <= sizeof(files.written));
	memcpy(files.written, buf, size);
	return files.result ? files.result : (int)size;
}

static int allow(void *arg, const char *path, unsigned int flags)
{
	(void)arg;
	(void)flags;
	return strcmp(path, "secret") ? 0 : -EACCES;
}

static void wake(void *arg)
{
	(void)arg;
	files.wakes++;
}

static const struct amp_rpc_file_ops ops = {file_open, file_close, file_read, file_write};
static const struct amp_rpc_file_config config = {&ops, &files, AMP_RPC_STDOUT, allow, wake, AMP_RPC_LINUX_NUMBERS};

/* ------------------------------------------------------------------ both sides */

static int poll_and_serve(void *arg)
{
	(void)arg;
	fixture_poll(&fixture->host);
	if (server.config.ops)
		assert_true(amp_rpc_file_server_serve(&server) >= 0);
	fixture_poll(&fixture->remote);
	return 0;
}

static void start_link(void **state)
{
	metal_set_log_level(METAL_LOG_ERROR);
	memset(&files, 0, sizeof(files));
	memset(&server, 0, sizeof(server));
	fixture_up(state);
	fixture = *state;
}

static void start_client(void)
{
	assert_int_equal(rpmsg_rpc_init(&rpc, &fixture->remote.rvdev.rdev, "files", CLIENT_ADDR, DEFAULT_PROXY_ENDPOINT,
	                                NULL, poll_and_serve, NULL),
	                 RPMSG_SUCCESS);
	rpmsg_set_default_rpc(&rpc);
}

static int start(void **state)
{
	start_link(state);
	assert_int_equal(amp_rpc_file_server_init(&server, &fixture->host.rvdev.rdev, "files", DEFAULT_PROXY_ENDPOINT,
	                                          CLIENT_ADDR, &config),
	                 RPMSG_SUCCESS);
	start_client();
	return 0;
}

static int stop(void **state)
{
	rpmsg_rpc_release(&rpc);
	amp_rpc_file_server_release(&server);
	return fixture_down(state);
}

static void a_file_is_opened_read_written_and_closed(void **state)
{
	char buf[64];
	int fd;

	(void)state;
	fd = amp_rpc_open("dir/name", AMP_RPC_O_RDWR | AMP_RPC_O_CREAT, 01644);
	assert_int_equal(fd, 3);
	assert_string_equal(files.path, "dir/name");
	assert_int_equal(files.flags, AMP_RPC_O_RDWR | AMP_RPC_O_CREAT);
	assert_int_equal(files.mode, 0644);
	assert_int_equal(amp_rpc_read(fd, buf, 5), 5);
	assert_memory_equal(buf, "01234", 5);
	assert_int_equal(amp_rpc_write(fd, "some text", 9), 9);
	assert_int_equal(files.written_to, FIRST_HANDLE);
	assert_memory_equal(files.written, "some text", 9);
	assert_int_equal(amp_rpc_close(fd), 0);
	assert_int_equal(files.closed, 1);
	assert_int_equal(amp_rpc_read(fd, buf, 1), -EBADF);
	assert_int_equal(amp_rpc_open("again", 0, 0), 3);
	assert_true(files.wakes >= 6);
}

static void reads_and_writes_are_cut_to_what_a_message_carries(void **state)
{
	char buf[64];

	(void)state;
	assert_int_equal(amp_rpc_open("name", AMP_RPC_O_RDWR, 0), 3);
	assert_int_equal(amp_rpc_read(3, buf, sizeof(buf)), DATA_ROOM);
	assert_int_equal(amp_rpc_write(3, buf, sizeof(buf)), DATA_ROOM);
	assert_int_equal(amp_rpc_read(3, buf, 0), 0);
	assert_int_equal(amp_rpc_write(3, NULL, 0), 0);
}

static void errors_of_the_files_reach_the_caller(void **state)
{
	char buf[4];

	(void)state;
	assert_int_equal(amp_rpc_open("missing", 0, 0), -ENOENT);
	assert_int_equal(amp_rpc_open("name", 0, 0), 3);
	files.result = -ENOSPC;
	assert_int_equal(amp_rpc_read(3, buf, 4), -ENOSPC);
	assert_int_equal(amp_rpc_write(3, buf, 4), -ENOSPC);
	assert_int_equal(amp_rpc_close(3), -ENOSPC);
	assert_int_equal(amp_rpc_close(3), -EBADF);
	/* operations that claim more than they were given */
	assert_int_equal(amp_rpc_open("name", 0, 0), 3);
	files.result = 5;
	assert_int_equal(amp_rpc_read(3, buf, 4), -EIO);
	assert_int_equal(amp_rpc_write(3, buf, 4), -EIO);
	files.result = 0;
}

static void the_policy_decides_before_anything_is_opened(void **state)
{
	(void)state;
	assert_int_equal(amp_rpc_open("secret", 0, 0), -EACCES);
	assert_int_equal(files.opened, 0);
}

static void only_lent_streams_can_be_used_and_none_can_be_taken_away(void **state)
{
	char c;

	(void)state;
	assert_int_equal(amp_rpc_write(1, "out", 3), 3);
	assert_int_equal(files.written_to, 1);
	assert_int_equal(amp_rpc_write(2, "err", 3), -EBADF);
	assert_int_equal(amp_rpc_read(0, &c, 1), -EBADF);
	assert_int_equal(amp_rpc_close(1), 0);
	assert_int_equal(files.closed, 0);
	assert_int_equal(amp_rpc_write(1, "out", 3), 3);
}

static void descriptors_that_the_client_did_not_open_are_refused(void **state)
{
	static const int bad[] = {
		-1, 3, 4, FIRST_HANDLE, 3 + AMP_RPC_MAX_FILES - 1, 3 + AMP_RPC_MAX_FILES, INT32_MAX, INT32_MIN};
	char c;

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(amp_rpc_read(bad[i], &c, 1), -EBADF);
		assert_int_equal(amp_rpc_write(bad[i], "x", 1), -EBADF);
		assert_int_equal(amp_rpc_close(bad[i]), -EBADF);
	}
	assert_int_equal(files.written_to, 0);
}

static void a_client_opens_so_many_files_and_no_more(void **state)
{
	(void)state;
	for (int i = 0; i < AMP_RPC_MAX_FILES; i++)
		assert_int_equal(amp_rpc_open("name", 0, 0), 3 + i);
	assert_int_equal(amp_rpc_open("name", 0, 0), -EMFILE);
	assert_int_equal(amp_rpc_close(7), 0);
	assert_int_equal(amp_rpc_open("name", 0, 0), 7);
	assert_int_equal(files.opened, AMP_RPC_MAX_FILES + 1);
}

static void paths_and_flags_that_make_no_sense_are_refused_here(void **state)
{
	char path[AMP_RPC_DATA_MAX + 1];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[AMP_RPC_DATA_MAX] = '\0';
	assert_int_equal(amp_rpc_open(path, 0, 0), -ENAMETOOLONG);
	path[AMP_RPC_DATA_MAX - 1] = '\0'; /* the longest path, longer than the fixture's messages */
	assert_int_equal(amp_rpc_open(path, 0, 0), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(amp_rpc_open("", 0, 0), -EINVAL);
	assert_int_equal(amp_rpc_open(NULL, 0, 0), -EINVAL);
	assert_int_equal(amp_rpc_read(1, NULL, 1), -EINVAL);
	assert_int_equal(amp_rpc_write(1, NULL, 1), -EINVAL);
	assert_int_equal(amp_rpc_open("name", AMP_RPC_O_ACCMODE, 0), -EINVAL);
	assert_int_equal(amp_rpc_open("name", 04, 0), -EINVAL);
	assert_int_equal(amp_rpc_open("name", 0x80000000u, 0), -EINVAL);
	assert_int_equal(files.opened, 0);
}

/* The flags as Linux and as newlib number them. What an open with them means is the same. */
struct open_flags {
	unsigned int of_linux, of_newlib, wire;
};

static const struct open_flags creating[] = {
	{0x041, 0x201, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT},
	{0x0c2, 0xa02, AMP_RPC_O_RDWR | AMP_RPC_O_CREAT | AMP_RPC_O_EXCL},
	{0x241, 0x601, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_TRUNC},
	{0x441, 0x209, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_APPEND},
	{0x6c2, 0xe0a, AMP_RPC_O_RDWR | AMP_RPC_O_CREAT | AMP_RPC_O_EXCL | AMP_RPC_O_TRUNC | AMP_RPC_O_APPEND},
	/* … and with what changes nothing: O_NOCTTY, O_NONBLOCK, O_CLOEXEC, O_NOFOLLOW or O_LARGEFILE */
	{0xa8941, 0x14c201, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT},
};

static const struct open_flags not_creating[] = {
	{0x000, 0x000, AMP_RPC_O_RDONLY},
	{0x001, 0x001, AMP_RPC_O_WRONLY},
	{0x002, 0x002, AMP_RPC_O_RDWR},
	{0x201, 0x401, AMP_RPC_O_WRONLY | AMP_RPC_O_TRUNC},
	{0x401, 0x009, AMP_RPC_O_WRONLY | AMP_RPC_O_APPEND},
	{0x402, 0x00a, AMP_RPC_O_RDWR | AMP_RPC_O_APPEND},
	{0x081, 0x801, AMP_RPC_O_WRONLY | AMP_RPC_O_EXCL},
};

static void flags_in_newlibs_numbers_and_in_linuxs_open_the_same(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < sizeof(creating) / sizeof(creating[0]); i++) {
		assert_int_equal(amp_rpc_open_flags(creating[i].of_newlib, AMP_RPC_EITHER_NUMBERS), creating[i].wire);
		assert_int_equal(amp_rpc_open_flags(creating[i].of_linux, AMP_RPC_EITHER_NUMBERS), creating[i].wire);
		assert_int_equal(amp_rpc_open_flags(creating[i].of_newlib, AMP_RPC_NEWLIB_NUMBERS), creating[i].wire);
		assert_int_equal(amp_rpc_open_flags(creating[i].of_linux, AMP_RPC_LINUX_NUMBERS), creating[i].wire);
	}
	for (unsigned int i = 0; i < sizeof(not_creating) / sizeof(not_creating[0]); i++) {
		assert_int_equal(amp_rpc_open_flags(not_creating[i].of_newlib, AMP_RPC_EITHER_NUMBERS),
		                 not_creating[i].wire);
		assert_int_equal(amp_rpc_open_flags(not_creating[i].of_newlib, AMP_RPC_NEWLIB_NUMBERS),
		                 not_creating[i].wire);
		assert_int_equal(amp_rpc_open_flags(not_creating[i].of_linux, AMP_RPC_LINUX_NUMBERS),
		                 not_creating[i].wire);
	}
}

static void flags_that_cannot_be_kept_are_refused(void **state)
{
	(void)state;
	assert_int_equal(amp_rpc_open_flags(0x2201, AMP_RPC_NEWLIB_NUMBERS), -EINVAL);   /* O_SYNC */
	assert_int_equal(amp_rpc_open_flags(0x200000, AMP_RPC_EITHER_NUMBERS), -EINVAL); /* O_DIRECTORY */
	assert_int_equal(amp_rpc_open_flags(0x40, AMP_RPC_NEWLIB_NUMBERS), -EINVAL);
	assert_int_equal(amp_rpc_open_flags(0x101041, AMP_RPC_EITHER_NUMBERS), -EINVAL); /* Linux's O_SYNC */
	assert_int_equal(amp_rpc_open_flags(0x8, AMP_RPC_LINUX_NUMBERS), -EINVAL);       /* newlib's O_APPEND */
	assert_int_equal(amp_rpc_open_flags(0x80000000u, AMP_RPC_EITHER_NUMBERS), -EINVAL);
}

static void a_server_takes_the_numbers_that_it_was_told(void **state)
{
	(void)state;
	assert_int_equal(amp_rpc_open("name", 0x601, 0), 3); /* Linux's: no O_CREAT is in it */
	assert_int_equal(files.flags, AMP_RPC_O_WRONLY | AMP_RPC_O_TRUNC | AMP_RPC_O_APPEND);
	server.config.numbers = AMP_RPC_NEWLIB_NUMBERS;
	assert_int_equal(amp_rpc_open("name", 0x601, 0), 4);
	assert_int_equal(files.flags, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_TRUNC);
	server.config.numbers = AMP_RPC_EITHER_NUMBERS;
	assert_int_equal(amp_rpc_open("name", 0x241, 0), 5);
	assert_int_equal(files.flags, AMP_RPC_O_WRONLY | AMP_RPC_O_CREAT | AMP_RPC_O_TRUNC);
}

static void calls_fail_without_a_client(void **state)
{
	char c;

	(void)state;
	rpmsg_set_default_rpc(NULL);
	assert_int_equal(amp_rpc_open("name", 0, 0), -ENOTCONN);
	assert_int_equal(amp_rpc_close(3), -ENOTCONN);
	assert_int_equal(amp_rpc_read(3, &c, 1), -ENOTCONN);
	assert_int_equal(amp_rpc_write(3, &c, 1), -ENOTCONN);
}

/* ------------------------------------------------------------------ a client that misbehaves */

struct raw {
	struct rpmsg_rpc_syscall head;
	unsigned char data[32];
};

/* Send a request of any content, and return int_field2 (the error) of the answer. */
static int raw_request(uint32_t id, int32_t field1, int32_t field2, uint32_t data_len, const void *data, size_t len)
{
	struct raw msg = {.head = {id, {field1, field2, data_len}}};
	struct raw got;
	int n;

	if (len)
		memcpy(msg.data, data, len);
	n = rpmsg_rpc_send(&rpc, &msg, sizeof(msg.head) + len, &got, sizeof(got));
	assert_int_equal(n, sizeof(got.head));
	assert_int_equal(got.head.id, id);
	assert_int_equal(got.head.args.int_field1, -1);
	assert_int_equal(got.head.args.data_len, 0);
	return got.head.args.int_field2;
}

static void requests_with_impossible_fields_get_an_error_and_touch_no_file(void **state)
{
	(void)state;
	assert_int_equal(amp_rpc_open("name", 0, 0), 3);
	/* more data than came */
	assert_int_equal(raw_request(WRITE_SYSCALL_ID, 3, 1, 2, "x", 1), EINVAL);
	assert_int_equal(raw_request(WRITE_SYSCALL_ID, 3, 1, UINT32_MAX, "x", 1), EINVAL);
	assert_int_equal(raw_request(OPEN_SYSCALL_ID, 0, 0, 33, "abc", 4), EINVAL);
	/* paths: none, empty, without an end, with an end inside */
	assert_int_equal(raw_request(OPEN_SYSCALL_ID, 0, 0, 0, NULL, 0), EINVAL);
	assert_int_equal(raw_request(OPEN_SYSCALL_ID, 0, 0, 1, "", 1), EINVAL);
	assert_int_equal(raw_request(OPEN_SYSCALL_ID, 0, 0, 3, "abc", 3), EINVAL);
	assert_int_equal(raw_request(OPEN_SYSCALL_ID, 0, 0, 5, "ab\0c", 5), EINVAL);
	/* sizes and ids */
	assert_int_equal(raw_request(READ_SYSCALL_ID, 3, -1, 0, NULL, 0), EINVAL);
	assert_int_equal(raw_request(READ_SYSCALL_ID, 3, INT32_MIN, 0, NULL, 0), EINVAL);
	assert_int_equal(raw_request(0, 0, 0, 0, NULL, 0), ENOSYS);
	assert_int_equal(raw_request(7, 0, 0, 0, NULL, 0), ENOSYS);
	assert_int_equal(files.opened, 1);
	assert_int_equal(files.written_to, 0);
}

static void requests_too_short_out_of_turn_or_of_a_stranger_are_dropped(void **state)
{
	static unsigned char large[sizeof(server.request) + 1];
	static struct box stranger;
	struct raw msg = {.head = {CLOSE_SYSCALL_ID, {3, 0, 0}}};

	(void)state;
	assert_int_equal(rpmsg_send(&rpc.ept, &msg, sizeof(msg.head) - 1), sizeof(msg.head) - 1);
	fixture_poll(&fixture->host);
	assert_int_equal(amp_rpc_file_server_serve(&server), 0);
	/* as long as a request can be, and one byte more: longer than any buffer of the fixture */
	server.ept.cb(&server.ept, large, sizeof(server.request), CLIENT_ADDR, &server);
	assert_true(server.pending);
	server.pending = false;
	server.ept.cb(&server.ept, large, sizeof(server.request) + 1, CLIENT_ADDR, &server);
	assert_int_equal(amp_rpc_file_server_serve(&server), 0);
	box_open(&stranger, &fixture->remote, NULL, 99, DEFAULT_PROXY_ENDPOINT);
	assert_int_equal(rpmsg_send(&stranger.ept, &msg, sizeof(msg.head)), sizeof(msg.head));
	fixture_poll(&fixture->host);
	assert_int_equal(amp_rpc_file_server_serve(&server), 0);
	/* two at once: the second one is dropped */
	assert_true(rpmsg_send(&rpc.ept, &msg, sizeof(msg.head)) > 0);
	msg = (struct raw){.head = {WRITE_SYSCALL_ID, {1, 1, 1}}, .data = "x"};
	assert_true(rpmsg_send(&rpc.ept, &msg, sizeof(msg.head) + 1) > 0);
	fixture_poll(&fixture->host);
	assert_int_equal(amp_rpc_file_server_serve(&server), 1);
	assert_int_equal(amp_rpc_file_server_serve(&server), 0);
	assert_int_equal(files.written_to, 0);
}

static void files_of_a_client_that_has_gone_are_closed(void **state)
{
	struct rpmsg_rpc_syscall term = {.id = TERM_SYSCALL_ID};

	(void)state;
	assert_int_equal(amp_rpc_open("a", 0, 0), 3);
	assert_int_equal(amp_rpc_open("b", 0, 0), 4);
	assert_true(rpmsg_rpc_send(&rpc, &term, sizeof(term), NULL, 0) > 0);
	fixture_poll(&fixture->host);
	assert_int_equal(amp_rpc_file_server_serve(&server), 1);
	assert_int_equal(files.closed, 2);
	/* it leaves without a word */
	assert_int_equal(amp_rpc_open("c", 0, 0), 3);
	rpmsg_rpc_release(&rpc);
	fixture_poll(&fixture->host);
	assert_int_equal(amp_rpc_file_server_serve(&server), 1);
	assert_int_equal(files.closed, 3);
	assert_int_equal(amp_rpc_file_server_serve(&server), 0);
	start_client();
}

static void files_are_closed_with_the_server(void **state)
{
	(void)state;
	assert_int_equal(amp_rpc_open("a", 0, 0), 3);
	amp_rpc_file_server_release(&server);
	assert_int_equal(files.closed, 1);
	assert_int_equal(amp_rpc_file_server_serve(&server), RPMSG_ERR_PARAM);
}

static void a_server_needs_all_its_operations(void **state)
{
	struct rpmsg_device *rdev = &fixture->host.rvdev.rdev;
	struct amp_rpc_file_ops some = ops;
	struct amp_rpc_file_config bad = config;
	struct amp_rpc_file_server other;

	(void)state;
	some.write = NULL;
	bad.ops = &some;
	assert_int_equal(amp_rpc_file_server_init(&other, rdev, NULL, 1, 2, &bad), RPMSG_ERR_PARAM);
	bad.ops = NULL;
	assert_int_equal(amp_rpc_file_server_init(&other, rdev, NULL, 1, 2, &bad), RPMSG_ERR_PARAM);
	assert_int_equal(amp_rpc_file_server_init(NULL, rdev, NULL, 1, 2, &config), RPMSG_ERR_PARAM);
	assert_int_equal(amp_rpc_file_server_init(&other, NULL, NULL, 1, 2, &config), RPMSG_ERR_PARAM);
	assert_int_equal(amp_rpc_file_server_init(&other, rdev, NULL, 1, 2, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(amp_rpc_file_server_init(&other, rdev, NULL, DEFAULT_PROXY_ENDPOINT, 2, &config),
	                 RPMSG_ERR_ADDR);
	assert_int_equal(amp_rpc_file_server_serve(NULL), RPMSG_ERR_PARAM);
	amp_rpc_file_server_release(NULL);
	amp_rpc_file_server_release(&other);
}

/* ------------------------------------------------------------------ a server that misbehaves */

static struct raw lie;
static size_t lie_len;

static int poll_and_lie(void *arg)
{
	(void)arg;
	fixture_poll(&fixture->host);
	if (fake.count) {
		fake.count = 0;
		memcpy(&lie.head.id, fake.data, sizeof(lie.head.id));
		assert_true(rpmsg_send(&fake.ept, &lie, (int)lie_len) > 0);
	}
	fixture_poll(&fixture->remote);
	return 0;
}

static int start_lying(void **state)
{
	start_link(state);
	box_open(&fake, &fixture->host, NULL, DEFAULT_PROXY_ENDPOINT, CLIENT_ADDR);
	start_client();
	rpc.poll = poll_and_lie;
	return 0;
}

static void answers_with(int32_t field1, int32_t field2, uint32_t data_len, size_t len)
{
	memset(&lie, 'z', sizeof(lie));
	lie.head.args.int_field1 = field1;
	lie.head.args.int_field2 = field2;
	lie.head.args.data_len = data_len;
	lie_len = len;
}

static void answers_that_make_no_sense_are_errors_and_write_nothing_outside(void **state)
{
	char buf[9] = "........";
	const size_t head = sizeof(lie.head);

	(void)state;
	answers_with(0, 0, 0, head - 1); /* cut short */
	assert_int_equal(amp_rpc_close(3), -EPROTO);
	answers_with(4, 0, 5, head + 4); /* more than came */
	assert_int_equal(amp_rpc_read(3, buf, 4), -EPROTO);
	answers_with(5, 0, 5, head + 5); /* more than was asked for */
	assert_int_equal(amp_rpc_read(3, buf, 4), -EPROTO);
	answers_with(4, 0, 4, head + 3); /* the same, and all that was asked for */
	assert_int_equal(amp_rpc_read(3, buf, 4), -EPROTO);
	answers_with(4, 0, 3, head + 3); /* a count that is not that of the data */
	assert_int_equal(amp_rpc_read(3, buf, 4), -EPROTO);
	assert_string_equal(buf, "........");
	answers_with(4, 0, 4, head + 4);
	assert_int_equal(amp_rpc_read(3, buf, 4), 4);
	assert_string_equal(buf, "zzzz....");
	answers_with(5, 0, 0, head); /* more written than there was */
	assert_int_equal(amp_rpc_write(3, buf, 4), -EPROTO);
	answers_with(1, 0, 0, head);
	assert_int_equal(amp_rpc_close(3), -EPROTO);
	answers_with(-1, 0, 0, head); /* errors that are none */
	assert_int_equal(amp_rpc_close(3), -EIO);
	answers_with(INT32_MIN, INT32_MIN, 0, head);
	assert_int_equal(amp_rpc_close(3), -EIO);
	answers_with(-1, 1000, 0, head);
	assert_int_equal(amp_rpc_close(3), -EIO);
	answers_with(-1, 999, 0, head);
	assert_int_equal(amp_rpc_close(3), -999);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(a_file_is_opened_read_written_and_closed),
		FILE_TEST(reads_and_writes_are_cut_to_what_a_message_carries),
		FILE_TEST(errors_of_the_files_reach_the_caller),
		FILE_TEST(the_policy_decides_before_anything_is_opened),
		FILE_TEST(only_lent_streams_can_be_used_and_none_can_be_taken_away),
		FILE_TEST(descriptors_that_the_client_did_not_open_are_refused),
		FILE_TEST(a_client_opens_so_many_files_and_no_more),
		FILE_TEST(paths_and_flags_that_make_no_sense_are_refused_here),
		FILE_TEST(flags_in_newlibs_numbers_and_in_linuxs_open_the_same),
		FILE_TEST(flags_that_cannot_be_kept_are_refused),
		FILE_TEST(a_server_takes_the_numbers_that_it_was_told),
		FILE_TEST(calls_fail_without_a_client),
		FILE_TEST(requests_with_impossible_fields_get_an_error_and_touch_no_file),
		FILE_TEST(requests_too_short_out_of_turn_or_of_a_stranger_are_dropped),
		FILE_TEST(files_of_a_client_that_has_gone_are_closed),
		FILE_TEST(files_are_closed_with_the_server),
		FILE_TEST(a_server_needs_all_its_operations),
		cmocka_unit_test_setup_teardown(answers_that_make_no_sense_are_errors_and_write_nothing_outside,
	                                        start_lying, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
