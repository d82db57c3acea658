// SPDX-License-Identifier: BSD-3-Clause
/* Error values and reasons as text. The text of a value is the one of its declaration. */
#include <amprelay/link.h>

#include <metal/utilities.h>

static const char *const reason_text[AMP_LINK_REASON_COUNT] = {
	[AMP_LINK_OK] = "the link was not lost",
	[AMP_LINK_PEER_RESET] = "the other side has reset the device",
	[AMP_LINK_PEER_LOST] = "the other side is gone",
	[AMP_LINK_BAD_INDEX] = "broken peer: a ring index moved by more than the ring holds",
	[AMP_LINK_BAD_DESCRIPTOR] =
		"broken peer: a descriptor number outside the ring, or of a buffer that it does not have",
	[AMP_LINK_BAD_FLAGS] = "broken peer: a chained, indirect or wrongly directed descriptor",
	[AMP_LINK_BAD_ADDRESS] = "broken peer: a buffer that is not wholly inside the shared memory, or misaligned",
	[AMP_LINK_BAD_LENGTH] = "broken peer: a buffer length below a header or above the buffer",
	[AMP_LINK_BAD_MESSAGE] = "broken peer: a message longer than its buffer",
};

const char *amp_link_reason_text(int reason)
{
	return reason >= 0 && reason < AMP_LINK_REASON_COUNT ? reason_text[reason] : "unknown reason";
}

static const struct {
	int value;
	const char *text;
} error_texts[] = {
	{RPMSG_SUCCESS, "success"},
	{RPMSG_ERR_NO_MEM, "RPMSG_ERR_NO_MEM: no memory, or no free address"},
	{RPMSG_ERR_NO_BUFF, "RPMSG_ERR_NO_BUFF: no buffer free, at once or within the time-out"},
	{RPMSG_ERR_PARAM, "RPMSG_ERR_PARAM: an argument that makes no sense"},
	{RPMSG_ERR_DEV_STATE, "RPMSG_ERR_DEV_STATE: the link is not up: lost, or not ready yet"},
	{RPMSG_ERR_BUFF_SIZE, "RPMSG_ERR_BUFF_SIZE: the message does not fit into a buffer"},
	{RPMSG_ERR_INIT, "RPMSG_ERR_INIT: the device could not be set up"},
	{RPMSG_ERR_ADDR, "RPMSG_ERR_ADDR: address in use, or no destination known"},
	{RPMSG_ERR_PERM, "RPMSG_ERR_PERM: not allowed"},
	{RPMSG_EOPNOTSUPP, "RPMSG_EOPNOTSUPP: this device has no such operation"},
	{ERROR_VRING_FULL, "ERROR_VRING_FULL: no free descriptor"},
	{ERROR_INVLD_DESC_IDX, "ERROR_INVLD_DESC_IDX: a descriptor index outside the ring"},
	{ERROR_EMPTY_RING, "ERROR_EMPTY_RING: nothing there, or the driver has not reset the ring"},
	{ERROR_NO_MEM, "ERROR_NO_MEM: no memory"},
	{ERROR_VRING_MAX_DESC, "ERROR_VRING_MAX_DESC: more than 32768 descriptors, or not a power of two"},
	{ERROR_VRING_ALIGN, "ERROR_VRING_ALIGN: alignment is not a power of two, or the ring is not aligned"},
	{ERROR_VRING_NO_BUFF, "ERROR_VRING_NO_BUFF: an empty list of buffers"},
	{ERROR_VQUEUE_INVLD_PARAM, "ERROR_VQUEUE_INVLD_PARAM: an argument that makes no sense, or a stopped queue"},
};

const char *amp_strerror(int error)
{
	for (size_t i = 0; i < metal_dim(error_texts); i++)
		if (error_texts[i].value == error)
			return error_texts[i].text;
	return "unknown error";
}
