// SPDX-License-Identifier: BSD-3-Clause
/* A text command in each message, a text reply to each: see command.c. */
#include "command.h"
#include "services.h"

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	char reply[COMMAND_REPLY_MAX];

	service_send(ept, reply, command_run(data, len, reply), src);
}

const struct service service_command = {
	.name = "amp-command",
	.addr = 0x101,
	.receive = receive,
};
