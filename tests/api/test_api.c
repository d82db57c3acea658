/* SPDX-License-Identifier: GPL-2.0-only */
/* Every function of the public interface is in the library, under its name. What the compiler can check, it has
 * checked: check.h. */
#include "api.h"

#include <openamp/open_amp.h>
#include <openamp/version.h>

#include <metal/atomic.h>
#include <metal/cpu.h>
#include <metal/irq_controller.h>
#include <metal/spinlock.h>
#include <metal/sys.h>
#include <metal/version.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "not true: %s\n", what);
	exit(1);
}

#define CHECK(condition) check(condition, #condition)

/* Addresses from a volatile place, so that the compiler does not know the answer. */
static unsigned int count_functions(const char *group, const struct api_function *table, unsigned int count,
                                    unsigned int expected)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		void (*volatile address)(void) = table[i].address;

		if (!address) {
			fprintf(stderr, "%s: %s has no address\n", group, table[i].name);
			exit(1);
		}
	}
	printf("%-10s %3u functions\n", group, count);
	if (count != expected) {
		fprintf(stderr, "%s: the interface has %u functions\n", group, expected);
		exit(1);
	}
	return count;
}

static int on_irq(int irq, void *arg)
{
	(void)irq;
	(void)arg;
	return METAL_IRQ_HANDLED;
}

/* Initialisers, in the places where applications have them. */
static metal_mutex_t mutex = METAL_MUTEX_INIT(mutex);
static struct metal_spinlock spinlock = METAL_SPINLOCK_INIT;
static struct metal_condition condition = METAL_CONDITION_INIT;
static METAL_DECLARE_LIST(list);

static void initialisers_do_what_the_functions_do(void)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	metal_irq_handler handler = on_irq;
	atomic_int number;
	atomic_flag flag;

	CHECK(metal_mutex_try_acquire(&mutex));
	metal_mutex_release(&mutex);
	metal_spinlock_acquire(&spinlock);
	metal_spinlock_release(&spinlock);
	CHECK(metal_condition_signal(&condition) == 0);
	CHECK(metal_list_is_empty(&list));
	CHECK(params.log_handler == metal_default_log_handler);
	CHECK(handler(1, NULL) == 1);
	metal_cpu_yield();
	atomic_init(&number, 3);
	CHECK(atomic_load_explicit(&number, memory_order_acquire) == 3);
	atomic_thread_fence(memory_order_seq_cst);
	atomic_flag_clear(&flag);
	CHECK(!atomic_flag_test_and_set(&flag));
	CHECK(METAL_BAD_OFFSET == (unsigned long)-1);
	CHECK(METAL_BAD_PHYS == (metal_phys_addr_t)-1);
	CHECK(METAL_BAD_VA == (void *)-1);
	CHECK(METAL_BAD_IRQ == (metal_irq_t)-1);
	CHECK(RPMSG_BUFFER_SIZE >= 32);
}

static void versions_agree(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%d.%d.%d", openamp_version_major(), openamp_version_minor(),
	         openamp_version_patch());
	CHECK(strcmp(text, openamp_version()) == 0);
	snprintf(text, sizeof(text), "%d.%d.%d", metal_ver_major(), metal_ver_minor(), metal_ver_patch());
	CHECK(strcmp(text, metal_ver()) == 0);
	CHECK(strcmp(text, METAL_VER) == 0);
}

int main(void)
{
	unsigned int all = 0;

	all += count_functions("rpmsg", api_rpmsg, api_rpmsg_count, 34);
	all += count_functions("virtio", api_virtio, api_virtio_count, 40);
	all += count_functions("remoteproc", api_remoteproc, api_remoteproc_count, 33);
	all += count_functions("rpc", api_rpc, api_rpc_count, 5);
	all += count_functions("retarget", api_retarget, api_retarget_count, 4);
	all += count_functions("metal", api_metal, api_metal_count, 83);
	CHECK(all == 199);
	initialisers_do_what_the_functions_do();
	versions_agree();
	return 0;
}
