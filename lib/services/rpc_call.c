// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls that wait for their answer: the ground of the retargeted system calls.
 *
 * Two contexts meet here: the one that calls and waits, and the one that receives. On a core with one context they are
 * the same, and the receiver runs inside poll(). No lock is held while waiting: on bare metal that would keep the
 * interrupt out that is waited for.
 */
#include "../virtio/shared_access.h"
#include "services_internal.h"

#include <metal/errno.h>
#include <metal/log.h>
#include <metal/time.h>

#include <string.h>

/* What may be in flight. In all but CALL_NONE the flag `nacked` is set: the turn is taken. */
enum call_state {
	CALL_NONE,
	CALL_WAITS,     /* sent, or about to be */
	CALL_ENDED,     /* `result` is for the caller to take */
	CALL_ABANDONED, /* the caller has given up; the answer may still come */
};

struct rpmsg_rpc_data *amp_default_rpc;

/* ------------------------------------------------------------------ what is received */

static void signal_change(struct rpmsg_rpc_data *rpc)
{
	/* With the mutex, so that it cannot fall between the look and the wait of a waiter. */
	metal_mutex_acquire(&rpc->lock);
	metal_condition_broadcast(&rpc->changed);
	metal_mutex_release(&rpc->lock);
}

/* End the call in flight, if there is one. With buflock held. */
static void end_call(struct rpmsg_rpc_data *rpc, int result)
{
	rpc->respbuf = NULL;
	if (rpc->call == CALL_WAITS) {
		rpc->result = result;
		rpc->call = CALL_ENDED;
	} else if (rpc->call == CALL_ABANDONED) {
		rpc->call = CALL_NONE;
		atomic_flag_clear_explicit(&rpc->nacked, memory_order_release);
	}
}

/* An answer to the request in flight; its id was checked. With buflock held. */
static int take_answer(struct rpmsg_rpc_data *rpc, const void *data, size_t len)
{
	if (!rpc->respbuf)
		return 0; /* abandoned */
	if (len > rpc->respbuf_len)
		return RPMSG_ERR_BUFF_SIZE;
	AMP_SHARED_COPY_OUT(rpc->respbuf, data, len);
	/* The other side may have changed it since the look at the id; the caller gets the one that was checked. */
	memcpy(rpc->respbuf, &rpc->request_id, sizeof(rpc->request_id));
	return (int)len;
}

static void lose_server(struct rpmsg_rpc_data *rpc, bool for_good)
{
	metal_spinlock_acquire(&rpc->buflock);
	if (for_good)
		rpc->ept_destroyed = 1;
	end_call(rpc, RPMSG_ERR_DEV_STATE);
	metal_spinlock_release(&rpc->buflock);
	signal_change(rpc);
}

static void end_service(struct rpmsg_rpc_data *rpc, bool for_good)
{
	lose_server(rpc, for_good);
	if (for_good)
		rpmsg_destroy_ept(&rpc->ept);
	if (rpc->shutdown_cb)
		rpc->shutdown_cb(rpc);
}

static int message_arrived(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_rpc_data *rpc = priv;
	const char *wrong = NULL;
	uint32_t id;

	if (src != ept->dest_addr) {
		wrong = "it is not the server";
	} else if (len < sizeof(id)) {
		wrong = "too short for an id";
	} else {
		AMP_SHARED_COPY_OUT(&id, data, sizeof(id));
		if (id == TERM_SYSCALL_ID) {
			end_service(rpc, true);
			return RPMSG_SUCCESS;
		}
		metal_spinlock_acquire(&rpc->buflock);
		if ((rpc->call == CALL_WAITS || rpc->call == CALL_ABANDONED) &&
		    (id == rpc->request_id || id == ACK_STATUS_ID))
			end_call(rpc, take_answer(rpc, data, len));
		else
			wrong = "no such request is in flight";
		metal_spinlock_release(&rpc->buflock);
	}
	if (wrong)
		metal_log(METAL_LOG_WARNING, "rpc: message of %u bytes from address %lu dropped: %s\n",
		          (unsigned int)len, (unsigned long)src, wrong);
	else
		signal_change(rpc);
	return RPMSG_SUCCESS;
}

static void server_unbound(struct rpmsg_endpoint *ept)
{
	end_service(ept->priv, false);
}

/* Destroyed: by us, by TERM_SYSCALL_ID, or with the whole link. */
static void endpoint_released(struct rpmsg_endpoint *ept)
{
	lose_server(ept->priv, true);
}

void amp_rpmsg_rpc_peer_lost(struct rpmsg_rpc_data *rpc)
{
	if (rpc)
		lose_server(rpc, false);
}

/* ------------------------------------------------------------------ waiting */

typedef bool (*condition)(struct rpmsg_rpc_data *rpc);

static bool is_connected(struct rpmsg_rpc_data *rpc)
{
	return is_rpmsg_ept_ready(&rpc->ept);
}

/* True once: then the turn is the caller's. */
static bool take_turn(struct rpmsg_rpc_data *rpc)
{
	return !atomic_flag_test_and_set_explicit(&rpc->nacked, memory_order_acquire);
}

static bool has_ended(struct rpmsg_rpc_data *rpc)
{
	bool ended;

	metal_spinlock_acquire(&rpc->buflock);
	ended = rpc->call == CALL_ENDED;
	metal_spinlock_release(&rpc->buflock);
	return ended;
}

/* No message can come any more. */
static bool link_is_gone(struct rpmsg_rpc_data *rpc)
{
	bool destroyed;

	metal_spinlock_acquire(&rpc->buflock);
	destroyed = rpc->ept_destroyed;
	metal_spinlock_release(&rpc->buflock);
	return destroyed || rpmsg_get_tx_buffer_size(&rpc->ept) == RPMSG_ERR_DEV_STATE;
}

static unsigned long long deadline_of(const struct rpmsg_rpc_data *rpc)
{
	return rpc->timeout_ms == AMP_RPC_NO_TIMEOUT ? UINT64_MAX
	                                             : metal_get_timestamp() + rpc->timeout_ms * 1000000ULL;
}

static int wait_for_signal(struct rpmsg_rpc_data *rpc, unsigned long long deadline)
{
	int status = amp_condition_wait_until(&rpc->changed, &rpc->lock, deadline);

	return status == -ETIMEDOUT ? 0 : status; /* look once more */
}

/*
 * Without poll the mutex is held, except while waiting: a signal that comes between the look and the wait is not lost.
 * @return 0, RPMSG_ERR_DEV_STATE, -ETIMEDOUT, or an error of poll or of the port
 */
static int wait_until(struct rpmsg_rpc_data *rpc, condition is_true, unsigned long long deadline)
{
	int status = 0;

	if (!rpc->poll)
		metal_mutex_acquire(&rpc->lock);
	while (status >= 0 && !is_true(rpc)) {
		if (link_is_gone(rpc))
			status = RPMSG_ERR_DEV_STATE;
		else if (metal_get_timestamp() >= deadline)
			status = -ETIMEDOUT;
		else if (rpc->poll)
			status = rpc->poll(rpc->poll_arg);
		else
			status = wait_for_signal(rpc, deadline);
	}
	if (!rpc->poll)
		metal_mutex_release(&rpc->lock);
	return status < 0 ? status : 0;
}

/* ------------------------------------------------------------------ one call; the turn is the caller's */

static void begin_call(struct rpmsg_rpc_data *rpc, const void *req, void *resp, size_t resp_len)
{
	metal_spinlock_acquire(&rpc->buflock);
	memcpy(&rpc->request_id, req, sizeof(rpc->request_id));
	rpc->respbuf = resp;
	rpc->respbuf_len = resp_len;
	rpc->call = CALL_WAITS;
	metal_spinlock_release(&rpc->buflock);
}

/* @param answered  false: the answer may still come, and then makes the turn free */
static int leave_call(struct rpmsg_rpc_data *rpc, int status, bool answered)
{
	metal_spinlock_acquire(&rpc->buflock);
	rpc->respbuf = NULL;
	if (rpc->call == CALL_ENDED) {
		/* Perhaps only after the time-out was noticed: an answer is an answer. */
		if (status >= 0 || status == -ETIMEDOUT)
			status = rpc->result;
		answered = true;
	}
	if (answered) {
		rpc->call = CALL_NONE;
		atomic_flag_clear_explicit(&rpc->nacked, memory_order_release);
	} else {
		rpc->call = CALL_ABANDONED;
	}
	metal_spinlock_release(&rpc->buflock);
	signal_change(rpc);
	return status;
}

int rpmsg_rpc_send(struct rpmsg_rpc_data *rpc, void *req, size_t len, void *resp, size_t resp_len)
{
	unsigned long long deadline;
	int status, sent;

	if (!rpc || !req || len < sizeof(uint32_t) || len > INT32_MAX || (resp && resp_len < sizeof(uint32_t)))
		return RPMSG_ERR_PARAM;
	deadline = deadline_of(rpc);
	status = wait_until(rpc, take_turn, deadline);
	if (status)
		return status;
	if (link_is_gone(rpc) || !is_connected(rpc))
		return leave_call(rpc, RPMSG_ERR_DEV_STATE, true);

	if (resp)
		begin_call(rpc, req, resp, resp_len);
	sent = rpmsg_send(&rpc->ept, req, (int)len);
	if (sent < 0 || !resp)
		return leave_call(rpc, sent == RPMSG_ERR_ADDR ? RPMSG_ERR_DEV_STATE : sent, true);
	return leave_call(rpc, wait_until(rpc, has_ended, deadline), false);
}

/* ------------------------------------------------------------------ life */

int rpmsg_rpc_init(struct rpmsg_rpc_data *rpc, struct rpmsg_device *rdev, const char *ept_name, uint32_t ept_addr,
                   uint32_t ept_raddr, void *poll_arg, rpmsg_rpc_poll poll, rpmsg_rpc_shutdown_cb shutdown_cb)
{
	int status;

	if (!rpc || !rdev)
		return RPMSG_ERR_PARAM;
	memset(rpc, 0, sizeof(*rpc));
	atomic_flag_clear(&rpc->nacked);
	metal_mutex_init(&rpc->lock);
	metal_spinlock_init(&rpc->buflock);
	metal_condition_init(&rpc->changed);
	rpc->poll = poll;
	rpc->poll_arg = poll_arg;
	rpc->shutdown_cb = shutdown_cb;
	rpc->timeout_ms = AMP_RPC_TIMEOUT_MS;
	rpc->ept.priv = rpc;
	rpc->ept.release_cb = endpoint_released;
	status = rpmsg_create_ept(&rpc->ept, rdev, ept_name, ept_addr, ept_raddr, message_arrived, server_unbound);
	if (status) {
		metal_mutex_deinit(&rpc->lock);
		return status;
	}
	/* An announcement signals nothing: without poll there is no event to wait for. */
	if (poll)
		status = wait_until(rpc, is_connected, deadline_of(rpc));
	if (status)
		rpmsg_rpc_release(rpc);
	return status;
}

void rpmsg_rpc_release(struct rpmsg_rpc_data *rpc)
{
	if (!rpc)
		return;
	if (amp_default_rpc == rpc)
		amp_default_rpc = NULL;
	rpmsg_destroy_ept(&rpc->ept);
	metal_mutex_deinit(&rpc->lock);
}

struct rpmsg_rpc_data *amp_rpmsg_default_rpc(void)
{
	return amp_default_rpc;
}

void amp_rpmsg_rpc_set_timeout(struct rpmsg_rpc_data *rpc, uint32_t ms)
{
	if (rpc)
		rpc->timeout_ms = ms;
}
