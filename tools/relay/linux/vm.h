/* SPDX-License-Identifier: GPL-2.0-only */
/* The Linux side: its QEMU process, console and kernel log. */
#ifndef AMPRELAY_RELAY_VM_H
#define AMPRELAY_RELAY_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "relay/base/child.h"
#include "relay/base/log_file.h"
#include "relay/base/qmp.h"
#include "relay/base/soc_config.h"
#include "relay/core/core.h"

struct lab;

struct linux_vm {
	struct lab *lab;
	struct child process;
	struct qmp qmp;
	struct stream console;
	struct log_file console_file, kernel_file;
	int ivshmem[SOC_MAX_CORES]; /**< our ends; kept open as long as the process may read them. -1 = none */
	char line[256];             /**< the console's last line as far as it has come, to notice a panic */
	size_t fill;
	char panic[128]; /**< the kernel's last words in this boot, or "" */
	uint32_t resets; /**< how often it has booted again */
	uint64_t began;  /**< ns; this boot */
	struct clock_question clock;
	bool reached; /**< its agent has answered in this boot */
};

/** Makes the structure safe to destroy; the first call. */
void amp_vm_prepare(struct linux_vm *vm, struct lab *lab);
/** Starts Linux's QEMU. The cores must exist, and the agent's stream is opened here. @return 0 or a negative errno */
int amp_vm_start(struct linux_vm *vm);
void amp_vm_destroy(struct linux_vm *vm);

static inline bool amp_vm_runs(const struct linux_vm *vm)
{
	return vm->process.pid > 0;
}

#endif /* AMPRELAY_RELAY_VM_H */
