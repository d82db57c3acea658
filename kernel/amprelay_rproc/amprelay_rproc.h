/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AmpRelay's cores under Linux's remoteproc: what the driver's files share.
 *
 * One PCI device (QEMU's ivshmem-doorbell) is one remote core: BAR0 rings the relay, and BAR2 is
 * the core's shared memory. Everything that differs from core to core is in the control block at
 * the start of that memory (include/amprelay/wire.h, explained in WIRE.md). Neither the relay nor
 * the core is trusted.
 */
#ifndef AMPRELAY_RPROC_H
#define AMPRELAY_RPROC_H

#include <linux/firmware.h>
#include <linux/irqreturn.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/remoteproc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <amprelay/resource_table2.h>
#include <amprelay/wire.h>

#ifdef __BIG_ENDIAN
#error "the control block is little-endian, and so must be the kernel"
#endif

/* ivshmem's registers in BAR0 (QEMU, docs/specs/ivshmem-spec) */
#define REG_IV_POSITION 8
#define REG_DOORBELL	12
#define REGS_SIZE	16

struct amp_core;

/* One virtqueue's interrupt. */
struct amp_vq_irq {
	struct amp_core *core;
	unsigned int notify_id;
	int irq;
};

/**
 * struct amp_core - one remote core
 * @dev: the PCI device
 * @rproc: its remoteproc; @rproc->priv points back here
 * @regs: BAR0, ivshmem's registers
 * @mem: BAR2, the shared memory, mapped write-combining
 * @mem_pa: physical address of @mem. Addresses in virtqueue descriptors are relative to it
 * @soc: the SoC's description of this core, copied and checked at probe; the shared one is never
 * read again
 * @host: our section of the control block. The core can write to it too, so it is never read back
 * @said: the contents that @host should have; written there again with every request. Guarded by
 * @mailbox_lock, except report_ack
 * @relay: the relay's section; may change at any time
 * @remote: the core's section; may change at any time
 * @attached: Linux is the host of a core that was on before it, or is becoming that. Guarded by the
 * rproc's lock
 * @swaps: the number of swapped firmware that has been told of
 * @removing: the device is going away: do not start the core any more
 * @powered: the relay has started the core and has not stopped it since. Guarded by the rproc's
 * lock
 * @serves: the core takes what is sent to it; if not, this driver stands in for it. Written under
 * the rproc's lock
 * @discard_lock: guards the used rings while the driver stands in for the core
 * @vqs: interrupts of the virtqueues, @soc.notify_ids of them
 * @vqs_enabled: these interrupts are enabled. Guarded by the rproc's lock
 * @quiesce: the subdevice that is stopped before all others, see ops.c
 * @quiesce_listed: @quiesce is in the rproc's list. Guarded by the rproc's lock
 * @table: resource table of the started firmware as the file has it, or that of a core which was
 * attached to, without what a host has filled in; NULL while there is none
 * @attach_table: the same, with what remoteproc fills in, until the core is attached to; else NULL
 * @table_size: bytes of @table, 0 if there is none
 * @table_da: device address of the table
 * @staged: bytes of a firmware file that stands at the start of the firmware region for the relay
 * to load, 0 if it has been loaded. Guarded by the rproc's lock
 * @signature_size: bytes of its signature behind it
 * @framework_coredump: remoteproc's own coredump operation
 * @framework_crash: remoteproc's own work function for a crash
 * @recovering: @framework_crash is running. Set under the rproc's lock
 * @mailbox_lock: one request at a time
 * @unanswered: the relay left a request without an answer, so the core's state is unknown.
 * Guarded by @mailbox_lock
 * @answered: woken when the relay may have answered
 * @clock_told: number of the relay's last question for our clock. The control interrupt's
 * @report_lock: guards the fields below
 * @report_seen: number of the last crash report that was looked at
 * @armed: the core is on, or about to be: reports are about the firmware that runs now
 * @reported: remoteproc has been told of this life's crash
 * @life: grows with each start
 * @queued: remoteproc has been told of a crash, and its work has not begun yet
 * @queued_life: the life that crashed
 * @report: room for a copy of the relay's section
 * @record: room for a copy of the core's section
 */
struct amp_core {
	struct device *dev;
	struct rproc *rproc;
	void __iomem *regs;
	void *mem;
	phys_addr_t mem_pa;
	struct amp_soc soc;
	struct amp_host *host;
	struct amp_host said;
	const struct amp_relay *relay;
	const struct amp_remote *remote;
	bool attached;
	u32 swaps;
	bool removing;
	bool powered;
	bool serves;
	spinlock_t discard_lock; /* used rings */

	struct amp_vq_irq *vqs;
	bool vqs_enabled;
	struct rproc_subdev quiesce;
	bool quiesce_listed;
	void *table;
	void *attach_table;
	size_t table_size;
	u64 table_da;
	u32 staged;
	u32 signature_size;
	void (*framework_coredump)(struct rproc *rproc);
	work_func_t framework_crash;
	bool recovering;

	struct mutex mailbox_lock; /* one request at a time */
	bool unanswered;
	wait_queue_head_t answered;
	u32 clock_told;

	struct mutex report_lock; /* crash reports */
	u32 report_seen;
	bool armed;
	bool reported;
	u32 life;
	bool queued;
	u32 queued_life;
	struct amp_relay report;
	struct amp_remote record;
};

/* text.c: text for people */
__printf(2, 3) int amp_refuse(struct amp_core *core, const char *fmt, ...);
void amp_copy_text(char *to, const char *from, size_t size);

/* soc.c: the SoC's description of the core */
int amp_soc_check(struct device *dev, const struct amp_soc *soc, resource_size_t bar_size);
const struct amp_region *amp_region_at(const struct amp_core *core, enum amp_region_kind kind,
				       u64 da, u64 len);
const struct amp_region *amp_region_named(const struct amp_core *core, enum amp_region_kind kind,
					  const char *name);

const struct amp_region *amp_region_vring(const struct amp_core *core, unsigned int vdev,
					  unsigned int nr);

/* It is another's, who starts it, and again after a crash: Linux can attach to it and no more. */
static inline bool amp_is_owned(const struct amp_core *core)
{
	return core->soc.denied & AMP_VERBS_OF_OWNER;
}

static inline u64 amp_region_da(const struct amp_core *core, const struct amp_region *region)
{
	return region->kind == AMP_REGION_PRIVATE ? region->offset :
						    core->soc.mem_da + region->offset;
}

/* mailbox.c: doorbells and requests to the relay */
void amp_ring(struct amp_core *core, unsigned int vector);
void amp_ring_all(struct amp_core *core);
bool amp_mailbox_can_attach(const struct amp_core *core);
int amp_mailbox_greet(struct amp_core *core, bool attach);
int amp_mailbox_request(struct amp_core *core, enum amp_request op, u64 arg, const char *firmware);
void amp_mailbox_leave(struct amp_core *core);
void amp_mailbox_tell_clock(struct amp_core *core);

/* ops.c: what remoteproc calls */
extern const struct rproc_ops amp_rproc_ops;
void amp_ops_init(struct amp_core *core);

/* attach.c: a core that was on before Linux */
int amp_attach_prepare(struct amp_core *core);
void amp_attach_unprepare(struct amp_core *core);
struct resource_table *amp_attach_table(struct rproc *rproc, size_t *size);
void amp_attach_publish(struct amp_core *core);
void amp_attach_end_links(struct amp_core *core);

/* discard.c: messages to a core that is off */
bool amp_discard(struct amp_core *core, unsigned int notify_id);

/* firmware.c: the ELF image */

/**
 * struct amp_image - a firmware file whose headers have been checked
 * @data: the file
 * @size: its bytes
 * @class: ELFCLASS32 or ELFCLASS64
 * @entry: entry point, inside a firmware region
 * @phoff: file offset of the program headers
 * @phnum: their number
 * @shoff: file offset of the section headers
 * @shnum: their number
 * @shstrndx: index of the section that holds the sections' names
 * @table: the resource table in the file; NULL if the firmware has none
 * @table_size: bytes of its section
 * @table_da: where the core finds it, inside a firmware region
 * @staged: the relay loads it, since it reaches what Linux does not, or has to check it
 * @fw: the file as it is, in which the ELF file may be wrapped
 *
 * Of a core that Linux attaches to, all but the table is unknown: @data is NULL.
 */
struct amp_image {
	const u8 *data;
	size_t size;
	u8 class;
	u64 entry;
	u64 phoff;
	u64 shoff;
	unsigned int phnum;
	unsigned int shnum;
	unsigned int shstrndx;
	const struct resource_table *table;
	size_t table_size;
	u64 table_da;
	bool staged;
	const struct firmware *fw;
};

int amp_image_open(struct amp_core *core, const struct firmware *fw, struct amp_image *image);
int amp_image_load(struct amp_core *core, const struct amp_image *image);
bool amp_image_piece(const struct amp_core *core, const struct amp_image *image, u64 from, u64 *da,
		     u64 *end);

/* stage.c: firmware that the relay loads */
int amp_image_unwrap(struct amp_core *core, struct amp_image *image);
int amp_stage(struct amp_core *core, const struct amp_image *image);
void amp_stage_publish(struct amp_core *core);

/* resource_table.c: the image's resource table */
int amp_image_check_table(struct amp_core *core, const struct amp_image *image);
int amp_image_fill_table(struct amp_core *core, const struct amp_image *image,
			 struct resource_table *table);
int amp_image_add_carveouts(struct amp_core *core, const struct amp_image *image);
bool amp_table_fits(const struct amp_core *core, u64 da, u64 size);
void *amp_table_at(const struct amp_image *image, const void *at, void *copy);
const struct fw_rsc_vdev *amp_table_next_vdev(const struct amp_image *image, size_t *offset);
void amp_table_clean(const struct amp_image *image, struct resource_table *table);
bool amp_table_is_same(struct amp_core *core, const struct amp_image *image);

/* table2.c: version 2 of the resource table */
int amp_image_check_table2(struct amp_core *core, const struct amp_image *image,
			   unsigned int vdevs);
void amp_image_fill_table2(struct amp_core *core, const struct amp_image *image,
			   struct resource_table *table);
void amp_table_clean2(const struct amp_image *image, struct resource_table *table);
void amp_table_publish(struct amp_core *core, const void *filled);
struct amp_rsc2_state *amp_table_states(const struct amp_core *core);

/* sleep.c: suspended cores, swapped firmware, states */
extern const struct attribute_group amp_sleep_group;
extern const struct attribute_group amp_states_group;
void amp_swap_look(struct amp_core *core);

/* report.c: the relay's crash reports */
void amp_report_arm(struct amp_core *core);
void amp_report_disarm(struct amp_core *core);
void amp_report_look(struct amp_core *core);
void amp_report_work(struct work_struct *work);
void amp_report_end(struct amp_core *core);

/* dump.c: what goes into a dump */
int amp_dump_add_segments(struct amp_core *core, const struct amp_image *image);
int amp_dump_add_memory(struct amp_core *core);
void amp_dump_take(struct amp_core *core);

/* crash_record.c: a crash record for people */
const char *amp_machine_name(unsigned int machine);
void amp_crash_print(struct amp_core *core, const struct amp_crash *crash);

/*
 * remoteproc exports this to modules, but declares it only in
 * drivers/remoteproc/remoteproc_internal.h, which modules built outside the kernel do not see.
 */
irqreturn_t rproc_vq_interrupt(struct rproc *rproc, int vq_id);

#endif /* AMPRELAY_RPROC_H */
