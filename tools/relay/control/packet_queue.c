// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "packet_queue.h"

struct packet {
	struct packet *next;
	size_t len; /* of payload */
	char type;
	char data[];
};

void amp_packets_init(struct packet_queue *queue)
{
	*queue = (struct packet_queue){.first = NULL};
	queue->last = &queue->first;
}

static void drop_first(struct packet_queue *queue)
{
	struct packet *packet = queue->first;

	queue->first = packet->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->bytes -= packet->len;
	free(packet);
}

void amp_packets_free(struct packet_queue *queue)
{
	while (queue->first)
		drop_first(queue);
}

/* @return 1 sent, 0 the socket is full, -1 the client is gone */
static int transmit(int fd, char type, const void *data, size_t len)
{
	struct iovec io[2] = {{&type, 1}, {(void *)data, len}};
	struct msghdr message = {.msg_iov = io, .msg_iovlen = 2};

	if (sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 1;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static void add_output(char type, size_t len, size_t *sent)
{
	if (type == 'O' || type == 'E')
		*sent += len;
}

bool amp_packets_send(struct packet_queue *queue, int fd, char type, const void *data, size_t len, size_t *sent)
{
	struct packet *packet;
	int state = queue->first ? 0 : transmit(fd, type, data, len);

	if (state > 0)
		add_output(type, len, sent);
	if (state != 0)
		return state > 0;
	packet = malloc(sizeof(*packet) + len);
	if (!packet)
		return false;
	packet->next = NULL;
	packet->len = len;
	packet->type = type;
	if (len)
		memcpy(packet->data, data, len);
	*queue->last = packet;
	queue->last = &packet->next;
	queue->bytes += len;
	return true;
}

bool amp_packets_flush(struct packet_queue *queue, int fd, size_t *sent)
{
	while (queue->first) {
		const struct packet *packet = queue->first;
		int state = transmit(fd, packet->type, packet->data, packet->len);

		if (state <= 0)
			return state == 0;
		add_output(packet->type, packet->len, sent);
		drop_first(queue);
	}
	return true;
}
