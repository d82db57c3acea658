// SPDX-License-Identifier: BSD-3-Clause
/* Remote procedure calls, the side that asks. */
#include "../virtio/shared_access.h"

#include <openamp/rpmsg_rpc_client_server.h>

#include <metal/log.h>

#include <string.h>

#define ANSWER_HEADER  offsetof(struct rpmsg_rpc_answer, params)
#define REQUEST_HEADER offsetof(struct rpmsg_rpc_request, params)

static int answer_arrived(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	const char *wrong = "nobody here asks for that";
	struct rpmsg_rpc_clt *rpc = priv;
	struct {
		struct rpmsg_rpc_answer answer;
		unsigned char end; /* of a text that fills the answer */
	} copy;

	if (src != ept->dest_addr) {
		wrong = "it is not the server";
	} else if (len < ANSWER_HEADER || len > sizeof(copy.answer)) {
		wrong = "its length is wrong";
	} else {
		AMP_SHARED_COPY_OUT(&copy.answer, data, len);
		((unsigned char *)&copy)[len] = 0;
		for (unsigned int i = 0; wrong && i < rpc->n_services; i++) {
			if (rpc->services[i].id != copy.answer.id)
				continue;
			rpc->services[i].cb(rpc, copy.answer.status, copy.answer.params, len - ANSWER_HEADER);
			wrong = NULL;
		}
	}
	if (wrong)
		metal_log(METAL_LOG_WARNING, "rpc: answer of %u bytes from address %lu dropped: %s\n",
		          (unsigned int)len, (unsigned long)src, wrong);
	return RPMSG_SUCCESS;
}

static void server_gone(struct rpmsg_endpoint *ept)
{
	struct rpmsg_rpc_clt *rpc = ept->priv;

	if (rpc->shutdown_cb)
		rpc->shutdown_cb(rpc);
}

int rpmsg_rpc_client_init(struct rpmsg_rpc_clt *rpc, struct rpmsg_device *rdev, rpmsg_rpc_shutdown_cb shutdown_cb,
                          const struct rpmsg_rpc_client_services *services, int len)
{
	if (!rpc || !rdev || !services || len <= 0)
		return RPMSG_ERR_PARAM;
	for (int i = 0; i < len; i++)
		if (!services[i].cb)
			return RPMSG_ERR_PARAM;
	memset(rpc, 0, sizeof(*rpc));
	rpc->shutdown_cb = shutdown_cb;
	rpc->services = services;
	rpc->n_services = (unsigned int)len;
	rpc->ept.priv = rpc;
	return rpmsg_create_ept(&rpc->ept, rdev, RPMSG_RPC_SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, answer_arrived,
	                        server_gone);
}

void rpmsg_rpc_client_release(struct rpmsg_rpc_clt *rpc)
{
	if (rpc)
		rpmsg_destroy_ept(&rpc->ept);
}

int rpmsg_rpc_client_send(struct rpmsg_rpc_clt *rpc, uint32_t rpc_id, void *request_param, size_t req_param_size)
{
	struct rpmsg_rpc_request request;

	if (!rpc || (!request_param && req_param_size))
		return RPMSG_ERR_PARAM;
	if (req_param_size > sizeof(request.params))
		return RPMSG_ERR_BUFF_SIZE;
	request.id = rpc_id;
	if (req_param_size)
		memcpy(request.params, request_param, req_param_size);
	return rpmsg_send(&rpc->ept, &request, (int)(REQUEST_HEADER + req_param_size));
}
