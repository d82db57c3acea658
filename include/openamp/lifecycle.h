/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file lifecycle.h
 * @brief The older life-cycle calls: one each for what takes several today. Opt-in; nothing else includes this.
 *
 *     host                                        remote
 *     remoteproc_init()      load, link
 *     remoteproc_boot()      start          ───►  (starts)
 *                                                 remoteproc_resource_init()    link, announce its channels
 *     channel_created()                     ◄───
 *                                           ───►  channel_created()
 *                        messages, until both agree to end
 *                                                 remoteproc_resource_deinit()
 *     remoteproc_shutdown()  stop
 *     remoteproc_deinit()
 *
 * The names remoteproc_init and remoteproc_shutdown belong to today's interface as well, with other arguments. In a
 * source that includes this header they are these here; today's are the ones below it (lib/compat/lifecycle.c).
 *
 * Messages are received by remoteproc_get_notification(&lc->rproc, id), as always. Context: task, unless stated
 * otherwise.
 */
#ifndef OPENAMP_LIFECYCLE_H
#define OPENAMP_LIFECYCLE_H

#include <openamp/open_amp.h>

#ifdef __cplusplus
extern "C" {
#endif

struct amp_lifecycle;

/** A channel came to be, or went: an endpoint whose name both sides have. Context: as rpmsg_ept_cb, or that of the call
 * that ends the link. */
typedef void (*amp_channel_cb)(struct amp_lifecycle *lc, struct rpmsg_endpoint *channel);

/** What a life needs; stays the caller's, and valid until its end. */
struct amp_lifecycle_config {
	const struct remoteproc_ops *ops; /**< the platform */
	void *priv;                       /**< for remoteproc_ops::init */
	struct remoteproc_mem *mems;      /**< memories that both sides share; may be NULL if ops->get_mem knows them */
	unsigned int mems_num;
	const char *buffers; /**< name of the memory that holds the message buffers, and nothing else */

	const char *firmware;                    /**< host: path of the image */
	void *store;                             /**< host: where it is */
	const struct image_store_ops *store_ops; /**< host */
	struct resource_table *table;            /**< remote: its own, as the host loaded it */
	size_t table_size;                       /**< remote */
	const char *const *names;                /**< remote: channels to announce … */

	struct rpmsg_endpoint *channels; /**< memory for channels; remote: one for each name */
	unsigned int channels_num;
	amp_channel_cb channel_created; /**< may be NULL */
	amp_channel_cb channel_deleted; /**< may be NULL */
	rpmsg_ept_cb received;          /**< of all channels; its `priv` is the struct amp_lifecycle */
};

/** A life. The memory is the application's; the members are the library's. */
struct amp_lifecycle {
	struct remoteproc rproc;
	const struct amp_lifecycle_config *config;
	struct virtio_device *vdev; /**< NULL: no link */
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	unsigned int role;
};

/**
 * @brief Host: get the firmware and its resource table into the remote's memory, and the link ready for it.
 * @return 0, or a negative error of remoteproc_config(), remoteproc_load() or rpmsg_init_vdev(), or -RPROC_ENODEV;
 * nothing is left then
 */
int amp_lifecycle_init(struct amp_lifecycle *lc, const struct amp_lifecycle_config *config);

/** @brief Host: start the remote; after a shutdown, load it again first. @return 0 or a negative error */
int amp_lifecycle_boot(struct amp_lifecycle *lc);

/** @brief Host: end the link, whose channels are deleted, and switch the remote off. @return 0 or an error of
 * remoteproc_shutdown() */
int amp_lifecycle_shutdown(struct amp_lifecycle *lc);

/** @brief Host: undo amp_lifecycle_init(). @return 0 or an error of remoteproc_remove() */
int amp_lifecycle_deinit(struct amp_lifecycle *lc);

/** @brief Remote: bring the link up, and announce the channels. Waits for the host. @return as amp_lifecycle_init() */
int amp_lifecycle_resource_init(struct amp_lifecycle *lc, const struct amp_lifecycle_config *config);

/** @brief Remote: undo it. @return 0 or an error of remoteproc_remove() */
int amp_lifecycle_resource_deinit(struct amp_lifecycle *lc);

#ifndef AMP_LIFECYCLE_NO_NAMES
#define remoteproc_init            amp_lifecycle_init
#define remoteproc_boot            amp_lifecycle_boot
#define remoteproc_shutdown        amp_lifecycle_shutdown
#define remoteproc_deinit          amp_lifecycle_deinit
#define remoteproc_resource_init   amp_lifecycle_resource_init
#define remoteproc_resource_deinit amp_lifecycle_resource_deinit
#endif

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_LIFECYCLE_H */
