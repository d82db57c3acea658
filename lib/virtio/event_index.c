// SPDX-License-Identifier: BSD-3-Clause
/* Split rings with VIRTIO_RING_F_EVENT_IDX: who wants a kick says for which entry. In a program only if it asks. */
#include "ring.h"

#include <amprelay/ring_features.h>

/* Where this side says for which entry of the other side's it wants a kick; or the other side, for ours. */
static uint16_t *event_word(const struct virtqueue *vq, bool drivers)
{
	return drivers ? &vring_used_event(&vq->vq_ring) : (uint16_t *)&vring_avail_event(&vq->vq_ring);
}

void amp_vq_use_event_idx(struct virtqueue *vq)
{
	bool driver = role_is_driver(vq->vq_dev);
	uint16_t *word = event_word(vq, driver);

	if (!driver) {
		/* A mark of its own, which nobody else takes away. */
		vq->vq_flags = VQ_IN_USE;
		vq->vq_life = &vq->vq_flags;
		vq->vq_desc_head_idx = vq->vq_used_cons_idx; /* the used index at the last kick */
	}
	vq_set_no_notify(vq, false, driver);
	AMP_SHARED_STORE(word, vq_next_idx(vq, driver));
	vq_ring_flush(vq, word, sizeof(*word));
}

void amp_vq_kick_event(struct virtqueue *vq)
{
	bool driver = role_is_driver(vq->vq_dev);
	const uint16_t *word = event_word(vq, !driver);
	uint16_t now = driver ? vq->vq_available_idx : vq->vq_used_cons_idx;
	uint16_t before = driver ? (uint16_t)(now - vq->vq_queued_cnt) : vq->vq_desc_head_idx;

	if (driver)
		vq->vq_queued_cnt = 0;
	else
		vq->vq_desc_head_idx = now;
	AMP_SHARED_FENCE(); /* our index, then what the other side asks for: see vq_wants_kick() */
	vq_ring_invalidate(vq, word, sizeof(*word));
	if (vring_need_event(AMP_SHARED_LOAD(word), now, before) && vq->notify)
		vq->notify(vq);
}

int amp_vq_enable_cb_event(struct virtqueue *vq)
{
	bool driver = role_is_driver(vq->vq_dev);
	uint16_t *word = event_word(vq, driver);

	AMP_SHARED_STORE(word, vq_next_idx(vq, driver));
	vq_ring_flush(vq, word, sizeof(*word));
	AMP_SHARED_FENCE(); /* what is asked for, then the look: see virtqueue_enable_cb() */
	return amp_vq_look(vq);
}
