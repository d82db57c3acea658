// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "common/text.h"
#include "mailbox.h"
#include "secure/secure.h"

const char *amp_request_name(uint32_t op)
{
	switch (op) {
	case AMP_REQ_RESET:
		return "reset";
	case AMP_REQ_START:
		return "start";
	case AMP_REQ_STOP:
		return "stop";
	case AMP_REQ_ATTACH:
		return "attach";
	case AMP_REQ_DETACH:
		return "detach";
	case AMP_REQ_SUSPEND:
		return "suspend";
	case AMP_REQ_RESUME:
		return "resume";
	default:
		return "unknown";
	}
}

static enum mailbox_verdict refuse(struct mailbox_request *request)
{
	request->status = AMP_EINVAL;
	return MAILBOX_ANSWER;
}

/* A firmware that the relay is to load: only its size can be looked at as yet. */
static enum mailbox_verdict take_staged(const struct amp_host *host, const struct amp_region *region,
                                        struct mailbox_request *request)
{
	if (host->signature_size > SECURE_SIGNATURE_MAX || host->staged > region->size ||
	    host->signature_size > region->size - host->staged) {
		amp_text(request->text, sizeof(request->text),
		         "a firmware of %u bytes with a signature of %u is said to be in a region of 0x%x",
		         host->staged, host->signature_size, region->size);
		return refuse(request);
	}
	request->staged = host->staged;
	request->signature_size = host->signature_size;
	return MAILBOX_START;
}

static enum mailbox_verdict take_start(const struct amp_host *host, uint32_t state, const struct core_config *core,
                                       struct mailbox_request *request)
{
	const struct amp_region *firmware = amp_soc_region(core, AMP_REGION_FIRMWARE);
	uint64_t base = core->mem_da + firmware->offset;

	if (state != AMP_CORE_OFF) {
		request->status = AMP_EBUSY;
		amp_text(request->text, sizeof(request->text), "core %s is %s", core->name,
		         state == AMP_CORE_CRASHED    ? "crashed: stop it first"
		         : state == AMP_CORE_STOPPING ? "being stopped"
		                                      : "on already");
		return MAILBOX_ANSWER;
	}
	if (host->staged == 0 && core->secure[0]) {
		request->status = AMP_EKEYREJECTED;
		amp_text(request->text, sizeof(request->text),
		         "core %s takes signed firmware only, which the relay loads; this one was loaded by its host",
		         core->name);
		return MAILBOX_ANSWER;
	}
	/* an ARM entry point says "Thumb" in bit 0, which makes no difference here: regions are whole pages */
	if (host->staged == 0 && (host->arg < base || host->arg - base >= firmware->size)) {
		amp_text(request->text, sizeof(request->text),
		         "entry point 0x%llx is outside the firmware region 0x%llx-0x%llx",
		         (unsigned long long)host->arg, (unsigned long long)base,
		         (unsigned long long)(base + firmware->size - 1));
		return refuse(request);
	}
	if (host->firmware[0] != '\0' && !amp_text_is_file_name(host->firmware, sizeof(host->firmware))) {
		amp_text(request->text, sizeof(request->text), "the firmware's name is not a plain file name");
		return refuse(request);
	}
	request->entry = host->arg;
	memcpy(request->firmware, host->firmware, sizeof(request->firmware));
	return host->staged ? take_staged(host, firmware, request) : MAILBOX_START;
}

static enum mailbox_verdict take_attach(uint32_t state, const struct core_config *core, struct mailbox_request *request)
{
	if (state == AMP_CORE_RUNNING || state == AMP_CORE_STARTING)
		return MAILBOX_ATTACH;
	request->status = AMP_EBUSY;
	amp_text(request->text, sizeof(request->text), "core %s is %s: there is nothing to attach to", core->name,
	         state == AMP_CORE_OFF       ? "off"
	         : state == AMP_CORE_CRASHED ? "crashed"
	                                     : "being stopped");
	return MAILBOX_ANSWER;
}

enum mailbox_verdict amp_mailbox_take(struct mailbox *box, const struct amp_host *host, uint32_t state,
                                      const struct core_config *core, struct mailbox_request *request)
{
	if (host->req_seq == box->taken)
		return MAILBOX_NOTHING;
	box->taken = host->req_seq;
	box->op = host->op;
	*request = (struct mailbox_request){.op = host->op, .status = AMP_OK};
	switch (host->op) {
	case AMP_REQ_RESET:
		return MAILBOX_RESET;
	case AMP_REQ_START:
		return take_start(host, state, core, request);
	case AMP_REQ_STOP:
		/* the goal is reached, so it is no error: a driver that stops twice to be sure is right to */
		return state == AMP_CORE_OFF ? MAILBOX_ANSWER : MAILBOX_STOP;
	case AMP_REQ_ATTACH:
		return take_attach(state, core, request);
	case AMP_REQ_DETACH:
		return MAILBOX_DETACH;
	case AMP_REQ_SUSPEND:
		return MAILBOX_SUSPEND;
	case AMP_REQ_RESUME:
		return MAILBOX_RESUME;
	default:
		amp_text(request->text, sizeof(request->text), "request %u is unknown", host->op);
		return refuse(request);
	}
}
