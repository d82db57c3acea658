// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bells.h"

#define RECEIVE_MAX 256 /* bytes in one turn of the event loop: a core that floods us has no more than others */

void amp_bells_prepare(struct bells *bells)
{
	*bells = (struct bells){.uart = -1};
	memset(bells->to_host, -1, sizeof(bells->to_host));
	memset(bells->from_host, -1, sizeof(bells->from_host));
}

int amp_bells_init(struct bells *bells, uint32_t notify_ids)
{
	amp_bells_prepare(bells);
	bells->notify_ids = notify_ids;
	for (uint32_t i = 0; i < 1 + notify_ids; i++) {
		bells->to_host[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		bells->from_host[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (bells->to_host[i] < 0 || bells->from_host[i] < 0) {
			int err = -errno;

			amp_bells_close(bells);
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

void amp_bells_close(struct bells *bells)
{
	amp_bells_power_off(bells);
	for (uint32_t i = 0; i < BELL_VECTORS; i++) {
		close_fd(&bells->to_host[i]);
		close_fd(&bells->from_host[i]);
	}
}

void amp_bells_power_on(struct bells *bells, int uart)
{
	bells->uart = uart;
	bells->pending_notify = 0;
	bells->pending_control = 0;
	bells->to_remote_fault = bells->to_host_fault = BELL_SOUND;
	bells->coalesced = 0;
	bells->invalid = 0;
	memset(bells->to_remote_count, 0, sizeof(bells->to_remote_count));
	memset(bells->to_host_count, 0, sizeof(bells->to_host_count));
}

void amp_bells_power_off(struct bells *bells)
{
	close_fd(&bells->uart);
	bells->pending_notify = 0;
	bells->pending_control = 0;
}

/* A fault is of one kick only. */
static enum bell_fault take_fault(enum bell_fault *fault)
{
	enum bell_fault taken = *fault;

	*fault = BELL_SOUND;
	return taken;
}

static uint64_t *pending_word(struct bells *bells, uint8_t byte)
{
	return byte < AMP_DB_NOTIFY_MAX ? &bells->pending_notify : &bells->pending_control;
}

static bool send_byte(struct bells *bells, uint8_t byte)
{
	uint64_t bit = UINT64_C(1) << (byte % 64);
	uint64_t *pending = pending_word(bells, byte);

	if (bells->uart < 0)
		return false;
	if (*pending & bit) {
		bells->coalesced++;
		return true;
	}
	if (byte < AMP_DB_NOTIFY_MAX)
		bells->to_remote_count[byte]++;
	if ((bells->pending_notify | bells->pending_control) == 0 &&
	    send(bells->uart, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		return false;
	*pending |= bit;
	return true;
}

bool amp_bells_ring_remote(struct bells *bells, uint8_t byte)
{
	enum bell_fault fault = byte < AMP_DB_NOTIFY_MAX ? take_fault(&bells->to_remote_fault) : BELL_SOUND;

	if (fault == BELL_LOSE)
		return (bells->pending_notify | bells->pending_control) != 0;
	if (fault == BELL_DOUBLE)
		send_byte(bells, byte);
	return send_byte(bells, fault == BELL_CROSS ? byte ^ 1 : byte);
}

bool amp_bells_flush(struct bells *bells)
{
	uint8_t bytes[128];
	size_t n = 0;
	ssize_t sent;

	for (uint8_t i = 0; i < 64; i++) {
		if (bells->pending_control & UINT64_C(1) << i)
			bytes[n++] = (uint8_t)(0x80 + i);
	}
	for (uint8_t i = 0; i < 64; i++) {
		if (bells->pending_notify & UINT64_C(1) << i)
			bytes[n++] = i;
	}
	if (n == 0 || bells->uart < 0)
		return false;
	sent = send(bells->uart, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	for (ssize_t i = 0; i < sent; i++)
		*pending_word(bells, bytes[i]) &= ~(UINT64_C(1) << (bytes[i] % 64));
	return (bells->pending_notify | bells->pending_control) != 0;
}

static void interrupt_host(struct bells *bells, uint32_t vector)
{
	static const uint64_t one = 1;

	if (vector >= BELL_VECTORS || bells->to_host[vector] < 0)
		return;
	if (vector != AMP_VECTOR_CONTROL)
		bells->to_host_count[vector - 1]++;
	if (vector != AMP_VECTOR_CONTROL && !bells->linux_hears)
		return;
	/* EAGAIN means that the counter is full: the interrupt is pending in any case */
	if (write(bells->to_host[vector], &one, sizeof(one)) < 0)
		return;
}

void amp_bells_ring_host(struct bells *bells, uint32_t vector)
{
	enum bell_fault fault = vector == AMP_VECTOR_CONTROL ? BELL_SOUND : take_fault(&bells->to_host_fault);

	if (fault == BELL_LOSE)
		return;
	if (fault == BELL_DOUBLE)
		interrupt_host(bells, vector);
	interrupt_host(bells, fault == BELL_CROSS ? AMP_VECTOR_NOTIFY((vector - AMP_VECTOR_NOTIFY(0)) ^ 1) : vector);
}

void amp_bells_receive(struct bells *bells, struct bell_news *news)
{
	uint8_t bytes[RECEIVE_MAX];
	ssize_t n;

	*news = (struct bell_news){0};
	if (bells->uart < 0)
		return;
	n = recv(bells->uart, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n <= 0) {
		news->closed = n == 0 || (errno != EAGAIN && errno != EINTR);
		return;
	}
	news->bytes = (uint32_t)n;
	news->more = n == (ssize_t)sizeof(bytes);
	for (ssize_t i = 0; i < n; i++) {
		uint8_t byte = bytes[i];

		if (byte < bells->notify_ids) {
			news->notify |= UINT64_C(1) << byte;
		} else if ((byte >= AMP_DB_BOOT && byte <= AMP_DB_RESUMED) || byte == AMP_DB_JOURNAL ||
		           byte == AMP_DB_CLOCK) {
			news->control |= BELL_NEWS(byte);
		} else {
			news->invalid++;
			news->example = byte;
		}
	}
	bells->invalid += news->invalid;
	for (uint32_t id = 0; id < bells->notify_ids; id++) {
		if (news->notify & UINT64_C(1) << id)
			amp_bells_ring_host(bells, AMP_VECTOR_NOTIFY(id));
	}
}
