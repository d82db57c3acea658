// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doorbell.h"

#define RECEIVE_MAX \
	256 /* bytes in one reception: a core that floods us gets one turn in the event loop, like everyone */

void amp_doorbell_prepare(struct doorbell *bell)
{
	*bell = (struct doorbell){.uart = -1};
	memset(bell->to_host, -1, sizeof(bell->to_host));
	memset(bell->from_host, -1, sizeof(bell->from_host));
}

int amp_doorbell_init(struct doorbell *bell, uint32_t notify_ids)
{
	amp_doorbell_prepare(bell);
	bell->notify_ids = notify_ids;
	for (uint32_t i = 0; i < 1 + notify_ids; i++) {
		bell->to_host[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		bell->from_host[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (bell->to_host[i] < 0 || bell->from_host[i] < 0) {
			int err = -errno;

			amp_doorbell_close(bell);
			return err;
		}
	}
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void amp_doorbell_close(struct doorbell *bell)
{
	amp_doorbell_power_off(bell);
	for (uint32_t i = 0; i < DOORBELL_VECTORS; i++) {
		close_fd(&bell->to_host[i]);
		close_fd(&bell->from_host[i]);
	}
}

void amp_doorbell_power_on(struct doorbell *bell, int uart)
{
	bell->uart = uart;
	bell->pending_notify = 0;
	bell->pending_control = 0;
	bell->coalesced = 0;
	bell->invalid = 0;
	memset(bell->to_remote_count, 0, sizeof(bell->to_remote_count));
	memset(bell->to_host_count, 0, sizeof(bell->to_host_count));
}

void amp_doorbell_power_off(struct doorbell *bell)
{
	close_fd(&bell->uart);
	bell->pending_notify = 0;
	bell->pending_control = 0;
}

static uint64_t *pending_word(struct doorbell *bell, uint8_t byte)
{
	return byte < AMP_DB_NOTIFY_MAX ? &bell->pending_notify : &bell->pending_control;
}

bool amp_doorbell_ring_remote(struct doorbell *bell, uint8_t byte)
{
	uint64_t bit = UINT64_C(1) << (byte % 64);
	uint64_t *pending = pending_word(bell, byte);

	if (bell->uart < 0)
		return false;
	if (*pending & bit) {
		bell->coalesced++;
		return true;
	}
	if (byte < AMP_DB_NOTIFY_MAX)
		bell->to_remote_count[byte]++;
	if ((bell->pending_notify | bell->pending_control) == 0 &&
	    send(bell->uart, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		return false;
	*pending |= bit;
	return true;
}

bool amp_doorbell_flush(struct doorbell *bell)
{
	uint8_t bytes[128];
	size_t n = 0;
	ssize_t sent;

	for (uint8_t i = 0; i < 64; i++) {
		if (bell->pending_control & UINT64_C(1) << i)
			bytes[n++] = (uint8_t)(0x80 + i);
	}
	for (uint8_t i = 0; i < 64; i++) {
		if (bell->pending_notify & UINT64_C(1) << i)
			bytes[n++] = i;
	}
	if (n == 0 || bell->uart < 0)
		return false;
	sent = send(bell->uart, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	for (ssize_t i = 0; i < sent; i++)
		*pending_word(bell, bytes[i]) &= ~(UINT64_C(1) << (bytes[i] % 64));
	return (bell->pending_notify | bell->pending_control) != 0;
}

void amp_doorbell_ring_host(struct doorbell *bell, uint32_t vector)
{
	static const uint64_t one = 1;

	if (bell->to_host[vector] < 0)
		return;
	if (vector != AMP_VECTOR_CONTROL)
		bell->to_host_count[vector - 1]++;
	if (vector != AMP_VECTOR_CONTROL && bell->relay_is_host)
		return;
	/* EAGAIN means that the counter is full: the interrupt is pending in any case */
	if (write(bell->to_host[vector], &one, sizeof(one)) < 0)
		return;
}

void amp_doorbell_receive(struct doorbell *bell, struct doorbell_news *news)
{
	uint8_t bytes[RECEIVE_MAX];
	ssize_t n;

	*news = (struct doorbell_news){0};
	if (bell->uart < 0)
		return;
	n = recv(bell->uart, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n <= 0) {
		news->closed = n == 0 || (errno != EAGAIN && errno != EINTR);
		return;
	}
	news->bytes = (uint32_t)n;
	news->more = n == (ssize_t)sizeof(bytes);
	for (ssize_t i = 0; i < n; i++) {
		uint8_t byte = bytes[i];

		if (byte < bell->notify_ids) {
			news->notify |= UINT64_C(1) << byte;
		} else if (byte >= AMP_DB_BOOT && byte <= AMP_DB_STOPPED) {
			news->control |= DOORBELL_NEWS(byte);
		} else {
			news->invalid++;
			news->example = byte;
		}
	}
	bell->invalid += news->invalid;
	for (uint32_t id = 0; id < bell->notify_ids; id++) {
		if (news->notify & UINT64_C(1) << id)
			amp_doorbell_ring_host(bell, AMP_VECTOR_NOTIFY(id));
	}
}
