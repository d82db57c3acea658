// SPDX-License-Identifier: GPL-2.0-only
#include "link_fixture.h"

#include <amprelay/ring_features.h>

#include <stdlib.h>
#include <string.h>

static int kick(void *priv, uint32_t id)
{
	struct side *side = priv;

	assert_in_range(id, 0, 1);
	side->kicks[id]++;
	if (side->on_kick)
		side->on_kick(side->f, id);
	return 0;
}

static struct side *side_of_vdev(struct fixture *f, struct virtio_device *vdev)
{
	return f->host.vdev == vdev ? &f->host : &f->remote;
}

static struct fixture *current;

static void on_reset(struct virtio_device *vdev)
{
	side_of_vdev(current, vdev)->reset_count++;
}

static void on_lost(struct rpmsg_virtio_device *rvdev, int reason, void *arg)
{
	struct side *side = arg;

	assert_ptr_equal(rvdev, &side->rvdev);
	side->lost_count++;
	side->lost_reason = reason;
}

static void add_side(struct fixture *f, struct side *side, unsigned int role)
{
	side->f = f;
	side->phys = PHYS_BASE;
	metal_io_init(&side->io, seen_by(role, f->shm), &side->phys, sizeof(*f->shm), (unsigned int)-1,
	              SHARED_MEMORY_FLAGS, NULL);
	side->vdev = rproc_virtio_create_vdev(role, 0, seen_by(role, &f->shm->rsc), &side->io, side, kick, on_reset);
	assert_non_null(side->vdev);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(side->vdev, i, i, seen_by(role, f->shm->vring[i]), &side->io,
		                                         RING_NUM, RING_ALIGN),
		                 0);
}

int fixture_devices(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct shared *shm = aligned_alloc(64, (sizeof(*shm) + 63) / 64 * 64);

	assert_non_null(f);
	assert_non_null(shm);
	assert_true(vring_size(RING_NUM, RING_ALIGN) <= (int)sizeof(shm->vring[0]));
	memset(shm, GUARD_BYTE, sizeof(*shm));
	shared_memory_begin(shm, sizeof(*shm));
	memset(&shm->rsc, 0, sizeof(shm->rsc));
	shm->rsc.vdev.type = RSC_VDEV;
	shm->rsc.vdev.id = VIRTIO_ID_RPMSG;
	shm->rsc.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS;
	shm->rsc.vdev.num_of_vrings = 2;
	for (unsigned int i = 0; i < 2; i++) {
		shm->rsc.vring[i].align = RING_ALIGN;
		shm->rsc.vring[i].num = RING_NUM;
		shm->rsc.vring[i].notifyid = i;
	}
	f->shm = shm;
	current = f;
	add_side(f, &f->host, VIRTIO_DEV_DRIVER);
	add_side(f, &f->remote, VIRTIO_DEV_DEVICE);
	*state = f;
	return 0;
}

int fixture_init_host(struct fixture *f)
{
	static const struct rpmsg_virtio_config config = {BUF_SIZE, BUF_SIZE, false};
	int status;

	rpmsg_virtio_init_shm_pool(&f->pool, seen_by(VIRTIO_DEV_DRIVER, f->shm->buffers), sizeof(f->shm->buffers));
	status = rpmsg_init_vdev_with_config(&f->host.rvdev, f->host.vdev, f->host_ns_bind, &f->host.io, &f->pool,
	                                     &config);
	amp_rpmsg_set_link_cb(&f->host.rvdev, on_lost, &f->host);
	return status;
}

int fixture_init_remote(struct fixture *f)
{
	int status = rpmsg_init_vdev(&f->remote.rvdev, f->remote.vdev, NULL, &f->remote.io, NULL);

	amp_rpmsg_set_link_cb(&f->remote.rvdev, on_lost, &f->remote);
	return status;
}

int fixture_up(void **state)
{
	struct fixture *f;

	fixture_devices(state);
	f = *state;
	assert_int_equal(fixture_init_host(f), RPMSG_SUCCESS);
	assert_int_equal(fixture_init_remote(f), RPMSG_SUCCESS);
	return 0;
}

int fixture_down(void **state)
{
	struct fixture *f = *state;

	fixture_check_guards(f);
	rpmsg_deinit_vdev(&f->remote.rvdev);
	rpmsg_deinit_vdev(&f->host.rvdev);
	rproc_virtio_remove_vdev(f->remote.vdev);
	rproc_virtio_remove_vdev(f->host.vdev);
	shared_memory_end(f->shm);
	free(f->shm);
	free(f);
	return 0;
}

void fixture_poll(struct side *side)
{
	assert_int_equal(rproc_virtio_notified(side->vdev, RSC_NOTIFY_ID_ANY), 0);
}

static void check_guard(const uint8_t *guard)
{
	for (unsigned int i = 0; i < GUARD; i++)
		assert_int_equal(guard[i], GUARD_BYTE);
}

void fixture_check_guards(const struct fixture *f)
{
	shared_memory_settle();
	check_guard(f->shm->guard0);
	check_guard(f->shm->guard1);
	check_guard(f->shm->guard2);
	check_guard(f->shm->guard3);
}

struct vring fixture_ring(struct fixture *f, unsigned int index)
{
	struct vring ring;

	vring_init(&ring, RING_NUM, f->shm->vring[index], RING_ALIGN);
	return ring;
}

#if AMP_WITH_PACKED_RINGS
static struct vring_packed_desc_event *event(struct fixture *f, unsigned int index, unsigned int role)
{
	struct vring ring = fixture_ring(f, index);

	return (struct vring_packed_desc_event *)(role == VIRTIO_DEV_DRIVER ? (void *)ring.avail : (void *)ring.used);
}

uint16_t *fixture_no_kicks(struct fixture *f, unsigned int index, unsigned int role)
{
	return &event(f, index, role)->flags;
}

uint16_t *fixture_mark(struct fixture *f, unsigned int index)
{
	return &event(f, index, VIRTIO_DEV_DEVICE)[1].off_wrap;
}

uint16_t fixture_used(struct fixture *f, unsigned int index)
{
	return f->remote.vdev->vrings_info[index].vq->vq_used_cons_idx;
}

uint32_t fixture_used_id(struct fixture *f, unsigned int index, unsigned int nth)
{
	return ((struct vring_packed_desc *)(void *)f->shm->vring[index])[nth].id;
}
#else
uint16_t *fixture_no_kicks(struct fixture *f, unsigned int index, unsigned int role)
{
	struct vring ring = fixture_ring(f, index);

	return role == VIRTIO_DEV_DRIVER ? &ring.avail->flags : &ring.used->flags;
}

uint16_t *fixture_mark(struct fixture *f, unsigned int index)
{
	return (uint16_t *)(void *)&fixture_ring(f, index).used->ring[RING_NUM];
}

uint16_t fixture_used(struct fixture *f, unsigned int index)
{
	return fixture_ring(f, index).used->idx;
}

uint32_t fixture_used_id(struct fixture *f, unsigned int index, unsigned int nth)
{
	return fixture_ring(f, index).used->ring[nth].id;
}
#endif

int box_receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct box *box = priv;

	assert_ptr_equal(ept, &box->ept);
	assert_true(len <= sizeof(box->data));
	box->count++;
	memcpy(box->data, data, len);
	box->len = len;
	box->src = src;
	return RPMSG_SUCCESS;
}

void box_unbind(struct rpmsg_endpoint *ept)
{
	struct box *box = ept->priv;

	box->unbound++;
}

void box_release(struct rpmsg_endpoint *ept)
{
	struct box *box = ept->priv;

	box->released++;
}

void box_open(struct box *box, struct side *side, const char *name, uint32_t src, uint32_t dest)
{
	memset(box, 0, sizeof(*box));
	box->ept.priv = box;
	box->ept.release_cb = box_release;
	assert_int_equal(rpmsg_create_ept(&box->ept, &side->rvdev.rdev, name, src, dest, box_receive, box_unbind),
	                 RPMSG_SUCCESS);
}

void assert_lost(struct side *side, struct box *box, int reason)
{
	assert_int_equal(amp_rpmsg_link_state(&side->rvdev), AMP_LINK_LOST);
	assert_int_equal(amp_rpmsg_link_reason(&side->rvdev), reason);
	assert_int_equal(side->lost_reason, reason);
	assert_int_equal(rpmsg_trysend(&box->ept, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_int_equal(rpmsg_send(&box->ept, "x", 1), RPMSG_ERR_DEV_STATE);
	fixture_poll(side);
	assert_int_equal(side->lost_count, 1);
}

void assert_up(struct side *side)
{
	assert_int_equal(amp_rpmsg_link_state(&side->rvdev), AMP_LINK_UP);
	assert_int_equal(side->lost_count, 0);
}
