// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core's shared memory as the relay reads it: requests of the host, words of the remote, the trace ring. Input: a
 * list of moves, most of which rewrite the block.
 */
#include "peer.h"

#include "common/text.h"
#include "relay/core/mailbox.h"
#include "relay/core/shared_memory.h"
#include "relay/core/trace_ring.h"

#include <string.h>

#define MEM_SIZE   0x10000u
#define TRACE_AT   0x2000u
#define TRACE_SIZE 0x1000u

#define CORE(da)                                                                                             \
	{                                                                                                    \
		.name = "core", .mem_da = (da), .mem_size = MEM_SIZE, .num_regions = 2,                      \
		.region = {                                                                                  \
			{.name = "control", .kind = AMP_REGION_CONTROL, .size = 0x2000},                     \
			{.name = "firmware", .kind = AMP_REGION_FIRMWARE, .offset = 0x8000, .size = 0x8000}, \
		},                                                                                           \
	}

/* Below and above 4 GiB, at the end of what 64 bits address. */
static const struct core_config cores[] = {CORE(0x21000000), CORE(0x141000000), CORE(0xffffffffffff0000)};

static struct {
	uint8_t before[256];
	uint8_t memory[MEM_SIZE] __attribute__((__aligned__(4096)));
	uint8_t after[256];
} block;

static void on_line(void *userdata, const char *line)
{
	unsigned int *lines = userdata;
	size_t len = strnlen(line, TRACE_LINE_MAX);

	fuzz_check(len < TRACE_LINE_MAX);
	for (size_t i = 0; i < len; i++)
		fuzz_check((line[i] >= 0x20 && line[i] < 0x7f) || line[i] == '\t');
	++*lines;
}

static void take_request(struct mailbox *box, const struct shared_memory *shm, uint32_t state,
                         const struct core_config *core)
{
	struct mailbox_request request = {0};
	uint32_t last = box->taken;
	enum mailbox_verdict verdict;
	struct amp_host host;

	amp_shm_read_host(shm, &host);
	verdict = amp_mailbox_take(box, &host, state, core, &request);
	fuzz_check((verdict == MAILBOX_NOTHING) == (host.req_seq == last));
	if (verdict == MAILBOX_NOTHING)
		return;
	fuzz_check(box->taken == host.req_seq);
	fuzz_check(memchr(request.text, '\0', sizeof(request.text)));
	fuzz_check(amp_request_name(request.op)[0]);
	if (verdict == MAILBOX_START) {
		fuzz_check(state == AMP_CORE_OFF);
		fuzz_check(request.staged <= 0x8000 && request.signature_size <= 0x8000 - request.staged);
		fuzz_check(request.staged || request.entry - core->mem_da - 0x8000 < 0x8000);
		fuzz_check(request.entry == host.arg);
		fuzz_check(!request.firmware[0] || amp_text_is_file_name(request.firmware, sizeof(request.firmware)));
	} else if (verdict == MAILBOX_ANSWER) {
		fuzz_check(request.status <= AMP_EIO);
		fuzz_check(request.status == AMP_OK || request.text[0]); /* why, for people */
	}
	box->answered = box->taken;
}

static void drain_trace(struct trace_ring *ring, const struct shared_memory *shm, unsigned int *lines)
{
	uint32_t head = amp_shm_trace_head(shm), before = ring->tail, lost;
	unsigned int had = *lines;

	lost = amp_trace_drain(ring, head, on_line, lines);
	fuzz_check(ring->tail == head && ring->fill < TRACE_LINE_MAX);
	fuzz_check(lost <= head - before); /* and what was read is the rest, at most the ring: no endless work */
	fuzz_check(head - before - lost <= TRACE_SIZE && *lines - had <= TRACE_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shared_memory shm = {.fd = -1, .base = block.memory, .size = MEM_SIZE};
	struct trace_ring ring = {.base = block.memory + TRACE_AT, .size = TRACE_SIZE};
	struct fuzz_input in = {data, size};
	struct mailbox box = {0};
	unsigned int lines = 0;
	struct amp_remote remote;
	uint8_t choice;

	memset(&block, 0xa5, sizeof(block));
	memset(block.memory, 0, AMP_CTRL_SIZE);
	fuzz_peer_begin(block.memory, TRACE_AT + TRACE_SIZE);
	while (in.left) {
		switch (fuzz_u8(&in) % 8) {
		case 0:
			choice = fuzz_u8(&in);
			take_request(&box, &shm, choice % 5u, &cores[choice / 5u % 3u]);
			break;
		case 1:
			drain_trace(&ring, &shm, &lines);
			break;
		case 2:
			fuzz_bytes(&in, block.memory + AMP_HOST_OFFSET, 80);
			break;
		case 3:
			fuzz_bytes(&in, block.memory + AMP_REMOTE_OFFSET, 16);
			break;
		case 4:
			amp_trace_flush(&ring, on_line, &lines);
			break;
		case 5:
			amp_shm_read_remote(&shm, &remote);
			(void)amp_shm_heartbeat(&shm);
			break;
		default:
			fuzz_peer_write(&in);
		}
	}
	fuzz_peer_end();
	fuzz_check(fuzz_all(block.before, sizeof(block.before), 0xa5));
	fuzz_check(fuzz_all(block.after, sizeof(block.after), 0xa5));
	return 0;
}
