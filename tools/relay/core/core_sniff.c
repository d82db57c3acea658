// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages of a link, as they pass. The relay sees both rings, and hears each doorbell before the other side does:
 * then it looks what the rings' indices have gained. It only reads, so neither side executes one instruction more.
 *
 * A look may come too late. A ring keeps its order, so the buffer of a message is written again only when all others
 * have had their turn: a message is believed as long as that is further away than what either side may have in its
 * hands at a time. What is older becomes a gap, whose size the index tells.
 *
 * Without listeners, only the names of channels are learnt from announcements, for those who come later.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/control.h"
#include "common/sniffed.h"
#include "common/vdevs.h"
#include "core.h"
#include "relay/lab.h"

#define BUFFER     512u  /* bytes; the hosts that there are make buffers of this size, half of them for each ring */
#define WINDOW_MAX 1024u /* entries that one look takes at most: a core that lies about its index costs no more */

static const char *const direction_names[] = {[AMP_TO_HOST] = "to-host", [AMP_TO_REMOTE] = "to-remote"};

/* ------------------------------------------------------------------ records on their way to the listeners */

static struct {
	_Alignas(8) uint8_t data[AMP_CONTROL_MAX];
	uint32_t fill;
} batch; /* of one look */

static void flush(const struct core *core)
{
	if (batch.fill)
		amp_server_sniffed(&core->lab->control, core, batch.data, batch.fill);
	batch.fill = 0;
}

/* Writes the head of a record. @return where its data go; the padding is zero */
static uint8_t *begin_record(uint8_t *at, const struct core *core, enum amp_sniffed_kind kind, uint64_t t, uint32_t len)
{
	struct amp_sniffed record = {
		.size = amp_sniffed_size(len), .len = len, .t = t, .whole = len, .kind = (uint8_t)kind};

	if (core)
		memcpy(record.core, core->config->name, sizeof(record.core));
	memset(at, 0, record.size);
	memcpy(at, &record, sizeof(record));
	return at + sizeof(record);
}

static uint8_t *add_record(const struct core *core, enum amp_sniffed_kind kind, uint64_t t, uint32_t len)
{
	uint32_t size = amp_sniffed_size(len);
	uint8_t *at;

	if (size > sizeof(batch.data) - batch.fill)
		flush(core);
	at = batch.data + batch.fill;
	batch.fill += size;
	return begin_record(at, core, kind, t, len);
}

/* Takes the reference. */
static void add_event(const struct core *core, uint64_t t, json_t *event)
{
	char text[512];
	size_t len = event ? json_dumpb(event, text, sizeof(text), JSON_COMPACT | JSON_ENSURE_ASCII) : 0;

	json_decref(event);
	if (len && len <= sizeof(text))
		memcpy(add_record(core, AMP_SNIFFED_EVENT, t, (uint32_t)len), text, len);
}

static void add_gap(const struct core *core, enum amp_direction direction, uint64_t t, uint32_t count, const char *why)
{
	add_event(core, t,
	          json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "t", (json_int_t)t, "ev", "wire.gap", "core",
	                    core->config->name, "direction", direction_names[direction], "count", (json_int_t)count,
	                    "why", why));
}

static void add_bad(const struct core *core, enum amp_direction direction, uint64_t t, uint16_t entry,
                    const struct amp_ring_fault *fault)
{
	char text[AMP_RING_TEXT];

	add_event(core, t,
	          json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "t", (json_int_t)t, "ev", "wire.bad", "core",
	                    core->config->name, "direction", direction_names[direction], "entry", (json_int_t)entry,
	                    "text", amp_ring_fault_text(fault, text)));
}

void amp_core_sniff_event(struct lab *lab, const struct core *core, const char *text, size_t len)
{
	_Alignas(8) uint8_t record[AMP_SNIFFED_MAX + sizeof(struct amp_sniffed)];

	if (len <= AMP_SNIFFED_MAX && amp_server_is_heard(&lab->control, core)) {
		memcpy(begin_record(record, core, AMP_SNIFFED_EVENT, now_ns(), (uint32_t)len), text, len);
		amp_server_sniffed(&lab->control, core, record, amp_sniffed_size((uint32_t)len));
	}
}

/* ------------------------------------------------------------------ where the rings are */

static bool read_memory(void *context, uint64_t addr, void *copy, size_t size)
{
	const struct core *core = context;
	uint64_t offset = addr - core->config->mem_da;

	if (offset > core->shm.size || size > core->shm.size - offset)
		return false;
	amp_shm_read(&core->shm, (uint32_t)offset, copy, size);
	return true;
}

/* The driver is ready: reads where its rings are. Both begin at index 0, since a driver zeroes them first. */
static bool attach(struct core *core)
{
	const struct amp_region *buffers = amp_soc_region(core->config, AMP_REGION_BUFFERS);
	struct sniff *sniff = &core->sniff;
	uint8_t table[CORE_TABLE_MAX];
	struct amp_ring_fault fault;
	struct amp_vdev vdev;
	struct amp_host host;

	if (!core->link.found ||
	    !read_memory(core, core->config->mem_da + core->link.table, table, core->link.table_size))
		return false;
	if (!amp_vdev_find_rpmsg(table, core->link.table_size, &vdev) ||
	    !(vdev.head.status & VIRTIO_CONFIG_STATUS_DRIVER_OK))
		return false;
	amp_shm_read_host(&core->shm, &host);
	*sniff = (struct sniff){
		.status = core->link.table + vdev.at + (uint32_t)offsetof(struct fw_rsc_vdev, status),
		.memory = {.read = read_memory, .context = core, .shift = core->config->mem_da - host.mem_pa},
	};
	if (buffers) {
		sniff->memory.buffers_at = core->config->mem_da + buffers->offset;
		sniff->memory.buffers_size = buffers->size;
	}
	for (int i = 0; i < 2; i++) {
		uint32_t half = buffers && buffers->size >= 2 * BUFFER ? buffers->size / BUFFER / 2 : WINDOW_MAX;

		if (!amp_ring_lay_out(&sniff->ring[i], amp_table_da(core->config->mem_da, vdev.ring[i].da),
		                      vdev.ring[i].num, vdev.ring[i].align, &fault))
			return false;
		sniff->buffers[i] = vdev.ring[i].num < half ? vdev.ring[i].num : half;
		if (sniff->buffers[i] > WINDOW_MAX)
			sniff->buffers[i] = WINDOW_MAX;
	}
	sniff->attached = true;
	return true;
}

/* ------------------------------------------------------------------ what has passed */

/*
 * Whether what has been copied of a message was still that message. The ring's newest entries are: an eighth of the
 * buffers, one at least, may be in somebody's hands already, to be the next ones. Older ones are if the buffer has not
 * been offered again (to the host), or given back (to the remote), which is told by the other index.
 */
static bool is_whole(const struct sniff *sniff, enum amp_direction direction, uint16_t entry)
{
	const struct amp_ring *ring = &sniff->ring[direction];
	uint32_t buffers = sniff->buffers[direction], hands = buffers >= 8 ? buffers / 8 : 1;
	uint16_t avail, used, flags;

	if (!amp_ring_read_index(&sniff->memory, ring, false, &flags, &avail) ||
	    !amp_ring_read_index(&sniff->memory, ring, true, &flags, &used))
		return false;
	if (direction == AMP_TO_HOST)
		return (uint16_t)(used - entry) <= buffers - hands || (uint16_t)(avail - entry) <= buffers;
	return (uint16_t)(avail - entry) <= buffers - hands || (int16_t)(uint16_t)(used - entry) <= 0;
}

static void add_message(const struct core *core, enum amp_direction direction, uint64_t t, const uint8_t *message,
                        uint32_t kept, uint32_t whole)
{
	uint8_t *data = add_record(core, AMP_SNIFFED_MESSAGE, t, kept);
	struct amp_sniffed *record = (void *)(data - sizeof(*record));

	record->whole = whole;
	record->direction = (uint8_t)direction;
	memcpy(data, message, kept);
}

/* A pass through the new entries of one ring. */
struct pass {
	struct core *core;
	enum amp_direction direction;
	bool heard; /* somebody listens */
	uint64_t t;
	uint32_t lost; /* since the last one that was not */
	const char *why;
};

static void tell_lost(struct pass *pass)
{
	if (pass->lost && pass->heard)
		add_gap(pass->core, pass->direction, pass->t, pass->lost, pass->why);
	pass->lost = 0;
}

static void take_entry(struct pass *pass, uint16_t index)
{
	struct sniff *sniff = &pass->core->sniff;
	uint8_t message[AMP_SNIFFED_MAX];
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;
	struct amp_rpmsg head;
	uint32_t kept = 0, whole = 0;
	bool sound;

	sound = amp_ring_read_message(&sniff->memory, &sniff->ring[pass->direction], pass->direction, index, &entry,
	                              &head, &fault);
	if (sound && (pass->heard || head.dst == RPMSG_NS_EPT_ADDR)) {
		whole = AMP_RPMSG_HEADER + head.len;
		kept = whole < sizeof(message) ? whole : (uint32_t)sizeof(message);
		memcpy(message, &head, sizeof(head));
		amp_ring_read_buffer(&sniff->memory, &entry.desc, sizeof(head), message + sizeof(head),
		                     kept - sizeof(head));
	}
	if (!is_whole(sniff, pass->direction, index)) {
		pass->lost++;
		return;
	}
	tell_lost(pass);
	if (!sound && pass->heard)
		add_bad(pass->core, pass->direction, pass->t, index, &fault);
	if (kept == 0)
		return;
	amp_names_learn(&sniff->names, pass->direction, head.dst, message + sizeof(head), kept - sizeof(head));
	if (pass->heard)
		add_message(pass->core, pass->direction, pass->t, message, kept, whole);
}

static void take_ring(struct core *core, enum amp_direction direction, uint64_t t, bool heard)
{
	struct pass pass = {core, direction, heard, t, 0, "they came faster than they could be read"};
	struct sniff *sniff = &core->sniff;
	uint16_t flags, index, count;

	if (!amp_ring_read_index(&sniff->memory, &sniff->ring[direction], direction == AMP_TO_HOST, &flags, &index))
		return;
	count = (uint16_t)(index - sniff->next[direction]);
	if (count > sniff->ring[direction].num)
		pass.why = "the index has gone further than the ring is long";
	if (count > sniff->buffers[direction])
		pass.lost = count - sniff->buffers[direction];
	for (uint16_t at = (uint16_t)(sniff->next[direction] + pass.lost); at != index; at++)
		take_entry(&pass, at);
	tell_lost(&pass);
	sniff->next[direction] = index;
}

void amp_core_sniff_look(struct core *core)
{
	struct sniff *sniff = &core->sniff;
	uint64_t t = now_ns();
	uint8_t status;
	bool heard;

	if (!sniff->attached && (core->phase != PHASE_RUNNING || !attach(core)))
		return;
	heard = amp_server_is_heard(&core->lab->control, core);
	/* what has been asked before what has been answered, if both are new */
	take_ring(core, AMP_TO_REMOTE, t, heard);
	take_ring(core, AMP_TO_HOST, t, heard);
	flush(core);
	amp_shm_read(&core->shm, sniff->status, &status, sizeof(status));
	if (!(status & VIRTIO_CONFIG_STATUS_DRIVER_OK)) /* its driver has let go: the next one begins anew */
		amp_core_sniff_end(core);
}

void amp_core_sniff_end(struct core *core)
{
	core->sniff.attached = false;
	amp_names_forget(&core->sniff.names);
}

size_t amp_core_sniff_known(const struct core *core, uint8_t *records, size_t size)
{
	const struct amp_names *names = &core->sniff.names;
	uint64_t t = now_ns();
	size_t fill = 0;

	for (uint32_t i = 0; i < AMP_NAMES_MAX; i++) {
		const struct amp_name *name = &names->name[i];
		json_t *event;
		char text[256];
		size_t len;

		if (!name->name[0])
			continue;
		event = json_pack("{s:I, s:s, s:s, s:I, s:s, s:s}", "t", (json_int_t)t, "ev", "wire.channel", "core",
		                  core->config->name, "addr", (json_int_t)name->addr, "name", name->name, "side",
		                  name->from == AMP_TO_HOST ? "remote" : "host");
		len = event ? json_dumpb(event, text, sizeof(text), JSON_COMPACT | JSON_ENSURE_ASCII) : 0;
		json_decref(event);
		if (len == 0 || len > sizeof(text) || amp_sniffed_size((uint32_t)len) > size - fill)
			continue;
		memcpy(begin_record(records + fill, core, AMP_SNIFFED_EVENT, t, (uint32_t)len), text, len);
		fill += amp_sniffed_size((uint32_t)len);
	}
	return fill;
}
