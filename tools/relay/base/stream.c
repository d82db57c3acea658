// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

#define READ_MAX  16384 /* bytes in one turn of the event loop */
#define DRAIN_MAX 64    /* turns in amp_stream_drain() */

static void want(struct stream *stream)
{
	sd_event_source_set_io_events(stream->io, stream->queued ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* @return bytes read; 0 when there are none now; -1 at the end of the stream */
static ssize_t receive(struct stream *stream)
{
	uint8_t data[READ_MAX];
	ssize_t n = read(stream->fd, data, sizeof(data));

	if (n > 0) {
		stream->ops->on_data(stream->userdata, data, (size_t)n);
		return n;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void transmit(struct stream *stream)
{
	ssize_t n = write(stream->fd, stream->queue, stream->queued);

	if (n <= 0)
		return;
	stream->queued -= (size_t)n;
	memmove(stream->queue, stream->queue + n, stream->queued);
	want(stream);
	if (stream->queued == 0 && stream->ops->on_drained)
		stream->ops->on_drained(stream->userdata);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct stream *stream = userdata;

	(void)source;
	(void)fd;
	if (revents & EPOLLOUT && stream->queued)
		transmit(stream);
	if (stream->fd >= 0 && revents & (EPOLLIN | EPOLLHUP | EPOLLERR) && receive(stream) < 0)
		/* the process at the other end is ending; its owner hears of that by itself */
		sd_event_source_set_enabled(stream->io, SD_EVENT_OFF);
	return 0;
}

int amp_stream_open(struct stream *stream, sd_event *loop, int fd, size_t capacity, const struct stream_ops *ops,
                    void *userdata)
{
	int err;

	*stream = (struct stream){.fd = fd, .ops = ops, .userdata = userdata, .capacity = capacity};
	stream->queue = malloc(capacity);
	err = stream->queue ? sd_event_add_io(loop, &stream->io, fd, EPOLLIN, on_io, stream) : -ENOMEM;
	if (err < 0)
		amp_stream_close(stream);
	return err < 0 ? err : 0;
}

size_t amp_stream_room(const struct stream *stream)
{
	return stream->fd < 0 ? 0 : stream->capacity - stream->queued;
}

bool amp_stream_write(struct stream *stream, const void *data, size_t len)
{
	ssize_t n = 0;

	if (amp_stream_room(stream) < len)
		return false;
	if (stream->queued == 0)
		n = write(stream->fd, data, len);
	if (n < 0)
		n = 0; /* EAGAIN; any other error shows as the end of the stream */
	if ((size_t)n == len)
		return true;
	memcpy(stream->queue + stream->queued, (const uint8_t *)data + n, len - (size_t)n);
	stream->queued += len - (size_t)n;
	want(stream);
	return true;
}

ssize_t amp_stream_send_fd(int socket, const void *data, size_t len, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec io = {.iov_base = (void *)data, .iov_len = len};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1};
	ssize_t sent;

	if (fd >= 0) {
		struct cmsghdr *header;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(int));
	}
	sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	return sent < 0 ? -errno : sent;
}

bool amp_stream_give(struct stream *stream, const void *data, size_t len, int fd)
{
	return stream->fd >= 0 && stream->queued == 0 && amp_stream_send_fd(stream->fd, data, len, fd) == (ssize_t)len;
}

void amp_stream_moved(struct stream *stream, void *userdata)
{
	stream->userdata = userdata;
	if (stream->io)
		sd_event_source_set_userdata(stream->io, stream);
}

void amp_stream_drain(struct stream *stream)
{
	for (int i = 0; i < DRAIN_MAX && stream->fd >= 0 && receive(stream) > 0; i++)
		;
}

void amp_stream_close(struct stream *stream)
{
	stream->io = sd_event_source_disable_unref(stream->io);
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	free(stream->queue);
	stream->queue = NULL;
	stream->queued = 0;
}

int amp_stream_pair(int *ours, int *theirs)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
		int err = -errno;

		close(pair[0]);
		close(pair[1]);
		return err;
	}
	*ours = pair[0];
	*theirs = pair[1];
	return 0;
}
