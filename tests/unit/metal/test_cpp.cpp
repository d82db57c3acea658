// SPDX-License-Identifier: GPL-2.0-only
/* The interface as a C++17 program uses it: macros, initialisers, inline functions, linkage. */
#include <metal/alloc.h>
#include <metal/atomic.h>
#include <metal/cache.h>
#include <metal/condition.h>
#include <metal/cpu.h>
#include <metal/device.h>
#include <metal/irq_controller.h>
#include <metal/mutex.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/softirq.h>
#include <metal/spinlock.h>
#include <metal/sys.h>
#include <metal/time.h>
#include <metal/version.h>

#include <cstdio>
#include <cstring>

static int failures;

#define EXPECT(cond)                                                                              \
	do {                                                                                      \
		if (!(cond)) {                                                                    \
			std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #cond); \
			failures++;                                                               \
		}                                                                                 \
	} while (0)

METAL_PACKED_BEGIN
struct packed {
	uint8_t a;
	uint32_t b;
} METAL_PACKED_END;

struct item {
	int value;
	struct metal_list node;
};

static METAL_DECLARE_LIST(items);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
static struct metal_condition condition = METAL_CONDITION_INIT;
static atomic_int calls;

static void set_enable(struct metal_irq_controller *, int, unsigned int)
{
}

static int handler(int, void *)
{
	atomic_fetch_add(&calls, 1);
	return METAL_IRQ_HANDLED;
}

static struct metal_irq irqs[4];
static METAL_IRQ_CONTROLLER_DECLARE(controller, METAL_BAD_IRQ, 4, NULL, set_enable, NULL, irqs);

int main()
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct metal_io_region io;
	struct metal_list *node;
	struct item item = {};
	metal_phys_addr_t pa = 0x1000;
	metal_align(8) unsigned char memory[64];
	unsigned int flags;

	EXPECT(metal_init(&params) == 0);
	EXPECT(metal_ver_major() == METAL_VER_MAJOR && std::strcmp(metal_ver(), METAL_VER) == 0);
	EXPECT(sizeof(struct packed) == 5);

	metal_list_add_tail(&items, &item.node);
	metal_list_for_each (&items, node) {
		EXPECT(metal_container_of(node, struct item, node) == &item);
	}

	metal_io_init(&io, memory, &pa, sizeof(memory), -1, 0, NULL);
	metal_io_write32(&io, 4, 0x12345678);
	EXPECT(metal_io_read32(&io, 4) == 0x12345678);
	EXPECT(metal_io_phys_to_virt(&io, 0x1008) == memory + 8);
	metal_cache_flush(memory, sizeof(memory));

	metal_mutex_acquire(&mutex);
	EXPECT(amp_condition_wait_until(&condition, &mutex, 1) != 0);
	metal_mutex_release(&mutex);
	metal_spinlock_acquire(&spinlock);
	metal_spinlock_release(&spinlock);
	metal_cpu_yield();
	EXPECT(metal_sleep_usec(1) == 0 && metal_get_timestamp() > 0);
	flags = metal_irq_save_disable();
	metal_irq_restore_enable(flags);

	EXPECT(metal_irq_register_controller(&controller) == 0);
	EXPECT(metal_irq_register(controller.irq_base, handler, NULL) == 0);
	EXPECT(metal_irq_handle(irqs, controller.irq_base) == METAL_IRQ_HANDLED && atomic_load(&calls) == 1);
	metal_log(METAL_LOG_DEBUG, "not shown: %d\n", failures++);
	metal_finish();
	return failures ? 1 : 0;
}
