// SPDX-License-Identifier: GPL-2.0-only
#include <sys/epoll.h>

#include "common/clock.h"
#include "common/text.h"
#include "core.h"
#include "relay/host/hosting.h"
#include "relay/lab.h"

static void record_request(struct core *core, const struct mailbox_request *request)
{
	uint32_t suppressed;

	if (amp_ratelimit(&core->requests, now_ns(), &suppressed))
		amp_record(&core->lab->record, "core.request", core->config->name, "{s:s, s:I, s:s, s:I}", "op",
		           amp_request_name(request->op), "request", (json_int_t)core->mailbox.taken, "firmware",
		           request->firmware, "suppressed", (json_int_t)suppressed);
}

/* @return what of the policy a request needs */
static uint32_t needs(enum mailbox_verdict verdict, const struct mailbox_request *request)
{
	if (request->op == AMP_REQ_START)
		return AMP_VERB_START | AMP_VERB_LOAD;
	if (request->op == AMP_REQ_SUSPEND || request->op == AMP_REQ_RESUME)
		return AMP_VERB_STOP;
	return verdict == MAILBOX_STOP ? AMP_VERB_STOP : 0;
}

static void put_to_sleep(struct core *core, bool wake)
{
	char text[AMP_TEXT_LEN];
	uint32_t status = AMP_EBUSY;

	amp_text(text, sizeof(text), "core %s is not this Linux's: attach to it first", core->config->name);
	if (core->wire.host == AMP_CORE_HOST_DRIVER)
		status = wake ? amp_core_resume(core, text, sizeof(text)) : amp_core_suspend(core, text, sizeof(text));
	if (status != AMP_OK)
		amp_core_answer(core, status, text);
}

/* A driver starts anew: what is Linux's is off from now on, and what is another's runs on. */
static void reset(struct core *core)
{
	if (amp_core_is_owned(core))
		amp_core_host_gone(core, "Linux's driver starts anew");
	else
		core->crashed_at = 0;
	if (core->phase == PHASE_OFF || amp_core_is_owned(core))
		amp_core_answer(core, AMP_OK, "");
	else
		amp_core_kill(core, "Linux's driver starts anew");
}

/* What the host has not loaded itself, it has staged for us. */
static void start(struct core *core, const struct mailbox_request *request)
{
	char text[CHILD_WORDS_MAX];
	uint32_t status;

	if (request->staged == 0) {
		amp_core_image_forget(core);
		amp_core_start(core, request->entry, request->firmware, AMP_CORE_HOST_DRIVER, "Linux asked for it");
		return;
	}
	status = amp_hosting_start_staged(core, request->staged, request->signature_size, request->firmware, text,
	                                  sizeof(text));
	if (status != AMP_OK)
		amp_core_answer(core, status, text);
}

static void on_mailbox(struct core *core, uint64_t heard)
{
	uint32_t state = core->returns ? AMP_CORE_STARTING : core->wire.state;
	struct mailbox_request request;
	struct amp_host host;
	enum mailbox_verdict verdict;
	char why[AMP_TEXT_LEN];

	amp_shm_read_host(&core->shm, &host);
	amp_linux_clock_heard(core, &host, heard);
	verdict = amp_mailbox_take(&core->mailbox, &host, state, core->config, &request);
	if (verdict == MAILBOX_NOTHING)
		return;
	record_request(core, &request);
	if (!amp_core_permits(core, ACTOR_LINUX, needs(verdict, &request), why, sizeof(why))) {
		amp_core_answer(core, AMP_EPERM, why);
		return;
	}
	if (core->lab->going_down && verdict == MAILBOX_START) {
		amp_core_answer(core, AMP_EBUSY, "the lab goes down");
		return;
	}
	/* Linux stops what it started, and starts what is off. A driver that comes anew takes over all the same. */
	if (core->hosting && verdict != MAILBOX_RESET) {
		amp_core_answer(core, AMP_EBUSY, "the relay is the core's host: 'amprelay stop' gives it back");
		return;
	}
	core->outcome = AMP_OK;
	core->outcome_text[0] = '\0';
	switch (verdict) {
	case MAILBOX_START:
		start(core, &request);
		break;
	case MAILBOX_ATTACH:
		if (core->phase == PHASE_RUNNING) /* else it is answered when it does */
			amp_core_answer_host(core);
		break;
	case MAILBOX_DETACH:
		amp_core_wake(core);
		amp_core_set_host(core, AMP_CORE_HOST_NONE, "Linux detaches");
		amp_core_link_down(core);
		amp_core_answer(core, AMP_OK, "");
		break;
	case MAILBOX_SUSPEND:
	case MAILBOX_RESUME:
		put_to_sleep(core, verdict == MAILBOX_RESUME);
		break;
	case MAILBOX_STOP:
		amp_core_stop(core, "Linux asked for it");
		break;
	case MAILBOX_RESET:
		reset(core);
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
	uint64_t heard = now_ns();
	struct core *core = userdata;

	(void)source;
	(void)revents;
	if (fd == core->bells.from_host[AMP_VECTOR_CONTROL]) {
		on_mailbox(core, heard);
		return 0;
	}
	for (uint32_t id = 0; core->wire.host == AMP_CORE_HOST_DRIVER && id < core->config->notify_ids; id++) {
		if (fd != core->bells.from_host[AMP_VECTOR_NOTIFY(id)])
			continue;
		amp_core_babble_credit(core);
		amp_core_ring_fault_look(core, AMP_TO_REMOTE);
		amp_core_sniff_look(core);
		amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, (uint8_t)id));
		amp_core_fault_look(core);
	}
	return 0;
}

int amp_core_listen(struct core *core)
{
	int err = 0;

	for (uint32_t v = 0; v < 1 + core->config->notify_ids && err >= 0; v++)
		err = sd_event_add_io(core->lab->loop, &core->vectors[v], core->bells.from_host[v], EPOLLIN | EPOLLET,
		                      amp_core_on_vector, core);
	return err < 0 ? err : 0;
}
