/* SPDX-License-Identifier: GPL-2.0-only */
/* clang-format off */
/* The public interface: openamp/rpmsg_retarget.h. No include guard: read once for each meaning of the macros. */

/* openamp/rpmsg_retarget.h */
FUNCTION(int, rpmsg_rpc_init, (struct rpmsg_rpc_data *rpc, struct rpmsg_device *rdev, const char *ept_name, uint32_t ept_addr, uint32_t ept_raddr, void *poll_arg, rpmsg_rpc_poll poll, rpmsg_rpc_shutdown_cb shutdown_cb))
FUNCTION(void, rpmsg_rpc_release, (struct rpmsg_rpc_data *rpc))
FUNCTION(int, rpmsg_rpc_send, (struct rpmsg_rpc_data *rpc, void *req, size_t len, void *resp, size_t resp_len))
FUNCTION(void, rpmsg_set_default_rpc, (struct rpmsg_rpc_data *rpc))

STRUCT(rpmsg_rpc_syscall_header, int_field1, int32_t)
MEMBER(rpmsg_rpc_syscall_header, int_field1, int_field2, int32_t)
MEMBER(rpmsg_rpc_syscall_header, int_field2, data_len, uint32_t)

STRUCT(rpmsg_rpc_syscall, id, uint32_t)
MEMBER(rpmsg_rpc_syscall, id, args, struct rpmsg_rpc_syscall_header)

STRUCT(rpmsg_rpc_data, ept, struct rpmsg_endpoint)
MEMBER(rpmsg_rpc_data, ept, ept_destroyed, int)
MEMBER(rpmsg_rpc_data, ept_destroyed, nacked, atomic_flag)
MEMBER(rpmsg_rpc_data, nacked, respbuf, void *)
MEMBER(rpmsg_rpc_data, respbuf, respbuf_len, size_t)
MEMBER(rpmsg_rpc_data, respbuf_len, poll, rpmsg_rpc_poll)
MEMBER(rpmsg_rpc_data, poll, poll_arg, void *)
MEMBER(rpmsg_rpc_data, poll_arg, shutdown_cb, rpmsg_rpc_shutdown_cb)
MEMBER(rpmsg_rpc_data, shutdown_cb, lock, metal_mutex_t)
MEMBER(rpmsg_rpc_data, lock, buflock, struct metal_spinlock)

TYPE(rpmsg_rpc_shutdown_cb, void (*)(struct rpmsg_rpc_data *rpc))
CONSTANT(OPEN_SYSCALL_ID, 1)
CONSTANT(CLOSE_SYSCALL_ID, 2)
CONSTANT(WRITE_SYSCALL_ID, 3)
CONSTANT(READ_SYSCALL_ID, 4)
CONSTANT(ACK_STATUS_ID, 5)
CONSTANT(TERM_SYSCALL_ID, 6)
CONSTANT(DEFAULT_PROXY_ENDPOINT, 0xFF)
CONSTANT(MAX_BUF_LEN, 488)
