/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpmsg_retarget.h
 * @brief System calls of a core without files, carried out by one that has them.
 *
 * The remote core sends a struct rpmsg_rpc_syscall, with data behind it, and waits for one that answers. On top of this
 * are open, close, read and write for a core without files, and the server that carries them out: amprelay/rpc_files.h.
 *
 *   request            int_field1   int_field2   data                 answer: int_field1        int_field2   data
 *   OPEN_SYSCALL_ID    flags        mode         path, with its NUL   file descriptor           error        -
 *   CLOSE_SYSCALL_ID   descriptor   0            -                    0                         error        -
 *   WRITE_SYSCALL_ID   descriptor   bytes        bytes to write       bytes written             error        -
 *   READ_SYSCALL_ID    descriptor   bytes        -                    bytes read, 0: file ends  error        bytes read
 *   TERM_SYSCALL_ID    0            0            -                    none: the sender leaves
 *
 * An answer has the id of its request. Where something failed, its int_field1 is -1 and int_field2 the error number
 * (Linux' values; 0: not told). Flags have Linux' values, see amprelay/rpc_files.h.
 *
 * This header and rpmsg_rpc_client_server.h each define a type rpmsg_rpc_shutdown_cb: a source file includes one of
 * them.
 */
#ifndef OPENAMP_RPMSG_RETARGET_H
#define OPENAMP_RPMSG_RETARGET_H

#include <openamp/rpmsg.h>

#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/condition.h>
#include <metal/mutex.h>
#include <metal/spinlock.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OPEN_SYSCALL_ID  0x1UL
#define CLOSE_SYSCALL_ID 0x2UL
#define WRITE_SYSCALL_ID 0x3UL
#define READ_SYSCALL_ID  0x4UL
#define ACK_STATUS_ID    0x5UL /**< as the id of an answer: answers any request */
#define TERM_SYSCALL_ID  0x6UL

#define DEFAULT_PROXY_ENDPOINT 0xFFUL /**< usual address of the server */

#define MAX_BUF_LEN 488 /**< as in rpmsg_rpc_client_server.h; here data is limited by the buffers of the link alone */

/** How long a call waits for its answer, and rpmsg_rpc_init() for the server, unless set otherwise. Milliseconds. */
#ifndef AMP_RPC_TIMEOUT_MS
#define AMP_RPC_TIMEOUT_MS 15000
#endif

/** A time-out that never comes: for reading what a person types. The loss of the server still ends the call. */
#define AMP_RPC_NO_TIMEOUT UINT32_MAX

/** Numbers of a call or of its answer, as they travel. */
METAL_PACKED_BEGIN
struct rpmsg_rpc_syscall_header {
	int32_t int_field1;
	int32_t int_field2;
	uint32_t data_len; /**< bytes behind this header */
} METAL_PACKED_END;

/** A call or its answer, as it travels. */
METAL_PACKED_BEGIN
struct rpmsg_rpc_syscall {
	uint32_t id; /**< …_SYSCALL_ID */
	struct rpmsg_rpc_syscall_header args;
} METAL_PACKED_END;

struct rpmsg_rpc_data;

/**
 * @brief Something is waited for: receive messages (rproc_virtio_notified() …), and wait for an event if there are
 * none.
 *
 * Called again and again; between two calls the time-out is looked at. So it returns after every event, and after a
 * while without one.
 * @param arg  poll_arg
 * @return negative: ends the waiting call with this error
 */
typedef int (*rpmsg_rpc_poll)(void *arg);

/**
 * The server has gone, or has sent TERM_SYSCALL_ID. Calls that wait end with RPMSG_ERR_DEV_STATE.
 * Context: as rpmsg_ns_unbind_cb. Must not call rpmsg_rpc_release(): note it, and do that later.
 */
typedef void (*rpmsg_rpc_shutdown_cb)(struct rpmsg_rpc_data *rpc);

/** A client of system calls. The memory is the application's; the members are the library's. */
struct rpmsg_rpc_data {
	struct rpmsg_endpoint ept;
	int ept_destroyed;  /**< not 0: only rpmsg_rpc_init() leads on */
	atomic_flag nacked; /**< set while somebody's request may be answered: one at a time */
	void *respbuf;      /**< where the answer goes while a call waits */
	size_t respbuf_len;
	rpmsg_rpc_poll poll;
	void *poll_arg;
	rpmsg_rpc_shutdown_cb shutdown_cb;
	metal_mutex_t lock;             /**< of `changed` */
	struct metal_spinlock buflock;  /**< of ept_destroyed, respbuf, respbuf_len, and what follows `changed` */
	struct metal_condition changed; /**< a call ended, or may begin */
	uint32_t timeout_ms;
	uint32_t request_id; /**< of the request in flight */
	int result;          /**< of the call that has ended */
	uint8_t call;        /**< see lib/services/rpc_call.c */
};

/**
 * @brief Open the endpoint, and with @p poll wait until the server is known.
 *
 * @param rpc          memory of the client, not in use
 * @param rdev         device, up
 * @param ept_name     name to announce, and to find the server's by; NULL: none
 * @param ept_addr     local address, or RPMSG_ADDR_ANY
 * @param ept_raddr    server's address (DEFAULT_PROXY_ENDPOINT), or RPMSG_ADDR_ANY: wait for its announcement
 * @param poll_arg     handed to @p poll
 * @param poll         receives while a call waits. NULL: another context (thread, interrupt) receives; then this
 * function does not wait, and calls answer RPMSG_ERR_DEV_STATE until is_rpmsg_ept_ready(&rpc->ept)
 * @param shutdown_cb  may be NULL
 * @return RPMSG_SUCCESS; RPMSG_ERR_PARAM; an error of rpmsg_create_ept() or @p poll; RPMSG_ERR_DEV_STATE (the link is
 * lost); -ETIMEDOUT (AMP_RPC_TIMEOUT_MS are over, no server). After an error nothing is open
 *
 * Context: task. Blocks. On a board without a clock nothing times out: @p poll must see to that.
 */
int rpmsg_rpc_init(struct rpmsg_rpc_data *rpc, struct rpmsg_device *rdev, const char *ept_name, uint32_t ept_addr,
                   uint32_t ept_raddr, void *poll_arg, rpmsg_rpc_poll poll, rpmsg_rpc_shutdown_cb shutdown_cb);

/**
 * @brief Close the endpoint. If it is the default client, there is none afterwards. NULL is allowed.
 * Context: task, while no call is running and no message is being received for it.
 */
void rpmsg_rpc_release(struct rpmsg_rpc_data *rpc);

/**
 * @brief Send a request and wait for its answer.
 *
 * @param req       begins with its 32-bit id, as struct rpmsg_rpc_syscall does
 * @param len       bytes
 * @param resp      for the answer. NULL: do not wait; for requests that have none, such as TERM_SYSCALL_ID
 * @param resp_len  room there
 * @return bytes of the answer, whose id is that of the request (or ACK_STATUS_ID), else unchecked; with @p resp NULL:
 * bytes sent. RPMSG_ERR_PARAM; RPMSG_ERR_BUFF_SIZE (the request does not fit into a message, or the answer into @p
 * resp); RPMSG_ERR_DEV_STATE (server or link are gone, or go while it waits); -ETIMEDOUT; -ENOSYS (neither poll nor a
 * clock); an error of poll or rpmsg_send()
 *
 * Calls of several threads take turns; the time-out counts from the beginning of each.
 *
 * Nothing in an answer tells two requests of the same kind apart. So after -ETIMEDOUT the next call first waits for the
 * late answer of the one before (within its own time-out) and drops it. A server that never answers is out of use,
 * until it goes or rpmsg_rpc_init() is called again.
 *
 * Context: task, not within poll or a callback of the link. Blocks.
 */
int rpmsg_rpc_send(struct rpmsg_rpc_data *rpc, void *req, size_t len, void *resp, size_t resp_len);

/** @brief Set the client that open, close, read and write of the C library go to; NULL: none, they fail.
 * Context: task. */
void rpmsg_set_default_rpc(struct rpmsg_rpc_data *rpc);

/** @return the default client, or NULL */
struct rpmsg_rpc_data *amp_rpmsg_default_rpc(void);

/** @brief Set the time-out of calls in milliseconds. rpmsg_rpc_init() sets AMP_RPC_TIMEOUT_MS. Context: task. */
void amp_rpmsg_rpc_set_timeout(struct rpmsg_rpc_data *rpc, uint32_t ms);

/**
 * @brief The application knows that the server or the link is gone, for instance from its link callback
 * (amprelay/link.h): the call that waits ends with RPMSG_ERR_DEV_STATE. Needed where rpmsg_rpc_init() got no poll
 * function; others notice a lost link themselves. Context: task, callback or ISR.
 */
void amp_rpmsg_rpc_peer_lost(struct rpmsg_rpc_data *rpc);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_RPMSG_RETARGET_H */
