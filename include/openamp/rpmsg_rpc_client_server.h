/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg_rpc_client_server.h
 * @brief Remote procedure calls over RPMsg: numbered services, called without waiting.
 *
 * The server registers a table of services. The client sends a request (id, parameters); later its callback for that id
 * gets the answer (status, parameters). What the parameters mean is the application's business.
 *
 * Both sides open an endpoint named RPMSG_RPC_SERVICE_NAME; the name service connects them, in whatever order they
 * start.
 *
 * This header and rpmsg_retarget.h each define a type rpmsg_rpc_shutdown_cb: a source file includes one of them.
 *
 * **Trust.** A message is copied before it is looked at, and its length is checked. A request or answer that is too
 * short or too long reaches no callback, nor does one with an unknown id, nor an answer from anybody but the server.
 * What the parameters contain is for the callback to check.
 */
#ifndef OPENAMP_RPMSG_RPC_CLIENT_SERVER_H
#define OPENAMP_RPMSG_RPC_CLIENT_SERVER_H

#include <openamp/rpmsg.h>

#include <metal/compiler.h>
#include <metal/sys.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RPMSG_RPC_SERVICE_NAME "rpmsg-rpc"

/** Status of an answer; others are the services' own. */
#define RPMSG_RPC_OK         0
#define RPMSG_RPC_INVALID_ID (-1) /**< the server has no service with this id */

#define MAX_BUF_LEN     488              /**< bytes of parameters in a request or answer */
#define MAX_FUNC_ID_LEN sizeof(uint32_t) /**< bytes of the id before them */

struct rpmsg_rpc_clt;
struct rpmsg_rpc_svr;

/** A request, as it is sent: cut after the parameters that are used. */
METAL_PACKED_BEGIN
struct rpmsg_rpc_request {
	uint32_t id;
	unsigned char params[MAX_BUF_LEN];
} METAL_PACKED_END;

/** An answer, as it is sent: cut after the parameters that are used. */
METAL_PACKED_BEGIN
struct rpmsg_rpc_answer {
	uint32_t id;
	int32_t status; /**< RPMSG_RPC_OK, RPMSG_RPC_INVALID_ID, RPMSG_ERR_BUFF_SIZE (request too long), or the
	                   service's own */
	unsigned char params[MAX_BUF_LEN];
} METAL_PACKED_END;

/**
 * @brief Server: carry out a request, and answer it with rpmsg_rpc_server_send(), now or later.
 * @param data  a struct rpmsg_rpc_request, copied; valid until the return. Bytes behind those that were sent are 0, and
 * so is the byte behind the last one: text in it always ends. amp_rpmsg_rpc_request_len() tells how many were sent
 * @param rpcs  server
 * @return ignored, by convention 0
 *
 * Context: as rpmsg_ept_cb. Blocking here holds up all messages of the link.
 */
typedef int (*rpmsg_rpc_syscall_cb)(void *data, struct rpmsg_rpc_svr *rpcs);

/** Server: a service. */
struct rpmsg_rpc_services {
	uint32_t id;
	rpmsg_rpc_syscall_cb cb_function; /**< called for requests with this id */
};

/**
 * @brief Client: an answer arrived.
 * @param rpc     client
 * @param status  see struct rpmsg_rpc_answer
 * @param data    parameters, copied; valid until the return; one byte 0 behind them
 * @param len     their bytes, 0 … MAX_BUF_LEN
 *
 * Context: as rpmsg_ept_cb.
 */
typedef void (*app_cb)(struct rpmsg_rpc_clt *rpc, int status, void *data, size_t len);

/** Client: what to do with answers of this id. */
struct rpmsg_rpc_client_services {
	uint32_t id;
	app_cb cb;
};

/**
 * Client: the server has gone; requests without an answer will get none. When it comes back the client is connected
 * again. Context: as rpmsg_ns_unbind_cb. May call rpmsg_rpc_client_release().
 */
typedef void (*rpmsg_rpc_shutdown_cb)(struct rpmsg_rpc_clt *rpc);

/** A server. The memory is the application's; the members are the library's. */
struct rpmsg_rpc_svr {
	struct rpmsg_endpoint ept;
	const struct rpmsg_rpc_services *services;
	unsigned int n_services;
	uint32_t client;    /**< sender of the request that is being carried out; RPMSG_ADDR_ANY: none is */
	size_t request_len; /**< bytes of its parameters */
};

/** A client. The memory is the application's; the members are the library's. */
struct rpmsg_rpc_clt {
	struct rpmsg_endpoint ept;
	rpmsg_rpc_shutdown_cb shutdown_cb;
	const struct rpmsg_rpc_client_services *services;
	unsigned int n_services;
};

/* ------------------------------------------------------------------ server: rpc_procedures.c */

/**
 * @brief Start a server.
 * @param rpcs      memory of the server, not in use
 * @param rdev      device, up
 * @param services  kept; ids differ (of equal ones the first counts)
 * @param len       number of services, > 0
 * @param rpmsg_service_server_unbind  the client has gone; may be NULL
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (also: a service without a function); an error of rpmsg_create_ept()
 *
 * Context: task. Blocks up to the send time-out. The opposite is rpmsg_destroy_ept(&rpcs->ept).
 */
int rpmsg_rpc_server_init(struct rpmsg_rpc_svr *rpcs, struct rpmsg_device *rdev,
                          const struct rpmsg_rpc_services *services, int len,
                          rpmsg_ns_unbind_cb rpmsg_service_server_unbind);

/**
 * @brief Answer a request: inside the service's function, the one that it carries out; outside, one of the last known
 * client.
 * @param rpc_id         id of the request
 * @param status         RPMSG_RPC_OK or an error that both applications know
 * @param request_param  parameters, copied; NULL if there are none
 * @param param_size     their bytes, 0 … MAX_BUF_LEN
 * @return bytes sent (> 0); RPMSG_ERR_PARAM; RPMSG_ERR_BUFF_SIZE (nothing was sent); RPMSG_ERR_ADDR (no client known);
 * or an error of rpmsg_send()
 *
 * Context: task or callback. Blocks up to the send time-out.
 */
int rpmsg_rpc_server_send(struct rpmsg_rpc_svr *rpcs, uint32_t rpc_id, int status, void *request_param,
                          size_t param_size);

/** @return bytes of parameters that came with the request; 0 outside a service's function */
size_t amp_rpmsg_rpc_request_len(const struct rpmsg_rpc_svr *rpcs);

/* ------------------------------------------------------------------ client: rpc_procedures.c */

/**
 * @brief Start a client. It can send as soon as is_rpmsg_ept_ready(&rpc->ept).
 * @param rpc          memory of the client, not in use
 * @param rdev         device, up
 * @param shutdown_cb  may be NULL
 * @param services     kept; ids differ (of equal ones the first counts)
 * @param len          number of services, > 0
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM (also: a service without a function); an error of rpmsg_create_ept()
 *
 * Context: task. Blocks up to the send time-out.
 */
int rpmsg_rpc_client_init(struct rpmsg_rpc_clt *rpc, struct rpmsg_device *rdev, rpmsg_rpc_shutdown_cb shutdown_cb,
                          const struct rpmsg_rpc_client_services *services, int len);

/** @brief End a client: no callback starts after the return. NULL, and one that has ended, are allowed. Context: task
 * or callback. */
void rpmsg_rpc_client_release(struct rpmsg_rpc_clt *rpc);

/**
 * @brief Send a request. The answer comes to the callback of @p rpc_id.
 * @param request_param   parameters, copied; NULL if there are none
 * @param req_param_size  their bytes, 0 … MAX_BUF_LEN
 * @return bytes sent (> 0); RPMSG_ERR_PARAM; RPMSG_ERR_BUFF_SIZE (nothing was sent); RPMSG_ERR_ADDR (the server is not
 * there yet, or has gone); or an error of rpmsg_send()
 *
 * Context: task or callback. Blocks up to the send time-out.
 */
int rpmsg_rpc_client_send(struct rpmsg_rpc_clt *rpc, uint32_t rpc_id, void *request_param, size_t req_param_size);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RPMSG_RPC_CLIENT_SERVER_H */
