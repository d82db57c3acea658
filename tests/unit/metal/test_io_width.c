// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each access to a region is made once and with its width. Memory that traps counts: every access to it is a fault,
 * after which it is accessible for one instruction. Wider accesses would reach the page behind, which stays
 * inaccessible.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <metal/io.h>

#define TRAP_FLAG 0x100 /* of the x86's flags: an exception after the next instruction */

static size_t page;
static unsigned char *memory; /* two pages that trap */
static volatile sig_atomic_t accesses, writes;
static struct metal_io_region region;

static void on_fault(int number, siginfo_t *info, void *arg)
{
	ucontext_t *context = arg;
	unsigned char *place = info->si_addr;

	(void)number;
	if (place < memory || place >= memory + page)
		_exit(100); /* not ours, or it reaches behind the region */
	accesses++;
	writes += (context->uc_mcontext.gregs[REG_ERR] & 2) != 0;
	mprotect(memory, page, PROT_READ | PROT_WRITE);
	context->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void on_step(int number, siginfo_t *info, void *arg)
{
	ucontext_t *context = arg;

	(void)number;
	(void)info;
	mprotect(memory, page, PROT_NONE);
	context->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

/* The last @p bytes of the page. */
static void begin(size_t bytes, unsigned int flags)
{
	struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	struct sigaction step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};

	/* Here, since the test's frame has handlers of its own around each test. */
	assert_int_equal(sigaction(SIGSEGV, &fault, NULL) | sigaction(SIGTRAP, &step, NULL), 0);
	mprotect(memory, page, PROT_READ | PROT_WRITE);
	for (size_t i = 0; i < page; i++)
		memory[i] = (unsigned char)(i - page);
	metal_io_init(&region, memory + page - bytes, NULL, bytes, (unsigned int)-1, flags, NULL);
	mprotect(memory, page, PROT_NONE);
	accesses = 0;
	writes = 0;
}

static int setup(void **state)
{
	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	memory = mmap(NULL, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED;
}

static void an_integer_is_one_access_of_its_width(void **state)
{
	static const memory_order orders[] = {memory_order_relaxed, memory_order_seq_cst};

	(void)state;
	for (size_t i = 0; i < metal_dim(orders); i++) {
		begin(1, 0);
		assert_int_equal(metal_io_read8_explicit(&region, 0, orders[i]), 0xff);
		assert_int_equal(accesses, 1);
		begin(2, 0);
		assert_int_equal(metal_io_read16_explicit(&region, 0, orders[i]), 0xfffe);
		assert_int_equal(accesses, 1);
		begin(4, 0);
		assert_int_equal(metal_io_read32_explicit(&region, 0, orders[i]), 0xfffefdfc);
		assert_int_equal(accesses, 1);
		begin(8, 0);
		assert_true(metal_io_read64_explicit(&region, 0, orders[i]) == 0xfffefdfcfbfaf9f8ull);
		assert_int_equal(accesses, 1);
		begin(4, 0);
		metal_io_write32_explicit(&region, 0, 1, memory_order_relaxed);
		metal_io_write16_explicit(&region, 2, 1, memory_order_release);
		metal_io_write8_explicit(&region, 3, 1, memory_order_seq_cst);
		assert_int_equal(accesses, 3);
		assert_int_equal(writes, 3);
		begin(8, 0);
		metal_io_write64(&region, 0, 1);
		assert_int_equal(accesses, 1);
	}
}

static void an_access_is_neither_merged_nor_left_out(void **state)
{
	(void)state;
	begin(4, 0);
	(void)metal_io_read32_explicit(&region, 0, memory_order_relaxed);
	(void)metal_io_read32_explicit(&region, 0, memory_order_relaxed);
	(void)metal_io_read32_explicit(&region, 0, memory_order_relaxed);
	metal_io_write32_explicit(&region, 0, 7, memory_order_relaxed);
	metal_io_write32_explicit(&region, 0, 7, memory_order_relaxed);
	assert_int_equal(accesses, 5);
}

static void a_block_of_device_memory_is_the_widest_accesses_possible(void **state)
{
	unsigned char buffer[16];
	/* Bytes at the end of the page, and the accesses that they take from there. */
	static const struct {
		size_t size, accesses;
	} blocks[] = {{1, 1}, {2, 1}, {4, 1}, {8, 1}, {3, 2}, {6, 2}, {12, 2}, {13, 3}, {16, 2}};

	(void)state;
	for (size_t i = 0; i < metal_dim(blocks); i++) {
		begin(blocks[i].size, 0);
		assert_int_equal(metal_io_block_read(&region, 0, buffer, 16), blocks[i].size);
		assert_int_equal(accesses, blocks[i].accesses);
		assert_int_equal(buffer[blocks[i].size - 1], 0xff);
		begin(blocks[i].size, 0);
		assert_int_equal(metal_io_block_write(&region, 0, buffer, 16), blocks[i].size);
		assert_int_equal(accesses, blocks[i].accesses);
		begin(blocks[i].size, 0);
		assert_int_equal(metal_io_block_set(&region, 0, 3, 16), blocks[i].size);
		assert_int_equal(accesses, blocks[i].accesses);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_integer_is_one_access_of_its_width),
		cmocka_unit_test(an_access_is_neither_merged_nor_left_out),
		cmocka_unit_test(a_block_of_device_memory_is_the_widest_accesses_possible),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
