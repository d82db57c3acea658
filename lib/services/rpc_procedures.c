// SPDX-License-Identifier: BSD-3-Clause
/* Remote procedure calls: the side that carries them out, and the side that asks. */
#include "../virtio/shared_access.h"

#include <openamp/rpmsg_rpc_client_server.h>

#include <metal/log.h>

#include <string.h>

#define ANSWER_HEADER  offsetof(struct rpmsg_rpc_answer, params)
#define REQUEST_HEADER offsetof(struct rpmsg_rpc_request, params)

/* ------------------------------------------------------------------ server */

/* A request, and what ends a text that fills it. */
struct request_copy {
	struct rpmsg_rpc_request request;
	unsigned char end;
};

static const struct rpmsg_rpc_services *find_service(const struct rpmsg_rpc_svr *rpcs, uint32_t id)
{
	for (unsigned int i = 0; i < rpcs->n_services; i++)
		if (rpcs->services[i].id == id)
			return &rpcs->services[i];
	return NULL;
}

/* Refusals do not wait for a buffer: a client that floods with bad requests must not stop the reception. */
static void refuse(struct rpmsg_endpoint *ept, uint32_t client, uint32_t id, int status)
{
	struct {
		uint32_t id;
		int32_t status;
	} answer = {id, status};

	metal_log(METAL_LOG_WARNING, "rpc: request %lu from address %lu refused: %s\n", (unsigned long)id,
	          (unsigned long)client, status == RPMSG_RPC_INVALID_ID ? "no such service" : "too long");
	(void)rpmsg_trysendto(ept, &answer, (int)ANSWER_HEADER, client);
}

static void carry_out(struct rpmsg_rpc_svr *rpcs, const struct rpmsg_rpc_services *service, struct request_copy *copy,
                      size_t params_len, uint32_t client)
{
	/* A service that sends may wait, and then the next request comes in here, inside this one. */
	uint32_t outer_client = rpcs->client;
	size_t outer_len = rpcs->request_len;

	rpcs->client = client;
	rpcs->request_len = params_len;
	service->cb_function(copy, rpcs);
	rpcs->client = outer_client;
	rpcs->request_len = outer_len;
}

static int request_arrived(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_svr *rpcs = priv;
	const struct rpmsg_rpc_services *service;
	struct request_copy copy;

	if (len < REQUEST_HEADER) {
		metal_log(METAL_LOG_WARNING,
		          "rpc: request of %u bytes from address %lu is too short for an id, dropped\n",
		          (unsigned int)len, (unsigned long)src);
		return RPMSG_SUCCESS;
	}
	memset(&copy, 0, sizeof(copy));
	AMP_SHARED_COPY_OUT(&copy.request, data, len < sizeof(copy.request) ? len : sizeof(copy.request));
	service = find_service(rpcs, copy.request.id);
	if (!service)
		refuse(ept, src, copy.request.id, RPMSG_RPC_INVALID_ID);
	else if (len > sizeof(copy.request))
		refuse(ept, src, copy.request.id, RPMSG_ERR_BUFF_SIZE);
	else
		carry_out(rpcs, service, &copy, len - REQUEST_HEADER, src);
	return RPMSG_SUCCESS;
}

int rpmsg_rpc_server_init(struct rpmsg_rpc_svr *rpcs, struct rpmsg_device *rdev,
                          const struct rpmsg_rpc_services *services, int len,
                          rpmsg_ns_unbind_cb rpmsg_service_server_unbind)
{
	if (!rpcs || !rdev || !services || len <= 0)
		return RPMSG_ERR_PARAM;
	for (int i = 0; i < len; i++)
		if (!services[i].cb_function)
			return RPMSG_ERR_PARAM;
	memset(rpcs, 0, sizeof(*rpcs));
	rpcs->services = services;
	rpcs->n_services = (unsigned int)len;
	rpcs->client = RPMSG_ADDR_ANY;
	rpcs->ept.priv = rpcs;
	return rpmsg_create_ept(&rpcs->ept, rdev, RPMSG_RPC_SERVICE_NAME, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
	                        request_arrived, rpmsg_service_server_unbind);
}

int rpmsg_rpc_server_send(struct rpmsg_rpc_svr *rpcs, uint32_t rpc_id, int status, void *request_param,
                          size_t param_size)
{
	struct rpmsg_rpc_answer answer;
	uint32_t client;

	if (!rpcs || (!request_param && param_size))
		return RPMSG_ERR_PARAM;
	if (param_size > sizeof(answer.params))
		return RPMSG_ERR_BUFF_SIZE;
	answer.id = rpc_id;
	answer.status = status;
	if (param_size)
		memcpy(answer.params, request_param, param_size);
	client = rpcs->client != RPMSG_ADDR_ANY ? rpcs->client : rpcs->ept.dest_addr;
	return rpmsg_sendto(&rpcs->ept, &answer, (int)(ANSWER_HEADER + param_size), client);
}

size_t amp_rpmsg_rpc_request_len(const struct rpmsg_rpc_svr *rpcs)
{
	return rpcs ? rpcs->request_len : 0;
}

/* ------------------------------------------------------------------ client */

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
