// SPDX-License-Identifier: BSD-3-Clause
/* The life of a remote processor, as the table in openamp/remoteproc.h has it. */
#include "remoteproc_internal.h"

#include <amprelay/remoteproc.h>

#include <string.h>

#define IN(state) (1u << (state))

struct remoteproc *remoteproc_init(struct remoteproc *rproc, const struct remoteproc_ops *ops, void *priv)
{
	struct remoteproc *ready;

	if (!rproc || !ops)
		return NULL;
	memset(rproc, 0, sizeof(*rproc));
	metal_mutex_init(&rproc->lock);
	metal_list_init(&rproc->mems);
	metal_list_init(&rproc->vdevs);
	rproc->ops = ops;
	rproc->priv = priv;
	if (!ops->init)
		return rproc;
	ready = ops->init(rproc, ops, priv);
	if (!ready)
		metal_mutex_deinit(&rproc->lock);
	return ready;
}

int remoteproc_remove(struct remoteproc *rproc)
{
	bool removed;

	if (!rproc)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	removed = rproc->state == RPROC_OFFLINE && amp_rproc_remove_vdevs(rproc);
	metal_mutex_release(&rproc->lock);
	if (!removed)
		return -RPROC_EAGAIN;
	metal_mutex_deinit(&rproc->lock);
	if (rproc->ops->remove)
		rproc->ops->remove(rproc);
	return 0;
}

int remoteproc_config(struct remoteproc *rproc, void *data)
{
	int status = -RPROC_EINVAL;

	if (!rproc)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	if (IN(rproc->state) & (IN(RPROC_OFFLINE) | IN(RPROC_CONFIGURED) | IN(RPROC_READY) | IN(RPROC_STOPPED))) {
		status = rproc->ops->config ? rproc->ops->config(rproc, data) : 0;
		if (!status) {
			rproc->state = RPROC_READY;
			amp_rproc_end_load(rproc);
		}
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

/* From one of some states to another, by an operation of the platform, which may be NULL. */
static int move(struct remoteproc *rproc, unsigned int from, unsigned int to, int (*op)(struct remoteproc *rproc))
{
	int status;

	if (!(IN(rproc->state) & from))
		return -RPROC_EINVAL;
	status = op ? op(rproc) : 0;
	rproc->state = status ? RPROC_ERROR : to;
	return status;
}

/* The same for who does not hold the lock. */
static int move_locked(struct remoteproc *rproc, unsigned int from, unsigned int to,
                       int (*op)(struct remoteproc *rproc))
{
	int status;

	metal_mutex_acquire(&rproc->lock);
	status = move(rproc, from, to, op);
	metal_mutex_release(&rproc->lock);
	return status;
}

int remoteproc_start(struct remoteproc *rproc)
{
	return rproc ? move_locked(rproc, IN(RPROC_READY), RPROC_RUNNING, rproc->ops->start) : -RPROC_EINVAL;
}

int amp_remoteproc_suspend(struct remoteproc *rproc)
{
	return rproc ? move_locked(rproc, IN(RPROC_RUNNING), RPROC_SUSPENDED, rproc->ops->suspend) : -RPROC_EINVAL;
}

int amp_remoteproc_resume(struct remoteproc *rproc)
{
	return rproc ? move_locked(rproc, IN(RPROC_SUSPENDED), RPROC_RUNNING, rproc->ops->resume) : -RPROC_EINVAL;
}

int amp_remoteproc_crashed(struct remoteproc *rproc)
{
	return rproc ? move_locked(rproc, IN(RPROC_RUNNING) | IN(RPROC_SUSPENDED), RPROC_ERROR, NULL) : -RPROC_EINVAL;
}

/* Stop what runs; then, if it is wanted, shut down. */
static int finish(struct remoteproc *rproc, bool shutdown)
{
	int status = 0;

	if (!rproc)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	if (IN(rproc->state) & (IN(RPROC_RUNNING) | IN(RPROC_SUSPENDED) | IN(RPROC_ERROR)))
		status = move(rproc, IN(rproc->state), RPROC_STOPPED, rproc->ops->stop);
	if (AMP_WITH_VIRTIO_DRIVER && rproc->state == RPROC_STOPPED && rproc->ops->stop)
		amp_rproc_vdevs_off(rproc);
	if (shutdown && !status && rproc->state != RPROC_OFFLINE) {
		status = move(rproc, IN(rproc->state), RPROC_OFFLINE, rproc->ops->shutdown);
		amp_rproc_end_load(rproc);
		amp_rsc_forget(rproc);
	}
	metal_mutex_release(&rproc->lock);
	return status;
}

int remoteproc_stop(struct remoteproc *rproc)
{
	return finish(rproc, false);
}

int remoteproc_shutdown(struct remoteproc *rproc)
{
	return finish(rproc, true);
}
