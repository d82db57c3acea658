/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of the public interface as tables, one for each group of headers that fit into one source file. */
#ifndef AMP_TEST_API_H
#define AMP_TEST_API_H

#ifdef __cplusplus
extern "C" {
#endif

struct api_function {
	const char *name;
	void (*address)(void);
};

extern const struct api_function api_rpmsg[], api_virtio[], api_remoteproc[], api_rpc[], api_retarget[], api_metal[];
extern const unsigned int api_rpmsg_count, api_virtio_count, api_remoteproc_count, api_rpc_count, api_retarget_count,
	api_metal_count;

#ifdef __cplusplus
}
#endif

#endif /* AMP_TEST_API_H */
