// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "clock.h"
#include "core.h"
#include "lab.h"
#include "text.h"

/*
 * Linux restarts a core that crashes at its start at once, and for ever. Beyond so many lives of less than a second,
 * each start waits: a night of it shall not fill the disk with records, nor the machine with processes.
 */
#define QUICK_DEATHS_MAX 100
#define HOLD_MS          500u

void amp_core_answer(struct core *core, uint32_t status, const char *text)
{
	if (!amp_mailbox_open(&core->mailbox))
		return;
	core->mailbox.answered = core->mailbox.taken;
	core->wire.resp_seq = core->mailbox.taken;
	core->wire.resp_status = status;
	memset(core->wire.resp_text, 0, sizeof(core->wire.resp_text));
	amp_text_clean(core->wire.resp_text, sizeof(core->wire.resp_text), text, strlen(text));
	amp_shm_write_answer(&core->shm, &core->wire);
	amp_doorbell_ring_host(&core->bell, AMP_VECTOR_CONTROL);
	if (status != AMP_OK)
		amp_core_warn(core, "request refused or failed: %s", core->wire.resp_text);
}

static void record_request(struct core *core, const struct mailbox_request *request)
{
	uint32_t suppressed;

	if (amp_ratelimit(&core->requests, now_ns(), &suppressed))
		amp_record(&core->lab->record, "core.request", core->config->name, "{s:s, s:I, s:s, s:I}", "op",
		           amp_request_name(request->op), "request", (json_int_t)core->mailbox.taken, "firmware",
		           request->firmware, "suppressed", (json_int_t)suppressed);
}

static void start(struct core *core, const struct mailbox_request *request)
{
	struct amp_soc soc;

	amp_soc_describe(core->config, &soc);
	amp_shm_write_soc(&core->shm, &soc); /* again: a guest may have scribbled over it since the last life */
	amp_shm_clear_remote(&core->shm);
	amp_trace_reset(&core->trace);
	core->wire.epoch++;
	core->wire.boot_addr = request->entry;
	core->wire.inject = AMP_FAULT_NONE;
	if (strncmp(core->firmware, request->firmware, sizeof(core->firmware)) != 0)
		core->quick_deaths = 0; /* of another firmware */
	memcpy(core->firmware, request->firmware, sizeof(core->firmware));
	core->injected = NULL;
	core->injected_at = 0;
	core->ready = false;
	core->started = now_ns();
	amp_core_set_phase(core, PHASE_STARTING, "Linux asked for it");
	core->held = core->quick_deaths > QUICK_DEATHS_MAX;
	if (core->held) {
		amp_core_warn(core, "it died %u times within a second of its start: the next start waits %u ms",
		              core->quick_deaths, HOLD_MS);
		amp_core_set_deadline(core, HOLD_MS);
		return;
	}
	amp_core_power_on(core);
}

static void on_mailbox(struct core *core)
{
	struct mailbox_request request;
	struct amp_host host;
	enum mailbox_verdict verdict;

	amp_shm_read_host(&core->shm, &host);
	verdict = amp_mailbox_take(&core->mailbox, &host, core->wire.state, core->config, &request);
	if (verdict == MAILBOX_NOTHING)
		return;
	record_request(core, &request);
	if (core->lab->going_down && verdict == MAILBOX_START) {
		amp_core_answer(core, AMP_EBUSY, "the lab goes down");
		return;
	}
	core->outcome = AMP_OK;
	core->outcome_text[0] = '\0';
	switch (verdict) {
	case MAILBOX_START:
		start(core, &request);
		break;
	case MAILBOX_STOP:
		amp_core_stop(core, "Linux asked for it");
		break;
	case MAILBOX_RESET:
		core->crashed_at = 0;
		if (core->phase == PHASE_OFF)
			amp_core_answer(core, AMP_OK, "");
		else
			amp_core_kill(core, "Linux's driver starts anew");
		break;
	default:
		amp_core_answer(core, request.status, request.text);
		break;
	}
}

/*
 * Edge-triggered, so that the eventfd need not be read: each write by QEMU is an edge, and the count means nothing. It
 * would take 2^64 kicks to fill it.
 */
int amp_core_on_vector(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct core *core = userdata;

	(void)source;
	(void)revents;
	if (fd == core->bell.from_host[AMP_VECTOR_CONTROL]) {
		on_mailbox(core);
		return 0;
	}
	for (uint32_t id = 0; id < core->config->notify_ids; id++) {
		if (fd == core->bell.from_host[AMP_VECTOR_NOTIFY(id)])
			amp_core_uart_interest(core, amp_doorbell_ring_remote(&core->bell, (uint8_t)id));
	}
	return 0;
}
