/* SPDX-License-Identifier: GPL-2.0-only */
/* A byte stream to a child process: read in the event loop, written through a bounded queue. */
#ifndef AMPRELAY_RELAY_STREAM_H
#define AMPRELAY_RELAY_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

struct stream_ops {
	/** Bytes have come. May close the stream. */
	void (*on_data)(void *userdata, const uint8_t *data, size_t len);
	/** The queue has become empty; NULL if that matters to nobody. */
	void (*on_drained)(void *userdata);
};

struct stream {
	int fd; /**< -1 = closed */
	sd_event_source *io;
	const struct stream_ops *ops;
	void *userdata;
	uint8_t *queue;
	size_t queued, capacity;
};

/**
 * @param fd        non-blocking; the stream's own from now on, also on failure
 * @param capacity  most bytes that may wait to be written
 * @return 0 or a negative errno
 */
int amp_stream_open(struct stream *stream, sd_event *loop, int fd, size_t capacity, const struct stream_ops *ops,
                    void *userdata);

/** @return bytes that amp_stream_write() would still take. */
size_t amp_stream_room(const struct stream *stream);

/** Writes or queues all of it. @return false if there is no room, or it is closed: then nothing was taken */
bool amp_stream_write(struct stream *stream, const void *data, size_t len);

/** Writes all of it at once, with a copy of descriptor `fd`. @return false if that cannot be: then nothing was taken */
bool amp_stream_give(struct stream *stream, const void *data, size_t len, int fd);

/** Sends `fd` (-1: none) beside bytes on a Unix socket. @return bytes sent, or a negative errno */
ssize_t amp_stream_send_fd(int socket, const void *data, size_t len, int fd);

/** The structure has been moved in memory. @param userdata  of its callbacks, from now on */
void amp_stream_moved(struct stream *stream, void *userdata);

/** Reads what has come already; for the end of a process, whose last words count. Bounded. */
void amp_stream_drain(struct stream *stream);

/** Closing a closed stream, or one that is all zero but for fd = -1, does nothing. */
void amp_stream_close(struct stream *stream);

/** @param ours, theirs  a connected pair, close-on-exec; ours is non-blocking. @return 0 or a negative errno */
int amp_stream_pair(int *ours, int *theirs);

#endif /* AMPRELAY_RELAY_STREAM_H */
