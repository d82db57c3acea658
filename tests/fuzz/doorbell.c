// SPDX-License-Identifier: GPL-2.0-only
/*
 * The doorbell of a core that sends any bytes, while Linux rings any vector and the UART takes little. Input: notify
 * ids, then a list of moves.
 */
#include "fuzz.h"

#include "relay/base/stream.h"
#include "relay/core/bells.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t below(uint32_t ids)
{
	return ids < 64 ? (UINT64_C(1) << ids) - 1 : UINT64_MAX;
}

/* Kicks and news are those of the bytes that came, and Linux was interrupted for each kick. */
static void receive(struct bells *bells, int core, struct fuzz_input *in)
{
	uint64_t notify = 0, control = 0, interrupts;
	uint32_t invalid = 0;
	struct bell_news news;
	uint8_t *bytes;
	size_t n;

	bytes = fuzz_block(in, fuzz_u8(in), &n);
	if (n && send(core, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)n)
		n = 0;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] < bells->notify_ids)
			notify |= UINT64_C(1) << bytes[i];
		else if (bytes[i] >= AMP_DB_BOOT && bytes[i] <= AMP_DB_RESUMED)
			control |= BELL_NEWS(bytes[i]);
		else
			invalid++;
	}
	free(bytes);
	amp_bells_receive(bells, &news);
	fuzz_check(!news.closed && !news.more);
	fuzz_check(news.notify == notify && news.control == control && news.invalid == invalid);
	for (uint32_t id = 0; id < bells->notify_ids; id++) {
		bool rung = read(bells->to_host[AMP_VECTOR_NOTIFY(id)], &interrupts, sizeof(interrupts)) > 0;

		fuzz_check(rung == (bells->linux_hears && (notify >> id & 1)));
	}
}

/* No byte is sent that was not rung, and none twice that was rung once. */
static void drain(struct bells *bells, int core, uint64_t *rung_notify, uint64_t *rung_control)
{
	uint8_t bytes[4096];
	ssize_t n;

	while ((n = recv(core, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			uint64_t *rung = bytes[i] < AMP_DB_NOTIFY_MAX ? rung_notify : rung_control;

			fuzz_check(*rung >> (bytes[i] % 64) & 1);
		}
	}
	fuzz_check(!amp_bells_flush(bells));
	fuzz_check(bells->pending_notify == 0 && bells->pending_control == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint32_t ids = fuzz_u8(&in) % (AMP_DB_NOTIFY_MAX + 1);
	uint64_t rung_notify = 0, rung_control = 0;
	struct bells bells;
	int ours, core, few = 1;

	amp_bells_prepare(&bells);
	if (amp_bells_init(&bells, ids) < 0 || amp_stream_pair(&ours, &core) < 0)
		abort();
	if (setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &few, sizeof(few)))
		abort();
	bells.linux_hears = fuzz_u8(&in) & 1;
	amp_bells_power_on(&bells, ours);
	while (in.left) {
		uint8_t what = fuzz_u8(&in), byte = fuzz_u8(&in);

		if (what % 4 == 0) {
			receive(&bells, core, &in);
		} else if (what % 4 == 1) {
			drain(&bells, core, &rung_notify, &rung_control);
		} else {
			byte &= 0xbf; /* a notify id, or a control byte of the relay's */
			*(byte < AMP_DB_NOTIFY_MAX ? &rung_notify : &rung_control) |= UINT64_C(1) << (byte % 64);
			amp_bells_ring_remote(&bells, byte);
		}
		fuzz_check((bells.pending_notify & ~rung_notify) == 0 && (bells.pending_control & ~rung_control) == 0);
		fuzz_check((bells.pending_notify & ~below(AMP_DB_NOTIFY_MAX)) == 0);
	}
	close(core);
	amp_bells_close(&bells);
	return 0;
}
