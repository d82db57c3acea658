/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets of the control protocol that wait for a slow client. */
#ifndef AMPRELAY_RELAY_PACKET_QUEUE_H
#define AMPRELAY_RELAY_PACKET_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/control.h"

struct packet;

struct packet_queue {
	struct packet *first, **last;
	size_t bytes; /**< of payload that waits */
};

void amp_packets_init(struct packet_queue *queue);
void amp_packets_free(struct packet_queue *queue);

/**
 * Sends a packet, or keeps a copy if earlier ones wait or the socket is full.
 *
 * @param len   at most AMP_CONTROL_MAX
 * @param sent  bytes of payload of type 'O' and 'E' that left with this call are added here
 * @return false if the client is gone or there is no memory
 */
bool amp_packets_send(struct packet_queue *queue, int fd, char type, const void *data, size_t len, size_t *sent);

/** Sends what the socket takes. Parameters and result as above. */
bool amp_packets_flush(struct packet_queue *queue, int fd, size_t *sent);

static inline bool amp_packets_waiting(const struct packet_queue *queue)
{
	return queue->first != NULL;
}

#endif /* AMPRELAY_RELAY_PACKET_QUEUE_H */
