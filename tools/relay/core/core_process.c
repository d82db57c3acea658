// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/lab.h"

/*
 * Linux restarts a core that crashes at its start at once, and for ever. A core that flaps starts later each time: a
 * night of it shall not fill the disk with records, nor the machine with processes. The longest wait, and the boot, are
 * less than what Linux's driver waits for the answer.
 */
#define HOLD_MIN_MS 250u
#define HOLD_MAX_MS 4000u

static uint32_t hold_ms(uint32_t quick_deaths)
{
	uint32_t more = quick_deaths - QUICK_DEATHS_MAX;

	return more < 4 ? HOLD_MIN_MS << more : HOLD_MAX_MS;
}

/* Arm's microcontrollers start with the vectors in their ROM; others are told to start in the boot ROM, at every reset.
 */
static void boot_arguments(const struct core *core, struct arguments *args)
{
	char path[PATH_MAX], option[2 * PATH_MAX];
	size_t n = 0;

	amp_text(path, sizeof(path), "%s/%s", core->lab->options->bootrom_dir, core->config->bootrom);
	if (strcmp(core->config->isa, "arm") == 0) {
		amp_argument(args, "-kernel");
		amp_argument(args, "%s", path);
		return;
	}
	for (const char *p = path; *p; p++) {
		if (*p == ',')
			option[n++] = ','; /* or it would end the value */
		option[n++] = *p;
	}
	option[n] = '\0';
	amp_argument(args, "-bios");
	amp_argument(args, "none");
	amp_argument(args, "-device");
	amp_argument(args, "loader,cpu-num=0,file=%s", option);
}

static void qemu_arguments(const struct core *core, struct arguments *args, int uart, int monitor)
{
	const struct core_config *config = core->config;

	amp_argument(args, "%s", amp_soc_qemu_program(config->isa));
	amp_argument(args, "-name");
	amp_argument(args, "%s.%s", core->lab->options->lab, config->name);
	amp_argument(args, "-M");
	amp_argument(args, "%s,memory-backend=shared", config->machine);
	amp_argument(args, "-object");
	amp_argument(args, "memory-backend-file,id=shared,size=%u,mem-path=/proc/self/fd/%d,share=on", config->mem_size,
	             core->shm.fd);
	boot_arguments(core, args);
	amp_argument(args, "-nodefaults");
	amp_argument(args, "-display");
	amp_argument(args, "none");
	amp_argument(args, "-action");
	amp_argument(args, "watchdog=pause");
	for (uint32_t i = 0; i < config->doorbell_serial; i++) {
		amp_argument(args, "-serial");
		amp_argument(args, "null");
	}
	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=doorbell,fd=%d", uart);
	amp_argument(args, "-serial");
	amp_argument(args, "chardev:doorbell");
	amp_argument(args, "-chardev");
	amp_argument(args, "socket,id=monitor,fd=%d", monitor);
	amp_argument(args, "-mon");
	amp_argument(args, "chardev=monitor,mode=control");
}

int amp_core_spawn(struct core *core)
{
	int uart, uart_theirs, monitor, monitor_theirs, err;
	static struct arguments args; /* 17 KB, and there is one thread */

	err = amp_stream_pair(&uart, &uart_theirs);
	if (err < 0)
		return err;
	amp_bells_power_on(&core->bells, uart);
	err = amp_stream_pair(&monitor, &monitor_theirs);
	if (err < 0)
		goto close_uart;
	err = amp_qmp_open(&core->qmp, core->lab->loop, monitor, core->config->name, amp_core_qmp_event, core);
	if (err < 0)
		goto close_monitor;
	core->uart_wants_out = false;
	core->uart_events = EPOLLIN;
	amp_core_babble_begin(core);
	err = sd_event_add_io(core->lab->loop, &core->uart, uart, EPOLLIN, amp_core_on_uart, core);
	if (err < 0)
		goto close_qmp;
	args = (struct arguments){0};
	qemu_arguments(core, &args, uart_theirs, monitor_theirs);
	err = amp_child_start(&core->process, core->lab->loop, core->config->name, &args,
	                      (const int[]){core->shm.fd, uart_theirs, monitor_theirs}, 3, amp_core_process_ended,
	                      core);
	if (err < 0)
		core->uart = sd_event_source_disable_unref(core->uart);
close_qmp:
	if (err < 0)
		amp_qmp_close(&core->qmp);
close_monitor:
	close(monitor_theirs);
close_uart:
	close(uart_theirs);
	if (err < 0)
		amp_bells_power_off(&core->bells);
	return err;
}

static void hold(struct core *core)
{
	uint32_t ms = hold_ms(core->quick_deaths);

	amp_log("%s: it died %u times in a row within a second of its start: this start waits %u ms",
	        core->config->name, core->quick_deaths, ms);
	amp_record(&core->lab->record, "core.flapping", core->config->name, "{s:I, s:I, s:I}", "epoch",
	           (json_int_t)core->wire.epoch, "deaths", (json_int_t)core->quick_deaths, "wait_ms", (json_int_t)ms);
	amp_core_set_deadline(core, ms);
	amp_relay_changed(core->lab);
}

void amp_core_start(struct core *core, uint32_t entry, const char *firmware, const char *why)
{
	struct amp_soc soc;

	amp_soc_describe(core->config, &soc);
	amp_shm_write_soc(&core->shm, &soc); /* again: a guest may have scribbled over it since the last life */
	amp_shm_clear_remote(&core->shm);
	amp_trace_reset(&core->trace);
	core->outcome = AMP_OK;
	core->outcome_text[0] = '\0';
	core->wire.epoch++;
	core->wire.boot_addr = entry;
	core->wire.inject = AMP_FAULT_NONE;
	if (strncmp(core->firmware, firmware, sizeof(core->firmware)) != 0)
		core->quick_deaths = 0; /* of another firmware */
	memcpy(core->firmware, firmware, sizeof(core->firmware));
	core->injected = NULL;
	core->injected_at = 0;
	core->ready = false;
	amp_core_link_begin(core);
	core->started = now_ns();
	amp_core_set_phase(core, PHASE_STARTING, why);
	core->held = amp_core_flaps(core);
	if (core->held)
		hold(core);
	else
		amp_core_power_on(core);
}
