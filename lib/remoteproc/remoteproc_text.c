// SPDX-License-Identifier: BSD-3-Clause
/* Errors and states of remote processors, for people. Not linked where nobody asks. */
#include <amprelay/remoteproc.h>

const char *amp_remoteproc_strerror(int error)
{
	static const char *const text[] = {
		[0] = "no error",
		[RPROC_ENOMEM] = "no memory",
		[RPROC_EINVAL] = "an argument, an entry or the state of the processor does not allow this",
		[RPROC_ENODEV] = "no such device, memory or function",
		[RPROC_EAGAIN] = "not now: shut the processor down, or remove its virtio devices, first",
		[RPROC_ERR_RSC_TAB_TRUNC] = "the resource table ends before what it says it holds",
		[RPROC_ERR_RSC_TAB_VER] = "the version of the resource table is not 1",
		[RPROC_ERR_RSC_TAB_RSVD] = "a reserved field of the resource table is not 0",
		[RPROC_ERR_RSC_TAB_VDEV_NRINGS] = "a virtio device of the resource table has no vring, or too many",
		[RPROC_ERR_RSC_TAB_NP] = "there is no resource table, or no such entry in it",
		[RPROC_ERR_RSC_TAB_NS] = "the resource table has an entry of an unknown type",
		[RPROC_ERR_LOADER_STATE] = "no image is being loaded, or this is not the part that is wanted next",
		[AMP_RPROC_ERR_FORMAT] = "the image is of no known format; is it an ELF file?",
		[AMP_RPROC_ERR_TRUNCATED] = "the image is empty, or was cut off",
		[AMP_RPROC_ERR_STREAM] = "the image is in an order that needs a stream to begin again, and this one "
					 "cannot; use a file or memory",
		[AMP_RPROC_ERR_STORE] = "the image cannot be read",
		[AMP_RPROC_ERR_ENDIAN] = "the image is for a big-endian core",
		[AMP_RPROC_ERR_MACHINE] = "the image is for another CPU",
		[AMP_RPROC_ERR_ELF_HEADER] = "the header of the ELF file is damaged, or the file is not an executable",
		[AMP_RPROC_ERR_ELF_SEGMENTS] =
			"the program headers of the ELF file are damaged, or there is nothing to load",
		[AMP_RPROC_ERR_ELF_SECTIONS] = "the section headers of the ELF file, or their names, are damaged",
		[AMP_RPROC_ERR_SEGMENT] =
			"a segment of the ELF file has an impossible size or address, or bytes on top of another one's",
		[AMP_RPROC_ERR_SEGMENT_MEMORY] =
			"a segment of the image, or its resource table, lies where the core has no memory",
		[AMP_RPROC_ERR_RSC_PLACE] =
			"the resource table is misaligned, too large, or where the core has no memory",
		[AMP_RPROC_ERR_RSC_MEMORY] = "the resource table names memory that does not exist",
		[AMP_RPROC_ERR_TIMEOUT] = "the remote did not acknowledge the shutdown in time",
	};
	unsigned int number = error < 0 ? 0u - (unsigned int)error : (unsigned int)error;

	return number < metal_dim(text) && text[number] ? text[number] : "unknown error";
}

const char *amp_remoteproc_state_name(unsigned int state)
{
	static const char *const name[RPROC_LAST] = {
		[RPROC_OFFLINE] = "offline", [RPROC_CONFIGURED] = "configured", [RPROC_READY] = "ready",
		[RPROC_RUNNING] = "running", [RPROC_SUSPENDED] = "suspended",   [RPROC_ERROR] = "error",
		[RPROC_STOPPED] = "stopped",
	};

	return state < RPROC_LAST ? name[state] : "unknown";
}
