// SPDX-License-Identifier: BSD-3-Clause
/* Shutdown in agreement with the remote: ask, wait for the answer, stop. The transport is the application's. */
#include <amprelay/remoteproc.h>

#include <metal/errno.h>
#include <metal/time.h>

#define NS_PER_MS 1000000ULL

void amp_shutdown_init(struct amp_shutdown *shutdown, const struct amp_shutdown_ops *ops, void *arg)
{
	shutdown->ops = ops;
	shutdown->arg = arg;
	shutdown->acknowledged = false;
	metal_mutex_init(&shutdown->lock);
	metal_condition_init(&shutdown->cond);
}

void amp_shutdown_acknowledged(struct amp_shutdown *shutdown)
{
	metal_mutex_acquire(&shutdown->lock);
	shutdown->acknowledged = true;
	metal_condition_signal(&shutdown->cond);
	metal_mutex_release(&shutdown->lock);
}

/* Until the answer is there. The lock is held, except while waiting. */
static int wait_for_answer(struct amp_shutdown *shutdown, uint32_t timeout_ms)
{
	unsigned long long now = metal_get_timestamp(), deadline = now + timeout_ms * NS_PER_MS;
	int status = 0;

	while (!shutdown->acknowledged && !status) {
		if (!shutdown->ops->wait) {
			status = amp_condition_wait_until(&shutdown->cond, &shutdown->lock, deadline);
			if (status == -ETIMEDOUT)
				status = -AMP_RPROC_ERR_TIMEOUT;
			continue;
		}
		metal_mutex_release(&shutdown->lock);
		status = shutdown->ops->wait(shutdown->arg, (uint32_t)((deadline - now + NS_PER_MS - 1) / NS_PER_MS));
		metal_mutex_acquire(&shutdown->lock);
		now = metal_get_timestamp();
		if (!status && now >= deadline)
			status = -AMP_RPROC_ERR_TIMEOUT;
	}
	return shutdown->acknowledged ? 0 : status;
}

int amp_shutdown_run(struct amp_shutdown *shutdown, struct remoteproc *rproc, uint32_t timeout_ms)
{
	int status, stopped;

	if (!shutdown || !shutdown->ops || !shutdown->ops->request || !rproc)
		return -RPROC_EINVAL;
	status = shutdown->ops->request(shutdown->arg);
	if (!status) {
		metal_mutex_acquire(&shutdown->lock);
		status = wait_for_answer(shutdown, timeout_ms);
		metal_mutex_release(&shutdown->lock);
	}
	stopped = remoteproc_stop(rproc);
	return stopped ? stopped : status;
}
