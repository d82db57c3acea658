// SPDX-License-Identifier: GPL-2.0-only
#include "target.h"

#include "allocations.h"

#include <amprelay/remoteproc.h>

#include <metal/log.h>
#include <metal/sys.h>

#include <string.h>

#define CANARY 0xa5

static struct {
	uint8_t before[256];
	uint8_t memory[TARGET_SIZE] __attribute__((__aligned__(4096)));
	uint8_t after[256];
} block;

static const metal_phys_addr_t physmap[] = {TARGET_PA};

static int succeed(struct remoteproc *rproc)
{
	(void)rproc;
	return 0;
}

static int configure(struct remoteproc *rproc, void *data)
{
	(void)rproc;
	(void)data;
	return 0;
}

static void removed(struct remoteproc *rproc)
{
	(void)rproc;
}

static int ring(struct remoteproc *rproc, uint32_t id)
{
	(void)rproc;
	(void)id;
	return 0;
}

/* It may write to what it gets: all of it must be its own; and to as much in the table itself. */
static int take_vendor_entry(struct remoteproc *rproc, void *rsc, size_t len)
{
	char *live = amp_remoteproc_live_entry(rproc);

	memset(rsc, 0xff, len);
	fuzz_check(live >= (char *)rproc->rsc_table && live + len == (char *)rproc->rsc_table + rproc->rsc_len);
	if (len % 3 == 0)
		memset(live, 0xff, len);
	return len % 2 ? -RPROC_EINVAL : 0;
}

static const struct remoteproc_ops ops = {
	.config = configure,
	.start = succeed,
	.stop = succeed,
	.shutdown = succeed,
	.remove = removed,
	.notify = ring,
	.handle_rsc = take_vendor_entry,
};

void target_up(struct target *target)
{
	memset(target, 0, sizeof(*target));
	memset(&block, CANARY, sizeof(block));
	target->memory = block.memory;
	metal_set_log_handler(NULL);
	metal_io_init(&target->io, block.memory, physmap, TARGET_SIZE, (unsigned int)-1, AMP_IO_NORMAL, NULL);
	remoteproc_init_mem(&target->mem, "shared", TARGET_PA, TARGET_DA, TARGET_SIZE, &target->io);
	fuzz_check(remoteproc_init(&target->rproc, &ops, NULL) == &target->rproc);
	remoteproc_add_mem(&target->rproc, &target->mem);
	fuzz_check(remoteproc_config(&target->rproc, NULL) == 0);
}

void target_check(const struct target *target)
{
	(void)target;
	fuzz_check(fuzz_all(block.before, sizeof(block.before), CANARY));
	fuzz_check(fuzz_all(block.after, sizeof(block.after), CANARY));
}

void target_down(struct target *target)
{
	target_check(target);
	fuzz_check(remoteproc_shutdown(&target->rproc) == 0);
	fuzz_check(remoteproc_remove(&target->rproc) == 0);
	fuzz_check(fuzz_live_allocations() == 0);
}
