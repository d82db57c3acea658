/* SPDX-License-Identifier: GPL-2.0-only */
/** @file host.h @brief The Linux side: its QEMU process, console and kernel log. */
#ifndef AMPRELAY_RELAY_HOST_H
#define AMPRELAY_RELAY_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "child.h"
#include "log_file.h"
#include "qmp.h"
#include "soc_config.h"

struct lab;

struct host {
	struct lab *lab;
	struct child process;
	struct qmp qmp;
	struct stream console;
	struct log_file console_file, kernel_file;
	int ivshmem[SOC_MAX_CORES]; /**< our ends; kept open as long as the process may read them. -1 = none */
	char line[256];             /**< the console's last line as far as it has come, to notice a panic */
	size_t fill;
	char panic[128]; /**< the kernel's last words, or "" */
};

/** Makes the structure safe to destroy; the first call. */
void amp_host_prepare(struct host *host, struct lab *lab);
/** Starts Linux's QEMU. The cores must exist, and the agent's stream is opened here. @return 0 or a negative errno */
int amp_host_start(struct host *host);
/** Asks QEMU to end; amp_host_kill() is for when it does not. */
void amp_host_stop(struct host *host);
void amp_host_kill(struct host *host);
void amp_host_destroy(struct host *host);

static inline bool amp_host_runs(const struct host *host)
{
	return host->process.pid > 0;
}

#endif /* AMPRELAY_RELAY_HOST_H */
