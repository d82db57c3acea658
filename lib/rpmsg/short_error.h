/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors inside of lib/rpmsg: small positive numbers, for which there are short instructions. Public functions return
 * full_error() of them.
 */
#ifndef AMP_RPMSG_SHORT_ERROR_H
#define AMP_RPMSG_SHORT_ERROR_H

#include <openamp/rpmsg.h>

#define SHORT_ERROR_OFFSET 16

/** Of RPMSG_ERR_*. */
#define SHORT_ERROR(error) ((error)-RPMSG_ERROR_BASE + SHORT_ERROR_OFFSET)

/** Of SHORT_ERROR(); 0, and errors of the application's, which are negative, stay. */
static inline int full_error(int status)
{
	return status > 0 ? status + RPMSG_ERROR_BASE - SHORT_ERROR_OFFSET : status;
}

/** The same, where there are none of the application's. */
static inline int full_own_error(int status)
{
	return status ? status + RPMSG_ERROR_BASE - SHORT_ERROR_OFFSET : RPMSG_SUCCESS;
}

#endif /* AMP_RPMSG_SHORT_ERROR_H */
