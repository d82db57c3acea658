// SPDX-License-Identifier: GPL-2.0-only
/* A dump explained to people. One section, one function. */
#include <inttypes.h>
#include <string.h>

#include "autopsy.h"
#include "common/channel_names.h"
#include "common/text.h"

#define MESSAGES    8u  /* of each queue */
#define SHOWN       24u /* bytes of each */
#define TRACE_SHOWN 1024u
#define MARK_USED   0xa301u /* WIRE.md, section 10 */
#define MARK_GONE   0xa302u

static const char *const ways[] = {[AMP_TO_HOST] = "core to host", [AMP_TO_REMOTE] = "host to core"};

/* ------------------------------------------------------------------ rings */

static void print_device(FILE *out, const struct amp_autopsy *autopsy, uint32_t number)
{
	const struct fw_rsc_vdev *head = &autopsy->device[number].vdev.head;
	char place[64];

	if (autopsy->table_at)
		amp_text(place, sizeof(place), "resource table at 0x%08" PRIx64, autopsy->table_at);
	else
		amp_text(place, sizeof(place), "resource table as given");
	fprintf(out, "\nRPMsg device %u (%s): status 0x%02x, the driver is %s; features 0x%x of 0x%x\n", number, place,
	        head->status, head->status & VIRTIO_CONFIG_STATUS_DRIVER_OK ? "ready" : "not ready", head->gfeatures,
	        head->dfeatures);
}

/* "0-3,7" */
static void print_owned(FILE *out, const struct amp_ringstate *state, enum amp_ringstate_owner owner)
{
	bool first = true;

	for (uint32_t id = 0, end; id < state->ring.num; id = end) {
		for (end = id + 1; end < state->ring.num && state->owner[end] == state->owner[id]; end++)
			;
		if (state->owner[id] != (uint8_t)owner)
			continue;
		fprintf(out, end == id + 1 ? "%s%u" : "%s%u-%u", first ? "" : ",", id, end - 1);
		first = false;
	}
}

static void print_owners(FILE *out, const struct amp_ringstate *state)
{
	static const struct {
		enum amp_ringstate_owner owner;
		const char *name;
	} owners[] = {
		{AMP_OWNER_DEVICE, "the core has"}, {AMP_OWNER_DRIVER, "the host has"}, {AMP_OWNER_NONE, "never used"}};
	const uint32_t counts[] = {state->of_device, state->of_driver, state->unused};

	for (size_t i = 0; i < 3; i++) {
		if (counts[i] == 0)
			continue;
		fprintf(out, "   %-12s %5u  ", owners[i].name, counts[i]);
		print_owned(out, state, owners[i].owner);
		fputc('\n', out);
	}
}

static void print_queue(FILE *out, const struct amp_ringstate *state)
{
	const char *mark = state->mark == MARK_USED   ? "; the core uses it"
	                   : state->mark == MARK_GONE ? "; the core has let go of it"
	                                              : "";
	char text[AMP_RING_TEXT];

	fprintf(out, "\n queue %d, %s: ", (int)state->direction, ways[state->direction]);
	if (state->readable) {
		fprintf(out, "%u descriptors at 0x%08" PRIx64 ", avail.idx %u%s, used.idx %u%s%s\n", state->ring.num,
		        state->ring.desc, state->avail, state->avail_flags & 1 ? " (no interrupts)" : "", state->used,
		        state->used_flags & 1 ? " (no kicks)" : "", mark);
		print_owners(out, state);
	} else {
		fputs("not in the dump\n", out);
	}
	if (!state->readable && state->fault.problem == AMP_RING_SOUND)
		return;
	if (state->fault.problem == AMP_RING_SOUND)
		fprintf(out, "   nothing is wrong with it%s\n",
		        state->buffers ? "" : "; its buffers are not in the dump");
	else
		fprintf(out, "   first fault  %s: %s\n", state->field, amp_ring_fault_text(&state->fault, text));
}

/* ------------------------------------------------------------------ messages */

static void print_payload(FILE *out, const uint8_t *bytes, uint32_t len, uint32_t whole)
{
	bool text = len > 0;

	for (uint32_t i = 0; i < len; i++)
		text = text && ((bytes[i] >= ' ' && bytes[i] <= '~') || bytes[i] == '\n' || bytes[i] == '\0');
	fputs(text ? "\"" : "", out);
	for (uint32_t i = 0; i < len; i++) {
		if (!text)
			fprintf(out, "%02x", bytes[i]);
		else
			fputc(bytes[i] >= ' ' ? bytes[i] : '.', out);
	}
	fprintf(out, "%s%s\n", text ? "\"" : "", whole > len ? "..." : "");
}

static void learn_names(const struct amp_memory *memory, const struct amp_ringstate *state, struct amp_names *names)
{
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;
	struct amp_rpmsg head;
	uint8_t payload[AMP_NS_SIZE + 4];

	for (uint16_t at = amp_ringstate_oldest(state); at != amp_ringstate_index(state); at++) {
		if (amp_ring_read_message(memory, &state->ring, state->direction, at, &entry, &head, &fault) &&
		    head.len <= sizeof(payload) &&
		    amp_ring_read_buffer(memory, &entry.desc, sizeof(head), payload, head.len))
			amp_names_learn(names, state->direction, head.dst, payload, head.len);
	}
}

static void print_message(FILE *out, const struct amp_memory *memory, const struct amp_ringstate *state, uint16_t at,
                          const struct amp_names *names)
{
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;
	char text[AMP_RING_TEXT];
	struct amp_rpmsg head;
	uint8_t bytes[SHOWN];
	const char *channel;
	uint32_t len;

	if (!amp_ring_read_message(memory, &state->ring, state->direction, at, &entry, &head, &fault)) {
		fprintf(out, "   %5u  no message: %s\n", at, amp_ring_fault_text(&fault, text));
		return;
	}
	len = head.len < SHOWN ? head.len : SHOWN;
	channel = head.dst == RPMSG_NS_EPT_ADDR ? "(name service)"
	                                        : amp_names_find(names, state->direction, head.src, head.dst);
	fprintf(out, "   %5u  %-20s 0x%03x > 0x%03x %5u  ", at, channel ? channel : "-", head.src, head.dst, head.len);
	if (len && !amp_ring_read_buffer(memory, &entry.desc, sizeof(head), bytes, len))
		len = 0;
	print_payload(out, bytes, len, head.len);
}

static void print_messages(FILE *out, const struct amp_autopsy *autopsy, const struct amp_autopsy_device *device)
{
	const struct amp_memory memory = {
		.read = amp_dumpfile_read, .context = (void *)&autopsy->dump, .shift = autopsy->shift};
	struct amp_names names = {0};

	for (int queue = 0; queue < 2; queue++) {
		if (device->queue[queue].readable && device->queue[queue].buffers)
			learn_names(&memory, &device->queue[queue], &names);
	}
	for (int queue = 0; queue < 2; queue++) {
		const struct amp_ringstate *state = &device->queue[queue];
		uint16_t index = amp_ringstate_index(state), at = amp_ringstate_oldest(state);

		if (!state->readable || !state->buffers || at == index)
			continue;
		if ((uint16_t)(index - at) > MESSAGES)
			at = (uint16_t)(index - MESSAGES);
		fprintf(out, "\n last messages, %s (their buffers may have been used again since)\n", ways[queue]);
		for (; at != index; at++)
			print_message(out, &memory, state, at, &names);
	}
}

/* ------------------------------------------------------------------ trace */

/* Of a core without our control block: the end of the buffer that the resource table names. */
static void print_trace(FILE *out, const struct amp_autopsy *autopsy, const struct fw_rsc_trace *trace)
{
	uint64_t da = amp_autopsy_address(autopsy, trace->da);
	uint32_t len = trace->len, from;
	uint8_t byte = 0;
	bool line_start = true;

	while (len > 0 && amp_dumpfile_read((void *)&autopsy->dump, da + len - 1, &byte, 1) && byte == 0)
		len--;
	if (len == 0 || byte == 0)
		return;
	from = len > TRACE_SHOWN ? len - TRACE_SHOWN : 0;
	fputs("\nend of the trace\n", out);
	for (uint32_t at = from; at < len; at++) {
		if (!amp_dumpfile_read((void *)&autopsy->dump, da + at, &byte, 1))
			break;
		if (line_start)
			fputs("   ", out);
		line_start = byte == '\n';
		fputc(line_start || (byte >= ' ' && byte <= '~') ? byte : '?', out);
	}
	fputs(line_start ? "" : "\n", out);
}

static void print_traces(FILE *out, const struct amp_autopsy *autopsy)
{
	struct resource_table head;
	struct fw_rsc_trace trace;
	uint32_t at;

	if (!autopsy->table || autopsy->pm.trace_size)
		return;
	memcpy(&head, autopsy->table, sizeof(head));
	for (uint32_t i = 0; i < head.num; i++) {
		memcpy(&at, autopsy->table + sizeof(head) + (size_t)4 * i, sizeof(at));
		if (at > autopsy->table_size || autopsy->table_size - at < sizeof(trace))
			continue;
		memcpy(&trace, autopsy->table + at, sizeof(trace));
		if (trace.type == RSC_TRACE && trace.len <= (1u << 20))
			print_trace(out, autopsy, &trace);
	}
}

/* ------------------------------------------------------------------ all of it */

void amp_autopsy_print(const struct amp_autopsy *autopsy, FILE *out)
{
	const struct amp_ringstate *first = amp_autopsy_first_fault(autopsy);
	char text[AMP_RING_TEXT];

	if (first)
		fprintf(out, "first fault  queue %d, %s: %s: %s\n", (int)first->direction, ways[first->direction],
		        first->field, amp_ring_fault_text(&first->fault, text));
	amp_postmortem_print_report(&autopsy->pm, &autopsy->summary, out);
	if (!autopsy->table)
		fputs("\nNo resource table is in the dump: --table FILE gives one (the live one, with the addresses of "
		      "the vrings).\n",
		      out);
	for (uint32_t i = 0; i < autopsy->devices; i++) {
		print_device(out, autopsy, i);
		print_queue(out, &autopsy->device[i].queue[0]);
		print_queue(out, &autopsy->device[i].queue[1]);
		print_messages(out, autopsy, &autopsy->device[i]);
	}
	if (autopsy->devices && !autopsy->has_buffers)
		fputs("\nWhere the buffers are is not known: --map HOST=DEVICE says which address of the core's is one "
		      "of the host's.\n",
		      out);
	print_traces(out, autopsy);
}
