// SPDX-License-Identifier: GPL-2.0-only
/* Whose a core is: Linux's, the relay's, or nobody's. It may run on when Linux has gone. */
#include <stddef.h>
#include <string.h>

#include <openamp/remoteproc.h>

#include "common/vdevs.h"
#include "core.h"
#include "relay/lab.h"

const char *amp_core_host_name(const struct core *core)
{
	static const char *const names[] = {
		[AMP_CORE_HOST_NONE] = "nobody",
		[AMP_CORE_HOST_DRIVER] = "linux",
		[AMP_CORE_HOST_RELAY] = "relay",
	};

	return names[core->wire.host];
}

void amp_core_set_host(struct core *core, enum amp_core_host host, const char *why)
{
	if (core->wire.host == host)
		return;
	core->wire.host = host;
	core->bells.linux_hears = host == AMP_CORE_HOST_DRIVER;
	amp_shm_write_power(&core->shm, &core->wire);
	amp_record(&core->lab->record, "core.host", core->config->name, "{s:I, s:s, s:s}", "epoch",
	           (json_int_t)core->wire.epoch, "host", amp_core_host_name(core), "why", why);
	amp_relay_changed(core->lab);
	if (host == AMP_CORE_HOST_NONE && core->owner)
		core->owner->released(core);
}

/*
 * What a driver does when it goes, done in its stead: the device's status becomes 0, and the core is kicked to look. So
 * it knows at once, and not when the next Linux comes.
 */
static void reset_vdevs(struct core *core)
{
	uint8_t table[CORE_TABLE_MAX];
	struct amp_vdev vdev;
	uint32_t entry = 0;

	amp_core_link_find(core);
	if (!core->link.found)
		return;
	amp_shm_read(&core->shm, core->link.table, table, core->link.table_size);
	while (amp_vdev_next(table, core->link.table_size, &entry, &vdev))
		amp_shm_write_byte(&core->shm,
		                   core->link.table + vdev.at + (uint32_t)offsetof(struct fw_rsc_vdev, status), 0);
	for (uint32_t id = 0; id < core->config->notify_ids; id++)
		amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, (uint8_t)id));
}

void amp_core_host_gone(struct core *core, const char *why)
{
	if (core->wire.host != AMP_CORE_HOST_DRIVER)
		return;
	amp_core_wake(core);
	amp_core_report_end(core);
	amp_core_set_host(core, AMP_CORE_HOST_NONE, why);
	if (core->phase == PHASE_RUNNING)
		reset_vdevs(core);
	amp_core_link_down(core);
}

void amp_core_answer_host(struct core *core)
{
	if (!amp_mailbox_open(&core->mailbox))
		return;
	if (core->mailbox.op == AMP_REQ_ATTACH) {
		amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "Linux attaches");
		amp_core_link_find(core);
	}
	if (core->mailbox.op != AMP_REQ_ATTACH || core->link.state != LINK_UNKNOWN) {
		amp_core_answer(core, AMP_OK, "");
		if (core->ready)
			amp_core_link_wait(core);
		return;
	}
	amp_core_set_host(core, AMP_CORE_HOST_NONE, "its resource table is not known");
	amp_core_answer(core, AMP_EIO, core->link.why);
}
