/* SPDX-License-Identifier: GPL-2.0-only */
/* clang-format off */
/* The public interface: openamp/rpmsg_rpc_client_server.h. No include guard: read once for each meaning of the macros. */

/* openamp/rpmsg_rpc_client_server.h */
FUNCTION(int, rpmsg_rpc_client_init, (struct rpmsg_rpc_clt *rpc, struct rpmsg_device *rdev, rpmsg_rpc_shutdown_cb shutdown_cb, const struct rpmsg_rpc_client_services *services, int len))
FUNCTION(void, rpmsg_rpc_client_release, (struct rpmsg_rpc_clt *rpc))
FUNCTION(int, rpmsg_rpc_client_send, (struct rpmsg_rpc_clt *rpc, uint32_t rpc_id, void *request_param, size_t req_param_size))
FUNCTION(int, rpmsg_rpc_server_init, (struct rpmsg_rpc_svr *rpcs, struct rpmsg_device *rdev, const struct rpmsg_rpc_services *services, int len, rpmsg_ns_unbind_cb rpmsg_service_server_unbind))
FUNCTION(int, rpmsg_rpc_server_send, (struct rpmsg_rpc_svr *rpcs, uint32_t rpc_id, int status, void *request_param, size_t param_size))

STRUCT(rpmsg_rpc_request, id, uint32_t)
MEMBER(rpmsg_rpc_request, id, params, unsigned char[])

STRUCT(rpmsg_rpc_answer, id, uint32_t)
MEMBER(rpmsg_rpc_answer, id, status, int32_t)
MEMBER(rpmsg_rpc_answer, status, params, unsigned char[])

STRUCT(rpmsg_rpc_services, id, uint32_t)
MEMBER(rpmsg_rpc_services, id, cb_function, rpmsg_rpc_syscall_cb)

STRUCT(rpmsg_rpc_client_services, id, uint32_t)
MEMBER(rpmsg_rpc_client_services, id, cb, app_cb)

STRUCT(rpmsg_rpc_svr, ept, struct rpmsg_endpoint)
MEMBER(rpmsg_rpc_svr, ept, services, const struct rpmsg_rpc_services *)
MEMBER(rpmsg_rpc_svr, services, n_services, unsigned int)

STRUCT(rpmsg_rpc_clt, ept, struct rpmsg_endpoint)
MEMBER(rpmsg_rpc_clt, ept, shutdown_cb, rpmsg_rpc_shutdown_cb)
MEMBER(rpmsg_rpc_clt, shutdown_cb, services, const struct rpmsg_rpc_client_services *)
MEMBER(rpmsg_rpc_clt, services, n_services, unsigned int)

TYPE(rpmsg_rpc_shutdown_cb, void (*)(struct rpmsg_rpc_clt *rpc))
CONSTANT(RPMSG_RPC_OK, 0)
CONSTANT(RPMSG_RPC_INVALID_ID, -1)
CONSTANT(MAX_BUF_LEN, 488)
#ifndef RPMSG_RPC_SERVICE_NAME
#error "RPMSG_RPC_SERVICE_NAME is missing"
#endif
CONSTANT(MAX_FUNC_ID_LEN, sizeof(uint32_t))
