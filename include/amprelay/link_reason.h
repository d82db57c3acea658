/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file link_reason.h
 * @brief Why a virtqueue stopped, and with it the link that used it.
 */
#ifndef AMPRELAY_LINK_REASON_H
#define AMPRELAY_LINK_REASON_H

/** Why a link was lost. From AMP_LINK_BAD_INDEX on, the other side broke the protocol. */
enum amp_link_reason {
	AMP_LINK_OK = 0,
	AMP_LINK_PEER_RESET = 1, /**< the driver reset the device, or started the rings anew */
	AMP_LINK_PEER_LOST = 2,  /**< the application said so: amp_rpmsg_peer_lost() */
	AMP_LINK_BAD_INDEX = 3,  /**< a ring index that moved by more than the ring holds */
	AMP_LINK_BAD_DESCRIPTOR =
		4, /**< a descriptor number outside the ring, or one that was not the other side's to give */
	AMP_LINK_BAD_FLAGS = 5,   /**< chained, indirect, or of the wrong direction */
	AMP_LINK_BAD_ADDRESS = 6, /**< a buffer that is not wholly inside the shared memory, or not 4-byte aligned */
	AMP_LINK_BAD_LENGTH = 7,  /**< a buffer too small for a header, or more bytes used than it has */
	AMP_LINK_BAD_MESSAGE = 8, /**< a message header whose length exceeds its buffer */
	AMP_LINK_REASON_COUNT
};

#endif /* AMPRELAY_LINK_REASON_H */
