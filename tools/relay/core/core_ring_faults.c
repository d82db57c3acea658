// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the memory that a core and its host share: rings, headers, payload. A message is in it for some hundred
 * microseconds, and each side writes again what it has written. So that each fault has one outcome, and not another one
 * now and then, it hits what will be read next for certain: whoever is to read it stands still until it is written, and
 * whoever would write it anew until it has been read. Both processes are the relay's children.
 *
 *      ARMED ── a kick of the host: the core is held ──► CORE_HELD ── a request is in the ring: the host is held ──┐
 *        ▲                                                                                                       │
 *        │      what the core reads is hit, the core let go ──► CORE_READS ── it has: the host is let go ──► over ◄─┤
 *        │                                                                                                       │
 *        └───── the core is let go ──► CORE_ANSWERS ── the answer is there: the core is held, what the host reads
 *               is hit, the host let go ──► HOST_READS ── it has: the core is let go ──► over
 */
#include <string.h>
#include <sys/wait.h>

#include <openamp/rpmsg_virtio.h>

#include "common/clock.h"
#include "core.h"
#include "relay/lab.h"

#define LOOK_MS    1
#define REQUEST_MS 100 /* the core is held so long at most; its heartbeat may stand still for longer */
#define READ_MS    200
#define ANSWER_MS  300

#define PAYLOAD_MIN 8u      /* bytes: what is shorter is a command, which nobody compares with its answer */
#define LET_GO      0xa302u /* WIRE.md, section 10 */

enum stage {
	ARMED,
	CORE_HELD,
	CORE_READS,
	CORE_ANSWERS,
	HOST_READS,
};

enum target {
	PAYLOAD_BIT,
	PAYLOAD,
	HEADER_ADDRESS,
	HEADER_UNUSED,
	HEADER,
	DESCRIPTOR_ADDRESS,
	DESCRIPTOR_UNUSED,
	DESCRIPTORS,
	AVAIL_INDEX,
	AVAIL_ENTRIES,
	USED_INDEX,
	USED_ENTRIES,
};

enum row {
#define ROW(id, ...) ROW_##id,
	AMP_FAULTS_OF_RINGS(ROW)
};

static const struct {
	enum amp_direction ring;
	enum target target;
	bool host_reads; /* else the core does */
} rows[] = {
#define BOTH(name, target, host_to_core, core_to_host)             \
	[ROW_CORE_##name] = {AMP_TO_REMOTE, target, host_to_core}, \
	[ROW_HOST_##name] = {AMP_TO_HOST, target, core_to_host}
	BOTH(PAYLOAD_FLIP, PAYLOAD_BIT, false, true),
	BOTH(PAYLOAD_OVERWRITE, PAYLOAD, false, true),
	BOTH(HEADER_FLIP, HEADER_ADDRESS, false, true),
	BOTH(HEADER_UNUSED, HEADER_UNUSED, false, true),
	BOTH(HEADER_OVERWRITE, HEADER, false, true),
	BOTH(DESCRIPTOR_FLIP, DESCRIPTOR_ADDRESS, false, false),
	BOTH(DESCRIPTOR_UNUSED, DESCRIPTOR_UNUSED, false, false),
	BOTH(DESCRIPTORS_OVERWRITE, DESCRIPTORS, false, false),
	BOTH(AVAIL_INDEX, AVAIL_INDEX, false, false),
	BOTH(AVAIL_ENTRIES, AVAIL_ENTRIES, false, false),
	BOTH(USED_INDEX, USED_INDEX, true, true),
	BOTH(USED_ENTRIES, USED_ENTRIES, true, true),
};

/* ------------------------------------------------------------------ processes that stand still */

/* @return true: not one instruction of it is executed from now on */
static bool hold(const struct child *child)
{
	siginfo_t info = {0};

	if (child->pid <= 0)
		return false;
	amp_child_kill(child, SIGSTOP);
	return waitid(P_PID, (id_t)child->pid, &info, WSTOPPED | WEXITED | WNOWAIT) == 0 && info.si_code == CLD_STOPPED;
}

static void let_core_go(struct core *core)
{
	if (core->trouble.core_held)
		amp_child_kill(&core->process, SIGCONT);
	core->trouble.core_held = false;
}

static void let_host_go(struct core *core)
{
	if (core->trouble.host_held)
		amp_child_kill(&core->lab->vm.process, SIGCONT);
	core->trouble.host_held = false;
}

/* ------------------------------------------------------------------ what is in the memory */

/* An address as the core has it. @return NULL: it is not all in the memory */
static uint8_t *place(const struct core *core, uint64_t addr, uint64_t size)
{
	uint64_t offset = addr - core->config->mem_da;

	return offset > core->shm.size || size > core->shm.size - offset ? NULL : core->shm.base + offset;
}

static uint16_t index_of(const struct core *core, enum amp_direction direction, bool used)
{
	const struct sniff *sniff = &core->sniff;
	uint16_t flags, index = 0;

	amp_ring_read_index(&sniff->memory, &sniff->ring[direction], used, &flags, &index);
	return index;
}

/* Does the core refuse the rings? Then it has let go of them. */
static bool has_let_go(const struct core *core)
{
	for (int i = 0; i < 2; i++) {
		const struct amp_ring *ring = &core->sniff.ring[i];
		const uint8_t *mark = place(core, ring->used + 4 + 8 * (uint64_t)ring->num, sizeof(uint16_t));

		if (mark && (mark[0] | mark[1] << 8) == LET_GO)
			return true;
	}
	return false;
}

/* The first message from `from` on, up to `to`, that somebody compares. @param from  gets which one */
static bool find_message(const struct core *core, enum amp_direction direction, uint16_t *from, uint16_t to,
                         struct amp_rpmsg *head, uint64_t *at)
{
	const struct sniff *sniff = &core->sniff;
	struct amp_ring_entry entry;
	struct amp_ring_fault fault;

	for (; *from != to; ++*from) {
		if (!amp_ring_read_message(&sniff->memory, &sniff->ring[direction], direction, *from, &entry, head,
		                           &fault) ||
		    head->len < PAYLOAD_MIN || head->dst == RPMSG_NS_EPT_ADDR)
			continue;
		*at = entry.desc.addr + sniff->memory.shift;
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ the hit */

/* Another bit each time, the same in each lab. */
static void flip(struct core *core, uint64_t addr, uint64_t size)
{
	uint8_t *bytes = place(core, addr, size);
	uint32_t bit = core->trouble.flips++ * 2654435761u >> 8;

	if (bytes && size)
		bytes[bit / 8 % size] ^= (uint8_t)(1u << bit % 8);
}

static void overwrite(const struct core *core, uint64_t addr, uint64_t size, int with)
{
	uint8_t *bytes = place(core, addr, size);

	if (bytes)
		memset(bytes, with, size);
}

/* Further than the ring is long. */
static void displace(const struct core *core, uint64_t index, uint32_t num)
{
	uint8_t *bytes = place(core, index, sizeof(uint16_t));
	uint32_t value = bytes ? (bytes[0] | (uint32_t)bytes[1] << 8) + 2 * num : 0;

	if (bytes) {
		bytes[0] = (uint8_t)value;
		bytes[1] = (uint8_t)(value >> 8);
	}
}

static void hit_message(struct core *core, enum target target, const struct amp_rpmsg *head, uint64_t at)
{
	switch (target) {
	case PAYLOAD_BIT:
		flip(core, at + AMP_RPMSG_HEADER, head->len);
		break;
	case PAYLOAD:
		overwrite(core, at + AMP_RPMSG_HEADER, head->len, 0xff);
		break;
	case HEADER_ADDRESS:
		flip(core, at + offsetof(struct amp_rpmsg, dst), sizeof(head->dst));
		break;
	case HEADER_UNUSED:
		flip(core, at + offsetof(struct amp_rpmsg, flags), sizeof(head->flags));
		break;
	default:
		overwrite(core, at, AMP_RPMSG_HEADER, 0xff);
		break;
	}
}

/* @param entry  of the avail ring: the one that the core takes next */
static void hit_descriptor(struct core *core, const struct amp_ring *ring, enum target target, uint16_t entry)
{
	struct amp_ring_entry found;
	struct amp_ring_fault fault;
	uint64_t at;

	if (!amp_ring_read_entry(&core->sniff.memory, ring, false, entry, &found, &fault))
		return;
	at = ring->desc + found.id * sizeof(struct vring_desc);
	if (target == DESCRIPTOR_ADDRESS) /* a bit that is above all memory there is */
		flip(core, at + offsetof(struct vring_desc, addr) + 4, 4);
	else
		flip(core, at + offsetof(struct vring_desc, next), sizeof(found.desc.next));
}

static void hit_ring(struct core *core, const struct amp_ring *ring, enum target target)
{
	switch (target) {
	case DESCRIPTORS:
		/* not the flag that another one follows: unmodified Linux would follow it, in a circle, for ever */
		overwrite(core, ring->desc, ring->num * sizeof(struct vring_desc), 0xfe);
		break;
	case AVAIL_INDEX:
		displace(core, ring->avail + 2, ring->num);
		break;
	case AVAIL_ENTRIES:
		overwrite(core, ring->avail + 4, ring->num * sizeof(uint16_t), 0xff);
		break;
	case USED_INDEX:
		displace(core, ring->used + 2, ring->num);
		break;
	default:
		overwrite(core, ring->used + 4, ring->num * sizeof(struct vring_used_elem), 0xff);
		break;
	}
}

static void hit(struct core *core, const struct amp_rpmsg *head, uint64_t at)
{
	struct trouble *trouble = &core->trouble;
	enum target target = rows[trouble->ring - 1].target;
	enum amp_direction direction = rows[trouble->ring - 1].ring;
	const struct amp_ring *ring = &core->sniff.ring[direction];

	if (target <= HEADER)
		hit_message(core, target, head, at);
	else if (target == DESCRIPTOR_ADDRESS || target == DESCRIPTOR_UNUSED)
		hit_descriptor(core, ring, target, direction == AMP_TO_REMOTE ? trouble->request : trouble->answer);
	else
		hit_ring(core, ring, target);
	amp_core_fault_over(core);
}

/* ------------------------------------------------------------------ stage by stage */

static int on_time(sd_event_source *source, uint64_t usec, void *userdata);

static void enter(struct core *core, enum stage stage, uint64_t limit_ms)
{
	core->trouble.stage = stage;
	core->trouble.until = now_ns() + limit_ms * NS_PER_MS;
	amp_core_fault_later(core, LOOK_MS, on_time);
}

void amp_core_ring_fault_end(struct core *core)
{
	let_core_go(core);
	let_host_go(core);
	core->trouble.ring = core->trouble.stage = 0;
}

static void arm_again(struct core *core)
{
	unsigned int ring = core->trouble.ring;

	amp_core_fault_end_timer(core);
	amp_core_ring_fault_end(core);
	core->trouble.ring = ring;
}

static void finish(struct core *core)
{
	amp_core_fault_end_timer(core);
	amp_core_ring_fault_end(core);
}

/* Linux reads what is used of its own messages only when none of its buffers is fresh any more. */
static bool is_time(const struct core *core)
{
	return core->trouble.ring - 1 != ROW_CORE_USED_ENTRIES ||
	       index_of(core, AMP_TO_REMOTE, true) >= core->sniff.buffers[AMP_TO_REMOTE];
}

static void begin(struct core *core)
{
	if (!is_time(core))
		return;
	core->trouble.core_held = true;
	if (!hold(&core->process)) {
		arm_again(core);
		return;
	}
	core->trouble.request = index_of(core, AMP_TO_REMOTE, false);
	enter(core, CORE_HELD, REQUEST_MS);
}

static void look_for_request(struct core *core)
{
	struct trouble *trouble = &core->trouble;
	struct amp_rpmsg head;
	uint64_t at;

	if (!find_message(core, AMP_TO_REMOTE, &trouble->request, index_of(core, AMP_TO_REMOTE, false), &head, &at))
		return;
	trouble->host_held = true;
	if (!hold(&core->lab->vm.process)) {
		arm_again(core);
		return;
	}
	trouble->service = head.dst;
	trouble->answer = index_of(core, AMP_TO_HOST, true);
	if (!rows[trouble->ring - 1].host_reads)
		hit(core, &head, at);
	let_core_go(core);
	enter(core, rows[trouble->ring - 1].host_reads ? CORE_ANSWERS : CORE_READS, ANSWER_MS);
}

/* It has given the request back, and there is an answer if there is to be one; or it refuses the rings. */
static bool core_has_read(const struct core *core)
{
	const struct trouble *trouble = &core->trouble;

	return has_let_go(core) || (int16_t)(uint16_t)(index_of(core, AMP_TO_REMOTE, true) - trouble->request) > 0;
}

static void look_for_answer(struct core *core)
{
	struct trouble *trouble = &core->trouble;
	struct amp_rpmsg head;
	uint64_t at;

	for (;; trouble->answer++) {
		if (!find_message(core, AMP_TO_HOST, &trouble->answer, index_of(core, AMP_TO_HOST, true), &head, &at))
			return;
		if (head.src == trouble->service)
			break;
	}
	trouble->core_held = true;
	if (!hold(&core->process)) {
		arm_again(core);
		return;
	}
	trouble->given = index_of(core, rows[trouble->ring - 1].ring, false);
	hit(core, &head, at);
	let_host_go(core);
	enter(core, HOST_READS, READ_MS);
}

static void go_on(struct core *core)
{
	const struct trouble *trouble = &core->trouble;
	enum stage stage = trouble->stage;
	bool late = now_ns() > trouble->until;

	switch (stage) {
	case ARMED:
		begin(core);
		return;
	case CORE_HELD:
		look_for_request(core);
		break;
	case CORE_ANSWERS:
		look_for_answer(core);
		break;
	case CORE_READS:
		if (core_has_read(core) || late)
			finish(core);
		return;
	case HOST_READS:
		if (index_of(core, rows[trouble->ring - 1].ring, false) != trouble->given || late)
			finish(core);
		return;
	}
	if (late && trouble->stage == stage) /* neither has come */
		arm_again(core);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)usec;
	amp_core_fault_end_timer(core);
	if (core->trouble.ring == 0)
		return 0;
	if (!core->sniff.attached) { /* its driver has let go */
		arm_again(core);
		return 0;
	}
	go_on(core);
	if (core->trouble.ring && core->trouble.stage != ARMED && !core->trouble.timer)
		amp_core_fault_later(core, LOOK_MS, on_time);
	return 0;
}

void amp_core_ring_fault_look(struct core *core, enum amp_direction direction)
{
	if (core->trouble.ring && core->sniff.attached && (core->trouble.stage != ARMED || direction == AMP_TO_REMOTE))
		go_on(core);
}
