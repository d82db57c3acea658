/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of the receipts: receipts_look.c, for receipts.c. */
#ifndef AMP_RPMSG_RECEIPTS_H
#define AMP_RPMSG_RECEIPTS_H

#include "../../rpmsg/buffers.h"

#include <amprelay/receipts.h>

#define RECEIPT_NONE UINT16_MAX

/** States of a slot besides enum amp_receipt_state. */
enum {
	RECEIPT_FREE = 0,
	RECEIPT_UNDER_WAY = 3,
};

/** A message is about to be published; its buffer was taken. With rdev->lock, as the others. */
void amp_receipt_note(struct amp_receipts *receipts, uint32_t id, uint32_t sequence);

/**
 * Nobody takes any more: look for the last time.
 * @param over   it is true that nobody does
 * @param marks  the other side marks what it begins with
 */
void amp_receipts_settle(struct amp_receipts *receipts, bool over, bool marks);

#endif /* AMP_RPMSG_RECEIPTS_H */
